"""Takedowns on record: what is to be gone, on whose order, since when. They stand for ever, and hold no redacted word.

    redactions/<id>/tombstone.json        what is taken down; written first, so that a takedown can always be completed
    redactions/<id>/moves-<digest>.json   what took the place of what, and what went without (`lake.moves`)
    redactions/<id>/done.json             nothing of it is left to do

An address takes down all words of a blog; a section those of one section, and the same words elsewhere in its blog; a
text one run of words, wherever it stands. Ids, addresses, times and counts stay: they say that something was there.
"""

import json
import secrets
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Self

from lake.errors import SnapshotDamaged
from lake.schemas import tables
from lake.store import ObjectStore, put_new
from lake.words import Run, page_without, run_of, without
from transforms.rows import Row

FOLDER = "redactions/"
ADDRESS, SECTION, TEXT = "address", "section", "text"
WHOLE = frozenset(
    {
        "title", "standfirst", "authors", "state_evidence", "headline", "text", "published_raw", "permalink", "links",
        "media", "normalised", "keys",
    }
)  # fmt: skip
"""Columns that hold a publisher's words: emptied where a whole row is taken down."""
FACTS = frozenset(
    {
        "alias", "batch_id", "blog_id", "capture_id", "change", "changed_fields", "digest", "etag", "event",
        "final_url", "found_at", "headline_id", "incident_id", "keys", "kind", "language", "last_modified", "method",
        "missing_since", "outcome", "page_digest", "payload_digest", "place", "publisher_id", "rank", "reader",
        "reader_version", "record_ids", "redaction_id", "response_date", "response_record_id", "rule", "run_key",
        "section_id", "segment", "sighting_id", "source", "state", "surface", "time_source", "url", "verdict",
        "visibility",
    }
)  # fmt: skip
"""Columns by which things are known, or that hold words of ours: they stay."""
OWN_TABLE = "redactions"


@dataclass(frozen=True, slots=True)
class Tombstone:
    """One takedown."""

    redaction_id: str
    """The day of the order and 8 hex digits."""
    ordered_at: datetime
    by: str
    why: str
    kind: str
    """address, section or text."""
    selector: str
    """What was asked for; of a text only how many words it has."""
    salt: str
    blogs: tuple[str, ...]
    """The blogs it is about; empty: all."""
    addresses: tuple[str, ...] = ()
    """Addresses of these blogs, by which responses in archives of others are known."""
    section_id: str | None = None
    runs: tuple[Run, ...] = ()
    """The words, by digests."""

    @property
    def mark(self) -> str:
        """Stands where words were taken out."""
        return f"[redacted {self.redaction_id}]"

    @property
    def statement(self) -> str:
        """Stands where a whole text was."""
        return f"[redacted on {self.ordered_at:%Y-%m-%d} on the order of {self.by}: {self.redaction_id}]"

    @property
    def everything(self) -> bool:
        """Whether nothing of its blogs' words stays."""
        return self.kind == ADDRESS

    def concerns(self, blog_id: str, url: str) -> bool:
        """Whether a look at a blog, or a response from an address, may hold what is taken down."""
        return not self.blogs or blog_id in self.blogs or url.partition("#")[0] in self.addresses

    def row(self, table: str, row: Row) -> Row:
        """A row with a tombstone in the place of what is taken down; the same row, if it holds nothing of that."""
        if table == OWN_TABLE or (self.blogs and row.blog_id not in self.blogs):
            return row
        if self.everything or (self.kind == SECTION and getattr(row, "section_id", None) == self.section_id):
            return self._emptied(table, row)
        return self._with_marks(table, row)

    def page(self, text: str) -> str:
        """A page without the words that are taken down. Whoever takes down everything asks for no page."""
        return page_without(text, self.runs, self.salt, self.mark)

    def plain(self, text: str) -> str:
        """A plain text without them."""
        return without(text, self.runs, self.salt, self.mark)

    def _emptied(self, table: str, row: Row) -> Row:
        empty: dict[str, Any] = {}
        for column in tables()[table].columns:
            if column.name in WHOLE:
                nothing: object = () if column.type == "texts" else None
                spoken = column.type == "text" and (not column.null or column.name == "title")
                empty[column.name] = self.statement if spoken else nothing
        return replace(row, **empty)

    def _with_marks(self, table: str, row: Row) -> Row:
        marked: dict[str, Any] = {}
        for column in tables()[table].columns:
            value = getattr(row, column.name)
            if not value or column.name in FACTS or column.type not in {"text", "texts"}:
                continue
            new = self.plain(value) if column.type == "text" else tuple(map(self.plain, value))
            if new != value:
                marked[column.name] = new
        if "headline" in marked and hasattr(row, "keys"):
            marked["keys"] = ()  # made of the words
        return replace(row, **marked) if marked else row

    def to_json(self) -> bytes:
        """For the store."""
        return json.dumps({**asdict(self), "ordered_at": self.ordered_at.isoformat()}).encode()

    @classmethod
    def from_json(cls, content: bytes) -> Self:
        """Back from the store."""
        said: dict[str, Any] = json.loads(content)
        said["ordered_at"] = datetime.fromisoformat(said["ordered_at"])
        said["runs"] = tuple(Run(**item) for item in said["runs"])
        said |= {name: tuple(said[name]) for name in ("blogs", "addresses")}
        return cls(**said)


def runs_of(words: tuple[str, ...], salt: str) -> tuple[Run, ...]:
    """The runs of some texts, each once, those of the most words first."""
    runs = {run for text in words if (run := run_of(text, salt)) is not None}
    return tuple(sorted(runs, key=lambda run: (-run.words, run.digest)))


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be taken down. It holds the words themselves, and is put on no record."""

    kind: str
    selector: str
    words: tuple[str, ...] = ()
    """The texts to take out, wherever they stand in the blogs."""
    blogs: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    section_id: str | None = None

    def is_on_record(self, tombstone: Tombstone) -> bool:
        """Whether a takedown that stands says all of this."""
        if (self.kind, self.selector) != (tombstone.kind, tombstone.selector):
            return False
        return set(runs_of(self.words, tombstone.salt)) <= set(tombstone.runs)

    def tombstone(self, now: datetime, by: str, why: str) -> Tombstone:
        """A new takedown with this content."""
        salt, name = secrets.token_hex(16), f"{now:%Y%m%d}-{secrets.token_hex(4)}"
        runs = runs_of(self.words, salt)
        return Tombstone(
            name, now, by, why, self.kind, self.selector, salt, self.blogs, self.addresses, self.section_id, runs
        )


def standing(store: ObjectStore) -> tuple[Tombstone, ...]:
    """All takedowns on record, oldest first. Raises SnapshotDamaged."""
    return tuple(sorted((order_on_record(store, key) for key in orders(store)), key=lambda one: one.ordered_at))


def orders(store: ObjectStore) -> list[str]:
    """Where the takedowns on record stand."""
    return [info.key for info in store.list(FOLDER) if info.key.endswith("/tombstone.json")]


def order_on_record(store: ObjectStore, key: str) -> Tombstone:
    """One takedown on record. Raises SnapshotDamaged where it cannot be read."""
    try:
        return Tombstone.from_json(store.get(key))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise SnapshotDamaged(f"{store.uri(key)}: not a takedown ({error}). Run `liveblog verify`.") from error


def put_on_record(store: ObjectStore, tombstone: Tombstone) -> None:
    """From now on it stands."""
    put_new(store, f"{FOLDER}{tombstone.redaction_id}/tombstone.json", tombstone.to_json())


def unfinished(store: ObjectStore) -> Iterator[str]:
    """The ids of takedowns that were begun and not completed."""
    keys = {info.key for info in store.list(FOLDER)}
    names = sorted({key.split("/")[1] for key in keys if key.endswith("/tombstone.json")})
    yield from (name for name in names if f"{FOLDER}{name}/done.json" not in keys)

"""An invented world for the benchmarks of the lake: prose of a made-up language, blogs that grow, and their rows."""

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from lake.local import LocalStore
from transforms.rows import CaptureRow, HeadlineRow, RevisionRow, SightingRow

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SYLLABLES = [a + b for a in "bdfgklmnprstvz" for b in ("a", "e", "i", "o", "u", "ar", "en", "il", "or", "un")]


@dataclass(frozen=True, slots=True)
class Size:
    """How much to measure."""

    blogs: int
    hours: int
    revisions: int
    commits: int


class Words:
    """Invented prose: words of a made-up language, the frequent ones frequent."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)
        self.words = ["".join(self.draw.choices(SYLLABLES, k=self.draw.randint(1, 4))) for _ in range(8000)]
        self.weights = [1 / (place + 3) for place in range(len(self.words))]

    def text(self, words: int) -> str:
        """A sentence or several."""
        return " ".join(self.draw.choices(self.words, self.weights, k=words)).capitalize() + "."


class SimulatedStore(LocalStore):
    """A folder whose clock stands where the simulation does, so that its day is open."""

    moment = START

    def now(self) -> datetime:
        """The simulated time."""
        return self.moment


class Blog:
    """A blog that gains an update every four minutes and edits one every ten."""

    def __init__(self, blog_id: str, words: Words) -> None:
        self.blog_id, self.words = blog_id, words
        self.sections: dict[str, RevisionRow] = {}

    def poll(self, moment: datetime) -> list[RevisionRow]:
        """What changed since the last poll."""
        changed = []
        if self.words.draw.random() < 1 / 4 or not self.sections:
            changed.append(self._revision(f"{len(self.sections):016x}", moment, 1))
        if self.words.draw.random() < 1 / 10:
            old = self.words.draw.choice(list(self.sections.values()) or changed)
            text = f"{old.text} {self.words.text(12)}"
            changed.append(replace(self._revision(old.section_id, moment, old.seq + 1), text=text))
        self.sections |= {row.section_id: row for row in changed}
        return changed

    def _revision(self, section: str, moment: datetime, seq: int) -> RevisionRow:
        return RevisionRow(
            blog_id=self.blog_id, section_id=section, seq=seq, change="added" if seq == 1 else "edited", reason=None,
            changed_fields=() if seq == 1 else ("text",), visibility="shown", observed_at=moment,
            capture_id=capture_id(self.blog_id, moment), not_before=moment - MINUTE, not_after=moment, kind="update",
            publisher_id=f"post-{int(section, 16)}", rank=f"{10**9 - int(section, 16):09d}",
            headline=self.words.text(7), text=self.words.text(90), published_at=moment - MINUTE,
            published_raw=moment.isoformat(), time_source="json_ld", modified_at=None, authors=("Ada Penn",),
            permalink=f"https://news.example/{self.blog_id}#post-{int(section, 16)}", pinned=False, key_event=False,
            links=(), media=(), digest=f"{self.words.draw.getrandbits(128):032x}", reader="json_ld", missing_since=None,
        )  # fmt: skip

    def page(self, moment: datetime) -> bytes:
        """The page as a server would send it at this moment: a frame that changes a little, and all updates."""
        body = "".join(
            f"<article id='{row.publisher_id}'><h2>{row.headline}</h2><p>{row.text}</p></article>"
            for row in sorted(self.sections.values(), key=lambda row: row.rank)
        )
        token = f"{self.words.draw.getrandbits(128):032x}"
        return f"<html><meta name=t content={token}><time>{moment}</time>{FRAME}{body}</html>".encode()


FRAME = "".join(f"<div class='{Words(1).text(3)}'>{Words(place).text(30)}</div>" for place in range(3))


def capture_id(blog_id: str, moment: datetime) -> str:
    """Unlike any other, and as hard to compress as a real one."""
    return f"{random.Random(f'{blog_id}{moment}').getrandbits(96):024x}"


def capture(blog_id: str, moment: datetime, changed: bool) -> CaptureRow:
    """The row of one look."""
    digest = f"sha256:{random.Random(f'{blog_id}{moment}d').getrandbits(256):064x}"
    return CaptureRow(
        capture_id=capture_id(blog_id, moment), blog_id=blog_id, source="riverside",
        url=f"https://news.example/{blog_id}", final_url=None, observed_at=moment,
        outcome="changed" if changed else "unchanged", reason=None, status=200, elapsed_ms=120, late_by_s=0.4,
        content_type="text/html", body_bytes=90_000, etag=None, last_modified=None, cache_control="max-age=30",
        age_s=None, retry_after_s=None, payload_digest=digest, page_digest=digest[7:39], is_live_blog=True,
        reader="json_ld", reader_version="1", sections_seen=90, updates_seen=90, pages_walked=1, robots="allowed",
        robots_meta=None, x_robots_tag=None, user_agent="bench", next_look_at=moment + MINUTE, last_changed_at=moment,
        segment=f"raw/dt={moment:%Y-%m-%d}/run-{moment:%H%M}.warc.gz", record_ids=(), response_record_id=None,
        response_date=None, run_key=f"scheduled__{moment:%Y-%m-%dT%H:%M}", batch_id="0",
    )  # fmt: skip


def headlines(rows: Iterable[RevisionRow]) -> tuple[list[HeadlineRow], list[SightingRow]]:
    """Headlines and sightings of new revisions."""
    found, seen = [], []
    for row in rows:
        name = row.digest[:16]
        text = row.headline or ""
        found.append(
            HeadlineRow(name, text, text.lower(), "en", row.blog_id, "riverside", row.observed_at, row.capture_id)
        )
        seen.append(
            SightingRow(name, name, row.blog_id, row.section_id, "update", text, row.observed_at, row.capture_id)
        )
    return found, seen


def many_revisions(rows: int, day: int, texts: Sequence[str]) -> Iterator[RevisionRow]:
    """Revisions of two hundred blogs on one day."""
    template = Blog("", Words(3))._revision(f"{0:016x}", START, 1)
    for number in range(rows):
        moment = START + timedelta(days=day, seconds=number * 50_000 / rows)
        section, seq = divmod(number // 200, 3)
        yield replace(
            template, blog_id=f"{number % 200:016x}", section_id=f"{day * 10_000 + section:016x}", seq=seq + 1,
            observed_at=moment, not_after=moment, capture_id=capture_id(str(number), moment),
            text=texts[number * 31 % len(texts)], headline=f"{texts[section % len(texts)][:60]} {day}",
        )  # fmt: skip

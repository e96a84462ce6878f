"""What a takedown has to rewrite: found in every object, and written anew under a new name that nobody names yet.

    rows, checkpoint   files of rows that any kept snapshot names, open days, closed days and older generations alike
    orphan             files of rows that no snapshot names, left by runs that broke off: they have no successor
    raw                segments
    pack               packed days, each with a new index beside the old one

Names are made of the first name and of the content, so that writing them again, after a crash, finds them there.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from io import BytesIO

import zstandard

from lake.checkpoint import GROUP_ROWS
from lake.cleaning import Cleaning, Lingers
from lake.manifest import FileEntry, PartRef, SegmentEntry, to_json
from lake.moves import first_name
from lake.packing import LEVEL
from lake.packs import WINDOW_LOG, Pack, Packing, index_key, packings, unpacked
from lake.parquet import CLOSED_LEVEL, HOT_LEVEL, ROW_GROUP_ROWS, described, read_files, write_parquet
from lake.raw import WARCS
from lake.schemas import from_arrow, tables, to_arrow
from lake.snapshots import Chain
from lake.store import ObjectStore, put_new
from lake.tombstones import Tombstone
from lake.verify import is_generation
from transforms.rows import RevisionRow, Row

REST, STAGE = "/days/", "/redacted/"
"""A closed day's file waits under the second until the old one is gone from the first."""

Redigest = Callable[[RevisionRow], str]
"""The digest of a section whose words have changed."""


@dataclass(frozen=True, slots=True)
class Touched:
    """One object that holds what is taken down."""

    layer: str
    """rows, checkpoint, orphan (rows that no snapshot names), raw or pack."""
    key: str
    count: int
    """Rows, or WARC records."""


@dataclass(slots=True)
class Staged:
    """What a run of a takedown has written, and what it replaces."""

    files: dict[str, FileEntry] = field(default_factory=dict)
    segments: dict[str, SegmentEntry] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)
    """Keys of objects without a successor, or with one that no manifest names (packs)."""
    rows: int = 0
    looks: int = 0

    def to_json(self) -> bytes:
        """For `lake.moves`, and for a run that completes this one."""
        return to_json(self)


@dataclass(slots=True)
class Staging:
    """One way through one lake for one takedown; a dry one writes nothing."""

    chain: Chain
    tombstone: Tombstone
    redigest: Redigest
    lingers: Lingers
    dry: bool = False
    staged: Staged = field(default_factory=Staged)
    touched: list[Touched] = field(default_factory=list)

    @property
    def store(self) -> ObjectStore:
        """Where the lake is."""
        return self.chain.store

    def run(self) -> Staged:
        """Go through the whole lake."""
        named = self._named_files()
        for entry in named.values():
            self._stage_file(entry)
        self._stage_orphans(named)
        for info in list(self.store.list("raw/")):
            if info.key.endswith(WARCS):
                self._stage_segment(info.key)
        for day in sorted({info.key.split("/")[1].removeprefix("dt=") for info in self.store.list("packs/")}):
            for packing in packings(self.store, day):
                self._stage_packing(day, packing)
        return self.staged

    def _named_files(self) -> dict[str, FileEntry]:
        """Every file of rows that a snapshot names, in all of them, by its key."""
        found: dict[str, FileEntry] = {}
        refs: dict[str, PartRef] = {}
        for number in self.chain.numbers():
            manifest = self.chain.at(number).manifest
            found |= {file.key: file for _, _, file in manifest.entries()}
            found |= {file.key: file for files in manifest.checkpoint.values() for file in files}
            refs |= {ref.key: ref for ref in manifest.parts}
        for name in tables():
            found |= {file.key: file for _, file in self.chain.parts.files(refs.values(), name, None)}
        return found

    def _stage_file(self, entry: FileEntry) -> None:
        name = entry.key.split("/")[2]
        rows, count = self._without(name, entry)
        if not count:
            return
        layer = entry.key.split("/")[1]
        self.touched.append(Touched("checkpoint" if layer == "checkpoints" else "rows", entry.key, count))
        self.staged.rows += count
        if self.dry:
            return
        table = to_arrow(name, rows)
        closed = REST in entry.key or STAGE in entry.key
        groups = GROUP_ROWS if layer == "checkpoints" else ROW_GROUP_ROWS
        content = write_parquet(table, groups, CLOSED_LEVEL if closed else HOT_LEVEL)
        key = renamed(entry.key, content).replace(REST, STAGE, 1)
        put_new(self.store, key, content)
        self.staged.files[entry.key] = replace(described(key, table, content), folded=entry.folded)

    def _without(self, name: str, entry: FileEntry) -> tuple[list[Row], int]:
        """The rows of a file with tombstones, and how many got one."""
        blogs = self.tombstone.blogs or None
        if blogs and not len(read_files(self.store, name, [entry], blogs)):
            return [], 0
        rows = from_arrow(name, read_files(self.store, name, [entry]))
        new = [self._row(name, row) for row in rows]
        return new, sum(after is not before for before, after in zip(rows, new, strict=True))

    def _row(self, name: str, row: Row) -> Row:
        new = self.tombstone.row(name, row)
        if new == row:
            return row
        return replace(new, digest=self.redigest(new)) if isinstance(new, RevisionRow) else new

    def _stage_orphans(self, named: dict[str, FileEntry]) -> None:
        """Files of rows that no snapshot names: left by runs that broke off, they simply go."""
        for info in list(self.store.list("g")):
            key = info.key
            if not is_generation(key.split("/")[0]) or not key.endswith(".parquet") or key in named:
                continue
            name = key.split("/")[2]
            moment = info.modified_at
            _, count = self._without(name, FileEntry(key, 0, info.size, "", moment, moment))
            if count:
                self.touched.append(Touched("orphan", key, count))
                self.staged.gone.append(key)
                self.staged.rows += count

    def _stage_segment(self, key: str) -> None:
        cleaning, out = Cleaning([self.tombstone], self.lingers), BytesIO()
        cleaning.clean(BytesIO(self.store.get(key)), out, zipped=key.endswith(".gz"))
        if not cleaning.looks:
            return
        self.touched.append(Touched("raw", key, cleaning.looks))
        self.staged.looks += cleaning.looks
        if self.dry:
            return
        content = out.getvalue()
        new = SegmentEntry(renamed(key, content), len(content), hashlib.sha256(content).hexdigest())
        put_new(self.store, new.key, content)
        self.staged.segments[key] = new

    def _stage_packing(self, day: str, packing: Packing) -> None:
        packs = tuple(self._stage_pack(day, pack) for pack in packing.packs)
        if packs == packing.packs:
            return
        new = to_json(replace(packing, packs=packs))
        old = to_json(packing)
        put_new(self.store, index_key(day, new), new)
        self.staged.gone.extend(key for key in self._indexes(day) if self.store.get(key) == old)

    def _indexes(self, day: str) -> list[str]:
        return [info.key for info in self.store.list(f"packs/dt={day}/index-")]

    def _stage_pack(self, day: str, pack: Pack) -> Pack:
        if self.tombstone.blogs and pack.blog_id not in self.tombstone.blogs:
            return pack
        cleaning, out = Cleaning([self.tombstone], self.lingers), BytesIO()
        cleaning.clean(unpacked(self.store, pack), out, zipped=False)
        if not cleaning.looks:
            return pack
        self.touched.append(Touched("pack", pack.key, cleaning.looks))
        self.staged.looks += cleaning.looks
        if self.dry:
            return pack
        content = _recompressed(out.getvalue())
        digest = hashlib.sha256(content).hexdigest()
        new = Pack(pack.blog_id, f"packs/dt={day}/{pack.blog_id}-{digest[:16]}.warc.zst", len(content), digest)
        put_new(self.store, new.key, content)
        self.staged.gone.append(pack.key)
        return new


def renamed(key: str, content: bytes) -> str:
    """The name of what takes an object's place: the first one's, ``~``, and 12 digits of its content."""
    folder, _, name = first_name(key).rpartition("/")
    stem, dot, ending = name.partition(".")
    return f"{folder}/{stem}~{hashlib.sha256(content).hexdigest()[:12]}{dot}{ending}"


def _recompressed(plain: bytes) -> bytes:
    parameters = zstandard.ZstdCompressionParameters.from_level(
        LEVEL, window_log=WINDOW_LOG, enable_ldm=True, write_checksum=True
    )
    return zstandard.ZstdCompressor(compression_params=parameters).compress(plain)

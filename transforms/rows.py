"""The rows of the lake, one type a table, and what is known of a blog before a look.

Ids and times are those of `transforms.records`. The Arrow schema of each row type, with its field docs, stands in
`lake.schemas`: the same names in the same order.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class CaptureRow:
    """Table ``captures``: one row per look."""

    capture_id: str
    blog_id: str
    source: str
    url: str
    final_url: str | None
    observed_at: datetime
    outcome: str
    """changed, unchanged, not_modified, failed, blocked, too_large, unreadable, late, stale."""
    reason: str | None
    status: int | None
    elapsed_ms: int
    late_by_s: float | None
    content_type: str | None
    body_bytes: int
    etag: str | None
    last_modified: str | None
    cache_control: str | None
    age_s: int | None
    retry_after_s: int | None
    payload_digest: str | None
    page_digest: str | None
    """Digest of what was read; equal digests mean that nothing a reader would notice has changed."""
    is_live_blog: bool | None
    reader: str | None
    reader_version: str
    sections_seen: int
    updates_seen: int
    pages_walked: int
    robots: str | None
    robots_meta: str | None
    x_robots_tag: str | None
    user_agent: str | None
    next_look_at: datetime | None
    last_changed_at: datetime | None
    segment: str | None
    record_ids: tuple[str, ...]
    response_record_id: str | None
    """The response record that holds this look's body; a revisit names the record it refers to."""
    response_date: str | None
    run_key: str
    batch_id: str
    failures: int = 0
    """Looks in a row that ended without a readable answer, this one included."""
    last_seen_at: datetime | None = None
    """The last moment for which it is known what the page showed: this look's or an earlier one's, less its Age."""
    tdm_reservation: str | None = None
    """``1`` where the publisher reserves text and data mining (W3C TDMRep)."""
    tdm_policy: str | None = None
    content_usage: str | None = None
    """Content-Usage preferences (IETF AIPREF)."""


@dataclass(frozen=True, slots=True)
class BlogRow:
    """Table ``blogs``: one row per state of a blog."""

    blog_id: str
    observed_at: datetime
    capture_id: str
    source: str
    url: str
    title: str | None
    standfirst: str | None
    language: str | None
    authors: tuple[str, ...]
    published_at: datetime | None
    modified_at: datetime | None
    coverage_start: datetime | None
    coverage_end: datetime | None
    state: str
    state_evidence: str | None


@dataclass(frozen=True, slots=True)
class WatchRow:
    """Table ``watches``: one row per decision about what is looked at."""

    blog_id: str
    observed_at: datetime
    url: str
    source: str
    why: str
    paused: bool
    removed: bool = False
    scope: str | None = None
    """``source`` or ``domain`` where it is about all blogs of what `source` names; None where it is about one blog."""


@dataclass(frozen=True, slots=True)
class CandidateRow:
    """Table ``candidates``: an address that was announced, and what became of it."""

    blog_id: str
    observed_at: datetime
    url: str
    source: str
    title: str | None
    announced_at: datetime | None
    surface: str
    found_at: str
    verdict: str
    """watched, known, ended, not_live, failed, blocked."""
    reason: str | None


@dataclass(frozen=True, slots=True)
class AliasRow:
    """Table ``aliases``: another address of a blog, another id of a section."""

    blog_id: str
    section_id: str | None
    kind: str
    """``address`` or ``publisher_id``."""
    alias: str
    observed_at: datetime
    capture_id: str


class Change(StrEnum):
    """What happened to a section."""

    ADDED = "added"
    EDITED = "edited"
    RETITLED = "retitled"
    PINNED = "pinned"
    UNPINNED = "unpinned"
    HIDDEN = "hidden"
    SHOWN = "shown"
    REMOVED = "removed"
    RESTORED = "restored"


class Visibility(StrEnum):
    """Whether a section stands on the page, after a change."""

    SHOWN = "shown"
    HIDDEN = "hidden"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class RevisionRow:
    """Table ``revisions``: one change of one section, with the whole section as it stands after the change."""

    blog_id: str
    section_id: str
    seq: int
    """Number of this revision among those of its section, from 1."""
    change: str
    reason: str | None
    changed_fields: tuple[str, ...]
    visibility: str
    capture_id: str
    observed_at: datetime
    not_before: datetime | None
    """The last look without the change; null where there was none before."""
    not_after: datetime
    """The first look with it."""
    kind: str
    publisher_id: str | None
    rank: str
    """Order on the page, as text: ascending is from the top down when first seen."""
    headline: str | None
    text: str
    published_at: datetime | None
    published_raw: str | None
    time_source: str | None
    modified_at: datetime | None
    authors: tuple[str, ...]
    permalink: str | None
    pinned: bool
    key_event: bool
    links: tuple[str, ...]
    media: tuple[str, ...]
    digest: str
    """Digest of what a reader sees of the section, noise left out."""
    reader: str | None
    missing_since: str | None
    """capture_id of the first look that lacked the section (hidden, removed)."""


@dataclass(frozen=True, slots=True)
class HeadlineRow:
    """Table ``headlines``: a canonical headline, at its first sighting."""

    headline_id: str
    headline: str
    normalised: str
    language: str | None
    blog_id: str
    source: str
    observed_at: datetime
    capture_id: str
    keys: tuple[str, ...] = ()
    """Keys under which headlines that say nearly the same are found (`transforms.near`)."""


@dataclass(frozen=True, slots=True)
class KnownHeadline:
    """Of a row of table ``headlines``, what new headlines are compared with."""

    headline_id: str
    headline: str
    blog_id: str
    source: str
    observed_at: datetime
    capture_id: str


@dataclass(frozen=True, slots=True)
class SightingRow:
    """Table ``sightings``: a place and time at which a headline stood."""

    sighting_id: str
    headline_id: str
    blog_id: str
    section_id: str | None
    """Null for the blog's own title."""
    place: str
    """``title``, or the kind of the section."""
    headline: str
    observed_at: datetime
    capture_id: str


@dataclass(frozen=True, slots=True)
class DuplicateRow:
    """Table ``duplicates``: a sighting that repeats a known headline; a link, never a deletion (rule R6)."""

    sighting_id: str
    headline_id: str
    """The headline that is repeated."""
    rule: str
    """exact, adjacent, pinned_copy, key_event, card, near, cross_source."""
    score: float
    method: str
    """Name and version of the method that found it."""
    blog_id: str
    observed_at: datetime
    capture_id: str


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """Table ``incidents``: one thing that happened to an incident of data quality, from its opening to its recovery."""

    blog_id: str
    """Empty where it concerns a whole source."""
    observed_at: datetime
    incident_id: str
    event: str
    """opened, alerted, silenced, clearing, returned, recovered."""
    rule: str
    source: str
    detail: str
    measured: float | None
    target: float | None
    until: datetime | None
    """When a silence ends."""
    run_key: str


@dataclass(frozen=True, slots=True)
class RedactionRow:
    """Table ``redactions``: a takedown, and what it rewrote. No redacted word stands in it."""

    blog_id: str
    """Empty where it is about no single blog."""
    observed_at: datetime
    """When it was ordered."""
    redaction_id: str
    kind: str
    """address, section or text."""
    selector: str
    ordered_by: str
    why: str
    objects: tuple[str, ...]
    """Keys of the objects that were rewritten or removed."""
    objects_digest: str
    rows: int
    looks: int


Row = (
    CaptureRow | BlogRow | WatchRow | CandidateRow | AliasRow | RevisionRow | HeadlineRow | SightingRow
    | DuplicateRow | IncidentRow | RedactionRow
)  # fmt: skip

TABLES: Mapping[str, type[Row]] = {
    "captures": CaptureRow,
    "blogs": BlogRow,
    "watches": WatchRow,
    "candidates": CandidateRow,
    "aliases": AliasRow,
    "revisions": RevisionRow,
    "headlines": HeadlineRow,
    "sightings": SightingRow,
    "duplicates": DuplicateRow,
    "incidents": IncidentRow,
    "redactions": RedactionRow,
}


@dataclass(frozen=True, slots=True)
class KnownBlog:
    """What the lake knows of a blog before a look: all that revising needs, read from the lake and nowhere else."""

    blog_id: str
    blog: BlogRow | None = None
    watch: WatchRow | None = None
    last_look: CaptureRow | None = None
    """The newest look, whatever its outcome."""
    last_body: CaptureRow | None = None
    """The newest look that brought a readable page: its validators, its digests."""
    sections: tuple[RevisionRow, ...] = ()
    """The newest revision of each section, removed ones included, by rank."""
    aliases: tuple[AliasRow, ...] = ()
    headlines: Mapping[str, str] = field(default_factory=dict)
    """Normalised headline -> headline_id, of the headlines this blog has shown."""


@dataclass(frozen=True, slots=True)
class Changes:
    """Rows to commit, by table, and the raw segments they were made from."""

    rows: Mapping[str, tuple[Row, ...]] = field(default_factory=dict)
    segments: tuple[str, ...] = ()

"""Rows for the lake's tests: invented looks, sections and decisions."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from transforms.rows import AliasRow, BlogRow, CaptureRow, Changes, HeadlineRow, RevisionRow, SightingRow, WatchRow

NOON = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
URL = "https://news.example/live/flood"


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def capture(blog: str = "b1", minutes: float = 0, outcome: str = "changed", **more) -> CaptureRow:
    row = CaptureRow(
        capture_id=f"{blog}-{minutes:g}", blog_id=blog, source="riverside", url=URL, final_url=None,
        observed_at=at(minutes), outcome=outcome, reason=None, status=200, elapsed_ms=12, late_by_s=0.5,
        content_type="text/html", body_bytes=1000, etag='"1"', last_modified=None, cache_control=None, age_s=None,
        retry_after_s=None, payload_digest="sha256:00", page_digest="00", is_live_blog=True, reader="json_ld",
        reader_version="1", sections_seen=1, updates_seen=1, pages_walked=1, robots="allowed", robots_meta=None,
        x_robots_tag=None, user_agent="test", next_look_at=at(minutes + 1), last_changed_at=at(minutes), segment=None,
        record_ids=("<urn:uuid:1>", "<urn:uuid:2>"), response_record_id="<urn:uuid:2>", response_date=None,
        run_key="run", batch_id="0",
    )  # fmt: skip
    return replace(row, **more)


def revision(blog: str = "b1", section: str = "s1", minutes: float = 0, seq: int = 1, **more) -> RevisionRow:
    row = RevisionRow(
        blog_id=blog, section_id=section, seq=seq, change="added" if seq == 1 else "edited", reason=None,
        changed_fields=() if seq == 1 else ("text",), visibility="shown", capture_id=f"{blog}-{minutes:g}",
        observed_at=at(minutes), not_before=None, not_after=at(minutes), kind="update", publisher_id=section,
        rank=section, headline=f"Headline of {section}", text=f"Text {seq} of {section}", published_at=at(minutes - 1),
        published_raw="just now", time_source="relative", modified_at=None, authors=("Ada Penn",), permalink=None,
        pinned=False, key_event=False, links=(), media=(), digest=f"{section}/{seq}", reader="json_ld",
        missing_since=None,
    )  # fmt: skip
    return replace(row, **more)


def watch(blog: str = "b1", minutes: float = 0, paused: bool = False) -> WatchRow:
    return WatchRow(blog, at(minutes), URL, "riverside", "a test", paused)


def blog_row(blog: str = "b1", minutes: float = 0, **more) -> BlogRow:
    row = BlogRow(
        blog_id=blog, observed_at=at(minutes), capture_id=f"{blog}-{minutes:g}", source="riverside", url=URL,
        title="River floods", standfirst=None, language="en", authors=(), published_at=None, modified_at=None,
        coverage_start=at(-60), coverage_end=None, state="live", state_evidence=None,
    )  # fmt: skip
    return replace(row, **more)


def alias(blog: str = "b1", minutes: float = 0, name: str = "https://news.example/old") -> AliasRow:
    return AliasRow(blog, None, "address", name, at(minutes), f"{blog}-{minutes:g}")


def headline(blog: str = "b1", minutes: float = 0, text: str = "bridge closed") -> HeadlineRow:
    return HeadlineRow(f"h-{text}", text.title(), text, "en", blog, "riverside", at(minutes), f"{blog}-{minutes:g}")


def sighting(blog: str = "b1", section: str = "s1", minutes: float = 0, text: str = "bridge closed") -> SightingRow:
    name = f"{blog}-{section}-{minutes:g}"
    return SightingRow(name, f"h-{text}", blog, section, "update", text.title(), at(minutes), f"{blog}-{minutes:g}")


def look(blog: str = "b1", minutes: float = 0, section: str = "s1", seq: int = 1) -> Changes:
    """What one look that saw one change commits."""
    return Changes({"captures": (capture(blog, minutes),), "revisions": (revision(blog, section, minutes, seq),)})

"""Takedowns: what is ordered is found in the lake, put on record, and carried out."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from lake.lake import Lake
from lake.query import Connection, connect, run_sql
from lake.redact import Done, Takedown
from lake.staging import Staging, Touched
from lake.store import put_new
from lake.tombstones import ADDRESS, FOLDER, SECTION, TEXT, Order, Tombstone, put_on_record, standing, unfinished
from lake.words import run_of
from liveblog.errors import BlogUnknown, InputError
from liveblog.history import LIST, find_blog
from liveblog.pipeline import LEASE
from liveblog.replay import COMPARING
from liveblog.revisions import find_section
from liveblog.withheld import lingers
from transforms.digest import section_digest
from transforms.identity import blog_id
from transforms.rows import Changes, RedactionRow, WatchRow

LEASE_S = 12 * 3600.0
"""Nothing may be recorded, folded or compared meanwhile; the leases end with the process, if that is sooner."""
ADDRESSES = """
SELECT DISTINCT unnest([url, final_url]) FROM captures WHERE blog_id = $blog
UNION SELECT alias FROM aliases WHERE blog_id = $blog AND kind = 'address'
UNION SELECT url FROM watches WHERE blog_id = $blog
"""
LEADS_TO = """
SELECT blog_id, any_value(url) FROM captures WHERE final_url = $url GROUP BY blog_id
UNION SELECT blog_id, any_value(url) FROM aliases JOIN captures USING (blog_id)
WHERE kind = 'address' AND alias = $url GROUP BY blog_id
LIMIT 3
"""
WORDS = "SELECT DISTINCT headline, text, media FROM revisions WHERE blog_id = $blog AND section_id = $section"
FEWEST_WORDS = 2
"""A headline or paragraph of one word is not looked for by itself: it stands in too many other places."""


@dataclass(frozen=True, slots=True)
class Result:
    """One takedown, carried out."""

    tombstone: Tombstone
    done: Done
    snapshot: int


def order_of_address(lake: Lake, given: str) -> Order:
    """All words of a blog, meant by an address, the beginning of an id or words of its title.

    Raises InputError, also for an address of which the lake holds nothing: it is mistyped, or another one's.
    """
    with _asking(lake) as connection:
        blog = blog_id(given) if "://" in given else find_blog(connection, given).blog_id
        told = run_sql(connection, ADDRESSES, {"blog": blog}).rows
        addresses = {address for (address,) in told if address}
        others = [] if addresses else list(run_sql(connection, LEADS_TO, {"url": given}).rows)
    selector = given if "://" in given else blog
    named = {given} if "://" in given else set()
    order = Order(ADDRESS, selector, blogs=(blog,), addresses=tuple(sorted(addresses | named)))
    if not addresses and not _is_held(lake, order):
        meant = ", ".join(f"{other} ({url})" for other, url in others)
        advice = f"it led to {meant}: give that blog's address" if meant else f"check it; {LIST} lists the blogs"
        raise BlogUnknown(f"nothing of {given!r} is in this lake, nothing was taken down: {advice}")
    return order


def _is_held(lake: Lake, order: Order) -> bool:
    """Whether a takedown is on record, or any object, raw ones too, holds what it would take down."""
    return any(order.is_on_record(stone) for stone in standing(lake.store)) or bool(survey(lake, order))


def order_of_section(lake: Lake, given: str) -> Order:
    """The words of a section, all its revisions', meant as `liveblog diff` takes it. Raises InputError."""
    with _asking(lake) as connection:
        section = find_section(connection, given)
        meant = {"blog": section.blog_id, "section": section.section_id}
        rows = list(run_sql(connection, WORDS, meant).rows)
        told = run_sql(connection, ADDRESSES, {"blog": section.blog_id}).rows
        addresses = tuple(sorted(address for (address,) in told if address))
    marks = tuple(stone.redaction_id for stone in standing(lake.store))
    pieces = {piece for row in rows for piece in _pieces(*row) if not any(mark in piece for mark in marks)}
    words = tuple(sorted(piece for piece in pieces if (run := run_of(piece, "")) and run.words >= FEWEST_WORDS))
    return Order(SECTION, section.section_id, words, (section.blog_id,), addresses, section.section_id)


def order_of_text(text: str) -> Order:
    """One run of words, wherever it stands. Raises InputError where there is no word in it."""
    run = run_of(text, "")
    if run is None:
        raise InputError("--text holds no word: give the words that are to go")
    return Order(TEXT, f"{run.words} word(s)", (text,))


def _pieces(headline: str | None, text: str, media: list[str]) -> Iterator[str]:
    """What of a revision is looked for: the whole, each paragraph, the headline, pictures."""
    yield f"{headline or ''} {text}"
    yield from (part for part in (headline, *text.split("\n\n"), *media) if part)


def survey(lake: Lake, order: Order) -> list[Touched]:
    """What carrying it out would rewrite or remove. Nothing is written."""
    stone = order.tombstone(lake.store.now(), "nobody", "dry run")
    staging = Staging(lake.chain, stone, section_digest, lingers, dry=True)
    staging.run()
    return staging.touched


def take_down(lake: Lake, order: Order, *, by: str, why: str, run_key: str) -> Result:
    """Put it on record and carry it out, after any that was broken off; ordered again, it is done again.

    Raises LeaseHeld where somebody records or folds.
    """
    with _alone(lake, run_key) as guard:
        for stone in standing(lake.store):
            if stone.redaction_id in set(unfinished(lake.store)):
                _carry_out(lake, stone, run_key, guard)
        known = next((stone for stone in standing(lake.store) if order.is_on_record(stone)), None)
        stone = known or order.tombstone(lake.store.now(), by, why)
        if known is None:
            put_on_record(lake.store, stone)
        return _carry_out(lake, stone, run_key, guard)


def repeat_all(lake: Lake, *, run_key: str) -> list[Result]:
    """Carry out every takedown that stands: after a crash, or when files came back from an older copy."""
    with _alone(lake, run_key) as guard:
        return [_carry_out(lake, stone, run_key, guard) for stone in standing(lake.store)]


@contextmanager
def _alone(lake: Lake, run_key: str) -> Iterator[Callable[[], None]]:
    with ExitStack() as stack:
        held = [stack.enter_context(lake.lease(name, run_key, LEASE_S)) for name in (LEASE, "compact", COMPARING)]

        def check() -> None:
            for lease in held:
                lease.check()

        yield check


def _carry_out(lake: Lake, stone: Tombstone, run_key: str, guard: Callable[[], None]) -> Result:
    staging = Staging(lake.chain, stone, section_digest, lingers)
    done = Takedown(lake.chain, stone, run_key, guard).carry_out(staging)
    row = _audit(stone, done)
    changes = Changes({"redactions": (row,), "watches": _unwatched(lake, stone)})
    lake.commit(f"redact/{stone.redaction_id}/{row.objects_digest}", lambda _: changes, run_key)
    put_new(lake.store, f"{FOLDER}{stone.redaction_id}/done.json", b"{}")
    return Result(stone, done, lake.newest().number)


def _audit(stone: Tombstone, done: Done) -> RedactionRow:
    digest = hashlib.sha256("\n".join(done.objects).encode()).hexdigest()[:16]
    blog = stone.blogs[0] if len(stone.blogs) == 1 else ""
    return RedactionRow(
        blog, stone.ordered_at, stone.redaction_id, stone.kind, stone.selector, stone.by, stone.why, done.objects,
        digest, done.rows, done.looks,
    )  # fmt: skip


def _unwatched(lake: Lake, stone: Tombstone) -> tuple[WatchRow, ...]:
    """A blog that was taken down as a whole is no longer looked at."""
    if not stone.everything:
        return ()
    known = lake.watched(lake.newest())
    watches = [known[blog].watch for blog in stone.blogs if blog in known]
    why = f"taken down: {stone.redaction_id}"
    return tuple(
        WatchRow(watch.blog_id, stone.ordered_at, watch.url, watch.source, why, paused=False, removed=True)
        for watch in watches
        if watch is not None and not watch.removed
    )


@contextmanager
def _asking(lake: Lake) -> Iterator[Connection]:
    connection = connect(lake, lake.newest())
    try:
        yield connection
    finally:
        connection.close()

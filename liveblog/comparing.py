"""What a replay would change, as people and programs read it: by table, by blog, with an example of each kind.

revisions    4 would read differently, 1 would go, 2 would come, in 1 blog(s): text 4, digest 4
…
Riverside floods: live   https://…   4b1f…
  revisions
    ~ 3 edited: text, digest                       how many rows, what sort, which columns
        2026-03-01 12:04Z  3f2a91c0  Bridge closed
        text: The bridge is [-closed-]{+shut+} …
    - 1 added                                      rows that would go
    + 2 added                                      rows that would come
"""

from collections.abc import Iterator, Mapping
from typing import Any

from lake.differences import CHANGED, ONLY_AFTER, ONLY_BEFORE, Difference, Kind, Pair
from liveblog.render import cell_text, in_colour, moment_text, safe
from transforms.diff import Op, Piece, as_terminal, word_diff
from transforms.rows import Row

Differences = Mapping[str, Difference]
MOST_BLOGS = 20
"""Blogs told of by example on a terminal; ``--json`` tells of all."""
MOST_COLUMNS = 6
"""Columns of one example that are shown side by side."""
AROUND = 40
"""Characters of unchanged text left on each side of a change."""
MOST_SHOWN = 400
"""Characters of one value on a terminal …"""
MOST_TOLD = 4000
"""… and in JSON."""
WORDS = frozenset({"headline", "text", "title", "standfirst"})
SIGNS = {CHANGED: "~", ONLY_BEFORE: "-", ONLY_AFTER: "+"}
FOLLOWING = frozenset({"digest", "page_digest"})
"""Columns that differ wherever others do: named, and not shown."""
NAMES = ("section_id", "capture_id", "change", "outcome", "kind", "headline", "observed_at")
"""Columns that say which row it is, where it has them."""


def lines(differences: Differences, titles: Mapping[str, str], examples: int) -> Iterator[str]:
    """For a terminal: the counts of each table, then blog by blog up to `examples` kinds of difference a table.

    `titles` are what blogs are called, by id.
    """
    differing = {name: one for name, one in differences.items() if one.kinds}
    for name, one in differing.items():
        yield f"{name:<11} {_counted(one)}"
    same = [name for name in differences if name not in differing]
    yield f"no difference: {', '.join(same)}" if differing else "no difference in any table"
    blogs = list(dict.fromkeys(blog for one in differing.values() for blog in one.blogs()))
    for blog in blogs[:MOST_BLOGS] if examples else ():
        yield ""
        yield safe(f"{titles.get(blog, '')}  {blog}".strip() or "(of no blog)")
        for name, one in differing.items():
            yield from _of_blog(name, one, blog, examples)
    if examples and len(blogs) > MOST_BLOGS:
        yield f"\n… and {len(blogs) - MOST_BLOGS} more blog(s): --json tells of all"


def as_json(differences: Differences, examples: int) -> dict[str, Any]:
    """The same for programs: all blogs, and of each up to `examples` kinds of difference a table."""
    return {
        name: one.counts()
        | {
            "columns": dict(one.columns().most_common()),
            "blogs": {
                blog: one.counts(blog) | {"examples": [_told(one, *of) for of in one.of(blog)[:examples]]}
                for blog in one.blogs()
            },
        }
        for name, one in differences.items()
    }


def _counted(one: Difference) -> str:
    words = {CHANGED: "would read differently", ONLY_BEFORE: "would go", ONLY_AFTER: "would come"}
    told = ", ".join(f"{count} {word}" for what, word in words.items() if (count := one.count(what)))
    columns = ", ".join(f"{name} {rows}" for name, rows in one.columns().most_common(MOST_COLUMNS))
    return f"{told}, in {len(one.blogs())} blog(s){': ' + columns if columns else ''}"


def _of_blog(name: str, one: Difference, blog: str, examples: int) -> Iterator[str]:
    kinds = one.of(blog)
    if kinds:
        yield f"  {name}"
    for kind, rows in kinds[:examples]:
        columns = f": {', '.join(kind.columns)}" if kind.columns else ""
        yield f"    {SIGNS[kind.what]} {rows} {kind.sort}".rstrip() + columns
        if kind in one.examples:
            yield from (f"        {line}" for line in _example(one.examples[kind]))
    if len(kinds) > examples:
        yield f"    … {sum(rows for _, rows in kinds[examples:])} more, of {len(kinds) - examples} other kind(s)"


def _example(pair: Pair) -> Iterator[str]:
    row = pair.after or pair.before
    if row is None:
        return
    names = (str(getattr(row, name, None) or "") for name in ("section_id", "capture_id"))
    facts = [moment_text(row.observed_at), next((name[:8] for name in names if name), "")]
    yield "  ".join([*facts, _cut(cell_text(getattr(row, "headline", None) or ""))]).rstrip()
    for name in [name for name in pair.columns if name not in FOLLOWING][:MOST_COLUMNS]:
        yield f"{name}: {_side_by_side(name, getattr(pair.before, name), getattr(pair.after, name))}"
    if not pair.columns:
        yield from _words_of(row)


def _words_of(row: Row) -> Iterator[str]:
    """What a row says that has no counterpart: its text, or else what little it holds."""
    text = getattr(row, "text", None)
    if text:
        yield _cut(cell_text(text))
    elif not getattr(row, "headline", None):
        names = [name for name in row.__dataclass_fields__ if name not in {"blog_id", "observed_at", "capture_id"}]
        yield _cut(", ".join(f"{name} {cell_text(value)}" for name in names if (value := getattr(row, name))))


def _side_by_side(name: str, before: object, after: object) -> str:
    if name in WORDS and isinstance(before, str) and isinstance(after, str):
        return as_terminal(_around(word_diff(_plain(before), _plain(after))), in_colour())
    return f"{_cut(cell_text(before))} → {_cut(cell_text(after))}"


def _around(pieces: tuple[Piece, ...]) -> Iterator[Piece]:
    """The changes with a little of what stands around them, as far as there is room."""
    room = MOST_SHOWN
    for place, piece in enumerate(pieces):
        text = piece.text
        if piece.op is Op.KEPT and len(text) > 2 * AROUND:
            head, tail = text[:AROUND] if place else "", text[-AROUND:] if place + 1 < len(pieces) else ""
            text = f"{head} … {tail}"
        yield Piece(piece.op, text[:room])
        room -= len(text)
        if room <= 0:
            yield Piece(Op.KEPT, "…")
            return


def _plain(text: str) -> str:
    return " ".join(text.split())


def _cut(text: str) -> str:
    return text if len(text) <= MOST_SHOWN else text[: MOST_SHOWN - 1] + "…"


def _told(one: Difference, kind: Kind, rows: int) -> dict[str, Any]:
    told: dict[str, Any] = {"what": kind.what, "sort": kind.sort, "columns": kind.columns, "rows": rows}
    pair = one.examples.get(kind)
    if pair is not None:
        told |= {"before": _values(pair.before, pair.columns), "after": _values(pair.after, pair.columns)}
    return told


def _values(row: Row | None, columns: tuple[str, ...]) -> dict[str, Any] | None:
    """The differing columns of a row, or all; and those that say which row it is."""
    if row is None:
        return None
    named = row.__dataclass_fields__
    shown = [name for name in named if name in columns or name in NAMES] if columns else list(named)
    values = {name: getattr(row, name) for name in shown}
    return {name: value[:MOST_TOLD] if isinstance(value, str) else value for name, value in values.items()}

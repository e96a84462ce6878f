"""What people read on a terminal: pages, tables, histories. Colours only where click finds a terminal."""

import csv
import io
import itertools
import os
import re
import shutil
import sys
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click
import orjson
from rich.cells import cell_len, set_cell_size

if TYPE_CHECKING:
    from liveblog.showing import Shown

WIDTH = 100
"""Prose wider than this is hard to read, however wide the terminal."""
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Control characters and bidi overrides: a page must not steer the reader's terminal."""
NARROW = 12
"""Columns of a terminal below which a column of a table tells too little to be cut further."""
MARKS = {"update": "●", "card": "▭", "key_events": "≡", "lede": "¶", "boilerplate": "·"}
COLOURS = {
    "added": "green",
    "restored": "green",
    "shown": "green",
    "edited": "yellow",
    "retitled": "yellow",
    "hidden": "bright_black",
    "removed": "red",
}


def safe(text: str) -> str:
    """Text of a page, with everything taken out that would steer a terminal."""
    return CONTROL.sub("", text)


def in_colour() -> bool:
    """Whether standard output shows colours: a terminal, unless NO_COLOR is set (no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def width() -> int:
    """Columns to fill."""
    return min(shutil.get_terminal_size((WIDTH, 24)).columns, WIDTH)


def prose(text: str, indent: str = "  ") -> str:
    """Paragraphs wrapped to the terminal."""
    return "\n\n".join(_filled(safe(part), indent) for part in text.split("\n\n"))


def _filled(words: str, indent: str) -> str:
    """One paragraph. Where its signs are wider than one column, so many fewer stand on a line."""
    columns = width() * (len(words) or 1) // (cell_len(words) or 1)
    return textwrap.fill(words, columns, initial_indent=indent, subsequent_indent=indent)


def page_text(path: str, page: Mapping[str, Any], *, explanation: str = "") -> str:
    """A page as `extract` shows it to people: title, standfirst, why it was read so, then section by section."""
    kind = "live blog" if page["is_live_blog"] else "not a live blog"
    counts = [
        f"{len([s for s in page['sections'] if s['kind'] == 'update'])} updates",
        page.get("reader") or "no reader",
    ]
    state = (page.get("coverage") or {}).get("state")
    address = page.get("url") if page.get("url") != path else None
    why = f"unreadable: {page['unreadable']}" if page.get("unreadable") else None
    facts = "  ".join(safe(fact) for fact in (kind, state, *counts, path, address, why) if fact)
    parts = [click.style(safe(page.get("title") or "(no title)"), bold=True)]
    if page.get("standfirst"):
        parts.append(prose(page["standfirst"], ""))
    parts.append(click.style(facts, fg="cyan"))
    if explanation:
        parts.append(explanation)
    parts.extend(section_text(section) for section in page["sections"])
    return "\n\n".join(parts) + "\n"


def section_text(section: Mapping[str, Any]) -> str:
    """One section: a mark for its kind, time, headline and author on one line, then its text."""
    dim = section["kind"] == "boilerplate"
    flags = [flag for flag in ("pinned", "key_event") if section.get(flag)]
    head = [
        MARKS.get(section["kind"], "?"),
        _published(section.get("published_at")),
        section.get("headline") or f"({section['kind']})",
    ]
    tail = [", ".join(section.get("authors") or ()), *flags]
    line = " ".join(filter(None, map(safe, head))) + "".join(f"  [{safe(item)}]" for item in tail if item)
    body = prose(section["text"]) if section.get("text") else ""
    if dim:
        return click.style("\n".join(filter(None, [line, body])), dim=True)
    return "\n".join(filter(None, [click.style(line, bold=section["kind"] == "update"), body]))


def _published(moment: datetime | str | None) -> str:
    if not moment:
        return ""
    return moment_text(datetime.fromisoformat(moment) if isinstance(moment, str) else moment)


def shown_text(shown: "Shown") -> str:
    """A page of the lake as readers saw it, for a terminal."""
    facts = "  ".join(filter(None, [f"as of {moment_text(shown.observed_at)}", shown.state, safe(shown.url)]))
    parts = [click.style(safe(shown.title or "(no title)"), bold=True)]
    if shown.standfirst:
        parts.append(prose(shown.standfirst, ""))
    parts.append(click.style(facts, fg="cyan"))
    parts.extend(section_text(asdict(section)) for section in shown.sections)
    return "\n\n".join(parts) + "\n"


def moment_text(moment: datetime) -> str:
    """A moment as people read it: to the minute, or to the second where it has one; ``Z`` for UTC."""
    form = "%Y-%m-%d %H:%M" if not (moment.second or moment.microsecond) else "%Y-%m-%d %H:%M:%S"
    offset = moment.strftime("%z")
    return moment.strftime(form) + ("Z" if offset == "+0000" else f"{offset[:3]}:{offset[3:]}" if offset else "")


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, limit: int | None = None) -> str:
    """A plain table, each column as wide as it needs and the widest cut to fit the terminal; columns for which there
    is no room are named below."""
    cells = [[cell_text(value) for value in row] for row in rows]
    shown = cells if limit is None else cells[:limit]
    widths = _fit([max(map(cell_len, (name, *(row[at] for row in shown)))) for at, name in enumerate(columns)])
    lines = [_line(columns, widths, bold=True), "  ".join("─" * size for size in widths)]
    lines.extend(_line(row, widths) for row in shown)
    if left_out := columns[len(widths) :]:
        lines.append(prose(f"… no room for {', '.join(left_out)}: take a wider terminal, fewer columns, or JSON", ""))
    more = len(cells) - len(shown)
    if more:
        lines.append(f"… {more} more rows (--format csv shows all)")
    return "\n".join(lines)


def cell_text(value: object) -> str:
    """A value in one cell of a table."""
    if value is None:
        return "·"
    if isinstance(value, datetime):
        return moment_text(value)
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, list | tuple):
        return ", ".join(cell_text(item) for item in value)
    return " ".join(safe(str(value)).split())


def _fit(widths: list[int]) -> list[int]:
    """The widths of as many columns as there is room for, each with two blanks behind it."""
    room = max(shutil.get_terminal_size((160, 24)).columns, 40) + 2
    least = itertools.accumulate(min(size, NARROW) + 2 for size in widths)
    fitting = [min(size, room) for size, needed in zip(widths, least, strict=True) if needed <= room]
    while sum(fitting) + 2 * len(fitting) > room and max(fitting) > NARROW:
        fitting[fitting.index(max(fitting))] -= 1
    return fitting


def _line(values: Sequence[str], widths: Sequence[int], *, bold: bool = False) -> str:
    cut = (
        value if cell_len(value) <= size else set_cell_size(value, size - 1) + "…"
        for value, size in zip(values, widths, strict=False)
    )
    text = "  ".join(set_cell_size(value, size) for value, size in zip(cut, widths, strict=True)).rstrip()
    return click.style(text, bold=True) if bold else text


def change_text(change: str) -> str:
    """A change in its colour, padded to a column."""
    return click.style(f"{change:<9}", fg=COLOURS.get(change))


def csv_lines(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """CSV with a header line, quoted as in RFC 4180 and with plain line ends, so that a shell can read it; times in
    ISO 8601, lists as JSON, null as nothing."""
    held = io.StringIO()
    writer = csv.writer(held, lineterminator="\n")
    for row in itertools.chain([columns], rows):
        writer.writerow([_csv_value(value) for value in row])
        yield held.getvalue()
        held.seek(0)
        held.truncate()


def json_lines(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """JSON Lines: an object a row."""
    return (_json(dict(zip(columns, row, strict=True))) + "\n" for row in rows)


def json_text(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """One JSON array with an object a row."""
    before = "[\n"
    for line in json_lines(columns, rows):
        yield before + line.rstrip("\n")
        before = ",\n"
    yield "[]\n" if before == "[\n" else "\n]\n"


def _csv_value(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return _json(value) if isinstance(value, list | tuple | dict) else value


def _json(value: object) -> str:
    return orjson.dumps(value, default=str).decode()

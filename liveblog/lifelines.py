"""A blog's history as a page: a picture, and below it every change with the words that went and came.

The picture has a line for each update, from when it came to when it went, with what was done to it. Like every page of
ours it loads nothing, and everything of the blog is escaped.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby, pairwise

from liveblog.history import Found, Happened
from liveblog.html import PAGE, facts_line, link, text
from liveblog.render import moment_text
from transforms.diff import Piece, as_html

Words = Mapping[tuple[str, int], Sequence[Sequence[Piece]]]
"""By section and revision: the words that an edit changed."""
MARKS = {"edited": "◆", "retitled": "▲", "removed": "✕", "restored": "○", "pinned": "⚑", "unpinned": "⚐"}
STEPS = (
    *(timedelta(minutes=n) for n in (1, 2, 5, 10, 15, 30)),
    *(timedelta(hours=n) for n in (1, 2, 3, 6, 12)),
    *(timedelta(days=n) for n in (1, 2, 7, 14, 28, 91, 182, 364)),
)
MOST_TICKS = 8
STYLE = """<style>
body { max-width: 70rem; }
.lives { list-style: none; margin: 0; padding: 0; font: .85rem/1.6 system-ui, sans-serif; }
.lives li { display: grid; grid-template-columns: minmax(6rem, 2fr) 5fr; gap: .6rem; }
.lives li > :first-child { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.lives li:hover { background: color-mix(in srgb, currentColor 8%, transparent); }
.lane { position: relative; border-left: 1px solid #8886; border-right: 1px solid #8886; }
.lane > * { position: absolute; }
.axis { position: sticky; top: 0; z-index: 1; background: var(--page); border-bottom: 1px solid #8886; }
.axis .lane > * { border-left: 1px solid #888; padding-left: .2rem; white-space: nowrap; font-size: .75rem; }
.unseen, .shown, .hidden { top: 50%; height: 0; border-top: 2px dotted #8888; }
.shown { margin-top: -3px; border-top: 6px solid var(--line); }
.mark { top: 50%; transform: translate(-50%, -50%); font-style: normal; line-height: 1; cursor: help;
  text-shadow: 0 0 2px var(--page), 0 0 2px var(--page); }
.edited, .retitled { color: var(--edit); }
.removed { color: var(--gone); font-weight: bold; }
.change { border-top: 1px solid #8884; padding: .3rem 0; }
.change p { margin: .2rem 0; }
.change:target { outline: 2px solid var(--line); }
@media (max-width: 40rem) { .axis .lane > :nth-child(even) { display: none; } }
</style>
"""


@dataclass(frozen=True, slots=True)
class Life:
    """One update: where it is on the line of time, and what was done to it."""

    newest: Happened
    spans: tuple[tuple[datetime, datetime, str], ...]
    """From, to, and what it was meanwhile: ``unseen`` (published, and not yet looked at), ``shown``, ``hidden``."""
    marks: tuple[Happened, ...]


@dataclass(frozen=True, slots=True)
class Scale:
    """The stretch of time that the picture shows, from its left edge to its right."""

    begin: datetime
    end: datetime

    def percent(self, moment: datetime) -> float:
        """Where a moment stands, in percent from the left; what lies outside stands at the edge."""
        share = (moment - self.begin) / (self.end - self.begin)
        return round(100 * min(max(share, 0.0), 1.0), 2)

    def ticks(self) -> list[datetime]:
        """Round moments of UTC, `MOST_TICKS` at most."""
        span = self.end - self.begin
        step = next((step for step in STEPS if span <= step * MOST_TICKS), span / MOST_TICKS)
        midnight = self.begin.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        first = midnight + step * -(-(self.begin - midnight) // step)
        return [first + step * number for number in range(MOST_TICKS + 1) if first + step * number < self.end]


def lives_of(happened: Iterable[Happened], last_look: datetime) -> list[Life]:
    """A life for each update, the newest first: by when it was published, or else first seen."""
    by_section: dict[str, list[Happened]] = defaultdict(list)
    for one in happened:
        if one.kind == "update":
            by_section[one.section_id].append(one)
    found = [_life(sorted(steps, key=lambda one: one.seq), last_look) for steps in by_section.values()]
    return sorted(found, key=lambda life: life.spans[0][0], reverse=True)


def _life(steps: Sequence[Happened], last_look: datetime) -> Life:
    published = steps[0].published_at
    seen = steps[0].observed_at
    before = [(published, seen, "unseen")] if published and published < seen else []
    moments = [*(one.observed_at for one in steps), last_look]
    spans = [
        (begin, end, "shown" if one.visibility == "shown" else "hidden")
        for one, (begin, end) in zip(steps, pairwise(moments), strict=True)
    ]
    return Life(steps[-1], (*before, *spans), tuple(one for one in steps if one.change in MARKS))


def scale_of(lives: Sequence[Life], first_look: datetime, last_look: datetime) -> Scale:
    """From the first publication to the last look; what was published before the first look gets half of the room at
    most, where there was a second."""
    earliest = min((life.spans[0][0] for life in lives), default=first_look)
    looked = last_look - first_look
    begin = min(max(earliest, first_look - looked) if looked else earliest, first_look)
    return Scale(begin, max(last_look, begin + timedelta(minutes=1)))


def picture(lives: Sequence[Life], scale: Scale) -> str:
    """A line for each update, under an axis of time in UTC."""
    axis = "".join(
        f'<span style="left:{scale.percent(at)}%">{at:{"%d %b" if not at.hour + at.minute else "%H:%M"}}</span>'
        for at in scale.ticks()
    )
    head = f'<li class="axis"><span>{len(lives)} updates, times in UTC</span><span class="lane">{axis}</span></li>'
    return f'<ol class="lives">{head}\n' + "\n".join(_line(life, scale) for life in lives) + "</ol>\n"


def _line(life: Life, scale: Scale) -> str:
    spans = "".join(
        f'<i class="{word}" style="left:{left}%;width:{scale.percent(until) - left:.2f}%"></i>'
        for left, until, word in ((scale.percent(at), until, word) for at, until, word in life.spans)
    )
    marks = "".join(
        _marks(scale.percent(at), list(some)) for at, some in groupby(life.marks, key=lambda one: one.observed_at)
    )
    name = f'<a href="#{text(life.newest.section_id)}" dir="auto">{text(_name(life.newest))}</a>'
    return f'<li>{name}<span class="lane">{spans}{marks}</span></li>'


def _marks(left: float, some: Sequence[Happened]) -> str:
    """What was done to an update at one moment, side by side."""
    signs = "".join(f'<span class="{one.change}">{MARKS[one.change]}</span>' for one in some)
    what = f"{', '.join(one.change for one in some)} {moment_text(some[0].observed_at)}"
    return f'<i class="mark" style="left:{left}%" title="{what}">{signs}</i>'


def log_html(found: Found, happened: Sequence[Happened], words: Words, looks: tuple[datetime, datetime]) -> str:
    """The page: title, picture, changes. `happened` is newest first; `looks` are the first and the last."""
    lives = lives_of(happened, looks[1])
    title = text(found.title or found.url)
    seen = f"looked at from {moment_text(looks[0])} to {moment_text(looks[1])}"
    legend = "line: on the page · dots: published and not yet looked at, or off the page · " + " · ".join(
        f'<span class="{change}">{mark}</span> {change}' for change, mark in MARKS.items()
    )
    named: set[str] = set()
    entries = []
    for one in happened:
        entries.append(_entry(one, words.get((one.section_id, one.seq), ()), one.section_id not in named))
        named.add(one.section_id)
    head = f"<header><h1>{title}</h1>{facts_line([seen, link(found.url, found.url)])}</header>"
    drawn = facts_line([legend]) + picture(lives, scale_of(lives, *looks)) if lives else ""
    body = STYLE + head + drawn + "<h2>Changes, newest first</h2>\n" + "\n".join(entries)
    return PAGE.format(language="und", title=title, body=body)


def _entry(one: Happened, words: Sequence[Sequence[Piece]], is_newest: bool) -> str:
    """A change: what and when, and the words that went and came; what the lines of the picture lead to."""
    anchor = f' id="{text(one.section_id)}"' if is_newest else ""
    since = f"after {moment_text(one.not_before)}" if one.not_before and one.change != "added" else ""
    kind = one.kind if one.kind != "update" else ""
    fields = ", ".join(one.changed_fields) if one.change == "edited" else ""
    facts = [moment_text(one.observed_at), f'<b class="{one.change}">{one.change}</b>', kind, one.reason or "", fields]
    told = "".join(f'<p dir="auto">{as_html(pieces)}</p>' for pieces in words)
    if not words or (one.headline and one.change != "retitled"):
        told = f'<p dir="auto"><strong>{text(_name(one))}</strong></p>{told}'
    return f'<div class="change"{anchor}>{facts_line([*facts, since, text(one.section_id[:8])])}{told}</div>'


def _name(one: Happened) -> str:
    return one.headline or one.text.replace("\n", " ") or f"({one.kind})"

"""The lines of a text dump, with what their shape tells: bullets, numbers, stamps, headlines, boilerplate.

A headline is a line that is short, ends no sentence and opens like one: nothing more marks it in a dump.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from transforms.boilerplate import cut, mark
from transforms.cues import cues
from transforms.stamps import Stamp, leading_stamp, trailing_stamp
from transforms.times import TimeContext, is_relative

HEADLINE_CHARS = 200
HEADLINE_WORDS = 32
"""A longer line is a paragraph."""
QUESTION_CHARS = 110
"""A line that ends in "?" or "!" may be a headline up to this length."""
AGO_CHARS = 30
"""A line that is a relative time and nothing else is no longer."""
NAME_WORDS = 6
RECURS = 3
"""Times that the same words behind a stamp are a name, where no comma says so."""
UNSPACED_CHARS = 60
"""The longest headline in a script without spaces."""

_LINE_ENDS = re.compile(r"\r\n|[\n\r\v\f\x85\u2028\u2029]")
_OPENING = re.compile(
    r"(?P<indent>[ \t\u00a0\u3000]*)(?:(?P<bullet>[•·‣▪■●◦*]|-(?=\s))\s*|(?P<number>\d{1,3})[.)]\s+(?=\S))?"
)
_INVISIBLE = re.compile(r"[\u200b\u200e\u200f\u2060\ufeff\x00]")
_STOP = re.compile(r"(?<!\d\.[1-9])(?<!\d\.0[1-9])(?<!\d\.1[0-2])[.…。．؟۔।:;,][\"'”’»)\]』」]*$")
"""What ends a sentence, or leaves one open; not the dot of a date ("11.03."), but that behind a clock ("at 11.46.")."""
_ASKS = re.compile(r"[?!？！][\"'”’»)\]』」]*$")
_INNER_STOP = re.compile(r"[^\W\d_]{3,}\.\s+[\"'“‘«„(]*[A-ZÀ-ÞА-ЯΑ-Ω]")
_WHOLLY_QUOTED = re.compile(r"[“«„\"].*[”»“\"]")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a dump that is not blank."""

    text: str
    """Stripped, without bullet or number."""
    raw: str = ""
    """Stripped, as it stood."""
    indent: int = 0
    bullet: bool = False
    number: int | None = None
    boilerplate: bool = False
    stamp: Stamp | None = None
    """The stamp with which ``text`` opens."""
    closing: Stamp | None = None
    """The stamp with which it closes."""
    author: str | None = None
    """The name that is all that stands behind the stamp."""
    key_event: bool = False
    """The stamp is labelled as a key event's."""

    @property
    def rest(self) -> str:
        """The text without its stamp."""
        if self.author:
            return ""
        if self.stamp:
            return self.text[self.stamp.end :].rstrip(" +").strip()
        return self.text[: self.closing.start].strip() if self.closing else self.text

    @property
    def is_headline(self) -> bool:
        """Whether the text is shaped like a headline."""
        return not self.boilerplate and headline_shaped(self.text)


def lines_of(text: str, context: TimeContext) -> list[Line]:
    """The lines of a dump in order, appeals cut out of lines as lines of their own."""
    lines = [line for raw in _LINE_ENDS.split(text) if raw and not raw.isspace() and (line := _line(raw)).text]
    marks = mark([line.text for line in lines])
    stamped = [
        _stamped(piece, context)
        for line, boilerplate in zip(lines, marks, strict=True)
        for piece in _pieces(line, boilerplate=boilerplate)
    ]
    names = _names([line.rest for line in stamped if line.stamp and line.stamp.clock and line.rest])
    return [_attributed(line, names) for line in stamped]


def _names(rests: Sequence[str]) -> frozenset[str]:
    """Which of the texts behind clocks are names: those that recur, and where most do, all that are shaped alike."""
    counts = Counter(rest for rest in rests if _is_name(rest))
    recurring = {rest for rest, count in counts.items() if count >= RECURS}
    if sum(counts[rest] for rest in recurring) * 2 < len(rests):
        return frozenset(recurring)
    return frozenset(rest for rest in counts if rest in recurring or rest.istitle())


def _attributed(line: Line, names: frozenset[str]) -> Line:
    """The line with the author's name, or the label of a key event, that stands behind its stamp."""
    stamp, rest = line.stamp, line.rest
    if stamp is None or stamp.clock is None or not rest:
        return line
    if cues("key_events").is_line(rest):
        return replace(line, stamp=replace(stamp, raw=line.text, end=len(line.text)), key_event=True)
    return replace(line, author=rest) if rest in names or (stamp.mark == "," and _is_name(rest)) else line


def _is_name(text: str) -> bool:
    """Whether a text may be a name: a few words, most of them capitalised."""
    words = text.split()
    capitals = sum(word[:1].isupper() for word in words)
    return 0 < len(words) <= NAME_WORDS and capitals * 2 >= len(words) and not _STOP.search(text)


def headline_shaped(text: str) -> bool:
    """Whether a text is shaped like a headline."""
    if _UNSPACED.search(text):
        return len(text) <= UNSPACED_CHARS and not _STOP.search(text)
    if len(text) > HEADLINE_CHARS or _STOP.search(text) or text[:1].islower() or _INNER_STOP.search(text):
        return False
    words = text.count(" ") + 1
    if _ASKS.search(text) and len(text) > QUESTION_CHARS:
        return False
    return words <= HEADLINE_WORDS and not (words > HEADLINE_WORDS // 2 and _WHOLLY_QUOTED.fullmatch(text))


def ends_sentence(text: str) -> bool:
    """Whether a text ends as sentences end, or announces what follows."""
    return bool(_STOP.search(text) or _ASKS.search(text))


def holds_sentence(text: str) -> bool:
    """Whether a text holds a whole sentence: it ends as one, or another begins behind its first."""
    return ends_sentence(text) or bool(_INNER_STOP.search(text))


def _line(raw: str) -> Line:
    visible = _INVISIBLE.sub("", raw)
    opening = _OPENING.match(visible)
    end, indent = (opening.end(), len(opening["indent"])) if opening else (0, 0)
    number = int(opening["number"]) if opening and opening["number"] else None
    bullet = bool(opening and opening["bullet"])
    return Line(visible[end:].strip() or visible.strip(), visible.strip(), indent, bullet, number)


def _pieces(line: Line, *, boilerplate: bool) -> Iterator[Line]:
    done = cut(line.text) if not boilerplate else None
    if done is None or not done.kept:
        yield replace(line, boilerplate=True)
    elif not done.removed:
        yield line
    else:
        appeals = [replace(line, text=piece, raw=piece, boilerplate=True) for piece in done.removed]
        kept = replace(line, text=done.kept, raw=done.kept)
        yield from (*appeals, kept) if line.text.startswith(done.removed[0]) else (kept, *appeals)


def _stamped(line: Line, context: TimeContext) -> Line:
    if line.boilerplate:
        return line
    text = line.text if line.number is None else line.raw
    stamp = leading_stamp(text, context)
    if stamp:
        return replace(line, text=text, number=None, stamp=stamp)
    if len(line.text) <= AGO_CHARS and not line.bullet and is_relative(line.text, context):
        return replace(line, stamp=Stamp(None, None, line.text, 0, len(line.text), firm=True, mark="", ago=True))
    closing = trailing_stamp(line.text, context) if headline_shaped(line.text) else None
    return replace(line, closing=closing) if closing else line


def is_label(line: Line) -> bool:
    """Whether a line heads a list that repeats the updates' headlines."""
    return cues("key_events").is_line(line.text)


def is_day_heading(line: Line) -> bool:
    """Whether a line is a day and nothing else."""
    return bool(line.stamp and line.stamp.day and not line.stamp.clock and not line.rest)


def is_change_note(line: Line) -> bool:
    """Whether a line only says when something was changed: "Last updated: 19:02 GMT"."""
    return bool(line.stamp and line.stamp.clock and not line.rest and cues("updated").opens(line.text))


def word_count(text: str) -> int:
    """Words; in scripts without spaces two characters count as one."""
    unspaced = len(_UNSPACED.findall(text))
    return text.count(" ") + 1 + unspaced // 2


def words_of(lines: Sequence[Line]) -> int:
    """Words of some lines together."""
    return sum(word_count(line.text) for line in lines)

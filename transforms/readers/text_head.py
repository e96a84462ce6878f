"""What stands above the first update of a text dump: title, standfirst, authors, key points, lede, and furniture."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from transforms.cues import cues, live_mark
from transforms.readers.text_entries import Entry
from transforms.readers.text_lines import Line, ends_sentence, is_day_heading, is_label, word_count
from transforms.records import Kind

LEDE_WORDS = 4
KICKER_WORDS = 6
"""A sentence above the title has no more words: an outlet's slogan."""
HEADLINE_WORDS = 8
"""A line of so many words above one that says "live" is the title, and that one its standfirst."""
TWO_PART_WORDS = 16
TITLE_WORDS = 4
"""A line with fewer words is a title only where none has more."""
BYLINE_WORDS = 8
LOOK_FOR_TITLE = 14
"""Lines among which the title stands."""


@dataclass(slots=True)
class Head:
    """The top of a dump."""

    title: str | None = None
    standfirst: str | None = None
    authors: tuple[str, ...] = ()
    entries: list[Entry] = field(default_factory=list)
    """Lede, key events and boilerplate, in their order."""

    @property
    def lede(self) -> str:
        """The lede's text, or empty."""
        return next(("\n\n".join(entry.paragraphs) for entry in self.entries if entry.kind is Kind.LEDE), "")


def read_head(lines: Sequence[Line]) -> Head:
    """Read the lines above the first update."""
    head = Head()
    title = title_place(lines)
    place = 0
    while place < len(lines):
        line = lines[place]
        if place == title:
            head.title = line.text
        elif line.boilerplate or cues("contents").is_line(line.text):
            _add(head, Kind.BOILERPLATE, line.text)
        elif is_day_heading(line):
            head.entries.append(Entry(Kind.BOILERPLATE, None, [line.text], stamp=line.stamp))
        elif listed := _listed(line):
            head.entries.append(listed)
        elif is_label(line) and place + 1 < len(lines):
            place = _key_events(head, lines, place)
        elif _is_byline(line):
            head.authors += _names(line)
            _add(head, Kind.BOILERPLATE, line.text)
        elif _is_standfirst(head, lines, place, title):
            head.standfirst = line.text
        else:
            following = lines[place + 1].text if place + 1 < len(lines) else ""
            own = place > (title or 0) or title is None
            _add(head, Kind.LEDE if own and _is_prose(line, following) else Kind.BOILERPLATE, line.text)
        place += 1
    return head


def _is_prose(line: Line, following: str) -> bool:
    """Whether a line is a paragraph of the lede: not a heading, a caption (which often stands twice) or initials."""
    if line.bullet:
        return True
    return ends_sentence(line.text) and word_count(line.text) >= LEDE_WORDS and not following.startswith(line.text)


def _listed(line: Line) -> Entry | None:
    """A list of key events run together into one line: "In brief - First. - Second."."""
    label, *items = line.text.split(" - ")
    return Entry(Kind.KEY_EVENTS, label, items) if items and cues("key_events").is_line(label) else None


def title_place(lines: Sequence[Line]) -> int | None:
    """Index of the title among a dump's lines, or None."""
    candidates: list[int] = []
    for place, line in enumerate(lines[:LOOK_FOR_TITLE]):
        if not (line.is_headline or line.boilerplate or _is_two_part(line)) and word_count(line.text) > KICKER_WORDS:
            break
        if (line.is_headline or _is_two_part(line)) and not _is_furniture(line):
            candidates.append(place)
    long = [place for place in candidates if _words(lines[place]) >= TITLE_WORDS and not lines[place].text.isupper()]
    told = [place for place in long if cues("live").find(lines[place].text)]
    if long and told and told[0] - long[0] == 1 and _words(lines[long[0]]) >= HEADLINE_WORDS:
        told = []
    return next(iter([*told, *long, *candidates]), None)


def _is_two_part(line: Line) -> bool:
    """Whether a line is a title of two sentences: "Flood in the valley. Live"."""
    return (
        not line.boilerplate
        and bool(live_mark(line.text))
        and not ends_sentence(line.text)
        and word_count(line.text) <= TWO_PART_WORDS
    )


def _is_furniture(line: Line) -> bool:
    """Whether a line shaped like a headline is surely no title."""
    if line.bullet or line.stamp or line.closing or is_label(line) or _is_byline(line):
        return True
    return cues("contents").is_line(line.text) or bool(cues("updated").opens(line.text))


def _words(line: Line) -> int:
    return max(len(re.findall(r"\w+", line.text)), word_count(line.text) - line.text.count(" "))


def _is_byline(line: Line) -> bool:
    """Whether a line opens like "By Ann Lee" and holds only names."""
    opening = cues("byline").opens(line.text)
    words = line.text.split()
    if not opening or len(words) > BYLINE_WORDS or ends_sentence(line.text):
        return False
    named = words[len(opening.split()) :]
    return bool(named) and sum(word[:1].isupper() for word in named) * 2 >= len(named)


def _names(line: Line) -> tuple[str, ...]:
    opening = cues("byline").opens(line.text) or ""
    names = [[""]]
    for word in line.text.split()[len(opening.split()) :]:
        if word in cues("and"):
            names.append([""])
        else:
            names[-1].append(word.rstrip(","))
            names += [[""]] if word.endswith(",") else []
    return tuple(name for words in names if (name := " ".join(words).strip()))


def _is_standfirst(head: Head, lines: Sequence[Line], place: int, title: int | None) -> bool:
    if title is None or head.standfirst or place != title + 1 or _is_furniture(lines[place]):
        return False
    return lines[place].is_headline and lines[place].text.count(" ") + 1 >= TITLE_WORDS


def _key_events(head: Head, lines: Sequence[Line], place: int) -> int:
    """Take a label and its list; without bullets below it the label is furniture. Gives the last place taken."""
    end = place + 1
    while end < len(lines) and lines[end].bullet:
        end += 1
    if end == place + 1:
        _add(head, Kind.BOILERPLATE, lines[place].text)
        return place
    bullets = [line.text for line in lines[place + 1 : end]]
    head.entries.append(Entry(Kind.KEY_EVENTS, lines[place].text, bullets))
    return end - 1


def _add(head: Head, kind: Kind, text: str) -> None:
    """Add a paragraph to the one lede, or to the run of furniture it stands in."""
    if kind is Kind.LEDE:
        lede = next((entry for entry in head.entries if entry.kind is Kind.LEDE), None)
        if lede is None:
            head.entries.append(lede := Entry(Kind.LEDE))
        lede.paragraphs.append(text)
        return
    if not head.entries or head.entries[-1].kind is not kind or head.entries[-1].stamp:
        head.entries.append(Entry(kind))
    head.entries[-1].paragraphs.append(text)

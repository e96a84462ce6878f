"""Weighs the units of a feed: what speaks for a live blog, and what makes blocks built alike something else.

Everything here holds in every language: have the units text of their own, times in an order, headings that do not lead
away; do they hold most of the page's text; did a newsroom write them, or many readers?
"""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from transforms.cues import cues
from transforms.marks import minute_of
from transforms.names import looks_like_name
from transforms.outline import Outline, word_count
from transforms.reading import Evidence
from transforms.records import Kind
from transforms.times import TimeRead
from transforms.unit import Unit

TEASER_SHARE = 0.5
"""A feed with this share of headings that lead to other pages is a list of teasers."""
MIN_WORDS = 6
"""Words that the middle unit of a live blog has at least, headline included."""
TELLING_WORDS = 12
"""Blocks of fewer words may be a programme guide or a list of results."""
TELLING_LIVE = 8
"""The same where the page calls itself live: a match's updates are short."""
MIN_SIGNED = 4
MIN_SIGNED_LIVE = 8
"""Where the page calls itself live: the first updates of a young live blog may well be by different reporters."""
MOST = 0.7
"""Of so many signed blocks this share signed, and by different people: a newsroom has fewer reporters."""
_COMMENT = re.compile(r"schema\.org/(?:User)?Comment|\bcomment\b", re.IGNORECASE)
_COMMENTS = re.compile(
    r"(?:^|[\s_-])(?:comments?|disqus|respon[sd]|repl(?:y|ies)|forum|reviews?)(?:$|[\s_-])", re.IGNORECASE
)
LABELLED = 0.6
"""A text around the stories of this share of blocks is a button's or a label's, and nobody's name."""
MAX_NICKNAME, MAX_NICKNAME_WORDS = 30, 2
_LETTER = re.compile(r"[^\W\d_]")
_NUMBER = re.compile(r"(?<!\w)\d+(?!\w)")
"""A number by itself: of an age, a date, of likes."""
IN_ORDER = 0.8
DOMINANT = 0.35
SELDOM_MIN = 720
"""Minutes between two entries: reviews, releases and letters come day by day, updates do not.

Times that rise down the page are those of programmes, transcripts and forecasts too: they count only where each block
has an id of its own. Minutes of a match are a statistics page's too: they count for nothing, so that the page itself
must say that it is live.
"""
TELLING_RISING = 28
"""Words that blocks have whose times rise and are an entry's all the same: what one says in a forum or a hearing is
shorter, and a page that calls itself live needs no such proof."""
FULL_POINTS = 4
"""What `evidence_for` gives a feed that nothing speaks against."""


def objection_to(units: Sequence[Unit], words: float) -> str | None:
    """Why blocks built alike, the middle one of so many `words`, are no live blog; None where nothing says so."""
    if sum(unit.section.kind is Kind.UPDATE for unit in units) < 2:
        return "fewer than two blocks have anything of their own to say"
    if sum(unit.links_away for unit in units) >= TEASER_SHARE * len(units):
        return f"{len(units)} blocks open with links to other pages, as teasers do"
    if words < MIN_WORDS:
        return f"{len(units)} blocks hold hardly any text"
    if sum(not unit.section.text for unit in units) > MOST * len(units):
        return f"{len(units)} blocks are headlines without a text"
    return None


def comments_objection(outline: Outline, first: int, units: Sequence[Unit], *, generic: bool, live: bool) -> str | None:
    """Why the blocks, of which the first stands at `first`, are what readers wrote; `live` is what the page says."""
    heading = next(iter(outline.tagged("h1")), -1)
    around = (
        at for at in outline.ancestors(first) if not at < heading < outline.ends[at]
    )  # <body class="with-comments">
    for at in (first, *around):
        attributes = outline.raw_attributes[at]
        typed = f"{attributes.get('itemtype') or ''} {attributes.get('itemprop') or ''}"
        named = "" if generic else f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
        if _COMMENT.search(typed) or _COMMENTS.search(named):
            return f"{len(units)} blocks are marked up as comments"
    signed = _signatures(units)
    if (
        len(signed) >= (MIN_SIGNED_LIVE if live else MIN_SIGNED)
        and len(signed) >= MOST * len(units)
        and len(set(signed)) >= MOST * len(signed)
    ):
        return f"{len(units)} blocks by almost as many authors, as comments are"
    return None


def _signatures(units: Sequence[Unit]) -> list[str]:
    """Who signs each block: its authors, else a nickname, the first short text around it that most do not bear."""
    counts = Counter(text for unit in units for text in set(unit.margin))
    signed = []
    for unit in units:
        nicknames = (
            text for text in unit.margin if counts[text] < LABELLED * len(units) and text != unit.section.headline
        )
        name = " ".join(unit.section.authors) or next(filter(_is_nickname, nicknames), "")
        signed += [name] if name else []
    return signed


def _is_nickname(text: str) -> bool:
    short = len(text) <= MAX_NICKNAME and len(text.split()) <= MAX_NICKNAME_WORDS
    return (
        short and _LETTER.search(text) is not None and not _NUMBER.search(text) and not cues("furniture").is_line(text)
    )


def median_words(units: Sequence[Unit]) -> float:
    """Words of the middle unit, headline included; 0 where there are no units."""
    counts = [word_count(f"{unit.section.headline or ''} {unit.section.text}") for unit in units]
    return median(counts) if counts else 0


def evidence_for(units: Sequence[Unit], words: float, share: float, *, live: bool = False) -> list[Evidence]:
    """Units as updates, with what speaks for a live blog; `share` is their part of the page's text.

    Two are a feed only where the page calls itself `live`: the blog has just begun.
    """
    telling = (len(units) > 2 or live) and words >= (TELLING_LIVE if live else TELLING_WORDS)
    evidence = [Evidence(int(telling), f"{len(units)} blocks built alike, {words:.0f} words each")]
    evidence += _time_evidence(units, words)
    if share >= DOMINANT:
        evidence.append(Evidence(1, f"they hold {share:.0%} of the page's text"))
    return evidence


def _time_evidence(units: Sequence[Unit], words: float) -> list[Evidence]:
    times = [unit.time for unit in units]
    minutes = [minute for time in times if not time.at and (minute := minute_of(time.raw)) is not None]
    share = (len(minutes) + sum(bool(time.at or time.clock or time.age_s is not None) for time in times)) / len(times)
    if share < TEASER_SHARE:
        return [Evidence(-1, "most of them have no time")]
    evidence = [Evidence(1, f"{share:.0%} of them have a time")]
    moments = minutes or _moments(times)
    gaps = [later - earlier for earlier, later in pairwise(moments)]
    falling, rising = (sum(sign * gap >= 0 for gap in gaps) for sign in (-1, 1))
    if not any(gaps) or max(falling, rising) < min(IN_ORDER * len(gaps), len(gaps) - (len(gaps) > 2)):
        return evidence
    if median(map(abs, gaps)) >= SELDOM_MIN:
        return [*evidence, Evidence(-1, "most stand half a day or more apart")]
    if minutes:
        return [*evidence, Evidence(0, "minutes of a match, in order")]
    if falling >= rising:
        return [*evidence, Evidence(1, "their times fall down the page")]
    named = sum(unit.section.publisher_id is not None for unit in units) >= MOST * len(units)
    speakers = sum(looks_like_name(unit.section.headline or "") for unit in units) >= MOST * len(units)
    told = named and not speakers and words >= TELLING_RISING
    return [*evidence, Evidence(int(told), "their times rise down the page")]


def _moments(times: Sequence[TimeRead]) -> list[float]:
    """Minutes on one scale: of the moments, else of the ages, else of days and clocks as they stand there."""
    moments = [time.at.timestamp() / 60 for time in times if time.at]
    if len(moments) >= 2:
        return moments
    ages = [-time.age_s / 60 for time in times if time.age_s is not None]
    if len(ages) >= 2:
        return ages
    clocks = [(time.day.toordinal() if time.day else 0, time.clock) for time in times if time.clock]
    return [day * 1440 + clock.hour * 60.0 + clock.minute for day, clock in clocks]

"""Headlines for the benchmark: made up from word lists of our own, with known repeats and known near misses.

Of every hundred headlines about 30 repeat an earlier one (in other quotes, other case, with a prefix, with a suffix,
in another order, cut off, reworded), 3 differ from an earlier one in a number, a day or a place only, and the rest are
news. Everything follows from the seed.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass

REPEATS = ("quotes", "case", "prefix", "suffix", "order", "cut", "reworded")
MISSES = ("number", "day", "place")
REPEAT_SHARE, MISS_SHARE = 0.30, 0.03

_ACTORS = """police|ministers|the council|rescuers|doctors|striking nurses|the central bank|prosecutors|farmers|the navy
|union leaders|scientists|the coastguard|fire crews|the prime minister|opposition leaders|a court|rail workers
|the harbour authority|teachers|campaigners|the regulator|a parliamentary inquiry|border guards|engineers|pilots
|the health service|local residents|volunteers|the transport secretary|a former minister|the energy company
|water firms|election officials|the mayor|two suspects|the defence team|investigators|the royal family|aid agencies
|student protesters|shipping firms|the foreign office|the national grid|bus drivers|the home team|the champions
|a whistleblower|the ferry operator|supermarket bosses""".replace("\n", "").split("|")
_VERBS = """warn of|confirm|delay|call for|investigate|reject|agree|postpone|demand|announce|halt|back|question|defend
|abandon|extend|report|welcome|criticise|publish|review|scrap|suspend|approve|block|plan|resume|challenge|face
|promise""".replace("\n", "").split("|")
_REWORDED = {
    "warn of": "fear", "confirm": "announce", "delay": "put off", "call for": "urge", "investigate": "examine",
    "reject": "turn down", "agree": "settle", "postpone": "delay", "demand": "insist on", "announce": "unveil",
    "halt": "stop", "back": "support", "question": "doubt", "defend": "justify", "abandon": "drop",
    "extend": "prolong", "report": "describe", "welcome": "praise", "criticise": "condemn", "publish": "release",
    "review": "reconsider", "scrap": "axe", "suspend": "pause", "approve": "pass", "block": "stop",
    "plan": "prepare", "resume": "restart", "challenge": "contest", "face": "confront", "promise": "pledge",
    "after": "following", "amid": "during", "over": "about", "new": "fresh", "serious": "grave", "major": "big",
    "emergency": "urgent", "huge": "vast", "final": "closing", "planned": "intended", "damaged": "broken",
}  # fmt: skip
_ADJECTIVES = """serious|new
|major|emergency|huge|final|planned|damaged|temporary|controversial|rural|historic|cheap|toxic
|wooden|abandoned|flooded|overnight|regional|nuclear|electric|medieval|offshore|frozen|secret|costly|unsafe|joint
|crowded|missing|disputed|independent|leaking|coastal|ageing|derailed""".replace("\n", "").split("|")
_OF = """ferry|rail|housing|flood|hospital|power|school|trade|ceasefire|tax|water|bridge|airport|data|drug|cup|fuel
|mountain|train|gas|museum|forest|heating|ballot|wage|prison|dam|oil|chemical|bus|vaccine|budget|border|ship|tower
|stadium|refugee|pension|murder|fishing|road|mine|satellite|coal|wind|art|election|food|coach|cable|library|peace
|tariff|drone|nursing|festival|quarry|canal|virus|harbour|climate|broadband|parking|adoption|steel|grain|timber
|cathedral|lottery|archive|theatre|rugby|cycling|tennis|orchard""".replace("\n", "").split("|")
_THING = """crossing|strike|plan|defences|wing|cuts|closures|deal|talks|rise|leak|repairs|runway|attack|trial|replay
|shortage|slide|derailment|explosion|theft|inquiry|warning|count|offer|breakout|collapse|spill|fire|crash|delays|vote
|dispute|collision|sale|rebuild|camp|reform|quota|tunnel|rescue|launch|probe|subsidy|auction|recount|recall|survey
|summit|row|sighting|levy|ban|blast|breach|outbreak|merger|contract|verdict|protest|audit|refund|petition|curfew
|blockade|upgrade|scheme|hearing""".replace("\n", "").split("|")
_FIRST = """Ash|Black|Bram|Cald|Cray|Dun|East|Elm|Fair|Glen|Grim|Hart|Hazel|High|Kel|Kings|Lang|Lin|Mar|Mill|New|Nor
|Oak|Pem|Quin|Raven|Red|Rook|Sand|Shel|Stan|Tam|Thorn|Ul|Val|Wal|Whit|Win|Wood|Yar""".replace("\n", "").split("|")
_LAST = """bury|by|combe|dale|den|field|ford|gate|ham|haven|hurst|ley|low|mere|minster|mouth|ness|port|shaw|side|stead
|stoke|ton|wick|worth""".replace("\n", "").split("|")
_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
_MONTHS = ["January", "February", "March", "April", "June", "July", "August", "September", "October", "November"]
_NUMBER_WORDS = ["two", "three", "four", "five", "six", "seven", "eight", "nine", "eleven", "twelve"]
_COUNTED = """people dead
|homes without power|jobs at risk|flights cancelled|hurt|arrested|ships turned back|schools shut
|passengers stranded|hectares burnt|officers sent|patients moved""".replace("\n", "").split("|")
_PREFIXES = ("LIVE: ", "Live: ", "BREAKING: ", "Breaking: ", "Latest: ", "Live updates: ")
_SUFFIXES = (
    " – as it happened",
    " | The Guardian",
    " - BBC News",
    " – live",
    " | Riverside Post",
    " (live)",
    " – Reuters",
)


@dataclass(frozen=True, slots=True)
class Made:
    """A headline, and what is known of it."""

    headline: str
    story: int
    """Headlines of one story say the same."""
    kind: str
    """``news``, or what was done to an earlier headline: one of `REPEATS` or `MISSES`."""
    of_story: int | None = None
    """The story that a near miss must not be taken for."""


@dataclass(slots=True)
class _Parts:
    """A headline before it is written down."""

    lead: str
    where: str
    count: str
    reason: str
    day: str
    verb: str
    story: int
    title_case: bool

    def text(self) -> str:
        pieces = [self.lead, f"in {self.where}" if self.where else "", self.reason, self.day]
        text = " ".join(piece for piece in pieces if piece)
        if self.count:
            text += f", {self.count}"
        return _title(text) if self.title_case else text[0].upper() + text[1:]


class HeadlineMaker:
    """Makes headlines one after another; the same seed, the same headlines."""

    def __init__(self, seed: int = 1) -> None:
        self._random = random.Random(seed)
        self._parts: list[_Parts] = []
        self._stories: dict[str, int] = {}

    def make(self, count: int) -> list[Made]:
        """`count` more headlines."""
        return [self._next() for _ in range(count)]

    def _next(self) -> Made:
        draw = self._random.random()
        if len(self._parts) > 20 and draw < REPEAT_SHARE:
            return self._repeat()
        if len(self._parts) > 20 and draw < REPEAT_SHARE + MISS_SHARE:
            return self._miss()
        parts = self._news()
        return Made(parts.text(), self._named(parts), "news")

    def _named(self, parts: _Parts) -> int:
        """The story of a headline: two that say the same to the letter are one."""
        story = self._stories.setdefault(parts.text().casefold(), len(self._stories))
        parts.story = story
        self._parts.append(parts)
        return story

    def _news(self) -> _Parts:
        pick = self._random.choice
        adjective = pick(_ADJECTIVES) + " " if self._random.random() < 0.6 else ""
        verb = pick(_VERBS)
        link, other = pick(["after", "amid", "over"]), pick(_ADJECTIVES)
        return _Parts(
            lead=f"{pick(_ACTORS)} {verb} {adjective}{pick(_OF)} {pick(_THING)}",
            where=self._place() if self._random.random() < 0.7 else "",
            count=f"{self._count()} {pick(_COUNTED)}" if self._random.random() < 0.4 else "",
            reason=f"{link} {other} {pick(_OF)} {pick(_THING)}" if self._random.random() < 0.6 else "",
            day=self._day() if self._random.random() < 0.2 else "",
            verb=verb,
            story=-1,
            title_case=self._random.random() < 0.2,
        )

    def _place(self) -> str:
        return self._random.choice(_FIRST) + self._random.choice(_LAST)

    def _count(self) -> str:
        kind = self._random.random()
        if kind < 0.3:
            return self._random.choice(_NUMBER_WORDS)
        return (
            str(self._random.randint(13, 99))
            if kind < 0.8
            else f"{self._random.randint(1, 40)},{self._random.randint(0, 999):03}"
        )

    def _day(self) -> str:
        if self._random.random() < 0.8:
            return f"on {self._random.choice(_DAYS)}"
        return f"in {self._random.choice(_MONTHS)}"

    # --- repeats and near misses -------------------------------------------------------------------------------------

    def _repeat(self) -> Made:
        while True:
            kind = self._random.choice(REPEATS)
            parts = self._random.choice(self._parts)
            text = getattr(self, f"_{kind}")(parts)
            if text and text != parts.text():
                return Made(text, parts.story, kind)

    def _quotes(self, parts: _Parts) -> str:
        words = parts.text().split()
        start = self._random.randrange(len(words) - 1)
        words[start], words[start + 1] = f"‘{words[start]}", f"{words[start + 1]}’"
        return " ".join(words)

    def _case(self, parts: _Parts) -> str:
        change: Callable[[str], str] = self._random.choice([str.upper, str.lower, _title])
        return change(parts.text())

    def _prefix(self, parts: _Parts) -> str:
        return self._random.choice(_PREFIXES) + parts.text()

    def _suffix(self, parts: _Parts) -> str:
        return parts.text() + self._random.choice(_SUFFIXES)

    def _order(self, parts: _Parts) -> str:
        """Another part comes first: "After …, police …", "12 hurt: police …"."""
        front = [piece for piece in (parts.count, parts.reason, f"in {parts.where}" if parts.where else "") if piece]
        if not front:
            return ""
        first = self._random.choice(front)
        first = _title(first) if parts.title_case else first
        rest = parts.text().replace(f", {first}", "").replace(f" {first}", "")
        return first[0].upper() + first[1:] + ", " + (rest if parts.title_case else rest[0].lower() + rest[1:])

    def _cut(self, parts: _Parts) -> str:
        text = parts.text()
        if len(text.split()) < 7:
            return ""
        end = self._random.randint(int(len(text) * 0.6), len(text) - 4)
        return text[:end].rstrip(" ,") + "…"

    def _reworded(self, parts: _Parts) -> str:
        text = parts.text()
        there = [word for word in _REWORDED if f" {word} " in text or f" {_title(word)} " in text]
        for word in self._random.sample(sorted(there), min(len(there), self._random.randint(1, 2))):
            text = text.replace(f" {word} ", f" {_REWORDED[word]} ", 1)
            text = text.replace(f" {_title(word)} ", f" {_title(_REWORDED[word])} ", 1)
        return text

    def _miss(self) -> Made:
        while True:
            kind = self._random.choice(MISSES)
            before = self._random.choice(self._parts)
            after = _Parts(**{name: getattr(before, name) for name in _Parts.__slots__})
            if kind == "number" and before.count:
                after.count = f"{self._count()} {before.count.partition(' ')[2]}"
            elif kind == "day" and before.day:
                after.day = self._day()
            elif kind == "place" and before.where:
                after.where = self._place()
            if after.text() != before.text():
                return Made(after.text(), self._named(after), kind, before.story)


def _title(text: str) -> str:
    return " ".join(word[0].upper() + word[1:] for word in text.split())

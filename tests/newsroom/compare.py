"""Recorded revisions beside the truth: what was found, what was missed, what was made up.

A pure function over three things: the revisions as recorded, the blog's script, and the newsroom's access log. Only
what the looks could see is asked for (`tests.newsroom.seen`). A recorded section belongs to the update of the truth
whose publisher id it carries, else to the one whose words it repeats; to none, then it is invented.

    updates     shown in a look, and recorded as a section         invented      sections that no look can explain
    edits       seen, and recorded with an interval around them    false edits   recorded where nothing visible changed
    deletions   proved by two looks, and recorded as removed       false removals
    identity    updates that are one section throughout, of those recorded
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tests.newsroom.belonging import Revision, keys_of, mixed, wording, words_of
from tests.newsroom.messages import Access
from tests.newsroom.press import Blog
from tests.newsroom.script import Do
from tests.newsroom.seen import Glimpse, SeenEvent, Sight, facts_of, proves_absence, sight
from tests.newsroom.state import film
from tests.newsroom.verdict import Comparison as Comparison
from tests.newsroom.verdict import Share as Share
from tests.newsroom.verdict import table as table

EDITS = ("edited", "retitled")
REMOVED = ("removed",)
RESTORED = ("restored",)
KINDS = ("update", "card")
EXCUSED = ("typography", "reader_changed")
"""Reasons of a recorded edit that say themselves that the publisher made none."""
PROOF_S = 60
"""Two looks that prove a removal are at least so far apart, and at least the max-age of the page (rule R4)."""
_EVER = datetime(1, 1, 2, tzinfo=UTC)
"""Before all time, with room for slack."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A revision as plain data, where no table is at hand."""

    section_id: str
    change: str
    headline: str | None
    text: str
    observed_at: datetime
    not_before: datetime | None
    not_after: datetime
    publisher_id: str | None = None
    published_at: datetime | None = None
    kind: str = "update"
    reason: str | None = None


def compare(
    recorded: Iterable[Revision],
    blog: Blog,
    log: Iterable[Access],
    until: datetime,
    simulated: Callable[[datetime], datetime] = lambda when: when,
    slack_s: float = 1.0,
    walk_s: float = 0.0,
) -> Comparison:
    """The record of one blog beside its truth, up to a simulated moment.

    ``simulated`` turns the recorder's times into the newsroom's (see `simulated_time`), where its clock is another;
    ``slack_s`` is how far its times may be off. ``walk_s`` is how long its longest look went on, through older pages:
    an interval is from the beginning of a look to the end of another one.
    """
    seen, slack = sight(blog, log, until), timedelta(seconds=slack_s)
    return _Judge(tuple(recorded), seen, simulated, slack, slack + timedelta(seconds=walk_s)).verdict()


def simulated_time(log: Sequence[Access]) -> Callable[[datetime], datetime]:
    """Real moments as simulated ones, from the log: that of the last request begun before."""
    lines = sorted(log, key=lambda line: line.real_at)

    def simulated(when: datetime) -> datetime:
        place = bisect_right(lines, when, key=lambda line: line.real_at)
        return lines[max(place - 1, 0)].at if lines else when

    return simulated


class _Judge:
    """One comparison under way."""

    def __init__(
        self,
        recorded: Sequence[Revision],
        seen: Sight,
        simulated: Callable[[datetime], datetime],
        slack: timedelta,
        width: timedelta,
    ) -> None:
        self.seen = seen
        self.simulated = simulated
        self.slack = slack
        self.width = width
        self.states = film(seen.blog.story, seen.blog.starts_at, seen.blog.window)
        self.faults: list[str] = []
        self.sections: dict[str, list[Revision]] = defaultdict(list)
        for revision in recorded:
            if revision.kind in KINDS:
                self.sections[revision.section_id].append(revision)
        self.keys = keys_of(self.sections, seen.blog, self.states)
        self.by_key: dict[str, list[Revision]] = defaultdict(list)
        for section, revisions in self.sections.items():
            if (key := self.keys[section]) is not None:
                self.by_key[key] += revisions

    def verdict(self) -> Comparison:
        seen, edits, deletions, restorations = self.seen, self._edits(), self._deletions(), self._restorations()
        return Comparison(
            looks=len(seen.glimpses),
            events_seen=Share(sum(event.seen for event in seen.events), len(seen.events)),
            updates=self._each("not recorded", list(seen.versions), lambda key: key in self.by_key),
            versions=self._versions(),
            edits=self._events("edit missed", edits, EDITS),
            deletions=self._events("deletion missed", deletions, REMOVED),
            restorations=self._events("restoration missed", restorations, RESTORED),
            intervals=self._intervals(edits, EDITS)
            + self._intervals(deletions, REMOVED)
            + self._intervals(restorations, RESTORED),
            identity=self._identity(),
            invented=self._invented(),
            false_edits=self._false("false edit", EDITS, self._changed_in),
            false_removals=self._false("false removal", REMOVED, self._gone_in),
            faults=tuple(self.faults),
        )

    def _fault(self, text: str) -> None:
        self.faults.append(f"{self.seen.blog.name}: {text}")

    def _each(self, fault: str, keys: list[str], found: Callable[[str], bool]) -> Share:
        missed = [key for key in keys if not found(key)]
        for key in missed:
            self._fault(f"{fault}: {key}")
        return Share(len(keys) - len(missed), len(keys))

    def _versions(self) -> Share:
        total = hits = 0
        for key, updates in self.seen.versions.items():
            told = {words_of(item.headline, item.text) for item in self.by_key.get(key, ())}
            shown = {words_of(*wording(update)) for update in updates}
            total, hits = total + len(shown), hits + len(shown & told)
        return Share(hits, total)

    def _edits(self) -> list[SeenEvent]:
        """Edits that changed what a reader sees of the update; another id alone is none."""
        return [
            item
            for item in self.seen.events
            if item.seen and item.event.do in (Do.EDIT, Do.REID) and self._visible_change(item.event.key, item.number)
        ]

    def _deletions(self) -> list[SeenEvent]:
        events = (item for item in self.seen.events if item.seen and item.event.do is Do.WITHDRAW)
        return [item for item in events if self._proved(item)]

    def _restorations(self) -> list[SeenEvent]:
        """Those of updates whose removal could be proved."""
        restored = (item for item in self.seen.events if item.seen and item.event.do is Do.RESTORE)
        proved = [(item.event.key, item.at) for item in self._deletions()]
        return [item for item in restored if any(key == item.event.key and at < item.at for key, at in proved)]

    def _proved(self, item: SeenEvent) -> bool:
        """Two looks at the place, far enough apart, before the update came back."""
        apart = timedelta(seconds=max(PROOF_S, self.seen.blog.source.max_age_s))
        looks = [glimpse.at for glimpse in self._glimpses_without(item)]
        return bool(looks) and looks[-1] - looks[0] >= apart

    def _glimpses_without(self, item: SeenEvent) -> Iterable[Glimpse]:
        blog, key = self.seen.blog, item.event.key
        for glimpse in self.seen.glimpses:
            if glimpse.stale or glimpse.step <= item.number:
                continue
            state = self.states[glimpse.step]
            if facts_of(blog, state, key) is not None:
                return
            if key is not None and proves_absence(blog, state, glimpse, key):
                yield glimpse

    def _events(self, fault: str, events: list[SeenEvent], changes: tuple[str, ...]) -> Share:
        missed = [item for item in events if not self._recorded(item, changes)]
        for item in missed:
            self._fault(f"{fault}: {item.event.do} {item.event.key} at {item.at:%d %H:%M:%S}")
        return Share(len(events) - len(missed), len(events))

    def _recorded(self, item: SeenEvent, changes: tuple[str, ...]) -> list[tuple[datetime, datetime]]:
        """The intervals of revisions of that kind that hold the event."""
        revisions = self.by_key.get(item.event.key or "", ())
        spans = (self._span(revision) for revision in revisions if revision.change in changes)
        return [(begin, end) for begin, end in spans if begin - self.slack <= item.at <= end + self.slack]

    def _intervals(self, events: list[SeenEvent], changes: tuple[str, ...]) -> Share:
        """The events recorded, and those of them in an interval from the last glimpse without to the first with."""
        recorded = [(item, spans) for item in events if (spans := self._recorded(item, changes))]
        narrow = [item for item, spans in recorded if any(self._as_seen(item, span) for span in spans)]
        for item in (item for item, _ in recorded if item not in narrow):
            self._fault(f"interval too wide: {item.event.do} {item.event.key} at {item.at:%d %H:%M:%S}")
        return Share(len(narrow), len(recorded))

    def _as_seen(self, item: SeenEvent, span: tuple[datetime, datetime]) -> bool:
        begin, end = span
        first, last = item.not_before or _EVER, item.not_after or item.at
        return begin >= first - self.width and end <= last + self.width

    def _span(self, revision: Revision) -> tuple[datetime, datetime]:
        begin = self.simulated(revision.not_before) if revision.not_before else _EVER
        return begin, self.simulated(revision.not_after)

    def _identity(self) -> Share:
        """Updates that are one section, and one that belongs to no other update."""
        owners: dict[str, set[str]] = defaultdict(set)
        for section, key in self.keys.items():
            if key is not None:
                owners[key].add(section)
        split = {key for key, sections in owners.items() if len(sections) > 1}
        for key in sorted(split):
            self._fault(f"identity lost: {key} is {len(owners[key])} sections")
        both = mixed(self.sections, self.keys, self.seen.blog, self.states)
        for section, other in both.items():
            self._fault(f"identity lost: {section} is both {self.keys[section]} and {other}")
        lost = split | {key for section in both if (key := self.keys[section])}
        return Share(len(owners) - len(lost), len(owners))

    def _invented(self) -> int:
        strangers = [section for section, key in self.keys.items() if key is None]
        for section in strangers:
            last = self.sections[section][-1]
            self._fault(f"invented: {section} {last.headline or last.text[:60]!r}")
        return len(strangers)

    def _false(self, fault: str, changes: tuple[str, ...], true: Callable[[str, datetime, datetime], bool]) -> int:
        count = 0
        for key, revisions in self.by_key.items():
            for revision in revisions:
                if revision.change not in changes or revision.reason in EXCUSED:
                    continue
                begin, end = self._span(revision)
                if not true(key, begin - self.slack, end + self.slack):
                    self._fault(f"{fault}: {key} between {begin:%d %H:%M:%S} and {end:%d %H:%M:%S}")
                    count += 1
        return count

    def _changed_in(self, key: str, begin: datetime, end: datetime) -> bool:
        """Whether anything visible of the update changed in an interval."""
        numbers = self._numbers(begin, end)
        return any(self._visible_change(key, number) for number in numbers)

    def _gone_in(self, key: str, begin: datetime, end: datetime) -> bool:
        """Whether the update was withdrawn at any moment of an interval, or had been when it began."""
        before = self._numbers(_EVER, begin)
        steps = [len(before), *(number + 1 for number in self._numbers(begin, end))]
        updates = (self.states[step].updates.get(key) for step in steps)
        return any(update is not None and update.withdrawn_at is not None for update in updates)

    def _numbers(self, begin: datetime, end: datetime) -> list[int]:
        return [number for number, state in enumerate(self.states[1:]) if begin <= state.changed_at <= end]

    def _visible_change(self, key: str | None, number: int) -> bool:
        blog = self.seen.blog
        before, after = (facts_of(blog, self.states[step], key) for step in (number, number + 1))
        if before is None or after is None:
            return False
        return any(_folded(before[aspect]) != _folded(after[aspect]) for aspect in _EDITABLE)


def _folded(value: object) -> object:
    """A text without what is typography alone: kinds of quotes, dashes, dots and spaces; anything else as it is."""
    return " ".join(value.translate(_TYPOGRAPHY).split()) if isinstance(value, str) else value


_TYPOGRAPHY = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "..."})


_EDITABLE = ("headline", "text", "author", "published_at", "card")

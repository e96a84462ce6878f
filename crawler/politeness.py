"""How long a domain is left alone between two requests, and when it is not asked any more.

    always            the delay of the settings, of the source or of robots.txt, whichever is largest, from the end of
                      the last answer
    slow answers      as long as the last answer took, if that is longer
    503               twice as long as before; good answers halve it again, down to the usual delay
    429               the same, and no request at all for `pause_s`
    Retry-After       no request before that, with 429 and 503

No delay grows beyond `MAX_DELAY_S` unless the domain asks for it. What cannot be asked in time is not waited for:

    a pause that outlasts the crawl     the domain is closed, its remaining blogs are blocked, with the reason
    a delay that outlasts the turns     its remaining blogs are left for the next crawl

Works on Scrapy's downloader slots, one a host name, before the slot sends its next request; the download handler asks
`wait_s` once more, so that a slot which hands on what is to be refused (`slot_delay_s`) lets nothing else through.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic
from typing import Protocol, Self

from crawler.answers import Answer
from crawler.errors import DomainPaused, OutOfTime
from crawler.memory import Rest
from crawler.settings import CrawlSettings

MAX_DELAY_S = 60.0
MIN_DELAY_S = 0.001
"""Without any delay Scrapy's slot sends all that waits in it at once, whatever its concurrency; with this one it hands
on, one by one, what is refused without being sent."""
BUSY = frozenset({429, 503})
"""Too Many Requests (RFC 6585, section 4), Service Unavailable (RFC 9110, section 15.6.4)."""


class Slot(Protocol):
    """What is used of Scrapy's downloader slot."""

    delay: float
    lastseen: float
    """Seconds of the monotonic clock: the next request is sent at ``lastseen + delay`` at the earliest."""


@dataclass(slots=True)
class Politeness:
    """Keeps the distance to every domain of one crawl."""

    settings: CrawlSettings
    clock: Callable[[], float] = monotonic
    _ends_at: float = field(init=False)
    _usual: dict[str, float] = field(default_factory=dict)
    """Delays that a source or a robots.txt asks for."""
    _strained: dict[str, float] = field(default_factory=dict)
    """Delays of domains that said they were busy."""
    _closed: dict[str, str] = field(default_factory=dict)
    _last: dict[str, float] = field(default_factory=dict)
    """When each domain's last answer ended …"""
    _free_at: dict[str, float] = field(default_factory=dict)
    """… and when it may be asked again: seconds of the clock."""

    def __deepcopy__(self, memo: object) -> Self:
        """Scrapy copies its settings, and what is in them; there is one of these in a crawl."""
        return self

    def __post_init__(self) -> None:
        self._ends_at = self.clock() + self.settings.budget_s

    @property
    def delay_s(self) -> float:
        """The usual delay of a domain that asks for none."""
        return max(self.settings.delay_s, MIN_DELAY_S)

    def usual_s(self, host: str) -> float:
        """The usual delay of a domain, whatever its state."""
        return self._usual.get(host, self.delay_s)

    def check(self, host: str) -> None:
        """Raise DomainPaused if the domain is closed for this crawl."""
        if reason := self._closed.get(host):
            raise DomainPaused(reason)

    def admit(self, host: str, rest: Rest, begins_look: bool) -> float:
        """Seconds to wait before the domain may be asked, with the `rest` that earlier crawls have left.

        Raises OutOfTime for the first request of a look that would come too late in this crawl, DomainPaused for one
        that the domain does not want before the crawl ends, and for others.
        """
        wait_s = max(self.wait_s(host), rest.delay_s, rest.asked_s, 0.0)
        if wait_s <= (self.turns_s if begins_look else self.left_s):
            return wait_s
        if begins_look and rest.asked_s <= self.left_s:
            raise OutOfTime("its turn did not come in this crawl")
        raise DomainPaused(f"{host} asked to be left alone for {wait_s:.0f} s more, longer than this crawl lasts")

    def slow_down(self, host: str, delay_s: float) -> float:
        """Take a larger delay into account; the domain's usual delay from now on."""
        usual = self._usual[host] = max(delay_s, self.usual_s(host))
        if host in self._last:
            self._free_at[host] = max(self._free_at[host], self._last[host] + usual)
        return usual

    def wait_s(self, host: str) -> float:
        """Seconds until the domain may be asked."""
        return max(self._free_at.get(host, 0.0) - self.clock(), 0.0)

    @property
    def left_s(self) -> float:
        """Seconds until the crawl must have ended."""
        return self._ends_at - self.clock()

    @property
    def turns_s(self) -> float:
        """Seconds until blogs that were not asked for yet are left for the next crawl."""
        turn_s = self.settings.turn_s
        return self.left_s if turn_s is None else self.left_s - self.settings.budget_s + turn_s

    def slot_delay_s(self, host: str) -> float:
        """The delay of the domain's slot: as good as none where what waits in it is to be refused, not waited for."""
        wait_s = self.wait_s(host)
        return MIN_DELAY_S if wait_s > self.turns_s else max(wait_s, MIN_DELAY_S)

    def rest(self, host: str, slot: Slot, answer: Answer | None, elapsed_s: float) -> float:
        """Set the time of the slot's next request, now that the last one has ended; seconds of rest until then."""
        slot.lastseen = self._last[host] = self.clock()
        pause = self._pause(answer)
        rest_s = max(pause, self._delay(host, answer, elapsed_s))
        self._free_at[host] = slot.lastseen + rest_s
        if pause > self.left_s:
            self._closed[host] = f"{host} asked to be left alone for {pause:.0f} s, longer than this crawl lasts"
        slot.delay = self.slot_delay_s(host)
        return rest_s

    def _delay(self, host: str, answer: Answer | None, elapsed_s: float) -> float:
        usual = self.usual_s(host)
        strained = self._strained.get(host, 0.0)
        if answer and answer.status in BUSY:
            strained = min(max(usual, strained) * 2, MAX_DELAY_S)
        else:
            strained /= 2
        self._strained[host] = strained
        slow = min(elapsed_s, MAX_DELAY_S) if self.settings.delay_s else 0.0
        return max(usual, strained, slow)

    def _pause(self, answer: Answer | None) -> float:
        if answer is None or answer.status not in BUSY:
            return 0.0
        least = self.settings.pause_s if answer.status == 429 else 0.0
        return max(least, answer.retry_after_s or 0)

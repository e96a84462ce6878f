"""How long a domain is left alone between two requests, and when it is not asked any more.

    always            the delay of the settings, of the source or of robots.txt, whichever is largest, from the end of
                      the last answer
    slow answers      as long as the last answer took, if that is longer
    503               twice as long as before; good answers halve it again, down to the usual delay
    429               the same, and no request at all for `pause_s`
    Retry-After       no request before that, with 429 and 503

No delay grows beyond `MAX_DELAY_S` unless the domain asks for it. A domain that must be left alone for longer than the
crawl lasts is closed: its remaining blogs are blocked at once, with the reason, instead of being waited for in vain.

Works on Scrapy's downloader slots, one a host name, before the slot sends its next request.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic
from typing import Protocol, Self

from crawler.answers import Answer
from crawler.errors import DomainPaused
from crawler.settings import CrawlSettings

MAX_DELAY_S = 60.0
MIN_DELAY_S = 0.001
"""Without any delay Scrapy's slot sends all that waits in it at once, whatever its concurrency."""
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

    def slow_down(self, host: str, delay_s: float) -> float:
        """Take a larger delay into account; the domain's usual delay from now on."""
        self._usual[host] = max(delay_s, self._usual.get(host, self.delay_s))
        return self._usual[host]

    @property
    def left_s(self) -> float:
        """Seconds until the crawl must have ended."""
        return self._ends_at - self.clock()

    @property
    def turns_are_over(self) -> bool:
        """Whether blogs that were not asked for yet are left for the next crawl."""
        turn_s = self.settings.turn_s
        return turn_s is not None and self._ends_at - self.clock() < self.settings.budget_s - turn_s

    def rest(self, host: str, slot: Slot, answer: Answer | None, elapsed_s: float) -> float:
        """Set the time of the slot's next request, now that the last one has ended; seconds of rest until then."""
        slot.lastseen = self.clock()
        pause = self._pause(answer)
        slot.delay = rest_s = max(pause, self._delay(host, answer, elapsed_s))
        if slot.lastseen + pause > self._ends_at:
            self._closed[host] = f"{host} asked to be left alone for {pause:.0f} s, longer than this crawl lasts"
            slot.delay = 0.0  # whatever waits in the slot is refused without being sent
        return rest_s

    def _delay(self, host: str, answer: Answer | None, elapsed_s: float) -> float:
        usual = self._usual.get(host, self.delay_s)
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

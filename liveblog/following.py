"""Recording round after round, until somebody says stop: `record --follow`, where no scheduler does it.

A round that fails (the store out of reach, another recorder at work) is said and followed by the next. Between rounds
discovery runs when it is due, if that is wanted.
"""

import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Event
from types import FrameType

from lake.errors import LakeError
from lake.lake import Lake
from liveblog.discovery import Discovered, discover
from liveblog.errors import LiveblogError
from liveblog.pipeline import Batch, Recorded, new_run_key, record, wanted
from liveblog.settings import Settings

PATIENCE_S = 120.0
"""Seconds to wait for another run, such as a discovery, to end."""


@dataclass(frozen=True, slots=True)
class Round:
    """One round and what came of it."""

    number: int
    began_at: datetime
    took_s: float
    recorded: Recorded | None = None
    discovered: Discovered | None = None
    trouble: str | None = None
    """Why the round failed."""

    @property
    def missed(self) -> Mapping[str, str]:
        """Looks that were due and not made: address -> reason."""
        return missed(self.recorded) if self.recorded else {}


def missed(done: Recorded) -> dict[str, str]:
    """Looks that were due in a round and not made: address -> reason."""
    made = {row.blog_id for row in done.published.captures}
    found: dict[str, str] = {}
    for batch, crawled in zip(done.plan.batches, done.crawled, strict=False):
        for blog in batch.blogs:
            if blog in crawled.left:
                found[done.plan.addresses[blog]] = "its turn did not come: the delay of its domain allows no more looks"
            elif blog not in made:
                found[done.plan.addresses[blog]] = crawled.reason or "it left no look"
    return found


@dataclass(slots=True)
class Follower:
    """Plays rounds; `stop` ends it after the round under way."""

    lake: Lake
    settings: Settings
    every_s: float = 60.0
    discover_every_s: float | None = None
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    on_batch: Callable[[Batch], None] | None = None
    _stopped: Event = field(default_factory=Event)

    def stop(self) -> None:
        """No further round."""
        self._stopped.set()

    def rounds(self, addresses: Sequence[str] = ()) -> Iterator[Round]:
        """Round after round; the first one that can record looks at these addresses, due or not.

        Raises InputError for a bad one.
        """
        number, discover_at = 0, self.clock()
        asked = tuple(wanted(addresses).values())
        while not self._stopped.is_set():
            number += 1
            began = self.clock()
            due = self.discover_every_s is not None and began >= discover_at
            if due and self.discover_every_s is not None:
                discover_at = began + timedelta(seconds=self.discover_every_s)
            done = self._round(number, began, asked, due)
            if done.recorded is not None:
                asked = ()
            yield done
            spent_s = (self.clock() - began).total_seconds()
            self._stopped.wait(max(self.every_s - spent_s, 0.0))

    def _round(self, number: int, began: datetime, addresses: Sequence[str], discovers: bool) -> Round:
        recorded = discovered = trouble = None
        try:
            if discovers:
                discovered = discover(self.lake, self.settings, run_key=new_run_key(began), clock=self.clock)
            if not self._stopped.is_set():
                recorded = self._record(addresses)
        except (LakeError, LiveblogError) as error:
            trouble = str(error)
        return Round(number, began, (self.clock() - began).total_seconds(), recorded, discovered, trouble)

    def _record(self, addresses: Sequence[str]) -> Recorded:
        return record(
            self.lake,
            self.settings,
            now=self.clock(),
            addresses=addresses,
            on_batch=self.on_batch,
            patience_s=PATIENCE_S,
            insist=True,
        )


@contextmanager
def stopping(follower: Follower, say: Callable[[str], None]) -> Iterator[None]:
    """While in the block, the first Ctrl-C (or SIGTERM) ends it after the round, the second one at once."""

    def stop(number: int, frame: FrameType | None) -> None:
        del number, frame
        follower.stop()
        say("stopping: what was fetched is committed first; Ctrl-C once more stops at once")
        for one in before:
            signal.signal(one, signal.default_int_handler)

    before = {one: signal.signal(one, stop) for one in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)

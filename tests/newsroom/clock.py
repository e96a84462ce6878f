"""The newsroom's clock: simulated time, running at any speed from any start, or frozen and moved by hand."""

import re
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

DEFAULT_START = datetime(2026, 10, 24, 6, 0, tzinfo=UTC)
"""A Saturday before a night on which European clocks go back; fixed, so that two runs serve the same bytes."""

_AGO = re.compile(r"-(\d+)(h|m)")


class Clock:
    """Simulated time. Speed is simulated seconds a real second; 0 stands still. Safe to use from any thread."""

    def __init__(
        self, start: datetime = DEFAULT_START, speed: float = 0.0, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._lock = threading.Lock()
        self._monotonic = monotonic
        self.start = aware(start)
        self._base = self.start
        self._since = monotonic()
        self._speed = checked_speed(speed)

    @property
    def speed(self) -> float:
        """Simulated seconds a real second."""
        return self._speed

    def now(self) -> datetime:
        """The simulated time, aware UTC."""
        with self._lock:
            return self._now()

    def set(self, when: datetime) -> None:
        """Jump to a moment, forwards or back; the speed stays."""
        with self._lock:
            self._base, self._since = aware(when), self._monotonic()

    def advance(self, seconds: float) -> None:
        """Jump forwards (or back, if negative) by simulated seconds."""
        with self._lock:
            self._base, self._since = self._now() + timedelta(seconds=seconds), self._monotonic()

    def run(self, speed: float) -> None:
        """Go on at another speed from the moment that is now; 0 freezes."""
        with self._lock:
            self._base, self._since, self._speed = self._now(), self._monotonic(), checked_speed(speed)

    def real_seconds(self, simulated: float) -> float:
        """How long a simulated delay lasts really: scaled by the speed, as it is when the clock is frozen or slow."""
        return simulated / max(self._speed, 1.0)

    def _now(self) -> datetime:
        return self._base + timedelta(seconds=(self._monotonic() - self._since) * self._speed)


def aware(when: datetime) -> datetime:
    """The moment in UTC. Raises ValueError if it says no offset."""
    if when.tzinfo is None:
        raise ValueError(f"{when.isoformat()} has no time zone: write it with an offset, such as {when.isoformat()}Z")
    return when.astimezone(UTC)


def checked_speed(speed: float) -> float:
    """The speed itself. Raises ValueError if time would run backwards or at no rate at all."""
    if not 0 <= speed < 1e6:
        raise ValueError(f"speed {speed!r} is not between 0 and 1000000 simulated seconds a second")
    return float(speed)


def moment(text: str, now: datetime | None = None) -> datetime:
    """A moment from ``now``, ``-4h``, ``-90m`` or ISO 8601 with an offset. Raises ValueError otherwise."""
    present = now or datetime.now(UTC)
    if text == "now":
        return present
    if ago := _AGO.fullmatch(text):
        return present - timedelta(**{"hours" if ago[2] == "h" else "minutes": int(ago[1])})
    return aware(datetime.fromisoformat(text))

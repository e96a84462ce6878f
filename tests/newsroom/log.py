"""The access log, kept in memory: every request, at its real and its simulated time."""

import threading
from collections.abc import Callable
from dataclasses import replace

from tests.newsroom.messages import Access


class AccessLog:
    """Lines in the order in which their replies began to be sent. Safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lines: list[Access] = []
        self._count = 0

    def add(self, line: Access) -> int:
        """Append a line; returns the number it was given."""
        with self._lock:
            self._count += 1
            self._lines.append(replace(line, number=self._count))
            return self._count

    def broke_off(self, number: int) -> None:
        """Correct a line whose reply did not go out whole."""
        with self._lock:
            for place in range(len(self._lines) - 1, -1, -1):
                if self._lines[place].number == number:
                    self._lines[place] = replace(self._lines[place], complete=False)
                    return

    def lines(self, since: int = 0, keep: Callable[[Access], bool] = lambda line: True) -> tuple[Access, ...]:
        """The lines after number `since`, those that are to be kept."""
        with self._lock:
            return tuple(line for line in self._lines if line.number > since and keep(line))

    def clear(self) -> None:
        """Forget all lines; numbers go on counting."""
        with self._lock:
            self._lines.clear()

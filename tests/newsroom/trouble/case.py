"""What a behaviour is given, and what it gives back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from tests.newsroom.messages import Reply, Request


@dataclass(frozen=True, slots=True)
class Case:
    """One request that is to meet with trouble."""

    request: Request
    at: datetime
    origin: str
    """Where the source's addresses begin."""
    turn: int
    """Counts the requests that met with this behaviour at this address, from 1."""
    healthy: Callable[[Request, datetime], Reply]
    """The reply without trouble, at any simulated moment."""

    @property
    def url(self) -> str:
        """The address asked for."""
        return f"{self.origin}{self.request.target}"

    def reply(self, at: datetime | None = None) -> Reply:
        """The healthy reply, conditional and coded as the client asked."""
        return self.healthy(self.request, at or self.at)

    def page(self, at: datetime | None = None) -> Reply:
        """The healthy reply, whole and plain, whatever the client has or accepts."""
        kept = ("accept-encoding", "if-none-match", "if-modified-since")
        headers = {name: value for name, value in self.request.headers.items() if name not in kept}
        return self.healthy(replace(self.request, headers=headers), at or self.at)


Behaviour = Callable[[Case], Reply]
"""A way to misbehave. Its docstring's first line is shown to people."""

Behaviours = Mapping[str, Behaviour]
"""Ways to misbehave, by name."""

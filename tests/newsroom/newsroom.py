"""The newsroom as other code uses it: started in a thread, or asked without a socket."""

import threading
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from tests.newsroom import truth
from tests.newsroom.clock import Clock
from tests.newsroom.messages import Access, Reply, Request
from tests.newsroom.origins import named_origin, source_origin
from tests.newsroom.server import Server, access
from tests.newsroom.site import Site
from tests.newsroom.trouble.spells import Spell
from tests.newsroom.world import World, standard

USUAL_PORT = 8765


class Newsroom:
    """A newsroom: serves from a thread as long as its `with` block lasts. `look` and `truth` need no serving.

    ``speed`` is simulated seconds a real second, 0 stands still. ``port`` 0 takes any free one.
    """

    def __init__(
        self,
        start: datetime | None = None,
        speed: float = 0.0,
        port: int = 0,
        host: str = "127.0.0.1",
        world: World | None = None,
    ) -> None:
        self.clock = Clock(start, speed) if start else Clock(speed=speed)
        self.site = Site(world or standard(self.clock.start), self.clock)
        self._address = (host, port)
        self._server: Server | None = None
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self.open().serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def port(self) -> int:
        """The port it listens on; before it does, the one it was given, or the usual."""
        return int(self._server.server_address[1]) if self._server else self._address[1] or USUAL_PORT

    @property
    def host(self) -> str:
        """Host and port of its bare address."""
        return f"127.0.0.1:{self.port}"

    def open(self) -> Server:
        """Begin to listen. Raises OSError if the address cannot be had."""
        self._server = self._server or Server(self._address, self.site)
        return self._server

    def serve(self) -> None:
        """Serve in this thread, until interrupted."""
        self.open().serve_forever()

    def close(self) -> None:
        """Stop serving."""
        if self._server and self._thread:
            self._server.shutdown()
            self._thread.join()
        if self._server:
            self._server.server_close()
        self._server = self._thread = None

    def origin(self, source: str, named: bool = False) -> str:
        """Where a source's addresses begin; by name (``gazette.localhost``) if the caller can resolve such names."""
        return (named_origin if named else source_origin)(self.host, source)

    def url(self, blog: str, named: bool = False) -> str:
        """A blog's address at this moment. Raises KeyError if there is no such blog."""
        found = self.site.world.blogs[blog]
        state = found.state(self.clock.now())
        return f"{self.origin(found.source.slug, named)}/live/{state.slug if state else found.story.slug}"

    def truth(self, blog: str, at: datetime | None = None) -> dict[str, Any]:
        """The truth about a blog at a moment, see `tests.newsroom.truth`. Raises KeyError if there is no such blog."""
        found = self.site.world.blogs[blog]
        return truth.truth(found, at or self.clock.now(), self.origin(found.source.slug))

    def look(self, url: str, at: datetime | None = None, headers: Mapping[str, str] | None = None) -> Reply:
        """Ask for an address (or a blog by its name) without a socket, at a simulated moment; logged like any look."""
        parts = urlsplit(url if "://" in url else self.url(url))
        lowered = {name.lower(): value for name, value in (headers or {}).items()}
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        request = Request("GET", target, {"host": parts.netloc, **lowered})
        when = at or self.clock.now()
        reply = self.site.answer(request, when)
        self.site.log.add(access(self.site, request, reply, when))
        return replace(reply, body=reply.sent)

    def trouble(self, blog: str, behaviour: str, for_s: float, begins: datetime | None = None) -> None:
        """Let a blog's address misbehave for a time (see `tests.newsroom.trouble`), from now or a moment on.

        Raises KeyError for a blog or behaviour that is not known.
        """
        start = begins or self.clock.now()
        name = self.site.world.blogs[blog].name
        self.site.troubles.cast(Spell(name, behaviour, start, start + timedelta(seconds=for_s)))

    def log(self) -> tuple[Access, ...]:
        """The access log so far."""
        return self.site.log.lines()

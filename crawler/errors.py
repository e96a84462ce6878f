"""What stands between a request and its answer.

    CrawlerError
    ├── NotAsked        we did not ask: the look is blocked
    │   ├── Disallowed      robots.txt forbids it, or its server could not say
    │   ├── PrivateAddress  the name leads to an address inside our own network
    │   ├── DomainPaused    the domain asked to be left alone for longer than the crawl lasts
    │   ├── BlogPaused      somebody paused the blog or source, or the domain that it leads to
    │   └── OutOfTime       its turn did not come in this crawl: there is no look, the next crawl asks
    ├── NoAnswer        we asked and got nothing usable: the look failed
    ├── Unreachable     not even robots.txt could be asked for: the look failed
    └── SpoolError      a segment cannot be written: the crawl ends

Each message is one line that names what happened; it becomes the look's ``reason``.
"""

from datetime import datetime

from scrapy.exceptions import IgnoreRequest


class CrawlerError(Exception):
    """Root of this room's errors."""


class NotAsked(CrawlerError, IgnoreRequest):
    """The request was not sent. Raised by the robots middleware and the download handler."""


class Disallowed(NotAsked):
    """robots.txt forbids the address (``robots`` is ``disallowed``), or was answered by an error (``unreachable``)."""

    def __init__(self, message: str, robots: str) -> None:
        super().__init__(message)
        self.robots = robots


class PrivateAddress(NotAsked, OSError):
    """The host is, or resolves to, an address that is not on the public internet.

    An OSError, so that asyncio passes it on as the failure to connect that it is.
    """


class DomainPaused(NotAsked):
    """The domain said 429 or 503 and when to come back. Raised by the download handler."""


class BlogPaused(NotAsked):
    """Somebody paused the blog or source, or the domain that it leads to. Raised before any request for it."""


class OutOfTime(NotAsked):
    """The blog's turn did not come within `CrawlSettings.turn_s`. Raised by the download handler."""


class NoAnswer(CrawlerError):
    """The request was sent, or would have been, and no status line came back. Raised by the download handler."""

    def __init__(self, message: str, started_at: datetime, elapsed_ms: int) -> None:
        super().__init__(message)
        self.started_at = started_at
        self.elapsed_ms = elapsed_ms


class Unreachable(CrawlerError):
    """The network failed on the way to robots.txt, so that the page was not asked for. Raised by the middleware."""


class SpoolError(CrawlerError):
    """The spool folder cannot be written; names the file and the system's word on it."""

"""The live table of `record --follow`: what is watched, how it stands, and when it is looked at next."""

from collections.abc import Callable
from datetime import datetime, timedelta

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from liveblog.following import Round
from liveblog.planning import due_since
from liveblog.render import safe
from liveblog.watching import WatchList
from transforms.rows import KnownBlog

STYLES = {"changed": "green", "unchanged": "bright_black", "not_modified": "bright_black", "late": "yellow"}
MOST_ROWS = 40
FAR = timedelta(days=3650)


class LiveTable:
    """What `rich.live.Live` shows; `show` gives it the newest round."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._round: Round | None = None
        self._watches: WatchList | None = None

    def show(self, done: Round, watches: WatchList) -> None:
        """A round has ended."""
        self._round, self._watches = done, watches

    def __rich__(self) -> RenderableType:
        """The table as of now."""
        if self._round is None or self._watches is None:
            return Text("the first round is under way", style="bright_black")
        lines = [Text(one, style="yellow") for one in headline(self._round).splitlines()]
        return Group(table(self._watches, self._clock()), *lines)


def table(watches: WatchList, now: datetime) -> Table:
    """Watched blogs, the next to be looked at first."""
    found = Table(box=None, header_style="bold", expand=True)
    for name in ("next", "state", "last look", "changed", "updates", "source"):
        found.add_column(name, no_wrap=True)
    found.add_column("blog", no_wrap=True, ratio=1)
    order = sorted(watches.watched.values(), key=lambda known: (due(watches, known) or now + FAR, known.blog_id))
    for known in order[:MOST_ROWS]:
        found.add_row(*row(watches, known, now))
    if len(order) > MOST_ROWS:
        found.add_row("", "", "", "", "", "", f"… and {len(order) - MOST_ROWS} more (liveblog watch list)")
    return found


def due(watches: WatchList, known: KnownBlog) -> datetime | None:
    """When a blog is looked at next; None: not while things are as they are."""
    if watches.is_paused(known) or (known.last_look is not None and known.last_look.next_look_at is None):
        return None
    return due_since(known)


def row(watches: WatchList, known: KnownBlog, now: datetime) -> tuple[RenderableType, ...]:
    """One blog."""
    look, at = known.last_look, due(watches, known)
    soon = "paused" if watches.is_paused(known) else "let go" if at is None else span(at - now)
    outcome = Text(look.outcome, style=STYLES.get(look.outcome, "red")) if look else Text("new", style="cyan")
    title = (known.blog and known.blog.title) or (known.watch.url if known.watch else known.blog_id)
    return (
        soon,
        known.blog.state if known.blog else "",
        outcome,
        f"{span(now - look.last_changed_at)} ago" if look and look.last_changed_at else "",
        str(look.updates_seen) if look else "",
        safe(known.watch.source if known.watch else ""),
        safe(title),
    )


def span(time: timedelta) -> str:
    """A length of time in a few characters: 42 s, 7 min, 3 h, 2 d; "now" where it has passed."""
    seconds = time.total_seconds()
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.0f} s" if seconds >= 1 else "now"


def headline(done: Round) -> str:
    """The last round, and what was due and not looked at, in lines."""
    if done.trouble:
        return f"round {done.number} failed: {safe(done.trouble)}; the next one follows"
    said = []
    if done.recorded is not None:
        published = done.recorded.published
        counts = ", ".join(f"{n} {change}" for change, n in sorted(published.changes.items())) or "nothing changed"
        said.append(f"round {done.number}: {published.looks} look(s) in {done.took_s:.0f} s; {counts}")
    if done.discovered is not None:
        said.append(f"discovered: {done.discovered.verdicts.get('watched', 0)} new live blog(s)")
    said += [f"not looked at: {safe(address)}: {why}" for address, why in list(done.missed.items())[:5]]
    return "\n".join(said)

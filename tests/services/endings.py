"""How blogs begin and end, against the newsroom in simulated time: five weeks of looks in seconds.

    python -m tests.services.endings

    announced   stands for half an hour before it begins; courier says when it will, kurier that it will
    closing     closes after a while
    gone        answers 410 from some moment on;  vanished  404;  failing  503
    first       ends with a link to `second`, which is announced nowhere: the blog of the next day

Prints one line of JSON: each blog's looks, as (seconds since the beginning, outcome, state of the blog, seconds to the
next look or null), and why it is watched.
"""

import json
import sys
from collections import defaultdict
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.services.hours.play import CLOCK, Run, entry, prepared  # it takes the clock before others do

# isort: split
from lake.query import connect, run_sql
from liveblog.pipeline import watch
from liveblog.sources import known_sources
from liveblog.watching import watch_list
from tests.newsroom.clock import DEFAULT_START
from tests.newsroom.press import Blog
from tests.newsroom.script import Do, Story
from tests.newsroom.sources import SOURCES
from tests.newsroom.tale import MINUTE, Tale
from tests.newsroom.trouble.spells import Spell
from tests.newsroom.world import world_of

SPAN = timedelta(days=36)
FOLD_EVERY = 15
"""Recording runs between two foldings, so that the last ones cost as little as the first."""
TROUBLES = {"gazette-gone": "gone", "herald-vanished": "not-found", "beacon-failing": "unavailable"}
TROUBLED_AFTER = timedelta(minutes=12)
ANNOUNCED_S = 30 * MINUTE
SECOND_AFTER = timedelta(minutes=35)
DISCOVERIES = (timedelta(0), timedelta(minutes=40))
"""To find what is announced, and what the last posts led to once it is there."""
PACES = ((timedelta(days=1), timedelta(minutes=1)), (SPAN, timedelta(hours=6)))
"""Until some time has passed recording runs come so often, if anything is due."""
LOOKS = "SELECT url, observed_at, outcome, next_look_at, reason FROM captures ORDER BY observed_at"
STATES = "SELECT url, observed_at, state FROM blogs ORDER BY observed_at"
WATCHES = "SELECT url, any_value(why) FROM watches GROUP BY 1"


def blogs() -> list[Blog]:
    """What is to be watched."""
    short = [
        Blog("gazette-gone", SOURCES["gazette"], _story("gone"), DEFAULT_START),
        Blog("herald-vanished", SOURCES["herald"], _story("vanished"), DEFAULT_START),
        Blog("beacon-failing", SOURCES["beacon"], _story("failing"), DEFAULT_START),
        Blog("tribune-closing", SOURCES["tribune"], _story("closing", closes=True), DEFAULT_START),
    ]
    announced = [
        Blog(f"{dialect}-announced", SOURCES[dialect], _story("announced", ANNOUNCED_S, closes=True), DEFAULT_START)
        for dialect in ("courier", "kurier")
    ]
    link = "Our coverage goes on in [a new blog](/live/second)."
    first = Blog("wire-first", SOURCES["wire"], _story("first", closes=True, farewell=link), DEFAULT_START)
    second = Blog("wire-second", SOURCES["wire"], _story("second", closes=True), DEFAULT_START + SECOND_AFTER)
    return [*short, *announced, first, second]


def _story(name: str, begins: int = 0, *, closes: bool = False, farewell: str = "That is all for today.") -> Story:
    tale = Tale(name)
    if begins:
        tale.do(Do.OPEN, begins)
    for number in range(3):
        tale.post(f"u{number}", begins + number * 4 * MINUTE)
    if closes:
        tale.post("farewell", begins + 12 * MINUTE, "Thank you for reading", farewell)
        tale.do(Do.CLOSE, begins + 14 * MINUTE)
    return tale.story()


def play(folder: Path) -> Run:
    """Play five weeks, going from one look that is due to the next."""
    CLOCK.start(DEFAULT_START)
    run = prepared(world_of(blogs()), folder, SPAN)
    run.cost_s = 1.0
    _only_links(folder, run)
    for blog, behaviour in TROUBLES.items():
        run.newsroom.site.troubles.cast(Spell(blog, behaviour, run.start + TROUBLED_AFTER, run.end))
    address = "http://wire.newsroom.example/live/first"
    watch(run.lake, [address], run_key="by-hand", now=run.start, why="by hand", sources=known_sources(run.settings))
    discoveries = [run.start + after for after in DISCOVERIES]
    while (at := next_round(run, discoveries)) < run.end:
        CLOCK.advance_to(at)
        if discoveries and at >= discoveries[0]:
            discoveries.pop(0)
            run.discover()
        run.record()
        if len(run.commits) % FOLD_EVERY == 0:
            run.lake.compact(f"fold-{len(run.commits)}")
    return run


def _only_links(folder: Path, run: Run) -> None:
    """Of the wire only its list of articles is searched: what it runs next stands in its blogs alone."""
    text = entry(run.newsroom.site.world.sources["wire"]).replace('/live"]', '/news"]')
    kept = [line for line in text.splitlines() if not line.startswith(("news_sitemaps", "feeds"))]
    (folder / "sources" / "wire.toml").write_text("\n".join(kept) + "\n")


def next_round(run: Run, discoveries: list[datetime]) -> datetime:
    """The next recording run at which there is something to do."""
    watched = watch_list(run.lake, run.lake.newest()).watched.values()
    looks = [known.last_look.next_look_at if known.last_look else CLOCK.now() for known in watched]
    passed = min((at for at in (*looks, *discoveries[:1]) if at is not None), default=run.end) - run.start
    pace = next((pace for until, pace in PACES if passed < until), SPAN)
    return run.start + pace * -(-passed // pace)


def told(run: Run) -> dict[str, dict[str, object]]:
    """What was made of each blog."""
    connection = connect(run.lake, run.lake.newest())
    rows = {query: list(run_sql(connection, query).rows) for query in (LOOKS, STATES, WATCHES)}
    states: dict[str, list[tuple[datetime, str]]] = defaultdict(list)
    for url, at, state in rows[STATES]:
        states[url].append((at, state))
    found: dict[str, dict[str, object]] = {_name(url): {"why": why, "looks": []} for url, why in rows[WATCHES]}
    for url, at, outcome, next_at, reason in rows[LOOKS]:
        state = next((name for since, name in reversed(states[url]) if since <= at), None)
        wait = (next_at - at).total_seconds() if next_at else None
        found[_name(url)]["looks"].append(((at - run.start).total_seconds(), outcome, state, wait, reason))  # type: ignore[attr-defined]
    return found


def _name(url: str) -> str:
    return f"{url.split('//')[1].partition('.')[0]}-{url.rpartition('/')[2]}"


def main() -> int:
    """Play and print."""
    with TemporaryDirectory(prefix="liveblog-endings-") as folder:
        run = play(Path(folder))
        sys.stdout.write(json.dumps(told(run)) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

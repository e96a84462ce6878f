"""Start a newsroom: ``python -m tests.newsroom``."""

import argparse
import sys
from datetime import datetime

from tests.newsroom.clock import DEFAULT_START, moment
from tests.newsroom.dialects import DIALECTS
from tests.newsroom.large import large
from tests.newsroom.newsroom import USUAL_PORT, Newsroom
from tests.newsroom.scenarios import SCENARIOS
from tests.newsroom.world import World, scenario, standard

_LISTED = 12
"""Blogs that are named when it starts."""


def main(arguments: list[str] | None = None) -> int:
    """Serve until interrupted. Returns 0; 2 if the address cannot be listened on."""
    options = _parser().parse_args(arguments)
    try:
        start = options.start or _usual_start(options.world)
        newsroom = Newsroom(start, options.speed, options.port, options.host, _world(options, start))
        newsroom.open()
    except (OSError, ValueError) as error:
        sys.stderr.write(f"newsroom: cannot start on {options.host}:{options.port}: {error}\n")
        return 2
    if options.print_port:
        sys.stdout.write(f"{newsroom.port}\n")
    sys.stdout.write(_welcome(newsroom))
    sys.stdout.flush()
    try:
        newsroom.serve()
    except KeyboardInterrupt:
        sys.stdout.write("\n")
    finally:
        newsroom.close()
    return 0


def _welcome(newsroom: Newsroom) -> str:
    names = list(newsroom.site.world.blogs)
    blogs = "\n".join(f"  {newsroom.url(name)}" for name in names[:_LISTED])
    blogs += f"\n  … and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    now, speed = newsroom.clock.now(), newsroom.clock.speed
    pace = f"running at {speed:g} times real time" if speed else "standing still until it is moved"
    return (
        f"The newsroom is open at http://{newsroom.host}/ (also http://gazette.localhost:{newsroom.port}/ and so on)\n"
        f"Its clock says {now.isoformat(timespec='seconds')}, {pace}; http://{newsroom.host}/-/clock moves it.\n"
        f"What is true: http://{newsroom.host}/-/truth.json\n{blogs}\n"
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.newsroom", description="A live-blog site with known truth.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=USUAL_PORT, help="port, 0 for any (default: %(default)s)")
    parser.add_argument("--speed", type=float, default=0.0, help="simulated seconds a second; 0 stands still (default)")
    parser.add_argument("--start", type=_start, help="ISO 8601 with offset, -4h, -90m or now")
    parser.add_argument("--world", default="standard", choices=("standard", "large", *SCENARIOS), help="what is told")
    parser.add_argument("--dialect", default="gazette", choices=tuple(DIALECTS), help="of a scenario's first source")
    parser.add_argument("--seed", default="0", help="of a scenario's or the large world's words")
    parser.add_argument("--print-port", action="store_true", help="print the port alone on the first line")
    return parser


def _usual_start(world: str) -> datetime:
    return SCENARIOS[world].starts_at if world in SCENARIOS else DEFAULT_START


def _world(options: argparse.Namespace, start: datetime) -> World:
    match options.world:
        case "standard":
            return standard(start)
        case "large":
            return large(options.seed, start)
        case name:
            return scenario(name, options.dialect, options.seed, start)


def _start(text: str) -> datetime:
    try:
        return moment(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


if __name__ == "__main__":
    raise SystemExit(main())

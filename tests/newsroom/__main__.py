"""Start a newsroom: ``python -m tests.newsroom``."""

import argparse
import sys
from datetime import datetime

from tests.newsroom.clock import DEFAULT_START, moment
from tests.newsroom.newsroom import USUAL_PORT, Newsroom


def main(arguments: list[str] | None = None) -> int:
    """Serve until interrupted. Returns 0; 2 if the address cannot be listened on."""
    options = _parser().parse_args(arguments)
    try:
        newsroom = Newsroom(options.start, options.speed, options.port, options.host)
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
    blogs = "\n".join(f"  {newsroom.url(name)}" for name in newsroom.site.world.blogs)
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
    parser.add_argument("--start", type=_start, default=DEFAULT_START, help="ISO 8601 with offset, -4h, -90m or now")
    parser.add_argument("--print-port", action="store_true", help="print the port alone on the first line")
    return parser


def _start(text: str) -> datetime:
    try:
        return moment(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


if __name__ == "__main__":
    raise SystemExit(main())

"""Play some hours and print the report."""

import argparse
import json
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.services.hours.play import play  # it takes the clock before others do

# isort: split
from tests.services.hours.report import report


def main(arguments: Sequence[str] | None = None) -> int:
    """Play, and print the report."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.services.hours", description="Watch a press for simulated hours."
    )
    parser.add_argument("--sources", type=int, default=20)
    parser.add_argument("--blogs", type=int, default=200)
    parser.add_argument("--hours", type=float, default=6.0)
    parser.add_argument("--json", action="store_true", help="one line of JSON")
    parser.add_argument("--keep", type=Path, help="a folder in which the lake stays, to look into it")
    parser.add_argument("--cost", type=float, help="seconds that each run needs, whatever machine this is")
    options = parser.parse_args(arguments)
    with ExitStack() as stack:
        folder = options.keep or Path(stack.enter_context(TemporaryDirectory(prefix="liveblog-hours-")))
        found = report(play(options.sources, options.blogs, options.hours, folder, options.cost))
    if options.json:
        sys.stdout.write(json.dumps(asdict(found)) + "\n")
    else:
        for name, value in asdict(found).items():
            sys.stdout.write(f"{name:24} {value}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

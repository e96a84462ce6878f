"""Progress of long work: a bar on standard error where that is a terminal, and nothing elsewhere."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Show = Callable[[str, int, int], None]
"""What is being done now, its number from 0, and how many there are."""


@contextmanager
def bar(what: str) -> Iterator[Show]:
    """A bar for the time of a block; what is given is called before each step."""
    if not sys.stderr.isatty():
        yield lambda step, number, of: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(what, total=None)
        yield lambda step, number, of: progress.update(
            task, description=f"{what} {step}", completed=number, total=of, refresh=True
        )

"""How benchmarks measure and tell: medians after a warm-up, with the processor time beside them."""

import statistics
import time
from collections.abc import Callable


def report(what: str, measured: str, target: str = "") -> None:
    """One line of the result."""
    print(f"  {what:<58} {measured:>22}   {target}")


def timed(ask: Callable[[], object], times: int = 7) -> str:
    """The median of some runs after a first, and the processor time of one: the truer figure on a busy machine."""
    ask()
    spent, busy = [], time.process_time()
    for _ in range(times):
        begun = time.perf_counter()
        ask()
        spent.append(time.perf_counter() - begun)
    busy = (time.process_time() - busy) / times
    return f"{statistics.median(spent) * 1000:.0f} ms ({busy * 1000:.0f} ms CPU)"

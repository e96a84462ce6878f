"""Is it a live blog at all? Adds up what the readers say for and against it, and keeps the reasons."""

from collections.abc import Sequence

from transforms.reading import Reading

ENOUGH = 4
"""Points: a feed of timed blocks in order that fills the page; or JSON-LD's word and updates to show for it."""


def decide(readings: Sequence[Reading]) -> tuple[bool, tuple[str, ...]]:
    """Whether the page is a live blog, and the reasons, the weightiest first.

    Without updates it is one only where the page announces it.
    """
    if any(reading.certain and reading.updates for reading in readings):
        return True, tuple(evidence.words for reading in readings for evidence in reading.evidence)
    evidence = [item for reading in readings for item in reading.evidence]
    updates = any(reading.updates for reading in readings)
    points = sum(item.points for item in evidence)
    reasons = [f"{item.words} ({item.points:+d})" for item in sorted(evidence, key=lambda item: -item.points)]
    if not updates and not any(reading.announced for reading in readings):
        return False, ("no updates found", *reasons)
    return points >= ENOUGH, (f"{points} points, {ENOUGH} make a live blog", *reasons)

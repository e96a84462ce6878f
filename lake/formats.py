"""The lake's format, and the way from each older one to today's.

A format says how manifests and the objects around them are laid out; `lake.schemas` has a version of its own for the
columns of tables. Every manifest carries the format in which it was written, and for ever keeps it: nothing is
overwritten. An older one is brought up to date as it is read, by the steps below; the first commit afterwards is
written in today's format, and from then on older releases refuse the lake. ``liveblog migrate`` makes that commit by
itself. `format.json` tells in which format a lake began.

To change the format: raise `FORMAT_VERSION`, add the step that leads to it, and a test with a lake of the old one.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

FORMAT_VERSION = 2
"""Raised when an older release could misread what this one writes."""

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Step:
    """From one format to the next."""

    to: int
    what: str
    """What is different there, in one line."""
    manifest: Callable[[Json], Json]
    """A manifest of the format before, as one of this format."""


STEPS: Mapping[int, Step] = {
    1: Step(
        2,
        "manifests name the takedowns that stand (redactions), and count the day's requests to the store (requests)",
        lambda said: {**said, "redactions": [], "requests": {}},
    ),
}
"""By the format that each begins with."""


def steps(version: int) -> tuple[Step, ...]:
    """What leads from a format to today's, in order. Raises KeyError for a format that never was."""
    return tuple(STEPS[number] for number in range(version, FORMAT_VERSION))


def upgraded(said: Json) -> dict[str, Any]:
    """The JSON of a manifest as today's format has it."""
    for step in steps(said["format"]):
        said = {**step.manifest(said), "format": step.to}
    return dict(said)

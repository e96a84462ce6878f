"""Figures of the play: looks a minute, what they cost, how late they were."""

from collections.abc import Iterable, Iterator, Sequence
from statistics import median

from tests.distributed.drama import Act, Played
from tests.distributed.judge import Look, Record

_COLUMNS = (
    "act", "minutes", "looks", "looks a minute", "CPU s a look", "fetching s", "run s", "again after s, median",
    "again after s, p95",
)  # fmt: skip


def table(played: Played, record: Record) -> str:
    """A line for each act, and the parts' shares of CPU."""
    lines = ["", " | ".join(_COLUMNS)]
    for act in played.acts.values():
        looks = looks_in(act, record.looks)
        spent = sum(act.cpu_s.values())
        waits = list(_waits(act, record.looks))
        cells = (
            act.name,
            f"{act.minutes:.1f}",
            f"{len(looks)}",
            f"{len(looks) / act.minutes:.0f}",
            f"{spent / len(looks):.3f}" if spent and looks else "-",
            f"{median(_run_lengths(looks) or [0.0]):.0f}",
            f"{median(_took(act, looks, played) or [0.0]):.0f}",
            f"{median(waits or [0.0]):.0f}",
            f"{percentile(waits, 0.95):.0f}",
        )
        lines.append(" | ".join(cells))
    lines += [f"CPU s, {act.name}: {_parts(act)}" for act in played.acts.values() if act.cpu_s]
    lines += [f"drained after {played.drain_s:.1f} s; runs: {dict(played.runs)}; left by the killed: "]
    lines[-1] += f"{len(played.left_by_the_killed)} segments"
    return "\n".join(lines) + "\n"


def looks_in(act: Act, looks: Iterable[Look]) -> list[Look]:
    """Looks that were begun in an act."""
    return [look for look in looks if act.began <= look.started_at < act.ended]


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which that share of all lies; 0 where there are none."""
    return sorted(values)[min(int(len(values) * share), len(values) - 1)] if values else 0.0


def _run_lengths(looks: Iterable[Look]) -> list[float]:
    """Seconds from the first look of a run to its last."""
    runs: dict[str, list[Look]] = {}
    for look in looks:
        runs.setdefault(look.run_key, []).append(look)
    return [
        (max(one.observed_at for one in run) - min(one.started_at for one in run)).total_seconds()
        for run in runs.values()
    ]


def _took(act: Act, looks: Iterable[Look], played: Played) -> list[float]:
    """Seconds of the whole runs whose looks these are, from the beginning of the first task to the end of the last."""
    keys = {look.run_key for look in looks}
    return [took for key, took in played.took_s.items() if key in keys or key.startswith(act.name)]


def _waits(act: Act, looks: Iterable[Look]) -> Iterator[float]:
    """Seconds from a look at a blog to the next one, of those that an act began."""
    before: dict[str, Look] = {}
    for look in sorted(looks, key=lambda one: one.started_at):
        last = before.get(look.blog_id)
        if last is not None and act.began <= look.started_at < act.ended:
            yield (look.started_at - last.started_at).total_seconds()
        before[look.blog_id] = look


def _parts(act: Act) -> str:
    return ", ".join(f"{name} {spent:.1f}" for name, spent in sorted(act.cpu_s.items()))

"""Figures of the play: looks a minute, what they cost, how late they were."""

from collections.abc import Iterable, Sequence
from statistics import median

from tests.distributed.drama import Act, Played
from tests.distributed.judge import Look, Record

_COLUMNS = (
    "act", "minutes", "looks", "looks a minute", "CPU s a look", "run s", "late_by s, median", "late_by s, p95",
)  # fmt: skip


def table(played: Played, record: Record) -> str:
    """A line for each act, and the parts' shares of CPU."""
    lines = ["", " | ".join(_COLUMNS)]
    for act in played.acts.values():
        looks = looks_in(act, record.looks)
        spent = sum(act.cpu_s.values())
        late = [look.late_by_s or 0.0 for look in looks]
        cells = (
            act.name,
            f"{act.minutes:.1f}",
            f"{len(looks)}",
            f"{len(looks) / act.minutes:.0f}",
            f"{spent / len(looks):.3f}" if spent and looks else "-",
            f"{median(_run_lengths(looks) or [0.0]):.0f}",
            f"{median(late or [0.0]):.0f}",
            f"{percentile(late, 0.95):.0f}",
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


def _parts(act: Act) -> str:
    return ", ".join(f"{name} {spent:.1f}" for name, spent in sorted(act.cpu_s.items()))

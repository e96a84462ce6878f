"""Upkeep and quality as a scheduler's tasks call them, beside `liveblog.tasks`: JSON values in and out.

close_day         day_to_close -> close -> verify -> vacuum -> report
replay_archive    replay_plan -> [days]     rebuild(days) -> what would change, or did
check_quality     check -> [alert]
"""

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from typing import Any

import structlog

from lake.lake import Lake
from lake.query import connect
from lake.schemas import tables as lake_tables
from lake.verify import verify as verify_lake
from liveblog import incidents, pipeline
from liveblog.comparing import lines
from liveblog.daily import daily_report
from liveblog.errors import InputError, LiveblogError
from liveblog.quality import findings
from liveblog.replay import COMPARING, replay, titles
from liveblog.settings import read_settings
from liveblog.sources import known_sources
from liveblog.turns import LEASE, TASK_PATIENCE_S, in_turn
from liveblog.upkeep import close_days, sweep
from liveblog.watching import watch_list

log = structlog.get_logger(__name__)
Json = dict[str, Any]
REPLAY_LEASE_S = 12 * 3600.0
EXAMPLES = 3
"""Kinds of difference that a comparison tells in its log, a table and blog."""
MOST_DAYS = 1000
"""Days that one comparison is spread over: Airflow maps a task 1,024 times at most."""
PROCESSES = 1
"""A task of Airflow has no processes of its own: Celery forbids it, and its machine has other tasks to run."""
SPARE_S = 3600
"""After its last second a day stays open for so long (`lake.compact.CLOSE_AFTER`)."""


def day_to_close(given: str | None, *, interval_start: datetime | None, run_after: datetime) -> str:
    """The UTC day (``YYYY-MM-DD``) that a run is about: the one asked for, else its interval's, else the last one over.

    Raises InputError where that is no day, or not over yet.
    """
    asked_for = _day(given) if given else None
    last_over = run_after - timedelta(days=1, seconds=SPARE_S)
    day = asked_for or (interval_start or last_over).astimezone(UTC).date()
    over = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1, seconds=SPARE_S)
    if run_after < over:
        raise InputError(f"{day} is not over yet: it can be closed from {over:%Y-%m-%d %H:%M} UTC on")
    return day.isoformat()


def close(run_key: str) -> Json:
    """Fold, close the days that are over, pack their raw files."""
    done = close_days(_to_write(), run_key=run_key)
    for packed in done.packed:
        log.info("packed", day=packed.day, segments=packed.segments, left_as_warc=packed.left)
    log.info("closed", run_id=run_key, snapshot=done.snapshot, files=done.files, files_before=done.before)
    return {"snapshot": done.snapshot, "files": done.files, "days_packed": [packed.day for packed in done.packed]}


def verify() -> Json:
    """Check every object that a snapshot names. Raises LiveblogError where one is not what it should be."""
    counts: Counter[str] = Counter()
    harmed = []
    for finding in verify_lake(_to_read().chain):
        counts[finding.kind] += 1
        say = log.info if finding.harmless else log.error
        say(finding.kind, key=finding.key, mend=finding.mend)
        if not finding.harmless:
            harmed.append(finding.key)
    if harmed:
        raise LiveblogError(f"{len(harmed)} objects are not what snapshots say they are, {harmed[0]} first; see above")
    return dict(counts)


def vacuum() -> Json:
    """Remove what no kept snapshot names."""
    removed = list(sweep(_to_write()))
    counts = {"objects": len(removed), "bytes": sum(one.bytes for one in removed)}
    log.info("removed", **counts)
    return counts


def report(day: str) -> Json | None:
    """The report of a day, also in the log; None where there was no look."""
    lake = _to_read()
    newest = lake.newest()
    with connect(lake, newest) as connection:
        sources = daily_report(connection, _day(day))
    for source in sources:
        log.info(source.line, day=day, source=source.source)
    if not sources:
        return None
    return {"day": day, "snapshot": newest.number, "sources": [asdict(source) for source in sources]}


def replay_plan(since: str | None, until: str | None, mode: str, tables: Sequence[str] | None) -> list[Json]:
    """The ranges to rebuild: day by day to compare, in one piece to switch. Raises InputError for what cannot be."""
    wanted = list(tables or lake_tables())
    unknown = sorted(set(wanted) - set(lake_tables()))
    if unknown:
        raise InputError(f"no table is called {unknown[0]}: there are {', '.join(lake_tables())}")
    first, last = (_day(day) if day else None for day in (since, until))
    if first and last and first > last:
        raise InputError(f"the range ends ({last}) before it begins ({first})")
    if mode == "switch":
        return [{"since": since, "until": until, "mode": mode, "tables": wanted}]
    held = [day for day in _to_read().newest().days("captures") if (since or "") <= day <= (until or "9999")]
    if not held:
        raise InputError("no look of that range is in the lake: what was not recorded cannot be rebuilt")
    if len(held) > MOST_DAYS:
        raise InputError(f"{len(held)} days are too many to compare at once: ask for {MOST_DAYS} at most")
    return [{"since": day, "until": day, "mode": mode, "tables": wanted} for day in held]


def rebuild(run_key: str, unit: Json) -> Json:
    """Rebuild a range from raw/, and compare, or switch to it: recording waits while it is switched.

    Raises LeaseHeld where a recording run, or another comparison, does not end soon.
    """
    settings, lake = read_settings(os.environ), _to_write()
    since, until = (_day(unit[name]) if unit[name] else None for name in ("since", "until"))
    comparing = unit["mode"] == "compare"
    with in_turn(lake, run_key, REPLAY_LEASE_S, TASK_PATIENCE_S, COMPARING if comparing else LEASE) as held:
        done = replay(
            lake,
            run_key=run_key,
            guard=held.check,
            since=since,
            until=until,
            compare=comparing,
            processes=PROCESSES,
            sources=known_sources(settings).contexts,
            on_day=lambda *_: held.renew(),
        )
    for segment, why in done.damaged.items():
        log.warning("damaged", run_id=run_key, segment=segment, reason=why)
    wanted = {name: one for name, one in done.differences.items() if name in unit["tables"]}
    log.info("rebuilt", run_id=run_key, first=done.days[0], last=done.days[-1], mode=unit["mode"])
    for line in lines(wanted, titles(lake, wanted), EXAMPLES):
        log.info(line)
    told = {name: one.counts() for name, one in wanted.items()}
    return {"days": list(done.days), "snapshot": done.snapshot, "differences": told}


def check(run_key: str, *, silence: str | None = None, hours: float = 6, why: str | None = None) -> list[Json]:
    """Look for what is not as it should be, note incidents; the alerts that people are to be given.

    With `silence` (an incident's id, or a source) its alerts are withheld for so many hours first.
    """
    lake, now = _to_write(), datetime.now(UTC)
    if silence:
        until = now + timedelta(hours=hours)
        incidents.silence(lake, silence, until=until, why=why or "", now=now, run_key=run_key)
        log.info("silenced", run_id=run_key, what=silence, until=until.isoformat(timespec="minutes"))
    newest = lake.newest()
    with connect(lake, newest) as connection:
        found = findings(connection, watch_list(lake, newest), now)
    for finding in found:
        log.warning("found", run_id=run_key, rule=finding.rule, source=finding.source, detail=finding.detail)
    alerts = incidents.record(lake, found, now=now, run_key=run_key)
    log.info("checked", run_id=run_key, findings=len(found), alerts=len(alerts))
    return [asdict(alert) for alert in alerts]


def summary(parts: Sequence[Mapping[str, Any]]) -> Json:
    """What the rebuilt ranges say together."""
    totals: dict[str, Counter[str]] = {}
    for part in parts:
        for name, counts in part["differences"].items():
            totals.setdefault(name, Counter()).update(counts)
    days = [day for part in parts for day in part["days"]]
    snapshots = [part["snapshot"] for part in parts if part["snapshot"] is not None]
    log.info("replayed", days=len(days), snapshot=snapshots[-1] if snapshots else None)
    return {
        "days": days,
        "snapshot": snapshots[-1] if snapshots else None,
        "differences": {name: dict(counts) for name, counts in totals.items()},
    }


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InputError(f"{text!r} is no day: write YYYY-MM-DD") from error


def _to_write() -> Lake:
    return pipeline.lake_to_write(read_settings(os.environ))


def _to_read() -> Lake:
    return pipeline.lake_to_read(read_settings(os.environ))

"""Incidents of data quality: what was found becomes one incident, one alert, and one word of its recovery.

    found ──> opened ──(alerted)──> clearing (no longer seen) ──5 min──> recovered
                                        └──> returned (seen again): the same incident, and no second alert

Every step is a row of the table ``incidents``; what is open, silenced or told is what these rows say, and nothing is
kept elsewhere. A silence (of one incident, or of a source) withholds alerts until it expires; what is then still open
is told once.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from lake.lake import Lake
from lake.rewind import rows_of
from lake.snapshots import Snapshot
from liveblog.errors import InputError
from liveblog.watching import watch_list
from transforms.rows import Changes, IncidentRow

HOLD = timedelta(minutes=5)
"""How long nothing must be found before an incident counts as over: what flickers is one incident, not twenty."""
LONGEST_SILENCE = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it should be, at one moment."""

    rule: str
    source: str
    detail: str
    """One line for people."""
    measured: float | None = None
    target: float | None = None
    blog_id: str = ""
    """Empty where it concerns the whole source."""

    @property
    def about(self) -> tuple[str, str, str]:
        """What it is about: findings of one kind about one thing are one incident."""
        return self.rule, self.source, self.blog_id


@dataclass(frozen=True, slots=True)
class Incident:
    """An incident as its rows tell it."""

    incident_id: str
    finding: Finding
    opened_at: datetime
    state: str
    """open, clearing or recovered."""
    changed_at: datetime
    alerted: bool = False
    silenced_until: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether it is not over."""
        return self.state != "recovered"


@dataclass(frozen=True, slots=True)
class Standing:
    """All incidents, and the sources that are silenced."""

    incidents: Mapping[str, Incident] = field(default_factory=dict)
    silenced_sources: Mapping[str, datetime] = field(default_factory=dict)

    def is_silenced(self, incident: Incident, now: datetime) -> bool:
        """Whether alerts about an incident are withheld now."""
        until = (incident.silenced_until, self.silenced_sources.get(incident.finding.source))
        return any(moment is not None and moment > now for moment in until)

    def open(self) -> list[Incident]:
        """What is not over, the newest first."""
        found = [incident for incident in self.incidents.values() if incident.is_open]
        return sorted(found, key=lambda incident: incident.opened_at, reverse=True)

    def over(self, since: datetime) -> list[Incident]:
        """What was over after a moment, the newest first."""
        found = [one for one in self.incidents.values() if not one.is_open and one.changed_at > since]
        return sorted(found, key=lambda incident: incident.changed_at, reverse=True)


@dataclass(frozen=True, slots=True)
class Alert:
    """What people are told about one incident."""

    incident_id: str
    event: str
    """opened or recovered."""
    rule: str
    source: str
    blog_id: str
    detail: str
    opened_at: str
    """ISO 8601, UTC."""
    text: str
    """All of it in one line."""


STATES = {"opened": "open", "returned": "open", "clearing": "clearing", "recovered": "recovered"}


def standing(rows: Iterable[IncidentRow]) -> Standing:
    """What rows of ``incidents``, in any order, say together."""
    incidents: dict[str, Incident] = {}
    sources: dict[str, datetime] = {}
    for row in sorted(rows, key=_order):
        known = incidents.get(row.incident_id)
        if row.event == "silenced" and not row.incident_id and row.until is not None:
            sources[row.source] = row.until
        elif known is None and row.event == "opened":
            found = Finding(row.rule, row.source, row.detail, row.measured, row.target, row.blog_id)
            incidents[row.incident_id] = Incident(row.incident_id, found, row.observed_at, "open", row.observed_at)
        elif known is not None:
            incidents[row.incident_id] = _after(known, row)
    return Standing(incidents, sources)


def _order(row: IncidentRow) -> tuple[datetime, bool, str]:
    return row.observed_at, row.event != "opened", row.event


def _after(incident: Incident, row: IncidentRow) -> Incident:
    if row.event == "alerted":
        return replace(incident, alerted=True)
    if row.event == "silenced":
        return replace(incident, silenced_until=row.until)
    return replace(incident, state=STATES[row.event], changed_at=row.observed_at)


def read_standing(snapshot: Snapshot) -> Standing:
    """The incidents that a snapshot knows."""
    return standing(incident_rows(snapshot))


def incident_rows(snapshot: Snapshot) -> list[IncidentRow]:
    """Every row of ``incidents``."""
    rows = rows_of(snapshot, "incidents", snapshot.days("incidents"))
    return [row for row in rows if isinstance(row, IncidentRow)]


def judge(known: Standing, findings: Sequence[Finding], *, now: datetime, run_key: str) -> list[IncidentRow]:
    """The rows that follow from what was found now. Pure: nothing found twice is told twice."""
    found = {finding.about: finding for finding in findings}
    open_now = {incident.finding.about: incident for incident in known.open()}
    rows = [
        _row(_new(finding, now), "opened", now, run_key) for about, finding in found.items() if about not in open_now
    ]
    for about, incident in open_now.items():
        if about in found and incident.state == "clearing":
            rows.append(_row(incident, "returned", now, run_key, found[about]))
        elif about not in found and incident.state == "open":
            rows.append(_row(incident, "clearing", now, run_key))
        elif about not in found and now - incident.changed_at >= HOLD:
            rows.append(_row(incident, "recovered", now, run_key))
    opened = [_new(found[row.rule, row.source, row.blog_id], now) for row in rows if row.event == "opened"]
    waiting = [incident for about, incident in open_now.items() if about in found and not incident.alerted]
    untold = [incident for incident in (*opened, *waiting) if not known.is_silenced(incident, now)]
    return [*rows, *(_row(incident, "alerted", now, run_key) for incident in untold)]


def _new(finding: Finding, now: datetime) -> Incident:
    name = hashlib.blake2b("\0".join((*finding.about, now.isoformat())).encode(), digest_size=6).hexdigest()
    return Incident(name, finding, now, "open", now)


def _row(incident: Incident, event: str, now: datetime, run_key: str, finding: Finding | None = None) -> IncidentRow:
    told = finding or incident.finding
    return IncidentRow(
        told.blog_id, now, incident.incident_id, event, told.rule, told.source, told.detail, told.measured,
        told.target, None, run_key,
    )  # fmt: skip


def alerts_of(rows: Sequence[IncidentRow], run_key: str) -> list[Alert]:
    """What one run has to tell people: known from the lake, so that a run that is repeated tells the same."""
    known = standing(rows)
    alerts = []
    for row in sorted(rows, key=_order):
        incident = known.incidents.get(row.incident_id)
        if row.run_key != run_key or incident is None:
            continue
        if row.event == "alerted":
            alerts.append(_alert(incident, "opened", row.detail))
        elif row.event == "recovered" and incident.alerted and not known.is_silenced(incident, row.observed_at):
            alerts.append(_alert(incident, "recovered", row.detail))
    return alerts


def _alert(incident: Incident, event: str, detail: str) -> Alert:
    about, opened_at = incident.finding, incident.opened_at.isoformat(timespec="seconds")
    word = "" if event == "opened" else "recovered: "
    return Alert(
        incident.incident_id, event, about.rule, about.source, about.blog_id, detail, opened_at,
        f"{word}{about.source}: {about.rule}: {detail} (incident {incident.incident_id}, since {opened_at})",
    )  # fmt: skip


def record(lake: Lake, findings: Sequence[Finding], *, now: datetime, run_key: str) -> list[Alert]:
    """Commit what follows from the findings, where anything does; what people are to be told."""

    def build(snapshot: Snapshot) -> Changes:
        rows = judge(read_standing(snapshot), findings, now=now, run_key=run_key)
        return Changes({"incidents": tuple(rows)} if rows else {})

    return alerts_of(incident_rows(lake.commit(f"{run_key}/quality", build, run=run_key)), run_key)


def silence(lake: Lake, what: str, *, until: datetime, why: str, now: datetime, run_key: str) -> IncidentRow:
    """Withhold alerts about an incident (its id), or about a source (its slug), until a moment.

    Raises InputError where nothing is called so, or the silence would last longer than a week.
    """
    if not now < until <= now + LONGEST_SILENCE:
        raise InputError(f"a silence ends within {LONGEST_SILENCE.days} days: give 1 to 168 hours")
    newest = lake.newest()
    incident = read_standing(newest).incidents.get(what)
    sources = {known.watch.source for known in watch_list(lake, newest).watched.values() if known.watch is not None}
    if incident is None and what not in sources:
        raise InputError(f"{what!r} is neither an incident nor a source: `liveblog incidents` lists what is open")
    about = incident.finding if incident is not None else Finding("", what, "")
    row = IncidentRow(
        about.blog_id, now, what if incident is not None else "", "silenced", about.rule, about.source, why,
        None, None, until, run_key,
    )  # fmt: skip
    lake.commit(f"{run_key}/silence/{what}", lambda _: Changes({"incidents": (row,)}), run=run_key)
    return row

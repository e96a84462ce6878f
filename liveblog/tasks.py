"""The pipeline as a scheduler's tasks call it: plain JSON values in and out, settings from the environment.

    plan -> [batch]     crawl(batch) -> {segments, …}     publish([crawled]) -> {snapshot, …} or None     report

A run's key is the scheduler's own run id, so a task that runs again is the same run (rule L4). The recording lease is
taken by `plan` in the name of the run, and given back by `report`: between them every task of the run holds it.

Logs are events with fields (`run_id`, `batch_id`, `blog_id`, …), which Airflow keeps as JSON.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import structlog
from structlog.contextvars import bound_contextvars

from liveblog import pipeline
from liveblog.errors import LiveblogError
from liveblog.publishing import NO_PAGE, Published
from liveblog.settings import read_settings
from liveblog.sources import known_sources
from liveblog.turns import TASK_PATIENCE_S, patiently

log = structlog.get_logger(__name__)
Json = dict[str, Any]
MOST_BATCHES = 4
"""Crawl tasks side by side. More domains make larger batches: a process a domain would cost more than its looks."""


def plan(run_key: str, *, addresses: Sequence[str] | None = None, dry_run: bool = False) -> list[Json]:
    """What this run will look at, one JSON object a batch; nothing in a dry run, which only says it in the log.

    Raises LeaseHeld where a search, or another run, does not end soon.
    """
    settings = read_settings(os.environ)
    lake = pipeline.lake_to_write(settings)
    now = datetime.now(UTC)
    if dry_run:
        only = pipeline.wanted(addresses or ()) or None
        return _say(
            pipeline.plan(
                lake, run_key=run_key, now=now, only=only, most_batches=MOST_BATCHES, every_s=settings.every_s
            )
        )
    patiently(pipeline.recording_lease(lake, settings, run_key).acquire, TASK_PATIENCE_S)
    pipeline.recover(lake, settings)
    only = None
    if addresses:
        sources = known_sources(settings)
        only = pipeline.watch(lake, addresses, run_key=run_key, now=now, why=pipeline.ASKED_FOR, sources=sources)
    todo = pipeline.plan(lake, run_key=run_key, now=now, only=only, most_batches=MOST_BATCHES, every_s=settings.every_s)
    log.info("planned", run_id=run_key, blogs=len(todo.addresses), batches=len(todo.batches))
    return [asdict(batch) for batch in todo.batches]


def crawl(run_key: str, batch: Json) -> Json:
    """Fetch one batch; its segments' keys and counts, and what it asked of the store.

    What a killed worker left on this machine is archived first.
    """
    settings = read_settings(os.environ)
    lake = pipeline.lake_to_write(settings)
    with bound_contextvars(run_id=run_key, batch_id=batch["batch_id"]):
        for segment in pipeline.recover(lake, settings):
            log.warning("archived what a broken-off run had left here", segment=segment)
        crawled = pipeline.crawl(lake, settings, _batch(batch), run_key=run_key)
        log.info("fetched", domains=batch["domains"], requested=crawled.requested, outcomes=dict(crawled.outcomes))
        log.info("counted", **{name.replace("/", "."): value for name, value in crawled.stats.items()})
        for blog in crawled.left:
            log.warning("its turn did not come: it stays due", blog_id=blog)
        if crawled.missing:
            log.warning("blogs left no look", missing=crawled.missing, reason=crawled.reason)
    return asdict(crawled) | {"requests": dict(lake.store.requests.made)}


def publish(run_key: str, crawled: Sequence[Json]) -> Json | None:
    """Commit what the batches brought; None where there was nothing to commit."""
    settings = read_settings(os.environ)
    lake = pipeline.lake_to_write(settings)
    segments = [key for one in crawled for key in one["segments"]]
    for one in crawled:
        lake.store.requests.add(one.get("requests", {}))
    lease = pipeline.recording_lease(lake, settings, run_key)
    contexts = known_sources(settings).contexts
    published = pipeline.publish(lake, run_key=run_key, segments=segments, lease=lease, sources=contexts)
    _tell_looks(published)
    if not published.committed:
        return None
    changes = dict(published.changes)
    log.info("published", run_id=run_key, snapshot=published.snapshot, looks=published.looks, changes=changes)
    return {
        "snapshot": published.snapshot,
        "looks": published.looks,
        "outcomes": dict(published.outcomes),
        "changes": changes,
    }


def _tell_looks(published: Published) -> None:
    """A line for each look that changed something, or brought no page; and for each damaged segment."""
    for row in published.captures:
        about = {"run_id": row.run_key, "batch_id": row.batch_id, "blog_id": row.blog_id, "address": row.url}
        if row.outcome in NO_PAGE:
            log.warning("look", **about, outcome=row.outcome, status=row.status, reason=row.reason)
        elif row.outcome not in ("unchanged", "not_modified"):
            log.info("look", **about, outcome=row.outcome, capture_id=row.capture_id)
    addresses = {row.url for row in published.captures}
    for key, reason in published.troubles.items():
        if key not in addresses:
            log.warning("damaged", segment=key, reason=reason)


def report(run_key: str, batches: Sequence[Json] | None, crawled: Sequence[Json]) -> None:
    """Give the recording lease back; raise LiveblogError where a planned batch left no result, or left blogs out.

    Also where `plan` (there are no `batches` then) or `publish` failed: Airflow takes a run's state from its last task.
    """
    settings = read_settings(os.environ)
    lake = pipeline.lake_to_write(settings)
    pipeline.recording_lease(lake, settings, run_key).release()
    if batches is None:
        raise LiveblogError("nothing was planned, and so nothing looked at: see the log of `plan`")
    waiting = pipeline.unpublished(lake, run_key, [key for one in crawled for key in one["segments"]])
    if waiting:
        raise LiveblogError(
            f"{len(waiting)} segment(s) of this run are in no snapshot: see the log of `publish`; "
            "they are kept, and the next run takes them in"
        )
    done = {one["batch_id"]: one for one in crawled}
    failed = [batch["batch_id"] for batch in batches if batch["batch_id"] not in done]
    short = [
        f"{key} ({one['missing']} of {one['requested']}: {one['reason']})"
        for key, one in done.items()
        if one["missing"]
    ]
    if failed or short:
        raise LiveblogError(
            f"not everything that was due was looked at: {', '.join(failed + short)}; see the log of `crawl`"
        )


def _batch(value: Mapping[str, Any]) -> pipeline.Batch:
    return pipeline.Batch(value["batch_id"], tuple(value["blogs"]), tuple(value["domains"]), value.get("asked", {}))


def _say(todo: pipeline.Plan) -> list[Json]:
    for batch in todo.batches:
        for key in batch.blogs:
            log.info("would look at", address=todo.addresses[key], blog_id=key, batch_id=batch.batch_id)
    log.info("dry run: nothing was fetched or changed", blogs=len(todo.addresses), batches=len(todo.batches))
    return []


def discover(run_key: str, *, sources: Sequence[str] | None = None, dry_run: bool = False) -> Json:
    """Search what publishers announce (all, or these slugs) and watch the live blogs found; counts and problems.

    `watched` names the new ones, address by blog id. Raises LiveblogError where not one address could be searched;
    LeaseHeld where a recording run does not end soon.
    """
    from liveblog.discovery import discover as find

    settings = read_settings(os.environ)
    lake = pipeline.lake_to_write(settings)
    found = find(
        lake,
        settings,
        run_key=run_key,
        clock=lambda: datetime.now(UTC),
        only=sources or (),
        dry_run=dry_run,
        patience_s=TASK_PATIENCE_S,
    )
    new = {one.blog_id: one.address for one in found.judged if one.verdict == "watched"}
    for address, problem in found.problems.items():
        log.warning("not searched", run_id=run_key, address=address, reason=problem)
    for key, address in new.items():
        log.info("would watch" if dry_run else "now watching", run_id=run_key, address=address, blog_id=key)
    if found.searched and len(found.problems) == len(found.searched):
        raise LiveblogError(f"none of {len(found.searched)} addresses could be searched; see the warnings of this log")
    return {
        "watched": new,
        "verdicts": dict(found.verdicts),
        "announced": found.announced,
        "waiting": found.waiting,
        "problems": found.problems,
        "unfinished": found.reason,
    }

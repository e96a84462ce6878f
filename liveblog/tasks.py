"""The pipeline as a scheduler's tasks call it: plain JSON values in and out, settings from the environment.

    plan -> [batch]     crawl(batch) -> {segments, …}     publish([crawled]) -> {snapshot, …} or None     report

A run's key is the scheduler's own run id, so a task that runs again is the same run (rule L4). The recording lease is
taken by `plan` in the name of the run, and given back by `report`: between them every task of the run holds it.
"""

import logging
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from liveblog import pipeline
from liveblog.errors import LiveblogError
from liveblog.settings import read_settings
from liveblog.sources import known_sources

log = logging.getLogger(__name__)
Json = dict[str, Any]
MOST_BATCHES = 4
"""Crawl tasks side by side. More domains make larger batches: a process a domain would cost more than its looks."""


def plan(run_key: str, *, addresses: Sequence[str] | None = None, dry_run: bool = False) -> list[Json]:
    """What this run will look at, one JSON object a batch; nothing in a dry run, which only says it in the log."""
    settings = read_settings(os.environ)
    lake = pipeline.lake_to_write(settings)
    now = datetime.now(UTC)
    if dry_run:
        wanted = addresses or ()
        return _say(
            pipeline.plan_dry(
                lake, run_key=run_key, now=now, addresses=wanted, most_batches=MOST_BATCHES, every_s=settings.every_s
            )
        )
    pipeline.recording_lease(lake, settings, run_key).acquire()
    pipeline.recover(lake, settings)
    only = None
    if addresses:
        sources = known_sources(settings)
        only = pipeline.watch(lake, addresses, run_key=run_key, now=now, why="asked for", sources=sources)
    todo = pipeline.plan(lake, run_key=run_key, now=now, only=only, most_batches=MOST_BATCHES, every_s=settings.every_s)
    log.info("run %s: %d blogs due in %d batches", run_key, len(todo.addresses), len(todo.batches))
    return [asdict(batch) for batch in todo.batches]


def crawl(run_key: str, batch: Json) -> Json:
    """Fetch one batch; its segments' keys and counts. What a killed worker left on this machine is archived first."""
    settings = read_settings(os.environ)
    lake = pipeline.lake_to_write(settings)
    pipeline.recover(lake, settings)
    crawled = pipeline.crawl(lake, settings, _batch(batch), run_key=run_key)
    log.info("run %s, batch %s: %s", run_key, crawled.batch_id, dict(crawled.outcomes))
    if crawled.missing:
        log.warning("batch %s: %d blogs left no look: %s", crawled.batch_id, crawled.missing, crawled.reason)
    return asdict(crawled)


def publish(run_key: str, crawled: Sequence[Json]) -> Json | None:
    """Commit what the batches brought; None where there was nothing to commit."""
    settings = read_settings(os.environ)
    lake = pipeline.lake_to_write(settings)
    segments = [key for one in crawled for key in one["segments"]]
    lease = pipeline.recording_lease(lake, settings, run_key)
    contexts = known_sources(settings).contexts
    published = pipeline.publish(lake, run_key=run_key, segments=segments, lease=lease, sources=contexts)
    for address, reason in published.troubles.items():
        log.warning("%s: %s", address, reason)
    if not published.committed:
        return None
    log.info("run %s: snapshot %d, %d looks, %s", run_key, published.snapshot, published.looks, dict(published.changes))
    return {
        "snapshot": published.snapshot,
        "looks": published.looks,
        "outcomes": dict(published.outcomes),
        "changes": dict(published.changes),
    }


def report(run_key: str, batches: Sequence[Json], crawled: Sequence[Json]) -> None:
    """Give the recording lease back; raise LiveblogError where a planned batch left no result, or left blogs out."""
    settings = read_settings(os.environ)
    pipeline.recording_lease(pipeline.lake_to_write(settings), settings, run_key).release()
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
    return pipeline.Batch(value["batch_id"], tuple(value["blogs"]), tuple(value["domains"]))


def _say(todo: pipeline.Plan) -> list[Json]:
    for batch in todo.batches:
        for key in batch.blogs:
            log.info("would look at %s (batch %s)", todo.addresses[key], batch.batch_id)
    log.info("dry run: %d blogs in %d batches; nothing was fetched or changed", len(todo.addresses), len(todo.batches))
    return []


def discover(run_key: str, *, sources: Sequence[str] | None = None, dry_run: bool = False) -> Json:
    """Search what publishers announce (all, or these slugs) and watch the live blogs found; counts and problems.

    `watched` names the new ones, address by blog id. Raises LiveblogError where not one address could be searched;
    LeaseHeld where a recording run does not end.
    """
    from liveblog.discovery import discover as find

    settings = read_settings(os.environ)
    lake = pipeline.lake_to_write(settings)
    found = find(lake, settings, run_key=run_key, clock=lambda: datetime.now(UTC), only=sources or (), dry_run=dry_run)
    new = {one.blog_id: one.address for one in found.judged if one.verdict == "watched"}
    for address, problem in found.problems.items():
        log.warning("%s: %s", address, problem)
    for key, address in new.items():
        log.info("%s %s (%s)", "would watch" if dry_run else "now watching", address, key)
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

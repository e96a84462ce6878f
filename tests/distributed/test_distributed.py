"""Many machines: two Celery workers on Postgres, Redis and S3, one of them lost, then the scheduler.

`make test-distributed` plays it with a hundred live blogs for ten minutes at one look a minute, and prints its figures.
"""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from tests.distributed import drama, figures
from tests.distributed.judge import Record, compared, hurried, read_record, recorded_lines, rows
from tests.distributed.world import live_world, write_sources
from tests.newsroom import Newsroom
from tests.newsroom.compare import Comparison, table
from tests.newsroom.messages import Access
from tests.newsroom.world import World
from tests.services.celery import CeleryAirflow
from tests.services.postgres import postgres
from tests.services.redis import redis_server
from transforms.identity import blog_id

BLOGS = int(os.environ.get("BLOGS") or 100)
MINUTES = float(os.environ.get("MINUTES") or 10)
LAKE = "s3://distributed/lake"

pytestmark = [pytest.mark.distributed, pytest.mark.timeout(3600)]


@dataclass(frozen=True, slots=True)
class Evening:
    """All that is known after the play."""

    world: World
    played: drama.Played
    record: Record
    log: tuple[Access, ...]
    blogs: dict[str, str]
    """Blog ids by the names of the newsroom."""
    until: datetime
    environ: dict[str, str]

    def replay(self) -> None:
        """`liveblog replay`, on this machine."""
        command = [str(Path(sys.executable).parent / "liveblog"), "replay", "--lake", LAKE]
        subprocess.run(command, env={**os.environ, **self.environ}, check=True, capture_output=True, timeout=600)


@pytest.fixture(scope="module")
def evening(s3, tmp_path_factory) -> Iterator[Evening]:
    folder = tmp_path_factory.mktemp("distributed")
    s3.create_bucket("distributed")
    environ = drama.workplace(folder, LAKE, s3.environment)
    start, lasts = drama.opening(MINUTES)
    world = live_world(BLOGS, start, lasts)
    write_sources(folder / "sources", world.sources.values())
    with pytest.MonkeyPatch.context() as patch, postgres() as database, redis_server() as broker:
        for name, value in s3.environment.items():
            patch.setenv(name, value)
        database.create("airflow")
        cluster = CeleryAirflow(folder / "airflow", environ, database=database.url("airflow"), broker=broker.url)
        with Newsroom(start, drama.SPEED, world=world) as newsroom:
            try:
                play = drama.Play(newsroom, cluster, (database.program, broker.program), environ, MINUTES)
                played = play.perform()
            finally:
                cluster.stop()
            blogs = {name: blog_id(address) for name, address in play.addresses.items()}
            yield Evening(world, played, read_record(LAKE), newsroom.log(), blogs, newsroom.clock.now(), environ)


def judged(evening: Evening, record: Record, title: str) -> Comparison:
    """The record beside the truth, dialect by dialect, for people too."""
    found = compared(evening.world, record, evening.log, evening.blogs, evening.until)
    total = sum(found.values(), Comparison())
    sys.stdout.write(f"\n{title}\n{table(found)}\n" + "".join(f"{fault}\n" for fault in total.faults))
    return total


def assert_as_seen(total: Comparison) -> None:
    """Nothing lost, doubled, made up or dated wrongly."""
    assert total.faults == ()
    whole = (total.updates, total.edits, total.deletions, total.restorations, total.intervals, total.identity)
    assert [share.ratio for share in whole] == [1.0] * len(whole)
    assert (total.invented, total.false_edits, total.false_removals) == (0, 0, 0)


def test_the_record_is_what_the_looks_could_see(evening, capsys):
    with capsys.disabled():
        total = judged(evening, evening.record, "as it was recorded")
    assert total.updates.of > BLOGS
    assert_as_seen(total)


def test_the_figures_of_one_machine_and_of_two(evening, capsys):
    with capsys.disabled():
        sys.stdout.write(figures.table(evening.played, evening.record))
    assert evening.record.looks


def test_no_look_and_no_revision_stands_twice(evening):
    assert rows(LAKE, "SELECT capture_id FROM captures GROUP BY ALL HAVING count(*) > 1") == []
    assert rows(LAKE, "SELECT blog_id, section_id, seq FROM revisions GROUP BY ALL HAVING count(*) > 1") == []


def test_no_publisher_is_asked_sooner_than_its_delay_allows(evening):
    assert hurried(evening.log, drama.DELAY_S * 0.9) == []


def test_a_lost_machine_costs_the_looks_it_was_at_and_no_more(evening, capsys):
    told = {line.number for line in recorded_lines(evening.log, evening.record.looks, evening.blogs)}
    lost = [line for line in evening.log if line.blog and line.number not in told]
    with capsys.disabled():
        sys.stdout.write(f"{len(lost)} of {len(evening.log)} requests left no look\n")
    killed = evening.played.acts["killed"]
    assert all(killed.began <= line.real_at <= killed.ended for line in lost)
    assert len({line.blog for line in lost}) <= len(evening.world.sources), "one at most of each publisher"


def test_what_a_lost_machine_had_fetched_is_archived_when_it_comes_back(evening):
    assert evening.played.left_at_the_end == ()


def test_a_worker_that_is_drained_finishes_what_it_fetches_and_leaves_nothing(evening):
    assert evening.played.drained_well


def test_every_blog_goes_on_being_looked_at(evening):
    last = evening.played.acts["drained"]
    looked = Counter(look.blog_id for look in evening.record.looks if look.started_at >= last.began)
    assert set(evening.blogs.values()) - looked.keys() == set()


def test_replay_puts_looks_that_came_late_in_their_place(evening, capsys):
    with capsys.disabled():
        evening.replay()
        record = read_record(LAKE)
        total = judged(evening, record, "after liveblog replay")
    assert [look for look in record.looks if look.outcome == "late"] == []
    assert len(record.looks) == len(evening.record.looks)
    assert_as_seen(total)

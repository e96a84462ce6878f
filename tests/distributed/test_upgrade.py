"""An upgrade on one machine, where tasks are the scheduler's children: it is told to end in the midst of a batch."""

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.distributed import drama
from tests.distributed.judge import read_record, recorded_lines
from tests.distributed.world import live_world, write_sources
from tests.newsroom import Newsroom
from tests.services.celery import CRAWL, LocalAirflow
from tests.services.postgres import postgres
from tests.services.programs import command_of, family
from transforms.identity import blog_id

BLOGS = 10
LAKE = "s3://upgrade/lake"

pytestmark = [pytest.mark.distributed, pytest.mark.timeout(1200)]


@dataclass(frozen=True, slots=True)
class Machine:
    """Airflow with LocalExecutor, and live blogs to look at."""

    airflow: LocalAirflow
    newsroom: Newsroom
    addresses: dict[str, str]
    """By the newsroom's names."""

    @property
    def is_fetching(self) -> bool:
        """Whether a batch is under way, and has asked for something."""
        scheduler = self.airflow.parts["scheduler"]
        crawling = any(CRAWL in command_of(pid) for pid in family(scheduler.pid))
        return crawling and any(line.blog for line in self.newsroom.log())


@pytest.fixture
def machine(s3, tmp_path, monkeypatch) -> Iterator[Machine]:
    s3.create_bucket("upgrade")
    for name, value in s3.environment.items():
        monkeypatch.setenv(name, value)
    environ = drama.workplace(tmp_path, LAKE, s3.environment)
    start, lasts = drama.opening(1)
    world = live_world(BLOGS, start, lasts)
    write_sources(tmp_path / "sources", world.sources.values())
    with postgres() as database, Newsroom(start, drama.SPEED, world=world) as newsroom:
        database.create("airflow")
        airflow = LocalAirflow(tmp_path / "airflow", environ, database=database.url("airflow"), broker="")
        addresses = {name: newsroom.url(name, named=True) for name in world.blogs}
        try:
            airflow.start()
            airflow.wait_for_dag(drama.DAG)
            yield Machine(airflow, newsroom, addresses)
        finally:
            airflow.stop()


def test_a_scheduler_that_is_told_to_end_finishes_what_it_fetches_and_the_next_one_goes_on(machine, tmp_path):
    airflow, scheduler = machine.airflow, machine.airflow.parts["scheduler"]
    airflow.call("PATCH", f"/api/v2/dags/{drama.DAG}", {"is_paused": False})
    run = airflow.trigger(drama.DAG, {"addresses": list(machine.addresses.values())})
    scheduler.wait_until(lambda: machine.is_fetching, 240)
    scheduler.ask_to_end()
    took_s = scheduler.wait(300)
    assert list((tmp_path / "spool").rglob("*.warc.gz*")) == [], "all that was fetched is archived"
    asked = len([line for line in machine.newsroom.log() if line.blog])
    time.sleep(drama.DELAY_S * 2)
    assert len([line for line in machine.newsroom.log() if line.blog]) == asked, "and nobody fetches any more"
    scheduler.start()
    assert airflow.wait(drama.DAG, run, 300) == "success", airflow.tasks(drama.DAG, run)
    airflow.call("PATCH", f"/api/v2/dags/{drama.DAG}", {"is_paused": True})
    blogs = {name: blog_id(address) for name, address in machine.addresses.items()}
    lines = [line for line in machine.newsroom.log() if line.blog][:asked]
    looks = read_record(LAKE).looks
    sys.stdout.write(f"ended after {took_s:.1f} s; {asked} requests, {len(looks)} looks\n")
    assert len(recorded_lines(lines, looks, blogs)) == asked, "every request before the end has its look"
    assert {blogs[line.blog] for line in lines} == set(blogs.values())

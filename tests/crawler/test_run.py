"""A crawl as its caller sees it: counts, segments while it goes on, and what is left when something is killed."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from scrapy import Request

from crawler.errors import BlogPaused
from crawler.items import CrawlRequest, Look
from crawler.pause import Paused
from crawler.run import crawl
from crawler.settings import CrawlSettings
from crawler.spool import leftovers


def blogs(site, path: str, hosts: int, prefix: str = "blog") -> list[CrawlRequest]:
    return [CrawlRequest(f"{prefix}{n}", site.url(path, f"{prefix}{n}"), "test") for n in range(hosts)]


def looks_in(segments, read) -> list[Look]:
    records = [record for segment in segments for record in read(Path(segment))]
    return [Look.from_json(record.body) for record in records if record.kind == "metadata"]


def test_no_requests_make_no_looks_and_no_segment(run):
    report = run().report
    assert (report.requested, report.looks, report.segments, report.finished) == (0, 0, (), True)


def test_a_long_queue_at_one_host_is_worked_off_whatever_its_looks_come_to(site, run):
    """More than Scrapy is given at a time, with what fails at once, what is never asked for and what leads away."""
    paths = ("page", "status/500", "redirect-loop", "to//page", "drop")
    asked = [
        CrawlRequest(f"{n}", site.url(f"{paths[n % 5]}?{n}" if n % 5 == 0 else paths[n % 5], "queue"), "test")
        for n in range(60)
    ]
    asked += [CrawlRequest(f"bad{n}", "http://[queue.localhost/live", "test") for n in range(20)]
    crawled = run(*asked)
    assert crawled.report.reason is None
    assert crawled.report.outcomes == {"fetched": 24, "failed": 56}
    order = [entry["path"] for entry in site.log("queue") if entry["path"].startswith("/page?")]
    assert order == [f"/page?{n}" for n in range(0, 60, 5)], "in the order given"


def test_what_scrapy_counted_is_kept_with_the_crawl(site, run):
    stats = run(*blogs(site, "page", 2, "counted"), *blogs(site, "status/404", 1, "lost")).report.stats
    assert stats["downloader/response_status_count/200"] == 2
    assert stats["downloader/response_status_count/404"] == 4, "three have no robots.txt"
    assert stats["item_scraped_count"] == 3
    assert stats["response_received_count"] == 6


def test_segments_are_handed_on_while_the_crawl_goes_on(site, run):
    seen: list[tuple[float, Path]] = []
    requests = [*blogs(site, "page", 3, "early"), CrawlRequest("late", site.url("late/2.5", "late"), "test")]
    report = run(*requests, on_segment=lambda path: seen.append((time.monotonic(), path)), segment_bytes=1).report
    ended = time.monotonic()
    assert [os.fspath(path) for _, path in seen] == list(report.segments)
    assert len(seen) == 4
    assert ended - seen[2][0] > 1.0


def test_a_segment_closes_when_it_is_old_though_nothing_follows(site, run):
    seen: list[float] = []
    requests = [*blogs(site, "page", 1, "old"), CrawlRequest("late", site.url("late/2.8", "later"), "test")]
    run(*requests, on_segment=lambda path: seen.append(time.monotonic()), segment_s=0.2)
    assert len(seen) == 2
    assert seen[1] - seen[0] > 1.0


def test_names_are_safe_and_never_used_twice(site, run):
    first = run(*blogs(site, "page", 1)).report.segments
    second = run(*blogs(site, "page", 1)).report.segments
    names = [Path(one).name for one in (*first, *second)]
    assert len(set(names)) == 2
    assert all(name.startswith("run_1-b_0-") and name.endswith("-00001.warc.gz") for name in names)


def test_a_crawl_that_ends_in_order_leaves_only_segments_behind(site, run, tmp_path):
    report = run(*blogs(site, "page", 1)).report
    assert [os.fspath(path) for path in (tmp_path / "spool").iterdir()] == list(report.segments)


def test_when_the_time_is_up_the_rest_is_missing_and_the_report_says_so(site, run, read):
    requests = [*blogs(site, "page", 2, "quick"), *blogs(site, "silent", 3, "stuck")]
    report = run(*requests, timeout_s=60, budget_s=12).report
    assert not report.finished
    assert report.outcomes == {"fetched": 2}
    assert report.missing == 3
    assert report.reason == "the time budget of 12 s is spent; 3 of 5 blogs not looked at"
    assert {look.blog_id for look in looks_in(report.segments, read)} == {"quick0", "quick1"}


@pytest.mark.parametrize(("room", "fits"), [(6000, True), (600, False), (10, False)])
def test_a_spool_that_cannot_be_written_ends_the_crawl_with_one_line(site, tmp_path, room, fits):
    """A full disk, by a limit on the size of files: what fits is kept whole, the rest is missing, and no segment stays
    that holds no look."""
    program = (
        "import json, resource, sys\n"
        "from pathlib import Path\n"
        "from crawler.items import CrawlRequest\n"
        "from crawler.run import crawl\n"
        "from crawler.settings import CrawlSettings\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]),) * 2)\n"
        "requests = [CrawlRequest(f'b{n}', sys.argv[1], 's') for n in range(40)]\n"
        "settings = CrawlSettings(delay_s=0, allow_private=True, budget_s=60)\n"
        "report = crawl(requests, spool=Path(sys.argv[2]), run_key='r', batch_id='b', settings=settings)\n"
        "print(json.dumps([report.looks, report.missing, report.finished, report.reason]))\n"
    )
    command = [sys.executable, "-c", program, site.url("page", "full"), os.fspath(tmp_path), str(room)]
    looks, missing, finished, reason = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    assert (looks >= 1) is fits
    assert looks + missing == 40
    assert len(list(tmp_path.glob("*.warc.gz"))) == fits
    assert not finished
    if fits:  # else the crawl's log has no room for a word either
        assert "cannot write" in reason
        assert "File too large" in reason


def test_what_the_callers_function_raises_is_raised_and_its_segments_stay(site, run, tmp_path):
    def upload(path: Path) -> None:
        raise ConnectionError("the store is away")

    with pytest.raises(ConnectionError, match="the store is away"):
        run(*blogs(site, "page", 1), on_segment=upload)
    assert len(leftovers(tmp_path / "spool")) == 1


def test_a_blog_that_is_paused_while_the_crawl_goes_on_is_not_asked_for(site, run):
    paused: set[str] = set()
    first = CrawlRequest("first", site.url("page", "paused"), "test")
    second = CrawlRequest("second", site.url("late/4", "paused"), "test")
    rest = [CrawlRequest(f"rest{n}", site.url("page", "paused"), "test") for n in range(2)]

    def pause(segment: Path) -> None:
        paused.update({"rest0", "rest1"})

    looks = run(first, second, *rest, on_segment=pause, paused=lambda: paused, segment_bytes=1, timeout_s=20).looks
    assert [looks[one].outcome for one in ("first", "second", "rest0", "rest1")] == ["fetched"] * 2 + ["blocked"] * 2
    assert looks["rest1"].reason == "paused while the crawl went on"
    assert len(site.log("paused")) == 3


@pytest.mark.parametrize("port", ["", ":80"])
def test_a_domain_may_be_paused_with_its_usual_port_or_without(port):
    paused = Paused(frozenset({f"//www.halted.example{port}"}))
    for led_to in ("http://www.halted.example/live", "http://www.halted.example:80/live"):
        with pytest.raises(BlogPaused, match=r"leads to www\.halted\.example"):
            paused.check(Request(led_to, meta={"asked_at": "http://open.example/live"}))
        paused.check(Request(led_to, meta={"asked_at": led_to}))
    for other in ("https://halted.example/live", "http://www.halted.example:8080/live"):
        paused.check(Request(other, meta={"asked_at": "http://open.example/live"}))


def test_nothing_is_followed_into_a_paused_domain(site, run):
    elsewhere, robots = "halted-elsewhere", "halted-robots"
    names = {f"//{host}.localhost:{site.http}" for host in (elsewhere, robots)}
    led = CrawlRequest("led", site.url(f"to-host/{elsewhere}", "leads-away"), "test")
    named = CrawlRequest("named", site.url("redirect/1", robots), "test")
    looks = run(led, named, paused=lambda: names).looks
    assert looks["led"].outcome == "blocked"
    assert looks["led"].reason == f"it leads to {elsewhere}.localhost:{site.http}, which is paused"
    assert [one.status for one in looks["led"].exchanges] == [302], "what came before is kept"
    assert looks["named"].outcome == "fetched", "a domain's own blogs are paused by name"
    assert site.log(elsewhere) == [], "not even for its robots.txt"


PARENT = """
import os, sys
from pathlib import Path
from crawler.items import CrawlRequest
from crawler.run import crawl
from crawler.settings import CrawlSettings
requests = [CrawlRequest.from_json(line) for line in sys.stdin]
settings = CrawlSettings(delay_s=0, timeout_s=60, allow_private=True)
report = crawl(requests, spool=Path(sys.argv[1]), run_key="r", batch_id="b", settings=settings)
print(report.outcomes, report.reason)
"""


MACHINE = """
import os, sys
from pathlib import Path
from crawler.items import CrawlRequest
from crawler.run import crawl
from crawler.settings import CrawlSettings
requests = [CrawlRequest.from_json(line) for line in sys.stdin]
settings = CrawlSettings(delay_s=0, timeout_s=60, allow_private=True, segment_bytes=4000)
archived = Path(sys.argv[2])
crawl(requests, spool=Path(sys.argv[1]), run_key="r", batch_id="b", settings=settings,
      on_segment=lambda path: path.rename(archived / path.name))
"""


def test_a_lost_machine_costs_one_segment_at_most(site, tmp_path, read):
    """The spool is gone with it; what was handed on while the crawl went on is safe."""
    spool, archived = tmp_path / "spool", tmp_path / "archived"
    archived.mkdir()
    made = [CrawlRequest(f"made{n}", site.url(f"page?{n}", "machine"), "test") for n in range(10)]
    requests = [*made, CrawlRequest("hangs", site.url("silent", "machine"), "test")]
    command = [sys.executable, "-c", MACHINE, os.fspath(spool), os.fspath(archived)]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as machine:
        machine.stdin.write("\n".join(request.to_json() for request in requests).encode())
        machine.stdin.close()
        wait_until(lambda: any(entry["path"] == "/silent" for entry in site.log("machine")))
        child = child_of(machine.pid)
        machine.kill()
    wait_until(lambda: not alive(child))
    shutil.rmtree(spool)
    kept = [len(looks_in([segment], read)) for segment in sorted(archived.iterdir())]
    assert len(kept) >= 2
    assert len(made) - max(kept) <= sum(kept) <= len(made)


@pytest.fixture
def crawling(site, tmp_path):
    """A crawl in a process of its own that hangs in its third look: the process, its spool, its child's pid."""
    requests = [*blogs(site, "page", 2, "done"), *blogs(site, "silent", 1, "hangs")]
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, os.fspath(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as parent:
        parent.stdin.write("\n".join(request.to_json() for request in requests).encode())
        parent.stdin.close()
        wait_until(lambda: any(path.stat().st_size > 2000 for path in tmp_path.glob("*.open")))
        time.sleep(0.5)
        yield parent, tmp_path, child_of(parent.pid)
        parent.kill()


def test_a_killed_child_loses_only_the_look_in_flight(crawling, read):
    parent, spool, child = crawling
    os.kill(child, signal.SIGKILL)
    said = parent.stdout.read().decode()
    assert "{'fetched': 2}" in said
    assert "ended by signal 9; 1 of 3 blogs not looked at" in said
    assert {look.blog_id for look in looks_in(spool.glob("*.warc.gz"), read)} == {"done0", "done1"}
    assert not list(spool.glob("*.open"))


def test_a_killed_parent_takes_its_child_with_it_and_the_spool_is_recovered(crawling, read):
    parent, spool, child = crawling
    assert leftovers(spool) == (), "a living crawl's segments are its own"
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    wait_until(lambda: not alive(child), seconds=5)
    wait_until(lambda: leftovers(spool))  # the last thread of a killed process holds its lock a moment longer
    found = leftovers(spool)
    assert {look.blog_id for look in looks_in(found, read)} == {"done0", "done1"}
    assert sorted(path.name for path in spool.iterdir()) == [path.name for path in found]
    assert leftovers(spool) == found


def test_the_child_ends_when_its_input_ends(site, tmp_path):
    """Where the system has no signal for a parent's death, the end of standard input says the same."""
    from crawler.settings import CrawlJob

    job = CrawlJob("r", "b", os.fspath(tmp_path), CrawlSettings(timeout_s=60, allow_private=True), "r-b")
    lines = f"{job.to_json()}\n{CrawlRequest('b', site.url('silent', 'eof'), 's').to_json()}\n\n"
    began = time.monotonic()
    done = subprocess.run([sys.executable, "-m", "crawler"], input=lines.encode(), capture_output=True, check=False)
    assert done.returncode == 1
    assert time.monotonic() - began < 30


def test_a_request_comes_back_from_its_line_as_it_was():
    request = CrawlRequest("b", "https://example.org/Zürich", "s", etag='W/"x"')
    assert CrawlRequest.from_json(request.to_json()) == request
    with pytest.raises(ValueError, match="not a crawl request"):
        CrawlRequest.from_json('{"blog_id": "b"}')


def test_a_spool_that_cannot_be_made_is_an_os_error(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="file"):
        crawl([], spool=tmp_path / "file" / "spool", run_key="r", batch_id="b", settings=CrawlSettings())


def wait_until(condition, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def child_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0])


def alive(pid: int) -> bool:
    """Whether a process is there and is no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False

"""What ops have at hand on such a day: Airflow, our page, the command, an alert channel; and the newsroom's levers."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lake.errors import LakeError
from tests.distributed.judge import Record, read_record, recorded_lines, rows
from tests.drill.world import BLOGS
from tests.newsroom import Newsroom
from tests.newsroom.compare import Comparison, compare
from tests.services.airflow import Airflow
from tests.services.browser import CHROMIUM, chromium, keep, sign_in
from tests.services.webhook import Hook

READER = Path(__file__).with_name("reader")
DAGS = ("discover_live_blogs", "record_live_blogs", "check_quality", "close_day", "replay_archive")
POLL_S = 3.0
SLACK_S = 2.0


@dataclass(frozen=True, slots=True)
class Day:
    """One day's operation under way."""

    airflow: Airflow
    newsroom: Newsroom
    hook: Hook
    lake: str
    environ: Mapping[str, str]
    site: Path
    """Where packages are installed for tasks and commands, beside those of the virtual environment."""
    began: float = field(default_factory=time.monotonic)

    def say(self, words: str) -> None:
        """A line for whoever watches."""
        sys.stdout.write(f"{time.monotonic() - self.began:6.0f} s  {words}\n")
        sys.stdout.flush()

    def until(self, words: str, ask: Callable[[], Any], within_s: float) -> Any:
        """Wait for something; what it was. Raises AssertionError where it has not come."""
        deadline = time.monotonic() + within_s
        while not (found := ask()):
            assert time.monotonic() < deadline, f"not within {within_s:g} s: {words}"
            time.sleep(POLL_S)
        self.say(words)
        return found

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """Ask the newest snapshot; nothing while there is no lake."""
        try:
            return rows(self.lake, query)
        except LakeError:
            return []

    def looks(self, source: str, outcome: str) -> int:
        """Looks at a source that ended so."""
        found = self.ask(f"SELECT count(*) FROM captures WHERE source = '{source}' AND outcome = '{outcome}'")
        return int(found[0][0]) if found else 0

    def page(self, path: str = "") -> str:
        """Our page, as somebody who is signed in to Airflow sees it."""
        return self.airflow.page(f"/live-blogs/{path}")

    def command(self, *arguments: str) -> str:
        """What the command says."""
        done = subprocess.run(
            [sys.executable, "-c", "from liveblog.cli import main; main()", *arguments],
            env={**os.environ, **self.environ},
            capture_output=True,
            text=True,
            timeout=120,
        )
        return done.stdout + done.stderr

    def relaunch(self, blog: str) -> None:
        """The publisher gives its pages another layout, for good."""
        self.newsroom.trouble(blog, "relaunch", for_s=1e6)

    def install_reader(self) -> None:
        """What a data engineer sent: a package with one small reader."""
        source = self.site.with_name("reader")
        shutil.copytree(READER, source)
        command = ["uv", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--target", str(self.site)]
        subprocess.run(
            [sys.executable, "-m", *command, "--python", sys.executable, str(source)], check=True, timeout=120
        )

    def replay(self, mode: str) -> dict[str, Any]:
        """A run of `replay_archive`; what its report says."""
        run = self.airflow.trigger("replay_archive", {"mode": mode})
        state = self.airflow.wait("replay_archive", run, 600)
        assert state == "success", self.airflow.tasks("replay_archive", run)
        where = f"/api/v2/dags/replay_archive/dagRuns/{run}/taskInstances/report/xcomEntries/return_value"
        told: dict[str, Any] = self.airflow.call("GET", where)["value"]
        self.say(f"replay_archive, {mode}: {told}")
        return told

    def runs(self, dag: str) -> list[tuple[str, str]]:
        """Type and state of a DAG's runs."""
        found = self.airflow.call("GET", f"/api/v2/dags/{dag}/dagRuns?limit=100")["dag_runs"]
        return [(run["run_type"], run["state"]) for run in found]

    def record(self) -> Record:
        """All looks and revisions."""
        return read_record(self.lake)

    def beside_the_truth(self, slug: str) -> Comparison:
        """The record of a source's blog beside what its looks could see."""
        record, blog = self.record(), self.newsroom.site.world.blogs[BLOGS[slug]]
        [(blog_id,)] = self.ask(f"SELECT DISTINCT blog_id FROM watches WHERE source = '{slug}'")
        looks = [look for look in record.looks if look.blog_id == blog_id]
        log = [line for line in self.newsroom.log() if line.blog == blog.name]
        lines = recorded_lines(log, looks, {blog.name: blog_id})
        walk_s = max(look.length_s for look in looks)
        until = max(look.observed_at for look in looks)
        return compare(record.revisions[blog_id], blog, lines, until, slack_s=SLACK_S, walk_s=walk_s)

    def picture(self, name: str, path: str = "plugin/live-blogs") -> None:
        """A picture of Airflow with our page in it, where there is a browser and somewhere to keep it."""
        if not (CHROMIUM.exists() and os.environ.get("LIVEBLOG_SCREENSHOTS")):
            return
        with ExitStack() as stack:
            browser = stack.enter_context(chromium())
            cookies = sign_in(browser, self.airflow)
            page = browser.new_page(storage_state=cookies, viewport={"width": 1280, "height": 900})
            page.goto(f"{self.airflow.url}/{path}")
            heading = page.frame_locator("iframe").get_by_role("heading", name="Live blogs", level=1)
            heading.wait_for(timeout=60_000)
            page.wait_for_timeout(2_000)  # on a busy machine the frame was blank right after that
            heading.wait_for(timeout=60_000)
            keep(page, name)


def now() -> datetime:
    """The time."""
    return datetime.now(UTC)

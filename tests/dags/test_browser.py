"""Airflow as people use it, and the page of ours within: sign in, forms, the frame, the way to a run.

``make test-browser``; pictures are kept in the folder that LIVEBLOG_SCREENSHOTS names. What our pages are like by
themselves is tested in `tests.board.test_browser`.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.dags.conftest import DAG
from tests.newsroom import Newsroom
from tests.services.airflow import Airflow
from tests.services.browser import barriers, chromium, complaints_of, keep, sign_in

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

sync_api = pytest.importorskip("playwright.sync_api", reason="pip install playwright")
pytestmark = [pytest.mark.airflow, pytest.mark.browser, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def browser() -> "Iterator[Browser]":
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def signed_in(browser: "Browser", airflow: Airflow) -> dict:
    """The cookies of somebody who has typed name and password."""
    return sign_in(browser, airflow)


@pytest.fixture
def page(browser: "Browser", signed_in: dict) -> "Iterator[Page]":
    """A page of somebody who is signed in."""
    context = browser.new_context(storage_state=signed_in, viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def recorded(airflow: Airflow, newsroom: Newsroom) -> str:
    """The address of a blog that a run has recorded."""
    address = newsroom.url("gazette-ferry", named=True)
    run = airflow.trigger(DAG, {"addresses": [address]})
    assert airflow.wait(DAG, run, 300) == "success", airflow.tasks(DAG, run)
    return address


def test_the_dags_are_listed(page: "Page", airflow: Airflow):
    page.goto(f"{airflow.url}/dags")
    for name in ("Record live blogs", "Check quality", "Close the day", "Replay the archive", "Discover live blogs"):
        sync_api.expect(page.get_by_text(name, exact=True).first).to_be_visible(timeout=60_000)
    keep(page, "dags")


def test_the_form_refuses_a_bad_address_and_a_good_one_turns_green(page: "Page", airflow: Airflow, newsroom):
    page.goto(f"{airflow.url}/dags/{DAG}")
    page.get_by_role("button", name=re.compile("^Trigger")).first.click(timeout=60_000)
    form = page.get_by_role("dialog")
    addresses = form.locator("textarea").first
    addresses.fill("not an address")
    keep(page, "trigger")
    submit = form.get_by_test_id("trigger-dag-submit")
    submit.press("Enter")
    sync_api.expect(form.get_by_text(re.compile("Invalid input for param addresses"))).to_be_visible()
    before = newest_manual_run(airflow)
    addresses.fill(newsroom.url("herald-ferry", named=True))
    submit.press("Enter")
    sync_api.expect(form).to_be_hidden(timeout=30_000)
    run = newest_manual_run(airflow)
    assert run != before
    page.goto(f"{airflow.url}/dags/{DAG}/runs/{run}")
    state = page.get_by_text(re.compile("^(queued|running|success|failed)$", re.IGNORECASE)).first  # the run's, on top
    sync_api.expect(state).to_have_text(re.compile("success", re.IGNORECASE), timeout=300_000)
    keep(page, "run-green")
    assert airflow.wait(DAG, run, 10) == "success", airflow.tasks(DAG, run)


def newest_manual_run(airflow: Airflow) -> str | None:
    runs = airflow.call("GET", f"/api/v2/dags/{DAG}/dagRuns?run_type=manual&order_by=-run_after&limit=1")["dag_runs"]
    return runs[0]["dag_run_id"] if runs else None


def test_our_page_stands_in_airflow_and_leads_to_a_blog_and_its_run(page: "Page", airflow: Airflow, recorded):
    complaints = complaints_of(page)
    page.goto(f"{airflow.url}/plugin/live-blogs")
    frame = page.frame_locator("iframe")
    sync_api.expect(frame.get_by_role("heading", name="Live blogs", level=1)).to_be_visible(timeout=60_000)
    frame.get_by_label("Show").last.select_option("all")
    frame.get_by_role("button", name="Show").click()
    link = frame.get_by_role("rowheader").get_by_role("link").first
    sync_api.expect(link).to_be_visible(timeout=30_000)
    keep(page, "live-blogs-in-airflow")
    link.click()
    sync_api.expect(frame.get_by_role("heading", name="Timeline")).to_be_visible(timeout=30_000)
    sync_api.expect(frame.locator(".timeline .change").first).to_be_visible()
    keep(page, "blog-in-airflow")
    assert [said for said in complaints if "live-blogs" in said or "Content Security" in said] == []
    frame.get_by_role("link", name=re.compile("^run")).first.click()
    page.wait_for_url(re.compile(rf"/dags/{DAG}/runs/"), timeout=30_000)


def test_our_page_keeps_nobody_out_within_airflow(browser: "Browser", signed_in: dict, airflow: Airflow, recorded):
    context = browser.new_context(storage_state=signed_in, bypass_csp=True)  # axe is a foreign script to our page
    page = context.new_page()
    page.goto(f"{airflow.url}/plugin/live-blogs")
    page.frame_locator("iframe").get_by_role("heading", name="Live blogs", level=1).wait_for(timeout=60_000)
    ours = page.frame(url=re.compile(f"^{re.escape(airflow.url)}/live-blogs/"))  # Airflow's own frame is not ours
    assert ours is not None
    assert barriers(ours) == []
    context.close()

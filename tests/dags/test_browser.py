"""Airflow and the page of ours as people use them: a real browser, real forms, what a screen reader would meet.

``make test-browser``; pictures are kept in the folder that LIVEBLOG_SCREENSHOTS names.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.dags.conftest import DAG
from tests.newsroom import Newsroom
from tests.services.airflow import Airflow

sync_api = pytest.importorskip("playwright.sync_api", reason="pip install playwright")
CHROMIUM = Path(os.environ.get("LIVEBLOG_CHROMIUM", "/usr/bin/chromium"))
AXE = Path(__file__).with_name("axe") / "axe.min.js"
SERIOUS = {"serious", "critical"}
PHONE = {"width": 390, "height": 844}

pytestmark = [
    pytest.mark.airflow,
    pytest.mark.browser,
    pytest.mark.timeout(900),
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no {CHROMIUM}: install chromium, or set LIVEBLOG_CHROMIUM"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[sync_api.Browser]:
    with sync_api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox", "--no-proxy-server"])
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def signed_in(browser: sync_api.Browser, airflow: Airflow) -> dict:
    """The cookies of somebody who has typed name and password."""
    page = browser.new_page()
    page.goto(f"{airflow.url}/", wait_until="domcontentloaded")
    page.locator("input[name=username]").fill("admin", timeout=60_000)
    page.locator("input[name=password]").fill(airflow.password)
    page.locator("button[type=submit]").click()
    page.wait_for_url(lambda url: "login" not in url, timeout=60_000)
    state = page.context.storage_state()
    page.close()
    return state


@pytest.fixture
def page(browser: sync_api.Browser, signed_in: dict) -> Iterator[sync_api.Page]:
    """A page of somebody who is signed in; what it complains of in the console fails the test."""
    context = browser.new_context(storage_state=signed_in, viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    yield opened
    context.close()
    assert [said for said in complaints if "favicon" not in said] == []


@pytest.fixture(scope="module")
def recorded(airflow: Airflow, newsroom: Newsroom) -> str:
    """The address of a blog that a run has recorded."""
    address = newsroom.url("gazette-ferry", named=True)
    run = airflow.trigger(DAG, {"addresses": [address]})
    assert airflow.wait(DAG, run, 300) == "success", airflow.tasks(DAG, run)
    return address


def keep(page: sync_api.Page, name: str) -> None:
    """A picture, where pictures are asked for."""
    if folder := os.environ.get("LIVEBLOG_SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png")


def serious(page: sync_api.Page) -> list[str]:
    """What axe finds that would keep somebody out."""
    page.add_script_tag(path=AXE) if not page.evaluate("typeof axe !== 'undefined'") else None
    found = page.evaluate("axe.run()")
    return [f"{one['id']}: {one['help']}" for one in found["violations"] if one["impact"] in SERIOUS]


def test_the_dags_are_listed(page: sync_api.Page, airflow: Airflow):
    page.goto(f"{airflow.url}/dags")
    for name in ("Record live blogs", "Check quality", "Close the day", "Replay the archive", "Discover live blogs"):
        sync_api.expect(page.get_by_text(name, exact=True).first).to_be_visible(timeout=60_000)
    keep(page, "dags")


def test_the_form_refuses_a_bad_address_and_a_good_one_turns_green(page: sync_api.Page, airflow: Airflow, newsroom):
    page.goto(f"{airflow.url}/dags/{DAG}")
    page.get_by_role("button", name=re.compile("^Trigger")).first.click(timeout=60_000)
    form = page.get_by_role("dialog")
    addresses = form.locator("textarea").first
    addresses.fill("not an address")
    keep(page, "trigger")
    form.get_by_role("button", name=re.compile("^Trigger")).last.click()
    sync_api.expect(page.get_by_text(re.compile("Invalid|does not match|failed", re.IGNORECASE)).first).to_be_visible()
    before = newest_manual_run(airflow)
    addresses.fill(newsroom.url("herald-ferry", named=True))
    form.get_by_role("button", name=re.compile("^Trigger")).last.click()
    sync_api.expect(form).to_be_hidden(timeout=30_000)
    run = newest_manual_run(airflow)
    assert run != before
    assert airflow.wait(DAG, run, 300) == "success", airflow.tasks(DAG, run)


def newest_manual_run(airflow: Airflow) -> str | None:
    runs = airflow.call("GET", f"/api/v2/dags/{DAG}/dagRuns?run_type=manual&order_by=-run_after&limit=1")["dag_runs"]
    return runs[0]["dag_run_id"] if runs else None


def test_our_page_stands_in_airflow_and_leads_to_a_blog_and_its_run(page: sync_api.Page, airflow: Airflow, recorded):
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
    frame.get_by_role("link", name=re.compile("^run")).first.click()
    page.wait_for_url(re.compile(rf"/dags/{DAG}/runs/"), timeout=30_000)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", ["desk", "phone"])
def test_our_pages_keep_nobody_out(browser, signed_in: dict, airflow: Airflow, recorded, scheme: str, size: str):
    viewport = PHONE if size == "phone" else {"width": 1280, "height": 900}
    # The policy of our pages forbids foreign scripts; axe is one, so it is bypassed here, and only here.
    context = browser.new_context(storage_state=signed_in, color_scheme=scheme, viewport=viewport, bypass_csp=True)
    page = context.new_page()
    page.goto(f"{airflow.url}/live-blogs/?show=all")
    assert serious(page) == []
    assert fits(page), "nothing is to be scrolled sideways"
    keep(page, f"live-blogs-{size}-{scheme}")
    page.locator("tbody th a[href*='/blogs/']").first.click()
    page.wait_for_url("**/blogs/*")
    assert serious(page) == []
    assert fits(page)
    keep(page, f"blog-{size}-{scheme}")
    context.close()


def fits(page: sync_api.Page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_the_keyboard_reaches_everything_in_order(page: sync_api.Page, airflow: Airflow, recorded):
    page.goto(f"{airflow.url}/live-blogs/?show=all")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"
    wanted = page.locator("a, button, input, select").count()
    reached = 1
    for _ in range(wanted - 1):
        page.keyboard.press("Tab")
        reached += page.evaluate("document.activeElement.matches('a, button, input, select')")
    assert reached == wanted

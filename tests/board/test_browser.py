"""Our pages in a real browser: desk and phone, light and dark, by keyboard, as a screen reader meets them."""

from collections.abc import Iterator
from dataclasses import replace
from threading import Thread
from urllib.parse import quote

import pytest
import uvicorn
from fastapi import FastAPI

from board.app import create_app
from board.reader import Reader
from lake.lake import open_lake
from liveblog.incidents import Finding, record
from tests.board.conftest import FLOOD, NOW, looked, rows
from tests.lake.rows import at, watch
from tests.services.browser import barriers, chromium, complaints_of, fits, keep
from tests.services.ports import free_port
from transforms.rows import Changes

pytestmark = [pytest.mark.timeout(120)]
SIZES = {"desk": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}
RUN = quote(f"scheduled__{at(20).isoformat()}")
PAGES = {
    "overview": "/",
    "list": "/?show=all&q=01000",
    "blog": f"/blogs/{FLOOD}",
    "run": f"/runs/{RUN}",
    "nowhere": "/nowhere",
}
LONG = "a" * 80


@pytest.fixture(scope="module")
def browser():
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Our pages behind a real server, with an incident, a long word and more blogs than fit on a page."""
    lake = open_lake(str(tmp_path_factory.mktemp("board") / "lake"))
    lake.commit("all", lambda _: rows(), "run")
    ids = [f"{number:016x}" for number in range(0x1000, 0x1080)]
    watches = tuple(replace(watch(one), url=f"https://news.example/live/{LONG}{one}") for one in ids)
    lake.commit("m", lambda _: Changes({"watches": watches, "captures": tuple(looked(one, 29) for one in ids)}), "run")
    record(lake, [Finding("empty", "herald", f"https://news.example/{LONG} had 40")], now=NOW, run_key="r")
    around = FastAPI()
    around.mount(
        "/live-blogs", create_app(Reader(lambda: lake, lambda: NOW), lambda: None, prefix="/live-blogs", dag_id="d")
    )
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(around, host="127.0.0.1", port=port, log_level="error"))
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.02)
    yield f"http://127.0.0.1:{port}/live-blogs"
    server.should_exit = True
    thread.join()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", PAGES)
def test_nobody_is_kept_out(browser, address: str, name: str, size: str, scheme: str):
    context = browser.new_context(color_scheme=scheme, viewport=SIZES[size], bypass_csp=True)
    page = context.new_page()
    page.goto(address + PAGES[name])
    assert barriers(page) == []
    assert fits(page), "nothing is to be scrolled sideways"
    keep(page, f"{name}-{size}-{scheme}")
    context.close()


@pytest.mark.parametrize("width", [980, 1060, 1144])
def test_names_of_sources_stay_in_one_piece_beside_long_errors(browser, address: str, width: int):
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto(address)
    page.evaluate(
        "document.querySelectorAll('.errors li').forEach("
        "one => one.append(' not a live blog: no updates found'.repeat(2)))"
    )
    names = page.locator("section[aria-labelledby=sources] th a")
    lines = names.evaluate_all("all => all.map(one => one.getClientRects().length)")
    assert fits(page)
    page.close()
    assert lines == [1, 1]


def test_the_browser_has_nothing_to_complain_of(browser, address: str):
    page = browser.new_page()
    complaints = complaints_of(page)
    page.goto(f"{address}/?show=all")
    page.get_by_label("Words").fill("flood")
    page.get_by_role("button", name="Show").click()
    page.get_by_role("link", name="Flood <").click()
    page.get_by_role("heading", name="Timeline").wait_for()
    page.close()
    assert [said for said in complaints if "favicon" not in said] == []


def test_what_publishers_write_does_nothing(browser, address: str):
    page = browser.new_page()
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    page.goto(f"{address}/blogs/{FLOOD}")
    assert page.locator("script").count() == 1, "ours"
    assert page.locator("main b").count() == 0
    page.close()
    assert dialogs == []


def test_the_keyboard_reaches_everything(browser, address: str):
    page = browser.new_page()
    page.goto(address)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"
    wanted, reached = page.locator("a, button, input, select").count(), 1
    for _ in range(wanted - 1):
        page.keyboard.press("Tab")
        reached += page.evaluate("document.activeElement.matches('a, button, input, select')")
    page.close()
    assert reached == wanted


def test_the_page_works_without_scripts(browser, address: str):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/?show=all")
    page.get_by_role("link", name="page 2").click()
    assert page.get_by_role("row").count() > 20
    context.close()


def test_in_a_frame_it_takes_the_theme_around_it_and_opens_runs_outside(browser, address: str):
    page = browser.new_page(color_scheme="light", bypass_csp=True)  # or our own policy forbids the frame around
    page.goto(f"{address}/nowhere")
    page.evaluate(
        """address => {
            document.documentElement.className = 'dark';
            const frame = document.createElement('iframe');
            frame.sandbox = 'allow-scripts allow-same-origin allow-forms allow-downloads';
            frame.src = address;
            document.body.append(frame);
        }""",
        f"{address}/blogs/{FLOOD}",
    )
    frame = page.frame_locator("iframe")
    frame.get_by_role("heading", name="Timeline").wait_for()
    assert frame.locator("html").get_attribute("data-theme") == "dark"
    frame.get_by_role("link", name="run").first.click()
    page.wait_for_url("**/dags/d/runs/scheduled__*")
    page.close()

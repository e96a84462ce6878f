"""A real browser for tests: Debian's Chromium, driven by Playwright. Tests that need it skip, saying so, without it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.services.airflow import Airflow

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Frame, Page

CHROMIUM = Path(os.environ.get("LIVEBLOG_CHROMIUM", "/usr/bin/chromium"))
AXE = Path(__file__).with_name("axe") / "axe.min.js"
SERIOUS = {"serious", "critical"}


@contextmanager
def chromium() -> "Iterator[Browser]":
    """A browser for the time of a block."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="pip install playwright")
    if not CHROMIUM.exists():
        pytest.skip(f"no {CHROMIUM}: install chromium, or set LIVEBLOG_CHROMIUM")
    with sync_api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox", "--no-proxy-server"])
        yield opened
        opened.close()


def sign_in(browser: "Browser", airflow: Airflow) -> Any:
    """The cookies of somebody who has typed Airflow's name and password."""
    page = browser.new_page()
    page.goto(f"{airflow.url}/", wait_until="domcontentloaded")
    page.locator("input[name=username]").fill("admin", timeout=60_000)
    page.locator("input[name=password]").fill(airflow.password)
    page.locator("button[type=submit]").click()
    page.wait_for_url(lambda url: "login" not in url, timeout=60_000)
    state = page.context.storage_state()
    page.close()
    return state


def complaints_of(page: "Page") -> list[str]:
    """What a page will complain of in the console, from now on."""
    found: list[str] = []
    page.on("console", lambda said: found.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: found.append(str(error)))
    return found


def barriers(page: "Page | Frame") -> list[str]:
    """What would keep somebody out, as axe finds it (serious and critical). The page must have been opened with
    ``bypass_csp``: its own policy forbids foreign scripts, and axe is one."""
    page.add_script_tag(path=AXE)
    found: dict[str, Any] = page.evaluate("axe.run()")
    assert found["passes"], "axe has looked at something"
    return [
        f"{one['id']}: {node['html'][:120]}"
        for one in found["violations"]
        if one["impact"] in SERIOUS
        for node in one["nodes"]
    ]


def fits(page: "Page") -> bool:
    """Whether nothing is to be scrolled sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def keep(page: "Page", name: str) -> None:
    """A picture, where LIVEBLOG_SCREENSHOTS names a folder for them."""
    if folder := os.environ.get("LIVEBLOG_SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png")

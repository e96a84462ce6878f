"""Ages ("4 minutes ago") on a page of which nobody says when it was fetched: they tell a live blog, and no time."""

from pathlib import Path

from transforms.read import read
from transforms.records import Document, Kind

PAGE = Path(__file__).parents[1] / "cases" / "ages-only" / "page.html"


def test_a_page_of_ages_is_a_live_blog_without_the_hour_at_which_it_was_fetched():
    page = read(Document(PAGE.read_bytes()))
    updates = [section for section in page.sections if section.kind is Kind.UPDATE]
    assert page.is_live_blog
    assert [update.published_raw for update in updates][:2] == ["4 minutes ago", "11 minutes ago"]


def test_no_time_is_made_up_from_an_age_alone():
    page = read(Document(PAGE.read_bytes()))
    assert {(section.published_at, section.time_source) for section in page.sections} == {(None, None)}

"""Pages with times that rise, or come day by day, are no live blogs: programmes, transcripts, forecasts, reviews."""

import pytest

from transforms.read import read
from transforms.records import Document

SENTENCES = (
    "The council should have acted years ago, and everybody in the town knows it very well.",
    "Nobody has ever asked the people on the quay, and now there is surprise that they are angry.",
    "The old pier was built of wood and burned down in the first winter of the great war.",
    "Since the beginning of the year the ferry has been late on every single day but two.",
    "The mayor of the time is said to have known all of it, and to have kept his mouth shut.",
    "A new pier would cost nine millions, of which the county is ready to pay a third.",
)


def page(title: str, blocks: str) -> str:
    return f"<!doctype html><title>{title}</title><main><h1>{title}</h1><div>{blocks}</div></main>"


def built(form: str) -> str:
    return "".join(form.format(hour=9 + number, day=20 - number, text=text) for number, text in enumerate(SENTENCES))


ORDINARY = {
    "programme": page("Programme", built("<div><i>{hour}:00 – {hour}:45</i><h3>Talk {hour}</h3><p>{text}</p></div>")),
    "television": page("On tonight", built("<div><span>{hour}:15</span><h3>Film {hour}</h3><p>{text}</p></div>")),
    "transcript": page("Interview", built("<div><p>[00:{hour}:31] {text}</p></div>")),
    "timeline": page("How it happened", built("<div><h3>{hour}:15</h3><p>{text}</p></div>")),
    "forecast": page("Hour by hour", built("<div><span>{hour}:00</span><p>{text}</p></div>")),
    "reviews": page(
        "Hotel Pier", built('<div><time datetime="2025-03-{day}T10:00:00Z">{day} March</time><p>{text}</p></div>')
    ),
}


@pytest.mark.parametrize("name", ORDINARY)
@pytest.mark.parametrize("generic", [False, True])
def test_an_ordinary_page_with_times_is_no_live_blog(name, generic):
    content = ORDINARY[name].encode()
    found = read(Document(content, url="https://town.example/pier", timezone="Europe/London", generic=generic))
    assert not found.is_live_blog
    assert found.sections == ()


def test_the_same_blocks_newest_first_are_one():
    blocks = "".join(f"<div><span>{18 - number}:15</span><p>{text}</p></div>" for number, text in enumerate(SENTENCES))
    assert read(Document(page("The pier", blocks).encode())).is_live_blog


def test_a_live_blog_may_run_oldest_first():
    blocks = built("<div><span>{hour}:15</span><p>{text}</p></div>")
    assert read(Document(page("The pier: as it happened", blocks).encode())).is_live_blog

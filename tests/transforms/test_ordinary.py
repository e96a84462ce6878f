"""What looks like a feed of updates and is none: programmes, hearings, threads, reviews, releases, lists of pages."""

import json

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


NICKNAMES = ("tidewatcher", "koarl", "Lise B.", "old_salt", "möwe", "Ravi")


def built(form: str) -> str:
    return "".join(built_of(form, number) for number in range(len(SENTENCES)))


def built_of(form: str, number: int) -> str:
    text, who = SENTENCES[number], NICKNAMES[number]
    return form.format(hour=10 + number, back=20 - number, day=20 - number, text=text, who=who, of=number % 2)


ORDINARY = {
    "programme": page("Programme", built("<div><i>{hour}:00 – {hour}:45</i><h3>Talk {hour}</h3><p>{text}</p></div>")),
    "television": page("On tonight", built("<div><span>{hour}:15</span><h3>Film {hour}</h3><p>{text}</p></div>")),
    "transcript": page("Interview", built("<div><p>[00:{hour}:31] {text}</p></div>")),
    "timeline": page("How it happened", built("<div><h3>{hour}:15</h3><p>{text}</p></div>")),
    "forecast": page("Hour by hour", built("<div><span>{hour}:00</span><p>{text}</p></div>")),
    "reviews": page(
        "Hotel Pier", built('<div><time datetime="2025-03-{day}T10:00:00Z">{day} March</time><p>{text}</p></div>')
    ),
    "a thread of two": page(
        "Pier: who paid?",
        built('<div id="msg-{hour}01"><a>User{of}</a><i>11 Mar 2025, {hour}:15</i><p>{text}</p><a>Quote</a></div>'),
    ),
    "a hearing with anchors": page(
        "Pier inquiry: the hearing", built('<div id="line-{hour}1"><i>{hour}:15</i><b>{of}</b><p>{text}</p></div>')
    ),
    "a conference with anchors": page(
        "Pier conference", built('<div id="slot-{hour}1"><i>{hour}:15</i><h3>Talk {hour}</h3><p>{text}</p></div>')
    ),
    "comments, newest first": page(
        "A new pier?", built('<div id="c{hour}00"><b>{who}</b> <i>11.03.2025 {back}:15</i><p>{text}</p></div>')
    ),
    "releases of a product that is called live": page(
        "Pier Live: releases",
        built('<div id="r{hour}"><h2>Pier 5.{hour}</h2><i>Mar {day}, 2025 10:15</i><p>{text}</p></div>'),
    ),
    "dates that look like clocks": page(
        "Stars", built("<div><i>{day}.03. – {back}.04.</i><h3>Sign</h3><p>{text}</p></div>")
    ),
    "a debate": page(
        "Pier: debate",
        built('<div id="col-{hour}1"><h4>Ann Lee</h4><i>{hour}:15</i><p>{text} {text} {text}</p></div>'),
    ),
    "a match centre": page("Pier 2-1 Quay", built("<li><b>{back}'</b><p>{text}</p></li>")),
}
LISTS = {
    "search results": {"url": "/2025/{hour}-pier", "published": "2025-03-11T{hour}:00:00Z", "text": "{text}"},
    "products": {"sku": "P{hour}", "created_at": "2025-03-{day}T10:00:00Z", "description": "{text}"},
    "comments": {"id": "c{hour}", "author": "{who}", "created": "2025-03-11T{hour}:00:00Z", "body": "{text}"},
}


@pytest.mark.parametrize("name", ORDINARY)
@pytest.mark.parametrize("generic", [False, True])
def test_an_ordinary_page_with_times_is_no_live_blog(name, generic):
    content = ORDINARY[name].encode()
    found = read(Document(content, url="https://town.example/pier", timezone="Europe/London", generic=generic))
    assert not found.is_live_blog
    assert found.sections == ()


@pytest.mark.parametrize("name", LISTS)
def test_a_list_of_something_else_is_no_live_blog(name):
    form = LISTS[name].items()
    told = [{key: built_of(value, number) for key, value in form} for number in range(len(SENTENCES))]
    assert not read(Document(json.dumps({"items": told}).encode(), url="https://town.example/pier.json")).is_live_blog


def test_minutes_of_a_match_are_a_live_blog_where_the_page_says_so():
    blocks = built("<li><b>{back}'</b><p>{text}</p></li>")
    found = read(Document(page("Pier 2-1 Quay: live text", blocks).encode()))
    assert found.is_live_blog
    assert [section.published_raw for section in found.sections][:2] == ["20'", "19'"]


def test_the_same_blocks_newest_first_are_one():
    blocks = "".join(f"<div><span>{18 - number}:15</span><p>{text}</p></div>" for number, text in enumerate(SENTENCES))
    assert read(Document(page("The pier", blocks).encode())).is_live_blog


def test_a_live_blog_may_run_oldest_first():
    blocks = built("<div><span>{hour}:15</span><p>{text}</p></div>")
    assert read(Document(page("The pier: as it happened", blocks).encode())).is_live_blog


def test_other_stories_in_the_state_of_an_article_are_no_updates():
    stories = [
        {"id": number, "attributes": {"title": f"Story {number}", "publishedAt": f"2025-03-11T1{number}:00:00Z"}}
        | {"summary": f"{text} This is told at greater length elsewhere, {number} times."}
        for number, text in enumerate(SENTENCES)
    ]
    state = f'<script id="state" type="application/json">{json.dumps({"stories": stories})}</script>'
    article = "".join(
        f"<p>The harbour in winter, part {number}: {'nothing moves but gulls. ' * 5}</p>" for number in range(6)
    )
    html = (
        f"<!doctype html><title>Pier live: the whole story</title><h1>Pier live: the whole story</h1>{article}{state}"
    )
    assert not read(Document(html.encode())).is_live_blog
    assert read(Document(html.replace(article, "").encode())).is_live_blog, "the state alone is read"

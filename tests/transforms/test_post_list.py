"""The structural reader for JSON: lists of posts whose engine nobody knows."""

import json

import pytest

from transforms.read import read
from transforms.records import Document, Kind

TEXTS = (
    "The barrier at Penrock closed shortly before noon, the harbour office said.",
    "A tree has fallen on the line near the Ashby cutting, and trains are halted.",
    "All eleven schools of the district stay shut on Wednesday, the council has decided.",
    "Some three thousand homes are without power, most of them north of the river.",
)


def posts(**fields: str) -> list[dict[str, object]]:
    """Posts with fields as given: "{at}" is their time, "{text}" their text, "{number}" their number."""
    return [
        {
            key: form.format(at=f"2025-03-11T1{4 - number}:32:00Z", text=text, number=number)
            for key, form in fields.items()
        }
        for number, text in enumerate(TEXTS)
    ]


def updates(value: object, url: str = "https://paper.example/api/live/storm.json") -> list[tuple[str | None, str]]:
    page = read(Document(json.dumps(value).encode(), url=url))
    return [(section.headline, section.text) for section in page.sections if section.kind is Kind.UPDATE]


WHOLE = [(None, text) for text in TEXTS]


@pytest.mark.parametrize(
    "fields",
    [
        {"published_at": "{at}", "body": "<p>{text}</p>"},
        {"zeit": "{at}", "inhalt": "<p>{text}</p>"},
        {"时间": "{at}", "内容": "{text}"},
        {"created": "{at}", "html": "<div><b>Ana Ruiz</b><p>{text}</p></div>", "content": "<p>{text}</p>"},
    ],
)
def test_keys_are_told_by_their_names_or_by_what_stands_under_them(fields):
    assert updates({"any": {"where": posts(**fields)}}) == WHOLE


def test_a_line_that_is_hardly_ever_repeated_is_the_headline():
    found = updates(
        posts(zeit="{at}", titel="Meldung über Nummer {number}", inhalt="<p>{text}</p>", ort="Am Hafen von Penrock")
    )
    assert found == [(f"Meldung über Nummer {number}", text) for number, text in enumerate(TEXTS)]


def test_an_object_of_posts_by_id_is_a_list_of_them():
    by_id = {f"-Ox{number}": post for number, post in enumerate(posts(createdAt="{at}", text="{text}"))}
    assert updates({"posts": by_id}) == WHOLE


def test_the_lists_of_a_blogs_days_are_one():
    all_posts = posts(published="{at}", text="{text}")
    days = [{"day": "2025-03-11", "items": all_posts[:2]}, {"day": "2025-03-10", "items": all_posts[2:]}]
    assert updates({"days": days}) == WHOLE


def test_text_in_blocks_that_repeat_it_is_read_once():
    nested = [
        {
            "dates": {"published": post["at"]},
            "content": {"blocks": [{"text": post["text"], "blocks": [{"text": post["text"]}]}]},
        }
        for post in posts(at="{at}", text="{text}")
    ]
    assert updates({"results": nested}) == WHOLE


def test_a_post_that_is_a_picture_alone_is_a_card_with_its_time():
    told = posts(published="{at}", html="<p>{text}</p>")
    told[1]["html"] = '<figure><img src="https://paper.example/wave.jpg"></figure>'
    page = read(Document(json.dumps(told).encode()))
    assert [section.kind for section in page.sections] == [Kind.UPDATE, Kind.CARD, Kind.UPDATE, Kind.UPDATE]
    card = page.sections[1]
    assert card.media == ("https://paper.example/wave.jpg",)
    assert card.published_at is not None


def test_the_nearest_title_around_the_list_is_the_blogs():
    value = {
        "title": "Paper",
        "blog": {"headline": "Storm at Penrock", "posts": posts(published="{at}", text="{text}")},
    }
    assert read(Document(json.dumps(value).encode())).title == "Storm at Penrock"


def test_posts_with_pages_of_their_own_are_teasers():
    assert updates(posts(published="{at}", text="{text}", url="https://paper.example/2025/story-{number}")) == []
    below = posts(published="{at}", text="{text}", url="https://paper.example/live/storm#post-{number}")
    assert updates(below, url="https://paper.example/live/storm") == WHOLE

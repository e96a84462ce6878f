"""Addresses are joined as the standard library joins them, and never raise."""

from urllib.parse import urljoin

from hypothesis import given
from hypothesis import strategies as st

from transforms.links import joined, lead_away

BASES = st.sampled_from(["", "https://harbour.example/ferry", "http://harbour.example/a/b?c#d", "ferry"])
PARTS = ["/", "?", "#", ";", ":", "..", "//", "[", "]", "%41", "@", "b.c", "1", "&", "=", " ", "\n", "é", "x"]
LINKS = st.tuples(
    st.sampled_from(["https://Pier.example", "https://pier.example/", "http://pier.example:80/", "/", ""]),
    st.lists(st.sampled_from(PARTS)),
).map(lambda link: link[0] + "".join(link[1]))


@given(BASES, LINKS)
def test_a_link_is_joined_as_the_standard_library_joins_it(base, link):
    try:
        expected = urljoin(base, link)
    except ValueError:
        expected = link
    assert joined(base, link) == expected


def test_an_address_in_full_stays_as_it_is():
    assert joined("http://harbour.example", "https://pier.example/a?b=c#d") == "https://pier.example/a?b=c#d"


def test_what_lies_below_a_live_storys_address_is_the_story_itself():
    story = "https://harbour.example/live/storm-closes-ferry"
    below = [f"{story}/crossing-cancelled-881"]
    assert lead_away(story, below)
    assert not lead_away(story, below, live=True)
    assert lead_away("https://harbour.example/live", ["/live/storm-closes-ferry"], live=True)

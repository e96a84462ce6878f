"""A publisher is one small file; a wrong one is told by file, line and field."""

import time
from datetime import date
from pathlib import Path

import pytest

from crawler.hints import BUDGET_S, Hints
from crawler.sources import Source, SourceError, load, load_folder, shipped

GOOD = """\
name = "The Example Times"
home = "https://www.example.com/"
time_zone = "Europe/London"
language = "en-GB"
verified = 2026-11-22

[discover]
news_sitemaps = ["https://www.example.com/news.xml"]
feeds = ["https://feeds.example.net/rss"]
sections = ["https://www.example.com/live"]
hints = ["/live/", "^live:"]

[politeness]
delay_s = 10

[paging]
max_pages = 12
"""


@pytest.fixture
def write(tmp_path):
    def write(text: str, name: str = "example-times.toml") -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_a_source_says_all_that_discovery_and_politeness_need(write):
    assert load(write(GOOD)) == Source(
        slug="example-times",
        name="The Example Times",
        home="https://www.example.com/",
        time_zone="Europe/London",
        language="en-GB",
        news_sitemaps=("https://www.example.com/news.xml",),
        feeds=("https://feeds.example.net/rss",),
        sections=("https://www.example.com/live",),
        hints=("/live/", "^live:"),
        delay_s=10.0,
        max_pages=12,
        verified=date(2026, 11, 22),
    )


@pytest.mark.parametrize(
    ("old", "new", "line", "complaint"),
    [
        ('"The Example Times"', '""', 1, "name: is a text that is not empty"),
        ('"https://www.example.com/"', '"example.com"', 2, "home: 'example.com' is no http or https address"),
        ("Europe/London", "Europe/Lundon", 3, "time_zone: 'Europe/Lundon' is no IANA time zone"),
        ("Europe/London", "../../etc/passwd", 3, "time_zone: '../../etc/passwd' is no IANA time zone"),
        ('"en-GB"', '"English"', 4, "language: 'English' is no BCP 47 language tag"),
        ("2026-11-22", "true", 5, "verified: is the day of the last passed check"),
        ("feeds = [", "feeds = [7, ", 9, "discover.feeds: is a text that is not empty"),
        ('["https://feeds.example.net/rss"]', '"https://feeds.example.net/rss"', 9, "discover.feeds: is a list"),
        ('"/live/", "^live:"', '"(live"', 11, "discover.hints: '(live' is no regular expression"),
        ("delay_s = 10", "delay_s = 0", 14, "politeness.delay_s: is a number of seconds"),
        ("delay_s = 10", "delay = 10", 14, "politeness.delay: is not known; known are delay_s"),
        ("max_pages = 12", "max_pages = 1.5", 17, "paging.max_pages: is a whole number"),
        ("[paging]", "[pages]", 16, "pages: is not known"),
        ("www.example.com/", "www.example.com:99999/", 2, "home: 'https://www.example.com:99999/' is no http"),
        ('["/live/", "^live:"]', '[\n  "/live/",\n  "(live",\n]', 13, "discover.hints: '(live' is no regular"),
        ("[paging]\nmax", "[ paging ] # pages\nmin", 17, "paging.min_pages: is not known"),
        ('language = "en-GB"', '"language" = "English"', 4, "language: 'English' is no BCP 47"),
        (
            "[politeness]\ndelay_s = 10",
            "[politeness]\n# delay_s = 9\ndelay_s = -1",
            15,
            "politeness.delay_s: is a number",
        ),
        ('language = "en-GB"\n', "", 1, "language: is missing"),
    ],
)
def test_what_is_wrong_is_named_by_file_line_and_field(write, old, new, line, complaint):
    assert old in GOOD
    path = write(GOOD.replace(old, new, 1))
    with pytest.raises(SourceError) as caught:
        load(path)
    assert str(caught.value).startswith(f"{path}:{line}: {complaint}")


def test_a_source_needs_an_address_to_discover_from(write):
    text = GOOD[: GOOD.index("[discover]")] + '[discover]\nhints = ["live"]\n'
    with pytest.raises(SourceError, match=r":7: discover: needs an address"):
        load(write(text))


def test_a_file_that_is_no_toml_is_named(write, tmp_path):
    with pytest.raises(SourceError, match=r"example-times.toml:2: not a TOML file: Invalid value, at column 8"):
        load(write("# A paper\nname = \n"))
    (tmp_path / "latin.toml").write_bytes('name = "Zürich"'.encode("latin-1"))
    with pytest.raises(SourceError, match=r"latin.toml: not a TOML file: .*utf-8"):
        load(tmp_path / "latin.toml")


def test_a_field_of_an_inline_table_is_found_too(write):
    text = GOOD[: GOOD.index("[discover]")] + 'discover = { feeds = ["ftp://example.com"] }\n'
    with pytest.raises(SourceError, match=r":7: discover.feeds: 'ftp://example.com' is no http"):
        load(write(text))


def test_the_file_name_is_the_slug(write):
    with pytest.raises(SourceError, match="the file's name is the slug"):
        load(write(GOOD, "Example Times.toml"))


@pytest.mark.parametrize(
    ("url", "owned"),
    [
        ("https://www.example.com/live/1", True),
        ("https://example.com/live/1", True),
        ("https://amp.example.com/live/1", True),
        ("https://notexample.com/live/1", False),
        ("https://example.com.evil.test/live/1", False),
    ],
)
def test_a_publishers_hosts_are_those_under_its_home(write, url, owned):
    assert load(write(GOOD)).owns(url) is owned


def test_hints_match_addresses_and_titles_whatever_their_case(write):
    hints = Hints(load(write(GOOD)).hints)
    assert hints.fit("https://www.example.com/uk/LIVE/1")
    assert hints.fit("https://www.example.com/uk/1\nLive: the ferry strike")
    assert not hints.fit("https://www.example.com/alive")


CARELESS = r"([a-z]|[a-z][a-z])+$"


@pytest.mark.parametrize("pattern", [CARELESS, "(a|aa)+$", "(.*a){30}x"])
def test_a_pattern_that_takes_for_ever_costs_a_search_a_second_and_no_more(pattern):
    text = f"https://www.example.com/live/{'a' * 200}!x"
    hints, began = Hints([pattern, "/live/"]), time.process_time()
    assert [hints.fit(text) for _ in range(20)] == [True] * 20, "the others go on"
    assert BUDGET_S <= time.process_time() - began < 2 * BUDGET_S


def test_a_careless_pattern_is_refused_when_it_is_loaded(write):
    with pytest.raises(SourceError, match=r"example-times\.toml:\d+: discover\.hints: .* takes too long"):
        load(write(GOOD.replace('"/live/"', f"'{CARELESS}'")))


def test_ten_publishers_in_six_languages_are_shipped_or_more():
    sources = shipped()
    assert len(sources) >= 10
    assert len({source.language.partition("-")[0] for source in sources}) >= 6
    assert len({source.home for source in sources}) == len(sources)


def test_a_folder_of_sources_is_read_in_the_order_of_slugs(write, tmp_path):
    write(GOOD, "b.toml")
    write(GOOD, "a.toml")
    (tmp_path / "README.md").write_text("not a source")
    assert [source.slug for source in load_folder(tmp_path)] == ["a", "b"]

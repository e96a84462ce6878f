import tomllib
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.cues import Phrases, closing_mark, cues, languages, live_mark

TABLE = tomllib.loads(files("transforms").joinpath("cues.toml").read_text("utf-8"))


@pytest.mark.parametrize("language", languages())
def test_a_language_uses_only_kinds_that_english_has(language):
    assert set(TABLE[language]) <= set(TABLE["en"])


@pytest.mark.parametrize("kind", sorted(TABLE["en"]))
def test_every_phrase_is_found_as_written(kind):
    phrases = cues(kind)
    for table in TABLE.values():
        for phrase in table.get(kind, ()):
            plain = phrase.replace(" *", " a").replace("*", "")
            assert phrases.find(f"so {plain} so") is not None, phrase
            assert phrases.opens(plain.upper()) is not None or not plain.isascii(), phrase


def test_an_unknown_kind_is_an_error_that_names_the_known_ones():
    with pytest.raises(KeyError, match="appeal"):
        cues("weather")


@pytest.mark.parametrize(
    "title",
    [
        "LIVE: Storm reaches the coast",
        "Harbour fire – live: crews hold the line",
        "Women's Cup LIVE: Falkner starts",
        "Storm warning – as it happened",
        "DIRETTA Alluvione, tutte le notizie",
        "Elezioni | Diretta",
        "Hochwasser im Liveticker",
        "Tempête Mireille, en direct",
        "【速報】港の火災",
        "Storm live: barrier closes",
        "Harbour strike live – crews walk out",
        "Markets fall at noon – business live",
    ],
)
def test_live_titles(title):
    assert live_mark(title)


@pytest.mark.parametrize(
    "title",
    [
        "How we live now",
        "Where we live: the towns below the dyke",
        "How the islanders live: a visit",
        "Live music returns to the harbour",
        "Where bees live and die",
        "A direct line to the minister",
        "Stocks: what the ticker tells",
        "LIVE MUSIC RETURNS TO THE HARBOUR",
        "",
    ],
)
def test_titles_that_are_not_live(title):
    assert live_mark(title) is None


@pytest.mark.parametrize(
    "text",
    [
        "This live blog has now closed. Thank you for reading.",
        "That’s it for now",
        "Ce direct est terminé.",
        "Questo liveblog finisce qui",
        "Achtung: Dieser Artikel wird nicht länger aktualisiert.",
        "A cobertura da regata fica por aqui.",
        "На этом мы завершаем онлайн",
        "直播已结束",
    ],
)
def test_closing_marks(text):
    assert closing_mark(text)


def test_a_star_stands_for_words_of_one_sentence():
    phrases = Phrases(["sign up to * newsletter", "abone ol*"])
    assert phrases.find("Please sign up to our free daily newsletter")
    assert not phrases.find("Sign up to vote. Our newsletter is out.")
    assert phrases.find("Bültene abone olun")


@given(st.text(max_size=500))
def test_any_text_may_be_searched(text):
    for kind in ("live", "closing", "appeal"):
        cues(kind).all_in(text)
    live_mark(text)


@pytest.mark.parametrize("kind", ["live", "closing", "appeal", "appeal_open", "voice"])
def test_every_phrase_is_found_in_a_sentence_around_it(kind):
    for language in TABLE.values():
        for phrase in language.get(kind, ()):
            assert cues(kind).find(f"Xyz, “{phrase.replace('*', 'words')}” xyz."), phrase

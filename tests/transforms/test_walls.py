"""A page that stands in a live blog's place is named as what it is; a short article below a banner is not."""

import pytest

from transforms.cues import cues
from transforms.read import read
from transforms.records import Document

CONSENT = "a dialogue that asks for consent stands in its place"
SIGN_IN = "a form to sign in stands in its place"
DIALOGUES = {
    "en": "<h1>We value your privacy</h1><p>We and 731 partners store information.</p><button>Accept all</button>",
    "de": "<h2>Lesen Sie weiter</h2><p>Mit Werbung.</p><button>Zustimmen und weiter</button>",
    "fr": "<p>Le respect de votre vie privée</p><button>Continuer sans accepter</button><button>Tout accepter</button>",
    "es": "<div role=dialog>Valoramos su privacidad <button>Aceptar y continuar</button></div>",
    "it": "<p>Noi e i nostri partner</p><button>Accetta e continua</button>",
    "pl": "<button>AKCEPTUJĘ I PRZECHODZĘ DO SERWISU</button>",
    "sv": "<p>Vi använder cookies.</p><button>Godkänn alla</button>",
}


def reasons(body, url="https://news.example/live/ferry"):
    page = read(Document(f"<!doctype html><html><title>News</title><body>{body}</body></html>".encode(), url=url))
    assert not page.is_live_blog
    return page.reasons


@pytest.mark.parametrize("language", DIALOGUES)
def test_a_consent_dialogue_is_told_in_many_languages(language):
    assert reasons(DIALOGUES[language])[0] == CONSENT


@pytest.mark.parametrize(
    "url", ["https://consent.news.example/collect?to=live", "https://news.example/cookiewall/?to=%2Flive%2Fferry"]
)
def test_a_dialogue_that_a_script_draws_is_told_by_its_address(url):
    assert reasons("<div id=app></div><script src=/cmp.js></script>", url)[0] == CONSENT


def test_a_form_to_sign_in_is_told():
    assert reasons("<form><input name=mail><input type=Password name=p><button>Go on</button></form>")[0] == SIGN_IN


def test_an_article_below_a_cookie_banner_is_an_article():
    story = "".join(
        f"<p>The harbour master counted {n} boats at the pier before the storm came in.</p>" for n in range(40)
    )
    said = reasons(f"<div>We use cookies. <button>Accept all</button></div><article>{story}</article>")
    assert CONSENT not in said


def test_a_page_about_something_else_is_no_wall():
    assert not {CONSENT, SIGN_IN} & set(
        reasons("<h1>Sorry, this page cannot be found</h1><footer>Cookie settings</footer>")
    )


def test_words_of_consent_are_not_those_of_news():
    assert cues("consent").find("The council accepts all proposals for the harbour") is None

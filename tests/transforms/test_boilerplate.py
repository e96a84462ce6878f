from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.boilerplate import boilerplate_cue, cut, cut_text, mark, sentences


@pytest.mark.parametrize(
    "paragraph",
    [
        "Comments",
        "Your support makes all the difference.",
        "Subscribe to Lantern Premium to bookmark this article",
        "Want to bookmark your favourite stories to read later? Start your Lantern Premium subscription today.",
        "Join thought-provoking conversations and see what other Lantern readers say",
        "Sign up to our free daily newsletter.",
        "Read more: Our guide to the harbour",
        "» LIRE AUSSI - Le port, mode d’emploi",
        "Lesen Sie auch: Wie der Hafen entstand",
        "Melden Sie sich hier für unseren Newsletter an",
        "Inscrivez-vous à notre newsletter quotidienne",
        "Suscríbete a nuestra edición digital",
        "Iscriviti alla nostra newsletter",
        "Meld je aan voor onze nieuwsbrief",
        "Czytaj także: Jak powstał port",
        "Подписывайтесь на наш канал",
        "Підписуйтесь на наш канал",
        "广告",
        "コメント",
    ],
)
def test_appeals_and_furniture_are_told(paragraph):
    assert boilerplate_cue(paragraph)
    assert cut(paragraph).kept == ""


@pytest.mark.parametrize(
    "news",
    [
        "Netflix said that subscribers who sign up for its cheaper plan will see advertisements from March.",
        "“Sign up to our newsletter,” the mayor told the crowd, holding up a leaflet.",
        "The newspaper’s new paywall drew 4,000 subscribers in a week, it said.",
        "Readers were asked to share photographs of the flood.",
        "He joined the commenting team in 2019 and reads every letter.",
        "The union said: “We need your support. Your donation allows us to go on.”",
        "Der Verlag verlor 3.000 Abonnenten, nachdem er den Newsletter eingestellt hatte.",
        "Le journal compte 12 000 abonnés et une newsletter.",
        "The party leader thanked supporters for their donations.",
        "Police said that they share information with other forces.",
    ],
)
def test_news_about_subscriptions_and_donations_is_kept(news):
    assert cut(news).kept == news
    assert cut_text(f"Before.\n\n{news}\n\nAfter.").removed == ()


def test_an_appeal_glued_to_the_news_is_cut_off():
    done = cut("Your support makes all the difference.Firefighters have stopped the fire, the chief said.")
    assert done.kept == "Firefighters have stopped the fire, the chief said."
    assert done.removed == ("Your support makes all the difference.",)


def test_an_appeal_at_the_end_of_a_paragraph_is_cut_off():
    done = cut("The bridge is open again. Sign up to our newsletter.")
    assert (done.kept, done.removed) == ("The bridge is open again.", ("Sign up to our newsletter.",))


@pytest.mark.parametrize("text", ["The U.S. sent 1.5 tons.", "Er kam am 3. Mai.", "Visit www.lantern.example today."])
def test_abbreviations_and_numbers_end_no_sentence(text):
    assert sentences(text) == [text]


def test_an_appeal_draws_along_the_publishers_voice_beside_it_but_not_the_news():
    voice = "We know how important it is to be there. Our reporters check every fact."
    news = "The mayor said: “We know how important it is.” Residents agreed."
    paragraphs = ["Your support helps us to tell the story", voice, "Your support makes all the difference.", news]
    assert mark(paragraphs) == [True, True, True, False]
    assert mark([voice, news]) == [False, False]


def test_an_appeal_draws_along_three_neighbours_at_most():
    voice = "We believe in it. Our reporters check every fact."
    assert sum(mark(["Your support makes all the difference.", *[voice] * 6])) == 4


PARAGRAPHS = st.lists(
    st.one_of(
        st.text(max_size=80),
        st.sampled_from(
            [
                "Comments",
                "Your support makes all the difference.",
                "Sign up to our newsletter.",
                "Rain fell. More came.",
            ]
        ),
    ),
    max_size=12,
)


def letters(text: str) -> str:
    return "".join(text.split())


@given(PARAGRAPHS)
def test_nothing_is_lost_what_is_not_kept_is_removed(paragraphs):
    text = "\n\n".join(paragraphs)
    done = cut_text(text)
    assert Counter(letters("".join((done.kept, *done.removed)))) == Counter(letters(text))


@given(st.text(max_size=400))
def test_sentences_joined_are_the_text(text):
    assert "".join(sentences(text)) == text

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.stamps import leading_stamp, trailing_stamp
from transforms.times import TimeContext

GERMAN = TimeContext(None, "Europe/Berlin", "de")


@pytest.mark.parametrize(
    ("text", "clock", "rest"),
    [
        ("12.31 Uhr: Deich hält", (12, 31), "Deich hält"),
        ("Update vom 03. Mai 2020, 16:05 Uhr: Die Brücke steht", (16, 5), "Die Brücke steht"),
        ("+++ 21:14 Dach abgedeckt +++", (21, 14), "Dach abgedeckt +++"),
        ("[20:44] – zárnak", (20, 44), "zárnak"),
        ("ORE 19:12 – Il ponte", (19, 12), "Il ponte"),
        ("31.03.22 | 11:26 | Flughafen zu", (11, 26), "Flughafen zu"),
        ("22h45 : Le pont fermé", (22, 45), "Le pont fermé"),
        ("21h00: A regata", (21, 0), "A regata"),
        ("18:07 - Vento", (18, 7), "Vento"),
        ("17:48 , Jane Falkner", (17, 48), "Jane Falkner"),
        ("23.15", (23, 15), ""),
        ("10 nov 2025 23:03", (23, 3), ""),
        ("9:05 pm Falkner scores", (21, 5), "Falkner scores"),
        ("10 p.m.", (22, 0), ""),
        ("• 14 Uhr: Sitzung", (14, 0), "Sitzung"),
    ],
)
def test_firm_stamps_and_what_follows_them(text, clock, rest):
    stamp = leading_stamp(text, GERMAN)
    assert stamp.firm
    assert (stamp.clock.hour, stamp.clock.minute) == clock
    assert text[stamp.end :] == rest


@pytest.mark.parametrize(
    "text", ["21:14 Dach abgedeckt", "20.20Vox ya", "Um 12.31 Uhr begann es", "13:45 Das Spiel beginnt"]
)
def test_a_bare_clock_before_words_is_not_firm(text):
    assert not leading_stamp(text, GERMAN).firm


@pytest.mark.parametrize(
    "text",
    [
        "12.5 Millionen Menschen",
        "2024 wird gut",
        "3. Mai ist Feiertag",
        "10:0 Sieg",
        "12 dead",
        "May has resigned",
        "90' Tor",
        "1. Halbzeit",
        "",
    ],
)
def test_numbers_in_prose_are_no_stamps(text):
    assert leading_stamp(text, GERMAN) is None


def test_a_stamp_may_close_a_headline():
    text = "Lezárták a hidat (22:41)"
    stamp = trailing_stamp(text, GERMAN)
    assert (stamp.clock.hour, stamp.clock.minute, text[: stamp.start]) == (22, 41, "Lezárták a hidat ")
    assert trailing_stamp("16 793 szavazat (43,26%)", GERMAN) is None
    assert trailing_stamp("zwölf (12)", GERMAN) is None


@given(st.text(max_size=300))
def test_any_text_is_read_without_error_and_the_stamp_lies_within_it(text):
    for stamp in (leading_stamp(text, GERMAN), trailing_stamp(text, GERMAN)):
        assert stamp is None or 0 <= stamp.start <= stamp.end <= len(text)

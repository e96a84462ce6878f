from datetime import UTC, datetime
from pathlib import Path

from transforms.parse import parse
from transforms.read import read
from transforms.readers.clock_led import ClockLed
from transforms.reading import Reading
from transforms.records import Document, Kind, TimeSource

FACTS = '<meta property="article:published_time" content="2024-08-27T06:00:00+02:00">'
FACTS += '<meta property="article:modified_time" content="2024-08-27T14:00:00+02:00">'


def reading_of(
    body: str, *, head: str = FACTS, zone: str | None = "Europe/Berlin", language: str = "de"
) -> Reading | None:
    html = f"<!doctype html><html lang='{language}'><head><title>Flut</title>{head}</head><body>{body}</body></html>"
    return ClockLed().read(parse(Document(html.encode(), content_type="text/html; charset=utf-8", timezone=zone)))


def told(reading: Reading) -> list[tuple[str | None, str, str | None]]:
    return [(s.headline, s.text, s.published_at and f"{s.published_at:%d %H:%M}") for s in reading.updates]


def test_stamped_headings_head_the_paragraphs_below_them():
    reading = reading_of(
        "<main><h1>Flut im Tal</h1><div>"
        "<h2>12.31 Uhr: Deich hält</h2><p>Der Deich hält, sagt die Feuerwehr am Mittag.</p>"
        "<p>Noch steigt der Pegel.</p>"
        "<h2>11.39 Uhr: Brücke gesperrt</h2><p>Die Brücke ist seit dem Morgen gesperrt.</p>"
        "<h2>02.02 Uhr: Erste Keller laufen voll</h2><p>In der Unterstadt laufen die ersten Keller voll.</p>"
        "</div></main>"
    )
    assert told(reading) == [
        ("Deich hält", "Der Deich hält, sagt die Feuerwehr am Mittag.\n\nNoch steigt der Pegel.", "27 10:31"),
        ("Brücke gesperrt", "Die Brücke ist seit dem Morgen gesperrt.", "27 09:39"),
        ("Erste Keller laufen voll", "In der Unterstadt laufen die ersten Keller voll.", "27 00:02"),
    ]
    assert {section.time_source for section in reading.updates} == {TimeSource.CLOCK_AND_DAY}


def test_day_headings_below_their_updates_give_the_days_and_end_the_feed():
    reading = reading_of(
        "<div><h2>09.10 Uhr: Pegel fällt</h2><p>Der Pegel fällt.</p>"
        "<h2>Dienstag, 27. August 2024</h2>"
        "<h2>22.15 Uhr: Regen lässt nach</h2><p>Der Regen lässt nach.</p>"
        "<h2>Montag, 26. August 2024</h2><p>Frühere Meldungen stehen anderswo.</p></div>",
        head="",
    )
    assert told(reading) == [
        ("Pegel fällt", "Der Pegel fällt.", "27 07:10"),
        ("Regen lässt nach", "Der Regen lässt nach.", "26 20:15"),
    ]


def test_stamped_paragraphs_take_the_heading_above_and_leave_the_first_report_alone():
    reading = reading_of(
        "<div><p><b>Update vom 03. Mai 2020, 16:05 Uhr:</b> Der Zug fährt wieder, teilte die Bahn mit.</p>"
        "<p>Mehr folgt.</p>"
        "<h3>Strecke geräumt</h3><p><b>Update, 02.05.2020, 9.20 Uhr:</b> Die Strecke ist geräumt.</p>"
        "<h3>Was noch fehlt</h3><p>Ein Signal fehlt noch.</p>"
        "<p>Erstmeldung</p><p>Ein Baum liegt auf der Strecke.</p></div>"
    )
    assert told(reading) == [
        (None, "Der Zug fährt wieder, teilte die Bahn mit.\n\nMehr folgt.", "03 14:05"),
        ("Strecke geräumt", "Die Strecke ist geräumt.\n\nWas noch fehlt\n\nEin Signal fehlt noch.", "02 07:20"),
    ]


def test_rules_between_bare_stamps_and_the_zone_in_which_the_page_writes_its_own_time():
    reading = reading_of(
        "<h1>The Latest: Ferry drifts off the coast</h1>"
        "<time datetime='2019-11-20T06:01:19Z'>10:01 pm PST, Tuesday, November 19, 2019</time>"
        "<div><p>The Latest on a drifting ferry (all times local):</p>"
        "<p>9 p.m.</p><p>The ferry has been towed into port, the owner says.</p>"
        "<p>___</p><p>4:14 p.m.</p><p>A ferry with 40 people on board is drifting off the coast.</p></div>",
        head='<meta property="article:published_time" content="2019-11-20T05:57:50Z">'
        '<meta property="article:modified_time" content="2019-11-20T06:01:20Z">',
        zone=None,
        language="en",
    )
    assert told(reading) == [
        (None, "The ferry has been towed into port, the owner says.", "20 05:00"),
        (None, "A ferry with 40 people on board is drifting off the coast.", "20 00:14"),
    ]


def test_an_update_between_two_days_keeps_its_clock_but_is_given_no_day():
    reading = reading_of(
        "<div><p>Update vom 03. Mai 2020, 16:05 Uhr: Eins ist geschehen.</p>"
        "<p>Update, 13:17 Uhr: Zwei ist geschehen.</p>"
        "<p>Update vom 02. Mai 2020, 9:20 Uhr: Drei ist geschehen.</p></div>"
    )
    assert [section.published_at for section in reading.updates][1] is None
    assert reading.updates[1].published_raw == "Update, 13:17 Uhr"


def test_lists_of_teasers_and_articles_are_nothing_for_this_reader():
    teasers = "".join(f"<h3><a href='/{n}'>1{n}.30 Uhr: Meldung Nummer {n}</a></h3><p>Anriss.</p>" for n in range(5))
    assert reading_of(f"<div>{teasers}</div>") is None
    assert reading_of("<div><p>Um 12.31 Uhr begann es.</p><p>Um 13 Uhr war es vorbei.</p></div>") is None
    assert reading_of("") is None


def test_every_word_of_an_update_stands_in_the_page():
    page = Path(__file__).parents[1] / "cases" / "clock-headings" / "page.html"
    reading = ClockLed().read(parse(Document(page.read_bytes(), content_type="text/html", timezone="Europe/Berlin")))
    words = set(page.read_text("utf-8").replace("<", " <").replace(">", "> ").split())
    assert reading.updates[0].published_at == datetime(2024, 8, 27, 10, 31, tzinfo=UTC)
    assert all(set(f"{s.headline or ''} {s.text}".split()) <= words for s in reading.updates)
    assert reading.sections[0].kind is Kind.LEDE


def test_a_clock_set_bold_opens_an_update_and_bold_words_behind_it_are_its_headline():
    reading = reading_of(
        "<div><p>Sigue la carrera con nosotros.</p>"
        "<p><strong>20:41</strong> La primera corredora llega a la meta con nueve minutos de ventaja.</p>"
        "<p><strong>20.20 h. Lluvia en el collado.</strong> Los corredores pasan por el collado del Viento.</p>"
        "<p><strong>19:58</strong> Abandona el ganador del año pasado.</p></div>",
        language="es",
    )
    assert told(reading) == [
        (None, "La primera corredora llega a la meta con nueve minutos de ventaja.", "27 18:41"),
        ("Lluvia en el collado.", "Los corredores pasan por el collado del Viento.", "27 18:20"),
        (None, "Abandona el ganador del año pasado.", "27 17:58"),
    ]


def test_a_heading_below_a_bare_stamp_is_the_headline():
    reading = reading_of(
        "<div><h4>10.30am</h4><h3>Bridge closed</h3><p>The bridge has been closed, the council says.</p>"
        "<h4>9.15am</h4><h3>Rain reaches the town</h3><p>The rain has reached the town.</p></div>",
        zone="Europe/London",
        language="en",
    )
    assert [(headline, text) for headline, text, _ in told(reading)] == [
        ("Bridge closed", "The bridge has been closed, the council says."),
        ("Rain reaches the town", "The rain has reached the town."),
    ]


def test_bare_clocks_count_where_several_stand_in_an_order():
    times = ("20:41", "20:20", "19:58", "19:30")
    body = "".join(f"<p>{time} The runners have passed the mark of this hour, says the office.</p>" for time in times)
    assert len(reading_of(f"<div>{body}</div>", language="en").updates) == len(times)
    assert reading_of("<div><p>20:41 One thing.</p><p>20:20 Another thing.</p></div>", language="en") is None


def test_units_that_hold_their_paragraphs_are_left_to_the_reader_of_elements():
    films = "".join(
        f"<li><span>{n}:05 pm</span><strong>Film {n}</strong><p>A film about the number.</p></li>" for n in range(1, 9)
    )
    assert reading_of(f"<ul>{films}</ul>", language="en") is None


def test_lines_of_one_paragraph_may_be_updates():
    reading = reading_of(
        "<div><p>20:41 Uhr: Der erste Läufer ist im Ziel, meldet die Leitung.<br><br>"
        "20:20 Uhr: Am Pass regnet es jetzt stark.<br>19:58 Uhr: Der Sieger vom letzten Jahr gibt auf.</p></div>"
    )
    assert told(reading) == [
        (None, "Der erste Läufer ist im Ziel, meldet die Leitung.", "27 18:41"),
        (None, "Am Pass regnet es jetzt stark.", "27 18:20"),
        (None, "Der Sieger vom letzten Jahr gibt auf.", "27 17:58"),
    ]
    assert (
        reading_of("<p>20:41 Uhr: <a href='/a'>Eine Meldung</a><br>20:20 Uhr: <a href='/b'>Noch eine</a></p>") is None
    )


def test_a_bold_name_behind_a_bold_clock_is_no_headline():
    text = "<p><b>{} Uhr:</b> <b>Ana Ruiz</b> steht am Pier und sieht, wie das Wasser steigt und steigt.</p>"
    html = "<title>Sturm im Liveticker</title><h1>Sturm</h1>" + "".join(map(text.format, ("16:42", "16:31", "16:08")))
    page = read(Document(html.encode()))
    assert [section.headline for section in page.sections] == [None] * 3


def test_a_sentence_that_ends_with_a_clock_is_no_headline_and_a_line_that_ends_with_a_date_is_one():
    reading = reading_of(
        "<div><p><b>12.31 Uhr:</b> The harbour master could not be reached when we called at 11.46.</p>"
        "<p>Two schools stay closed.</p>"
        "<p><b>12.05 Uhr:</b> Der Zug steht seit 9.20.</p><p>Er wird abgeschleppt.</p>"
        "<p><b>11.40 Uhr:</b> Sondersitzung des Landtags am 11.03.</p><p>Es geht um die Deiche.</p></div>"
    )
    assert [(headline, text) for headline, text, _ in told(reading)] == [
        (None, "The harbour master could not be reached when we called at 11.46.\n\nTwo schools stay closed."),
        (None, "Der Zug steht seit 9.20.\n\nEr wird abgeschleppt."),
        ("Sondersitzung des Landtags am 11.03.", "Es geht um die Deiche."),
    ]

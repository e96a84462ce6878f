"""Pinned updates and cards: what stands on a page twice, or between updates, is told from the updates."""

from transforms.read import read
from transforms.records import Document, Kind

TEXTS = (
    "The pilots have left the building without a word to the people who waited in the rain.",
    "Nine boats are moored at the second pier, and there is room for two more at most.",
    "A spokesman for the port says that talks may go on through the night if need be.",
    "The first ferry of the day has been cancelled, and the second one is late already.",
)


def block(number: int, head: str = "", *, copy: bool = False) -> str:
    name = "" if copy else f' id="block-{1000 + number}"'
    time = "" if copy else f'<time datetime="2026-03-01T1{number}:00:00Z">1{number}:00</time>'
    return f'<article class="block{" pin" if copy else ""}"{name}>{time}{head}<p>{TEXTS[number]}</p></article>'


CARD = '<article class="block teaser"><h3><a href="/other">How the strike began</a></h3><p>A look back.</p></article>'


def sections(above: str, *blocks: str):
    feed = "".join(blocks)
    html = f"<title>Ferry strike live updates</title><h1>Ferry strike</h1><section>{above}</section><div>{feed}</div>"
    return read(Document(html.encode(), url="https://harbour.example/ferry")).sections


def updates(found):
    return [section for section in found if section.kind is Kind.UPDATE]


def test_a_pinned_copy_is_no_second_update_and_its_original_is_marked():
    found = sections(block(1, copy=True), block(3), block(2), block(1), block(0))
    assert [update.text for update in updates(found)] == [TEXTS[3], TEXTS[2], TEXTS[1], TEXTS[0]]
    assert [update.pinned for update in updates(found)] == [False, False, True, False]
    assert not [section for section in found if section.kind is Kind.LEDE]


def test_a_pinned_update_whose_original_is_on_another_page_is_an_update():
    top = block(0).replace('class="block"', 'class="block pin"')
    found = updates(sections(top, block(3), block(2), block(1)))
    assert [update.text for update in found] == [TEXTS[0], TEXTS[3], TEXTS[2], TEXTS[1]]
    assert [update.pinned for update in found] == [True, False, False, False]


def test_a_copy_without_id_and_time_whose_original_is_on_another_page_is_an_update_where_it_is_marked_up_as_pinned():
    top = f'<div id="pinned-post">{block(0, copy=True)}</div>'.replace(" pin", "")
    found = sections(top, block(3), block(2), block(1))
    assert [(update.text, update.pinned) for update in updates(found)][:2] == [(TEXTS[0], True), (TEXTS[3], False)]
    assert not [section for section in found if section.kind is Kind.LEDE]
    unmarked = sections(top.replace("pinned-post", "appeal"), block(3), block(2), block(1))
    assert len(updates(unmarked)) == 3


def test_an_element_above_the_feed_without_id_and_time_is_no_update():
    found = sections(
        '<div class="block"><p>All you need to know about the strike of the pilots.</p></div>', *map(block, (3, 2, 1))
    )
    assert len(updates(found)) == 3
    assert not any(update.pinned for update in updates(found))


def test_a_flag_marks_a_pinned_update_in_its_place():
    found = updates(sections("", block(3), block(2, '<span class="f">Pinned</span>'), block(1)))
    assert [update.pinned for update in found] == [False, True, False]
    assert [update.text for update in found] == [TEXTS[3], TEXTS[2], TEXTS[1]]


def test_a_card_between_updates_is_a_card():
    found = sections("", block(3), CARD, block(2), block(1))
    assert [(section.kind, section.headline) for section in found] == [
        (Kind.UPDATE, None),
        (Kind.CARD, "How the strike began"),
        (Kind.UPDATE, None),
        (Kind.UPDATE, None),
    ]


def test_a_card_in_rich_text_belongs_to_no_update():
    card = '<div class="x"><h3><a href="/other">How the strike began</a></h3><p>A look back.</p></div>'
    stamped = [f"<h2>1{number}.00 Uhr: Was am Hafen geschah</h2><p>{text}</p>" for number, text in enumerate(TEXTS)]
    html = f"<title>Liveticker</title><h1>Streik</h1><div>{stamped[3]}{stamped[2]}{card}{stamped[1]}{stamped[0]}</div>"
    found = read(Document(html.encode(), url="https://hafen.example/streik")).sections
    assert [section.text for section in updates(found)] == [TEXTS[3], TEXTS[2], TEXTS[1], TEXTS[0]]
    assert [section.headline for section in found if section.kind is Kind.CARD] == ["How the strike began"]

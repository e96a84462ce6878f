"""Cuts boilerplate out of sections: what is cut stands beside them as sections of kind ``boilerplate``.

A post without a word of its own (a picture, a film, a map) is a card: it keeps its row, its time and its media, and an
update is always something that can be read.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from transforms.boilerplate import boilerplate_cue, cut_text
from transforms.records import Kind, Section


def cleaned(sections: Sequence[Section]) -> Iterator[Section]:
    """Sections in the same order, freed of appeals and prompts, each followed by what was cut from it."""
    for section in sections:
        yield from _parts(section)


def _parts(section: Section) -> Iterator[Section]:
    if section.kind is Kind.UPDATE and not (section.headline or section.text):
        yield replace(section, kind=Kind.CARD)
        return
    if section.kind not in (Kind.UPDATE, Kind.LEDE) or not section.text:
        yield section
        return
    cut = cut_text(section.text)
    headline = section.headline or ""
    if not cut.kept and (not headline or boilerplate_cue(headline)):
        yield replace(section, kind=Kind.BOILERPLATE)
        return
    yield replace(section, text=cut.kept) if cut.removed else section
    for removed in cut.removed:
        yield Section("", Kind.BOILERPLATE, 0, text=removed)

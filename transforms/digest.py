"""What a reader would notice of a section or page, as a digest, with noise left out.

Two spellings of a text, from the gentler to the blunter:

    tidy    blanks collapsed; paragraphs that are only a running stamp ("Updated 5 minutes ago") gone
    plain   tidy, paragraphs run together, and typographic quotes, dashes, ellipses and invisible characters made one

A section's digest is made of plain texts (equal digests: no edit), a page's of tidy ones (equal digests: nothing to
look at, not even a straight quote made curly).
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache

from transforms.identity import canonical_address
from transforms.records import Page, Section, TimeSource
from transforms.rows import RevisionRow

DIGEST_BYTES = 16
STATED = frozenset(
    [TimeSource.DOM, TimeSource.JSON_LD, TimeSource.MICRODATA, TimeSource.PAYLOAD, TimeSource.CLOCK_AND_DAY]
)
"""Sources of a time that stays the same from look to look; a relative one moves with the clock."""

_SAME = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛′´`ʼ＇", "'"),
        **dict.fromkeys("“”„‟″«»＂", '"'),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        "…": "...",
        **dict.fromkeys("\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff", None),
    }
)
_UNIT = (
    r"(?:s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|sek\w*|minuten?|stunden?|tag(?:en?)?"
    r"|secondes?|heures?|jours?|segundos?|minutos?|horas?|días?|secondi|minuti|or[ae]|uur|dag(?:en)?)\.?"
)
_RUNNING = re.compile(
    rf"(?:updated|posted|published|aktualisiert|mis à jour|actualizado|aggiornato|bijgewerkt)?\W*"
    rf"(?:just now|gerade eben|à l'instant|now|(?:(?:vor|il y a|hace|fa|há)\s+)?(?:\d{{1,3}}|an?|one|einer?)\s?{_UNIT}"
    rf"(?:\s+(?:ago|fa|geleden|atrás|sedan|siden))?)\W*",
    re.IGNORECASE,
)
"""A paragraph that is only a stamp that runs with the clock; inside a sentence such words are content."""
_LONGEST_STAMP = 40


def tidy(text: str) -> str:
    """The text as a human sees it: blanks collapsed, paragraphs kept, running stamps gone."""
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "\n".join(line for line in lines if line and not _is_running(line))


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """The text without typography: what has to differ for a change to be an edit."""
    text = " ".join(tidy(text).split())
    if not text.isascii():
        text = " ".join(unicodedata.normalize("NFC", text).translate(_SAME).split())
    return text.replace("``", '"').replace("''", '"')


def plain_link(address: str) -> str:
    """A link without tracking parameters and fragment."""
    return canonical_address(address)


def plain_media(address: str) -> str:
    """A picture's or video's address without its query, which carries sizes and signatures."""
    return canonical_address(address).partition("?")[0]


def section_digest(section: Section | RevisionRow) -> str:
    """Digest of what a reader sees of a section, noise left out; place, pin and ids do not count."""
    return _digest(
        [
            plain(section.headline or ""),
            plain(section.text),
            _stamp(stated_time(section)),
            "\t".join(section.authors),
            "\t".join(map(plain_link, section.links)),
            "\t".join(map(plain_media, section.media)),
            str(section.key_event),
        ]
    )


def page_digest(page: Page) -> str:
    """Digest of a whole page as read: of every section with its place, pin and id, and of what stands around them."""
    parts = [page.title or "", page.standfirst or "", page.language or "", *page.authors, str(page.coverage.state)]
    for section in page.sections:
        parts += [
            section.kind,
            section.publisher_id or "",
            str(section.pinned),
            tidy(section.headline or ""),
            tidy(section.text),
            section_digest(section),
        ]
    return _digest(parts)


def stated_time(section: Section | RevisionRow) -> datetime | None:
    """The time the page gives, where it gives one that does not run with the clock."""
    return section.published_at if section.time_source in STATED else None


def _is_running(line: str) -> bool:
    return len(line) <= _LONGEST_STAMP and _RUNNING.fullmatch(line) is not None


def _stamp(moment: datetime | None) -> str:
    return "" if moment is None else f"{moment.timestamp():.0f}"


def _digest(parts: Iterable[str]) -> str:
    joined = "\x1f".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(joined, digest_size=DIGEST_BYTES).hexdigest()

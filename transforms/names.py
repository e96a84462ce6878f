"""Names of people, told by their shape: two to five words with capitals, small words only where names have them."""

import re
from collections.abc import Iterable

from transforms.cues import cues

PARTICLES = frozenset(
    {"de", "la", "le", "da", "do", "dos", "das", "del", "della", "di", "du", "van", "von", "der", "den", "ten", "ter"}
    | {"zu", "zur", "af", "av", "el", "al", "bin", "ibn", "y", "e", "i", "und", "and", "et"}
)
"""Small words that may stand within a name."""
MAX_NAME = 40
MAX_WORDS = 5
_WORD = re.compile(r"[^\W\d_]+(?:['’.-][^\W\d_]+)*\.?$")
_BETWEEN = re.compile(r"\s*(?:,|;|&|\||/|·|•)\s*")


def looks_like_name(text: str) -> bool:
    """Whether a short text may be a person's name: "Jamie Braidwood", "Ana de la Torre"."""
    words = text.split()
    if not 2 <= len(words) <= MAX_WORDS or len(text) > MAX_NAME or text.isupper():
        return False
    if cues("furniture").is_line(text) or cues("key_events").is_line(text):
        return False
    named = [word for word in words if word not in PARTICLES]
    capitals = all(_WORD.match(word) and not word.islower() for word in named)
    return capitals and words[0][0].isupper() and words[-1][0].isupper()


def name_before(text: str) -> str:
    """The name with which a short line opens ("Sam Poole in London"), or ""."""
    words = text.split()
    names = (" ".join(words[:count]) for count in (3, 2))
    return next((name for name in names if looks_like_name(name)), "")


def names_in(texts: Iterable[str], other_than: str | None = None) -> tuple[str, ...]:
    """The names that stand in short texts, each once, without "By" and the like before them."""
    names: list[str] = []
    for text in texts:
        opening = cues("byline").opens(text)
        bare = text[len(opening) :].strip(" :") if opening else text
        names += [part for part in _BETWEEN.split(bare) if looks_like_name(part) and part != other_than]
    return tuple(dict.fromkeys(names))

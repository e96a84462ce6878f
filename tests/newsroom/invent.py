"""Plausible news of Velmark, from a seed: headlines, paragraphs, names, numbers. The same seed, the same words."""

import random
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path


@cache
def words() -> Mapping[str, Sequence[str]]:
    """The word lists and sentence patterns of ``words.toml``."""
    return tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8"))


class Inventor:
    """Words from a seed. One inventor's headlines do not repeat until thousands are made."""

    def __init__(self, seed: object) -> None:
        self._random = random.Random(str(seed))  # reproducible, not secret
        self._used: set[str] = set()

    def headline(self) -> str:
        """A headline that this inventor has not made before."""
        for _ in range(200):
            made = self._filled(self._pick("headlines"))
            if made not in self._used:
                self._used.add(made)
                return made
        raise AssertionError("the inventor has run out of headlines")

    def text(self, paragraphs: int | None = None) -> str:
        """A body of one to four paragraphs."""
        count = paragraphs or self._random.choice((1, 1, 2, 2, 3, 4))
        return "\n\n".join(self.paragraph() for _ in range(count))

    def paragraph(self) -> str:
        """One to three sentences."""
        templates = self._random.sample(words()["sentences"], self._random.choice((1, 2, 2, 3)))
        return " ".join(self._filled(template) for template in templates)

    def name(self) -> str:
        """A person."""
        return f"{self._pick('first_names')} {self._pick('last_names')}"

    def number(self, low: int, high: int) -> int:
        """A number between two, both included."""
        return self._random.randint(low, high)

    def chance(self, share: float) -> bool:
        """True in that share of cases."""
        return self._random.random() < share

    def choice(self, options: tuple[str, ...]) -> str:
        """One of several."""
        return self._random.choice(options)

    def _pick(self, kind: str) -> str:
        return self._random.choice(words()[kind])

    def _filled(self, template: str) -> str:
        place, place2 = self._random.sample(words()["places"], 2)
        made = template.format(
            thing=self._pick("things"),
            place=place,
            place2=place2,
            deed=self._pick("deeds"),
            body=self._pick("bodies"),
            name=self.name(),
            quote=self._pick("quotes"),
            clock=f"{self._random.randint(5, 22)}.{self._random.randint(0, 59):02d}",
            small=self._random.randint(3, 90),
            small2=self._random.randint(2, 40),
            large=f"{self._random.randint(1, 80)},{self._random.randint(0, 999):03d}",
            age=self._random.randint(19, 88),
            year=self._random.randint(1931, 2019),
        )
        return made[0].upper() + made[1:]

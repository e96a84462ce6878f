"""Values that a page holds flattened: every value once, in one list, and in each object the places of its members.

    [{"title": 1, "posts": 2}, "Storm", [3], {"html": 4, "at": 5}, "<p>…</p>", ["Date", "2026-03-11T16:42:00Z"]]

So frameworks write states in which one object stands at several places (the library devalue, as in Nuxt 3 and
SvelteKit). A list that opens with a word is a value of a kind that JSON lacks: ``["Date", text]``, ``["Ref", place]``.
"""

from typing import Any, TypeGuard

MAX_VALUES = 300_000
"""Values of one page, each counted at every place where it stands: more than any page needs."""
MAX_DEPTH = 50


def is_flattened(value: object) -> bool:
    """Whether a JSON value is such a list: its first value holds places of others and nothing else."""
    if not isinstance(value, list) or len(value) < 2 or not isinstance(value[0], dict | list):
        return False
    parts = list(value[0].values()) if isinstance(value[0], dict) else value[0][_is_kind(value[0]) :]
    return bool(parts) and all(_is_place(part, value) for part in parts)


def restored(flat: list[Any]) -> object:
    """The first value, with its members in their places, as far as `MAX_VALUES` and `MAX_DEPTH` go."""
    return _Restorer(flat).at(0)


class _Restorer:
    def __init__(self, flat: list[Any]) -> None:
        self.flat = flat
        self.left = MAX_VALUES

    def at(self, place: object, depth: int = 0) -> object:
        """The value at a place, or what stands there instead of a place."""
        self.left -= 1
        if not _is_place(place, self.flat):
            return place if isinstance(place, str) else None
        value = self.flat[place]
        if self.left < 0 or depth > MAX_DEPTH:
            return None
        if isinstance(value, dict):
            return {key: self.at(part, depth + 1) for key, part in value.items()}
        if not isinstance(value, list):
            return value
        parts = [self.at(part, depth + 1) for part in value[_is_kind(value) :]]
        return parts[0] if _is_kind(value) and len(parts) == 1 else parts


def _is_kind(value: list[Any]) -> bool:
    return bool(value) and isinstance(value[0], str)


def _is_place(part: object, values: list[Any]) -> TypeGuard[int]:
    return isinstance(part, int) and not isinstance(part, bool) and 0 <= part < len(values)

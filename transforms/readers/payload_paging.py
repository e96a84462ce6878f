"""Where a JSON payload says that it goes on: the address of the next page, wherever the payload's envelope names it.

{"posts": […], "next": "https://…?before=17"}
{"items": […], "_links": {"next": {"href": "/posts?page=2"}}, "_meta": {"pages": 4}}
{"data": […], "pagination": {"older": "?before=17", "totalPages": 4}}
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from transforms.links import joined
from transforms.records import Paging

MAX_ADDRESS = 2000
_OLDER = re.compile(r"^(?:next|older|load_?more|more)(?:_?(?:page|url|link|href|uri))?$", re.IGNORECASE)
_NEWER = re.compile(r"^(?:prev(?:ious)?|newer)(?:_?(?:page|url|link|href|uri))?$", re.IGNORECASE)
_TOTAL = re.compile(r"^(?:total_?pages|page_?count|pages|last_?page)$", re.IGNORECASE)
_ENVELOPE = re.compile(
    r"^_?(?:links|meta|pagination|paging|page_?info|nav|cursor|cursors|data|result|response)$", re.IGNORECASE
)
_ADDRESS = re.compile(r"(?:https?://|/|\?)\S+$")


def payload_paging(payload: object, base: str, window: int) -> Paging:
    """The paging facts of a JSON value that was fetched from ``base`` and shows ``window`` updates."""
    fields = list(_fields(payload))
    addresses = [(key, joined(base, address)) for key, value in fields if (address := _address(value))]
    totals = (value for key, value in fields if _TOTAL.match(key) and isinstance(value, int) and value > 0)
    return Paging(
        older=next((address for key, address in addresses if _OLDER.match(key) and address != base), None),
        newer=next((address for key, address in addresses if _NEWER.match(key) and address != base), None),
        total_pages=next((value for value in totals if not isinstance(value, bool)), None),
        window=window or None,
    )


def _fields(value: object, depth: int = 0) -> Iterator[tuple[str, Any]]:
    """Fields of the envelope: of the payload itself, and of the objects in it that tell about the list."""
    if not isinstance(value, Mapping) or depth > 2:
        return
    for key, item in value.items():
        yield key, item
        if _ENVELOPE.match(key):
            yield from _fields(item, depth + 1)


def _address(value: object) -> str | None:
    """The address in a string or in an object with an ``href`` or ``url``."""
    if isinstance(value, Mapping):
        value = value.get("href") or value.get("url")
    if isinstance(value, str) and len(value) <= MAX_ADDRESS and _ADDRESS.match(value):
        return value
    return None

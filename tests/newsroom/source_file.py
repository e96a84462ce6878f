"""A publisher of the newsroom as the file by which the program knows it (docs/sources.md)."""

import json
from collections.abc import Sequence

from tests.newsroom.press import Source


def source_file(source: Source, origin: str, **announced: Sequence[str]) -> str:
    """The file's text.

    Args:
        source: the publisher.
        origin: scheme and host under which it is served.
        announced: paths of what names its live blogs, by the keys of ``[discover]``.
    """
    lines = [
        f"name = {json.dumps(source.name)}",
        f'home = "{origin}/"',
        f'time_zone = "{source.timezone}"',
        f'language = "{source.language}"',
        "",
        "[discover]",
        *(f"{key} = {json.dumps([origin + path for path in paths])}" for key, paths in announced.items()),
        'hints = ["/live/"]',
    ]
    return "\n".join(lines) + "\n"

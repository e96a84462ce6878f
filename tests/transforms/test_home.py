"""Where a page is at home, told by what stands on it."""

import pytest

from transforms.home import home_zone
from transforms.outline import Outline


def zone(head: str = "", language: str = "", url: str | None = None) -> str | None:
    outline = Outline(f"<html lang='{language}'><head>{head}</head><body><p>12:31</p></body></html>")
    return home_zone(outline, url, (), generic=True)


WRITTEN = '<meta property="article:published_time" content="2025-03-11T10:00:00-03:00">'


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ({"url": "https://paper.example.fr/live"}, "Europe/Paris"),
        ({"url": "https://paper.example.cn/live"}, "Asia/Shanghai"),
        ({"language": "de"}, "Europe/Berlin"),
        ({"language": "de-AT"}, "Europe/Vienna"),
        ({"language": "pt-BR", "head": WRITTEN}, "Etc/GMT+3"),
        ({"language": "tr", "head": WRITTEN}, "Etc/GMT+3"),
        ({"language": "en"}, None),
        ({"language": "es"}, None),
    ],
)
def test_the_country_tells_the_zone_then_the_pages_own_times_then_a_language_of_one_time(told, name):
    assert zone(**told) == name

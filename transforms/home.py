"""Where a page is at home: the time zone of clocks that name none ("12.31 Uhr").

source         the source entry says it (`Document.timezone`)
outlet         a host listed in ``outlets.toml`` (not in generic mode)
country        the host's top-level domain, else the page's locale, where the country lives by one time
offset         the offset in which the page itself writes its times ("+05:30")
language       the page's language, where nearly all who read it live by one time
"""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from transforms.links import split
from transforms.outline import Outline

WIDE = frozenset(
    {"AU", "BR", "CA", "CD", "CL", "GL", "ID", "KI", "KZ", "MN", "MX", "PF", "RU", "UM", "US", "FM", "AQ", "PG"}
)
"""Countries that live by several times, so that the country alone tells nothing."""
_MAIN = {"UA": "Europe/Kyiv"}
"""Where the first zone listed is not the capital's."""
_OF_LANGUAGES = {
    "de": "Europe/Berlin", "it": "Europe/Rome", "nl": "Europe/Amsterdam", "pl": "Europe/Warsaw", "cs": "Europe/Prague",
    "sk": "Europe/Bratislava", "hu": "Europe/Budapest", "sl": "Europe/Ljubljana", "hr": "Europe/Zagreb",
    "sr": "Europe/Belgrade", "bs": "Europe/Sarajevo", "mk": "Europe/Skopje", "sq": "Europe/Tirane",
    "da": "Europe/Copenhagen", "sv": "Europe/Stockholm", "no": "Europe/Oslo", "nb": "Europe/Oslo", "nn": "Europe/Oslo",
    "is": "Atlantic/Reykjavik", "fi": "Europe/Helsinki", "et": "Europe/Tallinn", "lv": "Europe/Riga",
    "lt": "Europe/Vilnius", "ro": "Europe/Bucharest", "bg": "Europe/Sofia", "el": "Europe/Athens", "uk": "Europe/Kyiv",
    "tr": "Europe/Istanbul", "ka": "Asia/Tbilisi", "hy": "Asia/Yerevan", "az": "Asia/Baku", "he": "Asia/Jerusalem",
    "hi": "Asia/Kolkata", "bn": "Asia/Dhaka", "th": "Asia/Bangkok", "vi": "Asia/Ho_Chi_Minh", "ja": "Asia/Tokyo",
    "ko": "Asia/Seoul",
}  # fmt: skip
"""Languages that are read at one time of day: German in Berlin, Vienna and Zurich, but not Spanish or English."""
_OFFSET = re.compile(r"T\d\d:\d\d(?::\d\d(?:\.\d+)?)?([+-])(\d\d):?(\d\d)$")
_LOCALE = re.compile(r"[a-z]{2,3}[-_]([A-Z]{2})$")
_HALF_HOURS = {"+05:30": "Asia/Kolkata", "+05:45": "Asia/Kathmandu", "+03:30": "Asia/Tehran", "+06:30": "Asia/Yangon"}


def home_zone(
    outline: Outline, url: str | None, linked: Iterable[Mapping[str, Any]], *, generic: bool = False
) -> str | None:
    """The IANA name of the page's time zone, or None where nothing on the page tells it."""
    addresses = (url, outline.head.links.get("canonical"), outline.head.meta.get("og:url"))
    host = next((host for address in addresses if (host := _host(address))), "")
    listed = None if generic else _outlet(host)
    return listed or _of_country(_country(outline, host)) or _of_offsets(outline, linked) or _of_language(outline)


def _host(address: str | None) -> str:
    return split(address or "").hostname or ""


def _outlet(host: str) -> str | None:
    parts = host.split(".")
    return next((zone for at in range(len(parts)) if (zone := _outlets().get(".".join(parts[at:])))), None)


def _country(outline: Outline, host: str) -> str | None:
    domain = host.rpartition(".")[2].upper()
    if len(domain) == 2 and ("GB" if domain == "UK" else domain) in _countries():
        return "GB" if domain == "UK" else domain
    locales = (outline.head.language, outline.head.meta.get("og:locale"))
    return next((found[1] for locale in locales if locale and (found := _LOCALE.match(locale.strip()))), None)


def _of_country(country: str | None) -> str | None:
    return None if country is None or country in WIDE else _countries().get(country)


def _of_offsets(outline: Outline, linked: Iterable[Mapping[str, Any]]) -> str | None:
    values: list[object] = list(map(outline.head.meta.get, ("article:published_time", "article:modified_time")))
    values += [thing.get(key) for thing in linked for key in ("datePublished", "dateModified")]
    for value in values:
        found = _OFFSET.search(value) if isinstance(value, str) else None
        if found and found[2] + found[3] != "0000":
            return _zone_of_offset(found[1], int(found[2]), found[3])
    return None


def _of_language(outline: Outline) -> str | None:
    language = (outline.head.language or "").strip().lower()
    return _OF_LANGUAGES.get(re.split(r"[-_]", language)[0])


def _zone_of_offset(sign: str, hours: int, minutes: str) -> str | None:
    if minutes != "00" or hours > 12:
        return _HALF_HOURS.get(f"{sign}{hours:02}:{minutes}")
    return f"Etc/GMT{'-' if sign == '+' else '+'}{hours}"  # POSIX counts west of Greenwich


@cache
def _outlets() -> dict[str, str]:
    table = tomllib.loads((files("transforms") / "outlets.toml").read_text("utf-8"))
    return {host: zone for zone, entry in table.items() for host in entry["hosts"]}


@cache
def _countries() -> dict[str, str]:
    """Each country's main zone: the first that the time-zone database lists for it."""
    zones: dict[str, list[str]] = defaultdict(list)
    for line in (files("tzdata") / "zoneinfo" / "zone.tab").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            country, _, zone, *_ = line.split("\t")
            zones[country].append(zone)
    return {country: found[0] for country, found in zones.items()} | _MAIN

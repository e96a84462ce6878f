"""Sources as data: one TOML file a publisher, named for its slug; adding a publisher is adding a file.

    name = "The Example Times"
    home = "https://www.example.com/"          # links to other sites are not followed
    time_zone = "Europe/London"                # IANA; for times on its pages that name none
    language = "en-GB"                         # BCP 47
    verified = 2026-11-22                      # day of the last passed check; left out until there was one

    [discover]                                 # at least one address
    news_sitemaps = ["https://www.example.com/news-sitemap.xml"]
    feeds = ["https://www.example.com/rss.xml"]
    sections = ["https://www.example.com/live"]
    hints = ["/live/"]                         # regular expressions (`crawler.hints`), whatever their case; candidates
                                               # that match come first, none is dropped

    [politeness]
    delay_s = 10                               # if larger than the settings' delay

    [paging]
    max_pages = 10                             # pages that a look walks through at most, instead of the settings'

`load` checks everything before anything is fetched; a `SourceError` names file, line and field.
"""

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from crawler.hints import checked
from crawler.hosts import host_of

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_HEADER = re.compile(r"""\[\s*["']?([\w-]+)["']?\s*\]""")
_AT_LINE = re.compile(r"(.*) \(at line (\d+), column (\d+)\)", re.DOTALL)


class SourceError(ValueError):
    """A source file says something that cannot be: ``file:line: field: what, and what to write instead``."""


@dataclass(frozen=True, slots=True)
class Source:
    """One publisher."""

    slug: str
    name: str
    home: str
    time_zone: str
    language: str
    news_sitemaps: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    delay_s: float | None = None
    max_pages: int | None = None
    """Pages to walk through at most; None: as many as the settings allow."""
    verified: date | None = None

    def owns(self, url: str) -> bool:
        """Whether an address is on the publisher's site."""
        return owned_by(self.home, url)


def owned_by(home: str, url: str) -> bool:
    """Whether an address is on the host of `home`, a leading ``www.`` left away, or on one below it."""
    site, host = (host_of(one) for one in (home, url))
    site = site.removeprefix("www.")
    return host == site or host.endswith(f".{site}")


def shipped() -> tuple[Source, ...]:
    """The publishers that come with the program, by slug."""
    with resources.as_file(resources.files("crawler") / "sources") as folder:
        return load_folder(folder)


def load_folder(folder: Path) -> tuple[Source, ...]:
    """Every ``*.toml`` of a folder, by slug. Raises SourceError for the first that is wrong."""
    return tuple(load(path) for path in sorted(folder.glob("*.toml")))


def load(path: Path) -> Source:
    """One source file. Raises SourceError if it is not one, OSError if it cannot be read."""
    try:
        text = path.read_text(encoding="utf-8")
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = _AT_LINE.fullmatch(str(error))
        where, what = (f"{path}:{at[2]}", f"{at[1]}, at column {at[3]}") if at else (path, error)
        raise SourceError(f"{where}: not a TOML file: {what}") from error
    except UnicodeDecodeError as error:
        raise SourceError(f"{path}: not a TOML file: {error}") from error
    return _Reader(path, text).source(data)


class _Reader:
    """Turns a parsed file into a `Source`, and complaints into lines of the file."""

    def __init__(self, path: Path, text: str) -> None:
        self._path = path
        self._lines = text.splitlines()

    def source(self, data: Mapping[str, Any]) -> Source:
        if not _SLUG.fullmatch(self._path.stem):
            raise SourceError(f"{self._path}: the file's name is the slug: use a-z, 0-9 and single hyphens")
        self._known(data, "", {*_TOP, "discover", "politeness", "paging"})
        discover = self._table(data, "discover", set(_DISCOVER))
        politeness = self._table(data, "politeness", {"delay_s"})
        paging = self._table(data, "paging", {"max_pages"})
        values = {name: self._value(data, "", name, check) for name, check in _TOP.items() if name in data}
        values |= {name: self._each(discover, name, check) for name, check in _DISCOVER.items()}
        for missing in sorted({"name", "home", "time_zone", "language"} - values.keys()):
            self._fail("", missing, "is missing: every source has one")
        if not any(values[name] for name in ("news_sitemaps", "feeds", "sections")):
            self._fail("", "discover", "needs an address in news_sitemaps, feeds or sections")
        return Source(
            slug=self._path.stem,
            delay_s=self._value(politeness, "politeness", "delay_s", _seconds),
            max_pages=self._value(paging, "paging", "max_pages", _count),
            **values,
        )

    def _table(self, data: Mapping[str, Any], name: str, known: set[str]) -> Mapping[str, Any]:
        table = data.get(name, {})
        if not isinstance(table, dict):
            self._fail("", name, f"is a table: begin it with [{name}]")
        self._known(table, name, known)
        return table

    def _known(self, data: Mapping[str, Any], table: str, known: set[str]) -> None:
        for key in data:
            if key not in known:
                self._fail(table, key, f"is not known; known are {', '.join(sorted(known))}")

    def _value(self, data: Mapping[str, Any], table: str, key: str, check: "_Check") -> Any:  # noqa: ANN401 - as checked
        if key not in data:
            return None
        try:
            return check(data[key])
        except ValueError as error:
            self._fail(table, key, str(error), data[key])

    def _each(self, data: Mapping[str, Any], key: str, check: "_Check") -> tuple[Any, ...]:
        values = data.get(key, [])
        if not isinstance(values, list):
            self._fail("discover", key, "is a list: write [...] around it")
        return tuple(self._value({key: value}, "discover", key, check) for value in values)

    def _fail(self, table: str, key: str, problem: str, value: object = None) -> NoReturn:
        field = f"{table}.{key}" if table else key
        raise SourceError(f"{self._path}:{self._line(table, key, value)}: {field}: {problem}")

    def _line(self, table: str, key: str, value: object) -> int:
        """Line of a text in a list of that key, or of the key, or of its table, or the first."""
        current, found = "", 1
        named = re.compile(rf"""(?:^|[\s.{{,])["']?{re.escape(key)}["']?\s*=""")
        for number, line in enumerate(self._lines, 1):
            text = line.partition("#")[0].strip()
            if header := _HEADER.match(text):
                current = header[1]
                found = number if current in (table, key) else found
            elif named.search(text) and (current == table or (not current and text.startswith(table))):
                return self._line_of(value, number)
        return found

    def _line_of(self, value: object, first: int) -> int:
        """The line, from the first on, that holds a text; else the first."""
        if not isinstance(value, str) or not value:
            return first
        return next((n for n, line in enumerate(self._lines[first - 1 :], first) if value in line), first)


_Check = Callable[[Any], Any]


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("is a text that is not empty")
    return value


def _address(value: object) -> str:
    text = _text(value)
    if not text.startswith(("http://", "https://")) or not host_of(text) or not _has_port(text):
        raise ValueError(f"{text!r} is no http or https address")
    return text


def _has_port(address: str) -> bool:
    """Whether an address names a port that there can be, or none."""
    try:
        return urlsplit(address).port != 0
    except ValueError:
        return False


def _zone(value: object) -> str:
    name = _text(value)
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"{name!r} is no IANA time zone, such as Europe/London") from error
    return name


def _language(value: object) -> str:
    tag = _text(value)
    if not _LANGUAGE.fullmatch(tag):
        raise ValueError(f"{tag!r} is no BCP 47 language tag, such as en-GB")
    return tag


def _pattern(value: object) -> str:
    return checked(_text(value))


def _day(value: object) -> date:
    if type(value) is not date:
        raise ValueError("is the day of the last passed check, such as 2026-11-22; leave it out until there was one")
    return value


def _seconds(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 3600:
        raise ValueError("is a number of seconds above 0, at most 3600")
    return float(value)


def _count(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 200:
        raise ValueError("is a whole number from 1 to 200")
    return value


_TOP: Mapping[str, _Check] = {
    "name": _text,
    "home": _address,
    "time_zone": _zone,
    "language": _language,
    "verified": _day,
}
_DISCOVER: Mapping[str, _Check] = {
    "news_sitemaps": _address,
    "feeds": _address,
    "sections": _address,
    "hints": _pattern,
}

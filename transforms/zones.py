"""Time zones as pages write them ("BST", "(IST)", "MESZ", "GMT+2", "ET"), and local times made UTC.

Twice a year a local time is doubtful. One that comes twice (clocks go back) is the earlier of the two, unless the page
names the zone's half ("BST" or "GMT") or the order of the updates says otherwise (`transforms.midnight`). One that
never comes (clocks go forward) is read as if the clock had not been changed yet, so it lands an hour further on.
"""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

from dateparser.timezones import timezone_info_list

ZONE = re.compile(r"\(?(?P<zone>(?:UTC|GMT)\s?[+\-−]\s?\d{1,2}(?::?\d{2})?|[A-Z]{2,5}|Z|мск|МСК)\)?(?!\w|\s[A-Z]{2})")
"""A zone's name as it stands behind a clock time; whether it is one, `zone_named` decides."""

_REGIONS = {"ET": "America/New_York", "CT": "America/Chicago", "MT": "America/Denver", "PT": "America/Los_Angeles"}
"""Names that cover summer and winter."""
_SOUTH_ASIA = {"IST": 19800}
"""Where the source's own zone does not settle it, "IST" is India's (dateparser's table says Israel's)."""
_RUSSIAN = {"МСК": "MSK"}
_OFFSET = re.compile(r"(?:UTC|GMT)\s?([+\-−])\s?(\d{1,2})(?::?(\d{2}))?")


@lru_cache(maxsize=256)
def zone_named(name: str, source_zone: str | None, year: int = 2024) -> tzinfo | None:
    """The zone that a page's abbreviation means, or None where it is none.

    An abbreviation that the source's own zone uses means that zone: "IST" is Irish in Dublin and Israel's in Jerusalem.
    """
    offset = _OFFSET.fullmatch(name)
    if offset:
        hours, minutes = int(offset[2]), int(offset[3] or 0)
        sign = 1 if offset[1] == "+" else -1
        return timezone(sign * timedelta(hours=hours, minutes=minutes)) if hours < 15 and minutes < 60 else None
    name = _RUSSIAN.get(name.upper(), name.upper())
    if name in _REGIONS:
        return ZoneInfo(_REGIONS[name])
    seconds = _halves_of(source_zone, year).get(name, _abbreviations().get(name))
    return None if seconds is None else timezone(timedelta(seconds=seconds), name)


@lru_cache(maxsize=256)
def source_zone(name: str | None) -> tzinfo | None:
    """The zone of an IANA name, or None where there is no such zone."""
    try:
        return ZoneInfo(name) if name else None
    except (ValueError, OSError):
        return None


def to_utc(local: datetime, zone: tzinfo) -> datetime | None:
    """A naive local time in UTC; None where the calendar ends."""
    try:
        return local.replace(tzinfo=zone).astimezone(UTC)
    except (OverflowError, ValueError):
        return None


def _halves_of(name: str | None, year: int) -> dict[str, int]:
    """What a zone is called in winter and summer, with seconds east of Greenwich."""
    zone = source_zone(name)
    halves = [datetime(year, month, 1, tzinfo=zone) for month in (1, 7)] if zone else []
    return {half.tzname() or "": round((half.utcoffset() or timedelta()).total_seconds()) for half in halves}


@cache
def _abbreviations() -> dict[str, int]:
    names = {name: seconds for group in timezone_info_list for name, seconds in group["timezones"]}
    return {name: seconds for name, seconds in names.items() if name.isalpha()} | _SOUTH_ASIA | {"Z": 0}

"""Settings: the one place where the environment is read.

    LIVEBLOG_LAKE            a folder, or s3://bucket/prefix                 default: ./lake-data
    LIVEBLOG_SPOOL           folder for what is fetched and not yet archived default: ~/.local/state/…
    LIVEBLOG_SOURCES         folder with source files of your own            default: none
    LIVEBLOG_ONLY_OWN_SOURCES  1: without the publishers that ship with us default: 0
    LIVEBLOG_CONTACT         address or mailbox that the User-Agent names    default: none
    LIVEBLOG_USER_AGENT      the whole User-Agent, instead                   default: names us and the contact
    LIVEBLOG_DELAY_S         seconds between two requests to one domain      default: 5
    LIVEBLOG_TIMEOUT_S       seconds for one answer                          default: 30
    LIVEBLOG_BUDGET_S        seconds for one batch of looks                  default: 300
    LIVEBLOG_TURN_S          seconds for blogs to get their turn in a batch  default: 50
    LIVEBLOG_EVERY_S         seconds between looks at a blog that runs       default: 0, by its rhythm
    LIVEBLOG_MAX_PAGES       older pages of a blog to walk through at most   default: 10
    LIVEBLOG_MAX_BODY_MIB    size cap of an answer, MiB                      default: 20
    LIVEBLOG_IGNORE_TDM      1: read pages whose rights are reserved too     default: 0
    LIVEBLOG_IGNORE_ROBOTS   1: do not ask robots.txt (your own sites only)  default: 0
    LIVEBLOG_WARN_MIB_A_DAY  doctor warns past so many MiB a day             default: 0, never
    LIVEBLOG_WARN_REQUESTS_A_DAY  … past so many requests to the store       default: 0, never
    LIVEBLOG_ALLOW_PRIVATE   1: fetch from loopback and private addresses toodefault: 0

S3 credentials come from the standard chain (AWS_ACCESS_KEY_ID, profiles, instance roles), the endpoint from
AWS_ENDPOINT_URL; neither is kept here, nor printed.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from crawler.settings import MIB, CrawlSettings
from liveblog import __version__
from liveblog.errors import InputError

DEFAULT_LAKE = "lake-data"
DEFAULT_MAX_PAGES = 10
"""With the delay between two requests, a first look then takes less than a minute of a domain's time."""
TURN_S = 50.0
"""Of the minute between two recording runs; what a domain's delay leaves over is looked at in the next one."""
DEFAULTS = CrawlSettings(paging="liveblog.paging:older")
TRUE = frozenset({"1", "true", "yes", "on"})
FALSE = frozenset({"", "0", "false", "no", "off"})


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of the program; frozen."""

    lake: str
    """A folder, or ``s3://bucket/prefix``."""
    spool: Path
    """What was fetched for this lake and is not yet archived there."""
    crawl: CrawlSettings
    max_pages: int = DEFAULT_MAX_PAGES
    """Pages of one blog that one look goes through at most, where it walks (`liveblog.paging`)."""
    sources: Path | None = None
    """Folder with source files of the user's own, beside those that ship with the program."""
    only_own_sources: bool = False
    """Without those that ship with the program."""
    warn_bytes_a_day: float | None = None
    """Growth of the lake past which `doctor` warns; None: never."""
    warn_requests_a_day: float | None = None
    """Requests to the store past which it warns."""
    every_s: float = 0.0
    """Blogs that run are looked at this often at least, whatever their rhythm; 0: by their rhythm alone."""


def read_settings(environ: Mapping[str, str], *, lake: str | None = None) -> Settings:
    """The settings that an environment asks for; `lake` wins over LIVEBLOG_LAKE. Raises InputError."""
    where = lake or environ.get("LIVEBLOG_LAKE") or DEFAULT_LAKE
    crawl = CrawlSettings(
        user_agent=_user_agent(environ),
        delay_s=_number(environ, "LIVEBLOG_DELAY_S", DEFAULTS.delay_s),
        turn_s=_number(environ, "LIVEBLOG_TURN_S", TURN_S),
        timeout_s=_number(environ, "LIVEBLOG_TIMEOUT_S", DEFAULTS.timeout_s),
        budget_s=_number(environ, "LIVEBLOG_BUDGET_S", DEFAULTS.budget_s),
        max_body_bytes=round(_number(environ, "LIVEBLOG_MAX_BODY_MIB", DEFAULTS.max_body_bytes / MIB) * MIB),
        obey_robots=not _flag(environ, "LIVEBLOG_IGNORE_ROBOTS"),
        allow_private=_flag(environ, "LIVEBLOG_ALLOW_PRIVATE"),
        respect_tdm=not _flag(environ, "LIVEBLOG_IGNORE_TDM"),
        memory=str(_spool_root(environ) / "hosts"),
        paging=DEFAULTS.paging,
    )
    max_pages = max(1, round(_number(environ, "LIVEBLOG_MAX_PAGES", DEFAULT_MAX_PAGES)))
    own = environ.get("LIVEBLOG_SOURCES", "").strip()
    sources = Path(own) if own else None
    only_own = _flag(environ, "LIVEBLOG_ONLY_OWN_SOURCES")
    warn_bytes = _number(environ, "LIVEBLOG_WARN_MIB_A_DAY", 0) * MIB or None
    warn_requests = _number(environ, "LIVEBLOG_WARN_REQUESTS_A_DAY", 0) or None
    every_s = _number(environ, "LIVEBLOG_EVERY_S", 0)
    return Settings(
        where, _spool(environ, where), crawl, max_pages, sources, only_own, warn_bytes, warn_requests, every_s
    )


def _user_agent(environ: Mapping[str, str]) -> str:
    contact = environ.get("LIVEBLOG_CONTACT", "").strip()
    default = f"AsItHappened/{__version__} (live-blog recorder; {'+' + contact if contact else 'no contact set'})"
    agent = environ.get("LIVEBLOG_USER_AGENT", "").strip() or default
    if not agent.isprintable() or not agent.isascii():
        raise InputError(
            "LIVEBLOG_USER_AGENT or LIVEBLOG_CONTACT holds characters that an HTTP header cannot: use ASCII"
        )
    return agent


def _number(environ: Mapping[str, str], name: str, default: float) -> float:
    text = environ.get(name, "").strip()
    try:
        value = float(text) if text else float(default)
    except ValueError:
        value = -1.0
    if not 0 <= value < float("inf"):
        raise InputError(f"{name}={text!r} is not a number of 0 or more: correct or unset it")
    return value


def _flag(environ: Mapping[str, str], name: str) -> bool:
    text = environ.get(name, "").strip().lower()
    if text not in TRUE | FALSE:
        raise InputError(f"{name}={text!r} is neither 1 nor 0: correct or unset it")
    return text in TRUE


def _spool_root(environ: Mapping[str, str]) -> Path:
    state = environ.get("XDG_STATE_HOME") or str(Path(environ.get("HOME") or Path.home()) / ".local" / "state")
    return Path(environ.get("LIVEBLOG_SPOOL") or Path(state) / "as-it-happened" / "spool")


def _spool(environ: Mapping[str, str], lake: str) -> Path:
    where = lake if "://" in lake else str(Path(lake).resolve())
    return _spool_root(environ) / hashlib.blake2b(where.encode(), digest_size=6).hexdigest()

"""Is everything there that the program needs? One check a function, each saying what to do where it is not.

python    version 3.11 to 3.13             credentials   S3 lakes: the standard chain finds some, and they are taken
airflow   installed, its version           lake          reachable, writable, of a known format
spool     a folder we can write            conditional   put-if-absent honoured by the store (rule L7)
contact   the User-Agent says whom to ask     budget      bytes and requests a day, where the settings limit them
readers   those of other packages can be used
"""

import importlib.metadata
import importlib.util
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from crawler.settings import MIB
from lake.budget import by_day, over_budget, spent
from lake.errors import LakeError, StoreMissing, StoreRefused, StoreUnreachable, StoreUnsafe
from lake.lake import open_lake, probe
from liveblog.settings import Settings
from transforms.readers import ADDED

OLDEST, NEWEST = (3, 11), (3, 13)
BUDGET_DAYS = 7
"""The last so many days are held against the budget."""
State = Literal["ok", "warn", "fail", "skip"]


@dataclass(frozen=True, slots=True)
class Check:
    """What one check found."""

    name: str
    state: State
    words: str
    """What was seen; where it is not ok, also what to do."""


def check_all(settings: Settings, environ: Mapping[str, str]) -> Iterator[Check]:
    """Every check, in the order in which one would mend things."""
    yield check_python()
    yield check_airflow()
    yield check_spool(settings.spool)
    yield check_contact(environ)
    yield check_readers()
    yield from check_lake(settings.lake)
    if settings.warn_bytes_a_day or settings.warn_requests_a_day:
        yield check_budget(settings)


def check_python() -> Check:
    """The interpreter is one that we test with."""
    version = sys.version_info[:2]
    words = f"{sys.version.split()[0]} at {sys.executable}"
    if OLDEST <= version <= NEWEST:
        return Check("python", "ok", words)
    return Check("python", "fail", f"{words}: install Python 3.11, 3.12 or 3.13 and run make install")


def check_airflow() -> Check:
    """Airflow can be imported; without starting it, which takes seconds."""
    if importlib.util.find_spec("airflow") is None:
        return Check("airflow", "warn", "not installed: recording by hand works; for schedules run make install")
    return Check("airflow", "ok", importlib.metadata.version("apache-airflow"))


def check_spool(spool: Path) -> Check:
    """The spool folder can be made and written."""
    probe = spool / f".probe-{os.getpid()}"
    try:
        spool.mkdir(parents=True, exist_ok=True)
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        return Check(
            "spool", "fail", f"{spool} cannot be written ({error.strerror}): set LIVEBLOG_SPOOL to a folder that can"
        )
    return Check("spool", "ok", str(spool))


def check_contact(environ: Mapping[str, str]) -> Check:
    """Publishers can tell whom to ask."""
    if environ.get("LIVEBLOG_CONTACT") or environ.get("LIVEBLOG_USER_AGENT"):
        return Check("contact", "ok", "named in the User-Agent")
    return Check("contact", "warn", "the User-Agent names nobody: set LIVEBLOG_CONTACT to your address or mailbox")


def check_readers() -> Check:
    """What other packages bring to read pages with can be used."""
    if ADDED.problems:
        return Check("readers", "fail", f"{ADDED.problems[0]}: mend or uninstall the package")
    names = ", ".join(reader.name for reader in ADDED.readers)
    return Check("readers", "ok", f"{names} ({ADDED.versions.lstrip('+')}), and ours" if names else "ours")


def check_lake(where: str) -> Iterator[Check]:
    """Credentials, reach, permission, conditional writes: opening the lake tries them in this order."""
    s3 = where.startswith("s3://")
    try:
        lake = open_lake(where)
        probe(lake.store)
        newest = lake.newest()
    except LakeError as error:
        yield from _lake_failed(error, s3=s3)
        return
    yield (
        Check("credentials", "ok", "taken by the store") if s3 else Check("credentials", "skip", "a folder needs none")
    )
    state = f"newest snapshot {newest.number}" if newest.number else "nothing recorded yet"
    yield Check("lake", "ok", f"{lake.root} can be read and written; {state}")
    yield Check("conditional", "ok", "the store refuses a second put of one name")


def check_budget(settings: Settings) -> Check:
    """The last days of the lake cost no more than the settings allow."""
    try:
        lake = open_lake(settings.lake)
        used = by_day(spent(lake.chain, BUDGET_DAYS))[-BUDGET_DAYS:]
    except LakeError as error:
        return Check("budget", "skip", f"not known: {error}")
    no_limit = float("inf")
    over = over_budget(used, settings.warn_bytes_a_day or no_limit, settings.warn_requests_a_day or no_limit)
    told = ", ".join(f"{day.day}: {day.bytes / MIB:.1f} MiB, {day.requests} requests" for day in over or used[-1:])
    if over:
        return Check("budget", "warn", f"{told}: over the limit; liveblog doctor --usage tells of which layers")
    return Check("budget", "ok", told or "nothing there yet")


def _lake_failed(error: LakeError, *, s3: bool) -> Iterator[Check]:
    if s3 and isinstance(error, StoreRefused):
        yield Check("credentials", "fail", str(error))
    elif s3 and isinstance(error, StoreUnreachable):
        yield Check("credentials", "skip", "not tried: the store gives no answer")
    elif s3 and isinstance(error, StoreMissing | StoreUnsafe):
        yield Check("credentials", "ok", "taken by the store")
    conditional = isinstance(error, StoreUnsafe)
    yield Check("lake", "ok" if conditional else "fail", "reachable" if conditional else str(error))
    yield Check("conditional", "fail" if conditional else "skip", str(error) if conditional else "not tried")

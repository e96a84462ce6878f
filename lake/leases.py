"""Leases: one holder at a time, by put-if-absent and the store's own clock.

    leases/<name>/<number, 12 digits>.json       {"holder", "token", "expires_at", "process"}, never overwritten
    leases/<name>/<number, 12 digits>.released   the holder gave it back

The highest number counts. It is free to take the next one when that was released, or has expired. A holder renews by
taking the next number itself.
"""

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from lake.errors import LeaseHeld, LeaseLost
from lake.processes import is_dead, this_process
from lake.store import ObjectStore, Put

KEPT = 100
"""Numbers that stay behind the newest one: a slow rival that still counts from one of these meets a taken name."""


@dataclass(frozen=True, slots=True)
class _Holding:
    number: int
    holder: str
    token: str
    expires_at: datetime
    released: bool
    process: str | None

    def free(self, now: datetime) -> bool:
        return self.released or self.expires_at <= now or is_dead(self.process)


class Lease:
    """A lease that we hold, or held.

    `token` tells holders apart: drawn at random for one process, or given, and then shared by all who give the same.
    A lease of one process ends with it: on the same machine nobody waits for a killed one.
    """

    def __init__(self, store: ObjectStore, name: str, holder: str, ttl_s: float, token: str | None = None) -> None:
        self.store, self.name, self.holder, self.ttl_s = store, name, holder, ttl_s
        self.token = token or secrets.token_hex(8)
        self.process = None if token else this_process()
        self.number = 0

    def acquire(self) -> None:
        """Take the lease. Raises LeaseHeld."""
        now = self.store.now()
        newest = self._newest()
        if newest is not None and newest.token != self.token and not newest.free(now):
            raise LeaseHeld(self.name, newest.holder, newest.expires_at)
        self._take(newest.number + 1 if newest else 1, now)

    def renew(self) -> None:
        """Hold it for another `ttl_s`. Raises LeaseLost if it passed to another meanwhile."""
        self.check()
        try:
            self._take(self.number + 1, self.store.now())
        except LeaseHeld as error:
            raise LeaseLost(f"{self.name}: {error.holder} took it. Stop this run.") from error

    def check(self) -> None:
        """Raises LeaseLost unless it is still ours, and not expired by the store's clock."""
        newest = self._newest()
        if newest is None or newest.token != self.token:
            raise LeaseLost(f"{self.name}: taken by {newest.holder if newest else 'nobody'}. Stop this run.")
        if newest.free(self.store.now()):
            raise LeaseLost(f"{self.name}: expired at {newest.expires_at:%H:%M:%S} UTC. Stop this run.")

    def release(self) -> None:
        """Give it back, if it is still ours."""
        newest = self._newest()
        if newest is not None and newest.token == self.token:
            self.store.put_if_absent(self._key(newest.number, "released"), b"")

    def _take(self, number: int, now: datetime) -> None:
        expires_at = now + timedelta(seconds=self.ttl_s)
        said = {
            "holder": self.holder,
            "token": self.token,
            "expires_at": expires_at.isoformat(),
            "process": self.process,
        }
        content = json.dumps(said).encode()
        put = self.store.put_if_absent(self._key(number, "json"), content)
        newest = self._newest()
        if newest is None or newest.token != self.token or (put is Put.EXISTS and newest.number != number):
            raise LeaseHeld(self.name, newest.holder if newest else "another", newest.expires_at if newest else now)
        self.number = number
        if number % KEPT == 0:
            self._clean(number)

    def _newest(self) -> _Holding | None:
        """The holding with the highest number; two or three hundred names at most are listed."""
        keys = [info.key for info in self.store.list(self._prefix)]
        held = [key for key in keys if key.endswith(".json")]
        if not held:
            return None
        newest = held[-1]
        said = json.loads(self.store.get(newest))
        return _Holding(
            number=int(newest.removeprefix(self._prefix).removesuffix(".json")),
            holder=said["holder"],
            token=said["token"],
            expires_at=datetime.fromisoformat(said["expires_at"]).astimezone(UTC),
            released=newest.removesuffix("json") + "released" in keys,
            process=said.get("process"),
        )

    def _clean(self, number: int) -> None:
        for info in list(self.store.list(self._prefix)):
            if int(info.key.removeprefix(self._prefix).partition(".")[0]) < number - KEPT:
                self.store.delete(info.key)

    @property
    def _prefix(self) -> str:
        return f"leases/{self.name}/"

    def _key(self, number: int, kind: str) -> str:
        return f"{self._prefix}{number:012d}.{kind}"


@contextmanager
def held(store: ObjectStore, name: str, holder: str, ttl_s: float) -> Iterator[Lease]:
    """Hold a lease for the time of a block. Raises LeaseHeld."""
    lease = Lease(store, name, holder, ttl_s)
    lease.acquire()
    try:
        yield lease
    finally:
        lease.release()

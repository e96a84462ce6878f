"""Leases: one holder at a time, judged by the store's clock."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from lake.errors import LeaseHeld, LeaseLost
from lake.lake import Lake, open_lake
from lake.leases import KEPT, Lease


def test_a_lease_is_held_by_one_and_free_after_release(lake: Lake) -> None:
    with lake.lease("record", "first", 60) as lease:
        lease.check()
        with pytest.raises(LeaseHeld, match="held by first until"), lake.lease("record", "second", 60):
            pass
    with lake.lease("record", "second", 60) as lease:
        lease.check()


def test_a_lease_is_given_back_also_when_the_work_fails(lake: Lake) -> None:
    with pytest.raises(RuntimeError), lake.lease("record", "first", 60):
        raise RuntimeError
    with lake.lease("record", "second", 60):
        pass


def test_leases_of_other_names_do_not_matter(lake: Lake) -> None:
    with lake.lease("record", "first", 60), lake.lease("compact", "second", 60) as lease:
        lease.check()


def test_an_expired_lease_may_be_taken_and_its_holder_notices(lake: Lake) -> None:
    with lake.lease("record", "slow", 0.0) as slow, lake.lease("record", "next", 60) as following:
        with pytest.raises(LeaseLost, match="taken by next"):
            slow.check()
        with pytest.raises(LeaseLost):
            slow.renew()
        slow.release()
        following.check()


def test_a_lease_that_ran_out_is_lost_even_if_nobody_took_it(lake: Lake) -> None:
    with lake.lease("record", "slow", 0.0) as slow, pytest.raises(LeaseLost, match="expired"):
        slow.check()


def test_a_renewed_lease_lasts_longer(local_lake: Lake, monkeypatch) -> None:
    store = type(local_lake.store)
    real = store.now
    with local_lake.lease("record", "long", 100) as lease:
        monkeypatch.setattr(store, "now", lambda self: real(self) + timedelta(seconds=90))
        lease.renew()
        monkeypatch.setattr(store, "now", lambda self: real(self) + timedelta(seconds=150))
        lease.check()
        monkeypatch.setattr(store, "now", lambda self: real(self) + timedelta(seconds=200))
        with pytest.raises(LeaseLost):
            lease.check()


def test_of_many_that_want_it_at_once_one_gets_it(lake: Lake) -> None:
    lake.prepare()

    def want(number: int) -> bool:
        try:
            Lease(open_lake(lake.root).store, "record", f"worker {number}", 60).acquire()
        except LeaseHeld:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(want, range(8))) == 1


def test_old_numbers_are_cleared_away_and_a_slow_rival_still_does_not_win(local_lake: Lake) -> None:
    for _ in range(2 * KEPT + 1):
        with local_lake.lease("record", "regular", 60):
            pass
    names = [info.key for info in local_lake.store.list("leases/record/")]
    assert len(names) < 4 * KEPT
    assert "leases/record/000000000001.json" not in names
    rival = Lease(local_lake.store, "record", "rival", 60)
    with pytest.raises(LeaseHeld):
        rival._take(2, local_lake.store.now())


HOLDER = """
import sys, time
from lake.lake import open_lake
with open_lake(sys.argv[1]).lease("record", "killed", 600):
    print("held", flush=True)
    time.sleep(600)
"""


def test_a_killed_holder_on_this_machine_is_not_waited_for(local_lake: Lake) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLDER, local_lake.root], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(LeaseHeld, match="held by killed"), local_lake.lease("record", "next", 60):
            pass
        holder.kill()
    with local_lake.lease("record", "next", 60) as lease:
        lease.check()

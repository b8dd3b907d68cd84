"""The lock: of many who want to change a stack one may, and whoever dies does not keep the others out."""

from __future__ import annotations

import threading

import pytest

from reconciler import lease
from reconciler.errors import Conflict
from reconciler.lease import Lease, Process
from tests.support.bench import Bench
from topology.structs import replace

HERE = Process(host="here", pid=1)


def asked(bench: Bench, pid: int = 1) -> Lease:
    process = replace(HERE, pid=pid)
    return Lease(stack=bench.prefix, doing="apply", user="me", process=process, since="2026-03-01T12:00:00")


def nobody(_lease: Lease) -> bool:
    return False


def test_a_lease_that_nobody_holds_is_given(bench: Bench) -> None:
    mine = lease.claim(bench.daemon, asked(bench), nobody)
    assert lease.leases(bench.daemon.volumes(), bench.prefix) == (mine,)
    lease.release(bench.daemon, mine)
    lease.release(bench.daemon, mine)
    assert lease.leases(bench.daemon.volumes(), bench.prefix) == ()


def test_one_that_is_held_is_shown_with_its_holder(bench: Bench) -> None:
    first = lease.claim(bench.daemon, asked(bench, 1), nobody)
    assert lease.claim(bench.daemon, asked(bench, 2), nobody) == first
    assert str(first) == "apply by me on here, process 1, since 2026-03-01T12:00:00"


def test_a_dead_holder_is_succeeded(bench: Bench) -> None:
    lease.claim(bench.daemon, asked(bench, 1), nobody)
    second = lease.claim(bench.daemon, asked(bench, 2), lambda one: one.process.pid == 1)
    assert (second.process.pid, second.generation) == (2, 2)
    assert lease.leases(bench.daemon.volumes(), bench.prefix) == (second,)


def test_two_generations_that_began_at_once_both_step_back(bench: Bench) -> None:
    """Somebody saw a dead lease, slept, and meanwhile the stack was freed and taken from the beginning."""
    other = lease.claim(bench.daemon, asked(bench, 1), nobody)

    class Late:
        """Lists what there was before; everything else is now."""

        def __init__(self) -> None:
            self.listed = [[replace_labels(other, pid=9)], None]

        def volumes(self) -> list[dict[str, object]]:
            then = self.listed.pop(0)
            return bench.daemon.volumes() if then is None else then

        create_volume = staticmethod(bench.daemon.create_volume)
        remove_volume = staticmethod(bench.daemon.remove_volume)

    got = lease.claim(Late(), asked(bench, 2), lambda one: one.process.pid == 9)
    assert got == other
    assert lease.leases(bench.daemon.volumes(), bench.prefix) == (other,)


def replace_labels(of: Lease, pid: int) -> dict[str, object]:
    body = lease._body(replace(of, process=replace(of.process, pid=pid)))
    return {"Name": body["Name"], "Labels": body["Labels"]}


def test_of_many_at_once_one_wins_and_all_know_who(bench: Bench) -> None:
    for _ in range(5):
        gate = threading.Barrier(8)
        got: list[Lease] = []

        def attempt(pid: int, gate: threading.Barrier = gate, got: list[Lease] = got) -> None:
            mine = asked(bench, pid)
            gate.wait()
            got.append(lease.claim(bench.daemon, mine, nobody))

        threads = [threading.Thread(target=attempt, args=(pid,)) for pid in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(got) == 8
        assert len({one.token for one in got}) == 1
        lease.release(bench.daemon, got[0])


def test_a_volume_of_others_under_the_name_is_a_conflict(bench: Bench) -> None:
    bench.daemon.create_volume({"Name": asked(bench).name})
    with pytest.raises(Conflict, match="not topo's"):
        lease.claim(bench.daemon, asked(bench), nobody)
    bench.daemon.remove_volume(asked(bench).name)

"""Generated from the tables of a Swarm: each field is set, kept, changed and lifted on a real one.

What counts is what a service says, so hardly any of them runs tasks; all of them go through their values
together, in one stack, for each apply of services costs a look or two at each.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from reconciler.contents import Contents
from reconciler.diff import UnitChange
from reconciler.engines.swarm import Swarm
from reconciler.fields import Reach, shared
from reconciler.fields.swarm import OVERLAY, SWARM
from reconciler.plan import Plan
from reconciler.state import NO_IMAGE, LiveUnit
from tests.contract.service_samples import CONTENTS, OVERLAYS, STACK, UNTRIED, samples
from tests.support.applying import converged, looked
from tests.support.services import IDLE, ServiceBench
from topology.models import Attachment, Network, Service, Stack


class WithContents:
    """The engine, with what the files hold that the samples name."""

    def __init__(self, engine: Swarm) -> None:
        self._engine = engine

    def __getattr__(self, name: str) -> object:
        return getattr(self._engine, name)

    def contents(self, _stack: Stack) -> Contents:
        return CONTENTS


def test_every_field_has_samples(tmp_path: Path) -> None:
    found = samples(tmp_path)
    assert {row.name for row in SWARM if not found.get(row.name)} == set(UNTRIED)
    assert {row.name for row in OVERLAY} == set(OVERLAYS)


def rows_of(stack: Stack) -> dict[str, str]:
    """Address → the field that the service is there for."""
    return {f"service.{name}": name.rpartition("-")[0] for name in stack.services}


def chapter(bench: ServiceBench, folder: Path, number: int) -> Stack:
    services = {
        f"{row}-{n}": sample.services()[number]
        for row, several in samples(folder).items()
        for n, sample in enumerate(several)
        if row in {one.name for one in SWARM}
    }
    peer = {"peer": Service(**{**IDLE, "networks": {"default": Attachment()}})}
    return Stack(name=bench.prefix, services=services | peer, **STACK)


def lives_of(engine: Swarm, stack: Stack) -> dict[str, LiveUnit]:
    return {str(unit.address): unit for unit in looked(engine, stack)[1].units}


def touched(plan: Plan, row: str, at: str) -> list[Reach]:
    return [
        field.reach
        for change in plan.changes
        if isinstance(change, UnitChange) and str(change.address) == at
        for field in change.fields
        if field.name.partition(".")[0] == row
    ]


def misread(engine: Swarm, stack: Stack) -> list[str]:
    """The fields that inspect does not show as the table says."""
    desired, observed = looked(engine, stack)
    of = rows_of(stack)
    return [
        f"{unit.address}: {unit.spec.get(row.name)!r}"
        for unit in observed.units
        for row in SWARM
        if row.name == of[str(unit.address)]
        and unit.spec.get(row.name) != row.expected(desired.units[unit.address].spec, NO_IMAGE)
    ]


def said(engine: Swarm, stack: Stack) -> dict[str, object]:
    """Address → what is to be seen of the field that the service is there for."""
    desired, _ = looked(engine, stack)
    table = {row.name: row for row in SWARM}
    of = rows_of(stack)
    return {
        str(at): table[of[str(at)]].expected(unit.spec, NO_IMAGE)
        for at, unit in desired.units.items()
        if of[str(at)] in table
    }


def astray(
    before: Mapping[str, LiveUnit], after: Mapping[str, LiveUnit], plan: Plan, due: Mapping[str, str]
) -> list[str]:
    """What did not go as its row says: no change where one is due, or another service; `due`: by address."""
    found = []
    for at, live in before.items():
        reaches = touched(plan, due[at], at) if at in due else []
        if bool(reaches) != (at in due):
            found.append(f"{at}: {reaches}")
        if (Reach.REPLACE in reaches) == (live.id == after[at].id):
            found.append(f"{at}: {reaches}, {live.id} -> {after[at].id}")
    return found


def test_each_field_of_a_service_is_set_kept_changed_and_lifted(
    services: ServiceBench, tmp_path: Path
) -> None:
    engine: Swarm = WithContents(services.engine)  # type: ignore[assignment]  # all else is the engine's
    first, second, lifted = (chapter(services, tmp_path, number) for number in range(3))
    converged(engine, first)
    assert misread(engine, first) == []
    was, saying, changed = lives_of(engine, first), said(engine, first), set[str]()
    for stack in (second, lifted):
        done = converged(engine, stack)
        assert misread(engine, stack) == []
        now, says = lives_of(engine, stack), said(engine, stack)
        due = {at: row for at, row in rows_of(stack).items() if saying.get(at) != says.get(at)}
        changed |= set(due.values())
        assert astray(was, now, done.plan, due) == []
        was, saying = now, says
    assert changed == {row.name for row in SWARM} - set(UNTRIED)
    print(f"{services.lab.version}: {len(first.services) - 1} services, {UNTRIED}")


def on_networks(bench: ServiceBench, number: int) -> Stack:
    """Each network with a service on it, which stays when its network is made anew."""
    networks = {
        f"{row.replace('_', '-')}-{n}": several[number]
        for row, samples_of in OVERLAYS.items()
        for n, several in enumerate(samples_of)
    }
    on = {f"on-{name}": Service(**{**IDLE, "networks": {name: Attachment()}}) for name in networks}
    return Stack(name=bench.prefix, services=on, networks={**networks, "bystander": Network()})


def network_ids(engine: Swarm, stack: Stack) -> dict[str, str]:
    desired, observed = looked(engine, stack)
    names = {want.name: want.address.name for want in desired.networks.values()}
    return {names[one.name]: one.id for one in observed.networks if one.name in names}


def differs(old: Network, new: Network) -> bool:
    """Whoever no longer asks for addresses is content with those that are there."""
    before, after = shared.wanted(OVERLAY, old), shared.wanted(OVERLAY, new)
    return {**before, **after} != before or set(before) - set(after) - {"ipam"} != set()


def test_each_field_of_an_overlay_is_set_kept_changed_and_lifted(services: ServiceBench) -> None:
    engine = services.engine
    first, *later = (on_networks(services, number) for number in range(3))
    converged(engine, first)
    ids, there, before = network_ids(engine, first), set(lives_of(engine, first)), first
    for stack in later:
        converged(engine, stack)
        desired, observed = looked(engine, stack)
        specs = {one.name: one.spec for one in observed.networks}
        for want in desired.networks.values():
            assert specs[want.name] == want.spec
        now = network_ids(engine, stack)
        assert {name for name in now if now[name] != ids[name]} == {
            name for name in now if differs(before.networks[name], stack.networks[name])
        }
        assert set(lives_of(engine, stack)) == there
        ids, before = now, stack

"""Generated from the table of fields: each is set, kept, changed and lifted, on every engine.

To a field that has no samples here, the first test says so.
"""

from __future__ import annotations

import pytest

from reconciler.diff import UnitChange
from reconciler.errors import Rejected
from reconciler.fields import NETWORK, SERVICE, VOLUME, Field, Reach, SharedField, shared
from reconciler.plan import Plan
from reconciler.state import LiveUnit
from tests.contract.samples import (
    BASE,
    NETWORK_SAMPLES,
    ON_NETWORK,
    UNTRIED,
    VOLUME_SAMPLES,
    Sample,
    service_samples,
)
from tests.support.applying import converged, left, lives, looked, planned, units
from tests.support.bench import Bench
from topology.models import Attachment, Ipam, Network, Service, Stack, Subnet, Volume


def test_every_field_has_samples(bench: Bench) -> None:
    assert set(service_samples(bench.folder)) | set(UNTRIED) == {row.name for row in SERVICE}
    assert set(NETWORK_SAMPLES) == {row.name for row in NETWORK}
    assert set(VOLUME_SAMPLES) == {row.name for row in VOLUME} - {"driver"}


# Services


class Story:
    """The samples of one field, each a service of its own, going through their values together."""

    def __init__(self, bench: Bench, row: Field) -> None:
        self.bench = bench
        self.row = row
        self.samples = service_samples(bench.folder)[row.name]

    def stack(self, chapter: int) -> Stack:
        services = {f"s{n}": sample.services()[chapter] for n, sample in enumerate(self.samples)}
        joined = {name for one in services.values() for name in one.networks}
        shared = (mode for one in services.values() for mode in (one.network_mode, one.pid, one.ipc))
        moved_in = any((mode or "").startswith("service:") for mode in shared)
        if joined or moved_in or any(one.volumes_from for one in services.values()):
            services["peer"] = _peer(joined=bool(joined))
        networks = {name: _NETWORKS.get(name, Network()) for name in sorted(joined | self._all_joined())}
        volumes = {"data": Volume()} if self.row.name == "volumes" else {}
        return Stack(name=self.bench.prefix, services=services, networks=networks, volumes=volumes)

    def _all_joined(self) -> set[str]:
        every = [one for sample in self.samples for one in sample.services()]
        return {name for one in every for name in one.networks}

    def live(self, chapter: int) -> dict[str, LiveUnit]:
        found = units(self.bench.engine, self.stack(chapter))
        return {str(unit.address): unit for unit in found.values() if unit.address.name != "peer"}

    def check(self, chapter: int) -> None:
        """What inspect shows of the field is what the table says, unless it is left to the engine."""
        desired, _ = looked(self.bench.engine, self.stack(chapter))
        for unit in self.live(chapter).values():
            wanted = self.row.expected(desired.units[unit.address].spec, unit.image)
            if wanted is not None or not self.row.left_to_engine:
                assert unit.spec.get(self.row.name) == wanted, (unit.address, chapter)


_NETWORKS = {"fixed": Network(ipam=Ipam(config=(Subnet(subnet="10.254.7.0/24"),)))}


def _peer(*, joined: bool) -> Service:
    return Service(**ON_NETWORK, networks={"default": Attachment()}) if joined else Service(**BASE)


def touched(plan: Plan, row: Field) -> dict[str, list[Reach]]:
    """How far the changes of a field go, by address; other fields may change along with it."""
    return {
        str(change.address): [one.reach for one in change.fields]
        for change in plan.changes
        if isinstance(change, UnitChange)
        and any(one.name.partition(".")[0] == row.name for one in change.fields)
    }


def expect(before: dict[str, LiveUnit], after: dict[str, LiveUnit], reaches: dict[str, list[Reach]]) -> None:
    for address, was in before.items():
        now = after[address]
        if Reach.REPLACE in reaches.get(address, []):
            assert now.id != was.id, address
        else:
            assert (now.id, now.started_at) == (was.id, was.started_at), address


@pytest.mark.parametrize(
    "row", [row for row in SERVICE if row.name not in UNTRIED], ids=lambda row: str(row.name)
)
def test_a_field_is_set_kept_changed_and_lifted(bench: Bench, row: Field) -> None:
    if row.name == "privileged" and not privileges(bench):
        pytest.skip("this machine has no privileges to give")
    story = Story(bench, row)
    converged(bench.engine, story.stack(0))
    story.check(0)
    first = story.live(0)

    reaches = touched(converged(bench.engine, story.stack(1)).plan, row)
    assert set(reaches) == {address for n, address in enumerate(first) if differs(bench, story.samples[n])}
    story.check(1)
    second = story.live(1)
    expect(first, second, reaches)

    reaches = touched(converged(bench.engine, story.stack(2)).plan, row)
    story.check(2)
    lifted = story.live(2)
    expect(second, lifted, reaches)
    for address in reaches:
        assert lifted[address].spec.get(row.name) != second[address].spec.get(row.name)


def privileges(bench: Bench) -> bool:
    try:
        bench.started("privileged", HostConfig={"Privileged": True})
    except Rejected:
        return False
    return True


def differs(bench: Bench, sample: Sample) -> bool:
    """An engine without gateway priorities sees no difference between two of them."""
    priorities = [
        one.gw_priority
        for service in sample.services()[:2]
        for one in service.networks.values()
        if one.gw_priority
    ]
    return bench.traits.gateway_priority or not priorities


# Networks


def on_networks(bench: Bench, networks: dict[str, Network]) -> Stack:
    services = {
        f"on-{name}": Service(**ON_NETWORK, networks={name: Attachment(aliases=("me",))})
        for name, network in networks.items()
        if network.driver is None
    }
    return Stack(name=bench.prefix, services=services, networks=networks)


def network_ids(bench: Bench, stack: Stack) -> dict[str, str]:
    desired, observed = looked(bench.engine, stack)
    names = {want.name: want.address.name for want in desired.networks.values()}
    return {names[one.name]: one.id for one in observed.networks if one.name in names}


def must_be_made_anew(old: Network, new: Network) -> bool:
    """Whoever no longer asks for addresses is content with those that are there."""
    before, after = shared.wanted(NETWORK, old), shared.wanted(NETWORK, new)
    return {**before, "ipam": None} != {**after, "ipam": None} or (
        "ipam" in after and after["ipam"] != before.get("ipam")
    )


@pytest.mark.parametrize("row", NETWORK, ids=lambda row: str(row.name))
def test_a_network_s_field_is_set_kept_changed_and_lifted(bench: Bench, row: SharedField) -> None:
    """A network that changes is made anew under its name; who is on it stays and joins the new one."""
    samples = {f"n{n}": sample for n, sample in enumerate(NETWORK_SAMPLES[row.name])}
    bystander = {"bystander": Network()}
    first, second, lifted = (
        on_networks(bench, {name: values[chapter] for name, values in samples.items()} | bystander)
        for chapter in range(3)
    )
    converged(bench.engine, first)
    before, ids = lives(units(bench.engine, first).values()), network_ids(bench, first)
    for stack, earlier in ((second, first), (lifted, second)):
        converged(bench.engine, stack)
        desired, observed = looked(bench.engine, stack)
        for want in desired.networks.values():
            (live,) = [one for one in observed.networks if one.name == want.name]
            assert live.spec.get(row.name) == want.spec.get(row.name)
        now = network_ids(bench, stack)
        assert {name for name in ids if ids[name] != now[name]} == {
            name for name in ids if must_be_made_anew(earlier.networks[name], stack.networks[name])
        }
        ids = now
        assert before <= lives(observed.units)
        before = lives(observed.units)


# Volumes


@pytest.mark.parametrize(
    "row", [row for row in VOLUME if row.name in VOLUME_SAMPLES], ids=lambda row: str(row.name)
)
def test_a_volume_s_field_is_set_and_kept_and_a_change_is_an_obstacle(bench: Bench, row: SharedField) -> None:
    for n, (first, second) in enumerate(VOLUME_SAMPLES[row.name]):
        name = f"{bench.prefix}_v{n}"
        converged(bench.engine, Stack(name=bench.prefix, volumes={f"v{n}": first}))
        found = planned(bench.engine, Stack(name=bench.prefix, volumes={f"v{n}": second}))
        assert found.steps == ()
        (obstacle,) = found.obstacles
        assert f"volume {name} differs in {row.name}" in obstacle.message
        assert left(planned(bench.engine, Stack(name=bench.prefix, volumes={f"v{n}": first}))) == []

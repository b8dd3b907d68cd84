"""What a new network has to fit in: room in pools, routes of the host, and when a plan speaks of them."""

from __future__ import annotations

from ipaddress import IPv4Network
from pathlib import Path

import pytest

from reconciler.allot import allot
from reconciler.diff import diff
from reconciler.engines.memory import MemoryDaemon
from reconciler.engines.routes import of_host, routes
from reconciler.engines.standalone import Standalone
from reconciler.expand import expand
from reconciler.planner import plan
from reconciler.steps import CreateNetwork
from reconciler.surroundings import OWN_POOLS, Pool, Route, Surroundings, pools
from topology.models import Ipam, Network, Stack, Subnet
from topology.structs import replace

TABLE = """\
Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
eth0\t00000000\t0100A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0
eth0\t0000FD0A\t00000000\t0001\t0\t0\t0\t00F0FFFF\t0\t0\t0
tun0\t0000000A\t0108FD0A\t0003\t0\t0\t0\t000000FF\t0\t0\t0
docker0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0
"""
LAN = Route(network="10.253.0.0/20", interface="eth0")
TUNNEL = Route(network="10.0.0.0/8", interface="tun0", direct=False)
DOCKER0 = Route(network="172.17.0.0/16", interface="docker0")
BRIDGE = {"Id": "a" * 64, "Driver": "bridge", "Options": {"com.docker.network.bridge.name": "docker0"}}


@pytest.mark.parametrize(
    ("taken", "room"),
    [
        ((), 16),
        (("192.168.0.0/20",), 15),
        (("192.168.240.0/20", "192.168.255.0/30"), 15),
        (("192.168.15.0/24", "192.168.16.0/24"), 14),
        (("192.168.8.0/21", "10.0.0.0/8"), 15),
        (("192.168.0.0/16",), 0),
        (("128.0.0.0/1",), 0),
        (("192.168.0.0/17", "192.168.32.0/20"), 8),
    ],
)
def test_a_pool_has_room_where_nothing_is_taken(taken: tuple[str, ...], room: int) -> None:
    assert Pool(base="192.168.0.0/16", size=20).room(map(IPv4Network, taken)) == room


def test_a_large_pool_is_counted_at_once() -> None:
    assert Pool(base="10.0.0.0/8", size=29).room([IPv4Network("10.1.2.8/30")]) == 2**21 - 1


def test_an_engine_that_names_no_pools_has_its_own() -> None:
    assert pools({}) == pools({"DefaultAddressPools": None}) == OWN_POOLS
    assert sum(pool.room([]) for pool in OWN_POOLS) == 31
    said = [{"Base": "10.5.0.0/16", "Size": 24}, {"Base": "fd00::/48", "Size": 64}]
    assert pools({"DefaultAddressPools": said}) == (Pool(base="10.5.0.0/16", size=24),)


def test_the_kernels_table_is_read_without_the_default_route(tmp_path: Path) -> None:
    table = tmp_path / "route"
    table.write_text(TABLE)
    assert routes(table) == (LAN, TUNNEL, DOCKER0)
    assert routes(tmp_path / "absent") == ()


def test_a_table_counts_only_where_the_engines_bridges_are_in_it() -> None:
    assert of_host((LAN, TUNNEL, DOCKER0), [BRIDGE]) == (LAN, TUNNEL)
    assert of_host((LAN, TUNNEL), [BRIDGE]) == ()
    assert of_host((LAN, TUNNEL, DOCKER0), [{**BRIDGE, "Options": {}}]) == ()
    own = Route(network="172.18.0.0/16", interface="br-aaaaaaaaaaaa")
    assert of_host((LAN, own), [{**BRIDGE, "Options": None}]) == (LAN,)


def said(stack: Stack, around: Surroundings) -> list[str]:
    """What stands in the way of a stack on an empty engine."""
    engine = Standalone(MemoryDaemon())
    desired = expand(stack, engine.traits)
    observed = replace(engine.observe(desired), around=around)
    return [one.message for one in diff(allot(desired, observed), observed).obstacles]


def network(subnet: str, **more: str) -> Stack:
    return Stack(name="s", networks={"n": Network(ipam=Ipam(config=(Subnet(subnet=subnet),)), **more)})


@pytest.mark.parametrize(
    ("subnet", "covered"),
    [
        ("10.253.4.0/24", "10.253.0.0/20"),
        ("10.253.0.0/16", "10.253.0.0/20"),
        ("10.0.0.0/8", "10.253.0.0/20"),
        ("10.9.0.0/24", None),
        ("192.168.7.0/24", None),
    ],
)
def test_a_subnet_must_not_take_a_way_from_the_host(subnet: str, covered: str | None) -> None:
    found = said(network(subnet), Surroundings(routes=(LAN, TUNNEL)))
    assert found[:1] == (
        [f"subnet {subnet} of network s_n covers {covered}, which the engine's host reaches through eth0"]
        if covered
        else []
    )


def test_a_network_that_shares_an_interface_of_the_host_has_its_addresses() -> None:
    assert said(network("10.253.0.0/20", driver="macvlan"), Surroundings(routes=(LAN,))) == []


def test_a_subnet_pool_that_the_host_has_a_route_to_says_so() -> None:
    stack = Stack(name="s", subnet_pool="10.253.0.0/26", networks={"n": Network()})
    (message,) = said(stack, Surroundings(routes=(LAN,)))
    assert message == (
        "the subnet pool 10.253.0.0/26 has no room left for network s_n; the engine's host has a route to "
        "10.253.0.0/20 behind eth0"
    )


def test_pools_without_room_are_told_with_who_holds_them() -> None:
    stack = Stack(name="s", networks={name: Network() for name in ("a", "b", "c")})
    small = Surroundings(pools=(Pool(base="10.9.0.0/28", size=30),), routes=())
    assert said(stack, small) == []
    smaller = replace(small, routes=(Route(network="10.9.0.0/29", interface="lan"),))
    (message,) = said(stack, smaller)
    assert message == (
        "the engine's address pools (10.9.0.0/28 by /30) have room for 2 more networks, and 3 are to be "
        "made: s_a, s_b, s_c; there are bridge"
    )
    assert said(stack.model_copy(update={"subnet_pool": "10.8.0.0/16"}), smaller) == []


def test_subnets_that_are_asked_for_are_taken_first() -> None:
    engine = Standalone(MemoryDaemon())
    fixed = Network(ipam=Ipam(config=(Subnet(subnet="172.18.0.0/16"),)))
    wanted = expand(Stack(name="s", networks={"a": Network(), "z": fixed}), engine.traits)
    needs = plan(wanted, engine.observe(wanted), engine).needs
    (last,) = [step for step, before in needs.items() if before]
    assert isinstance(last, CreateNetwork)
    assert (last.name, [step.name for step in needs[last] if isinstance(step, CreateNetwork)]) == (
        "s_a",
        ["s_z"],
    )

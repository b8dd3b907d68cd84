"""Addresses of networks and of containers."""

from __future__ import annotations

import ipaddress
import random
import subprocess
from pathlib import Path

import pytest

from reconciler.engines.memory import Generation
from reconciler.errors import Conflict, NotFound, Rejected
from tests.support.applying import converged, planned
from tests.support.bench import GENERATIONS, Bench, modelled, real
from tests.support.lab import LabEngine
from topology.models import Ipam, Network, Stack, Subnet


def block(bits: int = 24) -> ipaddress.IPv4Network:
    """One that no other test has taken."""
    address = ipaddress.IPv4Address((10 << 24) + (random.getrandbits(15) << 8))
    return ipaddress.IPv4Network(f"{address}/{bits}")


def fixed(network: str, address: object) -> dict[str, object]:
    return {"EndpointsConfig": {network: {"IPAMConfig": {"IPv4Address": str(address)}}}}


def subnet(bench: Bench, text: str, net: object, **more: object) -> str:
    return bench.network(text, IPAM={"Driver": "default", "Config": [{"Subnet": str(net), **more}]})


def test_a_network_is_given_a_block_and_a_gateway(bench: Bench) -> None:
    (found,) = bench.found_network(bench.network("n"))["IPAM"]["Config"]
    net = ipaddress.ip_network(found["Subnet"])
    assert ipaddress.ip_address(found["Gateway"]) == net[1]
    endpoint = bench.endpoints(bench.started("a", bench.name("n")))[bench.name("n")]
    assert ipaddress.ip_address(endpoint["IPAddress"]) in net
    assert (endpoint["Gateway"], endpoint["IPPrefixLen"]) == (found["Gateway"], net.prefixlen)


def test_a_chosen_block_comes_back_as_it_was_sent(bench: Bench) -> None:
    net = block()
    sent = {
        "Subnet": str(net),
        "Gateway": str(net[9]),
        "IPRange": f"{net[128]}/25",
        "AuxiliaryAddresses": {"x": str(net[130])},
    }
    ipam = {"Driver": "default", "Options": {"some": "option"}, "Config": [sent]}
    found = bench.found_network(bench.network("n", IPAM=ipam))["IPAM"]
    assert found == ipam


def test_blocks_do_not_overlap(bench: Bench) -> None:
    net = block()
    subnet(bench, "n", net)
    with pytest.raises(Conflict, match="overlaps"):
        subnet(bench, "m", next(net.subnets()))


@pytest.mark.parametrize(("net", "more"), [("nonsense", {}), (None, {"Gateway": "192.0.2.1"})])
def test_a_block_that_is_none_is_refused(bench: Bench, net: str | None, more: dict[str, object]) -> None:
    with pytest.raises(Rejected):
        subnet(bench, "n", net or block(), **more)


def test_a_range_is_where_containers_get_their_addresses(bench: Bench) -> None:
    net = block()
    network = subnet(bench, "n", net, IPRange=f"{net[128]}/25")
    given = bench.endpoints(bench.started("a", network))[network]["IPAddress"]
    assert ipaddress.ip_address(given) in ipaddress.ip_network(f"{net[128]}/25")


def test_reserved_addresses_are_not_given_away(bench: Bench) -> None:
    net = block(29)
    reserved = {f"r{number}": str(net[number]) for number in range(2, 6)}
    network = subnet(bench, "n", net, AuxiliaryAddresses=reserved)
    assert bench.endpoints(bench.started("a", network))[network]["IPAddress"] == str(net[6])


def test_a_full_network_takes_nobody(bench: Bench) -> None:
    network = subnet(bench, "n", block(30))
    bench.started("a", network)
    name = bench.made("b", network)
    with pytest.raises(Rejected, match="no available IPv4 addresses"):
        bench.daemon.start(name)


def test_a_fixed_address_is_kept_over_a_stop(bench: Bench) -> None:
    net = block()
    network = subnet(bench, "n", net)
    name = bench.started("a", network, NetworkingConfig=fixed(network, net[50]))
    assert bench.endpoints(name)[network]["IPAddress"] == str(net[50])
    bench.daemon.stop(name, 0)
    assert bench.endpoints(name)[network]["IPAMConfig"] == {"IPv4Address": str(net[50])}
    bench.daemon.start(name)
    assert bench.endpoints(name)[network]["IPAddress"] == str(net[50])


def test_a_fixed_address_is_had_by_one_at_a_time(bench: Bench) -> None:
    net = block()
    network = subnet(bench, "n", net)
    first = bench.started("a", network, NetworkingConfig=fixed(network, net[50]))
    second = bench.made("b", network, NetworkingConfig=fixed(network, net[50]))
    with pytest.raises(Conflict, match="Address already in use"):
        bench.daemon.start(second)
    assert bench.state(second)["Status"] == "created"
    bench.daemon.stop(first, 0)
    bench.daemon.start(second)
    with pytest.raises(Conflict, match="Address already in use"):
        bench.daemon.start(first)


def test_a_failed_joining_stays_on_record_without_a_place(bench: Bench) -> None:
    net = block()
    network = subnet(bench, "n", net)
    bench.started("a", network, NetworkingConfig=fixed(network, net[50]))
    name = bench.started("b", bench.network("m"))
    with pytest.raises(Conflict, match="Address already in use"):
        bench.daemon.connect(network, name, {"IPAMConfig": {"IPv4Address": str(net[50])}})
    endpoint = bench.endpoints(name)[network]
    assert (endpoint["EndpointID"], endpoint["IPAMConfig"]) == ("", {"IPv4Address": str(net[50])})
    with pytest.raises(NotFound, match="not connected"):
        bench.daemon.disconnect(network, name, force=True)
    bench.daemon.connect(network, name, {"IPAMConfig": {"IPv4Address": str(net[60])}})
    assert bench.endpoints(name)[network]["IPAddress"] == str(net[60])


def test_fixed_addresses_need_a_chosen_block(bench: Bench) -> None:
    network = bench.network("n")
    name = bench.started("a", bench.network("m"))
    with pytest.raises(Rejected, match="user configured subnets"):
        bench.daemon.connect(network, name, {"IPAMConfig": {"IPv4Address": "10.1.2.3"}})
    assert network not in {key for key, one in bench.endpoints(name).items() if one["EndpointID"]}


def test_fixed_addresses_lie_in_the_block(bench: Bench) -> None:
    network = subnet(bench, "n", block())
    with pytest.raises(Rejected):
        bench.started("a", network, NetworkingConfig=fixed(network, "192.0.2.1"))


def test_a_new_engine_checks_endpoints_before_it_makes_a_container(bench: Bench) -> None:
    network = subnet(bench, "n", block())
    if bench.traits.api < (1, 44):
        bench.made("a", network, NetworkingConfig=fixed(network, "192.0.2.1"))
    else:
        with pytest.raises(Rejected):
            bench.made("a", network, NetworkingConfig=fixed(network, "192.0.2.1"))


def test_an_ipv6_network_has_both_kinds_of_addresses(bench: Bench) -> None:
    net = f"fd00:{random.getrandbits(16):x}:{random.getrandbits(16):x}::/64"
    network = bench.network("n", EnableIPv6=True, IPAM={"Config": [{"Subnet": net}]})
    blocks = [one["Subnet"] for one in bench.found_network(network)["IPAM"]["Config"]]
    assert len(blocks) == 2
    assert str(ipaddress.ip_network(net)) in blocks
    endpoint = bench.endpoints(bench.started("a", network))[network]
    assert endpoint["IPAddress"]
    assert ipaddress.ip_address(endpoint["GlobalIPv6Address"]) in ipaddress.ip_network(net)


def test_only_the_newest_engine_finds_ipv6_addresses_by_itself(bench: Bench) -> None:
    if bench.traits.version.startswith("28"):
        assert bench.found_network(bench.network("n", EnableIPv6=True))["EnableIPv6"] is True
    else:
        with pytest.raises(Conflict, match="IPv6 address pool"):
            bench.network("n", EnableIPv6=True)


def test_an_internal_network_shows_its_gateway_only_on_old_engines(bench: Bench) -> None:
    network = bench.network("n", Internal=True)
    gateway = bench.endpoints(bench.started("a", network))[network]["Gateway"]
    assert bool(gateway) is (bench.traits.api < (1, 44))


def fill(bench: Bench) -> int:
    """How many networks an engine has addresses for."""
    made = 0
    while made < 40:
        try:
            bench.network(f"n{made}")
        except Conflict:
            return made
        made += 1
    return made


@pytest.mark.parametrize("generation", GENERATIONS.values(), ids=GENERATIONS)
def test_a_model_has_addresses_for_thirty_networks(generation: Generation, tmp_path: Path) -> None:
    bench = modelled(generation, tmp_path)
    assert fill(bench) == 30
    foretold(bench)


def test_an_engine_has_addresses_for_thirty_networks(own_engine: LabEngine) -> None:
    bench = real(own_engine)
    assert fill(bench) == 30
    foretold(bench)
    with own_engine.network():
        for words in (
            "link add lan0 type bridge",
            "address add 10.250.1.1/24 dev lan0",
            "link set lan0 up",
            "route add 10.251.0.0/16 via 10.250.1.9",
        ):
            subprocess.run(["ip", *words.split()], check=True)
    heeded(bench)


def foretold(bench: Bench) -> None:
    """A plan knows to the last network how many the engine has room for."""
    for number in (3, 9):
        bench.daemon.remove_network(bench.name(f"n{number}"))
    converged(bench.engine, stack_of(bench, "one", "two"))
    found = planned(bench.engine, stack_of(bench, "one", "two", "three", "four"))
    (obstacle,) = found.obstacles
    assert "have room for no more networks, and 2 are to be made" in obstacle.message
    assert f"{bench.prefix}_three, {bench.prefix}_four" in obstacle.message
    assert bench.name("n0") in obstacle.message
    assert "subnet_pool" in obstacle.mend
    assert f"docker network rm {bench.name('n0')}" in obstacle.mend
    assert obstacle.path == ("networks", "four")
    with pytest.raises(Conflict, match=r"fully subnetted|non-overlapping"):
        bench.network("really")
    converged(bench.engine, stack_of(bench, "two", "three", "four", pool="10.249.0.0/24"))


def heeded(bench: Bench) -> None:
    """What the engine's host has routes to, which is not this process's host, is known to a plan."""

    def said(*subnets: str) -> list[str]:
        asked = (Network(ipam=Ipam(config=(Subnet(subnet=one),))) for one in subnets)
        stack = Stack(name=bench.prefix, networks={f"n{number}": one for number, one in enumerate(asked)})
        return [one.message for one in planned(bench.engine, stack).obstacles]

    assert said("10.251.7.0/24") == []
    direct, whole = said("10.250.1.64/26", "10.251.0.0/16")
    way = "which the engine's host reaches through lan0"
    assert direct == f"subnet 10.250.1.64/26 of network {bench.prefix}_n0 covers 10.250.1.0/24, {way}"
    assert whole == f"subnet 10.251.0.0/16 of network {bench.prefix}_n1 covers 10.251.0.0/16, {way}"
    (obstacle,) = planned(bench.engine, stack_of(bench, "five", pool="10.250.1.0/26")).obstacles
    assert obstacle.message.endswith("the engine's host has a route to 10.250.1.0/24 behind lan0")


def stack_of(bench: Bench, *names: str, pool: str | None = None) -> Stack:
    return Stack(name=bench.prefix, subnet_pool=pool, networks={name: Network() for name in names})

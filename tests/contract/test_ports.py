"""Ports of the host: published, taken, given back."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.engines.daemon import Json
from reconciler.errors import Conflict
from tests.support.bench import Bench, free_port


def publishing(port: object, *, ip: str = "", target: str = "80/tcp") -> dict[str, Any]:
    binding = {"HostIp": ip, "HostPort": str(port)}
    return {"ExposedPorts": {target: {}}, "HostConfig": {"PortBindings": {target: [binding]}}}


def published(bench: Bench, name: str) -> Json:
    found: Json = bench.daemon.container(name)["NetworkSettings"]["Ports"]
    return {target: bindings for target, bindings in found.items() if bindings}


def listed(bench: Bench, name: str) -> set[tuple[str, int, int, str]]:
    (line,) = [one for one in bench.daemon.containers() if f"/{name}" in one["Names"]]
    return {
        (one["IP"], one["PublicPort"], one["PrivatePort"], one["Type"])
        for one in line["Ports"]
        if "PublicPort" in one
    }


def test_a_port_is_open_while_its_container_runs(bench: Bench) -> None:
    port = free_port()
    name = bench.made("a", bench.network("n"), **publishing(port))
    assert published(bench, name) == {}
    bench.daemon.start(name)
    everywhere = [{"HostIp": "0.0.0.0", "HostPort": str(port)}, {"HostIp": "::", "HostPort": str(port)}]  # noqa: S104  # what the engine shows
    assert published(bench, name) == {"80/tcp": everywhere}
    assert listed(bench, name) == {("0.0.0.0", port, 80, "tcp"), ("::", port, 80, "tcp")}  # noqa: S104  # what the engine shows
    bench.daemon.stop(name, 0)
    assert published(bench, name) == {}
    assert listed(bench, name) == set()
    assert bench.host(name)["PortBindings"] == {"80/tcp": [{"HostIp": "", "HostPort": str(port)}]}


@pytest.mark.parametrize(("mine", "theirs"), [("", ""), ("127.0.0.1", ""), ("", "127.0.0.1")])
def test_a_taken_port_keeps_a_container_from_starting(bench: Bench, mine: str, theirs: str) -> None:
    network, port = bench.network("n"), free_port()
    first = bench.started("a", network, **publishing(port, ip=theirs))
    second = bench.made("b", network, **publishing(port, ip=mine))
    with pytest.raises(Conflict, match=r"already allocated|already in use"):
        bench.daemon.start(second)
    state = bench.state(second)
    assert (state["Status"], state["ExitCode"]) == ("created", 128)
    assert str(port) in state["Error"]
    assert bench.endpoints(second)[network]["EndpointID"] == ""
    bench.daemon.stop(first, 0)
    bench.daemon.start(second)
    assert bench.state(second)["Error"] == ""


def test_two_addresses_of_the_host_have_the_same_port_each(bench: Bench) -> None:
    network, port = bench.network("n"), free_port()
    first = bench.started("a", network, **publishing(port, ip="127.0.0.1"))
    second = bench.started("b", network, **publishing(port, ip="127.0.0.2"))
    assert listed(bench, first) | listed(bench, second) == {
        ("127.0.0.1", port, 80, "tcp"),
        ("127.0.0.2", port, 80, "tcp"),
    }


def test_tcp_and_udp_do_not_meet(bench: Bench) -> None:
    network, port = bench.network("n"), free_port()
    bench.started("a", network, **publishing(port))
    name = bench.started("b", network, **publishing(port, target="80/udp"))
    assert published(bench, name)["80/udp"]


def test_a_port_is_drawn_where_none_is_named(bench: Bench) -> None:
    network = bench.network("n")
    names = bench.started("a", network, **publishing("")), bench.started("b", network, **publishing(""))
    drawn = [published(bench, name)["80/tcp"][0]["HostPort"] for name in names]
    assert len(set(drawn)) == 2
    assert all(int(port) >= 1024 for port in drawn)
    assert bench.host(names[0])["PortBindings"] == {"80/tcp": [{"HostIp": "", "HostPort": ""}]}


def test_only_exposed_ports_are_published(bench: Bench) -> None:
    sent = publishing(free_port())
    name = bench.started("a", bench.network("n"), HostConfig=sent["HostConfig"])
    assert published(bench, name) == {}


def test_an_internal_network_publishes_nothing_until_another_is_joined(bench: Bench) -> None:
    inside, outside = bench.network("i", Internal=True), bench.network("o")
    name = bench.started("a", inside, **publishing(free_port()))
    assert published(bench, name) == {}
    bench.daemon.connect(outside, name, {})
    assert published(bench, name)
    bench.daemon.disconnect(outside, name, force=True)
    assert bool(published(bench, name)) is (bench.traits.api < (1, 44))


def test_ports_close_with_the_last_network_and_open_with_the_next(bench: Bench) -> None:
    network = bench.network("n")
    name = bench.started("a", network, **publishing(free_port()))
    bench.daemon.disconnect(network, name, force=True)
    assert published(bench, name) == {}
    bench.daemon.connect(network, name, {})
    assert published(bench, name)

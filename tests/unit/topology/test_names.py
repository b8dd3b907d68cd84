"""What a name means to whom."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.stacks import INTERNAL, MIDDLE, NEW, OLD, service, stack
from topology.graph import HOST, topology_of
from topology.load import load
from topology.models import Attachment, Stack
from topology.reach import Naming, Resolution, Source, by_name, resolves


def holders(stack: Stack, client: str, name: str) -> tuple[str, ...]:
    return resolves(topology_of(stack), client, name).holders


def look_up(stack: Stack, client: str, name: str) -> Resolution:
    return resolves(topology_of(stack), client, name)


@pytest.mark.parametrize("name", ["b", "B", "b.", "shop-b-2", "bee", "b.shop_n", "boxb"])
def test_each_of_a_services_names_resolves_on_its_network(name: str) -> None:
    named = service(joined={"n": Attachment(aliases=("bee",))}, replicas=2, hostname="boxb")
    assert holders(stack(a=service("n"), b=named), "a", name) == ("b",)


def test_an_alias_is_a_name_on_its_own_network_only() -> None:
    named = service("n2", joined={"n1": Attachment(aliases=("bee",))})
    assert holders(stack(a=service("n2"), b=named), "a", "bee") == ()


def test_the_engines_own_bridge_has_no_names() -> None:
    both = stack(a=service(network_mode="bridge"), b=service(network_mode="bridge"))
    assert by_name(topology_of(both), "a", "b").reason == "containers on bridge have no names"


def test_a_link_wins_over_a_name_of_the_network() -> None:
    linked = stack(a=service("n", links="b:c"), b=service("n"), c=service("n"))
    found = look_up(linked, "a", "c")
    assert (found.source, found.holders) == (Source.LINK, ("b",))


def test_a_link_over_no_common_network_resolves_nothing() -> None:
    assert holders(stack(a=service("n1", links="b:db"), b=service("n2")), "a", "db") == ()


def test_ones_own_hostname_hides_a_peer() -> None:
    found = look_up(stack(a=service("n", hostname="db"), db=service("n")), "a", "db")
    assert (found.source, found.holders) == (Source.HOSTS, ("a",))


def test_extra_hosts_hide_a_peer() -> None:
    hidden = stack(a=service("n", extra_hosts=("db:10.0.0.9",)), db=service("n"))
    assert look_up(hidden, "a", "db").address == "10.0.0.9"
    assert by_name(topology_of(hidden), "a", "db").reason == "db means 10.0.0.9 to a"


def twins(**more: object) -> Stack:
    shared = Attachment(aliases=("api",))
    return stack(
        a=service("n1", "n2"),
        b=service(joined={"n1": shared}),
        c=service(joined={"n2": shared}),
        **more,  # type: ignore[arg-type]  # fields by name
    )


def test_the_first_network_by_name_answers_alone() -> None:
    assert holders(twins(), "a", "api") == ("b",)


def test_internal_networks_are_asked_last() -> None:
    assert holders(twins(networks={"n1": INTERNAL}), "a", "api") == ("c",)


@pytest.mark.parametrize(("engine", "expected"), [(OLD, "b"), (MIDDLE, "b"), (NEW, "c")])
def test_from_28_a_priority_goes_before_the_order_of_names(engine: str, expected: str) -> None:
    preferring = service("n1", joined={"n2": Attachment(gw_priority=1)})
    stack = twins(engine=engine)
    stack = stack.model_copy(update={"services": stack.services | {"a": preferring}})
    assert holders(stack, "a", "api") == (expected,)


def test_a_name_of_two_services_is_ambiguous() -> None:
    captured = stack(a=service("n"), b=service("n"), c=service(joined={"n": Attachment(aliases=("b",))}))
    assert holders(captured, "a", "b") == ("b", "c")
    found = by_name(topology_of(captured), "a", "b")
    assert (found.answer, found.reason) == (Naming.AMBIGUOUS, "b is also a name of c on n")


def test_one_name_of_its_own_is_enough() -> None:
    both = {"n": Attachment(aliases=("api",))}
    named = stack(a=service("n"), b=service(joined=both), c=service(joined=both))
    assert by_name(topology_of(named), "a", "b").name == "b"


def test_replicas_of_one_service_are_not_ambiguous() -> None:
    assert (
        by_name(topology_of(stack(a=service("n"), b=service("n", replicas=3))), "a", "b").answer is Naming.YES
    )


def test_who_lives_in_anothers_stack_has_no_name() -> None:
    shared = stack(vpn=service("n"), app=service(network_mode="service:vpn"), db=service("n"))
    assert (
        by_name(topology_of(shared), "db", "app").reason == "app lives in vpn's network: only vpn has a name"
    )
    assert by_name(topology_of(shared), "app", "db").answer is Naming.YES


def test_the_host_and_what_lives_there_know_no_names() -> None:
    world = stack(h=service(network_mode="host"), db=service("n"))
    assert by_name(topology_of(world), "h", "db").answer is Naming.NO
    assert by_name(topology_of(world), HOST, "db").answer is Naming.NO


@pytest.mark.parametrize(("engine", "expected"), [(OLD, Source.UPSTREAM), (NEW, Source.NOBODY)])
def test_from_25_internal_networks_ask_no_upstream_server(engine: str, expected: Source) -> None:
    inside = stack(a=service("n"), networks={"n": INTERNAL}, engine=engine)
    assert look_up(inside, "a", "example.org").source is expected


def test_extra_hosts_stand_before_the_own_hostname() -> None:
    found = topology_of(stack(a=service("n", hostname="db", extra_hosts=("db:10.9.9.9",))))
    assert resolves(found, "a", "db").address == "10.9.9.9"


def test_a_name_that_means_a_virtual_address_says_what_it_takes(tmp_path: Path) -> None:
    (tmp_path / "stack.yml").write_text(
        "engine: swarm\nservices:\n  web: {image: x}\n  api: {image: x}\n"
        "  dns: {image: x, deploy: {endpoint_mode: dnsrr}}\n"
    )
    topology = topology_of(load([], environ={}, directory=tmp_path).stack)
    virtual, plain = by_name(topology, "web", "api"), by_name(topology, "web", "dns")
    assert (virtual.answer, virtual.reason) == (
        Naming.YES,
        "by a virtual address, which takes IPVS on the nodes",
    )
    assert (plain.answer, plain.reason) == (Naming.YES, "")

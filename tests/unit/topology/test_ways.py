"""Which addresses of the host open, and what a gateway network does: found by trying, on every engine."""

from __future__ import annotations

import pytest

from tests.support.stacks import MIDDLE, NEW, OLD, bridge, service, stack
from topology.graph import HOST, WORLD, topology_of
from topology.models import Attachment, Ipam, Mount, Network, Stack, Subnet, Volume
from topology.reach import Answer, Naming, Verdict, beside, by_name, explain, reach, resolves

YES, NO, UNPROVABLE = Answer.YES, Answer.NO, Answer.UNPROVABLE
EVERY_ENGINE = pytest.mark.parametrize("engine", [OLD, MIDDLE, NEW])
DUMB = bridge(inhibit_ipv4="true")


def verdict(stack: Stack, source: object, target: object, port: int | None = None) -> Verdict:
    return reach(topology_of(stack), source, target, port)  # type: ignore[arg-type]  # ends by name


@EVERY_ENGINE
def test_a_default_route_to_a_bridge_without_an_address_leads_nowhere(engine: str) -> None:
    found = stack(a=service("dumb"), b=service("n", ports="80:80"), networks={"dumb": DUMB}, engine=engine)
    assert verdict(found, "a", "b").answer is NO
    assert verdict(found, "a", WORLD).text == (
        "a's default route leads to dumb, which gives the host no address"
    )


@EVERY_ENGINE
def test_ports_behind_a_bridge_without_an_address_open_to_nobody(engine: str) -> None:
    found = stack(
        b=service("dumb", "n", ports="80:80"), a=service("m"), networks={"dumb": DUMB}, engine=engine
    )
    for source in ("a", WORLD):
        assert verdict(found, source, "b").answer is NO
    assert "leads nowhere: dumb gives the host no address" in verdict(found, "a", "b").text


@EVERY_ENGINE
def test_beside_such_a_bridge_the_gateway_of_another_network_still_opens(engine: str) -> None:
    found = stack(
        a=service("dumb", "m"), b=service("n", ports="80:80"), networks={"dumb": DUMB}, engine=engine
    )
    assert verdict(found, "a", "b").text == "m's gateway:80 -> b:80"
    assert verdict(found, "a", WORLD).answer is NO


@EVERY_ENGINE
def test_what_is_published_is_dropped_at_the_address_of_an_internal_network_of_ones_own(engine: str) -> None:
    def world(*networks: str) -> Stack:
        inside = bridge(internal=True, subnet="10.9.0.0/24")
        both = {"inside": inside}
        return stack(
            a=service(*networks), b=service("n2", ports="10.9.0.1:80:80"), networks=both, engine=engine
        )

    assert verdict(world("n1"), "a", "b").answer is YES
    assert verdict(world("n1", "inside"), "a", "b").answer is NO


def test_where_the_file_does_not_give_the_address_away_it_is_not_provable() -> None:
    found = stack(a=service("dumb", "m"), b=service("n", ports="10.9.0.1:80:80"), networks={"dumb": DUMB})
    assert verdict(found, "a", "b").answer is UNPROVABLE


def test_the_host_address_is_the_first_that_the_engine_may_give_away() -> None:
    block = Subnet(subnet="10.65.0.0/16", ip_range="10.65.5.0/24")
    found = topology_of(stack(a=service("n"), networks={"n": Network(ipam=Ipam(config=(block,)))}))
    assert found.segments["n"].gateway == "10.65.5.0"


# What joining a network may take away: ports and routes that move to another gateway network, and names.


def test_joining_a_network_that_sorts_first_moves_the_ports_to_it() -> None:
    def world(*networks: str) -> Stack:
        return stack(b=service(*networks, ports="80:80"), a=service("m"), networks={"aa": DUMB})

    assert verdict(world("n"), "a", "b").answer is YES
    assert verdict(world("n", "aa"), "a", "b").answer is NO


def test_joining_a_network_may_give_a_name_to_another() -> None:
    def naming(*networks: str) -> Naming:
        found = stack(
            a=service(*networks),
            b=service("n2"),
            c=service(joined={"n1": Attachment(aliases=("b",))}),
        )
        return by_name(topology_of(found), "a", "b").answer

    assert naming("n2") is Naming.YES
    assert naming("n2", "n1") is Naming.NO


@pytest.mark.parametrize("networks", [("r",), ("a1", "r")])
def test_a_routed_network_opens_where_it_is_the_gateway_network(networks: tuple[str, ...]) -> None:
    routed = bridge(gateway_mode_ipv4="routed")
    found = stack(
        b=service(*networks, ports="127.0.0.1:80:80"), a=service("m"), networks={"r": routed}, engine=NEW
    )
    assert verdict(found, "a", "b").answer is (YES if networks == ("r",) else NO)


def test_members_of_a_routed_network_without_icc_are_kept_apart() -> None:
    routed = bridge(gateway_mode_ipv4="routed", enable_icc="false")
    found = stack(b=service("r", ports="80:80"), a=service("r"), networks={"r": routed}, engine=NEW)
    assert verdict(found, "a", "b").answer is NO


def test_a_link_means_whoever_holds_its_targets_name() -> None:
    found = topology_of(
        stack(
            a=service("n", links="b:database"),
            b=service("n"),
            c=service(joined={"n": Attachment(aliases=("b",))}),
        )
    )
    assert resolves(found, "a", "database").holders == ("b", "c")
    assert resolves(found, "a", "database.shop_n").holders == ("b", "c")


def test_what_keeps_members_apart_is_said_with_the_verdict() -> None:
    silent = {"n": bridge(enable_icc="false")}
    assert verdict(stack(a=service("n"), b=service("n"), networks=silent), "a", "b").assumptions == (
        "bridge netfilter is on",
    )


def test_before_28_a_no_to_the_world_rests_on_the_firewall() -> None:
    assert verdict(stack(a=service("n"), engine=OLD), WORLD, "a").assumptions == (
        "the firewall's FORWARD policy is DROP",
    )
    assert verdict(stack(a=service("n"), engine=NEW), WORLD, "a").assumptions == ()


def test_what_two_services_share_is_listed_apart() -> None:
    found = stack(
        a=service("n1", volumes=(mount("data"), mount("/srv/shop")), ipc="service:b"),
        b=service("n2", volumes=(mount("data"), mount("/srv/shop/logs"))),
    ).model_copy(update={"volumes": {"data": Volume()}})
    topology = topology_of(found)
    assert reach(topology, "a", "b").answer is NO
    assert [one.text for one in beside(topology, "a", "b")] == [
        "both mount the volume data",
        "both mount /srv/shop or a part of it",
        "both use the shared memory of b",
    ]
    assert explain(topology, "a", "b").beside == beside(topology, "a", "b")
    assert explain(topology, "a", HOST).beside == ()


def mount(source: str) -> Mount:
    return Mount(type="bind" if source.startswith("/") else "volume", source=source, target="/x")

"""Who reaches whom, case by case; the numbers are those of the cases that were run on real engines."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.stacks import INTERNAL, LAN, MIDDLE, NEW, OLD, SILENT, bridge, service, stack
from topology.graph import HOST, WORLD, Topology, topology_of
from topology.models import Attachment, Mount, Network, Stack, Volume, VolumesFrom
from topology.reach import Answer, End, Kind, reach

YES, NO, UNPROVABLE = Answer.YES, Answer.NO, Answer.UNPROVABLE
EVERY_ENGINE = pytest.mark.parametrize("engine", [OLD, MIDDLE, NEW])


def ask(stack: Stack, source: End, target: End, port: int | None = None, protocol: str = "tcp") -> Answer:
    return reach(topology_of(stack), source, target, port, protocol).answer


def text(stack: Stack, source: End, target: End, port: int | None = None) -> str:
    return reach(topology_of(stack), source, target, port).text


# One network, several networks: cases 1 to 5.


def test_one_network_opens_every_port_whether_exposed_or_not() -> None:
    assert text(stack(a=service("n"), b=service("n")), "a", "b", 4711) == "n: a -> b:4711"


def test_a_replica_reaches_itself() -> None:
    assert ask(stack(a=service("n")), "a", "a") is YES


def test_two_networks_are_apart() -> None:
    apart = stack(a=service("n1"), b=service("n2"))
    assert text(apart, "a", "b") == "no common network; b publishes nothing"


def test_a_service_on_both_networks_is_no_router() -> None:
    assert ask(stack(a=service("n1"), m=service("n1", "n2"), b=service("n2")), "a", "b") is NO


def test_services_that_name_no_network_share_the_default_one() -> None:
    assert text(stack(a=service(), b=service()), "a", "b") == "default: a -> b"


def test_services_on_the_engines_own_bridge_reach_each_other() -> None:
    assert text(stack(a=service(network_mode="bridge"), b=service(network_mode="bridge")), "a", "b") == (
        "bridge: a -> b"
    )


def test_members_of_an_internal_network_reach_each_other() -> None:
    assert ask(stack(a=service("n"), b=service("n"), networks={"n": INTERNAL}), "a", "b") is YES


def test_without_icc_members_are_kept_apart() -> None:
    silent = stack(a=service("n"), b=service("n"), networks={"n": SILENT})
    assert "enable_icc=false" in text(silent, "a", "b")


# Published ports: case 6.


def published(ports: str, *on: str, **more: object) -> Stack:
    return stack(a=service("n1"), b=service(*(on or ("n2",)), ports=ports), **more)  # type: ignore[arg-type]  # fields by name


def test_a_published_port_is_open_to_containers_of_other_networks() -> None:
    assert text(published("15432:5432"), "a", "b") == "n1's gateway:15432 -> b:5432"


def test_the_verdict_names_the_address_where_the_subnet_is_known() -> None:
    known = published("15432:5432", networks={"n1": bridge(subnet="10.211.1.0/24")})
    assert text(known, "a", "b") == "10.211.1.1:15432 -> b:5432"


def test_only_the_published_port_is_open() -> None:
    assert text(published("15432:5432"), "a", "b", 80) == "no common network; b does not publish 80/tcp"


def test_a_port_of_another_protocol_is_another_port() -> None:
    assert ask(published("53:53/udp"), "a", "b", 53) is NO
    assert ask(published("53:53/udp"), "a", "b", 53, "udp") is YES


def test_a_loopback_binding_is_for_the_host_alone() -> None:
    local = published("127.0.0.1:15432:5432")
    assert text(local, "a", "b") == "no common network; b publishes only to the host itself"
    assert ask(local, WORLD, "b") is NO
    assert [route.text for route in reach(topology_of(local), HOST, "b").routes] == [
        "n2: host -> b:5432",
        "127.0.0.1:15432 -> b:5432",
    ]


def test_a_port_on_one_address_is_open_from_any_normal_network() -> None:
    assert text(published("10.9.0.1:15432:5432"), "a", "b") == "10.9.0.1:15432 -> b:5432"


def test_the_networks_default_binding_address_counts() -> None:
    local = published("15432:5432", networks={"n2": bridge(host_binding_ipv4="127.0.0.1")})
    assert ask(local, "a", "b") is NO


def test_internal_networks_lead_to_no_published_port() -> None:
    shut = published("15432:5432", networks={"n1": INTERNAL})
    assert text(shut, "a", "b") == (
        "no common network; a is only on internal networks, which lead to no published port"
    )


def test_ports_of_a_service_on_internal_networks_are_dropped() -> None:
    dropped = published("15432:5432", networks={"n2": INTERNAL})
    assert text(dropped, WORLD, "b").startswith("what b publishes is dropped")


def test_published_ports_are_open_within_a_network_without_icc() -> None:
    silent = stack(a=service("n"), b=service("n", ports="80:80"), networks={"n": SILENT})
    assert ask(silent, "a", "b", 80) is YES


@EVERY_ENGINE
def test_without_the_userland_proxy_other_networks_are_shut_out(engine: str) -> None:
    no_proxy = published("15432:5432", engine=engine, userland_proxy=False)
    verdict = reach(topology_of(no_proxy), "a", "b")
    assert (verdict.answer, verdict.assumptions) == (NO, ("the userland proxy is off",))


def test_from_29_the_proxy_no_longer_matters() -> None:
    assert ask(published("15432:5432", engine="29.0", userland_proxy=False), "a", "b") is YES


def test_a_verdict_that_rests_on_the_proxy_says_so() -> None:
    assert reach(topology_of(published("80:80")), "a", "b").assumptions == ("the userland proxy is on",)
    assert reach(topology_of(stack(a=service("n"), b=service("n"))), "a", "b").assumptions == ()


@pytest.mark.parametrize(("engine", "expected"), [(OLD, UNPROVABLE), (MIDDLE, UNPROVABLE), (NEW, YES)])
def test_udp_on_one_address_answers_only_its_own_network_before_28(engine: str, expected: Answer) -> None:
    assert ask(published("10.9.0.1:53:53/udp", engine=engine), "a", "b", 53, "udp") is expected


@pytest.mark.parametrize(("address", "expected"), [("10.1.0.1", YES), ("10.2.0.1", NO)])
def test_udp_before_28_is_decided_where_the_gateway_is_known(address: str, expected: Answer) -> None:
    known = published(f"{address}:53:53/udp", engine=OLD, networks={"n1": bridge(subnet="10.1.0.0/24")})
    assert ask(known, "a", "b", 53, "udp") is expected


def test_a_port_without_a_host_port_is_open_somewhere() -> None:
    assert text(published("5432"), "a", "b") == "n1's gateway:PORT -> b:5432"


# The host, none, shared stacks: cases 8 to 10.


@EVERY_ENGINE
def test_the_host_and_internal_networks_meet(engine: str) -> None:
    inside = stack(a=service("n"), h=service(network_mode="host"), networks={"n": INTERNAL}, engine=engine)
    assert ask(inside, HOST, "a") is YES
    assert ask(inside, "h", "a", 5432) is YES
    assert text(inside, "a", "h", 9100) == "n: a -> n's gateway:9100 -> h"
    assert ask(inside, "a", HOST) is YES


def test_a_bridge_without_an_address_meets_no_host() -> None:
    shut = stack(a=service("n"), networks={"n": bridge(internal=True, inhibit_ipv4="true")})
    assert text(shut, "a", HOST) == "n gives the host no address"
    assert ask(shut, HOST, "a") is NO


@pytest.mark.parametrize(("engine", "expected"), [(OLD, YES), (MIDDLE, YES), (NEW, NO)])
def test_an_isolated_gateway_is_heeded_from_28(engine: str, expected: Answer) -> None:
    isolated = stack(
        a=service("n"), engine=engine, networks={"n": bridge(internal=True, gateway_mode_ipv4="isolated")}
    )
    assert ask(isolated, "a", HOST) is expected
    assert ask(isolated, HOST, "a") is expected


def test_services_in_the_hosts_network_share_one_stack() -> None:
    both = stack(a=service(network_mode="host"), b=service(network_mode="host"))
    assert text(both, "a", "b", 80) == "one network stack: a -> b:80"
    assert text(both, HOST, "a", 80) == "one network stack: host -> a:80"


def test_the_world_reaches_a_service_in_the_hosts_network() -> None:
    assert ask(stack(a=service(network_mode="host")), WORLD, "a", 80) is YES


def test_without_a_network_there_is_no_way() -> None:
    alone = stack(a=service(network_mode="none"), b=service("n", ports="80:80"))
    assert text(alone, "a", "b") == "a has no network"
    assert text(alone, "b", "a") == "a has no network"
    assert text(alone, "a", WORLD) == "a has no network"


def test_who_lives_in_anothers_stack_reaches_what_it_reaches() -> None:
    shared = stack(vpn=service("n"), app=service(network_mode="service:vpn"), db=service("n"))
    assert text(shared, "app", "vpn", 80) == "one network stack: app -> vpn:80"
    assert text(shared, "app", "db", 5432) == "n: app -> db:5432"
    assert text(shared, "db", "app", 80) == "n: db -> app:80"


def test_a_container_of_the_stack_may_be_named_by_its_container_name() -> None:
    shared = stack(vpn=service("n", container_name="v1"), app=service(network_mode="container:v1"))
    assert ask(shared, "app", "vpn") is YES


def test_a_container_may_be_called_as_the_engine_calls_it_and_not_as_the_file_does() -> None:
    shared = stack(
        db=service("n"),
        right=service(network_mode="container:shop-db-1"),
        wrong=service(network_mode="container:db"),
    )
    assert ask(shared, "right", "db") is YES
    assert ask(shared, "wrong", "db") is UNPROVABLE


@pytest.mark.parametrize("mode", ["container:elsewhere", "service:gone", "service:app"])
def test_of_a_stack_that_is_not_known_nothing_is_proved(mode: str) -> None:
    unknown = stack(app=service(network_mode=mode), db=service("n"))
    assert ask(unknown, "app", "db") is UNPROVABLE
    assert ask(unknown, "db", "app") is UNPROVABLE


# Beyond the host.


def test_a_normal_network_leads_to_the_world_and_an_internal_one_does_not() -> None:
    two = stack(a=service("n1"), b=service("n2"), networks={"n2": INTERNAL})
    assert text(two, "a", WORLD) == "n1: a -> world"
    assert text(two, "b", WORLD) == "b is only on internal networks (n2)"


@pytest.mark.parametrize(("engine", "expected"), [(OLD, UNPROVABLE), (MIDDLE, UNPROVABLE), (NEW, NO)])
def test_before_28_a_neighbour_of_the_host_opens_loopback_ports(engine: str, expected: Answer) -> None:
    assert ask(published("127.0.0.1:80:80", engine=engine), WORLD, "b") is expected


def test_between_the_host_and_the_world_docker_has_no_say() -> None:
    assert ask(stack(a=service("n")), WORLD, HOST) is UNPROVABLE
    assert ask(stack(a=service("n")), HOST, WORLD) is YES


# Taint: case 14.

SOCKET = Mount(type="bind", source="/var/run/docker.sock", target="/docker.sock", read_only=True)


@pytest.mark.parametrize(
    "tainted",
    [
        service("n1", volumes=(SOCKET,)),
        service("n1", volumes=(Mount(type="bind", source="/run", target="/r"),)),
        service("n1", volumes=(Mount(type="bind", source="/", target="/host"),)),
        service("n1", volumes=(Mount(type="bind", source="//run/x/../docker.sock", target="/s"),)),
        service("n1", volumes=(Mount(type="bind", source="/run/user/1000/docker.sock", target="/s"),)),
        service("n1", privileged=True),
        service(network_mode="none", privileged=True),
    ],
)
def test_what_can_leave_its_networks_is_never_proved_confined(tainted: object) -> None:
    assert ask(stack(a=tainted, b=service("n2")), "a", "b") is UNPROVABLE  # type: ignore[arg-type]  # fields by name


def test_an_unprovable_verdict_says_what_taints() -> None:
    tainted = stack(a=service("n1", volumes=(SOCKET,)), b=service("n2"))
    assert text(tainted, "a", "b") == "a mounts the Docker socket and can join any network with it"


def test_a_local_volume_that_binds_the_sockets_folder_taints() -> None:
    volume = Mount(type="volume", source="run", target="/r")
    options = {"type": "none", "o": "ro,bind", "device": "/var/run"}
    world = stack(a=service("n1", volumes=(volume,)), b=service("n2"))
    bound = world.model_copy(update={"volumes": {"run": Volume(driver_opts=options)}})
    assert ask(bound, "a", "b") is UNPROVABLE
    elsewhere = Volume(driver_opts={**options, "device": "/srv"})
    assert ask(world.model_copy(update={"volumes": {"run": elsewhere}}), "a", "b") is NO


@pytest.mark.parametrize("giver", ["agent", "container:watcher"])
def test_whoever_takes_over_mounts_has_the_socket_among_them(giver: str) -> None:
    def taking(name: str) -> tuple[VolumesFrom, ...]:
        return (VolumesFrom.model_validate(name),)

    world = stack(
        agent=service("n3", volumes=(SOCKET,), container_name="watcher"),
        between=service("n3", volumes_from=taking(giver)),
        a=service("n1", volumes_from=taking("between")),
        b=service("n2"),
    )
    assert ask(world, "a", "b") is UNPROVABLE
    assert ask(world, "b", "a") is NO


def test_what_a_foreign_container_has_mounted_is_not_known() -> None:
    foreign = (VolumesFrom(container="portainer"),)
    assert text(stack(a=service("n1", volumes_from=foreign), b=service("n2")), "a", "b") == (
        "a takes over the mounts of portainer, which is not part of this stack"
    )


def test_a_volume_named_like_the_socket_is_no_socket() -> None:
    volume = Mount(type="volume", source="docker.sock", target="/var/run/docker.sock")
    assert ask(stack(a=service("n1", volumes=(volume,)), b=service("n2")), "a", "b") is NO


def test_being_reached_by_what_is_tainted_does_not_taint() -> None:
    assert ask(stack(a=service("n1", privileged=True), b=service("n2")), "b", "a") is NO


@pytest.mark.parametrize(("engine", "expected"), [(OLD, UNPROVABLE), (MIDDLE, UNPROVABLE), (NEW, NO)])
def test_routes_through_a_neighbour_end_with_28(engine: str, expected: Answer) -> None:
    admin: dict[str, Any] = {"cap_add": ("NET_ADMIN",)}
    world = stack(a=service("n1", **admin), m=service("n1", "n2"), b=service("n2", **admin), engine=engine)
    assert ask(world, "a", "b") is expected


def test_a_privileged_neighbour_may_set_routes_as_well() -> None:
    world = stack(
        a=service("n1", cap_add=("NET_ADMIN",)),
        m=service("n1", "n2", privileged=True),
        b=service("n2"),
        engine=MIDDLE,
    )
    assert ask(world, "a", "b") is UNPROVABLE


# IPv6: case 16.

IPV6 = bridge(ipv6=True)
INTERNAL_IPV6 = bridge(ipv6=True, internal=True)


@pytest.mark.parametrize(("engine", "expected"), [(OLD, YES), (MIDDLE, YES), (NEW, NO)])
def test_ipv6_networks_are_one_before_27(engine: str, expected: Answer) -> None:
    two = stack(a=service("s1"), b=service("s2"), networks={"s1": IPV6, "s2": IPV6}, engine=engine)
    verdict = reach(topology_of(two), "a", "b", 5432)
    assert verdict.answer is expected
    assert verdict.assumptions == (f"the engine is {engine}",)


@pytest.mark.parametrize(("engine", "expected"), [(OLD, YES), (MIDDLE, NO), (NEW, NO)])
def test_internal_ipv6_networks_have_no_route_from_25(engine: str, expected: Answer) -> None:
    two = stack(a=service("s1"), b=service("s2"), networks={"s1": IPV6, "s2": INTERNAL_IPV6}, engine=engine)
    assert ask(two, "a", "b") is expected
    assert ask(two, "b", "a") is expected


def test_net_admin_may_add_the_route_that_is_missing_on_26() -> None:
    admin = service("s2", cap_add=("CAP_NET_ADMIN",))
    two = stack(a=service("s1"), b=admin, networks={"s1": IPV6, "s2": INTERNAL_IPV6}, engine=MIDDLE)
    assert ask(two, "b", "a") is UNPROVABLE


@pytest.mark.parametrize(("engine", "expected"), [(OLD, YES), (MIDDLE, YES), (NEW, NO)])
def test_internal_ipv6_networks_reach_published_ports_before_27(engine: str, expected: Answer) -> None:
    world = stack(a=service("s"), b=service("n", ports="80:80"), networks={"s": INTERNAL_IPV6}, engine=engine)
    assert ask(world, "a", "b", 80) is expected


@pytest.mark.parametrize(("engine", "expected"), [(OLD, YES), (MIDDLE, YES), (NEW, NO)])
def test_icc_false_is_for_ipv4_alone_before_27(engine: str, expected: Answer) -> None:
    silent = bridge(ipv6=True, enable_icc="false")
    assert (
        ask(stack(a=service("n"), b=service("n"), networks={"n": silent}, engine=engine), "a", "b")
        is expected
    )


@pytest.mark.parametrize(("engine", "expected"), [(OLD, NO), (MIDDLE, NO), (NEW, YES)])
def test_an_interface_whose_ipv6_is_switched_on_opens_published_ports(engine: str, expected: Answer) -> None:
    sysctls = "net.ipv4.conf.IFNAME.log_martians=1,net.ipv6.conf.IFNAME.disable_ipv6=0"
    awake = Attachment(driver_opts={"com.docker.network.endpoint.sysctls": sysctls})
    world = stack(
        a=service(joined={"n1": awake}),
        b=service("n2", ports="80:80"),
        networks={"n1": INTERNAL},
        engine=engine,
    )
    assert ask(world, "a", "b", 80) is expected
    assert ask(world, "a", "b", 81) is NO


# Gateway modes: 28 and later.

ROUTED = bridge(gateway_mode_ipv4="routed")


@pytest.mark.parametrize(("engine", "expected"), [(MIDDLE, Kind.PUBLISHED), (NEW, Kind.ROUTED)])
def test_a_routed_network_opens_published_ports_at_the_containers_address(
    engine: str, expected: Kind
) -> None:
    routes = reach(topology_of(published("80:80", networks={"n2": ROUTED}, engine=engine)), "a", "b").routes
    assert [route.kind for route in routes] == [expected]


def test_a_routed_network_opens_even_what_is_published_on_loopback() -> None:
    assert ask(published("127.0.0.1:80:80", networks={"n2": ROUTED}), "a", "b", 80) is YES
    assert ask(published("127.0.0.1:80:80", networks={"n2": ROUTED}), "a", "b", 81) is NO


@pytest.mark.parametrize("mode", ["routed", "nat-unprotected"])
def test_whether_the_world_has_a_route_is_not_known(mode: str) -> None:
    assert ask(published("127.0.0.1:80:80", networks={"n2": bridge(gateway_mode_ipv4=mode)}), WORLD, "b") is (
        UNPROVABLE
    )


# The physical network: case 17.


@pytest.mark.parametrize(("engine", "expected"), [(NEW, NO), ("29.0", UNPROVABLE)])
def test_what_an_unprotected_network_opens_to_others_from_29_is_not_proved(
    engine: str, expected: Answer
) -> None:
    world = stack(
        a=service("n1"),
        b=service("n2"),
        networks={"n2": bridge(gateway_mode_ipv4="nat-unprotected")},
        engine=engine,
    )
    assert ask(world, "a", "b") is expected


def test_neighbours_on_a_trusted_interface_may_open_ports_at_the_containers_own_address() -> None:
    networks = {"n2": bridge(trusted_host_interfaces="eth0")}
    assert ask(published("127.0.0.1:80:80", networks=networks), WORLD, "b") is UNPROVABLE
    assert ask(published("127.0.0.1:80:80"), WORLD, "b") is NO


def test_members_of_one_macvlan_reach_each_other() -> None:
    assert ask(stack(a=service("m"), b=service("m"), networks={"m": LAN}), "a", "b") is YES


def test_what_joins_two_macvlans_is_outside_docker() -> None:
    two = stack(a=service("m1"), b=service("m2"), networks={"m1": LAN, "m2": LAN})
    assert ask(two, "a", "b") is UNPROVABLE
    assert ask(two, WORLD, "b") is UNPROVABLE


def test_a_macvlan_without_a_parent_of_the_hosts_is_not_known_to_lead_out() -> None:
    parent = {"parent": "eth0"}
    for network, expected in (
        (LAN.model_copy(update={"driver_opts": parent}), YES),
        (LAN.model_copy(update={"driver_opts": parent, "internal": True}), UNPROVABLE),
        (LAN, UNPROVABLE),
    ):
        assert ask(stack(a=service("m"), networks={"m": network}), "a", WORLD) is expected


def test_the_host_and_a_macvlan_do_not_meet() -> None:
    alone = stack(a=service("m"), networks={"m": LAN})
    assert ask(alone, HOST, "a") is NO
    assert ask(alone, "a", HOST) is NO


def test_ports_are_dropped_where_the_macvlan_is_the_gateway() -> None:
    both = stack(a=service("am", "n", ports="80:80"), networks={"am": LAN})
    assert topology_of(both).standings["a"].doors == ()


# The gateway network: case 15.


def gateway(topology: Topology) -> str | None:
    return topology.standings["a"].gateway


def test_the_gateway_network_is_the_first_by_the_engines_name() -> None:
    named = {"n1": Network(name="zz"), "n2": Network(name="aa")}
    assert gateway(topology_of(stack(a=service("n1", "n2"), networks=named))) == "n2"


def test_an_internal_network_is_never_the_gateway() -> None:
    assert gateway(topology_of(stack(a=service("n1", "n2"), networks={"n1": INTERNAL}))) == "n2"


@pytest.mark.parametrize(("engine", "expected"), [(MIDDLE, "n1"), (NEW, "n2")])
def test_priorities_are_heeded_from_28(engine: str, expected: str) -> None:
    first = service("n1", joined={"n2": Attachment(gw_priority=5)})
    assert gateway(topology_of(stack(a=first, networks={"n2": Network()}, engine=engine))) == expected


def test_an_external_network_is_assumed_to_be_a_bridge() -> None:
    outer = stack(a=service("n"), b=service("n"), networks={"n": Network(external=True)})
    assert reach(topology_of(outer), "a", "b").assumptions == (
        "the external network n is an ordinary bridge",
    )


def test_an_external_network_called_host_is_the_hosts() -> None:
    outer = stack(a=service("n"), networks={"n": Network(external=True, name="host")})
    assert ask(outer, HOST, "a") is YES

"""Explanations, chains, differences and scale."""

from __future__ import annotations

import subprocess
import sys

from tests.support.stacks import INTERNAL, crowd, service, stack, three_tiers
from topology.graph import HOST, WORLD, topology_of
from topology.reach import Answer, Naming, blast_radius, chain, difference, explain, named, pairs
from topology.rules import check

TIERS = topology_of(three_tiers())


def test_an_explanation_holds_both_directions_and_what_would_open_it() -> None:
    found = explain(TIERS, "nginx", "db", 5432)
    assert found.there.answer is Answer.NO
    assert found.back.answer is Answer.NO
    assert found.opener == "put nginx on db_nw"
    assert [route.text for route in found.through] == [
        "web_nw: nginx -> flaskapp",
        "db_nw: flaskapp -> db:5432",
    ]


def test_an_explanation_of_what_is_open_needs_no_opener() -> None:
    found = explain(TIERS, "flaskapp", "db")
    assert (found.opener, found.name_there.answer) == ("", Naming.YES)


def test_openers_fit_the_ends() -> None:
    world = topology_of(
        stack(
            a=service("n"),
            b=service(network_mode="none"),
            c=service(network_mode="service:a"),
            networks={"n": INTERNAL},
        )
    )
    assert explain(world, "a", WORLD).opener == "put a on a network that is not internal"
    assert explain(world, WORLD, "a").opener == "publish a port of a"
    assert explain(world, "a", "b").opener == "give b a network that a is on"
    assert explain(world, HOST, "b").opener == ""


def test_the_blast_radius_counts_connections() -> None:
    assert dict(blast_radius(TIERS, "nginx").hops) == {"flaskapp": 1, "db": 2}
    assert dict(blast_radius(TIERS, WORLD).hops) == {"nginx": 1, "flaskapp": 2, "db": 3}


def test_programs_of_the_host_are_no_service_to_go_through() -> None:
    apart = topology_of(stack(a=service("n1"), b=service("n2")))
    assert blast_radius(apart, "a").hops == {}
    assert set(blast_radius(apart, HOST).hops) == {"a", "b"}


def test_a_service_in_the_hosts_network_is_one_to_go_through() -> None:
    watched = topology_of(stack(a=service("n1"), b=service("n2"), h=service(network_mode="host")))
    assert [route.source for route in chain(watched, "a", "b")] == ["a", "h"]


def test_a_port_counts_at_the_last_step_only() -> None:
    steps = chain(TIERS, "nginx", "db", 4711)
    assert [route.text for route in steps] == ["web_nw: nginx -> flaskapp", "db_nw: flaskapp -> db:4711"]


def test_a_network_joined_is_reach_gained_and_one_left_is_reach_lost() -> None:
    wider = topology_of(three_tiers(nginx_on="web_nw db_nw"))
    found = difference(TIERS, wider)
    assert [one.text for one in found.gained] == [
        "nginx -> db: db_nw: nginx -> db:5432",
        "db -> nginx: db_nw: db -> nginx:80",
    ]
    assert found.lost == ()
    back = difference(wider, TIERS)
    assert [(one.source, one.target) for one in back.lost] == [("nginx", "db"), ("db", "nginx")]


def test_a_port_more_is_reach_gained_though_the_pair_is_old() -> None:
    one, two = (
        topology_of(stack(a=service("n"), b=service("m", ports=ports))) for ports in ("1:1", "1:1 2:2")
    )
    gained = {(named(shift.source), shift.routes[0].port) for shift in difference(one, two).gained}
    assert gained == {("a", 2), ("world", 2)}


def test_another_route_to_the_same_ports_is_no_gain() -> None:
    one = topology_of(stack(a=service("n"), b=service("n")))
    two = topology_of(stack(a=service("n", "m"), b=service("n", "m")))
    assert not difference(one, two)


def test_a_difference_stops_where_it_is_told() -> None:
    flat = topology_of(stack(**crowd(50, "n")))
    found = difference(topology_of(stack()), flat, limit=10)
    assert (len(found.gained), found.complete) == (10, False)


def test_a_flat_network_of_thousands_is_one_group() -> None:
    flat = topology_of(stack(**crowd(5000, "n")))
    (group,) = (one for one in pairs(flat).groups if one.network)
    assert len(group.sources) == 5000
    assert len(pairs(flat)) == 5000 * 4999
    assert flat.graph.number_of_edges() < 50_000


def test_a_check_without_chains_does_not_import_networkx() -> None:
    code = (
        "import sys; from tests.support.stacks import three_tiers; from topology.rules import check;"
        "check(three_tiers('nginx cannot reach db')); print('networkx' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_a_stack_without_services_has_nothing_to_say() -> None:
    assert check(stack()) == ()

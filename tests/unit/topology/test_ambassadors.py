"""Links `via` ambassadors: who is put in between, on which networks, and what that proves."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from topology.graph import topology_of
from topology.load import load
from topology.models import Link, Stack
from topology.reach import Answer, blast_radius, chain, reach
from topology.rules import check

CLIENT, NEAR, FAR, SERVER = "client", "client-to-db", "db-for-client", "db"


def stack(via: str, *, server: str = "db", rest: str = "", networks: str = "") -> Stack:
    text = f"""\
services:
  client:
    image: example/client
    {networks}
    links: [{{service: {server}, alias: db, via: {via}, env: true}}]
  db: {{image: postgres:16}}
  other: {{image: postgres:16}}
{rest}"""
    return load(["-"], environ={}, directory=Path("/srv/shop"), stdin=text).stack


def joined(stack: Stack, service: str) -> dict[str, tuple[str, ...]]:
    return {name: one.aliases for name, one in stack.services[service].networks.items()}


def pairs(stack: Stack) -> set[tuple[str, str]]:
    """Who can open connections to whom, of those that the link is about."""
    topology = topology_of(stack)
    names = [name for name in stack.services if name != "other"]
    return {(a, b) for a in names for b in names if a != b and reach(topology, a, b).answer is Answer.YES}


def test_the_client_meets_only_the_proxy_and_the_proxy_the_server() -> None:
    found = stack("ambassador")
    assert joined(found, CLIENT) == {NEAR: ()}
    assert joined(found, NEAR) == {NEAR: (), FAR: ()}
    assert joined(found, SERVER) == {FAR: ("db.server",)}
    assert all(found.networks[name].internal for name in (NEAR, FAR))
    assert found.services[NEAR].command == ("TCP-LISTEN:5432,fork,reuseaddr", "TCP:db.server:5432")
    assert found.services[CLIENT].links == (Link(service=NEAR, alias="db", port=5432, env=True),)
    assert pairs(found) == {(CLIENT, NEAR), (NEAR, CLIENT), (NEAR, SERVER), (SERVER, NEAR)}


def test_with_one_at_each_side_neither_side_knows_the_other() -> None:
    found = stack("ambassadors")
    assert joined(found, NEAR) == {NEAR: (), "client-to-db-between": ()}
    assert joined(found, FAR) == {"client-to-db-between": (), FAR: ()}
    assert found.services[NEAR].command == ("TCP-LISTEN:5432,fork,reuseaddr", f"TCP:{FAR}:5432")
    assert found.services[FAR].command == ("TCP-LISTEN:5432,fork,reuseaddr", "TCP:db.server:5432")
    there = {(CLIENT, NEAR), (NEAR, FAR), (FAR, SERVER)}
    assert pairs(found) == there | {(b, a) for a, b in there}


@pytest.mark.parametrize("via", ["ambassador", "ambassadors"])
def test_every_link_is_met_and_nothing_else_is_open(via: str) -> None:
    serious = [one for one in check(stack(via)) if one.code in {"T110", "T120", "T209", "T211"}]
    assert serious == []


@pytest.mark.parametrize("via", ["ambassador", "ambassadors"])
def test_turning_the_link_to_another_server_touches_neither_client_nor_proxy(via: str) -> None:
    before, after = stack(via), stack(via, server="other")
    proxies = {NEAR, FAR} & set(before.services)
    spoken = {"links": ()}  # who is called by a link is no matter of the container's
    for name in (CLIENT, *proxies):
        one, two = before.services[name], after.services[name]
        assert one.model_copy(update=spoken) == two.model_copy(update=spoken)
    assert before.services[CLIENT] == after.services[CLIENT]
    assert joined(after, "other") == {FAR: ("db.server",)}
    assert FAR not in after.services[SERVER].networks


def test_networks_that_a_side_has_already_it_keeps() -> None:
    found = stack("ambassador", networks="networks: [front]", rest="networks: {front: }\n")
    assert joined(found, CLIENT) == {"front": (), NEAR: ()}


def test_the_stack_may_name_another_image() -> None:
    found = stack("ambassador", rest="ambassadors: {image: 'example/socat:1'}\n")
    assert found.services[NEAR].image == "example/socat:1"


def broken(stack: Stack, *claims: str) -> list[str]:
    """The claims that do not hold of it."""
    policy = stack.policy.model_copy(update={"claims": claims})
    found = check(stack.model_copy(update={"policy": policy}))
    return [one.message.partition(": ")[2] for one in found if one.code in {"T101", "T102"}]


CROWD = """\
  neighbour: {image: example/neighbour, networks: [db-for-client]}
"""


@pytest.mark.parametrize("via", ["ambassador", "ambassadors"])
def test_through_ambassadors_one_port_is_reached_and_one_way_only(via: str) -> None:
    found = stack(via, rest=CROWD)
    claims = (
        "client cannot reach db on 5432 even through others",
        "client cannot reach db even through others",
        "client cannot reach db on 22 even through others",
        "client cannot reach db on 5432/udp even through others",
        "client cannot reach other even through others",
        "db, neighbour cannot reach client even through others",
        "client cannot reach db",
    )
    assert broken(found, *claims) == list(claims[:2])
    assert topology_of(found).relays == (
        {NEAR: {SERVER}} if via == "ambassador" else {NEAR: {FAR}, FAR: {SERVER}}
    )


@pytest.mark.parametrize("via", ["ambassador", "ambassadors"])
def test_a_chain_through_ambassadors_names_each_and_the_port(via: str) -> None:
    found = chain(topology_of(stack(via)), CLIENT, SERVER)
    ways = [(one.source, one.target) for one in found]
    assert ways == list(pairwise([CLIENT, NEAR, *([FAR] if via == "ambassadors" else []), SERVER]))
    assert all(":5432" in one.text for one in found[1:])


def test_who_is_reached_through_an_ambassador_may_go_on_from_there() -> None:
    found = stack("ambassador", rest=CROWD)
    assert blast_radius(topology_of(found), CLIENT).hops == {NEAR: 1, SERVER: 2, "neighbour": 3}
    assert broken(found, "client cannot reach neighbour even through others") != []


def test_a_proxy_that_could_do_more_is_somebody_to_go_through() -> None:
    lodger = stack("ambassador", rest=f"  lodger: {{image: x, network_mode: 'service:{NEAR}'}}\n")
    assert topology_of(lodger).relays == {}
    assert broken(lodger, "client cannot reach db on 22 even through others") != []


def test_the_ambassador_itself_opens_what_its_networks_let_it() -> None:
    found = stack("ambassador", rest=CROWD)
    assert broken(found, f"{NEAR} cannot reach neighbour", f"{NEAR} cannot reach db on 22") != []

"""Links `via` ambassadors: who is put in between, on which networks, and what that proves."""

from __future__ import annotations

from pathlib import Path

import pytest

from topology.graph import topology_of
from topology.load import load
from topology.models import Link, Stack
from topology.reach import Answer, reach
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

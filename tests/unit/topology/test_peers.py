"""What a link tells its service by variables: names and ports, and nothing of the peer's own."""

from __future__ import annotations

from typing import Any

from tests.support.stacks import service
from topology.models import Expose, Link, Service
from topology.peers import variables


def told(link: Link, **server: Any) -> dict[str, str]:
    services = {"web": Service(image="web", links=(link,)), "mongo": service("n", **server)}
    return variables("web", services)


def test_the_variables_are_those_of_legacy_links_with_names_for_addresses() -> None:
    assert told(Link(service="mongo", alias="mongo", env=True), image="mongo:7") == {
        "MONGO_NAME": "/web/mongo",
        "MONGO_PORT": "tcp://mongo:27017",
        "MONGO_PORT_27017_TCP": "tcp://mongo:27017",
        "MONGO_PORT_27017_TCP_ADDR": "mongo",
        "MONGO_PORT_27017_TCP_PORT": "27017",
        "MONGO_PORT_27017_TCP_PROTO": "tcp",
    }


def test_they_are_called_after_the_alias_and_speak_of_it() -> None:
    found = told(Link(service="mongo", alias="data-store", env=True), image="mongo:7")
    assert found["DATA_STORE_PORT_27017_TCP_ADDR"] == "data-store"


def test_the_lowest_port_is_the_one_and_the_port_of_the_link_the_only_one() -> None:
    exposed = (Expose(port=90, protocol="udp"), Expose(port=80))
    every = told(Link(service="mongo", alias="a", env=True), image="x", expose=exposed)
    assert every["A_PORT"] == "tcp://a:80"
    assert every["A_PORT_90_UDP_PROTO"] == "udp"
    only = told(Link(service="mongo", alias="a", port=70, env=True), image="x", expose=exposed)
    assert only["A_PORT"] == "tcp://a:70"
    assert not any("80" in name for name in only)


def test_nothing_of_the_peers_environment_is_handed_on() -> None:
    secret = {"MONGO_INITDB_ROOT_PASSWORD": "hunter2"}
    found = told(Link(service="mongo", alias="m", env=True), image="mongo:7", environment=secret)
    assert "hunter2" not in str(found)


def test_a_link_tells_nothing_unless_asked() -> None:
    assert told(Link(service="mongo", alias="m"), image="mongo:7") == {}

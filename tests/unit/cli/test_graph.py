"""The picture: a tree for people, and diagrams that their readers accept whatever things are called."""

from __future__ import annotations

import re

import pytest

from cli.commands.graph import drawn
from cli.render import dot, graph, mermaid
from cli.render.document import document
from cli.render.ink import Look
from cli.report.graph import Graph, Link, NetworkNode, Published, ServiceNode
from tests.support.golden import matches
from tests.support.stacks import service, stack
from topology.graph import topology_of
from topology.models import Link as LinkModel
from topology.models import Network

SHOP = stack(
    networks={"web_nw": Network(), "db_nw": Network(internal=True), "spare": Network(external=True)},
    nginx=service("web_nw", ports="8080:80 127.0.0.1:9090:90/udp", links="flaskapp"),
    flaskapp=service("web_nw", "db_nw", replicas=2, network_mode=None).model_copy(
        update={"links": (LinkModel(service="db", alias="database", port=5432),)}
    ),
    db=service("db_nw"),
    side=service(network_mode="service:flaskapp"),
    agent=service(network_mode="host"),
    job=service(network_mode="none"),
)
PICTURE = drawn("shop", topology_of(SHOP), first=tuple(SHOP.networks))

AWKWARD = Graph(
    stack='say "hi"\\',
    networks=(
        NetworkNode(
            name="end",
            engine_name="x_end",
            driver="bridge",
            internal=False,
            external=False,
            subnet=None,
            services=("a-b", "a_x2d_b", 'q"<b>&#35;`'),
        ),
    ),
    services=tuple(
        ServiceNode(
            name=name, image=None, replicas=1, mode="networks", networks=("end",), lodgers=(), ports=()
        )
        for name in ("a-b", "a_x2d_b", 'q"<b>&#35;`')
    ),
    links=(Link(source="a-b", target='q"<b>&#35;`', alias="\x1b[31m", port=None),),
)


@pytest.mark.parametrize(
    ("render", "name"), [(graph, "graph.txt"), (mermaid, "graph.mmd"), (dot, "graph.dot")]
)
def test_the_picture_is_as_reviewed(render: object, name: str) -> None:
    matches(render.text(PICTURE, Look()), name)  # type: ignore[attr-defined]  # one of the modules that render


def test_networks_come_in_the_order_of_the_file() -> None:
    found = drawn("shop", topology_of(SHOP), first=("spare", "web_nw"))
    assert [network.name for network in found.networks] == ["spare", "web_nw", "db_nw"]


def test_json_holds_everything_that_is_drawn() -> None:
    found = document(PICTURE)
    assert (found["format_version"], found["kind"], found["exit_code"]) == (1, "graph", 0)
    assert [service["mode"] for service in found["services"]] == [
        "networks", "networks", "networks", "shared", "host", "none",
    ]  # fmt: skip
    assert found["services"][1]["lodgers"] == ["side"]


def test_ids_of_mermaid_are_words_and_stay_apart() -> None:
    lines = mermaid.text(AWKWARD, Look()).splitlines()
    ids = [match[1] for line in lines if (match := re.match(r"  (\w+)[\[(]", line))]
    assert len(ids) == len(set(ids)) == 4
    assert "end" not in ids


def test_labels_of_mermaid_hold_no_markup() -> None:
    inner = re.findall(r'"([^"\n]*)"', mermaid.text(AWKWARD, Look()))
    assert not re.search(r"[<>`]|#(?!\d+;)", "".join(inner))
    assert "\x1b" not in mermaid.text(AWKWARD, Look())


def test_dot_escapes_quotes_and_backslashes() -> None:
    text = dot.text(AWKWARD, Look())
    assert text.startswith('digraph "say \\"hi\\"\\\\" {')
    without = re.sub(r'"(\\.|[^"\\])*"', "S", text)
    assert '"' not in without


def test_a_port_on_loopback_comes_from_the_host_and_not_from_the_world() -> None:
    assert Published(target=90, protocol="tcp", published="9090", host_ip="127.0.0.1").is_local
    assert Published(target=90, protocol="tcp", published="9090", host_ip="::1").is_local
    assert not Published(target=90, protocol="tcp", published="9090", host_ip="10.0.0.1").is_local


@pytest.mark.parametrize(
    ("port", "text"),
    [
        (Published(target=80, protocol="tcp", published="8080", host_ip=None), "8080 -> 80"),
        (Published(target=53, protocol="udp", published="53", host_ip="10.0.0.1"), "10.0.0.1:53 -> 53/udp"),
        (Published(target=80, protocol="tcp", published="8000-8002", host_ip="::1"), "[::1]:8000-8002 -> 80"),
        (Published(target=80, protocol="tcp", published=None, host_ip=None), "any port -> 80"),
    ],
)
def test_a_published_port_reads_from_outside_to_inside(port: Published, text: str) -> None:
    assert port.text == text


def test_an_empty_stack_is_drawn_too() -> None:
    empty = Graph(stack="shop", networks=(), services=(), links=())
    assert graph.text(empty, Look()) == "shop"

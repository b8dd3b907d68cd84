"""The kinds of network: what each lets through, in real packets."""

from __future__ import annotations

from collections.abc import Iterator

import docker
import pytest

from tests.support.example import Example, host_port, tried
from tests.support.lab import LabEngine

pytestmark = pytest.mark.newest

BRIDGE, HOST = host_port(2), host_port(3)
OVERLAY = ("-f", "stack.yml", "-f", "overlay.yml")


@pytest.fixture
def example(lab_engine: LabEngine, docker_client: docker.DockerClient, stack_name: str) -> Iterator[Example]:
    ports = {"WEB_PORT": str(BRIDGE), "HOST_PORT": str(HOST)}
    with tried("network-types", lab_engine, docker_client, stack_name, **ports) as example:
        yield example


def test_bridge_host_and_none_let_through_what_they_say(example: Example) -> None:
    assert example.topo("check").code == 0
    example.applied()
    example.proved()

    inside = example.address("bridged", "inside")
    assert example.resolves("neighbour", "bridged") == (inside,)
    assert example.connects("neighbour", inside, 8000)
    assert example.host_connects("127.0.0.1", BRIDGE)

    assert example.host_connects("127.0.0.1", HOST)
    assert example.connects("neighbour", example.gateway("inside"), HOST)

    assert example.connects("alone", "127.0.0.1", 8000)
    assert not example.connects("alone", inside, 8000)
    assert not example.connects("alone", example.gateway("inside"), HOST)
    example.destroyed()


def test_a_single_engine_s_plan_refuses_an_overlay_with_its_line_and_says_why(example: Example) -> None:
    assert (
        "overlay.yml:9:13: warning T012: network across is an overlay" in example.topo("check", *OVERLAY).out
    )
    for command in (["plan"], ["apply", "--yes"]):
        refused = example.topo(*command, *OVERLAY)
        assert refused.code == 1
        assert f"network {example.stack}_across spans the hosts of a Swarm" in refused.out
        assert "asked for at overlay.yml:9:13; take the driver out" in refused.out
    live = example.topo("check", "--live", *OVERLAY).out
    assert "overlay.yml:9:13: error T412: network across spans the hosts of a Swarm" in live
    assert "T012" not in live
    chosen = {"label": f"topo.stack={example.stack}"}
    assert not example.client.api.networks(filters=chosen)

"""Small stacks for properties of the reconciler: few names and values, so that things often collide."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.support.bench import PLAIN, RICH
from topology.models import (
    Attachment,
    Condition,
    Dependency,
    Healthcheck,
    Link,
    Mount,
    Network,
    Port,
    Restart,
    Service,
    Stack,
    Volume,
)

NAMES = ("app", "db", "web")
NETWORKS = ("back", "front")
CHECK = Healthcheck(test=("CMD", "true"), interval=1.0)


@st.composite
def services(draw: st.DrawFn, name: str, earlier: dict[str, Service]) -> Service:
    """A service that may need those before it, so that there are no circles."""
    replicas = draw(st.sampled_from([1, 1, 2, 3]))
    joined = draw(st.sets(st.sampled_from(NETWORKS), min_size=1))
    needed = draw(st.sets(st.sampled_from(sorted(earlier)))) if earlier else set()
    values: dict[str, Any] = {
        "image": draw(st.sampled_from([PLAIN, RICH])),
        "command": ("sleep", draw(st.sampled_from(["1000", "2000"]))),
        "environment": draw(st.dictionaries(st.sampled_from(["A", "PASSWORD"]), st.sampled_from("12"))),
        "networks": {one: Attachment(aliases=draw(st.sampled_from([(), ("x",)]))) for one in sorted(joined)},
        "replicas": replicas,
        "depends_on": {one: _dependency(draw, earlier[one]) for one in sorted(needed)},
        "healthcheck": draw(st.sampled_from([None, CHECK])),
        "restart": draw(st.sampled_from([None, Restart(policy="always")])),
        "mem_limit": draw(st.sampled_from([None, 64 << 20, 96 << 20])),
        "volumes": _mounts(draw),
        "links": tuple(_links(draw, joined, needed, earlier)),
    }
    if replicas == 1:
        values["ports"] = draw(st.sampled_from([(), (_port(name),)]))
        values["container_name"] = draw(st.sampled_from([None, f"the-{name}"]))
    return Service(**values)


def _dependency(draw: st.DrawFn, on: Service) -> Dependency:
    healthy = on.healthcheck is not None and draw(st.booleans())
    return Dependency(condition=Condition.HEALTHY if healthy else Condition.STARTED)


def _mounts(draw: st.DrawFn) -> tuple[Mount, ...]:
    mounts = [Mount(type="volume", source="data", target="/data"), Mount(type="volume", target="/more")]
    return tuple(draw(st.lists(st.sampled_from(mounts), unique_by=lambda one: one.target)))


def _links(draw: st.DrawFn, joined: set[str], needed: set[str], earlier: dict[str, Service]) -> list[Link]:
    near = [one for one in sorted(needed) if joined & set(earlier[one].networks)]
    return [Link(service=one, alias=draw(st.sampled_from([one, "other"]))) for one in near[:1]]


def _port(name: str) -> Port:
    number = 8000 + NAMES.index(name) % 2  # two of them want the same one now and then
    return Port(target=80, published=(number, number))


@st.composite
def shops(draw: st.DrawFn) -> Stack:
    """A stack called shop."""
    made: dict[str, Service] = {}
    for name in draw(st.lists(st.sampled_from(NAMES), unique=True).map(sorted)):
        made[name] = draw(services(name, made))
    taken: set[tuple[int, int] | None] = set()
    for name, service in made.items():
        ports = tuple(port for port in service.ports if port.published not in taken)
        taken |= {port.published for port in ports}
        made[name] = service.model_copy(update={"ports": ports})
    networks = {one: Network(internal=draw(st.booleans())) for one in NETWORKS}
    return Stack(name="shop", services=made, networks=networks, volumes={"data": Volume()})

"""Small stacks for laws of the reconciler: few names and values, so that things often collide."""

from __future__ import annotations

from itertools import chain, combinations
from typing import Any, Final

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

NAMES: Final = ("app", "db", "web")
NETWORKS: Final = ("back", "front")
CHECK: Final = Healthcheck(test=("CMD", "true"), interval=1.0)
JOB: Final = ("true",)


def _subsets(values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    return list(chain.from_iterable(combinations(values, size) for size in range(len(values) + 1)))


# One draw for each field: a draw costs more than planning what follows from it.
_MAYBE = st.booleans()
_SERVICES = st.sampled_from(_subsets(NAMES))
_NEEDED = {size: st.sampled_from(_subsets(NAMES[:size])) for size in range(len(NAMES))}
_CONDITIONS = st.sampled_from(list(Condition))
_JOINED = st.sampled_from([("back",), ("front",), NETWORKS])
_ALIASES = st.sampled_from([(), ("x",)])
_FIELDS: Final = {
    "image": st.sampled_from([PLAIN, RICH]),
    "command": st.sampled_from([("sleep", "1000"), ("sleep", "2000")]),
    "environment": st.sampled_from([{}, {"A": "1"}, {"A": "2"}, {"PASSWORD": "1"}, {"PASSWORD": "2"}]),
    "replicas": st.sampled_from([1, 1, 2, 3]),
    "healthcheck": st.sampled_from([None, CHECK]),
    "restart": st.sampled_from([None, Restart(policy="always")]),
    "mem_limit": st.sampled_from([None, 64 << 20, 96 << 20]),
    "volumes": st.sampled_from(
        _subsets((Mount(type="volume", source="data", target="/data"), Mount(type="volume", target="/more")))
    ),
}
_PORTS = st.sampled_from([None, None, 8000, 8001])
_OWN_NAMES = st.sampled_from([None, None, "the-one"])
_LINKS = st.sampled_from([None, "itself", "other"])


@st.composite
def shops(draw: st.DrawFn) -> Stack:
    """A stack called shop. Services need only those before them, so that there are no circles."""
    made: dict[str, Service] = {}
    taken: set[Any] = {None}
    for name in draw(_SERVICES):
        made[name] = _service(draw, made, taken)
    networks = {name: Network(internal=draw(_MAYBE)) for name in NETWORKS}
    return Stack(name="shop", services=made, networks=networks, volumes={"data": Volume()})


def _service(draw: st.DrawFn, earlier: dict[str, Service], taken: set[Any]) -> Service:
    values: dict[str, Any] = {name: draw(choices) for name, choices in _FIELDS.items()}
    names = tuple(earlier)
    needed = [names[NAMES.index(one)] for one in draw(_NEEDED[len(names)])]
    values["depends_on"] = {one: _dependency(draw, earlier, one) for one in needed}
    hosts = [one for one in needed if earlier[one].command != JOB and not earlier[one].network_mode]
    if draw(_MAYBE) and hosts:
        return Service(**values, network_mode=f"service:{hosts[0]}")
    joined = draw(_JOINED)
    values["networks"] = {one: Attachment(aliases=draw(_ALIASES)) for one in joined}
    values["links"] = _links(draw, joined, needed, earlier)
    if values["replicas"] == 1:
        values |= _alone(draw, taken)
    return Service(**values)


def _dependency(draw: st.DrawFn, earlier: dict[str, Service], name: str) -> Dependency:
    """Whoever is to complete becomes a job, unless somebody counts on it to run."""
    condition, on = draw(_CONDITIONS), earlier[name]
    if condition is Condition.COMPLETED and on.command != JOB and not _counted_on(earlier, name):
        earlier[name] = on.model_copy(update={"command": JOB, "restart": None, "healthcheck": None})
    if earlier[name].command == JOB:
        return Dependency(condition=Condition.COMPLETED)
    healthy = condition is Condition.HEALTHY and on.healthcheck is not None
    return Dependency(condition=Condition.HEALTHY if healthy else Condition.STARTED)


def _counted_on(earlier: dict[str, Service], name: str) -> bool:
    return any(name in one.depends_on for one in earlier.values())


def _links(
    draw: st.DrawFn, joined: tuple[str, ...], needed: list[str], earlier: dict[str, Service]
) -> tuple[Link, ...]:
    near = [one for one in needed if set(joined) & set(earlier[one].networks)]
    alias = draw(_LINKS) if near else None
    return (Link(service=near[0], alias=near[0] if alias == "itself" else alias),) if alias else ()


def _alone(draw: st.DrawFn, taken: set[Any]) -> dict[str, Any]:
    """What only one container can have: a port of the host, and a name."""
    port, name = draw(_PORTS), draw(_OWN_NAMES)
    found = {
        "ports": () if port in taken else (Port(target=80, published=(port, port)),),
        "container_name": None if name in taken else name,
    }
    taken |= {port, name}
    return found

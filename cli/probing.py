"""Who stands in the network stacks of containers: on one engine, or on nodes of a Swarm."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.faults import CommandError
from cli.options import EngineOptions
from cli.wiring import SWARM, endpoint_meant, kind_meant, node_endpoints
from cli.world import World

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.engines.reading import Endpoint
    from reconciler.probe.seam import Prober
    from reconciler.survey import Survey

_INSTEAD = "--probe-image IMAGE does it by containers on the engine; the image needs busybox"


def prober(
    options: EngineOptions,
    world: World,
    survey: Survey,
    *,
    image: str | None,
    said: str | None,
    nodes: Sequence[str],
) -> Prober:
    """Somebody who stands in the network stacks of containers; with an image, by containers of that.

    `said` is the kind that the stack file says, `nodes` are the engines of further nodes of a Swarm.

    Raises:
        CommandError: this process cannot enter them, or the engine is a model and has none.
        EngineError: the engine does not answer.
    """
    if kind_meant(options, said) != SWARM:
        return _standing(endpoint_meant(options, world), survey, image)
    from reconciler.probe.nodes import NodesProber

    ends = (endpoint_meant(options, world), *node_endpoints(nodes, world))
    names = {node.id: node.name for node in survey.nodes}
    by_node = {names[_node(end)]: end for end in ends}
    return NodesProber({name: _standing(end, survey, image, name) for name, end in by_node.items()}, survey)


def _node(endpoint: Endpoint) -> str:
    """The node that an engine is, by its id."""
    from reconciler.engines import connect

    return str(connect.reader(endpoint).info()["Swarm"]["NodeID"])


def _standing(endpoint: Endpoint, survey: Survey, image: str | None, node: str = "") -> Prober:
    from reconciler.engines import connect
    from reconciler.probe.local import LocalProber, engine_process, may_enter

    if image:
        from reconciler.probe.helper import HelperProber

        return HelperProber(connect.daemon(endpoint), survey, image)
    scheme, _, path = endpoint.url.partition("://")
    process = engine_process(path) if scheme == "unix" else 0
    whose = f"networks of node {node}" if node else "engine's networks"
    if not process:
        raise CommandError(f"the {whose} cannot be entered from this machine", _INSTEAD)
    if not may_enter(process):
        rights = "run as root: it takes CAP_SYS_ADMIN and CAP_SYS_PTRACE"
        raise CommandError("the networks of containers may not be entered by this user", rights, _INSTEAD)
    return LocalProber(process, survey, node)

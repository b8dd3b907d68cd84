"""What a Swarm does that one engine does not, and what it cannot do: it moves things."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from topology.findings import Finding, Path, Severity
from topology.models import Mount, Service, Stack
from topology.rules.case import Case
from topology.swarm import refused

_PLACED: Final = re.compile(r"(node\.(id|hostname|ip|labels\..+)|engine\.labels\..+)\s*==")
"""A constraint by which somebody has chosen where a task runs; a role or a platform chooses nobody."""


_EVERYWHERE: Final = (
    *("/dev", "/proc", "/run", "/sys", "/var/run"),
    *("/etc/hostname", "/etc/localtime", "/etc/timezone"),
)
"""What every node has, each its own."""


def impossible(case: Case) -> Iterator[Finding]:
    """T215: what topo plan refuses before it asks any engine."""
    for one in refused(case.stack) if case.stack.engine == "swarm" else ():
        yield Finding(
            code="T215",
            severity=Severity.ERROR,
            message=one.message,
            path=one.path,
            label="topo plan refuses it",
            mend=one.mend,
        )


def elsewhere(case: Case) -> Iterator[Finding]:
    """T216: a file of the machine where topo runs, in a task that any node may run."""
    for path, mount, name in _movable(case):
        if mount.type == "bind" and not _is_everywhere(mount.source or ""):
            yield Finding(
                code="T216",
                severity=Severity.WARNING,
                message=f"{name} may run on a node that has no {mount.source}",
                path=path,
                label="nobody copies it there, and a node without it refuses the task",
                mend="make a config or a secret of the file, or say which node has it, such as "
                "node.hostname == NODE, in deploy.placement.constraints",
            )


def _is_everywhere(source: str) -> bool:
    return any(source == one or source.startswith(f"{one}/") for one in _EVERYWHERE)


def left_behind(case: Case) -> Iterator[Finding]:
    """T214: a volume of one node, and a service that may be started on another."""
    for path, mount, name in _movable(case):
        if _stays(case.stack, mount) and not case.stack.services[name].is_everywhere:
            yield Finding(
                code="T214",
                severity=Severity.WARNING,
                message=f"{name} may move away from its volume {mount.source}",
                path=path,
                label="the volume is of one node; on another the service begins with an empty one",
                mend="say where it runs, such as node.hostname == NODE, in deploy.placement.constraints, "
                "or give the volume a driver whose data all nodes see",
            )


def _movable(case: Case) -> Iterator[tuple[Path, Mount, str]]:
    """The mounts of services that nobody has placed on nodes, each with its place and its service."""
    for name, service in case.stack.services.items() if case.stack.engine == "swarm" else ():
        if not _is_placed(service):
            for index, mount in enumerate(service.volumes):
                yield ("services", name, "volumes", index), mount, name


def _is_placed(service: Service) -> bool:
    told = service.placement.constraints if service.placement else ()
    return any(_PLACED.match(one.strip()) for one in told)


def _stays(stack: Stack, mount: Mount) -> bool:
    """A named volume that its driver keeps on the node; what drives an external one nobody says."""
    if mount.type != "volume" or not mount.source or mount.read_only:
        return False
    volume = stack.volumes.get(mount.source)
    if volume is None:
        return True
    return not volume.external and volume.driver in {None, "local"} and not _is_shared(volume.driver_opts)


def _is_shared(options: Mapping[str, str]) -> bool:
    return options.get("type", "").startswith(("nfs", "cifs")) or "addr=" in options.get("o", "")

"""A small container that lives in the network stack of another one, or of the host, and looks around there.

It is in no network of its own, holds no capability and cannot write. Its label tells it from everything else,
so that whoever finds one that was left behind may take it away.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Final, Protocol

from reconciler.engines.daemon import Json
from reconciler.errors import NotFound

LABEL: Final = "topo.probe"
PREFIX: Final = "topo.probe."
"""What the names of guests begin with."""

HOST: Final = "host"
_NOTHING: Final[Mapping[str, object]] = {}


class Remover(Protocol):
    """The call that takes one away."""

    def remove_container(self, container: str, *, volumes: bool) -> None:
        """See `Daemon`."""


def within(mode: str, container: str) -> str:
    """The network mode that shares the stack of a container with such a mode: it may be another's."""
    shared = mode == HOST or mode.startswith("container:")
    return mode if shared else f"container:{container}"


def body(
    image: str,
    mode: str,
    command: Sequence[str],
    *,
    label: str,
    host: Mapping[str, object] = _NOTHING,
    **more: object,
) -> Json:
    """The body of the call that makes one."""
    program, *arguments = command
    return {
        "Image": image,
        "Entrypoint": [program],
        "Cmd": arguments,
        "Labels": {LABEL: label},
        **more,
        "HostConfig": {
            "NetworkMode": mode,
            "ReadonlyRootfs": True,
            "CapDrop": ["ALL"],
            "SecurityOpt": ["no-new-privileges"],
            **host,
        },
    }


def removed(remover: Remover, name: str) -> None:
    """Takes one away, also one that is gone."""
    with suppress(NotFound):
        remover.remove_container(name, volumes=True)

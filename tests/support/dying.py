"""Applies a stack and dies by SIGKILL around its n-th call that changes something; run as a program.

    python -m tests.support.dying ENGINE STACK.json before|after N

ENGINE is the URL of a socket, with `swarm+` before it that of a manager's, or the path of a modelled engine's
file. Nothing is cleaned up, no lock let go, no handler run: what is left is what a power cut would leave.
"""

from __future__ import annotations

import itertools
import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any, Final

from reconciler.engine import Engine
from reconciler.engines import connect
from reconciler.engines.daemon import Daemon
from reconciler.engines.memory import MemoryDaemon
from reconciler.engines.reading import Endpoint
from reconciler.engines.standalone import Standalone
from reconciler.engines.swarm import Swarm
from reconciler.engines.swarm.cluster import Cluster
from reconciler.engines.swarm.sending import SdkCluster
from tests.support.applying import applied
from topology.models import Stack

SWARM: Final = "swarm+"
CHANGING: Final = frozenset(
    {
        "build",
        "connect",
        "create_config",
        "create_container",
        "create_network",
        "create_secret",
        "create_service",
        "create_volume",
        "disconnect",
        "pull",
        "remove_config",
        "remove_container",
        "remove_network",
        "remove_secret",
        "remove_service",
        "remove_volume",
        "rename",
        "start",
        "stop",
        "unpause",
        "update",
        "update_service",
    }
)


class Dying:
    """A daemon whose caller dies just before or just after one of its calls."""

    def __init__(self, daemon: Daemon | Cluster, moment: str, nth: int) -> None:
        self._daemon = daemon
        self._moment = moment
        self._nth = nth
        self._count = itertools.count(1)
        self._lock = threading.Lock()

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._daemon, name)
        if name not in CHANGING:
            return call

        def counted(*arguments: Any, **named: Any) -> Any:
            with self._lock:
                due = next(self._count) == self._nth
            if due and self._moment == "before":
                _die()
            answer = call(*arguments, **named)
            if due:
                _die()
            return answer

        return counted


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _connected(engine: str) -> Daemon:
    if "://" not in engine:
        return MemoryDaemon(file=Path(engine))
    return connect.daemon(Endpoint(url=engine))


def _engine(called: str, moment: str, nth: int) -> Engine:
    if called.startswith(SWARM):
        cluster: Any = Dying(SdkCluster(Endpoint(url=called.removeprefix(SWARM))), moment, nth)
        return Swarm(cluster)
    daemon: Any = Dying(_connected(called), moment, nth)
    return Standalone(daemon)


def main(engine: str, stack: str, moment: str, nth: str) -> None:
    wanted = Stack.model_validate_json(Path(stack).read_text(encoding="utf-8"))
    done = applied(_engine(engine, moment, int(nth)), wanted)
    sys.exit(1 if done.faults else 0)


if __name__ == "__main__":
    main(*sys.argv[1:])

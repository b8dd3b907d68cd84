"""Applies a stack and dies by SIGKILL around its n-th call that changes something; run as a program.

    python -m tests.support.dying ENGINE STACK.json before|after N

ENGINE is the URL of a socket, or the path of a modelled engine's file. Nothing is cleaned up, no lock let go,
no handler run: what is left is what a power cut would leave.
"""

from __future__ import annotations

import itertools
import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any, Final

from reconciler.engines.daemon import Daemon
from reconciler.engines.memory import MemoryDaemon
from reconciler.engines.reading import Endpoint
from reconciler.engines.standalone import Standalone
from tests.support.applying import applied
from topology.models import Stack

CHANGING: Final = frozenset(
    {
        "build",
        "connect",
        "create_container",
        "create_network",
        "create_volume",
        "disconnect",
        "pull",
        "remove_container",
        "remove_network",
        "remove_volume",
        "rename",
        "start",
        "stop",
        "unpause",
        "update",
    }
)


class Dying:
    """A daemon whose caller dies just before or just after one of its calls."""

    def __init__(self, daemon: Daemon, moment: str, nth: int) -> None:
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
    from reconciler.engines.sdk import SdkDaemon  # noqa: PLC0415  # slow, and a model needs none of it

    return SdkDaemon(Endpoint(url=engine))


def main(engine: str, stack: str, moment: str, nth: str) -> None:
    dying: Any = Dying(_connected(engine), moment, int(nth))
    wanted = Stack.model_validate_json(Path(stack).read_text(encoding="utf-8"))
    done = applied(Standalone(dying), wanted)
    sys.exit(1 if done.faults else 0)


if __name__ == "__main__":
    main(*sys.argv[1:])

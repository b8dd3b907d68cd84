"""The calls of an up by themselves: what no program on this engine can be much quicker than.

    python -m tests.bench.bare SOCKET up|down SERVICES NETWORKS

Nothing is read, planned or looked at afterwards; as many calls are made at a time as topo makes.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from reconciler.engines.line import TIMEOUT, sent

AT_A_TIME = 4
NAME = "bench-bare"


def joined(number: int, services: int, networks: int) -> list[int]:
    """The networks that a service is on: no network is without one, for Compose would not make it."""
    return [*range(number, networks, services)] or [number % networks]


def call(socket: str, method: str, path: str, body: dict[str, Any] | None = None) -> None:
    """One call; what is to go may be gone already.

    Raises:
        RuntimeError: it was refused.
    """
    packed = json.dumps(body).encode() if body else None
    answer = sent(socket, (method, path), packed, {"Content-Type": "application/json"}, TIMEOUT)
    if answer.status >= 400 and (method, answer.status) != ("DELETE", 404):
        raise RuntimeError(f"{method} {path}: {answer.body.decode()}")


def each(do: Callable[[int], None], numbers: Iterable[int]) -> None:
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        list(pool.map(do, numbers))


def main() -> None:
    """Makes the stack of `stack_text`, or takes it away."""
    socket, verb, services, networks = sys.argv[1:]
    send, many, spread = partial(call, socket), int(services), int(networks)

    def create(number: int) -> None:
        endpoints = {f"{NAME}-n{one}": {"Aliases": [f"s{number}"]} for one in joined(number, many, spread)}
        body = {
            "Image": "busybox:latest",
            "Cmd": ["sleep", "100000"],
            "StopSignal": "SIGKILL",
            "Env": ["A=1", "B=two"],
            "HostConfig": {"NetworkMode": next(iter(endpoints))},
            "NetworkingConfig": {"EndpointsConfig": endpoints},
        }
        send("POST", f"/containers/create?name={NAME}-{number}", body)

    if verb == "up":
        each(lambda one: send("POST", "/networks/create", {"Name": f"{NAME}-n{one}"}), range(spread))
        each(create, range(many))
        each(lambda one: send("POST", f"/containers/{NAME}-{one}/start"), range(many))
    else:
        each(lambda one: send("DELETE", f"/containers/{NAME}-{one}?force=1"), range(many))
        each(lambda one: send("DELETE", f"/networks/{NAME}-n{one}"), range(spread))


if __name__ == "__main__":
    main()

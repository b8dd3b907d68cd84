"""A Swarm of one node under contract: what a test makes there has names that begin with `prefix`."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any, Final

import docker
from docker.errors import APIError
from msgspec import Struct

from reconciler.engines.reading import Endpoint
from reconciler.engines.swarm import Swarm
from reconciler.engines.swarm.sending import SdkCluster
from tests.support.bench import PLAIN
from tests.support.lab import LabEngine
from tests.support.waiting import eventually

IDLE: Final[dict[str, Any]] = {
    "image": PLAIN,
    "entrypoint": ("sleep",),
    "command": ("1000",),
    "stop_signal": "SIGKILL",
    "replicas": 0,
}
"""A service of which nothing runs: its spec is all that counts, and no time goes by."""


class ServiceBench(Struct, frozen=True, kw_only=True):
    """A manager, by topo's calls and by the SDK's own."""

    cluster: SdkCluster
    client: docker.DockerClient
    lab: LabEngine
    prefix: str

    @property
    def engine(self) -> Swarm:
        return engine_at(self.lab.url)

    def service(self, name: str) -> Any:
        """The SDK's own view of a service of the stack."""
        return self.client.services.get(f"{self.prefix}_{name}")  # type: ignore[no-untyped-call]  # of the SDK

    def names(self, kind: str) -> set[str]:
        """What is there of services, networks, secrets or configs."""
        found = (one.name for one in getattr(self.client, kind).list())
        return {name for name in found if name and self.prefix in name}


def engine_at(url: str) -> Swarm:
    """Looks at tasks more often than is good for a manager of many."""
    return Swarm(SdkCluster(Endpoint(url=url)), sleep=lambda seconds: time.sleep(min(seconds, 0.1)))


@contextmanager
def bench_on(manager: LabEngine) -> Iterator[ServiceBench]:
    """A bench for the block; what was made under its prefix is removed afterwards."""
    with manager.client() as client:
        made = ServiceBench(
            cluster=SdkCluster(Endpoint(url=manager.url)),
            client=client,
            lab=manager,
            prefix=f"t{random.getrandbits(32):08x}",  # not a secret
        )
        yield made
        assert eventually(partial(_swept, made), within=20, every=0.1), made.prefix


def _swept(bench: ServiceBench) -> bool:
    """Whether nothing was left to remove; networks stay until the last task has left them."""
    left = False
    for kind in ("services", "secrets", "configs", "networks", "volumes"):
        for one in getattr(bench.client, kind).list():
            if bench.prefix in str(one.name):
                left = True
                with suppress(APIError):
                    one.remove()
    return not left

"""The whole: services, what they share, and what must be reachable."""

from __future__ import annotations

from typing import Literal

from topology.forms import Address, Pool, Suffix
from topology.models.base import Model
from topology.models.contents import Config, Secret
from topology.models.life import Condition
from topology.models.policy import Policy
from topology.models.resources import Network, Volume
from topology.models.service import Service


class Ambassadors(Model):
    """What the proxies between a link's two sides are: an image that has `socat`."""

    image: str | None = None


class Dns(Model):
    """Further names of each service on its networks: STACK.SERVICE, and the same with the suffix."""

    suffix: Suffix | None = None


class Stack(Model):
    """A whole stack. Mappings keep the order of the file.

    `publish_default` is the address of the host that ports are published on where they name none.
    `subnet_pool` is where networks that say nothing of their addresses get theirs from.
    """

    also = frozenset(("version",))

    name: str
    owner: str | None = None
    engine: Literal["docker", "swarm"] | None = None
    services: dict[str, Service] = {}
    networks: dict[str, Network] = {}
    volumes: dict[str, Volume] = {}
    secrets: dict[str, Secret] = {}
    configs: dict[str, Config] = {}
    ambassadors: Ambassadors | None = None
    dns: Dns | None = None
    publish_default: Address | None = None
    subnet_pool: Pool | None = None
    policy: Policy = Policy()

    @property
    def jobs(self) -> frozenset[str]:
        """The services that are meant to end: they say so, or others wait for their completion."""
        said = {name for name, service in self.services.items() if service.mode.endswith("-job")}
        awaited = {
            name
            for service in self.services.values()
            for name, dependency in service.depends_on.items()
            if dependency.condition is Condition.COMPLETED
        }
        return frozenset(said | awaited)

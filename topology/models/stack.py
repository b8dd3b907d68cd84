"""The whole: services, what they share, and what must be reachable."""

from __future__ import annotations

from topology.models.base import Model
from topology.models.contents import Config, Secret
from topology.models.policy import Policy
from topology.models.resources import Network, Volume
from topology.models.service import Service


class Ambassadors(Model):
    """What the proxies between a link's two sides are: an image that has `socat`."""

    image: str | None = None


class Stack(Model):
    """A whole stack. Mappings keep the order of the file."""

    also = frozenset(("version",))

    name: str
    owner: str | None = None
    services: dict[str, Service] = {}
    networks: dict[str, Network] = {}
    volumes: dict[str, Volume] = {}
    secrets: dict[str, Secret] = {}
    configs: dict[str, Config] = {}
    ambassadors: Ambassadors | None = None
    policy: Policy = Policy()

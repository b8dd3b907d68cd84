"""The whole: services, what they share, and what must be reachable."""

from __future__ import annotations

from typing import Literal

from topology.forms import Flag
from topology.models.base import Model
from topology.models.contents import Config, Secret
from topology.models.resources import Network, Volume
from topology.models.service import Service


class Assume(Model):
    """What no engine reports and a verdict depends on; printed with each verdict that does.

    `engine` is the version that verdicts are given for where no engine is asked.
    """

    engine: str | None = None
    userland_proxy: Flag = True


class Policy(Model):
    """What must and must not be reachable.

    `default` is what a pair that can reach each other without a link is: an error, a warning, nothing.
    """

    default: Literal["deny", "warn", "allow"] = "warn"
    claims: tuple[str, ...] = ()
    assume: Assume = Assume()


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
    policy: Policy = Policy()

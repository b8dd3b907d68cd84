"""Steps for one service of a Swarm."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from reconciler.address import Kind
from reconciler.steps.step import Named, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateService(Step):
    """Creates a service; one with the same name and labels is fine."""

    begins = True
    records = True

    name: str
    body: Mapping[str, Any] = field(hash=False)

    @property
    def uses(self) -> frozenset[Named]:
        """See `Step`."""
        return _used_by(self.body)


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateService(Step):
    """Tells a service what it is to be from now on; the engine replaces its tasks as far as they differ.

    With `anew` they are replaced though nothing differs.
    """

    begins = True
    records = True

    service: str
    name: str
    body: Mapping[str, Any] = field(hash=False)
    anew: bool = False

    @property
    def uses(self) -> frozenset[Named]:
        """See `Step`."""
        return _used_by(self.body)

    def leaves(self, unit: str, network: str) -> bool:
        """See `Step`."""
        return self.service == unit and (Kind.NETWORK, network) not in self.uses


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveService(Step):
    """Removes a service, and waits until its tasks have ended."""

    service: str
    name: str

    @property
    def removes(self) -> str:
        """See `Step`."""
        return self.service


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitService(Step):
    """Waits until all tasks of a service run as it says, and an update has come to its end.

    Attributes:
        within: in seconds, from the last task that got further.
        since: the update that is waited for began then, as the engine writes it: what failed before counts no
            more. Without it, that is when this step begins.
        back: that the engine takes an update back is what is wanted.
    """

    awaits = True

    name: str
    within: float
    since: str = ""
    back: bool = False


def _used_by(body: Mapping[str, Any]) -> frozenset[Named]:
    template = body.get("TaskTemplate", {})
    container = template.get("ContainerSpec", {})
    return frozenset(
        {
            *((Kind.NETWORK, str(one["Target"])) for one in template.get("Networks") or ()),
            *((Kind.SECRET, str(one["SecretName"])) for one in container.get("Secrets") or ()),
            *((Kind.CONFIG, str(one["ConfigName"])) for one in container.get("Configs") or ()),
        }
    )

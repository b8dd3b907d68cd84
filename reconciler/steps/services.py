"""Steps for one service of a Swarm."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.address import Kind
from reconciler.steps.step import Named, Step


class CreateService(Step, frozen=True, kw_only=True):
    """Creates a service; one with the same name and labels is fine."""

    begins = True
    records = True

    name: str
    body: Mapping[str, Any]

    @property
    def uses(self) -> frozenset[Named]:
        """See `Step`."""
        return _used_by(self.body)


class UpdateService(Step, frozen=True, kw_only=True):
    """Tells a service what it is to be from now on; the engine replaces its tasks as far as they differ.

    With `anew` they are replaced though nothing differs.
    """

    begins = True
    records = True

    service: str
    name: str
    body: Mapping[str, Any]
    anew: bool = False

    @property
    def uses(self) -> frozenset[Named]:
        """See `Step`."""
        return _used_by(self.body)

    def leaves(self, unit: str, network: str) -> bool:
        """See `Step`."""
        return self.service == unit and (Kind.NETWORK, network) not in self.uses


class RemoveService(Step, frozen=True, kw_only=True):
    """Removes a service, and waits until its tasks have ended."""

    service: str
    name: str

    @property
    def removes(self) -> str:
        """See `Step`."""
        return self.service


class WaitService(Step, frozen=True, kw_only=True):
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

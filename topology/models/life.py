"""How a service lives: what it waits for, how its health is told, when it starts again."""

from __future__ import annotations

import enum
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator

from topology import units
from topology.forms import Count, Flag, Number, Seconds, Signal, Words
from topology.models.base import Model
from topology.units import Misfit


class Condition(enum.Enum):
    """What must be true of a dependency before a service starts."""

    STARTED = "service_started"
    HEALTHY = "service_healthy"
    COMPLETED = "service_completed_successfully"


class Dependency(Model):
    """What a service waits for before it starts."""

    condition: Condition = Condition.STARTED
    restart: Flag = False
    required: Flag = True


def _test(value: Any) -> Any:
    """The command that tests; text is for a shell."""
    if isinstance(value, str):
        return ("CMD-SHELL", value)
    if isinstance(value, list | tuple) and value[:1] and value[0] not in ("CMD", "CMD-SHELL", "NONE"):
        mend = "put CMD in front, or write it as one string"
        seen = value[0] if isinstance(value[0], str) else None
        raise Misfit("must begin with CMD, CMD-SHELL or NONE", mend=mend, seen=seen)
    return value


class Healthcheck(Model):
    """How the engine finds out whether a container works. Durations are in seconds.

    `test` starts with CMD, CMD-SHELL or NONE; what is None is left to the image.
    """

    also = frozenset(("disable",))

    test: Annotated[tuple[str, ...], BeforeValidator(_test)] | None = None
    interval: Seconds | None = None
    timeout: Seconds | None = None
    retries: Count | None = None
    start_period: Seconds | None = None
    start_interval: Seconds | None = None

    @classmethod
    def from_long(cls, said: dict[str, Any], folder: str) -> dict[str, Any]:
        disable = said.get("disable", False)
        if isinstance(disable, str):
            disable = units.truth(disable)
        return {"test": ("NONE",)} if disable else said


class Restart(Model):
    """When the engine starts a container again. `retries` limits `on-failure`; 0 is no limit."""

    policy: Literal["no", "always", "on-failure", "unless-stopped"] = "no"
    retries: Count = 0

    @classmethod
    def from_text(cls, text: str) -> Any:
        policy, colon, retries = text.partition(":")
        if policy not in ("no", "always", "on-failure", "unless-stopped") or (
            colon and policy != "on-failure"
        ):
            raise Misfit("must be no, always, unless-stopped, on-failure or on-failure:TIMES")
        return {"policy": policy, "retries": units.whole(retries)} if colon else {"policy": policy}


class RestartPolicy(Model):
    """When a cluster starts a task again, in the words of `deploy.restart_policy`. Durations are in seconds.

    `delay` passes before each try; failures within `window` count together towards `max_attempts`.
    """

    condition: str = "any"
    delay: Seconds | None = None
    max_attempts: Count | None = None
    window: Seconds | None = None


class Preference(Model):
    """How tasks are spread: evenly over the values of a label, such as node.labels.zone."""

    spread: str


class Placement(Model):
    """On which nodes of a cluster tasks may run, such as node.labels.disk == ssd, and how many on each."""

    constraints: tuple[str, ...] = ()
    preferences: tuple[Preference, ...] = ()
    max_replicas_per_node: Count | None = None


class Notice(Model):
    """What a running container is told when something that it uses has changed."""

    signal: Signal | None = None
    exec: Words | None = None

    @classmethod
    def from_long(cls, said: dict[str, Any], folder: str) -> dict[str, Any]:
        if "signal" in said and "exec" in said:
            raise Misfit("must say a signal or a command", seen="both", mend="take one out")
        return said

    def __bool__(self) -> bool:
        return bool(self.signal or self.exec)


class OnChange(Notice):
    """What a change of a mounted file's content asks for: another container, or a word to the running one.

    With neither, nothing: it is ignored.
    """

    recreate: Flag = True

    @classmethod
    def from_text(cls, text: str) -> Any:
        if text not in _ON_CHANGE:
            label = "or a mapping, such as {signal: HUP} or {exec: [nginx, -s, reload]}"
            raise Misfit('must be "recreate", "reload" or "ignore"', label=label)
        return _ON_CHANGE[text]

    @classmethod
    def from_long(cls, said: dict[str, Any], folder: str) -> dict[str, Any]:
        said = super().from_long(said, folder)
        return {"recreate": False, **said} if {"signal", "exec"} & said.keys() else said


_ON_CHANGE = {
    "recreate": {"recreate": True},
    "reload": {"recreate": False, "signal": "HUP"},
    "ignore": {"recreate": False},
}


class UpdateConfig(Model):
    """How replicas are replaced, in the words of `deploy.update_config`. Durations are in seconds.

    `parallelism` is how many at a time, 0 for all; `delay` passes between one lot and the next; `monitor` is
    for how long a new one has to stay well. Where more than `max_failure_ratio` of them do not, those after
    it stay as they are ("pause"), or all go back to what ran before ("rollback"); "continue" goes on.
    """

    parallelism: Count | None = None
    delay: Seconds | None = None
    failure_action: Literal["pause", "continue", "rollback"] | None = None
    monitor: Seconds | None = None
    max_failure_ratio: Number | None = None
    order: Literal["start-first", "stop-first"] | None = None

    def tolerated(self, replicas: int) -> int:
        """How many of so many replicas may fail before anything is done about it."""
        share = 1.0 if self.failure_action == "continue" else self.max_failure_ratio or 0.0
        return min(replicas, int(share * replicas + 1e-9))

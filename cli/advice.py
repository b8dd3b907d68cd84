"""What is behind a failed step, and where the stack file asks for it."""

from __future__ import annotations

import re
from collections.abc import Callable

from cli.report.planned import Find
from reconciler import steps
from reconciler.address import Kind
from reconciler.executor import Done, Result
from reconciler.steps import Step

_PORT_TAKEN = re.compile(r"port is already allocated|address already in use", re.IGNORECASE)


def advice(done: Done, find: Find) -> tuple[str, ...]:
    """Lines that help with a failure; none where there is nothing to add to its own words."""
    if done.result is not Result.FAILED:
        return ()
    return tuple(hint for hint in (_where(done, find), _what(done)) if hint)


def _where(done: Done, find: Find) -> str:
    """The line of the file that asks for what failed."""
    if done.step.address.kind is not Kind.SERVICE:
        return ""
    service = ("services", done.step.address.name)
    if isinstance(done.step, steps.StartContainer) and _PORT_TAKEN.search(done.error):
        span = find((*service, "ports"))
        return f"published at {span}" if span else ""
    waits = isinstance(done.step, steps.WaitHealthy) and done.step.ready is not None
    field = "ready" if waits else _FIELDS.get(type(done.step))
    span = find((*service, field)) if field else None
    return f"asked for at {span}" if span else ""


def _what(done: Done) -> str:
    if _PORT_TAKEN.search(done.error):
        return "a program beside Docker holds the port: `ss -ltnp` on the engine's host names it"
    tell = _HINTS.get(type(done.step))
    return tell(done.step) if tell else ""


def _service_logs(step: steps.WaitService) -> str:
    return f"see: docker service ps --no-trunc {step.name}; docker service logs {step.name}"


def _logs(step: steps.WaitHealthy | steps.WaitCompleted) -> str:
    return f"see: docker logs {step.container}"


_FIELDS: dict[type[Step], str] = {
    steps.PullImage: "image",
    steps.BuildImage: "build",
    steps.ConnectNetwork: "networks",
    steps.WaitHealthy: "healthcheck",
}
_HINTS: dict[type[Step], Callable[..., str]] = {
    steps.WaitHealthy: _logs,
    steps.WaitCompleted: _logs,
    steps.WaitService: _service_logs,
    steps.PullImage: lambda step: f"is the name right? try: docker pull {step.reference}",
}

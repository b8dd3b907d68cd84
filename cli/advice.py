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
    return tuple(hint for hint in (_where(done, find), _meant(done), _what(done)) if hint)


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


def _meant(done: Done) -> str:
    """Of a container that has ended well, nobody can see whether it was meant to."""
    ended = isinstance(done.step, steps.WaitHealthy) and "exited with code 0" in done.error
    return "one that is meant to end says so: deploy: {mode: replicated-job}" if ended else ""


def _what(done: Done) -> str:
    if _PORT_TAKEN.search(done.error):
        return "a program beside Docker holds the port: `ss -ltnp` on the engine's host names it"
    if isinstance(done.step, steps.PullImage):
        return _fetching(done.step.reference, done.error)
    tell = _HINTS.get(type(done.step))
    return tell(done.step) if tell else ""


def _service_logs(step: steps.WaitService) -> str:
    return f"see: docker service ps --no-trunc {step.name}; docker service logs {step.name}"


def _fetching(image: str, error: str) -> str:
    """What to do about an image that cannot be had, by what the engine said."""
    first = image.partition("/")[0]
    registry = first if "/" in image and re.search(r"[.:]|^localhost$", first) else ""
    name = registry or "Docker Hub"
    for sign, hint in (
        (r"toomanyrequests|rate limit", f"{name} limits who is not logged in: docker login {registry}"),
        (
            r"HTTP response to HTTPS",
            f'the engine takes plain HTTP once "{name}" is in its insecure-registries',
        ),
        (
            r"x509|certificate",
            f"the engine does not trust {name}: put its CA into /etc/docker/certs.d/{name}",
        ),
        (r"no matching manifest|does not match the specified platform", "it is made for other platforms"),
        (r"unauthorized|no basic auth|authentication|denied|forbidden", f"log in: docker login {registry}"),
        (r"unknown|not found|does not exist", f"is the name right? try: docker pull {image}"),
        (r"dial tcp|lookup|timeout|no such host|unreachable|no route", f"the engine cannot reach {name}"),
    ):
        if re.search(sign, error, re.IGNORECASE):
            return hint.rstrip()
    return f"try: docker pull {image}"


def _logs(step: steps.WaitHealthy | steps.WaitCompleted) -> str:
    """One that was taken back has no logs any more."""
    taken_back = isinstance(step, steps.WaitHealthy) and step.discard
    return "" if taken_back else f"see: docker logs {step.container}"


def _told(_step: steps.ExecInContainer | steps.SignalContainer) -> str:
    """Nothing on the engine shows what a container has been told."""
    return "where nothing else is left to do for it, the next apply does not tell it again: see to it by hand"


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
    steps.ExecInContainer: _told,
    steps.SignalContainer: _told,
}

"""Probes: health checks say when a container may be reached, `ready` when it has started."""

from __future__ import annotations

import math
from typing import Final

from topology.export.kubernetes.case import Case, Object, said
from topology.export.kubernetes.environment import Variables
from topology.export.kubernetes.notes import UNSAID
from topology.models import Healthcheck, Ready
from topology.secrets import masked

_INTERVAL: Final = 30.0
_TIMEOUT: Final = 30.0
_RETRIES: Final = 3
"""What Docker takes where a health check says nothing."""


def probes(case: Case, name: str, variables: Variables) -> Object:
    """The probes of a container. Nothing restarts it for its health: on Docker nothing does."""
    service = case.service(name)
    return said(
        startupProbe=_started(case, name, service.ready, variables) if service.ready else None,
        readinessProbe=_healthy(case, name, service.healthcheck, variables) if service.healthcheck else None,
    )


def seconds(duration: float) -> int:
    """Whole seconds, at least one: Kubernetes knows no shorter time."""
    return max(1, math.ceil(duration))


def _healthy(case: Case, name: str, check: Healthcheck, variables: Variables) -> Object | None:
    if check.test == ("NONE",):
        return None
    if not check.test:
        message = f"the health check of {name} is its image's, which Kubernetes does not run"
        case.notes.warn(UNSAID, message, ("services", name, "healthcheck"), mend="write its test here")
        return None
    return {
        "exec": {"command": variables.script("healthcheck", check.test)},
        "periodSeconds": seconds(check.interval or _INTERVAL),
        "timeoutSeconds": seconds(check.timeout or _TIMEOUT),
        "failureThreshold": check.retries or _RETRIES,
    }


def _started(case: Case, name: str, ready: Ready, variables: Variables) -> Object | None:
    if ready.log is not None:
        message = f"Kubernetes does not read what {name} prints, so nothing waits for it"
        case.notes.warn(UNSAID, message, ("services", name, "ready"), mend="say tcp, http or exec")
        return None
    if ready.http is not None and masked(ready.http.path) != ready.http.path and not case.with_secrets:
        message = f"the page that says that {name} is ready has a secret in its address, so it is left out"
        case.notes.warn(UNSAID, message, ("services", name, "ready"), mend="exec may ask for it instead")
        return None
    if ready.http is not None:
        sign: Object = {"httpGet": {"port": ready.http.port, "path": ready.http.path}}
    elif ready.tcp is not None:
        sign = {"tcpSocket": {"port": ready.tcp}}
    else:
        sign = {"exec": {"command": variables.script("ready", ("CMD", *(ready.exec or ())))}}
    return {**sign, "periodSeconds": 1, "failureThreshold": seconds(ready.within)}

"""Health checks. Canonical: `test` as a list, durations in seconds, only what is set."""

from __future__ import annotations

from typing import Any, Final

from reconciler.fields.row import Body, Site
from reconciler.state import ImageConfig, Spec
from topology.models import Ready

_NANO: Final = 1_000_000_000
_DURATIONS: Final = {
    "interval": "Interval",
    "timeout": "Timeout",
    "start_period": "StartPeriod",
    "start_interval": "StartInterval",
}


def decode(raw: dict[str, Any] | None) -> dict[str, Any] | None:
    """Canonical form of the Engine's `Healthcheck`."""
    if not raw:
        return None
    found: dict[str, Any] = {}
    if raw.get("Test"):
        found["test"] = list(raw["Test"])
    for name, key in _DURATIONS.items():
        if raw.get(key):
            found[name] = raw[key] / _NANO
    if raw.get("Retries"):
        found["retries"] = raw["Retries"]
    return found or None


def wanted(site: Site) -> dict[str, Any] | None:
    """The health check of a service, without what it leaves to the image."""
    check = site.service.healthcheck
    if check is None:
        return None
    found = {name: value for name, value in check.model_dump().items() if value}
    if "test" in found:
        found["test"] = list(found["test"])
    return found or None


def write(body: Body, value: dict[str, Any]) -> None:
    """Durations go out in nanoseconds."""
    raw: dict[str, Any] = {
        key: round(value[name] * _NANO) for name, key in _DURATIONS.items() if name in value
    }
    if "test" in value:
        raw["Test"] = value["test"]
    if "retries" in value:
        raw["Retries"] = value["retries"]
    body["Healthcheck"] = raw


def read(inspected: Body, _image: ImageConfig) -> Any:
    """The check in force, its own or its image's."""
    return decode(inspected["Config"].get("Healthcheck"))


def expected(spec: Spec, image: ImageConfig) -> Any:
    """What is not set comes from the image, field by field (moby `daemon/commit.go: merge`)."""
    return {**(image.healthcheck or {}), **spec.get("healthcheck", {})} or None


def checked(spec: Spec, image: ImageConfig) -> bool:
    """Whether the engine will say if a container is healthy."""
    test = (expected(spec, image) or {}).get("test") or ["NONE"]
    return bool(test[0] != "NONE")


def patience(spec: Spec, image: ImageConfig, ready: Ready | None = None) -> float:
    """Seconds after which a container that is still starting is given up; the Engine's defaults fill gaps."""
    check = expected(spec, image) or {}
    each = check.get("interval", 30.0) + check.get("timeout", 30.0)
    needed = float(check.get("start_period", 0.0) + each * check.get("retries", 3) + 30.0)
    if ready is None:
        return needed
    return max(needed, ready.within) if checked(spec, image) else ready.within

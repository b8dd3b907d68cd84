"""What an inspect answer says about a step: it was done before, its container works, it has completed."""

from __future__ import annotations

from reconciler.engines.daemon import Json
from reconciler.errors import Unhealthy
from reconciler.steps import ConnectNetwork, CreateContainer


def made_by(there: Json, step: CreateContainer) -> bool:
    labels = there["Config"].get("Labels") or {}
    return all(labels.get(name) == text for name, text in step.body["Labels"].items())


def is_connected(there: Json, step: ConnectNetwork) -> bool:
    """A running container has an endpoint there; the engine shows a connect that failed as a mere wish."""
    attached = (there["NetworkSettings"].get("Networks") or {}).get(step.network)
    if attached is None or (there["State"]["Status"] in {"running", "paused"} and not attached["EndpointID"]):
        return False
    aliases = set(attached.get("Aliases") or ())
    return set(step.endpoint.get("Aliases") or ()) <= aliases and sorted(
        attached.get("Links") or ()
    ) == sorted(step.endpoint.get("Links") or ())


def works(raw: Json) -> bool:
    """Healthy, or running without a health check; False while it is starting."""
    state: Json = raw["State"]
    name = str(raw["Name"]).removeprefix("/")
    if state["Status"] in {"exited", "dead"}:
        raise Unhealthy(f"{name} exited with code {state['ExitCode']} {state.get('Error') or ''}".rstrip())
    said = (state.get("Health") or {}).get("Status")
    if said == "unhealthy":
        raise Unhealthy(f"{name} is unhealthy: {_last_words(state)}")
    return bool(state["Status"] == "running") and said in {None, "none", "healthy"}


def _last_words(state: Json) -> str:
    """The last line of the last check: whatever programs print before, there they say what is wrong."""
    log = (state.get("Health") or {}).get("Log") or [{}]
    said = [line.strip() for line in str(log[-1].get("Output") or "").splitlines()]
    return next(filter(None, reversed(said)), "its check fails without a word")[:200]


def completed(raw: Json) -> bool:
    state: Json = raw["State"]
    if state["Status"] not in {"exited", "dead"}:
        return False
    if state["ExitCode"]:
        name = str(raw["Name"]).removeprefix("/")
        raise Unhealthy(f"{name} was to complete, but exited with code {state['ExitCode']}")
    return True

"""Rows for how many tasks there are, when they start again, and how they are replaced."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from reconciler.fields.kernel import expected_logging, logging, wanted_logging
from reconciler.fields.row import Body, Field, Reach, Site
from reconciler.fields.swarm.row import in_place, key, roll, task, whole
from reconciler.state import ImageConfig
from topology.models import UpdateConfig

_NANO: Final = 1_000_000_000
_DURATIONS: Final = frozenset({"delay", "monitor", "window"})
_MODES: Final = {"Global": "global", "ReplicatedJob": "replicated-job", "GlobalJob": "global-job"}
_CONDITIONS: Final[Mapping[str, str]] = {
    "no": "none",
    "always": "any",
    "unless-stopped": "any",
    "on-failure": "on-failure",
}


def _wanted_replicas(site: Site) -> int | None:
    """None of a service that runs once on every node."""
    return None if site.service.is_everywhere else site.service.replicas


def _write_replicas(body: Body, value: int) -> None:
    body["Mode"] = {"Replicated": {"Replicas": value}}


def _read_replicas(inspected: Body, _image: ImageConfig) -> int | None:
    mode = inspected.get("Mode") or {}
    if "ReplicatedJob" in mode:
        return int(mode["ReplicatedJob"].get("TotalCompletions") or 0)
    return int(mode["Replicated"].get("Replicas") or 0) if "Replicated" in mode else None


def _wanted_mode(site: Site) -> str | None:
    everywhere = site.service.is_everywhere
    if site.is_job:
        return "global-job" if everywhere else "replicated-job"
    return "global" if everywhere else None


def _write_mode(body: Body, value: str) -> None:
    """Behind the row of replicas. All runs of a job go on at once, as replicas do."""
    if value == "replicated-job":
        many = body["Mode"]["Replicated"]["Replicas"]
        body["Mode"] = {"ReplicatedJob": {"MaxConcurrent": many, "TotalCompletions": many}}
    else:
        body["Mode"] = {"GlobalJob" if value == "global-job" else "Global": {}}


def _read_mode(inspected: Body, _image: ImageConfig) -> str | None:
    mode = inspected.get("Mode") or {}
    return next((_MODES[name] for name in _MODES if name in mode), None)


def _fixed(_old: object, _new: object) -> Reach:
    """Swarm lets a service change everything but this."""
    return Reach.REPLACE


def _without(usual: Mapping[str, Any], value: Mapping[str, Any] | None, zero: str) -> dict[str, Any] | None:
    """What says more than Swarm takes anyway: other clients write its defaults down, to no effect.

    `zero` is the field of which 0 is another thing than nothing.
    """
    said = {name: one for name, one in (value or {}).items() if one != usual.get(name)}
    return {name: one for name, one in said.items() if one or (one == 0 and name == zero)} or None


_USUAL_RESTART: Final = {"condition": "any", "delay": 5.0}


def _wanted_restart(site: Site) -> dict[str, Any] | None:
    """What `deploy` says in Swarm's own words, or else what `restart` comes to there."""
    policy = site.service.restart_policy
    if policy is not None:
        return _without(_USUAL_RESTART, policy.model_dump(), "delay")
    restart = site.service.restart
    if restart is None:
        return None
    found: dict[str, Any] = {"condition": _CONDITIONS[restart.policy], "max_attempts": restart.retries}
    return _without(_USUAL_RESTART, found, "delay")


_RESTART: Final = {
    "condition": "Condition",
    "delay": "Delay",
    "max_attempts": "MaxAttempts",
    "window": "Window",
}


def _write_restart(body: Body, value: dict[str, Any]) -> None:
    task(body)["RestartPolicy"] = {
        _RESTART[name]: round(said * _NANO) if name in _DURATIONS else said
        for name, said in {**_USUAL_RESTART, **value}.items()
    }


def _read_restart(inspected: Body, _image: ImageConfig) -> dict[str, Any] | None:
    raw = task(inspected).get("RestartPolicy") or {}
    return _without(
        _USUAL_RESTART,
        {
            name: raw[called] / _NANO if name in _DURATIONS else raw[called]
            for name, called in _RESTART.items()
            if raw.get(called) is not None
        },
        "delay",
    )


def _wanted_placement(site: Site) -> dict[str, Any] | None:
    placement = site.service.placement
    if placement is None:
        return None
    found = {
        "constraints": [_constraint(text) for text in placement.constraints],
        "preferences": [one.spread for one in placement.preferences],
        "max_replicas_per_node": placement.max_replicas_per_node,
    }
    return {name: value for name, value in found.items() if value} or None


def _constraint(text: str) -> str:
    """Without the spaces around == and !=, which mean nothing."""
    return re.sub(r"\s*([=!]=)\s*", r"\1", text.strip())


def _write_placement(body: Body, value: dict[str, Any]) -> None:
    task(body)["Placement"] = {
        "Constraints": value.get("constraints", []),
        "Preferences": [{"Spread": {"SpreadDescriptor": text}} for text in value.get("preferences", ())],
        "MaxReplicas": value.get("max_replicas_per_node", 0),
    }


def _read_placement(inspected: Body, _image: ImageConfig) -> dict[str, Any] | None:
    raw = task(inspected).get("Placement") or {}
    found = {
        "constraints": [_constraint(text) for text in raw.get("Constraints") or ()],
        "preferences": [one["Spread"]["SpreadDescriptor"] for one in raw.get("Preferences") or ()],
        "max_replicas_per_node": raw.get("MaxReplicas"),
    }
    return {name: value for name, value in found.items() if value} or None


_UPDATE: Final = {
    "parallelism": "Parallelism",
    "delay": "Delay",
    "failure_action": "FailureAction",
    "monitor": "Monitor",
    "max_failure_ratio": "MaxFailureRatio",
    "order": "Order",
}
_USUAL: Final = {"parallelism": 1, "failure_action": "pause", "order": "stop-first", "monitor": 5.0}
"""What Swarm takes where a service says nothing; where it says something, 0 at a time means all."""


def _updating(name: str, called: str) -> Field:
    """A job has none: what is told anew is run anew."""

    def want(site: Site) -> dict[str, Any] | None:
        said: UpdateConfig | None = None if site.is_job else getattr(site.service, name)
        found = said.model_dump() if said is not None else {}
        kept = {key: value for key, value in found.items() if value is not None}
        return _without(_USUAL, kept, "parallelism")

    def write(body: Body, value: dict[str, Any]) -> None:
        body[called] = {
            _UPDATE[word]: round(said * _NANO) if word in _DURATIONS else said
            for word, said in {**_USUAL, **value}.items()
        }

    def read(inspected: Body, _image: ImageConfig) -> dict[str, Any] | None:
        raw = inspected.get(called)
        if raw is None:
            return None
        found = {word: raw.get(written) or 0 for word, written in _UPDATE.items()}
        return _without(
            _USUAL,
            {word: said / _NANO if word in _DURATIONS else said for word, said in found.items()},
            "parallelism",
        )

    return Field(name=name, want=want, write=write, read=read, reach=in_place)


RUNNING: Final[tuple[Field, ...]] = (
    Field(
        name="replicas",
        want=_wanted_replicas,
        write=_write_replicas,
        read=_read_replicas,
        reach=in_place,
    ),
    Field(
        name="mode",
        want=_wanted_mode,
        write=_write_mode,
        read=_read_mode,
        reach=_fixed,
    ),
    Field(
        name="placement",
        want=_wanted_placement,
        write=_write_placement,
        read=_read_placement,
        reach=in_place,
    ),
    Field(name="restart", want=_wanted_restart, write=_write_restart, read=_read_restart, reach=roll),
    _updating("update_config", "UpdateConfig"),
    _updating("rollback_config", "RollbackConfig"),
    key(
        task,
        "logging",
        "LogDriver",
        want=wanted_logging,
        expect=expected_logging,
        encode=lambda value: {"Name": value.get("driver", "json-file"), "Options": value.get("options", {})},
        decode=lambda raw: logging({"Type": raw.get("Name"), "Config": raw.get("Options")}),
    ),
    key(
        whole,
        "service_labels",
        "Labels",
        want=lambda site: dict(site.service.service_labels) or None,
        decode=lambda raw: {name: text for name, text in raw.items() if not name.startswith("topo.")},
        reach=in_place,
        keyed=True,
    ),
)

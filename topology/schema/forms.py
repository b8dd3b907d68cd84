"""What may be written for each type of the models, as JSON Schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final, get_args, get_origin, get_type_hints

from pydantic import BeforeValidator

from topology import forms
from topology.forms import keys
from topology.load.unapplied import MOUNTS
from topology.models import Service

Schema = dict[str, Any]

VARIABLE: Final[Schema] = {"type": "string", "pattern": r"\$"}
"""Text that will be another one once its variables are filled in."""

SCALAR: Final[Schema] = {"type": ["string", "number", "boolean"]}
TEXTS: Final[Schema] = {"type": "array", "items": SCALAR}
NUMBER: Final[Schema] = {"type": ["number", "string"]}
FLAG: Final[Schema] = {"type": ["boolean", "string"]}
PAIRS: Final[Schema] = {
    "anyOf": [
        {"type": "object", "additionalProperties": {"type": ["string", "number", "boolean", "null"]}},
        TEXTS,
    ]
}

ALIASES: Final[Mapping[Any, Schema]] = {
    forms.Whole: {"type": ["integer", "string"]},
    forms.Count: {"type": ["integer", "string"], "minimum": 0},
    forms.Replicas: {"type": ["integer", "string"], "minimum": 0, "maximum": forms.MOST_REPLICAS},
    forms.Number: {"type": ["number", "string"], "minimum": 0},
    forms.Flag: FLAG,
    forms.Seconds: {"type": ["string", "number"], "examples": ["30s", "1m30s"]},
    forms.Bytes: {"type": ["string", "integer"], "examples": ["512m", "1.5g"]},
    forms.Swap: {"type": ["string", "integer"], "examples": ["1g", -1]},
    forms.Percent: {"type": ["integer", "string"], "minimum": 0, "maximum": 100},
    forms.Mode: {"type": ["integer", "string"], "examples": ["0440"]},
    forms.Words: {"anyOf": [{"type": ["string", "number", "boolean"]}, TEXTS]},
    forms.Strings: {"anyOf": [{"type": ["string", "number"]}, TEXTS]},
    forms.Pairs: PAIRS,
    forms.Hosts: {
        "anyOf": [
            {"type": "object", "additionalProperties": {"anyOf": [SCALAR, TEXTS]}},
            {"type": "array", "items": {"type": "string"}},
        ]
    },
    forms.PullPolicy: {
        "type": "string",
        "examples": ["always", "missing", "never", "build", "daily", "weekly", "every_12h"],
    },
    forms.Signal: {"type": ["string", "integer"], "examples": ["HUP", "USR1"]},
    forms.Switch: {"type": ["boolean", "string"], "examples": [True, "mode=max"]},
    forms.User: {"type": ["string", "integer"]},
    forms.Address: {"type": "string"},
    forms.Cidr: {"type": "string"},
    forms.Pool: {"type": "string"},
    forms.ContainerPort: {"type": ["integer", "string"], "minimum": 1, "maximum": 65535},
    forms.HostPorts: {"type": ["string", "integer"], "examples": [8080, "8080-8089"]},
    forms.Protocol: {"anyOf": [{"enum": ["tcp", "udp", "sctp"]}, {"type": "string"}]},
}
"""The forms that have a name. A form that is missing here is described by the type it is read into."""


def may_be_listed(annotation: Any) -> bool:
    """Whether a mapping may also be written as the list of its keys."""
    return get_origin(annotation) is Annotated and any(
        isinstance(part, BeforeValidator) and part.func is keys for part in get_args(annotation)[1:]
    )


def fields_of(model: type[Any]) -> dict[str, Any]:
    """The fields of a model with their whole types, forms included."""
    hints = get_type_hints(model, include_extras=True)
    return {name: hints[name] for name in model.model_fields}


_ONE: Final[Schema] = {"type": "object"}
_SERVICE_ALSO: Final[Mapping[str, Schema]] = {
    "scale": {"type": ["integer", "string"], "description": "The number of replicas, as `replicas` says it."},
    "update": {
        "description": "How replicas are replaced, in the words of `deploy.update_config`.",
        "type": "object",
        "properties": {
            "order": {"enum": ["start-first", "stop-first"]},
            "parallelism": {"type": ["integer", "string"], "minimum": 0},
            "delay": {"type": ["string", "number"]},
            "monitor": {"type": ["string", "number"]},
            "failure_action": {"enum": ["pause", "continue", "rollback"]},
            "max_failure_ratio": {"type": ["number", "string"]},
        },
    },
    "env_file": {
        "description": "Files of NAME=value lines that are laid under `environment`.",
        "anyOf": [
            {"type": "string"},
            {
                "type": "array",
                "items": {
                    "anyOf": [
                        {"type": "string"},
                        {
                            "type": "object",
                            "properties": {
                                "path": {"type": "string"},
                                "required": FLAG,
                                "format": {"type": "string"},
                            },
                            "required": ["path"],
                        },
                    ]
                },
            },
            {"type": "object"},
        ],
    },
    "extends": {"anyOf": [{"type": "string"}, _ONE]},
    "x-topo": {"type": "object", "description": "What only topo reads, where another tool reads along."},
}

ALSO: Final[Mapping[str, Mapping[str, Schema]]] = {
    Service.__name__: _SERVICE_ALSO,
    "Stack": {
        "x-topo": {
            "type": "object",
            "description": "What only topo reads (policy, owner), where another tool reads along.",
        },
        "include": {
            "description": "Other files whose content is laid beneath this one.",
            "type": "array",
            "items": {"anyOf": [{"type": "string"}, _ONE]},
        },
        "version": {"type": ["string", "number"], "description": "Accepted, and without a meaning."},
    },
    "Healthcheck": {"disable": {**FLAG, "description": "True: the image's health check does not run."}},
    "Mount": dict.fromkeys(("bind", "volume", "tmpfs"), _ONE),
}
"""What a file may say beside the fields of a model, where more is known of it than that."""

_NAMED: Final[Schema] = {"type": "object", "properties": {"name": {"type": "string"}}}

WIDER: Final[Mapping[tuple[str, str], Schema]] = {
    ("Mount", "type"): {"enum": sorted(MOUNTS)},
    **{(kind, "external"): _NAMED for kind in ("Network", "Volume", "Secret", "Config")},
}
"""What may be written for a field beside what the models hold: older forms, and what is set aside."""

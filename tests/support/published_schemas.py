"""Objects against the schemas that Kubernetes publishes, strictly: no field but those that it knows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import jsonschema
import referencing
from kubernetes_validate.utils import (  # type: ignore[import-untyped]  # has no types
    all_versions,
    schema_contents,
)

OLDEST, NEWEST = "1.30.0", str(all_versions()[-1])
"""The oldest release that has all that an export may say, and the newest that is known."""


def faults(one: Mapping[str, Any], release: str) -> list[str]:
    """What of an object a release would not take."""
    validator = _validator(one["kind"], one["apiVersion"], release)
    name = f"{one['kind']} {one['metadata']['name']}"
    return [f"{name}: {fault.json_path}: {fault.message}" for fault in validator.iter_errors(one)]


@cache
def _validator(kind: str, api: str, version: str) -> jsonschema.Draft202012Validator:
    group = re.sub(r"^([^./]*)(?:\.[^/]*)?/", r"\1-", api)
    folder = f"kubernetes-json-schema/v{version}-local-strict"
    schema = schema_contents(f"{folder}/{kind.lower()}-{group}.json", version)
    registry: referencing.Registry[Any] = referencing.Resource.from_contents(schema) @ referencing.Registry()
    return jsonschema.Draft202012Validator(schema, registry=_definitions(folder, version) @ registry)


@cache
def _definitions(folder: str, version: str) -> referencing.Resource[Any]:
    return referencing.Resource.from_contents(schema_contents(f"{folder}/_definitions.json", version))

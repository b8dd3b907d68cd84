"""Values that are secrets: the file has variables in their place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

from reconciler.importing.found import One
from topology.secrets import is_secret


class Hidden(Struct, frozen=True, kw_only=True):
    """Values that are secrets: service and variable → the name that the file has instead, and its value."""

    called: Mapping[tuple[str, str], str]
    values: Mapping[str, str]

    @classmethod
    def of(cls, some: Iterable[One]) -> Hidden:
        found = {
            (one.service, name): value
            for one in some
            for name, value in one.environment.items()
            if is_secret(name, value)
        }
        values: dict[str, set[str]] = {}
        for (_, name), value in found.items():
            values.setdefault(name, set()).add(value)
        called = {
            (service, name): _variable(name if len(values[name]) == 1 else f"{service}_{name}")
            for service, name in found
        }
        return cls(called=called, values={called[key]: value for key, value in found.items()})

    def without_secrets(self, service: str, said: Mapping[str, Any]) -> dict[str, Any]:
        """The fields as a file may hold them: `$` doubled, and a variable for each secret."""
        found: dict[str, Any] = _literal(said)
        for name in said.get("environment", {}):
            if (service, name) in self.called:
                found["environment"][name] = f"${{{self.called[service, name]}:?}}"
        return found


def _variable(name: str) -> str:
    return re.sub(r"\W", "_", name).upper()


def _literal(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("$", "$$")
    if isinstance(value, Mapping):
        return {name: _literal(one) for name, one in value.items()}
    return [_literal(one) for one in value] if isinstance(value, (list, tuple)) else value

"""Bodies of calls with every secret in them replaced by the variable that holds it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from cli.script.asked import Asked, Hidden
from topology.secrets import looks_secret, masked, secret_words

_PAIRS: Final = frozenset({"Annotations", "Config", "DriverOpts", "Labels", "Options", "Sysctls", "args"})
_WORDS: Final = frozenset({"Cmd", "Command", "Entrypoint", "Test"})
_OWN: Final = "topo."


def veiled(body: Mapping[str, Any], whose: str, asked: Asked) -> dict[str, Any]:
    """The body; what stands by a name that says so, and what looks like a secret itself, is asked for."""

    def hide(name: str, value: str) -> str:
        return Hidden(asked.variable(whose, name, f"{name} of {whose}", value))

    return {key: _veiled(key, value, hide) for key, value in body.items()}


def _veiled(key: str, value: Any, hide: Callable[[str, str], str]) -> Any:
    if key in _PAIRS and isinstance(value, Mapping):
        return {name: _pair(name, text, hide) for name, text in value.items()}
    if key in _WORDS and isinstance(value, list | tuple):
        secret = secret_words(value)
        return [hide(f"{key}_{at}", one) if at in secret else one for at, one in enumerate(value)]
    if isinstance(value, Mapping):
        return {name: _veiled(name, one, hide) for name, one in value.items()}
    return value


def _pair(name: str, text: Any, hide: Callable[[str, str], str]) -> Any:
    if not isinstance(text, str) or name.startswith(_OWN):
        return text
    secret = looks_secret(name, text) or masked(text) != text
    return hide(name, text) if secret else text

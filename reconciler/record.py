"""What topo writes onto the things it makes: whose they are and what they were made to be.

The recorded spec lets a plan tell *the stack changed* from *it drifted*. Sensitive values, and words of
commands that hold a secret, are recorded as digests keyed by the stack's name, so that a label never holds a
secret and equal secrets of two stacks do not look alike.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from reconciler import address
from reconciler.address import Address
from reconciler.fields import SERVICE
from reconciler.state import Desired, Spec
from topology.secrets import is_secret, masked, secret_words

_NAMED: Final = frozenset({"annotations", "driver_opts", "labels", "logging"})
"""Fields in which a name tells that a value is a secret."""

_SENSITIVE = frozenset(row.name for row in SERVICE if row.sensitive)


DIGEST_LENGTH: Final = 23
"""Of what `digest` gives."""


def digest(stack: str, value: str | bytes) -> str:
    """Stands for a sensitive value, or for what a file holds, in a label."""
    content = value.encode() if isinstance(value, str) else value
    return "digest:" + hmac.new(stack.encode(), content, hashlib.sha256).hexdigest()[:16]


def redacted(stack: str, spec: Spec) -> dict[str, Any]:
    """The spec as it may be written down; applying it twice changes nothing more."""
    return {name: _redacted(stack, name, value) for name, value in spec.items()}


def _redacted(stack: str, name: str, value: Any) -> Any:
    if name in _SENSITIVE:
        return {key: _digested(stack, text) for key, text in value.items()}

    def digested(words: Sequence[str]) -> list[str]:
        secret = secret_words(words)
        return [_digested(stack, word) if at in secret else word for at, word in enumerate(words)]

    def sealed(key: str, text: str) -> str:
        return _digested(stack, text) if _is_secret(name, key, text) else text

    return deep(reworded(name, value, digested), sealed)


def _is_secret(field: str, key: str, text: str) -> bool:
    return not is_digest(text) and (masked(text) != text or (field in _NAMED and is_secret(key, text)))


def deep(value: Any, change: Callable[[str, str], str], key: str = "") -> Any:
    """The value with each text in it changed, given the key that it stands by."""
    if isinstance(value, str):
        return change(key, value)
    if isinstance(value, Mapping):
        return {name: deep(one, change, str(name)) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [deep(one, change, key) for one in value]
    return value


def reworded(name: str, value: Any, change: Callable[[Sequence[str]], list[str]]) -> Any:
    """The value of a field with each command in it changed; that of any other field as it is."""
    if name in {"command", "entrypoint"} and value:
        return change(value)
    if name == "healthcheck" and value and "test" in value:
        return {**value, "test": change(value["test"])}
    return value


def texts(value: Any) -> tuple[str, ...]:
    """Each text in a value."""
    found: list[str] = []

    def noted(_key: str, text: str) -> str:
        found.append(text)
        return text

    deep(value, noted)
    return tuple(found)


def is_digest(text: str) -> bool:
    """Whether a text is what `digest` gives."""
    return text.startswith("digest:") and len(text) == DIGEST_LENGTH


def _digested(stack: str, text: str) -> str:
    return text if is_digest(text) else digest(stack, text)


def canonical(value: object) -> str:
    """The one JSON text of a value: equal values have equal texts."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def labels(desired: Desired, of: Address, spec: Spec) -> dict[str, str]:
    """The labels of an object of ours."""
    return {
        address.STACK: desired.stack,
        address.OWNER: desired.owner,
        address.ADDRESS: str(of),
        address.FORMAT: address.CURRENT_FORMAT,
        address.SPEC: canonical(redacted(desired.stack, spec)),
    }


def recorded(found: Mapping[str, str]) -> Spec | None:
    """The spec in an object's labels; None when there is none, or it was written by a newer topo."""
    if found.get(address.FORMAT) != address.CURRENT_FORMAT:
        return None
    try:
        spec = json.loads(found.get(address.SPEC, ""))
    except ValueError:
        return None
    return spec if isinstance(spec, dict) else None

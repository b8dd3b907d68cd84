"""What topo writes onto the things it makes: whose they are and what they were made to be.

The recorded spec lets a plan tell *the stack changed* from *it drifted*. Sensitive values, and words of
commands that hold a secret, are recorded as digests, so that a label never holds a secret. They are keyed by
the stack's name, so that equal secrets of two stacks do not look alike, and by what the engine drew at
random, so that whoever reads a label, as monitors do, cannot try passwords on it. See `plan.fingerprint`.
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

_OLD, _SEALED = "digest:", "sealed:"
"""How digests begin: those keyed by a stack's name alone, which anybody can make, and others."""


def digest(key: str, value: str | bytes) -> str:
    """Stands for a sensitive value, or for what a file holds, in a label."""
    content = value.encode() if isinstance(value, str) else value
    form = _SEALED if " " in key else _OLD
    return form + hmac.new(key.encode(), content, hashlib.sha256).hexdigest()[:16]


def redacted(key: str, spec: Spec) -> dict[str, Any]:
    """The spec as it may be written down; applying it twice changes nothing more."""
    return {name: _redacted(key, name, value) for name, value in spec.items()}


def _redacted(seal: str, name: str, value: Any) -> Any:
    if name in _SENSITIVE:
        return {key: _digested(seal, text) for key, text in value.items()}

    def digested(words: Sequence[str]) -> list[str]:
        secret = secret_words(words)
        return [_digested(seal, word) if at in secret else word for at, word in enumerate(words)]

    def sealed(key: str, text: str) -> str:
        return _digested(seal, text) if _is_secret(name, key, text) else text

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
    return text.startswith((_OLD, _SEALED)) and len(text) == DIGEST_LENGTH


def is_old(text: str) -> bool:
    """Whether a text begins with a digest of the older form."""
    return text.startswith(_OLD) and is_digest(text[:DIGEST_LENGTH])


def renewed(spec: Spec, table: Mapping[str, str]) -> dict[str, Any]:
    """The spec with each digest that the table has replaced; mode and owner of a file stand behind it."""

    def now(_key: str, text: str) -> str:
        head, rest = text[:DIGEST_LENGTH], text[DIGEST_LENGTH:]
        return table.get(head, head) + rest if is_old(text) else text

    return {name: deep(value, now) for name, value in spec.items()}


def _digested(key: str, text: str) -> str:
    return text if is_digest(text) else digest(key, text)


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
        address.SPEC: canonical(redacted(desired.seal, spec)),
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

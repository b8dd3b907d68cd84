"""What topo writes onto the things it makes: whose they are and what they were made to be.

The recorded spec lets a plan tell *the stack changed* from *it drifted*. Sensitive values are recorded
as digests keyed by the stack's name, so that a label never holds a secret and equal secrets of two
stacks do not look alike.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

from reconciler import address
from reconciler.address import Address
from reconciler.fields import SERVICE
from reconciler.state import Desired, Spec

_SENSITIVE = frozenset(row.name for row in SERVICE if row.sensitive)


def digest(stack: str, value: str | bytes) -> str:
    """Stands for a sensitive value, or for what a file holds, in a label."""
    content = value.encode() if isinstance(value, str) else value
    return "digest:" + hmac.new(stack.encode(), content, hashlib.sha256).hexdigest()[:16]


def redacted(stack: str, spec: Spec) -> dict[str, Any]:
    """The spec as it may be written down; applying it twice changes nothing more."""
    return {
        name: {key: _digested(stack, text) for key, text in value.items()} if name in _SENSITIVE else value
        for name, value in spec.items()
    }


def _digested(stack: str, text: str) -> str:
    return text if text.startswith("digest:") and len(text) == 23 else digest(stack, text)


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

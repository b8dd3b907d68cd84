"""What others made and topo took over, kept in the engine itself.

The labels of a thing never change, so what somebody else made can carry none of ours. What was taken over
is noted instead in the labels of a volume: the labels that each of those things would carry. Whoever looks at
the engine sees them as if they stood on the things themselves (`labelled`), so all that is ours is treated
alike. Where the note is lost, they are things of others again, and nothing happens to them.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterable, Mapping
from typing import Any, Final

from msgspec import Struct, field

from reconciler import address
from reconciler.address import Address
from reconciler.record import canonical
from reconciler.state import Adopted, Marks

_THINGS: Final = "topo.things"
COMPOSE: Final = "com.docker.compose."
"""What the labels that Compose puts on things begin with; they are no part of what a stack says."""


class Wish(Struct, frozen=True, kw_only=True):
    """What is to be taken over: the containers of a Compose project, and named ones for these replicas."""

    project: str
    containers: Mapping[Address, str] = field(default_factory=dict)


class Claim(Struct, frozen=True, kw_only=True):
    """Something of others that is to be the stack's; `why` it and no other, in words."""

    address: Address
    id: str
    name: str
    why: str


def read(volumes: Iterable[Mapping[str, Any]], stack: str, owner: str) -> Adopted:
    """What was taken over for a stack; a note that cannot be read says nothing."""
    found = sorted(
        (int(labels[address.ADOPTED]), str(raw["Name"]), labels)
        for raw in volumes
        if (labels := raw.get("Labels") or {}).get(address.STACK) == stack
        and labels.get(address.OWNER) == owner
        and str(labels.get(address.ADOPTED, "")).isdigit()
    )
    if not found:
        return Adopted()
    return Adopted(names=tuple(name for _, name, _ in found), labels=_decoded(found[-1][2].get(_THINGS, "")))


def is_note(volume: str, stack: str) -> bool:
    """Whether a volume of this name says what was taken over for a stack."""
    return volume.startswith(_name(stack))


def _name(stack: str) -> str:
    return f"topo.adopted.{stack}."


def _decoded(text: str) -> Marks:
    try:
        found = json.loads(zlib.decompress(base64.b64decode(text)))
    except (ValueError, zlib.error):
        return {}
    return found if isinstance(found, dict) else {}


def labelled(found: Mapping[str, str] | None, identity: str, notes: Adopted) -> dict[str, str]:
    """The labels of a thing with those that it would carry if it had been made by topo."""
    own = found or {}
    if identity not in notes.labels:
        return dict(own)
    return {name: text for name, text in own.items() if not name.startswith(COMPOSE)} | dict(
        notes.labels[identity]
    )


def body(stack: str, owner: str, before: Adopted, labels: Marks) -> dict[str, Any]:
    """The body of the call that writes the next note."""
    number = int(before.names[-1].rpartition(".")[2]) + 1 if before.names else 1
    text = base64.b64encode(zlib.compress(canonical(labels).encode(), 9)).decode()
    return {
        "Name": f"{_name(stack)}{number}",
        "Labels": {
            address.STACK: stack,
            address.OWNER: owner,
            address.FORMAT: address.CURRENT_FORMAT,
            address.ADOPTED: str(number),
            _THINGS: text,
        },
    }

"""What topo changed in place since it made things, kept in the engine itself.

The labels of a container never change, so after a change in place `topo.spec` says what it was made to
be, not what it was last told to be. The journal says the latter: a volume whose labels hold the specs of
such containers, by id. Each is written once; the newest counts, the one before is kept, older ones go.
It only serves the causes shown in a plan: what *is* comes from inspect, and a lost journal costs no more
than a poorer cause.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterable, Mapping
from typing import Any, Final

from reconciler import address
from reconciler.record import canonical, redacted
from reconciler.state import Desired, Journal, LiveUnit, Spec

_SPECS: Final = "topo.specs"


def read(volumes: Iterable[Mapping[str, Any]], stack: str, owner: str) -> Journal:
    """The journal of a stack among the engine's volumes; one that cannot be read says nothing."""
    found = sorted(
        (int(labels[address.JOURNAL]), str(raw["Name"]), labels)
        for raw in volumes
        if (labels := raw.get("Labels") or {}).get(address.STACK) == stack
        and labels.get(address.OWNER) == owner
        and str(labels.get(address.JOURNAL, "")).isdigit()
    )
    if not found:
        return Journal()
    return Journal(names=tuple(name for _, name, _ in found), specs=_decode(found[-1][2].get(_SPECS, "")))


def _decode(text: str) -> Mapping[str, Spec]:
    try:
        specs = json.loads(zlib.decompress(base64.b64decode(text)))
    except (ValueError, zlib.error):
        return {}
    return specs if isinstance(specs, dict) else {}


def due(desired: Desired, live: Iterable[LiveUnit]) -> dict[str, Spec]:
    """The specs that labels do not tell: of containers that are kept though more is wanted of them now."""
    found: dict[str, Spec] = {}
    for unit in live:
        want = desired.units.get(unit.address)
        if want is not None and (spec := redacted(desired.seal, want.spec)) != unit.made:
            found[unit.id] = spec
    return found


def body(desired: Desired, before: Journal, specs: Mapping[str, Spec]) -> dict[str, Any]:
    """The body of the call that writes the next journal."""
    number = _number(before.names[-1]) + 1 if before.names else 1
    text = base64.b64encode(zlib.compress(canonical(specs).encode(), 9)).decode()
    return {
        "Name": f"topo.journal.{desired.stack}.{number}",
        "Labels": {
            address.STACK: desired.stack,
            address.OWNER: desired.owner,
            address.FORMAT: address.CURRENT_FORMAT,
            address.JOURNAL: str(number),
            _SPECS: text,
        },
    }


def _number(name: str) -> int:
    return int(name.rpartition(".")[2])

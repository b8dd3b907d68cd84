"""Digests that an earlier topo wrote onto things, in the form of now, so that an upgrade replaces nothing.

They were keyed by the stack's name alone, which whoever reads a label knows as well: he could try whether a
password is the one that he guesses. What was made then keeps its labels. What they stand for is known where
the value is at hand: in the stack, in its files, or in what runs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from reconciler.record import digest, is_old, renewed, texts
from reconciler.state import Desired, LiveUnit, Spec
from topology.structs import replace


def units(desired: Desired, live: Iterable[LiveUnit]) -> tuple[LiveUnit, ...]:
    """What runs, with all that is known of it in the form of now."""
    return tuple(_unit(desired, one) for one in live)


def _unit(desired: Desired, live: LiveUnit) -> LiveUnit:
    sides = (live.spec, live.recorded or {}, live.made or {})
    if not desired.drawn or not any(is_old(text) for side in sides for text in texts(side)):
        return live
    want = desired.units.get(live.address)
    known = table(desired, [live.spec, *([want.spec] if want else [])])
    return replace(
        live,
        spec=renewed(live.spec, known),
        recorded=renewed(live.recorded, known) if live.recorded is not None else None,
        made=renewed(live.made, known) if live.made is not None else None,
    )


def table(desired: Desired, specs: Iterable[Spec]) -> Mapping[str, str]:
    """Digest of then → digest of now, for all that is in these specs and in the stack's files."""
    values = {text for spec in specs for text in texts(spec)}
    return {**desired.older, **{digest(desired.stack, one): digest(desired.seal, one) for one in values}}

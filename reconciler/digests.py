"""Which image of its name a service runs: on many nodes a name alone may come to mean several.

A service keeps the digest that it was given for as long as the file says the same name; so what a registry
has by now changes nothing, unless `pull_policy: always` asks for it. A name that no registry knows stays a
name, also of what was applied before there were digests.
"""

from __future__ import annotations

from collections.abc import Iterable

from reconciler.fields.swarm.container import IMAGE_DIGEST
from reconciler.state import Desired, LiveUnit, Observed, Unit
from topology.structs import replace


def unsettled(desired: Desired, there: Iterable[LiveUnit]) -> frozenset[str]:
    """The names of which the registry has to be asked what they mean now."""
    lives = {live.address: live for live in there}
    return frozenset(
        unit.image
        for unit in desired.units.values()
        if IMAGE_DIGEST not in unit.spec
        and (unit.renew is not None or not _same_name(unit, lives.get(unit.address)))
    )


def with_digests(desired: Desired, observed: Observed) -> Desired:
    """What is wanted with a digest for each image that has one; twice changes nothing more."""
    lives = {live.address: live for live in observed.units}
    units = {at: _pinned(unit, lives.get(at), observed) for at, unit in desired.units.items()}
    return replace(desired, units=units)


def notes(units: Iterable[Unit], observed: Observed) -> tuple[str, ...]:
    """Which of the images that are about to be run may be another one on another node."""
    if len(observed.nodes) < 2:
        return ()
    loose = sorted({unit.image for unit in units if IMAGE_DIGEST not in unit.spec})
    return tuple(
        f"no registry says which image {image} is: each of {len(observed.nodes)} nodes runs the one that it "
        "has under that name, or none; push it to a registry that all of them reach"
        for image in loose
    )


def _pinned(unit: Unit, live: LiveUnit | None, observed: Observed) -> Unit:
    if IMAGE_DIGEST in unit.spec:
        return unit
    found = observed.images.get(unit.image)
    newest = found.digests[0] if found and found.digests else ""
    kept = _told(live).get(IMAGE_DIGEST, "") if live and _same_name(unit, live) else ""
    digest = newest or kept
    return replace(unit, spec={**unit.spec, IMAGE_DIGEST: digest}) if digest else unit


def _same_name(unit: Unit, live: LiveUnit | None) -> bool:
    return live is not None and _told(live).get("image") == unit.image


def _told(live: LiveUnit) -> dict[str, str]:
    """What topo told the service, or else what it runs; in older labels a digest stands behind the name."""
    told = live.recorded if live.recorded is not None else live.spec
    name, _, digest = str(told.get("image", "")).partition("@")
    digest = str(told.get(IMAGE_DIGEST, digest))
    return {"image": name, **({IMAGE_DIGEST: digest} if digest else {})}

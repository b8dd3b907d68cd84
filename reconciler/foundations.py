"""What containers stand on, as steps: networks, volumes, secrets, configs and images. Pure."""

from __future__ import annotations

from typing import Final

from reconciler import address
from reconciler.address import Address, Kind
from reconciler.diff import SharedChange
from reconciler.fields import VOLUME, of_networks, shared
from reconciler.fragment import NOTHING, Fragment
from reconciler.record import labels
from reconciler.state import UNFETCHED, Desired, Observed, Unit
from reconciler.steps import (
    BuildImage,
    CreateKept,
    CreateNetwork,
    CreateVolume,
    PullImage,
    RemoveKept,
    RemoveNetwork,
    Step,
)


def shared_steps(change: SharedChange, desired: Desired, observed: Observed) -> Fragment:
    """What makes, remakes or removes a network, a volume, or what the engine keeps."""
    if change.address.kind in _KEPT:
        return _kept_steps(change, desired)
    gone = (
        Fragment.of(RemoveNetwork(address=change.address, network=change.live.id, name=change.live.name))
        if change.live is not None and change.address.kind is Kind.NETWORK
        else NOTHING
    )
    want = change.want
    if want is None:
        return gone
    table, kind = (
        (of_networks(observed.traits), CreateNetwork)
        if change.address.kind is Kind.NETWORK
        else (VOLUME, CreateVolume)
    )
    body = shared.body(table, want.name, want.spec)
    body.setdefault("Labels", {}).update(labels(desired, change.address, want.spec))
    if want.protect:
        body["Labels"][address.PROTECT] = "true"
    return gone.then(Fragment.of(kind(address=change.address, name=want.name, body=body)))


def _kept_steps(change: SharedChange, desired: Desired) -> Fragment:
    if change.want is not None:
        marks = labels(desired, change.address, change.want.spec)
        content = desired.sealed[change.address]
        create = CreateKept(address=change.address, name=change.want.name, content=content, labels=marks)
        return Fragment.of(create)
    if change.live is None:
        return NOTHING
    return Fragment.of(RemoveKept(address=change.address, identity=change.live.id, name=change.live.name))


def image_step(want: Unit, desired: Desired, observed: Observed) -> Step | None:
    """One step for each image, on behalf of the first replica that wants it."""
    first = Address(Kind.SERVICE, want.address.name, 1)
    found = observed.images.get(want.image)
    platform = want.spec.get("platform")
    if want.build is not None:
        digest = observed.builds.get(want.address.name, "")
        if found is not None and found.build == digest and found.suits(platform):
            return None
        builder = observed.builders.get(want.address.name)
        return BuildImage(
            address=first,
            reference=want.image,
            build=builder.kept(want.build) if builder else want.build,
            digest=digest,
            platform=platform,
            secrets=want.build_secrets,
            buildkit=builder is not None and builder.buildkit,
        )
    there = found is not None and found.suits(platform)
    due = not there or want.pull == "always" or (found is not None and found.is_outdated)
    users = [unit for unit in desired.units.values() if unit.image == want.image]
    if due and want.pull not in UNFETCHED and all(unit.build is None for unit in users):
        at = min((unit.address for unit in users), key=lambda at: at.order)
        return PullImage(address=at, reference=want.image, platform=platform)
    return None


_KEPT: Final = frozenset({Kind.SECRET, Kind.CONFIG})
"""What an engine keeps by itself: it is made under another name, and removed, and never changed."""

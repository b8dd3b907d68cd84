"""Changes → Plan: the order between networks, volumes, images, containers and what depends on them.

Each change becomes a fragment by itself; this module ties them together:

    a container is created after its image, its networks and its volumes are there;
    it starts after what its service depends on is as the file asks;
    replicas are replaced one after another;
    what is no longer wanted goes last, unless it holds a port or a name that a newcomer needs;
    a network goes after the last container has left it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from reconciler import address, rolls
from reconciler.address import Kind
from reconciler.allot import allot
from reconciler.diff import Action, Change, Difference, SharedChange, UnitChange, diff
from reconciler.engine import Reader
from reconciler.fields import mounts
from reconciler.plan import Plan, key_of
from reconciler.protection import ends, obstacle
from reconciler.state import Desired, Granularity, LiveUnit, Observed, Unit
from reconciler.steps import BuildImage, CreateContainer, DropJournal, PullImage, RemoveVolume, Step
from reconciler.weave import Weave
from topology.structs import replace


def plan(desired: Desired, observed: Observed, engine: Reader) -> Plan:
    """What leads from what is there to what is wanted; empty when nothing has to be done."""
    settled = allot(desired, observed)
    return answer(settled, observed, engine, diff(settled, observed))


def teardown(
    desired: Desired, observed: Observed, engine: Reader, *, volumes: bool, even_protected: bool = False
) -> Plan:
    """What removes all that the stack owns; its volumes only with `volumes`.

    `desired` tells in which order services stop: those that need another go before it.
    """
    nothing = replace(desired, units={}, networks={}, volumes={}, kept={}, missing=())
    nameless = {one.id: _nameless(desired, one) for one in observed.units} if volumes else {}
    difference = _asked_for(diff(nothing, observed), nameless)
    whole = answer(nothing, observed, engine, difference, said=desired, even_protected=even_protected)
    needs = dict(whole.needs)
    _dependents_first(desired, needs)
    units = frozenset(step for step in needs if step.removes)
    ours = [live for live in observed.volumes if (live.stack, live.owner) == (desired.stack, desired.owner)]
    changes = list(whole.changes)
    for live in ours if volumes else ():
        if live.address is not None:
            needs[RemoveVolume(address=live.address, name=live.name, node=live.node)] = units
            where = f" on {live.node}" if live.node else ""
            changes.append(
                SharedChange(
                    address=live.address,
                    action=Action.REMOVE,
                    reason=f"asked for with its data{where}",
                    live=live,
                )
            )
    for one in observed.units if volumes else ():
        for name in nameless[one.id].values():
            needs[RemoveVolume(address=one.address, name=name)] = units
    at = address.stack(desired.stack)
    names = (*observed.journal.names, *observed.history, *observed.adopted.names)
    needs.update({DropJournal(address=at, name=name): units for name in names})
    return _guarded(
        replace(whole, needs=needs, changes=tuple(sorted(changes, key=lambda one: one.address.order))),
        ends(changes[len(whole.changes) :], desired),
        even_protected=even_protected,
    )


def _guarded(plan: Plan, ending: tuple[Change, ...], *, even_protected: bool) -> Plan:
    """The plan, with what it would end of what is protected in its way, unless somebody has insisted."""
    if even_protected:
        notes = (f"{one.address} is protected, and goes all the same: {one.reason}" for one in ending)
        ended = (one.address for one in ending)
        return replace(plan, notes=(*plan.notes, *notes), ends=(*plan.ends, *ended))
    return replace(plan, obstacles=(*plan.obstacles, *map(obstacle, ending)))


def _nameless(desired: Desired, live: LiveUnit) -> dict[str, str]:
    """Target → name of the volumes that are a container's own: the file may have given one a name since."""
    named = {one.name for one in desired.volumes.values()}
    named |= {mounts.split(text)[0] for text in (live.recorded or {}).get("volumes", {}).values()}
    return {target: name for target, name in live.anonymous.items() if name not in named}


def _asked_for(difference: Difference, nameless: Mapping[str, Mapping[str, str]]) -> Difference:
    return replace(
        difference,
        changes=tuple(replace(one, reason=_asked(one, nameless)) for one in difference.changes),
    )


def _asked(change: Change, nameless: Mapping[str, Mapping[str, str]]) -> str:
    """A container's own volumes have no name in the file, and are told with it."""
    kept = nameless.get(change.live.id, {}) if isinstance(change, UnitChange) and change.live else {}
    return f"asked for, with the data at {', '.join(sorted(kept))}" if kept else "asked for"


def _dependents_first(desired: Desired, needs: dict[Step, frozenset[Step]]) -> None:
    by_service: dict[str, set[Step]] = {}
    for step in needs:
        if step.address.kind is Kind.SERVICE:
            by_service.setdefault(step.address.name, set()).add(step)
    for unit in desired.units.values():
        dependents = {step for step in by_service.get(unit.address.name, ()) if step.removes}
        for name in unit.needs:
            for step in by_service.get(name, ()):
                needs[step] |= dependents - {step}


def answer(
    desired: Desired,
    observed: Observed,
    engine: Reader,
    difference: Difference,
    *,
    said: Desired | None = None,
    even_protected: bool = False,
) -> Plan:
    """The plan that takes a difference away; `desired` is what the difference was made from.

    `said` is what the file says is protected, where that is something else. `even_protected`: somebody has
    insisted that this too is removed or replaced.
    """
    units = [change for change in difference.changes if isinstance(change, UnitChange)]
    others = [change for change in difference.changes if isinstance(change, SharedChange)]
    fragments = {change.address: engine.lower(desired, observed, change) for change in units}
    weave = Weave(desired, observed, units, others, fragments)
    needs = weave.woven()
    found = Plan(
        stack=desired.stack,
        changes=difference.changes,
        obstacles=difference.obstacles,
        needs=needs,
        lenient=frozenset(weave.lenient),
        tolerates=weave.tolerates,
        images=_images(needs, observed),
        notes=(
            *rolls.notes(units),
            *_notes([change.want for change in units if change.want is not None], observed),
            *_builders(needs, observed),
        ),
        key=key_of(observed),
    )
    return _guarded(found, ends(difference.changes, said or desired), even_protected=even_protected)


def _images(needs: Iterable[Step], observed: Observed) -> dict[str, str]:
    """What the names of images mean now; those that are to be made or fetched will mean something else."""
    used = {step.body["Image"] for step in needs if isinstance(step, CreateContainer)}
    used -= {step.reference for step in needs if isinstance(step, BuildImage | PullImage)}
    return {name: one.config.id for name, one in sorted(observed.images.items()) if name in used}


def _builders(needs: Iterable[Step], observed: Observed) -> Iterator[str]:
    """Who makes the images that are to be made."""
    made: dict[str, list[str]] = {}
    for step in needs:
        builder = observed.builders.get(step.address.name) if isinstance(step, BuildImage) else None
        if isinstance(step, BuildImage) and builder is not None:
            made.setdefault(builder.called, []).append(step.reference)
            for field, why in builder.omitted.items():
                yield f"{field} of the build of {step.reference} is left out: {why}"
    for called, images in sorted(made.items()):
        yield f"{', '.join(sorted(images))} {'is' if len(images) == 1 else 'are'} built by {called}"


def _notes(units: Sequence[Unit], observed: Observed) -> tuple[str, ...]:
    if observed.traits.granularity is not Granularity.SERVICE:
        return ()
    from reconciler import digests  # noqa: PLC0415  # plans for one engine never need it

    return digests.notes(units, observed)

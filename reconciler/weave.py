"""The rules by which fragments become one plan: what each step has to wait for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Final

from reconciler import address, foundations, journal
from reconciler.address import Address, Kind
from reconciler.diff import Action, Cause, SharedChange, UnitChange
from reconciler.exchange import fixed_first, hand_over, wait
from reconciler.fields import held, hosts_of, images
from reconciler.fragment import NOTHING, Fragment
from reconciler.making import JOB_PATIENCE
from reconciler.state import Desired, LiveUnit, Observed, Status, Unit
from reconciler.steps import (
    BuildImage,
    ConnectNetwork,
    CreateContainer,
    CreateNetwork,
    Creation,
    DisconnectNetwork,
    DropJournal,
    Pause,
    PullImage,
    RemoveKept,
    RemoveNetwork,
    Step,
    WaitCompleted,
    WaitHealthy,
    WriteJournal,
)
from topology.models import Condition, UpdateConfig


class Weave:
    """Adds to the steps of a plan, one rule at a time, what each has to wait for."""

    def __init__(
        self,
        desired: Desired,
        observed: Observed,
        units: list[UnitChange],
        others: list[SharedChange],
        fragments: Mapping[Address, Fragment],
    ) -> None:
        self.desired = desired
        self.observed = observed
        self.units = units
        self.others = others
        self.fragments = fragments
        self.needs: dict[Step, set[Step]] = {}
        self.lenient: set[tuple[Step, Step]] = set()
        self.tolerates: dict[str, int] = {}

    def woven(self) -> dict[Step, frozenset[Step]]:
        """All steps with all their needs."""
        self._shared()
        fixed_first(self.needs)
        self._images()
        for fragment in self.fragments.values():
            self._add(fragment)
        self._rolling()
        self._foundations()
        self._dependencies()
        self._listeners()
        self._removals()
        self._network_removals()
        self._kept_removals()
        hand_over(self.units, self.fragments, self.needs)
        self._note()
        return {step: frozenset(before) for step, before in self.needs.items()}

    def _add(self, fragment: Fragment) -> None:
        for step, before in fragment.needs.items():
            self.needs.setdefault(step, set()).update(before)

    def _wait(self, steps: Iterable[Step], on: Iterable[Step]) -> None:
        before = set(on)
        for step in steps:
            self.needs[step] |= before - {step}

    def _steps(self, *kinds: type[Step]) -> list[Step]:
        return [step for step in self.needs if isinstance(step, kinds)]

    # networks, volumes, images

    def _shared(self) -> None:
        for change in self.others:
            self._add(foundations.shared_steps(change, self.desired, self.observed))

    def _kept_removals(self) -> None:
        """Once all that could still use it works without it: until then Swarm may take an update back."""
        last = {step for fragment in self.fragments.values() for step in fragment.last}
        self._wait((step for step in self.needs if isinstance(step, RemoveKept)), last)

    def _images(self) -> None:
        for change in self.units:
            if change.want is not None and self._makes(change):
                self._image(change.want)

    def _image(self, want: Unit) -> None:
        """What makes its image come, behind what makes those come that it is built from."""
        step = foundations.image_step(want, self.desired, self.observed)
        if step is None or step in self.needs:
            return
        self.needs[step] = set()
        for base in images.bases(step.build) if isinstance(step, BuildImage) else ():
            for unit in self.desired.units.values():
                if unit.build is not None and unit.image == base:
                    self._image(unit)
                    before = [one for one in self.needs if isinstance(one, BuildImage)]
                    self._wait([step], [one for one in before if one.reference == base])

    def _makes(self, change: UnitChange) -> bool:
        return any(isinstance(step, CreateContainer) for step in self.fragments[change.address])

    def _records(self, change: UnitChange) -> bool:
        """Whether its labels will say what it is wanted to be."""
        return any(step.records for step in self.fragments[change.address])

    def _foundations(self) -> None:
        """A container is created after its image and volumes, and attached after all of its networks.

        An engine refuses to attach a running container to one of them while the one that it was made for does
        not exist: "could not find a network matching network mode" (28.5.2).
        """
        made = {(step.address.kind, step.name): step for step in self.needs if isinstance(step, Creation)}
        made_images: dict[str, Step] = {
            step.reference: step for step in self.needs if isinstance(step, PullImage | BuildImage)
        }
        for change in self.units:
            joins = [step for step in self.fragments[change.address] if isinstance(step, ConnectNetwork)]
            needed = [(Kind.NETWORK, change.live.made_for)] if change.live is not None else []
            needed += [used for step in joins for used in step.uses]
            self._wait(joins, [made[used] for used in needed if used in made])
        for step in list(self.needs):
            self._wait([step], [made[used] for used in step.uses if used in made])
            if isinstance(step, CreateContainer) and step.body["Image"] in made_images:
                self._wait([step], [made_images[step.body["Image"]]])

    # containers among each other

    def _rolling(self) -> None:
        """Replicas of one service are replaced one after another, or as many at a time as the file says."""
        by_service: dict[str, list[UnitChange]] = {}
        for change in self.units:
            if change.action is Action.REPLACE and not change.yields:
                by_service.setdefault(change.address.name, []).append(change)
        for several in by_service.values():
            update = several[0].want.update if several[0].want else UpdateConfig()
            size = len(several) if update.parallelism == 0 else update.parallelism or 1
            lots = [several[at : at + size] for at in range(0, len(several), size)]
            tolerated = update.tolerated(sum(at.name == several[0].address.name for at in self.desired.units))
            if tolerated:
                self.tolerates[several[0].address.name] = tolerated
            for before, after in pairwise(lots):
                self._succeed(before, after, update.delay or 0.0)

    def _succeed(self, before: list[UnitChange], after: list[UnitChange], delay: float) -> None:
        """One lot of replicas after another, with a pause between; some may be allowed to fail."""
        done: list[Step] = [step for change in before for step in self.fragments[change.address].last]
        begun = [step for change in after for step in self.fragments[change.address].first]
        if delay:
            pause = Pause(address=after[0].address, seconds=delay)
            self.needs[pause] = set(done)
            self._wait(begun, [pause])
            begun = [pause]
        self._wait(begun, done)
        if before[0].address.name in self.tolerates:
            self.lenient |= {(step, need) for step in begun for need in done}

    def _dependencies(self) -> None:
        for change in self.units:
            want = change.want
            if want is None:
                continue
            begun = [step for step in self.fragments[change.address] if step.begins]
            if not begun:
                continue
            for name, condition in want.needs.items():
                self._wait(begun, self._satisfied(name, condition))
            self._after_host(change, want)

    def _listeners(self) -> None:
        """Who hears of a service's containers is replaced after them: until then the old one listens."""
        for change in self.units:
            if change.want is None or change.action is not Action.REPLACE:
                continue
            first = self.fragments[change.address].first
            for one in self.units:
                if one.address.name in change.want.hears and one.live is not None:
                    wait(self.needs, first, self.fragments[one.address].last)

    def _after_host(self, change: UnitChange, want: Unit) -> None:
        """Whoever moves in with another, or takes over its mounts, is created once that has its name."""
        made = [step for step in self.fragments[change.address] if isinstance(step, CreateContainer)]
        for name in hosts_of(want.spec).values():
            self._wait(made, self.fragments.get(Address(Kind.SERVICE, name, 1), NOTHING).last)
        givers = {text.partition(":")[0] for text in want.spec.get("volumes_from", ())}
        for one in self.units:
            if one.want is not None and one.want.name in givers:
                self._wait(made, self.fragments[one.address].last)

    def _satisfied(self, name: str, condition: Condition) -> set[Step]:
        """The steps after which every replica of a service is as a dependent asks.

        One that is healthy only now joins some of its networks now, and has no name there before.
        """
        found: set[Step] = set()
        for at, unit in self.desired.units.items():
            if at.name != name:
                continue
            steps = self.fragments.get(at, NOTHING)
            started = {step for step in steps if step.begins}
            waits = {step for step in steps if step.awaits}
            if condition is Condition.STARTED:
                found |= started
            elif started:
                found |= waits or started
                found |= {step for step in steps if isinstance(step, ConnectNetwork)}
            else:
                found |= self._await_running(unit, condition)
        return found

    def _await_running(self, unit: Unit, condition: Condition) -> set[Step]:
        """A dependency that is not touched may still be on its way."""
        live = self._kept(unit.address)
        step: Step | None = None
        if live is not None and condition is Condition.COMPLETED and live.status is not Status.EXITED:
            step = WaitCompleted(address=unit.address, container=live.id, within=JOB_PATIENCE)
        if live is not None and condition is Condition.HEALTHY and (unit.ready or not live.serving):
            step = WaitHealthy(address=unit.address, container=live.id, within=unit.within, ready=unit.ready)
        if step is None:
            return set()
        self.needs.setdefault(step, set())
        return {step}

    def _kept(self, at: Address) -> LiveUnit | None:
        """The container that stays at an address; after an interruption there may be several."""
        changed = next((change for change in self.units if change.address == at), None)
        if changed is not None:
            return changed.live
        return next((one for one in self.observed.units if one.address == at), None)

    # going

    def _removals(self) -> None:
        """What goes, goes last; but a port or a name that a newcomer needs is freed before."""
        leaving = [change for change in self.units if change.want is None and change.live is not None]
        staying = [change for change in self.units if change.want is not None]
        for gone in leaving:
            fragment = self.fragments[gone.address]
            there = [live for live in (gone.live, *gone.leftovers) if live is not None]
            blocked = [
                one for one in staying if one.want and any(_in_the_way(live, one.want) for live in there)
            ]
            for one in blocked:
                self._wait(self.fragments[one.address].first, fragment.last)
            if not blocked:
                self._wait(
                    fragment.first, (step for one in staying for step in self.fragments[one.address].last)
                )

    def _network_removals(self) -> None:
        for step in self._steps(RemoveNetwork):
            if isinstance(step, RemoveNetwork):
                self._leave(step)

    def _note(self) -> None:
        """What is changed in place is noted once it is done; the last journal but one is dropped."""
        kept = [change for change in self.units if change.want and change.live and not self._records(change)]
        if not any(field.cause in _WANTED for change in kept for field in change.fields):
            return
        gone = {change.live.id for change in self.units if change.live and self._makes(change)}
        specs = journal.due(self.desired, (live for live in self.observed.units if live.id not in gone))
        body = journal.body(self.desired, self.observed.journal, specs)
        at = address.stack(self.desired.stack)
        note = WriteJournal(address=at, name=body["Name"], body=body)
        self.needs[note] = {step for change in kept for step in self.fragments[change.address].made}
        for name in self.observed.journal.names[:-1]:
            self.needs[DropJournal(address=at, name=name)] = {note}

    def _leave(self, removal: RemoveNetwork) -> None:
        """Everybody who is on a network that goes leaves it before, and before he goes himself."""
        made_anew = any(isinstance(step, CreateNetwork) and step.name == removal.name for step in self.needs)
        for live in self.observed.units:
            if removal.name not in live.spec.get("networks", {}):
                continue
            leaves = self._leaving(live, removal.name, made_anew=made_anew)
            if leaves is None:
                leaves = DisconnectNetwork(address=live.address, container=live.id, network=removal.name)
                self.needs.setdefault(leaves, set())
                self._wait(self._removals_of(live), [leaves])
            self._wait([removal], [leaves])

    def _removals_of(self, live: LiveUnit) -> list[Step]:
        return [step for step in self.needs if step.removes == live.id]

    def _leaving(self, live: LiveUnit, network: str, *, made_anew: bool) -> Step | None:
        """The step by which a container leaves a network, if there is one already.

        A removal does not count for a network that is made anew: it may itself wait for the new one.
        """
        for step in self.needs:
            if step.leaves(live.id, network) and not (step.removes and made_anew):
                return step
        return None


_WANTED: Final = frozenset({Cause.STACK, Cause.BOTH})
"""The causes by which a container comes to be something else than its label says."""


def _in_the_way(live: LiveUnit, want: Unit) -> bool:
    return live.name == want.name or bool(held(live.spec) & held(want.spec))

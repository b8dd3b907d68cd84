"""What running containers are told: a mounted file says something else, others run behind a link."""

from __future__ import annotations

from reconciler.address import Address
from reconciler.diff import FieldChange
from reconciler.fields import Reach
from reconciler.fragment import Fragment
from reconciler.state import Desired, LiveUnit, Observed, Status, Unit
from reconciler.steps import ExecInContainer, SignalContainer, Step
from topology.models import Notice

_CONTENTS = "contents."


def of_files(want: Unit, live: LiveUnit, fields: tuple[FieldChange, ...]) -> Fragment:
    """What a container is told of changed files, each word once."""
    changed = [field.name.removeprefix(_CONTENTS) for field in fields if field.reach is Reach.RELOAD]
    words = dict.fromkeys(want.notices[target] for target in changed)
    return Fragment.of(*(_step(want.address, live.id, word, "") for word in words))


def of_peers(desired: Desired, observed: Observed, about: Address, why: str) -> Fragment:
    """What those are told who link to a service, where they run now: `why` has happened to `about`."""
    live: dict[Address, list[str]] = {}
    for unit in observed.units:
        if unit.status is Status.RUNNING:
            live.setdefault(unit.address, []).append(unit.id)
    return Fragment.together(
        Fragment.of(
            _step(unit.address, container, unit.hears[about.name], f"{about.name}[{about.replica}] {why}")
        )
        for unit in desired.units.values()
        if about.name in unit.hears
        for container in live.get(unit.address, ())
    )


def _step(at: Address, container: str, word: Notice, why: str) -> Step:
    if word.signal:
        return SignalContainer(address=at, container=container, signal=word.signal, why=why)
    return ExecInContainer(address=at, container=container, command=word.exec or (), why=why)

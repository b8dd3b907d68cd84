"""Ports, addresses and names that several of a stack could take: who is to have one later waits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from reconciler import address
from reconciler.address import Address
from reconciler.diff import UnitChange
from reconciler.fields import held
from reconciler.fragment import Fragment
from reconciler.steps import (
    ConnectNetwork,
    CreateContainer,
    CreateNetwork,
    DisconnectNetwork,
    RemoveContainer,
    RenameContainer,
    StartContainer,
    Step,
    StopContainer,
)

Needs = dict[Step, set[Step]]


def fixed_first(needs: Needs) -> None:
    """Subnets that are asked for are taken before the engine chooses others, which could be the same."""
    made = [step for step in needs if isinstance(step, CreateNetwork)]
    fixed = {step for step in made if (step.body.get("IPAM") or {}).get("Config")}
    for step in made:
        if step not in fixed:
            needs[step] |= fixed


def hand_over(units: Iterable[UnitChange], fragments: Mapping[Address, Fragment], needs: Needs) -> None:
    """Adds to `needs` what those wait for who take over from others that stay in the stack."""
    staying = [change for change in units if change.want is not None]
    _swept_first(staying, fragments, needs)
    names = {change.live.name: change for change in staying if change.live}
    lost = {token: change for change in staying for token in _lost(change)}
    for taker in staying:
        steps = fragments[taker.address]
        for token in _wanted(taker):
            if (giver := lost.get(token)) is not None and giver is not taker:
                wait(needs, _taking(steps, token), _letting_go(fragments[giver.address], giver, token))
        giver = names.get(taker.want.name) if taker.want else None
        if giver is not None and giver is not taker:
            _rename(needs, _naming(steps, taker), _unnaming(fragments[giver.address], giver), giver)


def _swept_first(staying: Iterable[UnitChange], fragments: Mapping[Address, Fragment], needs: Needs) -> None:
    """What an interrupted replacement left may hold what somebody else is to have: so it goes before."""
    staying = list(staying)
    for giver in staying:
        for left in giver.leftovers:
            gone = [step for step in fragments[giver.address] if step.removes == left.id]
            for token in held(left.spec):
                for taker in staying:
                    if taker is not giver and token in _wanted(taker):
                        wait(needs, _taking(fragments[taker.address], token), gone)


def _wanted(change: UnitChange) -> frozenset[tuple[str, str]]:
    return held(change.want.spec) if change.want else frozenset()


def _lost(change: UnitChange) -> frozenset[tuple[str, str]]:
    return held(change.live.spec) - _wanted(change) if change.live else frozenset()


def _taking(steps: Fragment, token: tuple[str, str]) -> list[Step]:
    return [
        step
        for step in steps
        if isinstance(step, StartContainer) or (isinstance(step, ConnectNetwork) and step.network == token[0])
    ]


def _letting_go(steps: Fragment, giver: UnitChange, token: tuple[str, str]) -> list[Step]:
    """Leaving a network frees an address; stopping frees everything, and removing does in any state."""
    own = _about(steps, giver)
    left: list[Step] = [s for s in own if isinstance(s, DisconnectNetwork) and s.network == token[0]]
    stopped: list[Step] = [step for step in own if isinstance(step, StopContainer)]
    return left or stopped or [step for step in own if isinstance(step, RemoveContainer)]


def _naming(steps: Fragment, taker: UnitChange) -> list[Step]:
    name = taker.want.name if taker.want else ""
    return [
        step for step in steps if isinstance(step, CreateContainer | RenameContainer) and step.name == name
    ]


def _unnaming(steps: Fragment, giver: UnitChange) -> list[Step]:
    return [step for step in _about(steps, giver) if isinstance(step, RenameContainer | RemoveContainer)]


def _rename(needs: Needs, naming: list[Step], unnaming: list[Step], giver: UnitChange) -> None:
    """Whoever is named waits for the name; where its holder waits for him in turn, that steps aside first.

    Such a circle is two that swap their names, or a replacement that waits for who takes the old one's name.
    """
    live = giver.live
    if live is None or not any(_leads(needs, step, before) for step in naming for before in unnaming):
        wait(needs, naming, unnaming)
        return
    aside = RenameContainer(
        address=giver.address, container=live.id, name=address.temporary_name(live.name, live.id)
    )
    needs[aside] = set()
    for step in (*unnaming, *naming):
        needs[step].add(aside)


def _about(steps: Fragment, change: UnitChange) -> list[Step]:
    """The steps that concern the container that is there."""
    live = change.live
    return [step for step in steps if live is not None and getattr(step, "container", "") == live.id]


def wait(needs: Needs, steps: Iterable[Step], on: Iterable[Step]) -> None:
    """Where all wait for each other nobody waits: the engine then refuses, and says what is in the way."""
    for step in steps:
        needs[step] |= {before for before in on if not _leads(needs, step, before)}


def _leads(needs: Needs, first: Step, later: Step) -> bool:
    """Whether `later` waits for `first`, through whatever is between."""
    ahead, seen = [later], {later}
    while ahead:
        more = needs[ahead.pop()] - seen
        seen |= more
        ahead += more
    return first in seen

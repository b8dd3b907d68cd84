"""`topo destroy`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import DoingOptions, EndingOptions, NodeOptions, StackOptions
from cli.world import World

if TYPE_CHECKING:
    from cli.report.outcome import Removal
    from reconciler.engine import Reader
    from reconciler.state import Desired
    from topology.models import Stack


@dataclass(frozen=True, kw_only=True)
class DestroyOptions(StackOptions, EndingOptions, NodeOptions, DoingOptions):
    """The flags of `topo destroy`."""

    volumes: Annotated[
        bool, typer.Option("-v", "--volumes", help="Remove the stack's volumes too, with all they hold.")
    ] = False


def destroy(options: DestroyOptions, world: World) -> Removal:
    """Remove what the stack owns.

    Its containers and networks, and only with --volumes its volumes. With -p NAME it works without a stack
    file. What belongs to others stays as it is. On a Swarm each node has its own volumes: those of nodes that
    --node gives no way to are named, and stay.
    """
    from cli.carrying import Errand, carry
    from cli.confirm import confirm_draft
    from cli.planning import removal
    from cli.report.outcome import Distant, removed
    from cli.wiring import driven

    stack = _stack(options, world)
    on = driven(options, world, stack.engine if stack else None, options.nodes)
    desired = _desired(stack, options, on.engine)

    errand = Errand(
        doing="destroy",
        draft=lambda _before: removal(
            desired,
            on.engine,
            on.called,
            volumes=options.volumes,
            even_protected=options.even_protected,
        ),
        ask=lambda question, shown: confirm_draft(question, shown, world),
    )
    draft, outcome = carry(errand, on.engine, options, world)
    there = dict.fromkeys(live.name for live in draft.observed.volumes if live.address)
    kept = () if options.volumes else tuple(there)
    distant = (Distant(node=node, volumes=names) for node, names in sorted(draft.observed.distant.items()))
    return removed(outcome, kept, tuple(distant))


def _stack(options: DestroyOptions, world: World) -> Stack | None:
    """The stack, for the order of removal; None where -p is all there is."""
    from cli.wiring import loaded
    from topology.codes import UNREADABLE
    from topology.findings import StackError

    try:
        return loaded(options, world).stack
    except StackError as error:
        if options.project_name is None or options.files or error.findings[0].code != UNREADABLE:
            raise
        return None


def _desired(stack: Stack | None, options: DestroyOptions, reader: Reader) -> Desired:
    """What the stack wants; without one, nothing under the name that -p gives."""
    from reconciler.expand import expand
    from reconciler.state import Desired

    if stack is not None:
        return expand(stack, reader.traits)
    name = options.project_name or ""
    return Desired(stack=name, owner=name)

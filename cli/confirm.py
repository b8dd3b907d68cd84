"""Asking before something is changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.exits import Exit
from cli.faults import CommandError
from cli.world import World

if TYPE_CHECKING:
    from cli.planning import Draft


def confirm(question: str, world: World, *, wanted: str = "y") -> None:
    """Asks on stderr until the line is read; returns only on `wanted`.

    Raises:
        CommandError: with code REFUSED, when nobody is there to ask or the answer is another one.
    """
    if not world.is_interactive:
        raise CommandError(
            "nothing was changed: there is nobody to ask", "pass --yes to go ahead without", code=Exit.REFUSED
        )
    hint = "[y/N]" if wanted == "y" else f"[type {wanted} to go ahead]"
    print(f"{question} {hint} ", end="", file=world.stderr, flush=True)
    answer = world.stdin.readline().strip()
    accepted = {"y", "yes"} if wanted == "y" else {wanted}
    if (answer.lower() if wanted == "y" else answer) not in accepted:
        raise CommandError("nothing was changed", code=Exit.REFUSED)


def confirm_draft(question: str, draft: Draft, world: World) -> None:
    """Asks whether to carry out a draft; one that takes data or what is protected wants the stack's name.

    Raises:
        CommandError: as `confirm` does.
    """
    from reconciler.steps import RemoveVolume

    ended = ", ".join(map(str, draft.plan.ends))
    loses = any(isinstance(step, RemoveVolume) for step in draft.plan.steps)
    warnings = [f"This ends what is protected: {ended}."] if ended else []
    warnings += ["This removes data for good."] if loses else []
    if warnings:
        confirm("\n" + " ".join(warnings), world, wanted=draft.desired.stack)
    else:
        confirm(question, world)

"""Asking before something is changed."""

from __future__ import annotations

from cli.exits import Exit
from cli.faults import CommandError
from cli.world import World


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

"""One at a time: whoever changes a stack holds its lease while he does."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager

from cli.exits import Exit
from cli.faults import CommandError
from cli.identity import is_dead, moment, this_process, user
from cli.options import DoingOptions
from cli.world import World
from reconciler.engine import Engine
from reconciler.errors import EngineError
from reconciler.lease import Lease
from topology import units
from topology.units import Misfit

_PAUSE = 0.25


@contextmanager
def locked(engine: Engine, stack: str, doing: str, options: DoingOptions, world: World) -> Iterator[None]:
    """Holds the lease of a stack while the block runs, once it can be had.

    Raises:
        CommandError: with code REFUSED, when somebody else holds it and goes on holding it.
        EngineError: the engine could not be asked.
    """
    with held(engine, stack, doing, world, patience=_patience(options, world), quiet=options.quiet):
        yield


@contextmanager
def held(
    engine: Engine, stack: str, doing: str, world: World, *, patience: float = 0.0, quiet: bool = True
) -> Iterator[None]:
    """The same with a patience in seconds; unless `quiet`, people are told for whom it is waited."""
    asked = Lease(
        stack=stack,
        doing=doing,
        user=user(),
        process=this_process(),
        since=moment(world),
    )
    mine = _waited_for(engine, asked, patience, world, quiet=quiet)
    try:
        yield
    finally:
        _given_back(engine, mine, world)


def _waited_for(engine: Engine, asked: Lease, patience: float, world: World, *, quiet: bool) -> Lease:
    deadline, told = time.monotonic() + patience, ""
    while True:
        holding = engine.claim(asked, lambda lease: is_dead(lease, asked.process))
        if holding.token == asked.token:
            return holding
        if time.monotonic() >= deadline:
            raise CommandError(
                f"{asked.stack} is being changed: {holding}",
                "wait for it: --lock-timeout 5m does, or TOPO_LOCK_TIMEOUT=5m",
                f"if that process is no more, free the stack with: topo unlock -p {asked.stack}",
                code=Exit.REFUSED,
            )
        if holding.token != told and not quiet:
            print(f"waiting for {asked.stack}: {holding}", file=world.stderr, flush=True)
            told = holding.token
        time.sleep(_PAUSE * random.uniform(0.5, 1.5))  # noqa: S311  # so that two do not go on meeting


def _patience(options: DoingOptions, world: World) -> float:
    text = options.lock_timeout or world.environ.get("TOPO_LOCK_TIMEOUT") or "0s"
    try:
        return units.duration(text)
    except Misfit as misfit:
        raise CommandError(f"--lock-timeout {misfit.says}, not {text}", "such as 30s or 5m") from misfit


def _given_back(engine: Engine, held: Lease, world: World) -> None:
    """A lease that cannot be given back is no reason to fail: it is known to be a dead process's."""
    try:
        engine.release(held)
    except EngineError as error:
        print(
            f"the lock of {held.stack} is left behind, and freed by the next apply: {error}",
            file=world.stderr,
        )

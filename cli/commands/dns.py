"""`topo dns`."""

from __future__ import annotations

import enum
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import EngineOptions, SavingOptions, StackOptions
from cli.report import Told
from cli.world import World

if TYPE_CHECKING:
    from cli.report.names import Names
    from cli.watching.inbox import Inbox
    from reconciler.engine import Reader
    from topology.models import Stack

RESYNC = 300.0
"""Seconds after which --watch looks again although nothing was heard."""

SETTLED = 0.2
"""Seconds without an event after which it looks: one apply makes many."""


class NamesFormat(enum.Enum):
    """How the names are written."""

    HOSTS = "hosts"
    DNSMASQ = "dnsmasq"
    JSON = "json"


@dataclass(frozen=True, kw_only=True)
class DnsOptions(StackOptions, EngineOptions, SavingOptions):
    """The flags of `topo dns`."""

    format: Annotated[
        NamesFormat,
        typer.Option("--format", metavar="FORMAT", help="How to write it: hosts, dnsmasq or json."),
    ] = NamesFormat.HOSTS
    watch: Annotated[
        bool, typer.Option("--watch", help="Write it again whenever an address changes, until Ctrl-C.")
    ] = False


def dns(options: DnsOptions, world: World) -> Names | Told:
    """Write the addresses of the stack's containers, for /etc/hosts or dnsmasq.

    On its networks the engine answers for names itself; this is for the host and for who routes to it. A
    container is STACK.SERVICE, the same before the `dns: suffix` of the file, and its own name. Only reads.
    """
    from cli.show import show
    from cli.wiring import loaded, watched

    stack = loaded(options, world).stack
    if not options.watch:
        return found(stack, watched(options, world, stack.engine).reader)

    from contextlib import ExitStack

    from cli.interrupts import stopping
    from cli.watching.engine import Connected
    from cli.watching.inbox import Inbox, Listener, Stop

    on = Connected(options, world, stack.engine)
    inbox = Inbox()
    listener = Listener(on.events, inbox.put)
    with ExitStack() as held:
        held.enter_context(stopping(world.stderr, live=True, told=lambda: inbox.put(Stop())))
        held.callback(listener.close)
        listener.start()
        follow(
            inbox,
            look=lambda: found(stack, on.reader),
            renew=on.renew,
            tell=lambda names: show(names, options, world),
            warn=lambda said: print(f"topo dns: {said}", file=world.stderr, flush=True),
        )
    return Told()


def follow(
    inbox: Inbox,
    *,
    look: Callable[[], Names],
    renew: Callable[[], None],
    tell: Callable[[Names], None],
    warn: Callable[[str], None],
) -> None:
    """Tells what `look` sees, at first and whenever it has become something else, until a `Stop`.

    An engine that did not answer may be another release when it does: it is met anew by `renew`.
    """
    from cli.faults import CommandError
    from cli.watching.inbox import Back, Happened, Lost, Stop
    from reconciler.errors import EngineError
    from reconciler.pace import Pace

    told: Names | None = None
    is_known = True
    pace = Pace(clock=time.monotonic, quiet=SETTLED, resync=RESYNC)
    pace.within(0.0)
    while True:
        message = inbox.next(pace.wait())
        if isinstance(message, Stop):
            return
        if isinstance(message, Lost):
            warn(str(message.error))
            is_known = False
        elif isinstance(message, Happened | Back):
            pace.noticed()
        elif message is None and pace.wait() <= 0.0:
            pace.looked()
            try:
                if not is_known:
                    renew()
                    is_known = True
                if (now := look()) != told:
                    tell(now)
                    told = now
            except (EngineError, CommandError) as error:
                warn(str(error))
                is_known = False
                pace.tried("engine", done=False)


def found(stack: Stack, reader: Reader) -> Names:
    """The running containers of a stack, with what they are called outside."""
    import ipaddress

    from cli.report.names import Names, Record
    from reconciler.expand import expand
    from topology.load.defaults import names

    records = [
        Record(address=address, names=(*names(stack, one.address.name), one.name))
        for one in reader.survey(expand(stack, reader.traits)).sightings
        if one.runs and one.address is not None and one.address.name in stack.services
        for seat in one.seats.values()
        for address in seat.addresses
    ]
    ordered = sorted(records, key=lambda one: (one.names, ipaddress.ip_address(one.address).packed))
    return Names(stack=stack.name, records=tuple(ordered))

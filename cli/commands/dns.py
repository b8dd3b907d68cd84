"""`topo dns`."""

from __future__ import annotations

import enum
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
    seen = watched(options, world, stack.engine)
    if not options.watch:
        return found(stack, seen.reader)

    from contextlib import ExitStack

    from cli.interrupts import stopping
    from cli.watching.inbox import Inbox, Listener, Stop

    inbox = Inbox()
    listener = Listener(seen.events, inbox.put)
    with ExitStack() as held:
        held.enter_context(stopping(world.stderr, live=True, told=lambda: inbox.put(Stop())))
        held.callback(listener.close)
        listener.start()
        follow(
            inbox,
            look=lambda: found(stack, seen.reader),
            tell=lambda names: show(names, options, world),
            warn=lambda said: print(f"topo dns: {said}", file=world.stderr, flush=True),
        )
    return Told()


def follow(
    inbox: Inbox, *, look: Callable[[], Names], tell: Callable[[Names], None], warn: Callable[[str], None]
) -> None:
    """Tells what `look` sees, at first and whenever it has become something else, until a `Stop`."""
    from cli.watching.inbox import Lost, Stop
    from reconciler.errors import EngineError

    told: Names | None = None
    while True:
        try:
            if (now := look()) != told:
                tell(now)
                told = now
        except EngineError as error:
            warn(str(error))
        message = inbox.next(RESYNC)
        while message is not None:
            if isinstance(message, Stop):
                return
            if isinstance(message, Lost):
                warn(str(message.error))
            message = inbox.next(SETTLED)


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

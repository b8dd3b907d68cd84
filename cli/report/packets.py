"""What packets did, beside what the model says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from reconciler.probe.proof import Proof

MODEL = {True: "yes", False: "no", None: "not provable"}


class PacketLine(Struct, frozen=True, kw_only=True):
    """One connection, or one datagram.

    `through` is what was connected to; `reached` whether a packet got there at all, None where nobody can
    tell.
    """

    source: str
    target: str
    caller: str
    called: str
    port: int
    through: str
    model: str
    packets: str
    reached: bool | None
    agrees: bool
    protocol: str = "tcp"


class Packets(Struct, frozen=True, kw_only=True):
    """All connections that were tried, and the pairs of claims of which none could be."""

    lines: tuple[PacketLine, ...] = ()
    untried: tuple[str, ...] = ()


NO_PACKETS = Packets()


def packets_of(proof: Proof) -> Packets:
    """The report of a proof."""
    return Packets(
        lines=tuple(
            PacketLine(
                source=one.source,
                target=one.target,
                caller=one.caller,
                called=one.called,
                port=one.port,
                through=one.through,
                model=MODEL[one.model],
                packets=one.outcome.value,
                reached=one.reached,
                agrees=one.agrees,
                protocol=one.protocol,
            )
            for one in proof.probed
        ),
        untried=tuple(dict.fromkeys(text for _, text in proof.untried)),
    )

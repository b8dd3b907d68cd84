"""What the parts of a stack say about each other: names that lead nowhere, cycles, and clashes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice

from topology.findings import MOST, Finding
from topology.load.references import addresses, clashes, contents, names, spanning, waits
from topology.load.references.reading import Reading

__all__ = ["CHECKS", "Reading", "refer"]

CHECKS: tuple[Callable[[Reading], Iterator[Finding]], ...] = (
    names.spelled,
    names.complete,
    names.known,
    contents.sources,
    waits.cycles,
    waits.healthy,
    clashes.modes,
    clashes.replicas,
    clashes.host_ports,
    clashes.container_names,
    addresses.inside,
    addresses.taken,
    addresses.subnets,
    spanning.overlays,
)


def refer(reading: Reading) -> tuple[Finding, ...]:
    """What is wrong between the parts of a stack; what could not be read is not judged."""
    return tuple(finding for check in CHECKS for finding in islice(check(reading), MOST))

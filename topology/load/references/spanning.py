"""Networks over several hosts."""

from __future__ import annotations

from collections.abc import Iterator

from topology.codes import UNSURE
from topology.findings import Finding
from topology.load.references.reading import Reading
from topology.load.words import warning


def overlays(reading: Reading) -> Iterator[Finding]:
    """Overlays in a stack that does not say it is for a Swarm: most engines would refuse them."""
    for name, network in reading.stack.networks.items():
        if network.driver == "overlay" and not network.external and reading.stack.engine != "swarm":
            yield warning(
                UNSURE,
                f"network {name} is an overlay, which an engine makes only where it manages a Swarm",
                ("networks", name, "driver"),
                label="topo plan asks the engine",
                mend="take the driver out for one host, or say `engine: swarm`",
            )

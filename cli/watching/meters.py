"""What is counted while watching. `Meters` counts nothing; `Prometheus` tells who asks over HTTP."""

from __future__ import annotations


class Meters:
    """Is told what happens; does nothing by itself."""

    def heard(self) -> None:
        """The engine told of something."""

    def looked(self) -> None:
        """The engine was looked at."""

    def drifting(self, number: int) -> None:
        """So many things are not as they should be."""

    def healed(self, seconds: float) -> None:
        """One of them is again, so long after it was noticed."""

    def failed(self) -> None:
        """A step could not be done."""

    def reachable(self, yes: bool) -> None:
        """Whether the engine can be heard."""

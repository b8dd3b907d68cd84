"""Metrics for Prometheus, on an address of one's own choosing. Imported only where they are asked for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, start_http_server

from cli.faults import CommandError
from cli.watching.meters import Meters

_SECONDS: Final = (0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0, 30.0, 60.0, 300.0)


class Prometheus(Meters):
    """One stack's metrics, in a registry of their own."""

    def __init__(self, stack: str, registry: CollectorRegistry) -> None:
        def counter(name: str, text: str) -> Counter:
            return Counter(f"topo_watch_{name}", text, ["stack"], registry=registry).labels(stack)

        def gauge(name: str, text: str) -> Gauge:
            return Gauge(f"topo_watch_{name}", text, ["stack"], registry=registry).labels(stack)

        self._events = counter("events", "Events that the engine told of")
        self._looks = counter("looks", "How often the engine was looked at")
        self._failures = counter("failures", "Steps that could not be done")
        self._drift = gauge("drift", "Things that are not as they should be now")
        self._up = gauge("engine_up", "Whether the engine can be heard")
        self._looked_at = gauge("last_look_timestamp_seconds", "When the engine was last looked at")
        self._heals = Histogram(
            "topo_watch_heal_seconds",
            "From noticing a difference to seeing it gone",
            ["stack"],
            buckets=_SECONDS,
            registry=registry,
        ).labels(stack)

    def heard(self) -> None:
        """See `Meters`."""
        self._events.inc()

    def looked(self) -> None:
        """See `Meters`."""
        self._looks.inc()
        self._looked_at.set_to_current_time()

    def drifting(self, number: int) -> None:
        """See `Meters`."""
        self._drift.set(number)

    def healed(self, seconds: float) -> None:
        """See `Meters`."""
        self._heals.observe(seconds)

    def failed(self) -> None:
        """See `Meters`."""
        self._failures.inc()

    def reachable(self, yes: bool) -> None:
        """See `Meters`."""
        self._up.set(yes)


@contextmanager
def serving(address: str, stack: str) -> Iterator[Meters]:
    """Tells whoever asks at ADDRESS, `HOST:PORT` or `:PORT`, while the block runs.

    Raises:
        CommandError: that is no address, or it cannot be had.
    """
    host, colon, port = address.rpartition(":")
    if not colon or not port.isdigit() or not 0 <= int(port) < 65536:
        raise CommandError(f"--metrics {address} is no address", "such as 127.0.0.1:9464, or :9464 for all")
    registry = CollectorRegistry()
    meters = Prometheus(stack, registry)
    try:
        server, thread = start_http_server(int(port), host.strip("[]") or "0.0.0.0", registry)  # noqa: S104  # every address was asked for
    except OSError as error:
        raise CommandError(f"--metrics {address} cannot be had: {error.strerror or error}") from error
    try:
        yield meters
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

"""From an endpoint to an engine; the SDK is imported only by those who cannot do without it."""

from __future__ import annotations

from reconciler.engines.daemon import Daemon, DaemonReader
from reconciler.engines.line import SCHEME
from reconciler.engines.reading import Endpoint
from reconciler.engines.wire import Heard, WireReader


def reader(endpoint: Endpoint, heard: Heard | None = None) -> DaemonReader:
    """Connects for reading only. `heard` is told of every answer that comes over a Unix socket.

    Raises:
        Unavailable: nothing answers there.
        Denied: something does, but not to us.
    """
    if endpoint.url.startswith(SCHEME):
        return WireReader(endpoint, heard)
    from reconciler.engines.sdk import SdkReader  # noqa: PLC0415  # importing the SDK takes 80 ms

    return SdkReader(endpoint)


def daemon(endpoint: Endpoint) -> Daemon:
    """Connects for everything. Raises what `reader` raises."""
    from reconciler.engines.sdk import SdkDaemon  # noqa: PLC0415  # importing the SDK takes 80 ms

    return SdkDaemon(endpoint)

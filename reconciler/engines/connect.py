"""From an endpoint to an engine; the SDK is imported only by those who cannot do without it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.engines.daemon import Daemon, DaemonReader, Tell, untold
from reconciler.engines.line import SCHEME
from reconciler.engines.reading import Endpoint
from reconciler.engines.wire import Heard, WireReader

if TYPE_CHECKING:
    from reconciler.engines.swarm.cluster import Cluster, ClusterReader


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
    if endpoint.url.startswith(SCHEME):
        from reconciler.engines.writing import WireDaemon  # noqa: PLC0415  # plans write nothing

        return WireDaemon(endpoint)
    from reconciler.engines.sdk import SdkDaemon  # noqa: PLC0415  # importing the SDK takes 100 ms

    return SdkDaemon(endpoint)


def cluster_reader(endpoint: Endpoint, tell: Tell = untold) -> ClusterReader:
    """Connects to a manager of a Swarm for reading only; `tell` is told when nobody answers for long.

    Raises what `reader` raises.
    """
    from reconciler.engines.swarm.silence import Silence  # noqa: PLC0415  # plans for one engine need none

    if endpoint.url.startswith(SCHEME):
        from reconciler.engines.swarm.calls import WireCluster  # noqa: PLC0415  # plans for one engine need none

        return WireCluster(endpoint, Silence(tell))
    from reconciler.engines.swarm.sending import SdkClusterReader  # noqa: PLC0415  # importing the SDK takes 80 ms

    return SdkClusterReader(endpoint, Silence(tell))


def cluster(endpoint: Endpoint, tell: Tell = untold) -> Cluster:
    """Connects to a manager of a Swarm for everything; see `cluster_reader`."""
    from reconciler.engines.swarm.sending import SdkCluster  # noqa: PLC0415  # importing the SDK takes 80 ms
    from reconciler.engines.swarm.silence import Silence  # noqa: PLC0415  # plans for one engine need none

    return SdkCluster(endpoint, Silence(tell))

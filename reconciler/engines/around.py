"""What new networks have to fit in, asked for only where a plan is to make some."""

from __future__ import annotations

from collections.abc import Iterable

from reconciler import subnets, surroundings
from reconciler.engines.daemon import DaemonReader, Json
from reconciler.state import Desired, LiveShared
from reconciler.surroundings import NOT_ASKED, Surroundings


def around(
    reader: DaemonReader, desired: Desired, live: Iterable[LiveShared], networks: Iterable[Json]
) -> Surroundings:
    """The engine's pools and its host's routes, as far as they can be known.

    Raises:
        EngineError: the engine could not be asked.
    """
    if not any(subnets.is_made(want, live) for want in desired.networks.values()):
        return NOT_ASKED
    from reconciler.engines import routes  # noqa: PLC0415  # most plans make no network

    info = reader.info()
    return Surroundings(
        pools=surroundings.pools(info),
        routes=routes.of_host(reader.routes(), networks),
        manages_swarm=surroundings.manages_swarm(info),
    )

"""Sees a Swarm through one of its managers, and cannot touch it: it is made from a reader."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Final

from reconciler import history
from reconciler.contents import Contents
from reconciler.digests import unsettled
from reconciler.engines import inspected as single
from reconciler.engines import reading_files
from reconciler.engines import surveyed as beside
from reconciler.engines.reading import api_version
from reconciler.engines.swarm import inspected, surveyed, volumes
from reconciler.engines.swarm.notes import listed, noted
from reconciler.errors import Denied, EngineError, NotFound, Rejected
from reconciler.state import NO_IMAGE, Desired, Granularity, Image, LiveShared, Marks, Observed, Traits
from topology.models import Stack

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.adoption import Claim, Wish
    from reconciler.diff import Obstacle, UnitChange
    from reconciler.engines.daemon import DaemonReader, Events, Json
    from reconciler.engines.swarm.cluster import ClusterReader
    from reconciler.fragment import Fragment
    from reconciler.importing import Imported
    from reconciler.networks import Network
    from reconciler.survey import Survey

_NO_SWARM: Final = (
    "this engine is no manager of a Swarm: make it one with `docker swarm init`, point -H at a manager, "
    "or take `engine: swarm` out for this one engine alone"
)


_NOT_ADOPTED: Final = (
    "services of a Swarm cannot be taken over from others: remove them with `docker stack rm`, which leaves "
    "volumes where they are, and apply; or give this stack another `name`, and move over with both running"
)
_NOT_IMPORTED: Final = (
    "a stack file cannot be written from the services of a Swarm: begin with the file that they were made "
    "from, by `topo init --from FILE`"
)
_NO_NODE: Final = "an engine that --node names is no node of this Swarm"
_AT_A_TIME: Final = 8
"""So many registries are asked at once."""


class SwarmReader:
    """Observes a Swarm, and cannot change it."""

    def __init__(self, cluster: ClusterReader, ways: Sequence[DaemonReader] = ()) -> None:
        """`ways` are the engines of further nodes."""
        self._reader = cluster
        self._ways = ways
        self._digests: dict[str, str] = {}

    @cached_property
    def _swarm(self) -> Json:
        """What the engine says of its part in a Swarm."""
        return self._reader.swarm()

    @cached_property
    def _entered(self) -> Mapping[str, DaemonReader]:
        """Id of a node → its engine, of those that there is a way to; first the manager itself."""
        ways = {str((one.info().get("Swarm") or {}).get("NodeID") or ""): one for one in self._ways}
        return {str(self._swarm.get("NodeID") or ""): self._reader, **ways}

    @cached_property
    def traits(self) -> Traits:
        """See `Reader`.

        Raises:
            Rejected: the engine is no manager of a Swarm.
        """
        if not self._swarm.get("ControlAvailable"):
            raise Rejected(_NO_SWARM)
        said = self._reader.version()
        return Traits(
            version=str(said["Version"]),
            api=api_version(str(said["ApiVersion"])),
            granularity=Granularity.SERVICE,
        )

    def contents(self, stack: Stack) -> Contents:
        """See `Reader`. Binds are of the nodes that run tasks, and not of this machine."""
        return reading_files.read(stack, shared=False, keeps=True)

    def events(self) -> Events:
        """What happens to its services from now on. Raises what `DaemonReader.events` raises."""
        return self._reader.events()

    def lacking(self, _desired: Desired, _observed: Observed) -> dict[str, str]:
        """See `Reader`. Its tasks run elsewhere."""
        return {}

    def survey(self, desired: Desired, *, everybody: bool = False) -> Survey:
        """See `Reader`. Of nodes that there is a way to, containers that are no tasks are looked at too.

        Raises:
            Rejected: one of the ways leads to no node of this Swarm.
        """
        told = surveyed.Told(
            services=self._reader.services(),
            tasks=self._reader.tasks(),
            networks=self._reader.networks(),
            nodes=self._reader.nodes(),
        )
        if not self._entered.keys() <= {raw["ID"] for raw in told.nodes}:
            raise Rejected(_NO_NODE)
        looked = [
            _looked(node, engine, desired, everybody=everybody) for node, engine in self._entered.items()
        ]
        return surveyed.survey(self.traits, told, looked, desired)

    def lower(self, desired: Desired, observed: Observed, change: UnitChange) -> Fragment:
        """See `Reader`."""
        from reconciler.engines.swarm.lowering import lower  # noqa: PLC0415  # most plans change nothing

        return lower(desired, observed, change)

    def history(self, stack: str, owner: str) -> tuple[history.Entry, ...]:
        """See `Reader`."""
        return history.read(listed(self._reader), stack, owner)

    def adoptable(self, desired: Desired, wish: Wish) -> tuple[Claim | Obstacle, ...]:
        """See `Reader`.

        Raises:
            Rejected: always; a network's labels cannot be changed, and its services would have to leave it.
        """
        raise Rejected(_NOT_ADOPTED)

    def imported(self, names: Sequence[str]) -> Imported:
        """See `Reader`.

        Raises:
            Rejected: always.
        """
        raise Rejected(_NOT_IMPORTED)

    def networks(self) -> tuple[Network, ...]:
        """See `Reader`. Who is on them on other nodes, nobody tells."""
        from reconciler import networks  # noqa: PLC0415  # a plan is made without it

        return networks.networks(self._reader.networks(), ())

    def observe(self, desired: Desired, also: Marks | None = None) -> Observed:
        """See `Reader`. One list of each kind, however many services and tasks there are."""
        traits = self.traits
        services = self._reader.services()
        networks = self._reader.networks()
        nodes_raw = self._reader.nodes()
        nodes = inspected.nodes(nodes_raw)
        names = {raw["Id"]: raw["Name"] for raw in networks}
        configs = self._reader.configs()
        tasks_raw = self._reader.tasks()
        tasks = inspected.tasks(tasks_raw, nodes)
        ours = inspected.ours(services, desired)
        units = inspected.units(ours, names, tasks)
        hosts = {raw["ID"]: inspected.hostname(raw) for raw in nodes_raw}
        if self._ways and not self._entered.keys() <= hosts.keys():
            raise Rejected(_NO_NODE)
        return Observed(
            traits=traits,
            units=units,
            networks=inspected.live_networks(networks, services, desired),
            volumes=self._volumes(desired, hosts),
            distant=volumes.distant(
                tasks_raw,
                {raw["ID"] for raw in ours},
                {node: name for node, name in hosts.items() if node not in self._entered},
            ),
            holders=tuple(inspected.holder(raw) for raw in services),
            images=self._images(unsettled(desired, units)),
            nodes=tuple(sorted(nodes.values())),
            idle=tuple(sorted(name for name in nodes.values() if name.endswith(")"))),
            kept=inspected.kept(self._reader.secrets(), configs),
            history=single.history(noted(configs), desired),
        )

    def _volumes(self, desired: Desired, hosts: Mapping[str, str]) -> tuple[LiveShared, ...]:
        """Those of the stack on all nodes that there is a way to."""
        engines = ((hosts.get(node, ""), engine) for node, engine in self._entered.items())
        found = (volumes.on_node(engine.volumes(), desired, host) for host, engine in engines)
        return tuple(one for some in found for one in some)

    def _images(self, names: Iterable[str]) -> dict[str, Image]:
        """What the registries have under these names, asked once and all at a time; without those unknown."""
        new = sorted(set(names) - set(self._digests))
        if new:
            from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415  # most plans ask nobody

            with ThreadPoolExecutor(max_workers=min(len(new), _AT_A_TIME)) as pool:
                self._digests.update(zip(new, pool.map(self._digest, new), strict=True))
        return {
            name: Image(config=NO_IMAGE, digests=(digest,))
            for name in sorted(names)
            if (digest := self._digests[name])
        }

    def _digest(self, name: str) -> str:
        """Of a registry that cannot be asked, the manager may remember what it said before."""
        try:
            return self._reader.newest(name)
        except (NotFound, Denied):
            return ""
        except EngineError:
            return self._remembered(name)

    def _remembered(self, name: str) -> str:
        try:
            image = self._reader.image(name)
        except EngineError:
            return ""
        return inspected.digest(image, name)


def _looked(node: str, reader: DaemonReader, desired: Desired, *, everybody: bool) -> surveyed.Looked:
    """What one node's engine tells of its containers."""
    containers = surveyed.beside_tasks(reader.containers())
    chosen = beside.mattering(containers, desired, everybody=everybody)
    return surveyed.Looked(
        node=node,
        containers=containers,
        networks=reader.networks(),
        inspected={one: reader.container(one) for one in chosen},
    )

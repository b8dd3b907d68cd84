"""What runs, as pictures to hold claims against: the stack's own services, and whoever else counts."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from functools import cached_property

from msgspec import Struct

from reconciler.picture import Seen, drawn
from reconciler.state import Desired, Spec, Status
from reconciler.survey import SeenNetwork, Sighting, Survey
from topology.graph import Binding, Member, Mode, One, Publisher, Running, Segment, Taint, Topology
from topology.structs import replace


def running(said: Topology, desired: Desired, survey: Survey, *, everybody: bool = False) -> Running:
    """A stack as it runs, beside the picture of its file.

    `everybody`: all that runs on the engine counts for claims, not only who joined the stack's networks.
    """
    cast = _Cast(said=said, desired=desired, survey=survey, everybody=everybody)
    members = {name: cast.member(name) for name in said.members}
    others = {name: cast.stranger(name, one) for name, one in cast.others.items()}
    own = replace(cast.picture, members=members)
    return Running(
        said=replace(said, assumptions=own.assumptions),
        own=own,
        whole=replace(own, members={**members, **others}),
        containers=tuple(cast.each()),
        publishers=tuple(cast.publishers()),
        idle=dict(cast.idle()),
        stranded=dict(cast.stranded()),
        remade=dict(cast.remade()),
        unmakable=() if survey.manages_swarm else tuple(_spanning(desired)),
        unseen=tuple(node.name for node in survey.nodes if not node.entered),
        services=frozenset(name for name, one in cast.others.items() if one.service),
    )


def _spanning(desired: Desired) -> Iterator[str]:
    return (want.address.name for want in desired.networks.values() if want.spans_hosts)


class _Cast(Struct, frozen=True, kw_only=True, dict=True):
    """Who is who: the stack's containers by service, those of others by names of their own."""

    said: Topology
    desired: Desired
    survey: Survey
    everybody: bool

    @cached_property
    def alive(self) -> Mapping[str, Sighting]:
        return {one.id: one for one in self.survey.sightings if one.runs}

    @cached_property
    def ours(self) -> Mapping[str, tuple[Sighting, ...]]:
        """Service → its containers that run."""
        found: dict[str, list[Sighting]] = {name: [] for name in self.said.members}
        for one in self.alive.values():
            if self._is_ours(one):
                found[_service(one)].append(one)
        return {name: tuple(some) for name, some in found.items()}

    @cached_property
    def others(self) -> Mapping[str, Sighting]:
        """Who counts beside the stack, by the name of the container."""
        found = [one for one in self.alive.values() if not self._is_ours(one) and self._counts(one)]
        return {self._called(one): one for one in found}

    @cached_property
    def keys(self) -> Mapping[str, str]:
        """Engine's name of a network → what pictures call it: the file's key where there is one."""
        keys = {segment.engine_name: name for name, segment in self.said.segments.items()}
        for network in self.survey.networks:
            taken = network.name in self.said.segments and network.name not in keys
            keys.setdefault(network.name, f"network:{network.name}" if taken else network.name)
        return keys

    @cached_property
    def picture(self) -> Topology:
        """Everybody who counts, as drawn from what runs alone."""
        mine = (self._seen(name, one) for name, some in self.ours.items() for one in some)
        theirs = (self._seen(name, one) for name, one in self.others.items())
        return self._drawn([*mine, *theirs])

    def _is_ours(self, one: Sighting) -> bool:
        return one.address is not None and one.address.name in self.said.members

    def _called(self, one: Sighting) -> str:
        if self._is_ours(one):
            return _service(one)
        return stranger_name(one, self.said.members)

    def _counts(self, one: Sighting) -> bool:
        """Stands on a network of the stack, or lives with somebody who does or who is of the stack."""
        holder = self.alive.get(one.shares or "")
        if holder is not None and holder is not one and (self._is_ours(holder) or self._counts(holder)):
            return True
        mine = {segment.engine_name for segment in self.said.segments.values()}
        return self.everybody or not mine.isdisjoint(one.seats)

    def _seen(self, name: str, one: Sighting) -> Seen:
        return Seen(service=name, name=one.name, spec={**one.spec, **self._mode(one)})

    def _mode(self, one: Sighting) -> Spec:
        """Whose network stack it lives in, by the name that pictures have for that one."""
        if one.shares is None:
            return {}
        if self._why_stranded(one):
            return {"network_mode": "none"}
        return {"network_mode": f"service:{self._called(self.alive[one.shares])}"}

    def _drawn(self, seen: Iterable[Seen]) -> Topology:
        specs = {network.name: (self.keys[network.name], network.spec) for network in self.survey.networks}
        found = drawn(seen, specs, self.survey.traits)
        settings = replace(
            self.said.assumptions, engine=found.assumptions.engine, observed=found.assumptions.observed
        )
        mine = {name for name, segment in self.said.segments.items() if segment.engine_name in specs}
        known = {network.name: network for network in self.survey.networks}
        segments = {one.name: _addressed(one, known.get(one.engine_name)) for one in found.segments.values()}
        for name in mine - segments.keys():
            network = known[self.said.segments[name].engine_name]
            empty = drawn([_standing_on(network.name)], specs, self.survey.traits)
            segments[name] = _addressed(empty.segments[name], network)
        return Topology(
            members=found.members,
            segments={name: self._placed(one) for name, one in sorted(segments.items())},
            assumptions=settings,
        )

    def _placed(self, segment: Segment) -> Segment:
        said = self.said.segments.get(segment.name)
        return replace(segment, path=said.path if said else (), external=bool(said and said.external))

    def member(self, name: str) -> Member:
        """A service as it runs, with what only the file knows: what it needs, and where each thing stands."""
        said, there = self.said.members[name], self.picture.members.get(name)
        if there is None:
            return replace(
                said, replicas=0, mode=Mode.NONE, shares=None, joints={}, bindings=(), ties=(), taints=()
            )
        return replace(
            _like(there, said),
            ties=tuple(tie for tie in said.ties if self.ours.get(tie.target)),
            waits_for=said.waits_for,
            ports=said.ports,
            hosts=said.hosts,
            wakes_ipv6=said.wakes_ipv6,
            shares_with=said.shares_with,
            labels=said.labels,
            image=said.image,
            names=tuple(one for one in said.names if one != name or one == said.hostname),
            containers=tuple(one.name for one in self.ours[name]),
        )

    def stranger(self, name: str, one: Sighting) -> Member:
        """Another's container: the engine knows it by its own name alone."""
        return replace(self.picture.members[name], names=(one.name,), labels=one.labels)

    def each(self) -> Iterator[One]:
        """Every running container of the stack by itself."""
        for name, some in self.ours.items():
            for one in some:
                alone = self._drawn([self._seen(name, one)]).members[name]
                yield One(container=one.name, service=name, member=alone)

    def publishers(self) -> Iterator[Publisher]:
        """Others that hold ports of the host, wherever they stand."""
        for one in self.alive.values():
            if not self._is_ours(one) and one.openings:
                bindings = tuple(
                    Binding(
                        target=each.target,
                        protocol=each.protocol,
                        host_ip=each.host_ip,
                        host_ports=(each.host_port, each.host_port),
                    )
                    for each in one.openings
                )
                yield Publisher(container=one.name, bindings=bindings)

    def idle(self) -> Iterator[tuple[str, str]]:
        """Services of which fewer containers run than the file says, but for jobs that are done."""
        for name, some in self.ours.items():
            units = [unit for unit in self.desired.units.values() if unit.address.name == name]
            resting = [one for one in self.survey.sightings if not one.runs and _is_of(one, name)]
            done = sum(one.exit_code == 0 and one.status is Status.EXITED for one in resting)
            jobs = any(unit.job for unit in units)
            wanted = sum(int(unit.spec.get("replicas", 1)) for unit in units)
            if len(some) + (done if jobs else 0) < wanted:
                how = [f"{one.name} is {_state(one)}" for one in resting]
                yield name, "; ".join([f"{len(some)} of {wanted} run", *how])

    def stranded(self) -> Iterator[tuple[str, str]]:
        """Who lives in a network stack that died with its holder."""
        for some in ({name: [one] for name, one in self.others.items()}, self.ours):
            for name, those in some.items():
                for one in those:
                    if why := self._why_stranded(one):
                        yield name, why

    def _why_stranded(self, one: Sighting) -> str:
        """Rule 24: the holder must run, and not have been started again since."""
        if one.shares is None:
            return ""
        holder = self.alive.get(one.shares)
        if holder is None:
            return f"{one.name} shares the network of a container that does not run"
        if one.started_at and holder.started_at and _moment(one) < _moment(holder):
            return f"{holder.name} was started again after {one.name}, which kept the old network stack"
        return ""

    def remade(self) -> Iterator[tuple[str, str]]:
        """Networks of the stack that somebody else made, or of which there are several."""
        for name, segment in self.said.segments.items():
            there = [one for one in self.survey.networks if one.name == segment.engine_name]
            lost = [one.name for one in self.survey.sightings if segment.engine_name in one.adrift]
            if segment.external or segment.path == () or not there:
                continue
            if len(there) > 1:
                yield name, f"there are {len(there)} networks called {segment.engine_name}"
            elif not there[0].ours:
                yield name, f"{segment.engine_name} does not carry the labels of this stack"
            elif lost:
                yield name, f"{', '.join(lost)} still refers to the one that is gone"


def stranger_name(one: Sighting, members: Container[str]) -> str:
    """What pictures call a container of others, all tasks of one service alike."""
    name = one.service or one.name
    return f"container:{name}" if name in members else name


def _service(one: Sighting) -> str:
    return one.address.name if one.address else ""


def _is_of(one: Sighting, service: str) -> bool:
    return one.address is not None and one.address.name == service


def _state(one: Sighting) -> str:
    return f"exited ({one.exit_code})" if one.status is Status.EXITED else one.status.value


def _moment(one: Sighting) -> tuple[str, str]:
    """When it was started; the engine writes as many digits of a second as it takes."""
    seconds, _, fraction = one.started_at.removesuffix("Z").partition(".")
    return seconds, fraction.ljust(9, "0")


def _standing_on(network: str) -> Seen:
    return Seen(service="", name="", spec={"networks": {network: {}}})


def _addressed(segment: Segment, network: SeenNetwork | None) -> Segment:
    """With the host's address on it, as the engine gave it."""
    if network is None:
        return segment
    return replace(
        segment,
        subnet=next((one for one in network.subnets if ":" not in one), None),
        gateway=next((one for one in network.gateways if ":" not in one), None),
    )


def _like(there: Member, said: Member) -> Member:
    """What runs, each part with the place in the file that says it, where one does."""
    paths = {(one.target, one.protocol): one.path for one in said.bindings}
    why = {one.text: one.path for one in said.taints}
    return replace(
        there,
        path=said.path,
        joints={
            name: replace(joint, path=said.joints[name].path if name in said.joints else ())
            for name, joint in there.joints.items()
        },
        bindings=tuple(
            replace(one, path=paths.get((one.target, one.protocol), said.path)) for one in there.bindings
        ),
        taints=tuple(Taint(text=one.text, path=why.get(one.text, said.path)) for one in there.taints),
    )

"""Picture → rows, lanes and arrows, before anything has a place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from msgspec import Struct, field

from cli.render.words import listed
from cli.report.graph import NetworkNode, Published, ServiceNode
from cli.report.picture import Change, Flow, Picture, Sort, State
from topology.graph import Place

HOST_LANE, OUTSIDE_LANE, OTHER_LANE = "=host", "=outside", "=other"
"""Lanes that are no network of the stack; the key of one that is begins with a colon."""
SPECIAL = {
    HOST_LANE: ("the host's network", "everything in reach"),
    OUTSIDE_LANE: ("somebody else's", "not of this stack"),
    OTHER_LANE: ("other ways", "no common network"),
}
ALIKE = 3
"""Characters that names have in common at least, if they are called by those."""
MODES = {"host": HOST_LANE, "shared": OUTSIDE_LANE, "unknown": OUTSIDE_LANE}


class Gate(Struct, frozen=True, kw_only=True):
    """A way past the edge of the stack: a published port, or what a claim forbids. `place`: world or host."""

    text: str
    place: str
    outward: bool = False
    broken: bool = False
    waived: bool = False
    change: Change | None = None


class Row(Struct, frozen=True, kw_only=True):
    """A service, or several that are drawn as one. `joints` has its lanes with what became of each joint.

    `partly` are the lanes that only some of the services are on; `inside` is the row whose network stack
    it lives in.
    """

    key: str
    services: tuple[str, ...]
    replicas: int
    image: str
    joints: Mapping[str, Change | None]
    partly: frozenset[str] = frozenset()
    gates: tuple[Gate, ...] = ()
    taints: tuple[str, ...] = ()
    addresses: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    inside: str | None = None
    mode: str = "networks"
    change: Change | None = None
    detail: str = ""
    state: State | None = None

    @property
    def stands_out(self) -> bool:
        """Has something to show that a service among many must not lose."""
        return bool(self.gates or self.taints or (self.state and not self.state.is_fine))

    @property
    def title(self) -> str:
        return self.services[0] if len(self.services) == 1 else pattern(self.services)


class Lane(Struct, frozen=True, kw_only=True):
    """A network, or several that are drawn as one. `excess` counts ordered pairs without need."""

    key: str
    networks: tuple[str, ...]
    note: str = ""
    internal: bool = False
    excess: int = 0
    waived: bool = False
    change: Change | None = None
    detail: str = ""

    @property
    def title(self) -> str:
        if self.key in SPECIAL:
            return SPECIAL[self.key][0]
        return self.networks[0] if len(self.networks) == 1 else pattern(self.networks)


class Arrow(Struct, frozen=True, kw_only=True):
    """A pair of rows within a lane; `text` says whom it is about and why, `count` how many it stands for."""

    sort: Sort
    source: str
    target: str
    lane: str
    text: str
    count: int = 1
    both: bool = False
    waived: bool = False
    change: Change | None = None


class Bracket(Struct, frozen=True, kw_only=True):
    """Rows among which a lane opens too many pairs to draw each."""

    lane: str
    rows: tuple[str, ...]
    text: str
    waived: bool = False


class Scene(Struct, frozen=True, kw_only=True):
    """All that is drawn."""

    rows: tuple[Row, ...]
    lanes: tuple[Lane, ...]
    arrows: tuple[Arrow, ...]
    brackets: tuple[Bracket, ...]
    runs: bool = False
    """Whether changes are what is another than the file says."""


def pattern(names: tuple[str, ...]) -> str:
    """What several names have in common, as in `team*-web`; else the first and how many more."""
    start = _shared(names)
    end = min(_shared([name[::-1] for name in names]), *(len(name) - start for name in names))
    if start + end < ALIKE:
        return f"{names[0]} and {len(names) - 1} more"
    return f"{names[0][:start]}*{names[0][len(names[0]) - end :]}"


def _shared(names: Sequence[str]) -> int:
    """How many characters all of them begin with."""
    low, high = min(names), max(names)
    return next((at for at, pair in enumerate(zip(low, high, strict=False)) if pair[0] != pair[1]), len(low))


def scene(picture: Picture) -> Scene:
    """The picture with every service in a row and every network in a lane of its own."""
    homes = {lodger: one.name for one in picture.graph.services for lodger in one.lodgers}
    broken = tuple(flow for flow in picture.flows if flow.sort is Sort.BROKEN)
    rows = tuple(_row(picture, one, homes, broken) for one in picture.graph.services)
    arrows = tuple(_arrows(picture.flows, homes))
    used = {lane for row in rows for lane in row.joints} | {one.lane for one in arrows}
    lanes = (
        *(_lane(picture, one) for one in picture.graph.networks),
        *(Lane(key=key, networks=(), note=note) for key, (_, note) in SPECIAL.items() if key in used),
    )
    brackets = tuple(
        Bracket(
            lane=lane_key(one.network),
            rows=tuple(dict.fromkeys(homes.get(name, name) for name in one.services)),
            text=f"{one.network}: {one.pairs:,} pairs reach each other without need",
            waived=bool(one.waived),
        )
        for one in picture.excess
        if not any(flow.sort is Sort.EXCESS and flow.network == one.network for flow in picture.flows)
    )
    runs = picture.status is not None
    return Scene(rows=rows, lanes=lanes, arrows=arrows, brackets=brackets, runs=runs)


def lane_key(network: str) -> str:
    return f":{network}"


def _row(picture: Picture, service: ServiceNode, homes: Mapping[str, str], broken: tuple[Flow, ...]) -> Row:
    return Row(
        key=service.name,
        services=(service.name,),
        replicas=service.replicas,
        image=service.image or "",
        joints=MappingProxyType(dict(_joints(picture, service, is_lodged=service.name in homes))),
        gates=tuple(_gates(picture, service, broken)),
        taints=picture.taints.get(service.name, ()),
        addresses=MappingProxyType(
            {
                lane_key(name): held
                for name in service.networks
                if (held := picture.addresses.get((service.name, name)))
            }
        ),
        inside=homes.get(service.name),
        mode=service.mode,
        change=picture.changes.get(("service", service.name)),
        detail=picture.details.get(("service", service.name), ""),
        state=picture.states.get(service.name),
    )


def _joints(
    picture: Picture, service: ServiceNode, *, is_lodged: bool
) -> Iterator[tuple[str, Change | None]]:
    if service.mode in MODES and not is_lodged:
        yield MODES[service.mode], None
    for name in service.networks:
        yield lane_key(name), picture.changes.get(("joint", service.name, name))


def _gates(picture: Picture, service: ServiceNode, broken: tuple[Flow, ...]) -> Iterator[Gate]:
    entering = [flow for flow in broken if flow.target == service.name and not isinstance(flow.source, str)]
    for port in service.ports:
        yield _gate(picture, service.name, port, entering)
    gated = {id(flow) for port in service.ports for flow in _against(port, entering)}
    ways = {flow.source: flow for flow in entering if id(flow) not in gated}
    for place, flow in ways.items():
        if isinstance(place, Place):
            yield _breach("can get in", place, flow)
    for flow in broken:
        if flow.source == service.name and isinstance(flow.target, Place):
            yield _breach("can get out", flow.target, flow, outward=True)


def _breach(text: str, place: Place, flow: Flow, *, outward: bool = False) -> Gate:
    """What a claim forbids, where no published port shows it."""
    return Gate(
        text=text,
        place=place.value,
        outward=outward,
        broken=True,
        waived=bool(flow.waived),
        change=flow.change,
    )


def _gate(picture: Picture, name: str, port: Published, entering: list[Flow]) -> Gate:
    against = _against(port, entering)
    return Gate(
        text=port.text.replace("->", "→"),
        place=_place(port).value,
        broken=bool(against),
        waived=bool(against) and all(flow.waived for flow in against),
        change=picture.changes.get(("port", name, port.text)),
    )


def _place(port: Published) -> Place:
    return Place.HOST if port.is_local else Place.WORLD


def _against(port: Published, entering: list[Flow]) -> list[Flow]:
    """The claims that this very port breaks."""
    return [
        flow
        for flow in entering
        if flow.source is _place(port)
        and (flow.port is None or (flow.port.number, flow.port.protocol) == (port.target, port.protocol))
    ]


def _lane(picture: Picture, network: NetworkNode) -> Lane:
    excess = [one for one in picture.excess if one.network == network.name]
    words = [network.driver, *(["internal"] if network.internal else [])]
    words += [*(["external"] if network.external else []), *([network.subnet] if network.subnet else [])]
    return Lane(
        key=lane_key(network.name),
        networks=(network.name,),
        note=" · ".join(words),
        internal=network.internal,
        excess=sum(one.pairs for one in excess),
        waived=bool(excess) and all(one.waived for one in excess),
        change=picture.changes.get(("network", network.name)),
        detail=picture.details.get(("network", network.name), ""),
    )


def _arrows(flows: Iterable[Flow], homes: Mapping[str, str]) -> Iterator[Arrow]:
    """Between the rows that hold network stacks; what stays within one stack needs no network."""
    for flow in flows:
        if not (isinstance(flow.source, str) and isinstance(flow.target, str)):
            continue
        source, target = homes.get(flow.source, flow.source), homes.get(flow.target, flow.target)
        if source != target:
            yield Arrow(
                sort=flow.sort,
                source=source,
                target=target,
                lane=lane_key(flow.network) if flow.network else OTHER_LANE,
                text=_words(flow),
                both=flow.both,
                waived=bool(flow.waived),
                change=flow.change,
            )


def _words(flow: Flow) -> str:
    pair = f"{flow.source} {'↔' if flow.both else '→'} {flow.target}"
    says = {
        Sort.LINK: "is linked",
        Sort.ORDER: "waits for it (depends_on)",
        Sort.EXCESS: "open without need",
        Sort.BROKEN: f"breaks the claim {flow.text}",
    }[flow.sort]
    more = [flow.text] if flow.text and flow.sort is Sort.LINK else []
    waived = [f"waived: {flow.waived}"] if flow.waived else []
    return f"{pair}: {listed([says, *more, *waived], 'and')}"

"""The words beside a verdict: why there is no way, and what it rests on that no engine reports."""

from __future__ import annotations

from collections.abc import Iterator

from topology.graph import HOST, Mode, Place, Standing
from topology.reach.question import Question, between, is_admin
from topology.reach.verdict import EVERY_NODE, Answer, End, Kind, Route, named


def why_not(ask: Question) -> tuple[str, ...]:
    """Reasons for NO, the shortest that a person can check against the file."""
    if ask.target is Place.WORLD:
        return (_confined(ask),)
    if ask.source is Place.WORLD:
        return (_unpublished(ask),)
    for end, standing in ((ask.source, ask.a), (ask.target, ask.b)):
        if standing.mode is Mode.NONE:
            return (_nowhere(ask, end),)
    if HOST in (ask.a.holder, ask.b.holder):
        return (f"{_no_address(ask)} gives the host no address",)
    return (_apart(ask), _unpublished(ask))


def _confined(ask: Question) -> str:
    if ask.a.mode is Mode.NONE:
        return _nowhere(ask, ask.source)
    if ask.a.gateway:
        return (
            f"{named(ask.source)}'s default route leads to {ask.a.gateway}, which gives the host no address"
        )
    return f"{named(ask.source)} is only on internal networks ({listed(ask.a.order)})"


def _nowhere(ask: Question, end: End) -> str:
    member = ask.topology.members.get(end) if isinstance(end, str) else None
    return f"{named(end)} {'does not run' if member and not member.replicas else 'has no network'}"


def _shut_in(ask: Question) -> str:
    if ask.a.gateway:
        return f"{named(ask.source)} is on no network that leads to published ports"
    return f"{named(ask.source)} is only on internal networks, which lead to no published port"


def _apart(ask: Question) -> str:
    """Why no network joins them."""
    common = sorted(set(ask.a.order) & set(ask.b.order))
    if common:
        return f"on {listed(common)} containers may not talk to each other (enable_icc=false)"
    return "no common network"


def _unpublished(ask: Question) -> str:
    """Why no published port leads there."""
    target = named(ask.target)
    if not ask.b.doors:
        dropped = ask.topology.members[ask.topology.holders[target].name].bindings
        if dropped and ask.b.gateway and ask.topology.segment(ask.b.gateway).is_bridge:
            return f"what {target} publishes leads nowhere: {ask.b.gateway} gives the host no address"
        if dropped:
            return f"what {target} publishes is dropped: it has no network that can carry a published port"
        return f"{target} publishes nothing"
    if not any(ask.asks_for(door.binding.target, door.binding.protocol) for door in ask.b.doors):
        return f"{target} does not publish {ask.port}/{ask.protocol}"
    if not ask.b.is_open:
        return f"{target} publishes only to the host itself"
    if ask.source is not Place.WORLD and not ask.a.gates:
        return _shut_in(ask)
    return f"the address that {target} publishes on cannot be opened from {named(ask.source)}"


def _no_address(ask: Question) -> str:
    return listed(ask.a.order or ask.b.order)


def assumed(ask: Question, answer: Answer, routes: tuple[Route, ...]) -> Iterator[str]:
    """What this verdict rests on; nothing that would not change it."""
    settings = ask.topology.assumptions
    if _turns_on_proxy(ask, routes):
        yield f"the userland proxy is {'on' if settings.userland_proxy else 'off'}"
    if _turns_on_netfilter(ask, answer, routes):
        yield f"bridge netfilter is {'on' if settings.bridge_netfilter else 'off'}"
    if _turns_on_policy(ask, answer):
        yield "the firewall's FORWARD policy is DROP"
    if _turns_on_version(ask, answer, routes):
        yield f"the engine is {settings.engine}"
    for name in sorted(_external(ask)):
        kind = "overlay" if ask.topology.segments[name].is_overlay else "bridge"
        yield f"the external network {name} is an ordinary {kind}"
    yield from _undemonstrated(ask, routes)
    if answer is Answer.NO and ask.source is HOST:
        yield "the programs of the host are not root: root can enter any container"


def _undemonstrated(ask: Question, routes: tuple[Route, ...]) -> Iterator[str]:
    """What is the documentation's word alone (cases 21a and 21i)."""
    sure = [route for route in routes if route.certain]
    if sure and all(route.address == EVERY_NODE for route in sure):
        yield "the nodes have IPVS, and the routing mesh works as Docker documents it"
    used = {str(route.network) for route in sure}
    if used and all(name in ask.topology.segments and ask.topology.segments[name].encrypted for name in used):
        yield "the nodes have ESP, and encrypted overlays work as Docker documents it"


def _turns_on_proxy(ask: Question, routes: tuple[Route, ...]) -> bool:
    """Only a published port between containers knows the proxy, and only before 29.0 (case 6k)."""
    if ask.a.mode is not Mode.NETWORKS or ask.topology.assumptions.engine.publishes_across_without_proxy:
        return False
    if routes and all(route.address == EVERY_NODE for route in routes):
        return False
    kinds = {route.kind for route in routes}
    if Kind.PUBLISHED in kinds:
        return kinds == {Kind.PUBLISHED}
    return not kinds and bool(ask.a.gates) and ask.b.is_open


def _turns_on_netfilter(ask: Question, answer: Answer, routes: tuple[Route, ...]) -> bool:
    """Without it enable_icc=false is void (case 7f) and members forward for each other (4d and 4e)."""
    silent = {name for name in ask.a.order if not ask.topology.segments[name].icc} & set(ask.b.order)
    if answer is Answer.YES:
        return bool(silent) and {route.network for route in routes if route.certain} <= silent
    forwards = ask.topology.assumptions.engine.drops_forwarding_members and is_admin(ask, ask.source)
    return bool(silent) or (forwards and any(True for _ in between(ask)))


def _turns_on_policy(ask: Question, answer: Answer) -> bool:
    """Before 28.0 a neighbour with a route reaches every port where the policy is ACCEPT (case 6o)."""
    guarded = ask.topology.assumptions.engine.guards_container_addresses
    return answer is not Answer.YES and ask.source is Place.WORLD and not guarded and bool(ask.b.gateway)


def _turns_on_version(ask: Question, answer: Answer, routes: tuple[Route, ...]) -> bool:
    if ask.topology.assumptions.observed:
        return False
    if answer is not Answer.NO:
        return any(route.kind in {Kind.IPV6, Kind.ROUTED, Kind.FORWARDED} for route in routes)
    return any(_by_version(ask, standing) for standing in (ask.a, ask.b)) or _is_newly_closed(ask)


def _is_newly_closed(ask: Question) -> bool:
    """Older engines leave a way, or a doubt, that newer ones do not (cases 4e, 6n, 6v and 16g)."""
    if ask.source is Place.WORLD:
        return bool(ask.b.doors)
    member = ask.topology.members.get(named(ask.source))
    woken = member is not None and member.wakes_ipv6 and bool(ask.b.doors)
    forwards = is_admin(ask, ask.source) and any(True for _ in between(ask))
    return woken or forwards or (ask.protocol == "udp" and any(door.singled for door in ask.b.doors))


def _by_version(ask: Question, standing: Standing) -> bool:
    """This stack has something that an older or a newer engine treats otherwise."""
    segments = [ask.topology.segments[name] for name in standing.order]
    return any(one.ipv6 or one.gateway_mode != "nat" or one.gateway_mode_ipv6 != "nat" for one in segments)


def _external(ask: Question) -> set[str]:
    segments = ask.topology.segments
    return {name for name in (*ask.a.order, *ask.b.order) if segments[name].external}


def listed(words: tuple[str, ...] | list[str], last: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"

"""What must hold of reach in every world."""

from __future__ import annotations

from itertools import pairwise, permutations

from hypothesis import given
from hypothesis import strategies as st

from tests.support import oracle
from tests.support.worlds import SERVICES, bridges, stacks
from topology import relay
from topology.graph import HOST, HOST_NETWORK, WORLD, Mode, Place, Topology, topology_of
from topology.models import Attachment, Network, Stack
from topology.reach import (
    Answer,
    End,
    Kind,
    Route,
    answer,
    blast_radius,
    chain_answer,
    difference,
    pairs,
    reach,
    upstream,
)
from topology.reach.reaching import certain_routes
from topology.rules.needs import excesses, needs_of

PORTS = st.sampled_from([None, 80, 5432])


def ends(topology: Topology) -> list[End]:
    return [*topology.members, WORLD, HOST]


def unsure(topology: Topology, name: str) -> bool:
    """What makes a NO unprovable in a plain world: the host's network, or somebody unknown's."""
    return topology.standings[name].mode in {Mode.HOST, Mode.UNKNOWN}


@given(stack=stacks(plain=True), port=PORTS)
def test_the_model_agrees_with_a_plain_reading_of_the_rules(stack: Stack, port: int | None) -> None:
    topology = topology_of(stack)
    for a, b in permutations(stack.services, 2):
        found = reach(topology, a, b, port).answer
        if Mode.UNKNOWN in {topology.standings[a].mode, topology.standings[b].mode}:
            assert found is not Answer.NO
            continue
        told = oracle.reaches(stack, a, b, port)
        expected = Answer.UNPROVABLE if unsure(topology, a) or told is None else Answer.NO
        assert found is (Answer.YES if told else expected)


@given(stack=stacks(), port=PORTS, protocol=st.sampled_from(["tcp", "udp"]))
def test_the_quick_answer_is_that_of_the_verdict(stack: Stack, port: int | None, protocol: str) -> None:
    topology = topology_of(stack)
    for a, b in permutations(ends(topology), 2):
        verdict = reach(topology, a, b, port, protocol)
        assert answer(topology, a, b, port, protocol) is verdict.answer
        assert verdict.text
        certain = tuple(route for route in verdict.routes if route.certain)
        assert (verdict.answer is Answer.YES) == bool(certain)
        assert port or certain_routes(topology, a, b) == certain
        assert bool(verdict.reasons) == (verdict.answer is not Answer.YES)


@given(stack=stacks(), network=bridges(), data=st.data())
def test_joining_one_more_bridge_takes_no_path_away(
    stack: Stack, network: Network, data: st.DataObject
) -> None:
    attached = [name for name, one in stack.services.items() if one.network_mode is None]
    if not attached:
        return
    joiner = data.draw(st.sampled_from(attached))
    stack = with_networks(stack, zz=network, yy=network)
    stack = joined(stack, data.draw(st.sampled_from(sorted(stack.services))), "yy")
    before, after = topology_of(stack), topology_of(joined(stack, joiner, "zz"))
    for a, b in permutations(ends(before), 2):
        if answer(before, a, b) is Answer.YES:
            assert answer(after, a, b) is Answer.YES
        if answer(after, a, b) is Answer.NO:
            assert answer(before, a, b) is Answer.NO


def with_networks(stack: Stack, **networks: Network) -> Stack:
    return stack.model_copy(update={"networks": stack.networks | networks})


def joined(stack: Stack, name: str, network: str) -> Stack:
    service = stack.services[name]
    if service.network_mode is not None:
        return stack
    more = service.model_copy(update={"networks": {**service.networks, network: Attachment()}})
    return stack.model_copy(update={"services": stack.services | {name: more}})


@given(stack=stacks())
def test_direct_reach_goes_both_ways(stack: Stack) -> None:
    topology = topology_of(stack)
    for a, b in permutations(topology.members, 2):
        assert direct(topology, a, b) == direct(topology, b, a)


def direct(topology: Topology, a: str, b: str) -> list[str | None]:
    return [one.network for one in reach(topology, a, b).routes if one.kind in {Kind.DIRECT, Kind.SAME_STACK}]


@given(stack=stacks())
def test_every_route_is_there_in_the_file(stack: Stack) -> None:
    topology = topology_of(stack)
    for a, b in permutations(ends(topology), 2):
        for route in reach(topology, a, b).routes:
            assert route.text
            assert is_real(stack, route), route.text


def is_real(stack: Stack, route: Route) -> bool:
    source, target = oracle_owner(stack, route.source), oracle_owner(stack, route.target)
    match route.kind:
        case Kind.DIRECT:
            return all(is_on(stack, str(one), route.network) for one in (source, target))
        case Kind.ROUTED if route.port is None:  # of a network that is said to be open to others
            return bool(route.doubt) and is_on(stack, str(target), route.network)
        case Kind.PUBLISHED | Kind.ROUTED:
            return any(one.target == route.port for one in stack.services[str(target)].ports)
        case Kind.HOST:
            return source == "host" and is_on(stack, str(target), route.network)
        case Kind.TO_HOST:
            return target == "host" and (source == "world" or is_on(stack, str(source), route.network))
        case Kind.SAME_STACK:
            return source == target
        case _:
            return True


def is_on(stack: Stack, name: str, network: str | None) -> bool:
    """By the file, or by what a Swarm adds to it."""
    service, swarm = stack.services[name], stack.engine == "swarm"
    meshed = swarm and any(port.mode == "ingress" for port in service.ports)
    usual = "overlay" if swarm else "bridge"
    joined = [stack.networks[key] for key in service.networks]
    outward = any((one.driver or usual) == "overlay" and not one.internal for one in joined)
    added = {"docker_gwbridge": meshed or outward, "ingress": meshed}
    return network in service.networks or added.get(str(network), False)


def oracle_owner(stack: Stack, name: str) -> str | None:
    return oracle.owner(stack, name) if name in stack.services else name


@given(stack=stacks())
def test_the_groups_hold_each_pair_that_surely_reaches(stack: Stack) -> None:
    topology = topology_of(stack)
    expected = {(a, b) for a, b in permutations(topology.members, 2) if answer(topology, a, b) is Answer.YES}
    found = pairs(topology)
    assert set(found) == expected
    assert len(found) == len(expected) == len(list(found))


@given(stack=stacks())
def test_chains_are_what_single_steps_add_up_to(stack: Stack) -> None:
    topology = topology_of(stack)
    for source in ends(topology):
        reached = closure(topology, source)
        assert set(blast_radius(topology, source).hops) == reached - {source}


def closure(topology: Topology, source: End) -> set[End]:
    found: set[End] = {source}
    todo = [source]
    while todo:
        here = todo.pop()
        for other in topology.members:
            if other not in found and answer(topology, here, other) is Answer.YES:
                found.add(other)
                todo.append(other)
    return found


@given(stack=stacks(), port=PORTS)
def test_walking_back_finds_whoever_a_chain_leads_from(stack: Stack, port: int | None) -> None:
    topology = topology_of(stack)
    for target in topology.members:
        above = upstream(topology, target, port)
        ends: tuple[str | Place, ...] = (*topology.members, WORLD)
        for source in ends:
            if source == target:
                continue
            found, routes, _ = chain_answer(topology, source, target, port)
            assert (source in above.certain) == (found is Answer.YES)
            if source not in above.certain | above.doubtful:
                assert found is Answer.NO
            assert all(one.target == other.source for one, other in pairwise(routes))


@given(stack=stacks(), ways=st.dictionaries(*[st.sampled_from(SERVICES)] * 2, max_size=2), port=PORTS)
def test_a_chain_goes_through_a_relay_to_its_one_port_only(
    stack: Stack, ways: dict[str, str], port: int | None
) -> None:
    topology = topology_of(relaying(stack, ways))
    for source, target in permutations(topology.members, 2):
        found, routes, _ = chain_answer(topology, source, target, port)
        assert (found is Answer.YES) == (source in chained(topology, target, port))
        assert (source in upstream(topology, target, port).certain) == (found is Answer.YES)
        for route in routes[1:]:
            if route.source in topology.relays:
                assert route.target in topology.relays[route.source]


def relaying(stack: Stack, ways: dict[str, str]) -> Stack:
    """With some of its services made relays to port 5432 of others."""
    made = {
        name: stack.services[name].model_copy(
            update={"entrypoint": (relay.PROGRAM,), "command": relay.command("5432", to)}
        )
        for name, to in ways.items()
        if name in stack.services
    }
    return stack.model_copy(update={"services": {**stack.services, **made}})


def chained(topology: Topology, target: str, port: int | None) -> set[str]:
    """Who reaches a target through others, one step back after the other."""

    def sure(source: str, end: str, at: int | None = None) -> bool:
        return source != end and answer(topology, source, end, at) is Answer.YES

    def passes(name: str, end: str) -> bool:
        leads = topology.relays.get(name)
        return leads is None or (end in leads and (end != target or port in {None, 5432}))

    alone = topology.residents(topology.holders[target].name) == (target,)
    on_host = topology.standings[target].mode is Mode.HOST and topology.on_host != (target,)
    others = [one for one in topology.members if one != target or not alone or on_host]
    found = {name for name in topology.members if sure(name, target, port)}
    todo = [name for name in found if passes(name, target)]
    on_the_way = set(todo)
    while todo:
        there = todo.pop()
        before = {name for name in topology.members if sure(name, there)}
        found |= before
        more = [name for name in others if name in before - on_the_way and passes(name, there)]
        todo += more
        on_the_way.update(more)
    return found - {target}


@given(stack=stacks())
def test_chains_never_call_a_direct_doubt_a_no(stack: Stack) -> None:
    topology = topology_of(stack)
    for source, target in permutations(topology.members, 2):
        if answer(topology, source, target) is not Answer.NO:
            assert chain_answer(topology, source, target)[0] is not Answer.NO


@given(old=stacks(), new=stacks())
def test_a_difference_names_each_pair_that_came_or_went(old: Stack, new: Stack) -> None:
    new = new.model_copy(update={"policy": old.policy})
    before, after = topology_of(old), topology_of(new)
    found = difference(before, after)
    gained = {(one.source, one.target) for one in found.gained}
    lost = {(one.source, one.target) for one in found.lost}
    ends: tuple[str | Place, ...] = (*SERVICES, WORLD)
    for a, b in permutations(ends, 2):
        was, now = sure(before, a, b), sure(after, a, b)
        assert not (now and not was) or (a, b) in gained
        assert not (was and not now) or (a, b) in lost
        assert (a, b) not in gained or now
        assert (a, b) not in lost or was
    assert not difference(before, before)


def sure(topology: Topology, a: End, b: End) -> bool:
    known = all(not isinstance(end, str) or end in topology.members for end in (a, b))
    return known and answer(topology, a, b) is Answer.YES


@given(stack=stacks(plain=True))
def test_excess_is_counted_as_if_listed(stack: Stack) -> None:
    topology = topology_of(stack)
    needs = needs_of(topology)
    for one in excesses(topology, needs):
        listed = [pair for pair in permutations(one.holders, 2) if pair not in needs.wanted]
        assert one.pairs + len(one.back) == len(listed)


@given(stack=stacks())
def test_what_is_tainted_is_never_proved_harmless(stack: Stack) -> None:
    topology = topology_of(stack)
    for name, member in topology.members.items():
        if member.taints or topology.standings[name].mode is Mode.HOST:
            found = {answer(topology, name, other) for other in ends(topology) if other != name}
            assert Answer.NO not in found
    assert HOST_NETWORK not in {
        taint.text for m in topology.members.values() if m.mode is Mode.NONE for taint in m.taints
    }

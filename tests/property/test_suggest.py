"""A suggestion opens what services need, nothing else that networks could close, and the same way out."""

from __future__ import annotations

from itertools import product

from hypothesis import assume, given
from hypothesis import strategies as st

from tests.support.worlds import stacks
from topology.graph import WORLD, Mode, Topology, topology_of
from topology.models import Attachment, Dependency, Link, Network, Service, Stack
from topology.reach import Answer, answer
from topology.rules.needs import needs_of
from topology.suggest import Suggestion, suggest
from topology.suggest.layout import is_fixed


@st.composite
def needy(draw: st.DrawFn, *, plain: bool = False) -> Stack:
    """A stack whose services say what they need; a network may be external."""
    drawn = draw(stacks(plain=plain))
    names = list(drawn.services)
    services = {}
    for name, service in drawn.services.items():
        others = [other for other in names if other != name]
        links = draw(st.lists(st.sampled_from(others), unique=True, max_size=2))
        after = draw(st.lists(st.sampled_from(others), unique=True, max_size=1))
        services[name] = service.model_copy(
            update={
                "links": tuple(Link(service=other, alias=other) for other in links),
                "depends_on": {other: Dependency() for other in after},
                "networks": {key: Attachment(aliases=draw(_ALIASES)) for key in service.networks},
            }
        )
    external = draw(st.sampled_from([None, None, "n1"])) if not plain else None
    networks = drawn.networks | ({external: Network(external=True)} if external else {})
    return drawn.model_copy(update={"services": services, "networks": networks})


_ALIASES = st.lists(st.sampled_from(["x", "y"]), unique=True).map(tuple)


def suggested(stack: Stack) -> Suggestion:
    made = suggest(stack)
    assume(made is not None)
    assert made is not None
    return made


def movable(topology: Topology) -> list[str]:
    """Services with a network stack and networks of their own, none of which stays as it is."""
    return [
        name
        for name, member in topology.members.items()
        if member.mode is Mode.NETWORKS and not any(is_fixed(topology, network) for network in member.joints)
    ]


@given(needy())
def test_those_who_need_each_other_meet(stack: Stack) -> None:
    made = suggested(stack)
    before, after = topology_of(stack), topology_of(made.stack)
    for source, target in needs_of(before).wanted:
        if source in movable(before) and target in movable(before) and source != target:
            assert after.standings[source].peers & after.standings[target].peers


@given(needy())
def test_those_who_need_each_other_keep_the_names_they_used(stack: Stack) -> None:
    before, after = topology_of(stack), topology_of(suggested(stack).stack)
    for source, target in needs_of(before).wanted:
        if source in movable(before) and target in movable(before) and source != target:
            assert shared_aliases(before, source, target) <= shared_aliases(after, source, target)


def shared_aliases(topology: Topology, source: str, target: str) -> set[str]:
    """The aliases of a target that hold on a network with a source."""
    joints = topology.members[target].joints
    common = joints.keys() & topology.members[source].joints.keys()
    return {alias for network in common for alias in joints[network].aliases}


@given(needy())
def test_no_others_meet_unless_it_says_why(stack: Stack) -> None:
    made = suggested(stack)
    after, wanted = topology_of(made.stack), needs_of(topology_of(stack)).wanted
    told = {pair for stay in made.stays for pair in stay.pairs}
    for source, target in product(after.members, repeat=2):
        pair = after.holders[source].name, after.holders[target].name
        asked = pair in wanted or pair[::-1] in wanted
        if source != target and not asked and answer(after, source, target) is Answer.YES:
            assert (source, target) in told


@given(needy(plain=True))
def test_on_plain_networks_nothing_is_left_but_what_the_host_opens(stack: Stack) -> None:
    made = suggested(stack)
    hosts = sum(len(stay.pairs) for stay in made.stays if "host's network" in stay.why)
    if not any(is_fixed(topology_of(stack), name) for name in stack.networks):
        assert made.after.excess <= hosts


@given(needy())
def test_nobody_gains_or_loses_the_way_beyond_the_host(stack: Stack) -> None:
    made = suggested(stack)
    before, after = topology_of(stack), topology_of(made.stack)
    for name in before.members:
        assert (before.standings[name].exit is None) == (after.standings[name].exit is None)
    for name in before.members:
        opened = answer(before, WORLD, name) is Answer.YES
        holder = before.holders[name].name
        noted = any(note.startswith(f"what {holder} publishes") for note in made.notes)
        assert noted or (answer(after, WORLD, name) is Answer.YES) == opened


@given(needy())
def test_it_has_nothing_to_add_to_itself(stack: Stack) -> None:
    made = suggested(stack)
    again = suggested(made.stack)
    assert again.after == made.after
    assert {frozenset(net.members) for net in again.layout.nets} == {
        frozenset(net.members) for net in made.layout.nets
    }


@given(needy())
def test_a_service_on_no_network_stays_on_none(stack: Stack) -> None:
    made = suggested(stack)
    for name, service in made.stack.services.items():
        assert isinstance(service, Service)
        if stack.services[name].network_mode:
            assert service == stack.services[name]

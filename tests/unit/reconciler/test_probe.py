"""Proof by packets without any: what is tried, from where, and what each answer means."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import pytest
from msgspec import Struct, field

from reconciler.engines.memory import MemoryDaemon, containers
from reconciler.engines.standalone import Standalone
from reconciler.expand import expand
from reconciler.live import running
from reconciler.probe import asking, proc
from reconciler.probe.proof import Proof, proved
from reconciler.probe.seam import HOST, Call, Listener, Lookup, Place, Reply
from reconciler.survey import Survey
from tests.support.applying import converged
from topology.graph import Outcome, topology_of
from topology.models import Attachment, Expose, Link, Network, Policy, Port, Service, Stack

FRONT, BACK = Attachment(), Attachment(aliases=("store",))
STACK = Stack(
    name="shop",
    services={
        "a": Service(image="x", networks={"front": FRONT}, ports=(Port(target=80, published=(8080, 8080)),)),
        "b": Service(
            image="x",
            networks={"front": FRONT, "back": FRONT},
            links=(Link(service="c", alias="c"),),
            expose=(Expose(port=8000),),
        ),
        "c": Service(image="x", networks={"back": BACK}, expose=(Expose(port=5432),)),
    },
    networks={"front": Network(), "back": Network(internal=True)},
    policy=Policy(
        claims=(
            "a cannot reach c",
            "b can reach a on 80",
            "c cannot reach world",
            "host can reach c",
            "odd",
            "b can reach a on 53/udp",
            "b can reach a on 53/sctp",
            "world can reach a on 80",
        )
    ),
)


LISTENING = frozenset({Listener("", 80), Listener("", 5432)})


class Told(Struct):
    """A prober that says what it was told to, and remembers what it was asked."""

    survey: Survey
    reply: Callable[[Call], Reply] = lambda _call: Reply.TAKEN
    listening: frozenset[Listener] = LISTENING
    protocols: frozenset[str] = frozenset({"tcp", "udp"})
    called: list[Call] = field(default_factory=list)
    asked: list[Lookup] = field(default_factory=list)

    def listeners(self, places: Iterable[Place]) -> Mapping[Place, frozenset[Listener]]:
        return dict.fromkeys(places, self.listening)

    def calls(self, calls: Iterable[Call]) -> Mapping[Call, Reply]:
        self.called += calls
        return {call: self.reply(call) for call in self.called}

    def lookups(self, lookups: Iterable[Lookup]) -> Mapping[Lookup, tuple[str, ...]]:
        self.asked += lookups
        return {one: self._held(one) for one in self.asked}

    def host_addresses(self) -> tuple[str, ...]:
        return ("192.0.2.7", *(one for each in self.survey.networks for one in each.gateways))

    def _held(self, one: Lookup) -> tuple[str, ...]:
        near = next(each.seats for each in self.survey.sightings if each.id == one.place)
        seats = (each.seats[name] for each in self.survey.sightings for name in near if name in each.seats)
        return tuple(seat.addresses[0] for seat in seats if one.name in seat.names)


def proof(
    reply: Callable[[Call], Reply] = lambda _call: Reply.TAKEN,
    act: Callable[[MemoryDaemon], None] = lambda _daemon: None,
    listening: frozenset[Listener] = LISTENING,
    protocols: frozenset[str] = frozenset({"tcp", "udp"}),
) -> tuple[Proof, Told]:
    """The proof of STACK, applied on a model; `act` is done to it before."""
    daemon = MemoryDaemon(registry=lambda _name: {"Cmd": ["run"]})
    engine = Standalone(daemon)
    converged(engine, STACK)
    act(daemon)
    desired = expand(STACK, engine.traits)
    survey = engine.survey(desired)
    prober = Told(survey, reply, listening, protocols)
    return proved(STACK, running(topology_of(STACK), desired, survey), survey, prober), prober


def outcomes(
    found: Proof, source: str, target: str, through: str = "", protocol: str = "tcp"
) -> set[tuple[Outcome, bool | None]]:
    return {
        (one.outcome, one.reached)
        for one in found.probed
        if (one.source, one.target, one.protocol) == (source, target, protocol) and through in one.through
    }


def test_packets_go_only_to_what_the_engine_reports_and_to_the_host() -> None:
    _, prober = proof()
    seats = [seat for one in prober.survey.sightings for seat in one.seats.values()]
    held = {address for seat in seats for address in seat.addresses}
    gateways = {address for network in prober.survey.networks for address in network.gateways}
    assert prober.called
    assert {call.address for call in prober.called} <= held | gateways | {"192.0.2.7", "127.0.0.1"}
    assert {call.place for call in prober.called if call.address == "127.0.0.1"} <= {HOST}


def test_only_names_that_somebody_near_has_are_asked_for() -> None:
    _, prober = proof()
    names = {one.id: one.name for one in prober.survey.sightings}
    assert {(names[one.place], one.name) for one in prober.asked} == {
        ("shop-b-1", "a"),
        ("shop-b-1", "c"),
        ("shop-b-1", "store"),
    }


def test_each_claim_and_link_is_proved_and_what_cannot_be_is_told() -> None:
    found, _ = proof()
    assert {path for one in found.probed for path in one.paths} == {
        ("policy", "claims", 0),
        ("policy", "claims", 1),
        ("policy", "claims", 3),
        ("policy", "claims", 5),
        ("policy", "claims", 7),
        ("services", "b", "links", 0),
    }
    assert found.untried == (
        (("policy", "claims", 2), "c -> world: packets go to containers and this host only"),
        (("policy", "claims", 7), "world -> a: nobody here stands beyond this host"),
        (("policy", "claims", 6), "b -> a on 53/sctp: only TCP and UDP can be tried like this"),
    )


def test_what_is_published_is_shown_to_the_world_as_the_host_gets_it_and_proves_nothing() -> None:
    found, _ = proof(lambda _call: Reply.REFUSED)
    (one,) = (one for one in found.probed if one.source == "world")
    assert (one.caller, one.through, one.model, one.agrees) == (HOST, "192.0.2.7:8080", None, True)


@pytest.mark.parametrize(
    ("reply", "listening", "expected"),
    [
        (Reply.TAKEN, {53}, (Outcome.ANSWERED, True)),
        (Reply.REFUSED, {53}, (Outcome.REFUSED, False)),
        (Reply.REFUSED, set(), (Outcome.REFUSED, True)),
        (Reply.SILENCE, {53}, (Outcome.SILENT, None)),
        (Reply.SILENCE, set(), (Outcome.DROPPED, False)),
    ],
)
def test_silence_after_a_datagram_tells_something_only_where_nobody_listens(
    reply: Reply, listening: set[int], expected: tuple[Outcome, bool | None]
) -> None:
    there = frozenset(Listener("", port, "udp") for port in listening)
    found, _ = proof(lambda _call: reply, listening=there)
    assert outcomes(found, "b", "a", protocol="udp") == {expected}


def test_who_cannot_tell_what_becomes_of_a_datagram_sends_none() -> None:
    found, prober = proof(protocols=frozenset({"tcp"}))
    assert {call.protocol for call in prober.called} == {"tcp"}
    assert "b -> a on 53/udp: only TCP can be tried like this" in [text for _, text in found.untried]


def test_an_answer_against_the_model_disagrees() -> None:
    found, prober = proof()
    wrong = {(one.source, one.target, one.through) for one in found.probed if not one.agrees}
    (hidden,) = [one.seats["shop_back"].addresses[0] for one in prober.survey.sightings if "-c-" in one.name]
    (wall,) = [one.gateways[0] for one in prober.survey.networks if one.name == "shop_back"]
    assert wrong == {("a", "c", hidden), ("b", "a", f"{wall}:8080")}


@pytest.mark.parametrize(
    ("reply", "listening", "expected"),
    [
        (Reply.TAKEN, {5432}, (Outcome.ANSWERED, True)),
        (Reply.SILENCE, {5432}, (Outcome.DROPPED, False)),
        (Reply.REFUSED, set(), (Outcome.REFUSED, True)),
        (Reply.REFUSED, {5432}, (Outcome.REFUSED, False)),
    ],
)
def test_a_refusal_is_the_containers_own_only_where_nobody_listens(
    reply: Reply, listening: set[int], expected: tuple[Outcome, bool]
) -> None:
    found, _ = proof(lambda _call: reply, listening=frozenset(Listener("", port) for port in listening))
    assert outcomes(found, "b", "c") == {expected}


@pytest.mark.parametrize(
    ("reply", "listening", "expected"),
    [
        (Reply.TAKEN, {80}, (Outcome.ANSWERED, True)),
        (Reply.HUNG_UP, {80}, (Outcome.REFUSED, False)),
        (Reply.HUNG_UP, set(), (Outcome.REFUSED, True)),
        (Reply.REFUSED, set(), (Outcome.REFUSED, False)),
    ],
)
def test_who_takes_a_connection_at_a_published_port_may_not_be_the_container(
    reply: Reply, listening: set[int], expected: tuple[Outcome, bool]
) -> None:
    found, _ = proof(lambda _call: reply, listening=frozenset(Listener("", port) for port in listening))
    assert outcomes(found, "b", "a", ":8080") == {expected}


def test_a_paused_container_is_no_listener() -> None:
    def pause(daemon: MemoryDaemon) -> None:
        containers.pause(daemon.world.container("shop-c-1"))

    found, _ = proof(act=pause)
    assert outcomes(found, "b", "c") == {(Outcome.PAUSED, True)}


def test_what_does_not_run_is_not_tried() -> None:
    found, _ = proof(act=lambda daemon: daemon.stop("shop-c-1", 0))
    assert outcomes(found, "a", "c") == set()
    assert ("a -> c: c does not run") in [text for _, text in found.untried]


# The kernel's tables.

TCP = """\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid
   0: 0B00007F:AAE9 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 254684
   1: 00000000:1538 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 254685
   2: 0202800A:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 254686
   3: 0301800A:B6BA 0201800A:1538 06 00000000:00000000 03:00001641 00000000     0        0 0
"""
TCP6 = """\
  sl  local_address                         remote_address                        st tx_queue rx_queue tr
   0: 00000000000000000000000000000000:1F90 00000000000000000000000000000000:0000 0A 00000000:00000000 00:0
   1: 00000000000000000000000001000000:0016 00000000000000000000000000000000:0000 0A 00000000:00000000 00:0
   2: 0000000000000000FFFF00000202800A:0051 00000000000000000000000000000000:0000 0A 00000000:00000000 00:0
"""
UDP = """\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer
   9: 00000000:0035 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 254687 2 0 0
  10: 0B00007F:0036 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 254688 2 0 0
  11: 0202800A:9C40 0301800A:0035 01 00000000:00000000 00:00000000 00000000     0        0 254689 2 0 0
"""
FIB = """\
Main:
  +-- 0.0.0.0/0 3 0 5
     |-- 10.128.0.0
        /24 link UNICAST
     |-- 10.128.0.1
        /32 host LOCAL
Local:
     |-- 127.0.0.1
        /32 host LOCAL
     |-- 10.128.0.1
        /32 host LOCAL
     |-- 192.0.2.2
        /32 host LOCAL
"""


def test_the_kernels_tables_are_read() -> None:
    assert proc.listeners({"tcp": TCP, "tcp6": TCP6, "udp": UDP}) == {
        Listener("", 53, "udp"),
        Listener("", 5432),
        Listener("10.128.2.2", 80),
        Listener("", 8080),
        Listener("10.128.2.2", 81),
    }
    assert proc.local_addresses(FIB) == ("10.128.0.1", "192.0.2.2")


def test_a_name_servers_answer_is_read_and_a_broken_one_says_nothing() -> None:
    asked = asking.question("db.shop")
    record = bytes.fromhex("c00c 0001 0001 00000258 0004") + bytes([10, 0, 0, 2])
    alias = bytes.fromhex("c00c 0005 0001 00000258 0002 c00c")
    answer = asked[:2] + bytes.fromhex("8180 0001 0002 0000 0000") + asked[12:] + alias + record
    assert asking.addresses(answer) == ("10.0.0.2",)
    assert asking.addresses(answer[:-3]) == ()
    assert asking.addresses(b"") == ()

"""One stack put to the test: applied through topo, probed from everywhere, compared with the model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct

from reconciler.engines import connect
from reconciler.engines.reading import Endpoint
from reconciler.engines.standalone import Standalone
from tests.support import applying, packets
from tests.support.lab import LabEngine
from tests.support.packets import Probe
from tests.truth import named
from tests.truth.expected import Aim, Model
from tests.truth.scene import HOST, WORLD, seen
from tests.truth.worlds import PORTS
from topology.graph import topology_of
from topology.models import Stack
from topology.reach import Answer, End

QUICK, PATIENT = 0.6, 4.0
"""Seconds for an answer: at first, and once more where the model says that one must come."""

Heard = Mapping[str, Mapping[Aim, str | None]]
"""For each place, who answered each connection that it tried."""


class Figures(Struct, frozen=True, kw_only=True):
    """How much was tried, and each disagreement in a line."""

    stacks: int = 0
    probes: int = 0
    names: int = 0
    verdicts: int = 0
    wrong: tuple[str, ...] = ()

    def __add__(self, other: Figures) -> Figures:
        return Figures(
            stacks=self.stacks + other.stacks,
            probes=self.probes + other.probes,
            names=self.names + other.names,
            verdicts=self.verdicts + other.verdicts,
            wrong=self.wrong + other.wrong,
        )


def tried(engine: LabEngine, world: Path, stack: Stack) -> Figures:
    """Applies the stack, compares, and takes it away again."""
    runner = Standalone(connect.daemon(Endpoint(url=engine.url)))
    try:
        applied(runner, stack)
        scene = seen(engine, stack.name)
        namespaces = {
            **{name: place.namespace for name, place in scene.places.items()},
            HOST: Path(f"/proc/{engine.holder}/ns/net"),
            WORLD: world,
        }
        with served(namespaces):
            return _compared(namespaces, Model(topology_of(stack), scene))
    finally:
        applying.destroyed(runner, stack)


def applied(runner: Standalone, stack: Stack) -> None:
    """A port may be wanted on the address of a network that is made later: a second run finds it."""
    if applying.applied(runner, stack).faults:
        assert applying.applied(runner, stack).faults == []


@contextmanager
def served(namespaces: Mapping[str, Path]) -> Iterator[None]:
    with packets.servers() as running:
        for name, namespace in namespaces.items():
            running.listen(namespace, name, PORTS)
        yield


def _compared(namespaces: Mapping[str, Path], model: Model) -> Figures:
    says = {source: model.open_aims(source) for source in namespaces}
    heard = _heard(namespaces, model, says)
    names, misnamed = named.compared(model, heard)
    verdicts = list(_verdicts(model, heard))
    misrouted = [line for source in heard for line in _routes(model, source, says[source], heard[source])]
    return Figures(
        stacks=1,
        probes=sum(map(len, heard.values())),
        names=names,
        verdicts=len(verdicts),
        wrong=(*misrouted, *filter(None, verdicts), *misnamed),
    )


def _heard(
    namespaces: Mapping[str, Path], model: Model, says: Mapping[str, Mapping[Aim, str]]
) -> dict[str, dict[Aim, str | None]]:
    """All probes at once; then, with more patience, those that the model misses an answer of."""
    probes = {
        (source, aim): Probe(namespace, *aim)
        for source, namespace in namespaces.items()
        for aim in model.aims(source)
    }
    answered = packets.answers(probes.values(), within=QUICK)
    missing = [one for (source, aim), one in probes.items() if says[source].get(aim) and not answered[one]]
    answered |= packets.answers(missing, within=PATIENT)
    return {
        source: {aim: answered[probes[source, aim]] for aim in model.aims(source)} for source in namespaces
    }


def _routes(
    model: Model, source: str, says: Mapping[Aim, str], heard: Mapping[Aim, str | None]
) -> Iterator[str]:
    """Connections that went otherwise than the routes say; a doubtful route stands for both."""
    doubtful = model.doubts(source)
    for aim, who in heard.items():
        if who != says.get(aim) and not (who and model.behind.get(aim) in doubtful):
            yield f"{source} -> {aim[0]}:{aim[1]}: {who} answered, the model says {says.get(aim)}"


def _verdicts(model: Model, heard: Heard) -> Iterator[str]:
    """A line for each pair and port, empty where all is well: YES exactly where some connection got there."""
    for source, aims in heard.items():
        reached = {(who, model.behind[aim][1]) for aim, who in aims.items() if who and aim in model.behind}
        doubtful = model.doubts(source)
        for end, target, port in _questions(model, source):
            places = {(place, port) for place in model.place_names(target)}
            said = model.answer(end, target, port)
            agrees = bool(places & reached) == (said is Answer.YES) or bool(places & doubtful)
            yield "" if agrees else f"{end} -> {target} on {port}: the model says {said}, packets otherwise"


def _questions(model: Model, source: str) -> Iterator[tuple[End, End, int]]:
    """From each end that lives in a place to each that does not, on each port."""
    living = [end for end in model.ends if source in model.place_names(end)]
    for end in living or [model.end(source)]:
        for target in model.ends:
            places = model.place_names(target)
            if places and source not in places:
                yield from ((end, target, port) for port in PORTS)

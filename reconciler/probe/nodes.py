"""Stands in network stacks on several nodes of a Swarm: one prober for each node that there is a way to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from reconciler.probe.seam import HOST, Call, Listener, Lookup, Place, Prober, Reply
from reconciler.survey import Survey

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")


class NodesProber:
    """Hands each question to the prober of the node where its place is. HOST is the first of the nodes."""

    def __init__(self, probers: Mapping[str, Prober], survey: Survey) -> None:
        self._probers = probers
        self._first = next(iter(probers))
        self._nodes = {one.id: one.node for one in survey.sightings}

    @property
    def protocols(self) -> frozenset[str]:
        """See `Prober`."""
        return frozenset.intersection(*(prober.protocols for prober in self._probers.values()))

    def listeners(self, places: Iterable[Place]) -> Mapping[Place, frozenset[Listener]]:
        """See `Prober`."""
        return self._asked(places, lambda place: place, lambda prober, some: prober.listeners(some))

    def calls(self, calls: Iterable[Call]) -> Mapping[Call, Reply]:
        """See `Prober`."""
        return self._asked(calls, lambda call: call.place, lambda prober, some: prober.calls(some))

    def lookups(self, lookups: Iterable[Lookup]) -> Mapping[Lookup, tuple[str, ...]]:
        """See `Prober`."""
        return self._asked(lookups, lambda one: one.place, lambda prober, some: prober.lookups(some))

    def host_addresses(self) -> tuple[str, ...]:
        """See `Prober`."""
        return self._probers[self._first].host_addresses()

    def _asked(
        self,
        questions: Iterable[Asked],
        place: Callable[[Asked], Place],
        ask: Callable[[Prober, list[Asked]], Mapping[Asked, Answer]],
    ) -> dict[Asked, Answer]:
        by_node: dict[str, list[Asked]] = {}
        for one in questions:
            by_node.setdefault(self._node(place(one)), []).append(one)
        found: dict[Asked, Answer] = {}
        for node, some in by_node.items():
            found |= ask(self._probers[node], some)
        return found

    def _node(self, place: Place) -> str:
        return self._first if place == HOST else self._nodes[place]

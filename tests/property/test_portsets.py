"""Sets of ports behave as sets."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from topology.export.kubernetes import portsets
from topology.export.kubernetes.portsets import Ports

_SPANS = st.tuples(st.sampled_from(["tcp", "udp"]), st.integers(1, 12), st.integers(0, 4)).map(
    lambda one: (one[0], one[1], one[1] + one[2])
)
_SETS = st.lists(_SPANS, max_size=4).map(lambda spans: portsets.union(tuple(spans)))


def plain(ports: Ports) -> set[tuple[str, int]]:
    return {(protocol, port) for protocol, low, high in ports for port in range(low, high + 1)}


@given(_SETS, _SETS)
def test_they_add_up_take_away_and_overlap(one: Ports, other: Ports) -> None:
    assert plain(portsets.union(one, other)) == plain(one) | plain(other)
    assert plain(portsets.without(one, other)) == plain(one) - plain(other)
    assert plain(portsets.common(one, other)) == plain(one) & plain(other)


@given(_SETS, _SETS)
def test_equal_sets_are_written_alike(one: Ports, other: Ports) -> None:
    assert (portsets.union(one) == portsets.union(other)) == (plain(one) == plain(other))
    assert portsets.union(*[(span,) for span in reversed(one)]) == one

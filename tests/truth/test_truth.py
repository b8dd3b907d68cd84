"""The model is true: on each engine, packets and names do what it says, in stacks made at random.

A few stacks are tried with every run; `pytest tests/truth --truth-examples 100 --truth-seed 7` tries more.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.support.lab import LabEngine
from tests.truth import worlds
from tests.truth.proven import proven
from tests.truth.scene import wired
from tests.truth.trial import Figures, tried


@pytest.fixture
def world(lab_engine: LabEngine) -> Iterator[Path]:
    """The network namespace of a machine beyond the host."""
    with wired(lab_engine) as namespace:
        yield namespace


def test_packets_do_what_the_model_says(
    lab_engine: LabEngine,
    world: Path,
    stack_name: str,
    request: pytest.FixtureRequest,
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = Figures()

    @seed(request.config.getoption("--truth-seed"))
    @settings(
        max_examples=request.config.getoption("--truth-examples"),
        database=None,
        phases=[Phase.generate],  # each example takes seconds: failing ones are told, not made smaller
        suppress_health_check=list(HealthCheck),
    )
    @given(data=st.data())
    def compare(data: st.DataObject) -> None:
        nonlocal found
        stack = data.draw(worlds.stacks(worlds.site(stack_name, lab_engine.version)))
        figures = tried(lab_engine, world, stack)
        found += figures
        if figures.wrong:
            with capsys.disabled():
                print(stack.model_dump_json(exclude_defaults=True), *figures.wrong, sep="\n  ")

    compare()
    with capsys.disabled():
        print(
            f"\n{lab_engine.version}: {found.stacks} stacks, {found.probes} probes, {found.names} names, "
            f"{found.verdicts} verdicts, {len(found.wrong)} wrong"
        )
    assert found.wrong == ()


def test_topos_own_packets_agree_with_the_model(
    lab_engine: LabEngine,
    stack_name: str,
    request: pytest.FixtureRequest,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A third as many stacks: `check --probe` takes the way of a user, without a machine beyond the host."""
    tried = 0
    wrong: list[str] = []

    @seed(request.config.getoption("--truth-seed"))
    @settings(
        max_examples=max(1, request.config.getoption("--truth-examples") // 3),
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(data=st.data())
    def prove(data: st.DataObject) -> None:
        nonlocal tried
        stack = data.draw(worlds.stacks(worlds.site(stack_name, lab_engine.version)))
        connections, against = proven(lab_engine, stack)
        tried += connections
        if against:
            wrong.extend((stack.model_dump_json(exclude_defaults=True), *against))

    prove()
    with capsys.disabled():
        print(f"\n{lab_engine.version}: {tried} connections by topo, {len(wrong)} lines wrong")
    assert wrong == []

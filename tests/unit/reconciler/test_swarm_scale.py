"""What a stack costs on a Swarm grows with its services, and no faster."""

from __future__ import annotations

from tests.bench.swarm import costs


def test_calls_and_answers_grow_with_the_services_and_those_of_a_plan_not_at_all() -> None:
    few, many = costs(10), costs(40)
    assert few["plan"].calls == many["plan"].calls
    for deed in ("apply", "change", "destroy"):
        assert many[deed].calls / 40 <= few[deed].calls / 10
        assert many[deed].tasks / 40 <= few[deed].tasks / 10

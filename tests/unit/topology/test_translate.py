"""No word of pydantic's reaches a user."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import ValidationError

from topology import models
from topology.load.deploy import Deploy, Limits, Resources
from topology.load.translate import WORDS, translate
from topology.models import Model, RestartPolicy
from topology.source import Map, Seq, SourceMap, Text
from topology.source.values import File, Place

AT = Place(File("a.yml", "x"), 0, 0, 1)
MODELS = [
    *(kind for kind in vars(models).values() if isinstance(kind, type) and issubclass(kind, Model)),
    *(Deploy, Limits, Resources, RestartPolicy),
]
TRANSLATED = {*WORDS, "extra_forbidden", "missing", "value_error"}


def text(value: str) -> Text:
    return Text.of(value, AT)


def unfitting() -> Iterator[Any]:
    """Every shape a YAML file can give, none of which fits everywhere."""
    words = ("", "x", "-1", "1.5", "true", "a:b:c:d", "9" * 40, "\ud800", "[", "é", "10.0.0.0/33")
    yield from map(text, words)
    yield Seq.of([], AT)
    yield Seq.of([text("x"), text("y"), text("z")], AT)
    yield Seq.of([None], AT)
    yield Seq.of([Seq.of([], AT), Map.of({}, AT)], AT)
    yield Map.of({}, AT)
    yield Map.of({text("odd"): text("x")}, AT)
    yield Map.of({text("odd"): Map.of({text("odder"): Seq.of([None], AT)}, AT)}, AT)
    yield from (0, -1, 10**400, 1.5, float("nan"), True, b"x", object())


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_fault_of_a_model_is_told_in_our_words(model: type[Model]) -> None:
    for field in (*model.model_fields, *model.also, "odd"):
        for value in unfitting():
            said = Map.of({text(field): value}, AT)
            fault = refusal(model, said)
            if fault is None:
                continue
            assert {found["type"] for found in fault.errors()} <= TRANSLATED
            for finding in translate(fault, SourceMap(said), model):
                assert finding.span is not None
                assert "something else" not in finding.message


def refusal(model: type[Model], said: Map) -> ValidationError | None:
    try:
        model.model_validate(said)
    except ValidationError as fault:
        return fault
    return None

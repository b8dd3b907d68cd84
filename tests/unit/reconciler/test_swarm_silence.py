"""Managers that do not answer: whoever waits is told, and asked is until there is a leader."""

from __future__ import annotations

import threading

import pytest

from reconciler.engines.swarm.silence import SAID, Silence
from reconciler.errors import Rejected

LEADERLESS = "listing services: rpc error: code = Unknown desc = The swarm does not have a leader."


def test_whoever_waits_for_long_is_told_and_nobody_else() -> None:
    told: list[str] = []
    assert Silence(told.append, soon=600).through(lambda: "at once") == "at once"
    silence = Silence(told.append, soon=0.01)
    answered = threading.Event()

    def hear(words: str) -> None:
        told.append(f"step: {words}")
        answered.set()

    with silence.told(hear):
        assert silence.through(lambda: answered.wait(60))
    assert told == [f"step: {SAID}"]


def test_it_is_asked_again_until_there_is_a_leader() -> None:
    answers = [Rejected(LEADERLESS), Rejected(LEADERLESS), None]
    slept: list[float] = []

    def ask() -> str:
        if (error := answers.pop(0)) is not None:
            raise error
        return "here"

    assert Silence(sleep=slept.append).through(ask) == "here"
    assert len(slept) == 2


@pytest.mark.parametrize("words", ["port is taken", LEADERLESS])
def test_any_other_error_is_told_and_so_is_a_leader_that_never_comes(words: str) -> None:
    now = iter(range(0, 1000, 40))

    def ask() -> str:
        raise Rejected(words)

    with pytest.raises(Rejected, match=words):
        Silence(clock=lambda: float(next(now)), sleep=lambda _seconds: None).through(ask)

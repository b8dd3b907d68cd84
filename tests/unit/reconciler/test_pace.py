"""When to look again, on a clock that the tests turn."""

from __future__ import annotations

from msgspec import Struct

from reconciler.pace import Pace


class Clock(Struct):
    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


def paced() -> tuple[Pace, Clock]:
    clock = Clock()
    pace = Pace(clock=clock, quiet=0.5, patience=2.0, resync=60.0, rest=8.0)
    pace.looked()
    return pace, clock


def test_where_nothing_happens_the_next_look_is_the_resync() -> None:
    pace, clock = paced()
    assert pace.wait() == 60.0
    clock.now += 59.0
    assert pace.wait() == 1.0


def test_a_look_waits_until_it_is_quiet() -> None:
    pace, clock = paced()
    pace.noticed()
    clock.now += 0.4
    pace.noticed()
    assert pace.wait() == 0.5


def test_however_much_happens_a_look_comes_in_time() -> None:
    pace, clock = paced()
    began = clock.now
    while pace.wait() > 0.0:
        pace.noticed()
        clock.now += 0.25
    assert clock.now - began == 2.0
    assert pace.looked() == began
    assert pace.wait() == 60.0


def test_a_look_can_be_asked_for_and_never_moves_away() -> None:
    pace, _ = paced()
    pace.within(3.0)
    pace.within(9.0)
    assert pace.wait() == 3.0


def test_what_cannot_be_mended_is_tried_less_and_less_often() -> None:
    pace, clock = paced()
    pauses = []
    for _ in range(6):
        pauses.append(pace.tried("service.web[1]", done=False))
        assert pace.resting == {"service.web[1]"}
        assert pace.wait() == pauses[-1]
        clock.now += pauses[-1]
        assert pace.resting == frozenset()
    assert pauses == [1.0, 2.0, 4.0, 8.0, 8.0, 8.0]


def test_what_is_mended_again_and_again_is_left_to_rest_after_some_times() -> None:
    pace, clock = paced()
    pauses = []
    for _ in range(8):
        pauses.append(pace.tried("service.web[1]", done=True))
        clock.now += pauses[-1] + 1.0
        pace.looked()
    assert pauses == [0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 2.0, 4.0]


def test_trouble_is_forgotten_once_it_has_been_calm() -> None:
    pace, clock = paced()
    for _ in range(3):
        pace.tried("service.web[1]", done=False)
    clock.now += 4.0 + 11.0
    pace.looked()
    assert pace.tried("service.web[1]", done=False) == 1.0


def test_one_address_does_not_hold_up_another() -> None:
    pace, _ = paced()
    pace.tried("service.web[1]", done=False)
    assert pace.tried("service.db[1]", done=True) == 0.0
    assert pace.resting == {"service.web[1]"}


def test_the_end_of_a_rest_is_a_reason_to_look() -> None:
    """Also a look later than that: whoever waits wakes up when it is over, never before."""
    pace, clock = paced()
    pace.tried("service.web[1]", done=False)
    clock.now += 0.25
    pace.looked()
    assert pace.wait() == 0.75
    clock.now += 0.875
    assert pace.wait() == 0.0
    pace.looked()
    assert pace.wait() == 60.0

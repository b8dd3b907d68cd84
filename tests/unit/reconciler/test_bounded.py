"""A call that never comes back keeps nobody."""

from __future__ import annotations

import threading

import pytest

from reconciler.engines.bounded import bounded
from reconciler.errors import Conflict, Rejected


def test_what_a_call_gives_or_raises_is_passed_on() -> None:
    assert bounded(lambda: 3, "counting") == 3

    def refuses() -> None:
        raise Conflict("no")

    def times_out() -> None:
        raise TimeoutError("by itself")

    with pytest.raises(Conflict, match="no"):
        bounded(refuses, "asking")
    with pytest.raises(TimeoutError, match="by itself"):
        bounded(times_out, "asking")


def test_one_that_does_not_end_is_left_behind() -> None:
    ends = threading.Event()
    with pytest.raises(Rejected, match="sleep 300 has not ended after"):
        bounded(ends.wait, "sleep 300", 0.01)
    ends.set()

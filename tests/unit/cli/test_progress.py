"""Progress: lines that scroll for a log, lines that move for a person."""

from __future__ import annotations

import io
import re
import threading

import pytest

from cli.progress import Live, Plain, progress
from cli.render.ink import PLAIN
from reconciler.address import Address, Kind
from reconciler.executor import Done, Reporter, Result
from reconciler.steps import CreateNetwork, PullImage, StartContainer, WaitHealthy
from tests.support.command import world

WEB = Address(Kind.SERVICE, "web", 1)
NETWORK = CreateNetwork(address=Address(Kind.NETWORK, "x"), name="shop_x", body={})
START = StartContainer(address=WEB, container="shop-web-1")
WAIT = WaitHealthy(address=WEB, container="shop-web-1", within=5.0)


def screen(text: str) -> list[str]:
    """What stands on a terminal after `text`: it moves up with F and wipes with J."""
    lines = [""]
    row = 0
    for piece in re.split(r"(\x1b\[\d*[A-Z]|\n)", text):
        if piece == "\n":
            row += 1
            lines += [""] * (row + 1 - len(lines))
        elif moved := re.fullmatch(r"\x1b\[(\d+)F", piece):
            row -= int(moved[1])
        elif piece == "\x1b[J":
            lines = [*lines[:row], ""]
        else:
            lines[row] += piece
    return [line for line in lines if line]


def live(stream: io.StringIO, clock: list[float], stop: threading.Event | None = None) -> Live:
    return Live(
        stream, PLAIN, {}, 3, stop=stop or threading.Event(), width=lambda: 40, clock=lambda: clock[0]
    )


def test_plain_progress_is_a_line_for_each_step_that_ended() -> None:
    stream = io.StringIO()
    plain = Plain(stream, PLAIN, {}, 12)
    plain.begun(NETWORK)
    plain.ended(Done(step=NETWORK, result=Result.DONE, seconds=0.123))
    plain.begun(WAIT)
    plain.ended(Done(step=WAIT, result=Result.FAILED, error="shop-web-1 exited with code 1"))
    plain.ended(Done(step=START, result=Result.SKIPPED, error="needs service.web[1]"))
    assert stream.getvalue().splitlines() == [
        " 1/12 done     create network shop_x  0.1 s",
        "   wait until shop-web-1 is up ...",
        " 2/12 failed   shop-web-1 exited with code 1",
        " 3/12 skipped  start shop-web-1  needs service.web[1]",
    ]


def test_live_progress_keeps_what_ended_and_moves_what_runs() -> None:
    stream, clock = io.StringIO(), [0.0]
    drawn = live(stream, clock)
    drawn.begun(NETWORK)
    drawn.begun(WAIT)
    drawn.ended(Done(step=NETWORK, result=Result.DONE))
    clock[0] = 7.0
    drawn.tick()
    shown = screen(stream.getvalue())
    assert shown[0] == "done     create network shop_x"
    assert shown[1].endswith("wait until shop-web-1 is up  7 s")
    assert shown[2:] == ["  1 of 3 steps"]


def test_live_progress_leaves_only_what_ended() -> None:
    stream = io.StringIO()
    drawn = live(stream, [0.0])
    drawn.begun(WAIT)
    drawn.ended(Done(step=WAIT, result=Result.DONE))
    drawn.clear()
    assert screen(stream.getvalue()) == ["done     wait until shop-web-1 is up"]


def test_live_progress_says_that_it_is_stopping() -> None:
    stream, stop = io.StringIO(), threading.Event()
    drawn = Live(stream, PLAIN, {}, 3, stop=stop, width=lambda: 100, clock=lambda: 0.0)
    stop.set()
    drawn.begun(WAIT)
    assert screen(stream.getvalue())[-1] == (
        "  0 of 3 steps; finishing the calls in flight; Ctrl-C again leaves at once"
    )


def test_live_lines_never_wrap() -> None:
    stream = io.StringIO()
    drawn = live(stream, [0.0])
    drawn.begun(StartContainer(address=WEB, container="x" * 200))
    assert max(map(len, screen(stream.getvalue()))) == 39


@pytest.mark.parametrize(
    ("terminal", "quiet", "kind"), [(False, False, Plain), (True, False, Live), (True, True, Reporter)]
)
def test_the_terminal_decides_how_progress_looks(
    tmp_path: object, terminal: bool, quiet: bool, kind: type[Reporter]
) -> None:
    around = world(tmp_path, terminal=terminal)  # type: ignore[arg-type]  # given by the parameters
    with progress(around, PLAIN, {}, 1, stop=threading.Event(), quiet=quiet) as reporter:
        assert type(reporter) is kind


PULL = PullImage(address=WEB, reference="nginx:1")


def test_plain_progress_tells_now_and_then_how_far_an_image_has_come() -> None:
    stream, clock = io.StringIO(), [0.0]
    plain = Plain(stream, PLAIN, {}, 3, clock=lambda: clock[0])
    for second in range(12):
        clock[0] = float(second)
        plain.moved(PULL, f"{second} of 12 MB")
    assert stream.getvalue().splitlines() == [f"  pull nginx:1: {second} of 12 MB" for second in (0, 5, 10)]


def test_a_line_on_a_terminal_tells_how_far_an_image_has_come() -> None:
    stream, clock = io.StringIO(), [0.0]
    drawn = live(stream, clock)
    drawn.begun(PULL)
    drawn.moved(PULL, "3.0 of 9.0 MB")
    clock[0] = 2.0
    drawn.tick()
    assert screen(stream.getvalue())[0].endswith(" pull nginx:1  2 s  3.0 of 9.0 MB")

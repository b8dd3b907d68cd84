"""Whether the holder of a lock still lives, as far as this machine can tell."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from cli.identity import is_dead, this_process
from reconciler.lease import Lease, Process

HERE = this_process()


def lease(process: Process) -> Lease:
    return Lease(stack="shop", doing="apply", user="me", process=process, since="now")


def test_we_live() -> None:
    assert HERE.pid == os.getpid()
    assert not is_dead(lease(HERE), HERE)


def test_a_process_that_ended_is_dead() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, text=True, check=True
    )
    assert is_dead(lease(replace(HERE, pid=int(ended.stdout))), HERE)


@pytest.mark.parametrize(
    ("changes", "dead"),
    [
        ({"began": "1"}, True),  # the id is somebody else's by now
        ({"boot": "before"}, True),  # the machine was started again since
        ({"boot": ""}, False),
        ({"space": "pid:[1]", "pid": 4_000_000}, False),  # in a container whose processes we do not see
        ({"host": "elsewhere", "pid": 4_000_000}, False),
    ],
)
def test_who_is_dead(changes: dict[str, str], dead: bool) -> None:
    process = replace(HERE, **changes)  # type: ignore[arg-type]  # a mapping of the fields
    assert is_dead(lease(process), HERE) is dead


def test_without_a_list_of_processes_the_kernel_is_asked(tmp_path: Path) -> None:
    missing = tmp_path / "proc"
    here = this_process(missing)
    assert (here.began, here.boot, here.space) == ("", "", "")
    assert not is_dead(lease(here), here, missing)
    assert is_dead(lease(replace(here, pid=4_194_000)), here, missing)

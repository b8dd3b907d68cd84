"""Whether the holder of a lock still lives, as far as this machine can tell."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cli.identity import is_dead, this_process
from reconciler.lease import Lease, Process
from topology.structs import replace

HERE = replace(this_process(), machine="this one")


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
        ({"boot": "another", "machine": "namesake"}, False),  # another machine of our name
        ({"boot": "another", "machine": ""}, False),
        ({"space": "pid:[1]", "pid": 4_000_000}, False),  # in a container whose processes we do not see
        ({"host": "elsewhere", "pid": 4_000_000}, False),
    ],
)
def test_who_is_dead(changes: dict[str, str], dead: bool) -> None:
    process = replace(HERE, **changes)  # type: ignore[arg-type]  # a mapping of the fields
    assert is_dead(lease(process), HERE) is dead


def test_the_id_of_a_machine_is_not_shown(tmp_path: Path) -> None:
    file = tmp_path / "machine-id"
    file.write_text("0123456789abcdef0123456789abcdef\n")
    shown = this_process(machine_id=file).machine
    assert (len(shown), shown in file.read_text()) == (16, False)
    assert this_process(machine_id=tmp_path / "none").machine == ""


def test_without_a_list_of_processes_the_kernel_is_asked(tmp_path: Path) -> None:
    missing = tmp_path / "proc"
    here = this_process(missing)
    assert (here.began, here.boot, here.space) == ("", "", "")
    assert not is_dead(lease(here), here, missing)
    assert is_dead(lease(replace(here, pid=4_194_000)), here, missing)


def test_who_is_hidden_from_us_is_not_taken_for_dead(tmp_path: Path) -> None:
    """As by `mount -o hidepid=2`, where nobody sees others: it would cost them their lock."""
    assert not is_dead(lease(HERE), HERE, tmp_path)
    assert is_dead(lease(replace(HERE, pid=4_194_000)), HERE, tmp_path)

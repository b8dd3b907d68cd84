"""Which looks at the file system are noted. Each run is a process of its own: a hook stays until the end."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from cli.recall.looks import look

PROGRAM = """
import json, os, pathlib, sys, time
time.sleep(0.2)  # what changed just before the start is not remembered
from cli.recall.looks import Watch
watch = Watch()
{deed}
found = watch.close(lambda content: str(len(content)), "/run/engine.sock")
print(json.dumps([watch.spoiled, found and [[*each, then] for each, then in found.items()]]))
"""


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def looks(folder: Path, deed: str) -> tuple[str, dict[tuple[str, str], str]]:
    """Why nothing may be remembered, and the looks at `folder`."""
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(deed=deed)],
        cwd=folder,
        env={"PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    spoiled, found = json.loads(ran.stdout)
    seen = {(how, path): then for how, path, then in found or () if path.startswith(str(folder))}
    return spoiled, seen


@pytest.mark.parametrize(
    ("deed", "expected"),
    [
        ("open('stack.yml').read()", ("read", "stack.yml")),
        ("pathlib.Path('stack.yml').read_bytes()", ("read", "stack.yml")),
        ("os.close(os.open('stack.yml', os.O_RDONLY))", ("read", "stack.yml")),
        ("pathlib.Path('stack.yml').is_file()", ("stat", "stack.yml")),
        ("pathlib.Path('.env').exists()", ("stat", ".env")),
        ("os.path.isdir('context')", ("stat", "context")),
        ("pathlib.Path('link').lstat()", ("lstat", "link")),
        ("pathlib.Path('link').resolve()", ("readlink", "link")),
        ("os.listdir('context')", ("list", "context")),
        ("list(os.walk('context'))", ("list", "context")),
        ("list(pathlib.Path('context').glob('*'))", ("list", "context")),
    ],
)
def test_a_look_is_noted_however_it_is_made(tmp_path: Path, deed: str, expected: tuple[str, str]) -> None:
    (tmp_path / "stack.yml").write_text("name: shop\n")
    (tmp_path / "context").mkdir()
    (tmp_path / "link").symlink_to("stack.yml")
    spoiled, seen = looks(tmp_path, deed)
    assert (spoiled, (expected[0], str(tmp_path / expected[1])) in seen) == ("", True)


@pytest.mark.parametrize(
    ("deed", "why"),
    [
        ("open('made', 'w').close()", "it wrote "),
        ("os.close(os.open('stack.yml', os.O_RDWR))", "it wrote "),
        ("import subprocess; subprocess.run(['true'])", "subprocess.Popen"),
        ("os.close(os.open('/dev/null', os.O_RDONLY))", "/dev/null changed meanwhile"),
        ("import socket; socket.gethostname()", "socket.gethostname"),
        ("import socket; socket.socket(socket.AF_UNIX).connect_ex('x.sock')", "it spoke to somebody else"),
        ("pathlib.Path(os.__file__).stat()", "it looked at the program as data"),
        ("watch.spoil('the clock')", "the clock"),
    ],
)
def test_what_cannot_be_looked_at_again_is_not_remembered(tmp_path: Path, deed: str, why: str) -> None:
    (tmp_path / "stack.yml").write_text("name: shop\n")
    spoiled, seen = looks(tmp_path, deed)
    assert spoiled.startswith(why)
    assert not seen


def test_a_file_that_changed_meanwhile_is_not_remembered(tmp_path: Path) -> None:
    (tmp_path / "stack.yml").write_text("name: shop\n")
    (tmp_path / "other.yml").write_text("name: town\n")
    deed = "open('stack.yml').read(); os.replace('other.yml', 'stack.yml')"
    assert looks(tmp_path, deed)[0].endswith("stack.yml changed meanwhile")


def test_the_engine_is_nobody_else(tmp_path: Path) -> None:
    deed = "import socket; socket.socket(socket.AF_UNIX).connect_ex('/run/engine.sock')"
    assert looks(tmp_path, deed)[0] == ""


def test_loading_the_program_is_no_look(tmp_path: Path) -> None:
    assert looks(tmp_path, "import topology.load, typer, yaml")[0] == ""


def test_a_look_tells_one_state_of_a_path_from_each_other(tmp_path: Path) -> None:
    path = tmp_path / "it"
    states: tuple[Callable[[], Any], ...] = (
        lambda: None,
        path.mkdir,
        path.rmdir,
        path.touch,
        lambda: path.write_text("name: town"),
        lambda: path.chmod(0o600),
    )
    seen = []
    for state in states:
        state()
        seen.append([look(how, str(path), digest) for how in ("read", "list", "stat", "lstat", "readlink")])
    absent, folder, again, empty, full, closed = seen
    assert absent == again
    assert all(one != other for one, other in combinations((absent, folder, empty, full, closed), 2))


def test_a_name_that_no_file_can_have_is_not_there(tmp_path: Path) -> None:
    del tmp_path
    assert look("stat", "a\0b", digest) == "no path"

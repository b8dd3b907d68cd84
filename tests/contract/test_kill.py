"""`kill -9` of an apply at any of its calls: the next one converges, nothing is left over, no data lost."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from reconciler.engines.memory import MemoryDaemon
from reconciler.steps import WaitCompleted, WaitHealthy
from tests.contract.samples import ON_NETWORK
from tests.support.applying import converged, lives, planned, units
from tests.support.bench import Bench, MemoryHands
from tests.support.waiting import eventually
from topology.models import Attachment, Dependency, Healthcheck, Mount, Network, Service, Stack, Volume
from topology.structs import replace

POINTS = range(10)
"""How many tenths of an apply are done when it is killed."""


def stack_of(bench: Bench, version: str) -> Stack:
    """Three services in a row, of which the last keeps data, one named and one not."""
    said = {"VERSION": version}
    data = (
        Mount(type="volume", source="data", target="/data"),
        Mount(type="volume", target="/more"),
    )
    check = Healthcheck(test=("CMD", "true"), interval=0.1, timeout=1.0, retries=3)
    front, back = {"front": Attachment()}, {"back": Attachment()}
    return Stack(
        name=bench.prefix,
        services={
            "web": Service(**ON_NETWORK, networks=front, environment=said, depends_on={"app": Dependency()}),
            "app": Service(
                **ON_NETWORK, networks={**front, **back}, environment=said, depends_on={"db": Dependency()}
            ),
            "db": Service(**ON_NETWORK, networks=back, environment=said, volumes=data, healthcheck=check),
        },
        networks={"front": Network(), "back": Network(internal=version == "2")},
        volumes={"data": Volume()},
    )


@pytest.fixture
def kept(bench: Bench, tmp_path: Path) -> tuple[Bench, str]:
    """The bench, and how another process reaches the same engine: a model has to live in a file."""
    if bench.lab is not None:
        return bench, bench.lab.url
    assert isinstance(bench.daemon, MemoryDaemon)
    file = tmp_path / "world.json"
    in_file = MemoryDaemon(file=file, generation=bench.daemon.world.generation)
    in_file.world.images.update(bench.daemon.world.images)
    in_file.world.references.update(bench.daemon.world.references)
    in_file.create_volume({"Name": "unrelated"})  # any call that changes something writes the file
    return replace(bench, daemon=in_file, hands=MemoryHands(in_file)), str(file)


def reloaded(bench: Bench, engine: str) -> Bench:
    """A look at what the other process has done to a file."""
    if bench.lab is not None:
        return bench
    daemon = MemoryDaemon(file=Path(engine))
    return replace(bench, daemon=daemon, hands=MemoryHands(daemon))


def kill(kept: tuple[Bench, str], stack: Stack, point: int, folder: Path) -> None:
    """Applies a stack in another process, which dies before or after one of its calls."""
    bench, engine = kept
    steps = planned(bench.engine, stack).steps
    changing = [step for step in steps if not isinstance(step, WaitHealthy | WaitCompleted)]
    nth = 1 + point * (len(changing) - 1) // (len(POINTS) - 1)
    moment = "after" if point % 2 else "before"
    file = folder / "stack.json"
    file.write_text(stack.model_dump_json())
    command = [sys.executable, "-m", "tests.support.dying", engine, str(file), moment, str(nth)]
    died = subprocess.run(command, cwd=Path(__file__).parents[2], check=False, timeout=60)
    assert died.returncode == -signal.SIGKILL


def at_rest(bench: Bench) -> Bench:
    """The engine goes on with what it was asked before the caller died; nobody applies again that fast."""
    seen: list[object] = []

    def same() -> bool:
        containers = {one["Id"]: (one["Names"][0], one["State"]) for one in bench.daemon.containers()}
        ours = {key: seen for key, seen in containers.items() if bench.prefix in seen[0]}
        seen.append((ours, sorted(name for name in names(bench) if not name.startswith("/"))))
        return len(seen) > 1 and seen[-1] == seen[-2]

    assert eventually(same, every=0.4)
    return bench


def volumes(bench: Bench) -> set[str]:
    """The named volume, and those that containers of the stack mount."""
    mounted = {
        mount.get("Name") or mount["Source"].split("/")[-2]
        for line in bench.daemon.containers()
        if line["Names"][0].startswith(f"/{bench.prefix}")
        for mount in bench.daemon.container(line["Id"])["Mounts"]
    }
    return mounted & bench.volume_names()


def names(bench: Bench) -> list[str]:
    found = [line["Names"][0] for line in bench.daemon.containers()]
    networks = [one["Name"] for one in bench.daemon.networks()]
    return sorted(name for name in [*found, *networks] if name.lstrip("/").startswith(bench.prefix))


def expected(bench: Bench) -> list[str]:
    containers = [f"/{bench.prefix}-{name}-1" for name in ("app", "db", "web")]
    return sorted([*containers, f"{bench.prefix}_back", f"{bench.prefix}_front"])


@pytest.mark.newest
@pytest.mark.parametrize("point", POINTS)
def test_a_first_apply_that_was_killed_is_finished_by_the_next(
    kept: tuple[Bench, str], tmp_path: Path, point: int
) -> None:
    stack = stack_of(kept[0], "1")
    kill(kept, stack, point, tmp_path)
    bench = at_rest(reloaded(*kept))
    half_way = lives(unit for unit in units(bench.engine, stack).values() if unit.serving)
    converged(bench.engine, stack)
    assert half_way <= lives(units(bench.engine, stack).values())
    assert names(bench) == expected(bench)


@pytest.mark.parametrize("point", POINTS[::2])
def test_a_change_that_was_killed_is_finished_by_the_next_and_loses_no_data(
    kept: tuple[Bench, str], tmp_path: Path, point: int
) -> None:
    """All three are replaced, and a network is made anew."""
    converged(kept[0].engine, stack_of(kept[0], "1"))
    data = volumes(kept[0])
    assert len(data) == 2
    newer = stack_of(kept[0], "2")
    kill(kept, newer, point, tmp_path)
    bench = at_rest(reloaded(*kept))
    converged(bench.engine, newer)
    assert names(bench) == expected(bench)
    assert volumes(bench) == data


@pytest.mark.newest
@pytest.mark.parametrize("point", [3, 6])
def test_what_was_killed_half_way_can_also_be_given_up(
    kept: tuple[Bench, str], tmp_path: Path, point: int
) -> None:
    """The old version is asked for again."""
    older = stack_of(kept[0], "1")
    converged(kept[0].engine, older)
    data = volumes(kept[0])
    kill(kept, stack_of(kept[0], "2"), point, tmp_path)
    bench = at_rest(reloaded(*kept))
    converged(bench.engine, older)
    assert names(bench) == expected(bench)
    assert volumes(bench) == data

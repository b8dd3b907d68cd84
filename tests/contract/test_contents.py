"""What files hold: secrets and configs arrive as files, and other content makes another container."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from pathlib import Path
from typing import Any

import pytest

from reconciler.address import SPEC
from reconciler.engines.memory import MemoryDaemon
from reconciler.executor import execute
from reconciler.steps import CopyFiles, CreateContainer
from tests.contract.samples import BASE
from tests.support.applying import applied, converged, left, lives, planned, units
from tests.support.bench import Bench
from tests.support.waiting import eventually
from topology.models import Config, ConfigGrant, Mount, Secret, SecretGrant, Service, Stack

WORD = "correct-horse-battery"


def secret(source: str, **more: Any) -> SecretGrant:
    return SecretGrant.model_validate({"source": source, **more})


def stack_of(bench: Bench, **more: Any) -> Stack:
    service = Service(
        **BASE,
        secrets=(
            secret("plain"),
            secret("kept", target="key", uid="1000", gid="1001", mode=0o400),
        ),
        configs=(
            ConfigGrant(source="inline", target="/etc/app/app.conf"),
            ConfigGrant.model_validate("inline"),
        ),
    )
    secrets = {
        "plain": Secret(environment="WORD", content=WORD),
        "kept": Secret(environment="KEY", content="k"),
    }
    return Stack(
        name=bench.prefix,
        services={"a": service},
        secrets={**secrets, **more},
        configs={"inline": Config(content="port = 80\n")},
    )


def seen(bench: Bench, path: str) -> str:
    """Mode, owner and digest of a file inside the container."""
    name = f"{bench.prefix}-a-1"
    if isinstance(bench.daemon, MemoryDaemon):
        return bench.daemon.world.container(name).files[path]
    entry, content = unpacked(bench, path)
    return f"{entry.mode & 0o7777:o} {entry.uid}:{entry.gid} {hashlib.sha256(content).hexdigest()}"


def unpacked(bench: Bench, path: str) -> tuple[tarfile.TarInfo, bytes]:
    """What a real engine has at a path of the container, with the content of a file."""
    assert bench.lab is not None
    with bench.lab.client() as client:
        chunks, _ = client.api.get_archive(f"{bench.prefix}-a-1", path)
        raw = io.BytesIO(b"".join(chunks))
    with tarfile.open(fileobj=raw) as tar:
        entry = tar.getmembers()[0]
        content = tar.extractfile(entry) if entry.isfile() else None
        return entry, content.read() if content else b""


def as_file(content: str, mode: str = "444", owner: str = "0:0") -> str:
    return f"{mode} {owner} {hashlib.sha256(content.encode()).hexdigest()}"


def test_secrets_and_configs_are_where_compose_puts_them(bench: Bench) -> None:
    converged(bench.engine, stack_of(bench))
    assert seen(bench, "/run/secrets/plain") == as_file(WORD)
    assert seen(bench, "/run/secrets/key") == as_file("k", "400", "1000:1001")
    assert seen(bench, "/etc/app/app.conf") == as_file("port = 80\n")
    assert seen(bench, "/inline") == as_file("port = 80\n")


def test_folders_made_for_files_are_nobody_s_to_write(bench: Bench) -> None:
    converged(bench.engine, stack_of(bench))
    if bench.lab is not None:
        modes = [unpacked(bench, folder)[0].mode for folder in ("/run/secrets", "/etc/app", "/etc")]
        assert [f"{mode & 0o7777:o}" for mode in modes] == ["755", "755", "755"]


def test_another_content_replaces_the_container_and_is_called_a_change_of_the_stack(bench: Bench) -> None:
    stack = stack_of(bench)
    converged(bench.engine, stack)
    before = units(bench.engine, stack)["service.a[1]"].id
    newer = stack_of(bench, plain=Secret(environment="WORD", content="another"))
    (change,) = planned(bench.engine, newer).changes
    assert [(one.name, one.cause.value) for one in change.fields] == [
        ("contents./run/secrets/plain", "stack changed")
    ]
    converged(bench.engine, newer)
    assert units(bench.engine, newer)["service.a[1]"].id != before
    assert seen(bench, "/run/secrets/plain") == as_file("another")


def test_content_is_in_no_plan_and_no_label(bench: Bench) -> None:
    stack = stack_of(bench)
    plan = planned(bench.engine, stack)
    assert WORD not in repr(plan)
    assert WORD not in repr(plan.steps)
    converged(bench.engine, stack)
    assert WORD not in json.dumps(bench.daemon.container(f"{bench.prefix}-a-1"))


def test_a_container_that_was_made_and_not_filled_is_filled_before_it_starts(bench: Bench) -> None:
    stack = stack_of(bench)
    (made,) = [step for step in planned(bench.engine, stack).steps if isinstance(step, CreateContainer)]
    bench.engine.run(made)
    plan = planned(bench.engine, stack)
    assert [step for step in plan.steps if isinstance(step, CopyFiles)]
    assert execute(plan, bench.engine.run).ok
    assert seen(bench, "/run/secrets/plain") == as_file(WORD)
    assert left(planned(bench.engine, stack)) == []


def test_copying_twice_is_copying_once(bench: Bench) -> None:
    stack = stack_of(bench)
    steps = planned(bench.engine, stack).steps
    (made,) = [step for step in steps if isinstance(step, CreateContainer)]
    (copied,) = [step for step in steps if isinstance(step, CopyFiles)]
    for step in (made, copied, copied):
        bench.engine.run(step)
    converged(bench.engine, stack)


# Mounted files


def mounted(bench: Bench, file: Path, **more: Any) -> Stack:
    mount = Mount(type="bind", source=str(file), target="/etc/app.conf", read_only=True, **more)
    return Stack(name=bench.prefix, services={"a": Service(**BASE, volumes=(mount,))})


@pytest.fixture
def file(bench: Bench) -> Path:
    made = bench.folder / f"{bench.prefix}.conf"
    made.write_text("one")
    return made


def test_a_mounted_file_that_changes_replaces_the_container(bench: Bench, file: Path) -> None:
    stack = mounted(bench, file)
    converged(bench.engine, stack)
    spec = json.loads(bench.daemon.container(f"{bench.prefix}-a-1")["Config"]["Labels"][SPEC])
    assert spec["contents"]["/etc/app.conf"].startswith("sealed:")
    file.write_text("two")
    (change,) = planned(bench.engine, stack).changes
    assert [(one.name, one.cause.value) for one in change.fields] == [
        ("contents./etc/app.conf", "stack changed")
    ]
    converged(bench.engine, stack)


def test_a_mounted_file_may_change_unnoticed_where_the_file_says_so(bench: Bench, file: Path) -> None:
    stack = mounted(bench, file, on_change="ignore")
    converged(bench.engine, stack)
    file.write_text("two")
    assert left(planned(bench.engine, stack)) == []


PRINTS = "trap 'cat /etc/app.conf > /tmp/seen' HUP; while true; do sleep 0.1; done"


def test_a_running_container_is_told_of_a_mounted_file_that_says_something_else(
    bench: Bench, file: Path
) -> None:
    stack = mounted(bench, file, on_change="reload")
    told = Service(
        **{**BASE, "entrypoint": ("sh", "-c"), "command": (PRINTS,)}, volumes=stack.services["a"].volumes
    )
    stack = stack.model_copy(update={"services": {"a": told}})
    converged(bench.engine, stack)
    before = lives(units(bench.engine, stack).values())
    file.write_text("two")
    plan = planned(bench.engine, stack)
    assert [(one.name, one.reach.value) for one in plan.changes[0].fields] == [
        ("contents./etc/app.conf", "reload")
    ]
    converged(bench.engine, stack)
    assert lives(units(bench.engine, stack).values()) == before
    if bench.lab is not None:
        assert eventually(lambda: unpacked(bench, "/tmp/seen")[1] == b"two")  # noqa: S108  # of the container


def test_a_command_can_tell_it_and_has_to_succeed(bench: Bench, file: Path) -> None:
    stack = mounted(bench, file, on_change={"exec": ["sh", "-c", "exit 3"]})
    converged(bench.engine, stack)
    file.write_text("two")
    failed, skipped = applied(bench.engine, stack).faults
    assert failed.endswith("sh -c 'exit 3' failed with exit code 3")
    assert skipped.startswith("WriteJournal")  # so the next plan says it again
    assert left(planned(bench.engine, stack)) != []


def test_a_file_in_the_place_of_the_mounted_one_is_not_seen_inside_so_the_container_is_made_anew(
    bench: Bench, file: Path
) -> None:
    stack = mounted(bench, file, on_change="reload")
    converged(bench.engine, stack)
    beside = file.with_suffix(".new")
    beside.write_text("two")
    beside.replace(file)
    if bench.lab is not None:
        assert inside(bench, "cat /etc/app.conf") == "one"
    assert [one.action.value for one in planned(bench.engine, stack).changes] == ["replace"]
    converged(bench.engine, stack)
    if bench.lab is not None:
        assert inside(bench, "cat /etc/app.conf") == "two"


def inside(bench: Bench, command: str) -> str:
    return bench.daemon.execute(f"{bench.prefix}-a-1", ["sh", "-c", command])[1]


def test_a_secret_in_a_read_only_container_is_mounted(bench: Bench, file: Path) -> None:
    service = Service(**BASE, read_only=True, secrets=(secret("key"),))
    stack = Stack(name=bench.prefix, services={"a": service}, secrets={"key": Secret(file=str(file))})
    converged(bench.engine, stack)
    if bench.lab is not None:
        assert unpacked(bench, "/run/secrets/key")[1] == b"one"
    file.write_text("two")
    assert [change.action.value for change in planned(bench.engine, stack).changes] == ["replace"]
    converged(bench.engine, stack)


# What cannot be had


@pytest.mark.parametrize(
    ("source", "path", "words"),
    [
        (Secret(file="/nowhere/key"), ("secrets", "s", "file"), "there is no such file"),
        (
            Secret(environment="NOT_SET"),
            ("secrets", "s", "environment"),
            "variable NOT_SET, which",
        ),
        (Secret(external=True), ("secrets", "s", "external"), "a single engine keeps none"),
    ],
)
def test_content_that_cannot_be_had_is_an_obstacle_in_its_place(
    bench: Bench, source: Secret, path: tuple[str, ...], words: str
) -> None:
    service = Service(**BASE, secrets=(secret("s"),))
    stack = Stack(name=bench.prefix, services={"a": service}, secrets={"s": source})
    (obstacle,) = planned(bench.engine, stack).obstacles
    assert (obstacle.path, words in obstacle.message) == (path, True)


def test_a_copy_into_a_read_only_container_is_an_obstacle(bench: Bench) -> None:
    service = Service(**BASE, read_only=True, secrets=(secret("s"),))
    stack = Stack(name=bench.prefix, services={"a": service}, secrets={"s": Secret(content="x")})
    (obstacle,) = planned(bench.engine, stack).obstacles
    assert obstacle.path == ("services", "a", "secrets", 0)


def test_an_owner_by_name_is_an_obstacle(bench: Bench) -> None:
    service = Service(**BASE, secrets=(secret("s", uid="www-data"),))
    stack = Stack(name=bench.prefix, services={"a": service}, secrets={"s": Secret(content="x")})
    (obstacle,) = planned(bench.engine, stack).obstacles
    assert obstacle.path == ("services", "a", "secrets", 0, "uid")

"""Images from a registry: fetched when the policy says, by name or digest, with or without credentials."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from docker.errors import NotFound

from reconciler.engines.standalone import Standalone
from reconciler.steps import PullImage
from tests.contract.samples import BASE
from tests.support import bench as benches
from tests.support.applying import converged, left, planned, units
from tests.support.bench import PLAIN, Bench
from tests.support.command import process
from tests.support.lab import LabEngine
from tests.support.registry import ALLOWED, NAME, PASSWORD, Registry, registry
from topology.models import Service, Stack


def another(bench: Bench, folder: Path, note: str) -> str:
    """An image that sleeps as well, and is another one."""
    (folder / "Dockerfile").write_text(
        f"FROM {PLAIN}\nLABEL note={note}\nRUN head -c 3000000 /dev/urandom >/blob\n"
    )
    name = bench.name(f"image-{note}")
    with bench.lab.client() as client:  # type: ignore[union-attr]  # a real one has it
        client.images.build(path=str(folder), tag=name)
    return name


def fetched(bench: Bench, stack: Stack) -> list[str]:
    return [step.reference for step in planned(bench.engine, stack).steps if isinstance(step, PullImage)]


def removed(bench: Bench, hub: Registry) -> None:
    with hub.engine.client() as client:
        for image in client.images.list():
            for name in (*image.tags, *image.attrs.get("RepoDigests", ())):
                if name.startswith((hub.at, bench.prefix)):
                    with suppress(NotFound):
                        client.api.remove_image(name, force=True)


def test_a_newer_image_is_found_in_the_plan_and_replaces_its_users(
    lab_engine: LabEngine, tmp_path: Path
) -> None:
    bench = benches.real(lab_engine)
    with registry(lab_engine, tmp_path) as hub:
        first = hub.push("shop/app:1", PLAIN)

        def stack(policy: str | None, image: str = "shop/app:1") -> Stack:
            service = Service(**{**BASE, "image": f"{hub.at}/{image}", "pull_policy": policy})
            return Stack(name=bench.prefix, services={"a": service})

        try:
            converged(bench.engine, stack(None))
            second = hub.push("shop/app:1", another(bench, tmp_path, "second"))
            converged_as_before = {
                policy: left(planned(bench.engine, stack(policy))) for policy in (None, "daily")
            }
            assert converged_as_before == {None: [], "daily": []}
            (change,) = planned(bench.engine, stack("always")).changes
            assert [(one.name, one.old, one.new) for one in change.fields] == [("image", first, second)]
            converged(bench.engine, stack("always"))
            (unit,) = units(bench.engine, stack("always")).values()
            assert unit.image.labels.get("note") == "second"
            third = another(bench, tmp_path, "third")
            by_digest = stack(None, f"shop/third@{hub.push('shop/third:1', third)}")
            with lab_engine.client() as client:
                client.api.remove_image(third)
            assert len(fetched(bench, by_digest)) == 1
            converged(bench.engine, by_digest)
            (unit,) = units(bench.engine, by_digest).values()
            assert unit.image.labels.get("note") == "third"
            converged(bench.engine, stack("always", f"shop/app:1@{first}"))
        finally:
            benches.swept(bench.daemon, bench.prefix)
            removed(bench, hub)


@pytest.mark.newest
def test_credentials_come_from_the_docker_configuration_and_errors_say_what_to_do(
    lab_engine: LabEngine, tmp_path: Path
) -> None:
    bench = benches.real(lab_engine)
    with registry(lab_engine, tmp_path, private=ALLOWED) as hub:
        hub.push("shop/app:1", PLAIN, {"username": NAME, "password": PASSWORD})
        try:
            settings = tmp_path / "settings"
            settings.mkdir()
            environ = {"PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}", "DOCKER_CONFIG": str(settings)}

            def apply(image: str) -> Any:
                service = {
                    "image": image,
                    "command": ["sleep", "1000"],
                    "stop_signal": "KILL",
                    "pull_policy": "always",
                }
                (tmp_path / "stack.yml").write_text(
                    json.dumps({"name": bench.prefix, "services": {"a": service}})
                )
                return process(tmp_path, "apply", "--yes", "-H", lab_engine.url, **environ)

            refused = apply(f"{hub.at}/shop/app:1")
            assert refused.code == 1
            assert f"{bench.prefix}: service.a[1] failed: pulling {hub.at}/shop/app:1: " in refused.out
            assert f"= log in: docker login {hub.at}" in refused.out

            helper = tmp_path / "bin" / "docker-credential-lab"
            helper.parent.mkdir()
            secret = json.dumps({"ServerURL": hub.at, "Username": NAME, "Secret": PASSWORD})
            helper.write_text(f"#!/bin/sh\ncat >/dev/null\necho '{secret}'\n")
            helper.chmod(0o755)
            (settings / "config.json").write_text(json.dumps({"credHelpers": {hub.at: "lab"}}))
            unknown = apply(f"{hub.at}/shop/app:2")
            assert f"= is the name right? try: docker pull {hub.at}/shop/app:2" in unknown.out, unknown.out
            done = apply(f"{hub.at}/shop/app:1")
            assert done.code == 0, done.out + done.err
            assert PASSWORD not in done.out + done.err
            again = apply(f"{hub.at}/shop/app:1")
            assert (again.code, "pull" in again.err) == (0, False)
            nobody = apply("127.0.0.1:9/shop/app:1")
            assert "= the engine cannot reach 127.0.0.1:9" in nobody.out
        finally:
            benches.swept(bench.daemon, bench.prefix)
            removed(bench, hub)


@pytest.mark.newest
def test_it_is_told_how_far_an_image_has_come(lab_engine: LabEngine, tmp_path: Path) -> None:
    bench = benches.real(lab_engine)
    told: list[str] = []
    with registry(lab_engine, tmp_path) as hub:
        try:
            image = another(bench, tmp_path, "told")
            hub.push("shop/told:1", image)
            with lab_engine.client() as client:
                client.api.remove_image(image)
            engine = Standalone(bench.daemon)
            engine.tells(lambda step, how: told.append(f"{type(step).__name__} {how}"))
            stack = Stack(
                name=bench.prefix, services={"a": Service(**{**BASE, "image": f"{hub.at}/shop/told:1"})}
            )
            converged(engine, stack)
            assert told[-1].startswith("PullImage 3.0 of 3.0 MB, 2 of 2 layers"), told
        finally:
            benches.swept(bench.daemon, bench.prefix)
            removed(bench, hub)

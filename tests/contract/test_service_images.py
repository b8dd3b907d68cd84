"""Images of services on a Swarm: by digest, asked of the registry when a service gets another one."""

from __future__ import annotations

import json
from pathlib import Path

from tests.support.bench import PLAIN
from tests.support.command import topo_on
from tests.support.lab import LabEngine
from tests.support.registry import registry


def said(folder: Path, on: LabEngine, command: str, *flags: str) -> str:
    ran = topo_on(on.url, folder, command, "--engine", "swarm", *flags)
    assert ran.code == 0, ran.out + ran.err
    return ran.out + ran.err


def write(folder: Path, stack: str, image: str, policy: str = "missing", replicas: int = 0) -> None:
    service = {
        "image": image,
        "command": ["sleep", "1000"],
        "init": True,
        "pull_policy": policy,
        "deploy": {"replicas": replicas},
    }
    (folder / "stack.yml").write_text(json.dumps({"name": stack, "services": {"a": service}}))


def test_a_service_runs_one_image_on_all_nodes_until_it_is_to_have_another(
    manager: LabEngine, tmp_path: Path
) -> None:
    name = "timages"
    (tmp_path / "Dockerfile").write_text(f"FROM {PLAIN}\nLABEL note=other\n")
    with registry(manager, tmp_path) as hub, manager.client() as client:
        image = f"{hub.at}/shop/app:1"
        client.images.build(path=str(tmp_path), tag=f"{name}-other")
        first = hub.push("shop/app:1", PLAIN)

        def runs() -> str:
            (service,) = client.services.list()
            return str(service.attrs["Spec"]["TaskTemplate"]["ContainerSpec"]["Image"])

        write(tmp_path, name, image, replicas=1)
        assert f"{image}@{first[:19]}" in said(tmp_path, manager, "plan")
        said(tmp_path, manager, "apply", "-y")
        assert runs() == f"{image}@{first}"
        write(tmp_path, name, image)
        said(tmp_path, manager, "apply", "-y")

        second = hub.push("shop/app:1", f"{name}-other")
        assert "nothing to do" in said(tmp_path, manager, "plan")
        write(tmp_path, name, image, "always")
        (change,) = json.loads(said(tmp_path, manager, "plan", "--format", "json"))["changes"]
        (field,) = change["fields"]
        assert (field["name"], field["old"], field["new"], field["cause"]) == (
            "image_digest",
            first,
            second,
            "image changed",
        )
        said(tmp_path, manager, "apply", "-y")
        assert runs() == f"{image}@{second}"

        said(tmp_path, manager, "rollback", "-y")
        assert runs() == f"{image}@{first}"

        write(tmp_path, name, PLAIN)
        said(tmp_path, manager, "apply", "-y")
        assert runs() == PLAIN
        assert "nothing to do" in said(tmp_path, manager, "plan")
        said(tmp_path, manager, "destroy", "-y")

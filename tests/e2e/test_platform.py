"""The platform example: names, networks by health, publishing inside, rebuilding, and exit codes."""

from __future__ import annotations

import docker
import pytest

from tests.support.example import CHANGES, Example, host_port, tried
from tests.support.lab import LabEngine
from tests.support.waiting import eventually

WEB = host_port()
PUBLIC = ("-f", "stack.yml", "-f", "public.yml")
NOT_WELL, FAILED = 2, 1


def ids(example: Example) -> dict[str, str]:
    chosen = {"label": f"topo.stack={example.stack}"}
    listed = example.client.api.containers(filters=chosen)
    return {one["Names"][0].removeprefix("/"): one["Id"] for one in listed}


def addresses(example: Example, network: str) -> set[str]:
    return {example.address("web", network, replica) for replica in (1, 2)}


@pytest.mark.newest
def test_it_does_what_a_platform_does(
    lab_engine: LabEngine, docker_client: docker.DockerClient, stack_name: str
) -> None:
    # The file names its own stack in an address, so that is the name it runs under here as well.
    with tried("platform", lab_engine, docker_client, stack_name, WEB_PORT=str(WEB)) as example:
        text = (example.folder / "stack.yml").read_text().replace("node-js-app", stack_name)
        (example.folder / "stack.yml").write_text(text)
        assert example.topo("plan", "--detailed-exitcode").code == CHANGES
        example.applied()
        example.proved()
        assert example.topo("status").code == 0
        assert example.page(WEB).startswith("release 1 on ")

        short = f"{stack_name}.web"
        for name in ("web", short, f"{short}.svc.cluster.local"):
            assert set(example.resolves("proxy", name)) == addresses(example, "public")
            assert set(example.resolves("worker", name)) == addresses(example, "internal")
        worker = docker_client.containers.get(example.container("worker"))
        assert eventually(lambda: b"release 1 on " in worker.logs())

        inside = example.gateway("public")
        assert example.host_connects("127.0.0.1", WEB)
        assert not example.host_connects(inside, WEB)

        before = ids(example)
        broken = example.topo("apply", "--yes", RELEASE="broken")
        assert broken.code == FAILED
        assert "it was removed; the old container serves on" in broken.out
        assert ids(example) == before
        assert example.page(WEB).startswith("release 1 on ")

        assert example.topo("apply", "--yes", "--replace", "web").code == 0
        after = ids(example)
        assert after.keys() == before.keys()
        assert {name for name in after if after[name] != before[name]} == {
            example.container("web", 1),
            example.container("web", 2),
        }

        example.applied(*PUBLIC)
        assert example.host_connects(inside, WEB)
        docker_client.containers.get(example.container("worker")).kill()
        assert example.topo("status", *PUBLIC).code == NOT_WELL
        example.destroyed(*PUBLIC)

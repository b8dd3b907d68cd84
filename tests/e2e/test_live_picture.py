"""`topo graph --live` on real engines: who runs and how, what others changed, and who is there unasked."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import docker
import pytest

from tests.support.command import process
from tests.support.lab import STACK_LABEL, LabEngine

FILE = """\
name: {name}
services:
  web: {{image: busybox, command: [sleep, "1000"], init: true, networks: [front], links: [app]}}
  app:
    image: busybox
    command: [sleep, "1000"]
    init: true
    replicas: 2
    networks: [front, back]
    environment: {{API_TOKEN: hunter2-in-clear}}
    healthcheck: {{test: [CMD, "true"], interval: 1s}}
networks: {{front: , back: {{internal: true}}}}
policy: {{default: warn, claims: [web cannot reach world]}}
"""


@pytest.fixture
def shop(tmp_path: Path, stack_name: str) -> Path:
    (tmp_path / "stack.yml").write_text(FILE.format(name=stack_name))
    return tmp_path


def drawn(folder: Path, engine: LabEngine, form: str = "svg") -> str:
    ran = process(folder, "graph", "--live", "--format", form, "-H", engine.url)
    assert ran.code == 0, ran.err
    assert "hunter2" not in ran.out
    return ran.out


def rows(svg: str) -> dict[str, str]:
    """Each service with what is written on its card, and what there is to know of it."""
    root = ElementTree.fromstring(svg)  # noqa: S314  # our own
    groups = (one for one in root.iter() if (one.get("class") or "").startswith("row"))
    return {key: "\n".join(one.itertext()) for one in groups if (key := one.get("data-key"))}


def joints(svg: str, service: str) -> set[str]:
    root = ElementTree.fromstring(svg)  # noqa: S314  # our own
    (row,) = (one for one in root.iter() if one.get("data-key") == service)
    return {str(one.get("class")) for one in row.iter() if (one.get("class") or "").startswith("joint")}


@pytest.mark.newest
def test_a_picture_shows_how_it_runs_and_what_is_another(
    shop: Path, lab_engine: LabEngine, docker_client: docker.DockerClient, stack_name: str
) -> None:
    assert "absent" in rows(drawn(shop, lab_engine))["web"]
    ran = process(shop, "apply", "--yes", "-H", lab_engine.url)
    assert ran.code == 0, ran.err
    before = drawn(shop, lab_engine)
    assert "healthy" in rows(before)["app"]
    assert {one for each in rows(before) for one in joints(before, each) if "ed" in one.split()[-1]} == set()

    docker_client.networks.get(f"{stack_name}_back").connect(f"{stack_name}-web-1")
    docker_client.containers.get(f"{stack_name}-app-2").kill()
    stranger = docker_client.containers.run(
        "busybox", ["sleep", "1000"], detach=True, name=f"{stack_name}-other", init=True,
        network=f"{stack_name}_front", labels={STACK_LABEL: stack_name},
    )  # fmt: skip
    after = drawn(shop, lab_engine)
    page = drawn(shop, lab_engine, "html")
    stranger.remove(force=True)

    assert "1 of 2 well" in rows(after)["app"]
    assert f"{stack_name}-app-2: exited with 137" in rows(after)["app"]
    assert "drift: web[1] networks.back is joined, and should not be" in rows(after)["web"]
    assert "it is there, and not in the file" in rows(after)[f"{stack_name}-other"]
    assert sum(one.endswith("added") for one in joints(after, "web")) == 1
    data = page.partition('id="known">')[2].partition("</script>")[0]
    assert f"{stack_name}-other" in json.loads(data)["ends"]

"""`topo export kubernetes`: what comes out is valid, grants what is needed, and tells no secret."""

from __future__ import annotations

import copy
import json
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.cluster import Cluster
from tests.support.command import Ran, topo
from tests.support.golden import matches
from tests.support.published_schemas import NEWEST, OLDEST, faults
from tests.support.reachable import broken, differences
from topology.export.kubernetes.names import label
from topology.load import load

ROOT = Path(__file__).parents[3]
STACKS = (
    "stack.example.yml",
    "examples/three-tier/stack.yml",
    "examples/two-tier/stack.yml",
    "examples/network-types/stack.yml",
    "examples/microservices/stack.yml",
    "examples/platform/stack.yml",
    "examples/connecting-containers/1-published.yml",
    "examples/connecting-containers/2-names.yml",
    "examples/connecting-containers/3-interface.yml",
    "examples/connecting-containers/4-links.yml",
    "examples/connecting-containers/5-ambassador.yml",
)


def exported(folder: Path, *arguments: str) -> Ran:
    ran = topo(folder, "export", "kubernetes", *arguments)
    assert ran.code == 0, ran.err
    return ran


def objects(text: str) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all(text))


@pytest.mark.parametrize("name", STACKS)
def test_an_example_becomes_valid_objects_that_grant_what_it_needs(name: str) -> None:
    file = ROOT / name
    found = objects(exported(file.parent, "-f", file.name).out)
    assert [fault for one in found for release in (OLDEST, NEWEST) for fault in faults(one, release)] == []
    stack = load([file.name], environ={}, directory=file.parent).stack
    cluster = Cluster(found)
    called = {service: label(service) for service in stack.services}
    assert differences(stack, cluster, called) == []
    assert broken(stack, cluster, called) == []
    for service in stack.services.values():
        leading = {link.alias: (label(link.service),) for link in service.links}
        assert {alias: cluster.called(label(alias)) for alias in leading} == leading


def test_the_file_to_copy_becomes_what_was_reviewed() -> None:
    ran = exported(ROOT, "-f", "stack.example.yml")
    matches(ran.out.removesuffix("\n"), "example.kubernetes.yaml")
    matches(ran.err.removesuffix("\n"), "example.kubernetes.txt")


def spoilt(found: list[dict[str, Any]]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """The objects with one rule of one policy taken out, or with one limit of it taken off."""
    for at, one in enumerate(found):
        for way in ("ingress", "egress") if one["kind"] == "NetworkPolicy" else ():
            for number, rule in enumerate(one["spec"].get(way, ())):
                for name in (None, *rule):
                    made = copy.deepcopy(found)
                    rules = made[at]["spec"][way]
                    rules[number : number + 1] = (
                        [] if name is None else [{key: part for key, part in rule.items() if key != name}]
                    )
                    yield f"{one['metadata']['name']} {way} {number} without {name or 'it'}", made


def test_every_rule_of_a_policy_counts() -> None:
    found = objects(exported(ROOT, "-f", "stack.example.yml").out)
    stack = load(["stack.example.yml"], environ={}, directory=ROOT).stack
    called = {name: name for name in stack.services}
    unnoticed = {what for what, made in spoilt(found) if not differences(stack, Cluster(made), called)}
    both_sides_say = {"flaskapp egress 1 without ports", "db ingress 0 without ports"}
    assert len(list(spoilt(found))) > 15
    assert unnoticed == both_sides_say


def test_json_is_one_list_of_the_same_objects() -> None:
    found = json.loads(exported(ROOT, "-f", "stack.example.yml", "--format", "json").out)
    assert (found["apiVersion"], found["kind"]) == ("v1", "List")
    assert found["items"] == objects(exported(ROOT, "-f", "stack.example.yml").out)


STACK = """\
name: shop
services:
  web:
    image: x:1
    environment: {API_KEY: zq01, COLOUR: green, PIN_PASSWORD: "12345"}
    command: [serve, --token, zq02]
    healthcheck: {test: "curl -u me:zq03 http://me:zq03@localhost/"}
    labels: {api.token: zq04, team: shop}
    volumes: ["./web.conf:/etc/web.conf:ro", "./server.key:/etc/server.key:ro"]
    secrets: [key]
secrets: {key: {file: ./key.txt}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "stack.yml").write_text(STACK)
    (tmp_path / "web.conf").write_text("password = zq05\ncolour: green\n")
    (tmp_path / "server.key").write_text("zq06\n")
    (tmp_path / "key.txt").write_text("zq07\n")
    return tmp_path


def test_secrets_are_written_only_if_asked_for(folder: Path) -> None:
    ran = exported(folder)
    assert "zq" not in ran.out + ran.err
    assert "12345" not in ran.out
    assert "green" in ran.out
    assert "# to be filled: kubectl create secret generic web-environment " in ran.out

    found = objects(exported(folder, "--with-secrets").out)
    secrets = {one["metadata"]["name"]: one["stringData"] for one in found if one["kind"] == "Secret"}
    assert secrets["web-environment"]["API_KEY"] == "zq01"
    assert secrets["web-environment"]["COMMAND_2"] == "zq02"
    assert secrets["key"] == {"key": "zq07\n"}
    (workload,) = Cluster(found).of("Deployment")
    (container,) = workload["spec"]["template"]["spec"]["containers"]
    assert container["args"] == ["serve", "--token", "$(COMMAND_2)"]


def test_a_folder_gets_a_file_for_each_service_and_a_list_of_them(folder: Path) -> None:
    ran = exported(folder, "-o", "made", "--with-secrets")
    made = folder / "made"
    names = ["configmaps.yaml", "networkpolicies.yaml", "secrets.yaml", "service-web.yaml"]
    assert sorted(one.name for one in made.iterdir()) == sorted([*names, "kustomization.yaml"])
    assert yaml.safe_load((made / "kustomization.yaml").read_text())["resources"] == names
    assert stat.S_IMODE((made / "secrets.yaml").stat().st_mode) == 0o600
    assert ran.out == "written 5 files into made: kubectl apply -k made\n"
    whole = exported(folder, "--with-secrets").out
    assert "---\n".join((made / name).read_text() for name in names) == whole


def test_a_folder_that_holds_something_is_left_alone_unless_forced(folder: Path) -> None:
    (folder / "made").mkdir()
    (folder / "made" / "mine.yaml").write_text("mine\n")
    ran = topo(folder, "export", "kubernetes", "-o", "made")
    assert (ran.code, ran.out) == (3, "")
    assert "made is not empty: mine.yaml is there" in ran.err
    ran = exported(folder, "-o", "made", "--force")
    assert "left as they were in made: mine.yaml" in ran.err
    assert (folder / "made" / "mine.yaml").read_text() == "mine\n"

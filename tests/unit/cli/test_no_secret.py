"""Secrets in every place where one can stand, and every command in every format: none of them is told."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from reconciler.record import digest
from tests.support.command import Ran, topo

STACK = """\
name: s
services:
  a:
    image: x:1
    build: {context: ., args: {BUILD_TOKEN: zq01}}
    environment:
      DB_PASSWORD: zq02
      URL: postgres://me:zq03@db/x
      API_KEY: ${API_KEY:-zq04}
    env_file: [more.env]
    command: [server, --password=zq05, --token, zq06]
    healthcheck: {test: "curl http://me:zq07@localhost/ --api-key zq08"}
    labels: {api.token: zq09, note: "ftp://me:zq10@host/"}
    logging: {driver: splunk, options: {splunk-token: zq11}}
    secrets: [key, other]
    configs: [page]
    networks: [one]
    links: [{service: b, on_change: {exec: [tell, --password, zq12]}}]
    volumes: ["share:/share"]
  b: {image: "x:1", privileged: true, networks: [one, two], environment: {PASSWORD: zq13}, ports: ["90:90"]}
  c:
    image: postgres:16
    entrypoint: [serve, "--dsn=postgres://me:zq14@db/x"]
    environment: ["PGPASSWORD=zq15", PLAIN=1]
    ready: {exec: [ask, --token=zq16]}
    networks: [two]
networks: {one: , two: }
volumes: {share: {driver_opts: {type: cifs, o: "username=me,password=zq17", device: //host/share}}}
secrets: {key: {file: key.txt}, other: {environment: OTHER}}
configs: {page: {content: "password=zq20"}}
policy:
  default: deny
  claims: [a cannot reach b, c cannot reach world]
"""
ENVIRONMENT = {"OTHER": "zq19"}
SECRET = re.compile(r"zq\d\d")

FORMATS = [
    *(
        ("check", "--format", form)
        for form in ("text", "json", "sarif", "junit", "tap", "github", "markdown")
    ),
    ("check", "-v"),
    *(("explain", "a", "b", "--format", form) for form in ("text", "json")),
    *(("matrix", "--format", form) for form in ("text", "json", "csv", "markdown")),
    *(("graph", "--format", form) for form in ("text", "json", "mermaid", "dot", "svg", "html")),
    ("suggest",),
    *(("diff", "old.yml", "stack.yml", "--format", form) for form in ("text", "json", "markdown")),
    ("graph", "--format", "html", "--diff", "old.yml", "stack.yml"),
    *(("export", "kubernetes", "--format", form) for form in ("yaml", "json")),
]
"""Not among them: `config` and the patch of `suggest`, which are the stack file itself, to be read again."""
ON = ("--engine", "memory:engine.json")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "stack.yml").write_text(STACK)
    (tmp_path / "old.yml").write_text(STACK.replace("[one, two]", "[two]"))
    (tmp_path / "more.env").write_text("MORE_SECRET=zq21\nGREETING=zq22\nMOTD='zq23'\n")
    (tmp_path / "key.txt").write_text("zq18")
    (tmp_path / "Dockerfile").write_text("FROM scratch\n")
    return tmp_path


def run(folder: Path, *arguments: str) -> Ran:
    return topo(folder, *arguments, environ=ENVIRONMENT)


def told(ran: Ran) -> set[str]:
    assert ran.code in {0, 1, 2}, ran
    assert "bug in topo" not in ran.err
    return set(SECRET.findall(ran.out + ran.err))


@pytest.mark.parametrize("command", FORMATS, ids=" ".join)
def test_what_needs_no_engine_tells_no_secret(folder: Path, command: tuple[str, ...]) -> None:
    ran = run(folder, *command)
    assert ran.out
    assert told(ran) == set()


def test_what_needs_an_engine_tells_no_secret_and_no_label_holds_one(folder: Path) -> None:
    assert told(run(folder, "plan", *ON)) == set()
    for more in (["--format", "json"], ["--format", "sh"], ["--steps"], ["-o", "plan.json", "-q"]):
        assert told(run(folder, "plan", *ON, *more)) == set(), more
    assert not SECRET.findall((folder / "plan.json").read_text())
    assert 'GREETING="${A_GREETING}"' in run(folder, "plan", *ON, "--format", "sh").out
    assert told(run(folder, "apply", "--yes", "--format", "json", *ON)) == set()
    world = json.loads((folder / "engine.json").read_text())
    assert labels_with_secrets(world) == {"zq09", "zq10"}, "what the file itself says as a label is one"
    guesses = {digest("s", f"zq{number:02}") for number in range(30)}
    assert not any(guess in json.dumps(world) for guess in guesses), "with the stack's name alone"
    assert told(run(folder, "status", *ON)) | told(run(folder, "status", "--format", "json", *ON)) == set()

    changed = SECRET.sub(lambda found: found[0].replace("zq", "zq8")[:4], STACK)
    (folder / "stack.yml").write_text(changed)
    (folder / "key.txt").write_text("zq88")
    (folder / "more.env").write_text("MORE_SECRET=zq81\nGREETING=zq82\nFRESH=zq83\n")
    greeting = next(line for line in run(folder, "plan", *ON).out.splitlines() if ".GREETING" in line)
    assert "(sensitive, changed)" in greeting
    for more in ([], ["--format", "json"], ["--format", "sh"], ["--steps"]):
        assert told(run(folder, "plan", *ON, *more)) == set(), more
    assert told(run(folder, "apply", "--yes", *ON)) == set()
    for command in (["rollback"], ["destroy", "--volumes"], ["adopt"]):
        for more in ([], ["--format", "json"]):
            assert told(run(folder, *command, "--yes", *ON, *more)) == set(), (command, more)


def labels_with_secrets(value: object, *, inside: bool = False) -> set[str]:
    """The secrets in all labels of a modelled engine."""
    if isinstance(value, dict):
        return {
            one
            for name, each in value.items()
            for one in labels_with_secrets(each, inside=inside or str(name).lower() == "labels")
        }
    if isinstance(value, list):
        return {one for each in value for one in labels_with_secrets(each, inside=inside)}
    return set(SECRET.findall(str(value))) if inside else set()


@pytest.mark.parametrize(
    "fault",
    [
        ("zq02", "[zq02]"),
        ("privileged: true", "prots: true"),
        ("PASSWORD: zq13", "PASSWORD: zq13, PASSWORD: zq13"),
        ("PGPASSWORD=zq15", "PG PASSWORD=zq15"),
        ("password=zq17", "password=zq17\\x"),
        ("--token, zq06]", "--token, zq06"),
        ("server, --password=zq05", "{server: --password=zq05}"),
        ("DB_PASSWORD: zq02", "DB_PASSWORD: 'zq02"),
        ("DB_PASSWORD: zq02", "DB_PASSWORD: ${zq-x} zq02"),
        ("[a cannot", "[a can not"),
    ],
)
@pytest.mark.parametrize("form", ["text", "json", "sarif", "github"])
def test_a_fault_beside_a_secret_does_not_quote_it(folder: Path, fault: tuple[str, str], form: str) -> None:
    assert fault[0] in STACK
    (folder / "stack.yml").write_text(STACK.replace(*fault))
    assert told(run(folder, "check", "--format", form)) == set()

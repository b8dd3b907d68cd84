"""The JSON Schema for editors: it lets pass what loads, refuses what cannot, and says what fields mean."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator, ValidationError

from cli.render import config
from cli.render.ink import Look
from tests.unit.cli.test_config import EVERYTHING, report
from topology.models import Service, Stack
from topology.schema import schema
from topology.schema.words import WORDS

SCHEMA = schema()
HERE = Path(__file__).parents[3]


def refusals(text: str) -> list[str]:
    """Where the schema finds a fault in a stack file; in each of several forms, if none fits."""
    found = Draft7Validator(SCHEMA).iter_errors(yaml.safe_load(text))
    return sorted({"/".join(map(str, one.absolute_path)) for error in found for one in _leaves(error)})


def _leaves(error: ValidationError) -> Iterator[ValidationError]:
    if not error.context:
        yield error
    for below in error.context or ():
        yield from _leaves(below)


def test_it_is_a_schema() -> None:
    Draft7Validator.check_schema(SCHEMA)


def test_the_example_fits() -> None:
    assert refusals((HERE / "stack.example.yml").read_text()) == []


def test_what_config_prints_fits() -> None:
    assert refusals(config.as_json(report(EVERYTHING), Look())) == []


@pytest.mark.parametrize(
    "said",
    [
        "ports: [80, '8080:80', '127.0.0.1:53:53/udp', {target: 80, published: 8080}]",
        "ports: ['${PORT:-80}:80']",
        "environment: {A: 1, B: true, C: null}",
        "environment: [A=1, B]",
        "environment:",
        "command: nginx -g 'daemon off;'",
        "command: [nginx, -g]",
        "volumes: ['data:/d', {type: bind, source: ./a, target: /a, bind: {propagation: rslave}}]",
        "volumes: [{type: image, source: i, target: /i, image: {subpath: a}}]",
        "provider: {type: cloud}",
        "networks: [a, b]",
        "networks: {a: {aliases: [x]}, b: }",
        "depends_on: [db]",
        "depends_on: {db: {condition: service_healthy}}",
        "depends_on: {db: {condition: '${CONDITION}'}}",
        "build: .",
        "build: {context: ., args: [A=1]}",
        "restart: always",
        "healthcheck: {test: curl localhost, interval: 5s, disable: false}",
        "mem_limit: 512m",
        "mem_limit: 536870912",
        "privileged: '${P}'",
        "links: [db, 'db:database', {service: db, port: 5432}]",
        "ulimits: {nofile: 1024, core: {soft: 0, hard: 0}}",
        "user: 1000",
        "scale: 2",
        "deploy: {replicas: 2, resources: {limits: {cpus: '0.5', memory: 1g}}}",
        "env_file: [.env, {path: other, required: false}]",
        "x-mine: {any: thing}",
        "extra_hosts: {a: 10.0.0.1}",
    ],
)
def test_every_form_that_loads_fits(said: str) -> None:
    assert refusals(f"services: {{web: {{image: i, {said}}}}}" if said[-1] != ":" else _block(said)) == []


def _block(said: str) -> str:
    return f"services:\n  web:\n    image: i\n    {said}\n"


def test_what_is_external_may_be_said_in_the_older_way() -> None:
    assert refusals("services: {a: {image: i}}\nvolumes: {v: {external: {name: w}}}\n") == []


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ("prots: ['80:80']", "services/web"),
        ("ports: '80:80'", "services/web/ports"),
        ("depends_on: {db: {condition: service_happy}}", "services/web/depends_on/db/condition"),
        ("healthcheck: {tests: x}", "services/web/healthcheck"),
        ("environment: 7", "services/web/environment"),
        ("volumes: [{type: bendt, target: /a}]", "services/web/volumes/0/type"),
    ],
)
def test_what_cannot_load_is_refused_in_its_place(said: str, place: str) -> None:
    assert place in refusals(f"services: {{web: {{image: i, {said}}}}}")


def test_every_field_of_a_service_says_what_it_means() -> None:
    properties = SCHEMA["definitions"]["Service"]["properties"]
    assert [name for name in Service.model_fields if not properties[name].get("description")] == []
    assert [name for name in Stack.model_fields if not SCHEMA["properties"][name].get("description")] == []


def test_words_are_about_fields_that_there_are() -> None:
    known: dict[str, Any] = {"Stack": SCHEMA, **SCHEMA["definitions"]}
    described = {name: _properties(known[name]) for name in WORDS}
    told = {name: set(words) - described[name] for name, words in WORDS.items()}
    assert {name: fields for name, fields in told.items() if fields} == {}


def _properties(said: dict[str, Any]) -> set[str]:
    forms = said.get("anyOf", [said])
    return {name for form in forms for name in form.get("properties", {})}


def test_it_is_the_same_every_time() -> None:
    assert json.dumps(schema()) == json.dumps(schema())

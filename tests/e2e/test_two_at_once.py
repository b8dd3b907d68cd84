"""Two who apply different versions at once: the result is one of the two, whole, on every engine.

A few rounds are run every time; `pytest tests/e2e/test_two_at_once.py --rounds 50` runs more.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.support.command import Ran, process
from tests.support.lab import LabEngine

VERSIONS = ("one", "two")
SERVICE = """\
  {name}:
    image: busybox:latest
    command: [sleep, "1000"]
    stop_signal: SIGKILL
    environment: {{VERSION: {version}}}
    networks: [{networks}]
"""


def stack_text(stack: str, version: str) -> str:
    """Three services that differ in all that a version can differ in: settings, networks, who is there."""
    networks = {"one": "a", "two": "a, b"}[version]
    names = ("web", "app", version)
    services = "".join(SERVICE.format(name=name, version=version, networks=networks) for name in names)
    return f"name: {stack}\nservices:\n{services}networks: {{a: , b: }}\n"


def test_the_result_is_one_of_the_two_versions(
    lab_engine: LabEngine, stack_name: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    for version in VERSIONS:
        (tmp_path / f"{version}.yml").write_text(stack_text(stack_name, version))

    def topo(command: str, version: str, *arguments: str) -> Ran:
        return process(tmp_path, command, "-f", f"{version}.yml", *arguments, DOCKER_HOST=lab_engine.url)

    with ThreadPoolExecutor(2) as pool:
        for _ in range(request.config.getoption("--rounds")):
            ran = list(pool.map(lambda one: topo("apply", one, "--yes", "--lock-timeout", "50s"), VERSIONS))
            assert [one.code for one in ran] == [0, 0], [one.err for one in ran]
            left = [topo("plan", version, "--detailed-exitcode").code for version in VERSIONS]
            assert sorted(left) == [0, 2]

"""The stack files of the examples: their claims hold, and nothing worse than what each is there to show."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.command import topo

EXAMPLES = Path(__file__).parents[3] / "examples"
STACKS = {
    "three-tier/stack.yml": (),
    "two-tier/stack.yml": (),
    "network-types/stack.yml": ("T120",),
    "connecting-containers/1-published.yml": ("T201",),
    "connecting-containers/2-names.yml": (),
    "connecting-containers/3-interface.yml": (),
    "connecting-containers/4-links.yml": (),
    "connecting-containers/5-ambassador.yml": (),
    "microservices/stack.yml": (),
    "platform/stack.yml": (),
}
"""Each with the warnings that it shows."""

BROKEN = ("T207", "T213", "T301", "T303", "T304", "T306", "T307", "T308")
KEPT = ("T302", "T305")
"""The ten commandments, as the microservices are found."""
OPEN = ("T120", "T201", "T202", "T203")
"""What else is wrong with them, and not with the mended ones."""


@pytest.mark.parametrize("name", STACKS)
def test_the_claims_hold_and_warnings_are_those_that_it_shows(name: str) -> None:
    file = EXAMPLES / name
    ran = topo(file.parent, "check", "-f", file.name)
    assert ran.code == 0, ran.out
    warnings = {line.split()[2].rstrip(":") for line in ran.out.splitlines() if ": warning T" in line}
    assert sorted(warnings) == list(STACKS[name])


@pytest.mark.parametrize("name", ["three-tier", "microservices"])
def test_the_claims_hold_on_a_swarm_too(name: str) -> None:
    files = ("check", "-f", "stack.yml", "-f", "swarm.yml")
    folder = EXAMPLES / name
    ran = topo(folder, *files, environ={"REGISTRY": "registry.example", "DB_NODE": "one"})
    assert ran.code == 0, ran.out
    assert "warning" not in ran.out
    told = topo(folder, *files).out
    assert "REGISTRY is required and not set: a registry that all nodes reach" in told
    assert "DB_NODE is required and not set: the node that keeps the database" in told


def shown(readme: Path) -> Iterator[tuple[list[str], str]]:
    """The arguments of each `topo check` in a README and each line that it shows of the answer."""
    for block in re.findall(r"```console\n(.*?)```", readme.read_text(), re.DOTALL):
        arguments: list[str] | None = None
        for line in block.splitlines():
            if line.startswith("$ "):
                words = line.partition("#")[0].split()
                arguments = words[2:] if words[1:3] == ["topo", "check"] and "import" not in block else None
            elif arguments is not None and line.strip() not in {"...", "| ..."}:
                yield arguments, line.strip()


@pytest.mark.parametrize("name", sorted(path.parent.name for path in EXAMPLES.glob("*/try.sh")))
def test_a_readme_shows_what_check_says(name: str) -> None:
    for arguments, line in shown(EXAMPLES / name / "README.md"):
        assert line in topo(EXAMPLES / name, *arguments).out


def told(name: str, *files: str) -> str:
    """What `check` says of files of an example."""
    return topo(EXAMPLES / name, "check", *(word for file in files for word in ("-f", file))).out


def test_three_proxies_on_one_port_are_refused_with_what_to_do() -> None:
    said = told("microservices", "as-found.yml")
    assert "T010: service nginx has 3 replicas and only host port 80" in said
    assert "or put a proxy in front" in said


def test_the_commandments_are_broken_as_found_and_kept_once_mended() -> None:
    found = told("microservices", "as-found.yml", "one-nginx.yml")
    mended = told("microservices", "stack.yml")
    assert [code for code in (*BROKEN, *KEPT, *OPEN) if code not in found] == list(KEPT)
    assert [code for code in (*BROKEN, *KEPT, *OPEN) if code in mended] == []


def test_what_the_commandments_say_of_data_and_programs_is_seen_there_too(tmp_path: Path) -> None:
    """The two that are kept as found are broken by one line each."""
    (tmp_path / "worse.yml").write_text(
        "services:\n"
        "  db: {volumes: !override ['./init.sql:/docker-entrypoint-initdb.d/init.sql']}\n"
        "  nginx: {command: sh -c 'crond & exec nginx'}\n"
    )
    found = told("microservices", "as-found.yml", "one-nginx.yml", str(tmp_path / "worse.yml"))
    assert [code for code in KEPT if code not in found] == []

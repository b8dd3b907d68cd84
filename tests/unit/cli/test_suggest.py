"""A suggestion is a patch that applies, in every style that people write stack files in."""

from __future__ import annotations

import json
import shutil
import subprocess
from ipaddress import IPv4Network
from pathlib import Path

import pytest

from tests.support.command import Ran, topo
from tests.support.golden import matches
from topology.subnets import allotted, pool_of, prefix_for
from topology.suggest.edits import scalar

FOLDER = Path(__file__).parents[2] / "data" / "suggest"
FILES = sorted(FOLDER.glob("*.yml"))
FLAT = "services:\n  a: {image: x, links: [b]}\n  b: {image: y}\n  c: {image: z}\n"


def suggested(folder: Path, *arguments: str) -> Ran:
    return topo(folder, "suggest", "-f", "stack.yml", "-p", "shop", *arguments)


@pytest.fixture(params=FILES, ids=lambda file: file.stem)
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    shutil.copy(request.param, tmp_path / "stack.yml")
    (tmp_path / "name").write_text(request.param.stem)
    return tmp_path


def test_it_is_as_reviewed(folder: Path) -> None:
    ran = suggested(folder)
    assert (ran.code, ran.err) == (0, "")
    matches(ran.out.replace("\r", "").removesuffix("\n"), f"suggest_{(folder / 'name').read_text()}.txt")


def test_the_patch_gives_the_file_that_is_written(folder: Path) -> None:
    (folder / "x.diff").write_text(suggested(folder, "--format", "diff").out, newline="")
    assert suggested(folder, "-o", "new.yml").code == 0
    if (folder / "x.diff").read_text().strip():
        subprocess.run(["git", "apply", "x.diff"], cwd=folder, check=True)
    assert (folder / "stack.yml").read_bytes() == (folder / "new.yml").read_bytes()


def test_every_comment_of_what_stays_is_kept(folder: Path) -> None:
    before = (folder / "stack.yml").read_text(encoding="utf-8")
    suggested(folder, "-o", "new.yml")
    after = (folder / "new.yml").read_text(encoding="utf-8")
    whole = [line.strip() for line in before.splitlines() if line.strip().startswith("#")]
    assert all(comment in after for comment in whole)


def test_following_it_leaves_nothing_that_networks_can_close(folder: Path) -> None:
    found = json.loads(suggested(folder, "--format", "json").out)
    suggested(folder, "-o", "stack.yml")
    again = json.loads(suggested(folder, "--format", "json").out)
    assert (again["diff"], again["before"]) == ("", found["after"])
    fixed = sum(len(stay["pairs"]) for stay in again["stays"])
    assert again["after"]["excess"] <= fixed


def test_without_needs_there_is_nothing_to_go_by(tmp_path: Path) -> None:
    (tmp_path / "stack.yml").write_text(
        "services:\n  a: {image: x, environment: {URL: 'http://b:80', USER: b}}\n  b: {image: y}\n"
    )
    ran = suggested(tmp_path)
    assert ran.code == 1
    assert ran.err.splitlines()[-1] == "  = a names b in URL: perhaps it wants links: [b]"


def test_the_pool_may_be_named_and_subnets_left_out(tmp_path: Path) -> None:
    (tmp_path / "stack.yml").write_text(FLAT)
    assert "subnet: 192.168.8.0/29" in suggested(tmp_path, "--pool", "192.168.8.0/24").out
    assert "subnet" not in suggested(tmp_path, "--no-subnets", "--format", "diff").out
    assert suggested(tmp_path, "--pool", "everywhere").code == 1


def test_a_file_that_cannot_be_edited_is_not_spoilt(tmp_path: Path) -> None:
    (tmp_path / "stack.yml").write_text(
        "services:\n  a: {image: x, links: [b], x-topo: {networks: [n, m]}}\n  b: {image: y, networks: [n]}\n"
        "  c: {image: y, networks: [n, m]}\nnetworks: {n: , m: }\n"
    )
    ran = suggested(tmp_path, "-o", "stack.yml")
    assert ran.code == 1
    assert ran.err.startswith("error: stack.yml is written in a way that topo cannot edit: ")
    assert "x-topo" in (tmp_path / "stack.yml").read_text()


# Subnets


@pytest.mark.parametrize(
    ("containers", "prefix"), [(1, 29), (5, 29), (6, 28), (13, 28), (14, 27), (29, 27), (61, 26)]
)
def test_a_subnet_is_as_large_as_it_has_to_be(containers: int, prefix: int) -> None:
    assert prefix_for(containers) == prefix
    assert 2 ** (32 - prefix) - 3 >= containers


def test_subnets_do_not_overlap_nor_meet_what_is_taken() -> None:
    taken = [IPv4Network("10.64.0.16/28")]
    found = allotted({f"n{size}": size for size in range(1, 40)}, IPv4Network("10.64.0.0/16"), taken)
    blocks = [*found.values(), *taken]
    assert len(found) == 39
    assert not any(one.overlaps(other) for at, one in enumerate(blocks) for other in blocks[:at])


def test_a_pool_that_is_full_gives_no_more() -> None:
    found = allotted({"a": 5, "b": 5, "c": 5, "d": 500}, IPv4Network("10.64.0.0/28"), [])
    assert found == {"a": IPv4Network("10.64.0.0/29"), "b": IPv4Network("10.64.0.8/29")}


def test_each_stack_has_a_private_range_of_its_own() -> None:
    assert pool_of("shop") != pool_of("blog")
    assert pool_of("shop").subnet_of(IPv4Network("10.64.0.0/10")) or pool_of("shop").is_private


@pytest.mark.parametrize(
    ("word", "written"),
    [("db_nw", "db_nw"), ("1.5", '"1.5"'), ("on", '"on"'), ("a b", '"a b"'), ("10.0.0.0/8", "10.0.0.0/8")],
)
def test_a_word_is_quoted_where_yaml_would_read_something_else(word: str, written: str) -> None:
    assert scalar(word) == written

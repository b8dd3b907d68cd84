"""Pictures: well-formed, the same each time, whole, and safe whatever things are called."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from cli.run import run
from tests.support.command import topo, world
from tests.support.pictured import large
from tests.unit.cli.test_run import STACK
from topology.structs import replace

HOSTILE = """\
name: shop
services:
  web: {image: "x", networks: {n: {aliases: ["<script>alert(1)</script>"]}}, labels: {a: "</svg><b>"}}
  db: {image: "postgres\\"><i>", networks: [n]}
networks: {n: {name: "<n>&\\""}}
"""


def drawn(folder: Path, form: str, text: str = STACK) -> str:
    (folder / "stack.yml").write_text(text)
    ran = topo(folder, "graph", "--format", form)
    assert (ran.code, ran.err) == (0, "")
    return ran.out


def test_a_picture_shows_every_service_and_network(tmp_path: Path) -> None:
    root = ElementTree.fromstring(drawn(tmp_path, "svg"))  # noqa: S314  # our own
    words = " ".join(root.itertext())
    assert [name for name in ("nginx", "flaskapp", "db", "web_nw", "db_nw") if name not in words] == []


@pytest.mark.parametrize("form", ["svg", "html"])
def test_the_same_stack_gives_the_same_bytes(tmp_path: Path, form: str) -> None:
    assert drawn(tmp_path, form) == drawn(tmp_path, form)


def test_the_readme_shows_what_topo_draws() -> None:
    """Made by `python -m tests.browser.screenshots`."""
    example = Path(__file__).parents[3] / "examples" / "three-tier"
    drawn_now = topo(example, "graph", "--format", "svg").out
    assert (example / "pictures" / "topology.svg").read_text() == drawn_now


def test_names_cannot_become_markup(tmp_path: Path) -> None:
    text = drawn(tmp_path, "svg", HOSTILE)
    tags = {one.tag.rpartition("}")[2] for one in ElementTree.fromstring(text).iter()}  # noqa: S314  # our own text
    assert not tags & {"script", "b", "i"}
    assert "<script>alert" not in drawn(tmp_path, "html", HOSTILE)


def test_a_page_asks_nobody_for_anything(tmp_path: Path) -> None:
    page = drawn(tmp_path, "html")
    assert not re.search(r"""(src|href)\s*=\s*["']?(https?:)?//|url\(\s*["']?(https?:)?//|@import""", page)


def test_what_runs_is_drawn_beside_what_the_file_says(tmp_path: Path) -> None:
    (tmp_path / "stack.yml").write_text(STACK)
    live = ("graph", "--live", "--engine", "memory:engine.json", "--format", "svg")
    assert topo(tmp_path, *live).out.count(">absent<") == 3
    assert topo(tmp_path, "apply", "--yes", "--engine", "memory:engine.json").code == 0
    ran = topo(tmp_path, *live)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.count(">running<") == 3
    assert ran.out == topo(tmp_path, *live).out


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        (("--live",), "what runs is drawn as svg or html, not as text"),
        (("--live", "--format", "svg", "--diff", "stack.yml", "stack.yml"), "--live is a difference already"),
        (("--diff", "stack.yml", "stack.yml"), "a difference is drawn as svg or html, not as text"),
        (("--format", "html", "--open"), "--open shows a file, and there is none"),
    ],
)
def test_flags_that_mean_nothing_together_are_told(tmp_path: Path, flags: tuple[str, ...], says: str) -> None:
    (tmp_path / "stack.yml").write_text(STACK)
    ran = topo(tmp_path, "graph", *flags)
    assert (ran.code, ran.out) == (1, "")
    assert says in ran.err


def test_a_picture_goes_to_a_file_and_to_the_browser(tmp_path: Path) -> None:
    (tmp_path / "stack.yml").write_text(STACK)
    shown: list[str] = []

    def browse(url: str) -> bool:
        shown.append(url)
        return True

    around = replace(world(tmp_path), browse=browse)
    assert run(["graph", "--format", "html", "--output", "page.html", "--open"], around) == 0
    assert shown == [(tmp_path / "page.html").as_uri()]
    assert (tmp_path / "page.html").read_text().startswith("<!DOCTYPE html>")
    around = replace(world(tmp_path), browse=lambda _: False)
    assert run(["graph", "--format", "svg", "--output", "page.svg", "--open"], around) == 1


def cards(svg: str) -> set[str]:
    root = ElementTree.fromstring(svg)  # noqa: S314  # our own
    return {one.text or "" for one in root.iter() if one.get("class") == "name"}


def test_a_large_stack_is_drawn_by_the_parts_that_services_play(tmp_path: Path) -> None:
    assert cards(drawn(tmp_path, "svg", large(302))) == {
        "gateway", "bus", "t*-web", "t*-api", "t*-worker", "t*-db", "t*-cache"
    }  # fmt: skip
    assert len(cards(drawn(tmp_path, "svg", large(52)))) == 52


def test_who_plays_another_part_is_not_drawn_with_the_rest(tmp_path: Path) -> None:
    text = large(302).replace(
        "t7-db: {image: 'example/db:1',", "t7-db: {image: 'example/db:1', privileged: true,"
    )
    found = cards(drawn(tmp_path, "svg", text))
    assert {"t7-db", "t7-api", "t*-db"} <= found


def test_a_broken_claim_is_drawn_at_its_own_port(tmp_path: Path) -> None:
    text = STACK.replace("image: nginx\n", 'image: nginx\n    ports: ["53:53/udp", "53:53", "80:80"]\n')
    text = text.replace("nginx cannot reach db", "world cannot reach nginx on 53/udp")
    root = ElementTree.fromstring(drawn(tmp_path, "svg", text))  # noqa: S314  # our own
    broken = [one.text for one in root.iter() if one.get("class") == "port broken"]
    assert broken == ["53 → 53/udp"]


def test_what_no_port_shows_is_drawn_at_the_edge(tmp_path: Path) -> None:
    text = STACK.replace("nginx cannot reach db", "host cannot reach db")
    root = ElementTree.fromstring(drawn(tmp_path, "svg", text))  # noqa: S314  # our own
    assert [one.text for one in root.iter() if one.get("class") == "port broken"] == ["can get in"]

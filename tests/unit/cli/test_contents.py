"""A change of what a file holds, in a plan: which file, never what is in it."""

from __future__ import annotations

from pathlib import Path

from tests.support.command import topo

STACK = """\
name: shop
services:
  web:
    image: nginx
    secrets: [key]
    volumes: ["./app.conf:/etc/app.conf:ro"]
secrets:
  key: {file: ./key.txt}
"""
ON = ("--engine", "memory:engine.json")


def test_a_plan_names_the_file_that_holds_something_else(tmp_path: Path) -> None:
    (tmp_path / "stack.yml").write_text(STACK)
    (tmp_path / "key.txt").write_text("swordfish")
    (tmp_path / "app.conf").write_text("port = 80")
    first = topo(tmp_path, "apply", "--yes", *ON)
    assert first.code == 0, first.err
    assert topo(tmp_path, "plan", "--detailed-exitcode", *ON).code == 0
    (tmp_path / "app.conf").write_text("port = 81")
    (tmp_path / "key.txt").write_text("marlinspike")
    again = topo(tmp_path, "plan", "--detailed-exitcode", *ON)
    assert again.code == 2
    assert "contents./etc/app.conf     other content  stack changed, replace" in again.out
    assert "contents./run/secrets/key  other content  stack changed, replace" in again.out
    everything = first.out + first.err + again.out + (tmp_path / "engine.json").read_text()
    assert "swordfish" not in everything
    assert "marlinspike" not in everything


def test_a_file_that_is_missing_is_shown_where_it_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "stack.yml").write_text(STACK)
    found = topo(tmp_path, "plan", *ON)
    assert "cannot be read from" in found.out
    assert "stack.yml:8" in found.out + found.err

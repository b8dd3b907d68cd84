"""One run of topo: what goes to which stream, which code the shell gets, and never a traceback for a user."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer

from cli.exits import Exit
from cli.faults import CommandError, told
from cli.render.check import _together
from cli.world import World
from reconciler.errors import Denied, Unavailable
from tests.support.command import topo
from topology.findings import Finding, Severity, Span, StackError
from topology.relay import PROGRAM

STACK = """\
name: shop
services:
  nginx:
    image: nginx
    networks: [web_nw]
    links: [flaskapp]
  flaskapp:
    image: python
    networks: [web_nw, db_nw]
    links: [db]
  db:
    image: postgres
    networks: [db_nw]
    volumes: [data:/var/lib/postgresql/data]
networks:
  web_nw:
  db_nw: {internal: true}
volumes:
  data:
policy:
  claims:
    - nginx cannot reach db
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "stack.yml").write_text(STACK)
    return tmp_path


def test_a_stack_that_holds_is_a_yes(shop: Path) -> None:
    ran = topo(shop, "check")
    assert (ran.code, ran.err) == (Exit.DONE, "")
    assert ran.out.splitlines()[-1].endswith("3 services, 2 networks, 1 claim holds")


def test_a_broken_claim_is_a_no_and_points_at_its_line(shop: Path) -> None:
    (shop / "stack.yml").write_text(STACK.replace("[web_nw]", "[web_nw, db_nw]"))
    ran = topo(shop, "check")
    assert ran.code == Exit.NO
    assert "stack.yml:22:7: error T101: claim broken: nginx cannot reach db" in ran.out


def test_a_file_that_cannot_be_read_fails_and_names_every_fault(shop: Path) -> None:
    (shop / "stack.yml").write_text(
        "services:\n  web: {image: x, prots: []}\n  db: {image: y, ports: [no]}\n"
    )
    ran = topo(shop, "check")
    assert (ran.code, ran.err) == (Exit.FAILED, "")
    assert ran.out.count("error T0") == 2
    assert ran.out.splitlines()[-1] == "2 errors"


def test_for_other_commands_the_faults_of_a_file_go_to_stderr(shop: Path) -> None:
    (shop / "stack.yml").write_text("services: 1\n")
    ran = topo(shop, "graph")
    assert (ran.code, ran.out) == (Exit.FAILED, "")
    assert ran.err.splitlines()[-1] == "error: the stack cannot be used: 1 error"


@pytest.mark.parametrize("command", [["check"], ["graph"], ["config"], ["explain", "a"], ["plan"], ["apply"]])
def test_a_program_that_asks_for_json_gets_json_for_a_fault_too(tmp_path: Path, command: list[str]) -> None:
    ran = topo(tmp_path, *command, "--format", "json")
    found = json.loads(ran.out)
    assert (found["exit_code"], found["format_version"]) == (Exit.FAILED, 1)
    assert found["findings"][0]["code"] == "T001"
    assert ran.err == ""


@pytest.mark.parametrize("form", [["graph"], ["explain", "nginx"], ["explain", "nginx", "db"], ["check"]])
def test_every_result_has_a_json_form(shop: Path, form: list[str]) -> None:
    found = json.loads(topo(shop, *form, "--format", "json").out)
    assert list(found)[:3] == ["format_version", "kind", "exit_code"]


def test_standard_input_is_a_file(tmp_path: Path) -> None:
    ran = topo(tmp_path, "config", "-f", "-", "--services", stdin=STACK)
    assert (ran.code, ran.out) == (Exit.DONE, "nginx\nflaskapp\ndb\n")


def test_a_project_directory_is_where_files_and_paths_start(shop: Path) -> None:
    (shop / "sub").mkdir()
    (shop / "sub" / "stack.yml").write_text("name: s\nservices: {a: {image: x, volumes: ['./d:/d']}}\n")
    ran = topo(shop, "config", "--project-directory", "sub", "--format", "json")
    mounts = json.loads(ran.out)["services"]["a"]["volumes"]
    assert mounts[0]["source"] == str(shop / "sub" / "d")


def test_the_name_of_the_stack_can_be_given(shop: Path) -> None:
    assert topo(shop, "config", "-p", "other").out.startswith("name: other\n")


def test_what_should_be_known_about_a_file_is_said_beside_the_result(shop: Path) -> None:
    (shop / "stack.yml").write_text(STACK.replace("image: nginx", "image: $IMAGE-${A}${B}${C}${D}${E}"))
    ran = topo(shop, "graph")
    lines = ran.err.splitlines()
    assert lines[0].startswith("stack.yml:4:12: warning T009: variable IMAGE is not set")
    assert (len(lines), lines[-1]) == (6, "and 1 more warning: see topo check")
    assert ran.out.startswith("shop\n")
    assert topo(shop, "graph", "--quiet").err == ""


def test_two_lists_at_once_are_refused(shop: Path) -> None:
    ran = topo(shop, "config", "--services", "--images")
    assert (ran.code, ran.out) == (Exit.FAILED, "")
    assert ran.err.startswith("error: --services and --images were given together\n")


def test_colour_is_for_terminals_and_can_be_switched_off(shop: Path) -> None:
    assert "\x1b[" in topo(shop, "graph", terminal=True).out
    assert "\x1b[" not in topo(shop, "graph", "--no-color", terminal=True).out
    assert "\x1b[" not in topo(shop, "graph", terminal=True, environ={"NO_COLOR": "1"}).out
    assert "\x1b[" in topo(shop, "graph", environ={"FORCE_COLOR": "1"}).out


@pytest.mark.parametrize(
    "arguments", [["--nope"], ["nope"], ["check", "--nope"], ["check", "--format", "yaml"], ["explain"]]
)
def test_bad_usage_fails_with_a_hint_and_is_no_answer(tmp_path: Path, arguments: list[str]) -> None:
    ran = topo(tmp_path, *arguments)
    assert (ran.code, ran.out) == (Exit.FAILED, "")
    assert ran.err.startswith("error: ")
    assert "--help" in ran.err.splitlines()[-1]


MANY = "9" * 5000
"""More digits than Python reads as a number."""
LISTENS = "TCP-LISTEN:1,fork,reuseaddr"


@pytest.mark.parametrize(
    "text",
    [
        f"services: {{a: {{image: x}}}}\npolicy: {{assume: {{engine: '{MANY}'}}}}\n",
        f"services: {{a: {{image: x, user: '{MANY}', group_add: ['{MANY}']}}}}\n",
        f"services: {{a: {{image: x, entrypoint: [{PROGRAM}, '{LISTENS}', 'TCP:a:{MANY}']}}}}",
    ],
)
def test_a_number_of_many_digits_is_no_number_where_any_word_is_taken(tmp_path: Path, text: str) -> None:
    (tmp_path / "stack.yml").write_text(text)
    for command in (["check"], ["export", "kubernetes", "-o", "made"]):
        assert "this is a bug" not in topo(tmp_path, *command).err


def test_a_rule_found_twice_on_one_line_names_the_line_once() -> None:
    here = Span(file="stack.yml", line=13, column=1)
    found = Finding(code="T216", severity=Severity.WARNING, message="", path=("services", "a"), span=here)
    assert _together([found, found]) == "file that only one node has: line 13"


def test_a_word_that_is_no_choice_is_told_with_those_that_are(tmp_path: Path) -> None:
    said = topo(tmp_path, "matrix", "--format", "nope").err
    assert "'--format': 'nope' is not one of 'text', 'csv'" in said


def test_an_engine_that_topo_does_not_know_is_refused(shop: Path) -> None:
    ran = topo(shop, "plan", "--engine", "podman")
    assert (ran.code, ran.out) == (Exit.FAILED, "")
    assert "podman" in ran.err


def test_no_engine_answering_says_what_was_tried_and_what_to_do(shop: Path) -> None:
    socket = f"unix://{shop}/none.sock"
    ran = topo(shop, "plan", environ={"DOCKER_HOST": socket})
    assert (ran.code, ran.out) == (Exit.FAILED, "")
    assert ran.err.splitlines()[:2] == [
        "error: no Docker engine answers",
        f"  = {socket} (DOCKER_HOST): there is no such socket",
    ]
    assert "--engine memory" in ran.err


def fail_with(error: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes the command line itself fail, as a bug of topo would."""

    def broken(_arguments: object) -> typer.Typer:
        raise error

    monkeypatch.setattr("cli.run.build", broken)


def test_a_bug_is_called_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fail_with(KeyError("x"), monkeypatch)
    ran = topo(tmp_path, "check")
    assert (ran.code, ran.out) == (Exit.FAILED, "")
    assert ran.err.splitlines() == [
        "error: this is a bug in topo: KeyError: 'x'",
        "  = run it again with TOPO_DEBUG=1 to see where, and please report it",
    ]


def test_a_bug_shows_where_it_is_when_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fail_with(KeyError("x"), monkeypatch)
    assert "Traceback" in topo(tmp_path, "check", environ={"TOPO_DEBUG": "1"}).err


@pytest.mark.parametrize(
    ("error", "code"), [(KeyboardInterrupt(), Exit.INTERRUPTED), (BrokenPipeError(), Exit.FAILED)]
)
def test_an_interruption_and_a_closed_pipe_are_quiet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException, code: Exit
) -> None:
    fail_with(error, monkeypatch)
    ran = topo(tmp_path, "check")
    assert (ran.code, ran.out, ran.err) == (code, "", "")


def test_an_interruption_within_a_command_is_an_interruption(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_options: object, _world: World) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("cli.commands.check.check", interrupted)
    assert topo(shop, "check").code == Exit.INTERRUPTED


def test_faults_of_users_and_engines_are_told_and_bugs_are_not() -> None:
    finding = Finding(code="T001", severity=Severity.ERROR, message="no")
    assert told(StackError((finding,))).findings == (finding,)  # type: ignore[union-attr]  # there is one
    assert told(CommandError("no", code=Exit.REFUSED)).code is Exit.REFUSED  # type: ignore[union-attr]  # there is one
    assert told(Unavailable("gone")).code is Exit.FAILED  # type: ignore[union-attr]  # there is one
    assert "root" in told(Denied("no")).hints[0]  # type: ignore[union-attr]  # there is one
    assert told(KeyError("x")) is None

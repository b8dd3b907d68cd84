"""The whole way from a file to containers, on the model of an engine that `--engine memory:FILE` keeps."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from cli.exits import Exit
from cli.identity import author, this_process
from cli.run import run as topo_in
from reconciler.engines.memory import MemoryDaemon, anything
from reconciler.engines.standalone import Standalone
from reconciler.expand import expand
from reconciler.history import Byline
from reconciler.lease import Lease, Process
from tests.support.command import Ran, Terminal, topo, world
from tests.unit.cli.test_run import STACK
from topology.load import load
from topology.structs import replace

MODEL = ("--engine", "memory:engine.json")


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "stack.yml").write_text(STACK)
    return tmp_path


@pytest.fixture
def applied(shop: Path) -> Path:
    assert run(shop, "apply", "--yes").code == Exit.DONE
    return shop


def run(directory: Path, *arguments: str, stdin: str = "", terminal: bool = False) -> Ran:
    return topo(directory, *arguments, *MODEL, stdin=stdin, terminal=terminal)


def edit(directory: Path, old: str, new: str) -> None:
    path = directory / "stack.yml"
    path.write_text(path.read_text().replace(old, new))


def world_of(directory: Path) -> str:
    return (directory / "engine.json").read_text()


def containers_of(directory: Path) -> set[str]:
    return set(json.loads(world_of(directory))["containers"])


def test_a_plan_says_what_would_be_made_and_makes_nothing(shop: Path) -> None:
    ran = run(shop, "plan", "--detailed-exitcode")
    assert (ran.code, ran.err) == (Exit.NO, "")
    assert ran.out.splitlines()[-1] == "6 to create, 0 to reconnect, 0 to replace, 0 to remove"
    assert not (shop / "engine.json").exists()


def test_apply_refuses_where_nobody_can_be_asked(shop: Path) -> None:
    ran = run(shop, "apply")
    assert ran.code == Exit.REFUSED
    assert "nobody to ask" in ran.err
    assert not (shop / "engine.json").exists()


@pytest.mark.parametrize(("answer", "code"), [("y\n", Exit.DONE), ("\n", Exit.REFUSED)])
def test_apply_asks_on_a_terminal(shop: Path, answer: str, code: Exit) -> None:
    ran = run(shop, "apply", stdin=answer, terminal=True)
    assert ran.code == code
    assert "Carry out these" in ran.err
    assert (shop / "engine.json").exists() is (code is Exit.DONE)


class Meanwhile(Terminal):
    """A terminal whose every answer is yes, before the first of which something else happens."""

    def __init__(self, deed: Callable[[], object]) -> None:
        super().__init__("yes\nyes\nyes\n")
        self._deeds = [deed]

    def readline(self, size: int = -1, /) -> str:  # type: ignore[override]  # the stub's base is of bytes
        while self._deeds:
            self._deeds.pop()()
        return super().readline(size)


def test_what_changed_while_the_question_stood_is_shown_asked_for_and_done(
    applied: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit(applied, "image: nginx\n", "image: nginx:1.27\n")
    daemon = MemoryDaemon(file=applied / "engine.json", registry=anything)
    monkeypatch.setattr("cli.wiring._model", lambda *_: daemon)
    removed = partial(daemon.remove_container, "shop-db-1", volumes=False)
    around = replace(world(applied, terminal=True), stdin=Meanwhile(removed))
    assert topo_in(["apply", *MODEL], around) == Exit.DONE
    assert isinstance(around.stderr, io.StringIO)
    first, _, second = around.stderr.getvalue().partition("the engine has changed meanwhile")
    assert first.count("Carry out these") == second.count("Carry out these") == 1
    assert run(applied, "plan", "--detailed-exitcode").code == Exit.DONE
    assert len(containers_of(applied)) == 3


def test_apply_shows_the_plan_then_progress_on_stderr_then_the_summary(shop: Path) -> None:
    ran = run(shop, "apply", "--yes")
    assert ran.out.startswith("networks\n  + db_nw   create\n")
    assert ran.out.splitlines()[-1].startswith("done: 6 created in ")
    assert "done     create network shop_db_nw" in ran.err


def test_after_apply_there_is_nothing_to_do_and_all_is_well(applied: Path) -> None:
    again = run(applied, "plan", "--detailed-exitcode")
    assert (again.code, again.out) == (Exit.DONE, "nothing to do: shop is as the stack says\n")
    assert run(applied, "apply").out == "nothing to do: shop is as the stack says\n"
    status = run(applied, "status")
    assert (status.code, status.out.splitlines()[-1]) == (Exit.DONE, "shop: 3 of 3 containers well")


def test_a_change_of_the_file_is_a_change_with_that_cause(applied: Path) -> None:
    edit(applied, "image: nginx\n    networks: [web_nw]", "image: nginx:1.27\n    networks: [web_nw, db_nw]")
    found = json.loads(run(applied, "plan", "--format", "json").out)
    (change,) = found["changes"]
    assert (change["address"], change["action"], change["gap"]) == ("service.nginx[1]", "replace", False)
    assert {field["cause"] for field in change["fields"]} == {"stack changed"}
    pairs = [(pair["source"], pair["target"]) for pair in found["reachability"]["gained"]]
    assert ("nginx", "db") in pairs


def test_a_pending_change_is_no_drift_for_status(applied: Path) -> None:
    edit(applied, "image: nginx\n", "image: nginx:1.27\n")
    ran = run(applied, "status")
    assert (ran.code, ran.out.splitlines()[-1]) == (
        Exit.DONE,
        "shop: 3 of 3 containers well, 1 change of the file not applied yet",
    )


def test_a_check_of_what_runs_finds_nothing_after_apply_and_says_where_it_looked(applied: Path) -> None:
    ran = run(applied, "check", "--live", "--quiet")
    assert (ran.code, ran.out, ran.err) == (Exit.DONE, "", "")
    found = json.loads(run(applied, "check", "--engine-wide", "--format", "json").out)
    assert found["live"] == "a model of Docker in engine.json"
    assert {claim["verdict"] for claim in found["claims"]} == {"holds"}


def test_a_check_of_what_runs_finds_what_others_did(applied: Path) -> None:
    daemon = MemoryDaemon(file=applied / "engine.json")
    daemon.connect("shop_db_nw", "shop-nginx-1", {})
    ran = run(applied, "check", "--live")
    assert ran.code == Exit.NO
    assert "error T402: shop-nginx-1 is on db_nw, which the file does not say" in ran.out
    assert "error T101: claim broken: nginx cannot reach db" in ran.out
    assert run(applied, "check", "--live", "--format", "junit").out.count("<failure") >= 2
    assert topo(applied, "check").code == Exit.DONE


def test_what_somebody_else_stopped_is_drift(applied: Path) -> None:
    path = applied / "engine.json"
    world = json.loads(path.read_text())
    container = next(one for one in world["containers"].values() if one["name"] == "shop-db-1")
    container["status"] = "exited"
    path.write_text(json.dumps(world))
    status = run(applied, "status")
    assert status.code == Exit.NO
    assert "state is exited, should be running" in status.out
    assert run(applied, "apply", "--yes").out.splitlines()[-1].startswith("done: 1 updated in ")
    assert run(applied, "status").code == Exit.DONE


def test_destroy_keeps_volumes_unless_asked(applied: Path) -> None:
    ran = run(applied, "destroy", "--yes")
    assert ran.code == Exit.DONE
    assert ran.out.splitlines()[-1].endswith("kept 1 volume: shop_data (--volumes removes them too)")
    assert "shop_data" in world_of(applied)
    assert run(applied, "destroy", "--yes", "--volumes").code == Exit.DONE
    assert "shop_data" not in world_of(applied)
    assert run(applied, "destroy", "--yes").out == "nothing to remove: shop owns nothing here\n"


@pytest.mark.parametrize(("answer", "code"), [("shop\n", Exit.DONE), ("y\n", Exit.REFUSED)])
def test_removing_data_asks_for_the_name_of_the_stack(applied: Path, answer: str, code: Exit) -> None:
    ran = run(applied, "destroy", "--volumes", stdin=answer, terminal=True)
    assert ran.code == code
    assert "[type shop to go ahead]" in ran.err


def test_what_is_protected_goes_only_for_who_insists_and_types_the_name(shop: Path) -> None:
    edit(shop, "    image: postgres\n", "    image: postgres\n    protect: true\n")
    assert run(shop, "apply", "--yes").code == Exit.DONE
    edit(shop, "image: postgres\n", "image: postgres:17\n")
    before = containers_of(shop)
    refused = run(shop, "apply", "--yes")
    assert (refused.code, containers_of(shop)) == (Exit.FAILED, before)
    assert "db is protected, and this plan would replace it" in refused.out
    assert "--even-protected does it at once" in refused.out

    insisted = ("apply", "--even-protected")
    for answer in ("y\n", "db\n", "\n"):
        asked = run(shop, *insisted, stdin=answer, terminal=True)
        assert (asked.code, containers_of(shop)) == (Exit.REFUSED, before)
        assert "This ends what is protected: service.db[1]. [type shop to go ahead]" in asked.err
    assert run(shop, *insisted).code == Exit.REFUSED
    assert run(shop, *insisted, stdin="shop\n", terminal=True).code == Exit.DONE

    saved = ("plan", "--even-protected", "-o", "plan.json")
    edit(shop, "postgres:17", "postgres:18")
    assert "service.db[1] is protected, and goes all the same: image" in run(shop, *saved).out
    assert run(shop, "apply", "plan.json").code == Exit.DONE
    assert run(shop, "rollback", "--yes").code == Exit.FAILED
    back = run(shop, "rollback", "--even-protected", stdin="shop\n", terminal=True)
    assert (back.code, "service.db[1]" in back.err) == (Exit.DONE, True)

    assert run(shop, "destroy", "--yes").code == Exit.FAILED
    gone = run(shop, "destroy", "--volumes", "--even-protected", stdin="shop\n", terminal=True)
    assert gone.code == Exit.DONE
    assert "ends what is protected: service.db[1]. This removes data for good. [type shop" in gone.err


def test_destroy_needs_no_file_where_the_stack_is_named(applied: Path) -> None:
    (applied / "stack.yml").unlink()
    assert run(applied, "destroy", "--yes").code == Exit.FAILED
    assert run(applied, "destroy", "--yes", "-p", "shop").code == Exit.DONE


def test_json_is_one_document_with_the_plan_and_what_became_of_it(shop: Path) -> None:
    ran = run(shop, "apply", "--yes", "--format", "json")
    found = json.loads(ran.out)
    assert (found["kind"], found["exit_code"], found["unconverged"]) == ("apply", 0, [])
    assert len(found["steps"]) == len(found["plan"]["steps"])
    assert json.loads(run(shop, "status", "--format", "json").out)["units"][0]["status"] == "running"
    assert json.loads(run(shop, "destroy", "--yes", "--format", "json").out)["kind"] == "destroy"


def test_quiet_says_nothing_when_all_goes_well(shop: Path) -> None:
    assert run(shop, "apply", "--yes", "--quiet") == Ran(Exit.DONE, "", "")
    assert run(shop, "status", "--quiet") == Ran(Exit.DONE, "", "")


def test_an_engine_is_not_kept_where_there_is_no_folder(shop: Path) -> None:
    ran = topo(shop, "plan", "--engine", "memory:absent/engine.json")
    assert (ran.code, ran.out) == (Exit.FAILED, "")
    assert "there is no folder" in ran.err


def test_a_file_that_is_no_engine_is_refused(shop: Path) -> None:
    (shop / "engine.json").write_text("{")
    assert "holds something else" in run(shop, "plan").err


def test_a_model_and_an_engine_at_once_are_refused(shop: Path) -> None:
    assert run(shop, "plan", "-H", "unix:///x").code == Exit.FAILED


# The way back


def test_rollback_goes_back_to_what_was_applied_before_and_then_comes_back(applied: Path) -> None:
    before = run(applied, "status").out.splitlines()[:4]
    text = (applied / "stack.yml").read_text()
    edit(applied, "image: python", "image: python:3.12\n    environment: {PASSWORD: correct-horse}")
    edit(applied, "    networks: [web_nw]\n", "    networks: [web_nw, db_nw]\n")
    run(applied, "apply", "--yes")
    ran = run(applied, "rollback", "--yes")
    assert ran.code == Exit.DONE, ran.err
    assert "python:3.12 -> python" in ran.out
    assert "- nginx can no longer reach db" in ran.out
    changed = (applied / "stack.yml").read_text()
    (applied / "stack.yml").write_text(text)
    assert run(applied, "plan", "--detailed-exitcode").code == Exit.DONE
    assert [line.split()[0] for line in run(applied, "status").out.splitlines()[:4]] == [
        line.split()[0] for line in before
    ]
    (applied / "stack.yml").write_text(changed)
    assert run(applied, "rollback", "--yes").code == Exit.DONE
    assert run(applied, "plan", "--detailed-exitcode").code == Exit.DONE


def test_an_apply_of_the_same_again_is_nothing_to_go_back_to(applied: Path) -> None:
    edit(applied, "image: nginx", "image: nginx:1.27")
    run(applied, "apply", "--yes")
    run(applied, "apply", "--yes", "--replace", "nginx")
    ran = run(applied, "rollback", "--yes")
    assert (ran.code, "nginx:1.27 -> nginx" in ran.out) == (Exit.DONE, True)


def test_rollback_after_applies_that_failed_goes_back_to_the_last_that_did_not(applied: Path) -> None:
    """Half of the first was done; the second was to mend it."""
    text = (applied / "stack.yml").read_text()
    edit(applied, "image: postgres", "image: postgres:16")
    edit(applied, "image: nginx", 'image: nginx:1.27\n    ready: {exec: ["false"], within: 100ms}')
    assert run(applied, "apply", "--yes").code == Exit.FAILED
    edit(applied, "nginx:1.27", "nginx:1.28")
    assert run(applied, "apply", "--yes").code == Exit.FAILED
    ran = run(applied, "rollback", "--yes")
    assert (ran.code, "postgres:16 -> postgres" in ran.out) == (Exit.DONE, True)
    assert "1 to replace" in ran.out
    (applied / "stack.yml").write_text(text)
    assert run(applied, "plan", "--detailed-exitcode").code == Exit.DONE


def test_rollback_brings_back_what_is_gone_from_the_file(applied: Path) -> None:
    text = (applied / "stack.yml").read_text()
    edit(applied, "  nginx:\n    image: nginx\n    networks: [web_nw]\n    links: [flaskapp]\n", "")
    edit(applied, "policy:\n  claims:\n    - nginx cannot reach db\n", "")
    run(applied, "apply", "--yes")
    assert run(applied, "rollback", "--yes").code == Exit.DONE
    (applied / "stack.yml").write_text(text)
    assert run(applied, "plan", "--detailed-exitcode").code == Exit.DONE


def test_a_value_that_nobody_has_any_more_is_in_the_way(shop: Path) -> None:
    """Of variables the engine remembers digests alone, whatever they are called."""
    edit(shop, "image: python", "image: python\n    environment: {PASSWORD: correct-horse, LEVEL: info}")
    run(shop, "apply", "--yes")
    edit(shop, "correct-horse, LEVEL: info", "battery-staple, LEVEL: debug")
    run(shop, "apply", "--yes")
    before = world_of(shop)
    ran = run(shop, "rollback", "--yes")
    assert ran.code == Exit.FAILED
    for name in ("PASSWORD", "LEVEL"):
        assert f"environment.{name} had another value, of which only a digest is kept" in ran.out
    assert "check out the stack file of then with its files, and apply that" in ran.out
    assert "sealed:" not in ran.out
    assert json.loads(world_of(shop))["containers"] == json.loads(before)["containers"]
    edit(shop, "battery-staple, LEVEL: debug", "correct-horse, LEVEL: info")
    assert run(shop, "rollback", "--yes").code == Exit.DONE, "the file has them again"
    assert run(shop, "plan", "--detailed-exitcode").code == Exit.DONE


def test_without_a_past_there_is_no_way_back(applied: Path) -> None:
    ran = run(applied, "rollback", "--yes")
    assert (ran.code, "nothing is known of what was applied to shop before" in ran.err) == (Exit.FAILED, True)


# Plans as files


def test_a_saved_plan_is_carried_out_as_it_was_shown(shop: Path) -> None:
    ran = run(shop, "plan", "-o", "plan.json", "-f", "stack.yml")
    assert ran.out.splitlines()[-1] == "6 to create, 0 to reconnect, 0 to replace, 0 to remove"
    assert "carry it out with: topo apply plan.json" in ran.err
    assert run(shop, "apply", "plan.json").code == Exit.DONE
    assert run(shop, "plan", "--detailed-exitcode").code == Exit.DONE


def test_a_stale_plan_is_refused_and_says_what_has_changed(applied: Path) -> None:
    edit(applied, "image: postgres", "image: postgres:16")
    run(applied, "plan", "-o", "plan.json")
    edit(applied, "image: nginx", "image: nginx:1.27")
    before = world_of(applied)
    ran = run(applied, "apply", "plan.json")
    assert ran.code == Exit.REFUSED
    assert "the plan is stale" in ran.err
    assert "was not in the plan: replace service.nginx[1]" in ran.err
    assert world_of(applied) == before


def test_a_value_that_a_plan_hides_counts_all_the_same(applied: Path) -> None:
    edit(applied, "image: postgres", "image: postgres\n    environment: {PASSWORD: correct-horse}")
    run(applied, "plan", "-o", "plan.json")
    assert "correct-horse" not in (applied / "plan.json").read_text()
    edit(applied, "correct-horse", "battery-staple")
    ran = run(applied, "apply", "plan.json")
    assert (ran.code, "values that a plan does not show are others now" in ran.err) == (Exit.REFUSED, True)
    edit(applied, "battery-staple", "correct-horse")
    assert run(applied, "apply", "plan.json").code == Exit.DONE


def test_an_image_that_another_has_the_name_of_by_now_counts_too(applied: Path) -> None:
    model = json.loads(world_of(applied))
    edit(applied, "image: nginx", "image: web")

    def tag(image: str) -> None:
        model["references"]["web:latest"] = model["references"][f"{image}:latest"]
        (applied / "engine.json").write_text(json.dumps(model))

    tag("nginx")
    run(applied, "plan", "-o", "plan.json")
    tag("python")
    ran = run(applied, "apply", "plan.json")
    assert (ran.code, "another image is called web now" in ran.err) == (Exit.REFUSED, True)


def test_what_is_no_plan_is_refused(applied: Path) -> None:
    (applied / "plan.json").write_text("{}")
    (applied / "broken.json").write_text("{")
    for name, words in (
        ("none", "cannot read none"),
        ("plan.json", "no plan that"),
        ("broken.json", "is no plan"),
    ):
        ran = run(applied, "apply", name)
        assert (ran.code, words in ran.err) == (Exit.FAILED, True), ran.err
    run(applied, "plan", "-o", "plan.json", "-q")
    ran = run(applied, "apply", "plan.json", "--target", "db")
    assert (ran.code, "a saved plan knows its stack file" in ran.err) == (Exit.FAILED, True)


# A part of the stack


def test_a_target_comes_with_what_it_needs(shop: Path) -> None:
    out = run(shop, "plan", "--target", "flaskapp").out
    assert "5 to create" in out
    assert "nginx" not in out
    assert run(shop, "apply", "--yes", "--target", "flaskapp").code == Exit.DONE
    out = run(shop, "plan").out
    assert "+ nginx[1]" in out
    assert "flaskapp[1]" not in out
    ran = run(shop, "plan", "--target", "flaskap")
    assert (ran.code, "did you mean flaskapp?" in ran.err) == (Exit.FAILED, True)


def test_what_a_target_left_alone_was_not_applied(applied: Path) -> None:
    """So a rollback does not go there, status knows of no apply that was cut off, and drift is none."""
    new = "  cache: {image: redis, networks: [web_nw]}\n  nginx:\n    image: nginx:1.27"
    edit(applied, "  nginx:\n    image: nginx", new)
    edit(applied, "image: postgres", "image: postgres:16")
    assert run(applied, "apply", "--yes", "--target", "db").code == Exit.DONE
    assert "did not come to its end" not in run(applied, "status").out
    assert "nothing to do" in run(applied, "apply", "--yes", "--drift-only").out
    assert "postgres:16 -> postgres" in run(applied, "rollback", "--yes").out
    back = run(applied, "rollback", "--yes")
    assert ("postgres -> postgres:16" in back.out, "nginx" in back.out) == (True, False)
    assert run(applied, "plan").out.count("1.27") == 1


def test_a_service_can_be_replaced_though_nothing_differs(applied: Path) -> None:
    assert (
        "0 to create, 0 to reconnect, 1 to replace, 0 to remove"
        in run(applied, "plan", "--replace", "nginx").out
    )
    assert run(applied, "apply", "--yes", "--replace", "nginx").code == Exit.DONE
    assert run(applied, "plan", "--detailed-exitcode").code == Exit.DONE


def test_drift_can_be_mended_without_what_the_file_changed(applied: Path) -> None:
    daemon = MemoryDaemon(file=applied / "engine.json")
    daemon.disconnect("shop_web_nw", "shop-nginx-1", force=True)
    daemon.remove_container("shop-db-1", volumes=False)
    text = (applied / "stack.yml").read_text()
    edit(applied, "image: python", "image: python:3.12")
    edit(applied, "  db:\n", "  extra: {image: x}\n  db:\n")
    assert "3 to create, 1 to reconnect, 1 to replace" in run(applied, "plan").out
    assert (
        "1 to create, 1 to reconnect, 0 to replace, 0 to remove" in run(applied, "plan", "--drift-only").out
    )
    assert run(applied, "apply", "--yes", "--drift-only").code == Exit.DONE
    (applied / "stack.yml").write_text(text)
    assert run(applied, "plan", "--detailed-exitcode").code == Exit.DONE


# Who did what


def test_status_tells_scripts_a_single_value(applied: Path) -> None:
    whole = json.loads(run(applied, "status", "--format", "json").out)
    addresses = [next(iter(unit["addresses"].values()))[0] for unit in whole["units"]]
    assert all(address.count(".") == 3 for address in addresses)
    (network,) = whole["units"][0]["addresses"]
    service = whole["units"][0]["service"]

    def told(*arguments: str) -> str:
        ran = run(applied, "status", "--field", *arguments)
        assert (ran.code, ran.err) == (Exit.DONE, "")
        return ran.out

    assert told("status", service) == "running\n"
    assert told("id", f"{service}[1]") == f"{whole['units'][0]['id']}\n"
    assert told(f"addresses.{network}", service) == f"{addresses[0]}\n"
    assert told("exit_code", service) == ""
    assert told("applied.complete") == "true\n"
    assert told("stack") == f"{whole['stack']}\n"
    assert len(told("container").splitlines()) == len(whole["units"])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--field", "statuss"], "there is no field statuss\n  = did you mean status?"),
        (["ngin"], "there is no service ngin in shop\n  = did you mean nginx?"),
        (["nginx[2]"], "there is no service nginx[2] in shop"),
        (["--watch", "--format", "json"], "topo watch --report"),
    ],
)
def test_status_says_what_it_does_not_know(applied: Path, arguments: list[str], words: str) -> None:
    ran = run(applied, "status", *arguments)
    assert ran.code == Exit.FAILED
    assert words in ran.out + ran.err


def test_status_of_one_service_is_about_that_one_alone(applied: Path) -> None:
    ran = run(applied, "status", "nginx")
    assert ran.out.splitlines()[-1] == "shop: 1 of 1 container well"


def test_status_says_who_applied_last_and_whether_it_came_to_its_end(shop: Path) -> None:
    assert "last appl" not in run(shop, "status").out
    run(shop, "apply", "--yes")
    assert f"last applied 2026-03-01T12:00:00+00:00 by {author()}, topo " in run(shop, "status").out
    edit(shop, "image: postgres", "image: postgres:16")
    engine = Standalone(MemoryDaemon(file=shop / "engine.json"))
    wanted = expand(load([str(shop / "stack.yml")], environ={}, directory=shop).stack, engine.traits)
    byline = Byline(by="eve@far", at="today", version="9")
    engine.remember(wanted, engine.observe(wanted), byline)  # and then she was cut off
    assert "last apply, which did not come to its end: today by eve@far, topo 9" in run(shop, "status").out


# One at a time


def held(directory: Path, process: Process) -> None:
    """Somebody else changes the stack, and does not come to an end."""
    lease = Lease(
        stack="shop", doing="destroy", user="eve", process=process, since="2026-03-01T11:00:00+00:00"
    )
    Standalone(MemoryDaemon(file=directory / "engine.json")).claim(lease, lambda _: False)


def test_while_somebody_changes_the_stack_nobody_else_does(shop: Path) -> None:
    held(shop, this_process())
    before = world_of(shop)
    ran = run(shop, "apply", "--yes")
    assert ran.code == Exit.REFUSED
    assert f"shop is being changed: destroy by eve on {this_process().host}, process " in ran.err
    assert "since 2026-03-01T11:00:00" in ran.err
    assert world_of(shop) == before
    assert run(shop, "plan").code == Exit.DONE


def test_who_waits_says_for_whom(shop: Path) -> None:
    held(shop, this_process())
    ran = run(shop, "apply", "--yes", "--lock-timeout", "0.1s")
    assert ran.code == Exit.REFUSED
    assert ran.err.count("waiting for shop: destroy by eve") == 1
    ran = run(shop, "apply", "--yes", "--lock-timeout", "soon")
    assert (ran.code, "--lock-timeout must be a duration" in ran.err) == (Exit.FAILED, True)


def test_the_lock_of_a_dead_process_keeps_nobody_out(shop: Path) -> None:
    held(shop, replace(this_process(), began="1"))
    assert run(shop, "apply", "--yes").code == Exit.DONE
    assert "topo.lock" not in world_of(shop)


def test_a_lock_can_be_taken_away(shop: Path) -> None:
    held(shop, replace(this_process(), host="elsewhere"))
    assert run(shop, "unlock").code == Exit.REFUSED
    ran = run(shop, "unlock", "--yes", "-p", "shop")
    where = f"elsewhere, process {this_process().pid}"
    assert ran.code == Exit.DONE
    assert ran.out == f"freed shop from destroy by eve on {where}, since 2026-03-01T11:00:00+00:00\n"
    assert run(shop, "apply", "--yes").code == Exit.DONE
    assert run(shop, "unlock").out == "nobody holds shop\n"

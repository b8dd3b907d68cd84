"""The answer of a check, in words, in JSON and as an exit code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli.exits import Exit
from cli.render import check
from cli.render.document import as_json, dotted
from cli.render.ink import Look
from cli.report.check import Check, Size
from tests.support.command import topo
from tests.support.golden import matches
from topology.findings import Finding, Related, Severity, Span

SIZE = Size(services=3, networks=2, claims=4)


def finding(severity: Severity = Severity.ERROR, line: int = 31) -> Finding:
    related = Related(
        message="nginx joins db_nw",
        path=("services", "nginx", "networks", 1),
        span=Span(file="stack.yml", line=6, column=24, width=5, text="    networks: [web_nw, db_nw]"),
    )
    return Finding(
        code="T101",
        severity=severity,
        message="claim broken: nginx cannot reach db",
        path=("policy", "claims", 0),
        label="nginx is on web_nw and db_nw; db is on db_nw, so nginx can open db:5432",
        mend="take it out, or change the claim",
        related=(related,),
        span=Span(file="stack.yml", line=line, column=5, width=5, text="  - nginx cannot reach db"),
    )


def report(*severities: Severity, strict: bool = False, size: Size | None = SIZE) -> Check:
    findings = tuple(finding(severity, line) for line, severity in enumerate(severities, 1))
    return Check(stack="shop", size=size, strict=strict, findings=findings)


@pytest.mark.parametrize(
    ("made", "code"),
    [
        (report(), Exit.DONE),
        (report(Severity.NOTE, Severity.WARNING), Exit.DONE),
        (report(Severity.WARNING, strict=True), Exit.NO),
        (report(Severity.NOTE, strict=True), Exit.DONE),
        (report(Severity.ERROR), Exit.NO),
        (report(Severity.ERROR, size=None), Exit.FAILED),
    ],
)
def test_the_exit_code_follows_the_gravest_finding(made: Check, code: Exit) -> None:
    assert made.code is code


@pytest.mark.parametrize(
    ("made", "summary"),
    [
        (report(), "ok: 3 services, 2 networks, 4 claims hold"),
        (report(Severity.WARNING), "ok, 1 warning: 3 services, 2 networks, 4 claims hold"),
        (report(Severity.WARNING, strict=True), "1 warning fails a strict check"),
        (report(Severity.ERROR, Severity.ERROR, Severity.WARNING), "2 errors, 1 warning"),
        (report(Severity.ERROR, size=None), "1 error"),
        (report(size=Size(services=1, networks=1, claims=0)), "ok: 1 service and 1 network, no claims"),
        (report(size=Size(services=1, networks=0, claims=1)), "ok: 1 service, 0 networks, 1 claim holds"),
    ],
)
def test_the_summary_counts(made: Check, summary: str) -> None:
    assert check.text(made, Look()).splitlines()[-1] == summary


def test_the_text_is_as_reviewed() -> None:
    matches(check.text(report(Severity.ERROR, Severity.WARNING, Severity.NOTE), Look()), "check.txt")


def test_the_json_is_as_reviewed() -> None:
    matches(as_json(report(Severity.ERROR), Look()), "check.json")


def test_quiet_leaves_what_fails_the_check() -> None:
    quiet = Look(quiet=True)
    assert check.text(report(Severity.WARNING, Severity.NOTE), quiet) == ""
    assert check.text(report(Severity.WARNING, strict=True), quiet).startswith("stack.yml:1:5: warning T101")


def test_a_finding_without_a_place_is_null_in_json() -> None:
    bare = Check(
        stack=None, size=None, findings=(Finding(code="T001", severity=Severity.ERROR, message="no"),)
    )
    assert json.loads(as_json(bare, Look()))["findings"][0]["place"] is None


def test_a_path_reads_as_people_write_it() -> None:
    assert dotted(("services", "web", "ports", 0)) == "services.web.ports[0]"
    assert dotted(()) == ""


def test_only_a_swarm_has_nodes(tmp_path: Path) -> None:
    (tmp_path / "stack.yml").write_text("services: {web: {image: shop/web:1}}")
    ran = topo(tmp_path, "check", "--live", "--engine", "memory", "--node", "unix:///there")
    assert ran.code == Exit.FAILED
    assert "--node names a node of a Swarm, and this is none" in ran.err


@pytest.mark.parametrize("said", ["", "engine: docker\n"])
def test_with_engine_swarm_it_is_judged_as_on_a_swarm(tmp_path: Path, said: str) -> None:
    """Another engine is another stack: what keeps data may move, and a port opens where a task runs."""
    service = "{image: postgres:16, volumes: ['data:/var/lib/postgresql/data'], restart: always}"
    (tmp_path / "stack.yml").write_text(f"{said}services:\n  db: {service}\nvolumes: {{data: }}\n")
    assert "T214" not in topo(tmp_path, "check").out
    assert "warning T214" in topo(tmp_path, "check", "--engine", "swarm").out
    assert "overlay" in topo(tmp_path, "graph", "--engine", "swarm").out


def test_what_no_swarm_can_do_is_told_before_any_engine_is_asked(tmp_path: Path) -> None:
    service = "{build: ., container_name: one}"
    (tmp_path / "stack.yml").write_text(f"services:\n  web: {service}\n")
    assert topo(tmp_path, "check").code == Exit.DONE
    ran = topo(tmp_path, "check", "--engine", "swarm")
    assert ran.code == Exit.NO
    assert "stack.yml:2:16: error T215: build of service web cannot be had on a Swarm" in ran.out
    assert "T215: container_name of service web cannot be had on a Swarm" in ran.out


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ("volumes: ['./site:/site']", True),
        ("volumes: ['/srv/site:/site']", True),
        ("volumes: ['/var/run/docker.sock:/var/run/docker.sock', '/etc/localtime:/etc/localtime:ro']", False),
        ("volumes: ['./site:/site'], deploy: {placement: {constraints: [node.hostname == east]}}", False),
        ("volumes: ['./site:/site'], deploy: {mode: global}", True),
        ("configs: [{source: site, target: /site}]", False),
    ],
)
def test_a_file_that_only_one_node_has_is_told(tmp_path: Path, more: str, *, told: bool) -> None:
    (tmp_path / "site").write_text("x")
    text = f"services:\n  web: {{image: nginx, {more}}}\nconfigs: {{site: {{file: ./site}}}}\n"
    (tmp_path / "stack.yml").write_text(text)
    assert ("T216" in topo(tmp_path, "check", "--engine", "swarm").out) == told
    assert "T216" not in topo(tmp_path, "check").out


def test_an_engine_that_there_is_none_of_is_refused_before_anything_is_judged(tmp_path: Path) -> None:
    (tmp_path / "stack.yml").write_text("services: {a: {image: x}}\n")
    ran = topo(tmp_path, "check", "--engine", "swarmm")
    assert (ran.code, ran.out) == (Exit.FAILED, "")
    assert "there is no engine swarmm" in ran.err


@pytest.mark.parametrize("engine", ["docker", "swarm"])
def test_what_deploy_says_wrong_is_told_once(tmp_path: Path, engine: str) -> None:
    deploy = "{replicas: x, update_config: {failure_action: nope}}"
    (tmp_path / "stack.yml").write_text(f"services: {{a: {{image: x, deploy: {deploy}}}}}\n")
    ran = topo(tmp_path, "check", "--engine", engine)
    assert ran.code == Exit.FAILED
    faults = [line.split()[3] for line in (ran.out + ran.err).splitlines() if " error T" in line]
    assert faults == ["deploy.replicas", "deploy.update_config.failure_action"]

"""A stack of several files: laid over each other, extended, included, and found."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.agree import differences, recorded
from topology.findings import Finding, StackError
from topology.load import Loaded, load

PROJECTS = sorted(path for path in (Path(__file__).parents[2] / "data" / "projects").iterdir())


def write(folder: Path, **files: str) -> None:
    """Files by name; an underscore stands for the dot, two for a folder."""
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def loaded(
    folder: Path, *files: str, environ: dict[str, str] | None = None, profiles: tuple[str, ...] = ()
) -> Loaded:
    return load(files, environ=environ or {}, directory=folder, profiles=profiles)


def refused(folder: Path, *files: str) -> tuple[Finding, ...]:
    with pytest.raises(StackError) as caught:
        loaded(folder, *files)
    return caught.value.findings


def told(finding: Finding) -> list[str]:
    """Where a finding stands and what explains it."""
    return [str(finding.span), *(f"{related.message} at {related.span}" for related in finding.related)]


@pytest.mark.parametrize("project", PROJECTS, ids=lambda path: path.name)
def test_a_project_is_understood_as_compose_understood_it(project: Path) -> None:
    assert list(differences(recorded(project), project)) == []


WEB = "services: {web: {image: nginx}}\n"


@pytest.mark.parametrize(
    ("name", "over"),
    [
        ("compose.yaml", "compose.override.yml"),
        ("docker-compose.yml", "docker-compose.override.yaml"),
        ("docker-compose.yml", "compose.override.yml"),
        ("topo.yml", "topo.override.yaml"),
        ("stack.yaml", "stack.override.yml"),
    ],
)
def test_an_override_file_is_found_beside_the_file(tmp_path: Path, name: str, over: str) -> None:
    (tmp_path / name).write_text(WEB)
    (tmp_path / over).write_text("services: {web: {hostname: over}}\n")
    (tmp_path / "deep").mkdir()
    assert loaded(tmp_path).stack.services["web"].hostname == "over"
    assert loaded(tmp_path / "deep").stack.services["web"].hostname == "over"
    assert loaded(tmp_path, name).stack.services["web"].hostname is None


def test_a_file_of_ours_is_not_overridden_by_one_for_compose(tmp_path: Path) -> None:
    write(tmp_path, stack_yml=WEB, compose_override_yml="services: {web: {hostname: over}}\n")
    assert loaded(tmp_path).stack.services["web"].hostname is None


def test_paths_in_every_file_start_where_the_first_one_is(tmp_path: Path) -> None:
    write(tmp_path, a__one_yml=WEB, b__two_yml="services: {web: {volumes: ['./x:/x']}}\n")
    found = loaded(tmp_path, "a/one.yml", "b/two.yml").stack.services["web"]
    assert found.volumes[0].source == str(tmp_path / "a" / "x")


def test_profiles_come_from_the_environment_unless_named(tmp_path: Path) -> None:
    write(tmp_path, compose_yaml="services: {a: {image: a, profiles: [x]}, b: {image: b, profiles: [y]}}\n")
    environ = {"COMPOSE_PROFILES": "x, z"}
    assert list(loaded(tmp_path, environ=environ).stack.services) == ["a"]
    assert list(loaded(tmp_path, environ=environ, profiles=("y",)).stack.services) == ["b"]
    assert not loaded(tmp_path).stack.services


def test_env_files_are_named_by_the_environment_or_switched_off(tmp_path: Path) -> None:
    write(
        tmp_path,
        compose_yaml="services: {a: {image: 'x:${T-none}'}}\n",
        _env="T=default\n",
        other_env="T=other\n",
    )
    assert loaded(tmp_path).stack.services["a"].image == "x:default"
    named = loaded(tmp_path, environ={"COMPOSE_ENV_FILES": "other.env"})
    assert named.stack.services["a"].image == "x:other"
    off = loaded(tmp_path, environ={"COMPOSE_DISABLE_ENV_FILE": "1"})
    assert off.stack.services["a"].image == "x:none"


def test_a_fault_of_a_second_file_says_what_it_was_laid_over(tmp_path: Path) -> None:
    write(
        tmp_path,
        one_yml="services:\n  web:\n    image: nginx\n",
        two_yml="services:\n  web:\n    restart: never\n",
    )
    (found,) = refused(tmp_path, "one.yml", "two.yml")
    assert told(found) == ["two.yml:3:14", "it is laid over service web at one.yml:2:3"]


def test_a_fault_of_an_extended_service_says_who_extends_it(tmp_path: Path) -> None:
    write(
        tmp_path,
        compose_yaml="services:\n  web:\n    extends: {file: sub/base.yml, service: base}\n",
        sub__base_yml="services:\n  base:\n    image: nginx\n    restart: never\n",
    )
    (found,) = refused(tmp_path)
    assert told(found) == ["sub/base.yml:4:14", "service web extends base at compose.yaml:3:5"]


def test_a_fault_of_an_included_file_says_who_includes_it(tmp_path: Path) -> None:
    write(
        tmp_path,
        compose_yaml="include:\n  - sub/more.yml\n",
        sub__more_yml="services:\n  web:\n    image: nginx\n    restart: never\n",
    )
    (found,) = refused(tmp_path)
    assert told(found) == ["sub/more.yml:4:14", "service web is included at compose.yaml:2:5"]


def test_claims_of_included_files_count_too(tmp_path: Path) -> None:
    write(
        tmp_path,
        topo_yml="include: more.yml\npolicy: {default: allow, claims: [a can reach b]}\n",
        more_yml="services: {a: {image: a}, b: {image: b}}\npolicy: {claims: [b can reach a]}\n",
    )
    policy = loaded(tmp_path).stack.policy
    assert (policy.default, policy.claims) == ("allow", ("b can reach a", "a can reach b"))


def test_what_stands_in_x_topo_is_laid_over_what_stands_in_the_open(tmp_path: Path) -> None:
    write(
        tmp_path,
        one_yml=WEB + "policy: {default: deny, claims: [web can reach world]}\n",
        two_yml="x-topo: {policy: {claims: [world cannot reach web]}}\n",
    )
    policy = loaded(tmp_path, "one.yml", "two.yml").stack.policy
    assert (policy.default, len(policy.claims)) == ("deny", 2)


def test_a_long_chain_of_extends_is_followed(tmp_path: Path) -> None:
    links = "".join(f"  s{n}: {{extends: s{n + 1}}}\n" for n in range(90))
    write(tmp_path, compose_yaml=f"services:\n{links}  s90: {{image: nginx}}\n")
    assert {service.image for service in loaded(tmp_path).stack.services.values()} == {"nginx"}


@pytest.mark.parametrize(
    ("says", "why"),
    [
        ("include: [ring.yml]", "cannot read ring.yml: too many levels of symbolic links"),
        ("services: {a: {extends: {file: ring.yml, service: a}}}", "too many levels of symbolic links"),
        ("services: {a: {image: a, env_file: LONG}}", "file name too long"),
        ('include: ["a\\0b"]', "its name is not one that a file can have"),
    ],
)
def test_a_name_that_leads_nowhere_is_a_fault_where_it_is_named(tmp_path: Path, says: str, why: str) -> None:
    (tmp_path / "ring.yml").symlink_to("ring.yml")
    write(tmp_path, compose_yaml=says.replace("LONG", "x" * 300))
    (found,) = refused(tmp_path)
    assert why in found.message
    assert found.span is not None
    assert found.span.file == "compose.yaml"

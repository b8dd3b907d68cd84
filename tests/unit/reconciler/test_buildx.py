"""The docker command as it is asked to build: a script stands in for it, and notes what it is given."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.contents import NO_SECRETS, BuildSecrets, Sealed
from reconciler.engines import builders, buildx
from reconciler.engines.reading import Endpoint
from reconciler.errors import Rejected
from topology.models import Build, BuildSecret, Ulimit

DOCKER = """\
#!/bin/sh
[ "$1 $2" = "buildx version" ] && {{ echo github.com/docker/buildx 0.13.1 abc; exit {version}; }}
printf '%s\\n' "$@" > {folder}/words
env > {folder}/environment
cat "$(sed -n '/^--file$/{{n;p;}}' {folder}/words)" > {folder}/dockerfile
echo '#5 [stage-1 2/3] RUN echo hush-1 plain' >&2
echo '#6 DONE 0.1s' >&2
[ {code} = 0 ] || echo 'ERROR: failed to solve: process "/bin/sh -c false hush-1" failed: exit code: 1' >&2
exit {code}
"""
NEW, OLD = (1, 51), (1, 41)
HERE = Endpoint(url="unix:///run/some.sock")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    command(tmp_path)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setenv("DOCKER_CONTEXT", "another")
    monkeypatch.delenv("DOCKER_BUILDKIT", raising=False)
    return tmp_path


def command(folder: Path, *, version: int = 0, code: int = 0) -> None:
    (folder / "docker").write_text(DOCKER.format(folder=folder, version=version, code=code))
    (folder / "docker").chmod(0o755)


def test_what_is_asked_for_holds_no_argument_that_others_could_see(folder: Path) -> None:
    wanted = Build(
        context="/ctx",
        dockerfile_inline="FROM x\n",
        args={"API_TOKEN": "hush-1", "PLAIN": "x", "DOCKER_HOST": "mine"},
        labels={"one": "1"},
        tags=("further:1",),
        ulimits={"nofile": Ulimit(soft=7, hard=8)},
        target="web",
        network="host",
        pull=True,
        cache_to=("type=inline",),
        additional_contexts={"res": "/res", "base": "docker-image://base:1"},
        ssh={"default": "", "own": "/key"},
        entitlements=("network.host",),
        privileged=True,
        sbom="true",
    )
    told: list[str] = []
    secrets: BuildSecrets = {"key": Path("/a,b"), "pin": Sealed(b"plain", "digest:1")}
    buildx.build("image:1", wanted, {"topo.build": "abc"}, secrets=secrets, on=HERE, tell=told.append)
    words = (folder / "words").read_text().splitlines()
    assert words[:7] == ["buildx", "build", "--builder", "default", "--progress", "plain", "--load"]
    assert (folder / "dockerfile").read_text() == "FROM x\n"
    assert " ".join(words[9:]) == (
        "--tag further:1 --cache-to type=inline --ulimit nofile=7:8 --build-context res=/res "
        "--build-context base=docker-image://base:1 --ssh default --ssh own=/key --allow network.host "
        "--allow security.insecure --target web --network host --sbom true --pull --tag image:1 "
        "--label one=1 --label topo.build=abc --build-arg API_TOKEN --build-arg PLAIN "
        '--build-arg DOCKER_HOST=mine --secret id=key,"src=/a,b" --secret id=pin,env=TOPO_BUILD_SECRET_1 /ctx'
    )
    given = (folder / "environment").read_text().splitlines()
    assert {"API_TOKEN=hush-1", "PLAIN=x", "TOPO_BUILD_SECRET_1=plain", f"DOCKER_HOST={HERE.url}"} <= {*given}
    assert not any(line.startswith("DOCKER_CONTEXT=") for line in given)
    assert told == ["2/3 RUN echo ******** ********"]
    assert not Path(words[8]).exists(), "nothing stays behind"


def test_a_failure_is_told_in_the_builders_words_without_secrets(folder: Path) -> None:
    command(folder, code=1)
    wanted = Build(context="/ctx", dockerfile_inline="FROM x\n", args={"API_TOKEN": "hush-1"})
    with pytest.raises(Rejected) as failed:
        buildx.build("image:1", wanted, {}, secrets=NO_SECRETS, on=HERE, tell=lambda _how: None)
    assert str(failed.value) == 'building image:1: process "/bin/sh -c false ********" failed: exit code: 1'


def engine() -> dict[str, object]:
    return {"DriverStatus": [["Backing Filesystem", "extfs"]]}


def containerd() -> dict[str, object]:
    return {"DriverStatus": [["driver-type", "io.containerd.snapshotter.v1"]]}


@pytest.mark.usefixtures("folder")
def test_buildkit_does_what_it_can() -> None:
    assert builders.builder(Build(context="/ctx"), OLD, engine).called == "BuildKit (docker buildx 0.13.1)"
    limited = Build(context="/ctx", ulimits={"nofile": Ulimit(soft=7, hard=8)})
    assert [builders.lacking(limited, api) for api in (NEW, OLD)] == [
        "",
        "BuildKit of this engine sets no limits",
    ]
    assert builders.lacking(Build(context="/ctx", network="mine"), NEW) != ""
    assert builders.lacking(Build(context="/ctx", isolation="default"), NEW) == ""


@pytest.mark.usefixtures("folder")
def test_what_the_engines_store_cannot_keep_is_left_out() -> None:
    wanted = Build(context="/ctx", provenance="mode=max", cache_to=("type=inline",))
    found = builders.builder(wanted, NEW, engine)
    assert [*found.omitted] == ["provenance"]
    assert found.kept(wanted) == Build(context="/ctx", cache_to=("type=inline",))
    assert not builders.builder(wanted, NEW, containerd).omitted
    exported = Build(context="/ctx", cache_to=("type=local,dest=/c",))
    assert [*builders.builder(exported, NEW, engine).omitted] == ["cache_to"]


@pytest.mark.usefixtures("folder")
def test_an_old_engine_reads_further_contexts_where_the_dockerfile_fetches_a_newer_one() -> None:
    wanted = Build(context="/ctx", dockerfile_inline="FROM x\n", additional_contexts={"a": "/a"})
    assert [one.path for one in builders.builder(wanted, OLD, engine).missing] == [("additional_contexts",)]
    assert not builders.builder(wanted, NEW, engine).missing
    newer = wanted.model_copy(update={"dockerfile_inline": "# syntax=docker/dockerfile:1\nFROM x\n"})
    assert not builders.builder(newer, OLD, engine).missing


def test_the_classic_builder_says_what_it_cannot_do(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = BuildSecret(source="key", target="key")
    wanted = Build(context="/ctx", secrets=(secret,), sbom="true", cache_from=("a:1", "type=gha"))
    monkeypatch.setenv("DOCKER_BUILDKIT", "0")
    found = builders.builder(wanted, NEW, engine)
    assert found.called == "the classic builder (DOCKER_BUILDKIT=0)"
    (one,) = found.missing
    assert (one.path, one.message) == (
        ("secrets",),
        "a build with secrets needs BuildKit, but DOCKER_BUILDKIT=0",
    )
    assert found.kept(wanted) == Build(context="/ctx", secrets=(secret,), cache_from=("a:1",))
    monkeypatch.delenv("DOCKER_BUILDKIT")
    command(folder, version=1)
    monkeypatch.setenv("DOCKER_CONFIG", "/elsewhere")
    assert builders.lacking(wanted, NEW) == "the docker command here has no buildx"
    assert "docker buildx version" in builders.builder(wanted, NEW, engine).missing[0].mend

"""The docker command as it is asked to build: a script stands in for it, and notes what it is given."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.engines import buildx
from reconciler.engines.reading import Endpoint
from reconciler.errors import Rejected
from topology.models import Build, Ulimit

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
        args={"API_TOKEN": "hush-1", "PLAIN": "x", "DOCKER_HOST": "mine"},
        labels={"one": "1"},
        tags=("further:1",),
        ulimits={"nofile": Ulimit(soft=7, hard=8)},
        target="web",
        network="host",
        pull=True,
    )
    told: list[str] = []
    buildx.build("image:1", wanted, {"topo.build": "abc"}, text="FROM x\n", on=HERE, tell=told.append)
    words = (folder / "words").read_text().splitlines()
    assert words[:7] == ["buildx", "build", "--builder", "default", "--progress", "plain", "--load"]
    assert (folder / "dockerfile").read_text() == "FROM x\n"
    assert " ".join(words[9:]) == (
        "--tag further:1 --tag image:1 --label one=1 --label topo.build=abc --build-arg API_TOKEN "
        "--build-arg PLAIN --build-arg DOCKER_HOST=mine --ulimit nofile=7:8 --target web --network host "
        "--pull /ctx"
    )
    given = (folder / "environment").read_text().splitlines()
    assert {"API_TOKEN=hush-1", "PLAIN=x", f"DOCKER_HOST={HERE.url}"} <= {*given}
    assert not any(line.startswith("DOCKER_CONTEXT=") for line in given)
    assert told == ["2/3 RUN echo ******** plain"]
    assert not Path(words[8]).exists(), "nothing stays behind"


def test_a_failure_is_told_in_the_builders_words_without_secrets(folder: Path) -> None:
    command(folder, code=1)
    wanted = Build(context="/ctx", args={"API_TOKEN": "hush-1"})
    with pytest.raises(Rejected) as failed:
        buildx.build("image:1", wanted, {}, text="FROM x\n", on=HERE, tell=lambda _how: None)
    assert str(failed.value) == 'building image:1: process "/bin/sh -c false ********" failed: exit code: 1'


def test_buildkit_does_what_it_can(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = Build(context="/ctx")
    assert buildx.builder(plain, OLD) == "BuildKit (docker buildx 0.13.1)"
    limited = Build(context="/ctx", ulimits={"nofile": Ulimit(soft=7, hard=8)})
    assert [buildx.lacking(limited, api) for api in (NEW, OLD)] == [
        "",
        "BuildKit of this engine sets no limits",
    ]
    assert buildx.lacking(Build(context="/ctx", network="mine"), NEW) != ""
    monkeypatch.setenv("DOCKER_BUILDKIT", "0")
    assert buildx.builder(plain, NEW) == "the classic builder (DOCKER_BUILDKIT=0)"
    monkeypatch.delenv("DOCKER_BUILDKIT")
    command(folder, version=1)
    monkeypatch.setenv("DOCKER_CONFIG", "/elsewhere")
    assert buildx.lacking(plain, NEW) == "the docker command here has no buildx"

"""Images, and what they give to containers that do not say otherwise."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from reconciler.contents import BuildSecrets, Sealed
from reconciler.engines.daemon import Json
from reconciler.errors import NotFound, Rejected
from reconciler.steps import CreateContainer, PullImage
from tests.support import bench as benches
from tests.support.applying import planned
from tests.support.bench import PLAIN, RICH, Bench
from tests.support.builders import has_buildx
from tests.support.lab import LabEngine
from topology.models import Build, BuildSecret, Service, Stack, Ulimit

SECOND = 1_000_000_000


def config(bench: Bench, **body: Any) -> Json:
    found: Json = bench.daemon.container(bench.made("a", **body))["Config"]
    return found


def rich(bench: Bench, **body: Any) -> Json:
    """What a container of the rich image is; without a command of its own unless told."""
    found: Json = config(bench, Image=RICH, StopSignal="", **{"Cmd": None, **body})
    return found


def test_an_image_is_found_by_its_name_and_by_its_id(bench: Bench) -> None:
    image = bench.daemon.image(PLAIN)
    assert bench.daemon.image(image["Id"])["Id"] == bench.daemon.image("busybox")["Id"] == image["Id"]
    assert bench.daemon.container(bench.made("a"))["Image"] == image["Id"]
    with pytest.raises(NotFound, match=r"(?i)no such image"):
        bench.daemon.image("topo-test/nobody:1")


def test_an_image_that_is_there_for_another_platform_is_none(lab_engine: LabEngine) -> None:
    bench = benches.real(lab_engine)
    with pytest.raises(NotFound, match="platform"):
        bench.daemon.create_container(bench.name("a"), {"Image": PLAIN}, "linux/s390x")
    stack = Stack(name=bench.prefix, services={"a": Service(image=PLAIN, platform="linux/s390x")})
    (pull,) = [step for step in planned(bench.engine, stack).steps if isinstance(step, PullImage)]
    assert pull.platform == "linux/s390x"
    create = next(step for step in planned(bench.engine, stack).steps if isinstance(step, CreateContainer))
    assert create.platform == "linux/s390x"


def test_an_image_that_no_registry_has_is_not_pulled(bench: Bench) -> None:
    with pytest.raises(Exception, match=r"topo-test/nobody:1"):
        bench.daemon.pull("topo-test/nobody:1")


def test_all_that_is_not_said_comes_from_the_image(bench: Bench) -> None:
    image, found = bench.daemon.image(RICH)["Config"], rich(bench)
    for key in (
        "User",
        "WorkingDir",
        "StopSignal",
        "Env",
        "Labels",
        "ExposedPorts",
        "Volumes",
        "Healthcheck",
        "Entrypoint",
        "Cmd",
    ):
        assert found[key] == image[key], key


def test_what_is_said_comes_before_the_image(bench: Bench) -> None:
    said = {"User": "0", "WorkingDir": "/", "StopSignal": "SIGTERM", "Cmd": ["true"]}
    found = config(bench, Image=RICH, **said)
    assert {key: found[key] for key in said} == said
    assert found["Entrypoint"] == ["sh", "-c"]


def test_environment_labels_ports_and_volumes_add_up(bench: Bench) -> None:
    found = rich(
        bench,
        Env=["SIZE=small", "MORE=yes"],
        Labels={"kind": "poor", "more": "yes"},
        ExposedPorts={"90/tcp": {}},
        Volumes={"/more": {}},
    )
    assert {"FLAVOUR=vanilla", "SIZE=small", "MORE=yes"} < set(found["Env"])
    assert "SIZE=large" not in found["Env"]
    labels = {key: found["Labels"][key] for key in ("maker", "kind", "more")}
    assert labels == {"maker": "somebody", "kind": "poor", "more": "yes"}
    assert set(found["ExposedPorts"]) == {"80/tcp", "81/udp", "90/tcp"}
    assert set(found["Volumes"]) == {"/keep", "/more"}


def test_a_new_entrypoint_takes_the_image_s_command_away(bench: Bench) -> None:
    found = rich(bench, Entrypoint=["true"])
    assert (found["Entrypoint"], found["Cmd"]) == (["true"], None)


def test_an_empty_entrypoint_takes_only_the_entrypoint_away(bench: Bench) -> None:
    found = rich(bench, Entrypoint=[])
    assert (found["Entrypoint"], found["Cmd"]) == ([], ["sleep 1000"])


def test_an_entrypoint_of_one_empty_word_is_none(bench: Bench) -> None:
    found = rich(bench, Entrypoint=[""], Cmd=["true"])
    assert (found["Entrypoint"], found["Cmd"]) == (None, ["true"])


def test_an_empty_command_is_not_said(bench: Bench) -> None:
    assert rich(bench, Cmd=[])["Cmd"] == ["sleep 1000"]


def test_a_health_check_is_completed_field_by_field(bench: Bench) -> None:
    found = rich(bench, Healthcheck={"Interval": 5 * SECOND})
    assert found["Healthcheck"] == {
        "Test": ["CMD", "true"],
        "Interval": 5 * SECOND,
        "Timeout": 2 * SECOND,
        "Retries": 2,
    }


def test_a_health_check_that_is_switched_off_keeps_its_times(bench: Bench) -> None:
    check = rich(bench, Healthcheck={"Test": ["NONE"]})["Healthcheck"]
    assert (check["Test"], check["Retries"]) == (["NONE"], 2)


@pytest.fixture(params=["classic", "buildkit"])
def builder(
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
) -> str:
    """Each builder in turn; a model has none."""
    if request.param == "classic":
        monkeypatch.setenv("DOCKER_BUILDKIT", "0")
    else:
        has_buildx(monkeypatch, tmp_path_factory.mktemp("buildx"))
    return str(request.param)


@pytest.mark.usefixtures("builder")
def test_an_image_is_built_with_labels_and_again_only_when_something_changed(
    bench: Bench, tmp_path: Path
) -> None:
    file = tmp_path / "Dockerfile"
    file.write_text(f"FROM {PLAIN}\nENV A=1\n")
    name, build = bench.name("image").lower(), Build(context=str(tmp_path))
    bench.daemon.build(name, build, {"digest": bench.daemon.digest(build)})
    first = bench.daemon.image(name)
    assert first["Config"]["Labels"]["digest"] == bench.daemon.digest(build)
    bench.daemon.build(name, build, {"digest": bench.daemon.digest(build)})
    assert bench.daemon.image(name)["Id"] == first["Id"]
    file.write_text(f"FROM {PLAIN}\nENV A=2\n")
    bench.daemon.build(name, build, {"digest": bench.daemon.digest(build)})
    assert bench.daemon.image(name)["Id"] != first["Id"]


@pytest.mark.usefixtures("builder")
def test_a_dockerfile_in_the_stack_file_is_built_with_the_limits_and_names_that_it_says(
    lab_engine: LabEngine, tmp_path: Path
) -> None:
    """It travels beside the context and is not part of it."""
    bench = benches.real(lab_engine)
    (tmp_path / "page").write_text("hello")
    text = f'FROM {PLAIN}\nCOPY . /all\nRUN test "$(ls -A /all) $(ulimit -n)" = "page 77"\n'
    name, further = bench.name("image").lower(), bench.name("further").lower()
    build = Build(
        context=str(tmp_path),
        dockerfile_inline=text,
        tags=(f"{further}:1", f"{further}:2"),
        ulimits={"nofile": Ulimit(soft=77, hard=88)},
    )
    bench.daemon.build(name, build, {"digest": bench.daemon.digest(build)})
    images = [bench.daemon.image(one)["Id"] for one in (name, f"{further}:1", f"{further}:2")]
    assert len({*images}) == 1
    other = build.model_copy(update={"dockerfile_inline": text + "ENV A=2\n"})
    assert bench.daemon.digest(other) != bench.daemon.digest(build)
    bench.daemon.build(name, other, {})
    assert "A=2" in bench.daemon.image(name)["Config"]["Env"]


@pytest.mark.usefixtures("builder")
def test_a_dockerfile_outside_its_context_counts(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "context").mkdir()
    file = tmp_path / "Dockerfile.here"
    file.write_text(f"FROM {PLAIN}\nENV A=1\n")
    build = Build(context=str(tmp_path / "context"), dockerfile="../Dockerfile.here", tags=(bench.name("b"),))
    name, first = bench.name("image").lower(), bench.daemon.digest(build)
    bench.daemon.build(name, build, {})
    assert bench.daemon.image(bench.name("b"))["Id"] == bench.daemon.image(name)["Id"]
    file.write_text(f"FROM {PLAIN}\nENV A=2\n")
    assert bench.daemon.digest(build) != first


@pytest.mark.usefixtures("builder")
def test_a_build_tells_no_secret_that_it_is_given(
    lab_engine: LabEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """BuildKit fills arguments in where it says what it does, and where it fails."""
    bench = benches.real(lab_engine)
    text = f"FROM {PLAIN}\nARG API_TOKEN\nARG PLAINLY\nRUN echo $API_TOKEN $PLAINLY\n"
    given = {"API_TOKEN": f"zq-{bench.prefix}", "PLAINLY": "shown"}
    build = Build(context=str(tmp_path), dockerfile_inline=text, args=given)
    name, told = bench.name("image").lower(), list[str]()
    monkeypatch.setenv("API_TOKEN", "that of the shell")
    bench.daemon.build(name, build, {}, told.append)
    assert any("RUN echo" in line for line in told), told
    failing = build.model_copy(update={"dockerfile_inline": f"{text}RUN echo $API_TOKEN; exit 7\n"})
    with pytest.raises(Rejected, match=r"exit code: 7|code: 7") as failed:
        bench.daemon.build(name, failing, {}, told.append)
    assert "zq-" not in f"{told} {failed.value}"
    ran = bench.made("run", Image=name, Cmd=["true"])
    history = bench.daemon.container(ran)
    assert "zq-" not in str(history)


def test_a_build_reads_secrets_and_further_contexts_and_keeps_no_secret(
    lab_engine: LabEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A secret out of a file and one that no file holds; an image of the engine and a folder."""
    bench = benches.real(lab_engine)
    has_buildx(monkeypatch, tmp_path / "buildx")
    further = bench.traits.api >= (1, 42)
    for folder in ("app", "res"):
        (tmp_path / folder).mkdir()
    (tmp_path / "res" / "file").write_text("from the folder")
    (tmp_path / "key").write_text(f"zq-{bench.prefix}")
    (tmp_path / "app" / "Dockerfile").write_text(
        ("FROM base\nCOPY --from=res file /res\n" if further else f"FROM {PLAIN}\n")
        + "RUN --mount=type=secret,id=key --mount=type=secret,id=pin "
        f'test "$(cat /run/secrets/key)" = "z""q-{bench.prefix}" && '
        'test "$(cat /run/secrets/pin)" = "hunter""2" && cat /run/secrets/key >&2\n'
    )
    build = Build(
        context=str(tmp_path / "app"),
        secrets=(BuildSecret(source="a", target="key"), BuildSecret(source="b", target="pin")),
        additional_contexts={"base": f"docker-image://{PLAIN}", "res": str(tmp_path / "res")}
        if further
        else {},
    )
    name, told = bench.name("image").lower(), list[str]()
    secrets: BuildSecrets = {"key": tmp_path / "key", "pin": Sealed(b"hunter2", "digest:1")}
    bench.daemon.build(name, build, {}, told.append, secrets)
    assert any("RUN" in line for line in told)
    with lab_engine.client() as client:
        held = b"".join(client.images.get(name).save())
    assert b"from the folder" in held or not further
    assert not [secret for secret in ("zq-", "hunter2") if secret.encode() in held or secret in str(told)]
    again = build.model_copy(update={"no_cache": True})
    with pytest.raises(Rejected, match="code: 1") as failed:
        bench.daemon.build(name, again, {}, told.append, {**secrets, "pin": Sealed(b"another", "digest:2")})
    assert not [secret for secret in ("zq-", "another") if secret in f"{told} {failed.value}"]
    telling = build.model_copy(update={"dockerfile_inline": _telling(build)})
    with pytest.raises(Rejected, match=r"code: 7\nit said: the key is \*{8}") as failed:
        bench.daemon.build(name, telling, {}, told.append, secrets)
    assert "zq-" not in str(failed.value)


def _telling(build: Build) -> str:
    """The same Dockerfile with a command that gives a secret away, and fails."""
    text = Path(build.context, "Dockerfile").read_text()
    return text + 'RUN --mount=type=secret,id=key echo "the key is $(cat /run/secrets/key)"; exit 7\n'

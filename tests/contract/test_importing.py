"""What is imported says the same: read back as a stack file, it wants of each container what is there."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.render.config import dumped
from reconciler.engines import inspected
from reconciler.engines.daemon import Json
from reconciler.engines.memory import NEW
from reconciler.errors import NotFound, Rejected
from reconciler.expand import expand
from reconciler.fields import SERVICE, mounts
from reconciler.importing import Imported, imported
from reconciler.planner import teardown
from reconciler.state import ImageConfig, Spec
from reconciler.steps import RemoveVolume
from tests.contract.samples import UNTRIED
from tests.contract.test_adoption import adopted
from tests.contract.test_fields import Story
from tests.support import bench as benches
from tests.support.applying import converged, destroyed, looked
from tests.support.bench import RICH, Bench
from topology.load import load

_OTHERWISE = {"networks", "labels"}
"""Compared by name alone: names that peers use follow the service, and topo's labels are not the stack's."""
_ROWS = [row for row in SERVICE if row.name not in UNTRIED and not row.unseen]


@pytest.fixture
def modelled(tmp_path: Path) -> Bench:
    return benches.modelled(NEW, tmp_path)


def read_back(found: Imported, folder: Path, **environ: str) -> dict[str, Spec]:
    """The specs that the written file wants, by container name."""
    said = {
        "name": "shop",
        "services": found.services,
        "networks": found.networks,
        "volumes": found.volumes,
    }
    (folder / "stack.yml").write_text(dumped(said))
    stack = load([], environ=environ, directory=folder).stack
    bench = benches.modelled(NEW, folder)
    wanted = expand(stack, bench.traits, bench.engine.contents(stack))
    return {unit.name: unit.spec for unit in wanted.units.values()}


def all_there(bench: Bench) -> tuple[list[Json], dict[str, ImageConfig]]:
    raws = [bench.daemon.container(one["Id"]) for one in bench.daemon.containers()]
    return raws, {raw["Image"]: inspected.image(bench.daemon.image(raw["Image"])) for raw in raws}


@pytest.mark.parametrize("row", _ROWS, ids=lambda row: row.name)
@pytest.mark.parametrize("chapter", [0, 1])
def test_each_field_is_imported_as_it_is(modelled: Bench, row: object, chapter: int, tmp_path: Path) -> None:
    story = Story(modelled, row)  # type: ignore[arg-type]  # it has what a story asks for
    converged(modelled.engine, story.stack(chapter))
    raws, images = all_there(modelled)
    wanted = read_back(imported(raws, images), tmp_path)
    assert len(wanted) == len(raws)
    for raw in raws:
        name, image = raw["Name"].removeprefix("/"), images[raw["Image"]]
        for each in _ROWS:
            spec = mounts.as_held(wanted[name], mounts.anonymous(raw))
            there, said = each.read(raw, image), each.expected(spec, image)
            if each.name in _OTHERWISE:
                assert set(there or ()) <= set(said or there or ()), (name, each.name)
            elif each.name in {"network_mode", "pid", "ipc"} and str(there).startswith("container:"):
                assert str(said).startswith("service:"), (name, each.name)
            elif not each.left_to_engine or said is not None:
                assert said == there, (name, each.name)


def test_links_on_the_default_bridge_are_read_and_secrets_are_kept_apart(
    bench: Bench, tmp_path: Path
) -> None:
    """Three containers with --link, as tutorials make them."""
    db, app, web = (bench.name(text) for text in ("db", "app", "web"))
    password = "s3cr'et$x\"\\"  # noqa: S105  # a hard one to write down
    bench.daemon.create_volume({"Name": bench.name("data")})
    bench.started(
        "db", Env=[f"DB_PASSWORD={password}"], HostConfig={"Binds": [f"{bench.name('data')}:/data"]}
    )
    bench.started("app", Env=["DB_HOST=database", "LOG=$HOME"], HostConfig={"Links": [f"{db}:database"]})
    bench.started("web", HostConfig={"Links": [app]})
    found = bench.engine.imported([db, app, web])
    assert {name: said.get("links") for name, said in found.services.items()} == {
        db: None,
        app: [f"{db}:database"],
        web: [app],
    }
    assert {said["network_mode"] for said in found.services.values()} == {"bridge"}
    assert found.claims == (f"{app} can reach {db}", f"{web} can reach {app}")
    assert found.volumes == {bench.name("data"): {"external": True}}
    assert found.secrets == {"DB_PASSWORD": password}
    assert password not in dumped({"services": found.services})
    wanted = read_back(found, tmp_path, DB_PASSWORD=password)
    assert wanted[db]["environment"] == {"DB_PASSWORD": password}
    assert wanted[app]["environment"] == {"DB_HOST": "database", "LOG": "$HOME"}


def test_a_link_is_guessed_where_a_variable_names_a_peer_on_the_same_network(bench: Bench) -> None:
    back, front = bench.network("back"), bench.network("front")
    db = bench.started("db", back)
    url = f"DATABASE_URL=postgresql://me:secret@{db}:5432/shop"
    app = bench.started("app", back, Env=[url, f"NOTE={bench.name('far')}"])
    far = bench.started("far", front)
    found = bench.engine.imported([db, app, far])
    assert [(one.client, one.server, one.variable) for one in found.guesses] == [(app, db, "DATABASE_URL")]
    assert found.services[app]["links"] == [db]
    assert found.networks == {name: {"external": True} for name in (back, front)}


def test_two_secrets_of_one_name_get_names_of_their_own(bench: Bench) -> None:
    some = [bench.started(name, Env=[f"TOKEN={name * 3}"]) for name in ("a", "b")]
    found = bench.engine.imported(some)
    assert sorted(found.secrets.values()) == ["aaa", "bbb"]
    assert len(found.secrets) == 2


def test_the_replicas_of_a_compose_service_become_one_service(bench: Bench) -> None:
    for number in ("1", "2"):
        labels = {"com.docker.compose.service": "web", "com.docker.compose.container-number": number}
        bench.started(f"web-{number}", Labels={**labels, "tier": "front"})
    (web,) = bench.engine.imported([bench.name("web-1"), bench.name("web-2")]).services.values()
    assert (web["deploy"], web["labels"]) == ({"replicas": 2}, {"tier": "front"})
    assert "container_name" not in web


def held(bench: Bench, container: str) -> dict[str, str]:
    return mounts.anonymous(bench.daemon.container(container))


def test_data_in_an_anonymous_volume_gets_a_name_and_outlives_its_container(
    bench: Bench, tmp_path: Path
) -> None:
    """One that somebody asked for, and one that the image has; both are external from now on."""
    name = bench.made("db", Image=RICH, Cmd=["sleep 1000"], Volumes={"/data": {}})
    bench.daemon.start(name)
    before, container = held(bench, name), bench.daemon.container(name)["Id"]
    assert before.keys() == {"/data", "/keep"}
    found = bench.engine.imported([name])
    assert [(one.target, one.volume, one.key) for one in found.data] == [
        (target, volume, f"{name}-{target[1:]}") for target, volume in sorted(before.items())
    ]
    said = {"services": found.services, "networks": found.networks, "volumes": found.volumes}
    (tmp_path / "stack.yml").write_text(dumped({"name": bench.prefix, **said}))
    stack = load([], environ={}, directory=tmp_path).stack
    adopted(bench, stack)
    converged(bench.engine, stack)  # waits for a check that has not spoken yet, and that is all
    assert bench.daemon.container(name)["Id"] == container
    removal = teardown(*looked(bench.engine, stack), bench.engine, volumes=True)
    assert not [step for step in removal.steps if isinstance(step, RemoveVolume)]

    db = stack.services[name].model_copy(update={"environment": {"MODE": "other"}})
    stack = stack.model_copy(update={"services": {name: db}})
    converged(bench.engine, stack)
    assert bench.daemon.container(name)["Id"] != container
    assert held(bench, name) == before
    destroyed(bench.engine, stack)
    assert set(before.values()) <= bench.volume_names()
    for volume in before.values():
        bench.daemon.remove_volume(volume)


def test_replicas_have_anonymous_volumes_of_their_own_which_a_file_cannot_name(bench: Bench) -> None:
    for number in ("1", "2"):
        labels = {"com.docker.compose.service": "web", "com.docker.compose.container-number": number}
        bench.started(f"web-{number}", Labels=labels, Volumes={"/data": {}})
    found = bench.engine.imported([bench.name("web-1"), bench.name("web-2")])
    assert {one.volume for one in found.data} == {
        volume for number in "12" for volume in held(bench, bench.name(f"web-{number}")).values()
    }
    assert (found.volumes, found.services["web"]["volumes"]) == ({}, ["/data"])


def test_what_is_not_there_or_topos_already_cannot_be_imported(bench: Bench) -> None:
    with pytest.raises(NotFound, match=r"there is no container nobody"):
        bench.engine.imported(["nobody"])
    name = bench.made("a", Labels={"topo.stack": "shop"})
    with pytest.raises(Rejected, match=r"is of the stack shop already"):
        bench.engine.imported([name])

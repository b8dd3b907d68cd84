"""When an image is built again: digests of what goes into it."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.address import service
from reconciler.engines.builds import Builds
from reconciler.engines.contexts import digest
from reconciler.errors import Rejected
from reconciler.state import Unit
from topology.models import Build, BuildSecret


@pytest.fixture
def context(tmp_path: Path) -> Path:
    made = tmp_path / "ctx"
    made.mkdir()
    (made / "Dockerfile").write_text("FROM x\n")
    (made / "Dockerfile").chmod(0o644)
    return made


def test_digests_that_stand_in_labels_already_still_hold(context: Path) -> None:
    """Else a newer topo would build every image again."""
    assert (
        digest(Build(context=str(context), args={"A": "1"}, pull=True)) == "07090fbaddbbab7de2a77d10cfa1fef8"
    )
    assert digest(Build(context="https://example.org/a.git")) == "b6000bedb7620495323164f2540cb257"


def test_further_contexts_count_by_what_they_hold(context: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text("same")
        (tmp_path / name / "file").chmod(0o644)
    build = Build(context=str(context))
    one, two = (
        build.model_copy(update={"additional_contexts": {"res": str(tmp_path / name)}})
        for name in ("one", "two")
    )
    assert digest(build) != digest(one) == digest(two)
    (tmp_path / "two" / "file").write_text("else")
    assert digest(one) != digest(two)
    gone = build.model_copy(update={"additional_contexts": {"res": str(tmp_path / "gone")}})
    with pytest.raises(Rejected, match="gone is not there"):
        digest(gone)


def test_secrets_keys_and_caches_leave_no_trace(context: Path) -> None:
    build = Build(context=str(context), secrets=(BuildSecret(source="a", target="key"),))
    same = {"secrets": (BuildSecret(source="b", target="key"),), "ssh": {"default": ""}}
    assert digest(build) == digest(build.model_copy(update={**same, "cache_to": ("type=inline",)}))
    assert digest(build) != digest(build.model_copy(update={"secrets": ()}))
    assert digest(build) != digest(build.model_copy(update={"privileged": True}))


def test_a_folder_without_a_dockerfile_is_seen_in_the_plan(context: Path) -> None:
    with pytest.raises(Rejected, match=r"there is no .*ctx/Other"):
        digest(Build(context=str(context), dockerfile="Other"))


def unit(name: str, *bases: str) -> Unit:
    contexts = {base: f"docker-image://s-{base}" for base in bases}
    build = Build(context=f"/{name}", additional_contexts=contexts)
    return Unit(address=service(name, 1), name=name, spec={"image": f"s-{name}"}, build=build)


def test_who_takes_from_anothers_image_is_built_again_with_it() -> None:
    units = {"top": unit("top", "middle"), "middle": unit("middle", "base"), "base": unit("base")}
    before = Builds(units, lambda build: build.context).digests
    after = Builds(units, lambda build: build.context.replace("base", "other")).digests
    assert before["base"] == "/base"
    assert all(before[name] != after[name] for name in units)
    other = Builds(units, lambda build: build.context.replace("top", "other")).digests
    assert [name for name in units if other[name] != before[name]] == ["top"]


def test_a_context_that_cannot_be_read_is_in_the_way_of_its_own_image_alone() -> None:
    def read(build: Build) -> str:
        if build.context == "/base":
            raise Rejected("reading /base: gone")
        return build.context

    builds = Builds({"a": unit("a"), "base": unit("base")}, read)
    assert not builds.unread("a")
    assert [one.message for one in builds.unread("base")] == ["reading /base: gone"]

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from pathlib import Path

import pytest

from examples.lab.images import archive, debs, elf, layers, mirror
from examples.lab.images.catalogue import IMAGES, File, Folder, Image, Symlink
from examples.lab.images.layers import Built, Layer


def members(path: Path) -> dict[str, tarfile.TarInfo]:
    with tarfile.open(path) as tar:
        return {member.name: member for member in tar}


def built(cache: Path, **entries: File | Folder | Symlink) -> Built:
    return layers.build(
        cache, Layer(entries={name.replace("_", "/"): entry for name, entry in entries.items()}), ""
    )


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ("./bin/sh", "usr/bin/sh"),
        ("./lib64/ld.so", "usr/lib64/ld.so"),
        ("lib", "usr/lib"),
        ("./usr/bin/env", "usr/bin/env"),
        ("./library/x", "library/x"),
        ("./", ""),
    ],
)
def test_package_files_go_below_usr(inside: str, expected: str) -> None:
    assert layers.placed(inside) == expected


def test_a_file_that_begins_like_a_script_can_be_run(tmp_path: Path) -> None:
    layer = built(tmp_path, a_run=File(content=b"#!/bin/sh\n"), a_read=File(content=b"text"))
    modes = {name: member.mode for name, member in members(layer.path).items()}
    assert modes == {"a": 0o755, "a/run": 0o755, "a/read": 0o644}


def test_a_folder_belongs_to_the_account_that_writes_into_it(tmp_path: Path) -> None:
    folder = members(built(tmp_path, data=Folder(mode=0o700, owner=999)).path)["data"]
    assert (folder.isdir(), folder.mode, folder.uid, folder.gid) == (True, 0o700, 999, 999)


def test_the_same_content_has_the_same_digest(tmp_path: Path) -> None:
    one, two = (built(tmp_path / name, x=Symlink(target="y")) for name in ("one", "two"))
    assert one.path != two.path
    assert one.digest == two.digest


def test_what_is_in_the_cache_is_not_made_again(tmp_path: Path) -> None:
    before = built(tmp_path, x=File(content=b"1")).path.stat().st_mtime_ns
    assert built(tmp_path, x=File(content=b"1")).path.stat().st_mtime_ns == before
    assert built(tmp_path, x=File(content=b"2")).path.stat().st_mtime_ns != before


def test_the_key_of_a_layer_changes_with_all_it_is_made_of() -> None:
    plain = Layer(entries={})
    others = [
        Layer(entries={}, files=("a.deb",)),
        Layer(entries={}, lowest=True),
        Layer(entries={"x": Folder()}),
    ]
    assert len({plain.key("code"), plain.key("other code"), *(layer.key("code") for layer in others)}) == 5


def test_an_archive_is_what_an_engine_loads(tmp_path: Path) -> None:
    image = Image(name="shop:1", packages=("x",), config={"Cmd": ["sh"]}, environment=("A=1",))
    layer = built(tmp_path, x=File(content=b"1"))
    description = archive.describe(image, "2.0-1", [layer])
    path = archive.write(tmp_path, image, description, [layer])
    with tarfile.open(path) as tar:
        (manifest,) = json.load(tar.extractfile("manifest.json") or io.BytesIO())
        config = json.load(tar.extractfile(manifest["Config"]) or io.BytesIO())
    assert manifest["RepoTags"] == ["shop:1"]
    assert f"sha256:{manifest['Config']}" == f"{archive.image_id(path)}.json"
    assert config["rootfs"]["diff_ids"] == [f"sha256:{layer.digest}"]
    assert config["config"]["Cmd"] == ["sh"]
    assert "A=1" in config["config"]["Env"]
    assert config["config"]["Labels"] == {
        archive.VENDOR_LABEL: archive.VENDOR,
        archive.VERSION_LABEL: "2.0-1",
    }


def test_a_version_is_read_from_a_file_s_name() -> None:
    assert debs.version("redis_5%3a7.0.15-1_amd64.deb") == "5:7.0.15-1"


def test_a_script_or_an_unknown_program_needs_no_libraries() -> None:
    assert list(elf.needed(b"#!/bin/sh")) == []


def test_the_libraries_of_a_program_are_read() -> None:
    assert "libc.so.6" in elf.needed(Path("/proc/self/exe").read_bytes())


def test_a_library_that_no_layer_has_is_named_with_who_wants_it(tmp_path: Path) -> None:
    program = File(content=Path("/proc/self/exe").read_bytes())
    lacking = built(tmp_path, program=program)
    assert elf.missing([lacking.path])["libc.so.6"] == "program"
    complete = built(tmp_path, **{"lib_libc.so.6": File(content=b"")})
    assert "libc.so.6" not in elf.missing([lacking.path, complete.path])


def test_the_catalogue_has_one_image_of_a_name() -> None:
    names = [image.name for image in IMAGES]
    assert sorted(set(names)) == sorted(names)


def kept(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_mirror_has_each_image_under_its_official_name_with_all_that_belongs_to_it(tmp_path: Path) -> None:
    layer = built(tmp_path, x=File(content=b"1"))
    folder, named = tmp_path / "mirror", {}
    for name in ("shop:1", "somebody/shop:2"):
        image = Image(name=name, packages=("x",))
        description = archive.describe(image, "2.0-1", [layer])
        named[name] = archive.write(tmp_path, image, description, [layer])
    mirror.fill(folder, named)
    root = folder / "docker" / "registry" / "v2"
    for repository, tag in (("library/shop", "1"), ("somebody/shop", "2")):
        place = root / "repositories" / repository
        current = (place / "_manifests" / "tags" / tag / "current" / "link").read_text()
        manifest = json.loads(blob(root, current))
        assert (place / "_manifests" / "revisions" / current.replace(":", "/") / "link").exists()
        for part in (manifest["config"], *manifest["layers"]):
            assert len(blob(root, part["digest"])) == part["size"]
            assert (place / "_layers" / part["digest"].replace(":", "/") / "link").exists()
        assert manifest["layers"][0]["digest"] == f"sha256:{layer.digest}"
    before = kept(folder)
    mirror.fill(folder, named)
    assert kept(folder) == before


def blob(root: Path, digest: str) -> bytes:
    """A blob of a registry, which is what its digest says."""
    value = digest.removeprefix("sha256:")
    content = (root / "blobs" / "sha256" / value[:2] / value / "data").read_bytes()
    assert hashlib.sha256(content).hexdigest() == value
    return content

"""How people write a mount → the fields of one.

`data:/var/lib:ro` · `./html:/srv` · `/var/lib` · the long form with its three nested mappings.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from typing import Any

from topology import units

_PATH = re.compile(r"[./~]|[A-Za-z]:[\\/]|\\\\")
_DRIVE = re.compile(r"[A-Za-z]:[\\/]")
_REMOTE = re.compile(r"[a-z0-9+.-]+://|git@|github\.com/")
_IGNORED = frozenset(("cached", "delegated", "consistent", "rw", "copy", "volume-nocopy"))
_PROPAGATION = frozenset(("private", "rprivate", "shared", "rshared", "slave", "rslave"))
_OPTIONS: dict[str, dict[str, Any]] = {
    "ro": {"read_only": True},
    "nocopy": {"nocopy": True},
    "z": {"selinux": "z"},
    "Z": {"selinux": "Z"},
    **{name: {} for name in _IGNORED},
    **{name: {"propagation": name} for name in _PROPAGATION},
}


def is_path(source: str) -> bool:
    """Whether a mount's source is a path on the host and not the name of a volume."""
    return bool(_PATH.match(source))


def is_drive(text: str) -> bool:
    """Whether a path begins with a Windows drive."""
    return bool(_DRIVE.match(text))


def is_remote(context: str) -> bool:
    """Whether a build context is fetched and so has no folder here."""
    return bool(_REMOTE.match(context))


def is_image(cache: str) -> bool:
    """Whether a build's cache is an image, and not a place that only BuildKit can read."""
    return "=" not in cache


def parse(text: str) -> dict[str, Any]:
    """The fields of a mount in short form, SOURCE:TARGET:OPTIONS."""
    parts = _parts(text)
    if len(parts) > 3 or not all(parts):
        raise units.Misfit("must be written SOURCE:TARGET or SOURCE:TARGET:OPTIONS")
    if len(parts) == 1:
        return {"type": "volume", "target": _target(parts[0])}
    source, target = parts[:2]
    fields: dict[str, Any] = {"type": "bind" if is_path(source) else "volume", "source": source}
    fields["target"] = _target(target, source)
    for option in parts[2].split(",") if len(parts) == 3 else ():
        if option not in _OPTIONS:
            raise units.Misfit(
                "must have options that exist", label=f'"{option}" is none', mend="such as ro, z or nocopy"
            )
        fields.update(_OPTIONS[option])
    return fields


def _parts(text: str) -> list[str]:
    """Split at colons, except the one of a Windows drive."""
    if is_drive(text):
        drive, rest = text[:2], text[2:].split(":")
        return [drive + rest[0], *rest[1:]]
    return text.split(":")


def _target(path: str, source: str = "") -> str:
    if not path.startswith("/") and not is_drive(path):
        mend = (
            "give a volume a longer name than one letter, which is a Windows drive"
            if is_drive(source)
            else ""
        )
        label = f'"{path}" does not begin with /'
        raise units.Misfit("must be mounted at an absolute path", label=label, mend=mend)
    return path


def flat(said: dict[str, Any]) -> dict[str, Any]:
    """The long form without its nested mappings, whose fields have names of their own; a tidy target."""
    for name, known in (
        ("bind", ("propagation", "create_host_path", "selinux", "recursive")),
        ("volume", ("nocopy", "subpath", "labels")),
        ("tmpfs", ("size", "mode")),
    ):
        nested = said.get(name)
        if isinstance(nested, Mapping):
            said = {**{key: nested[key] for key in known if nested.get(key) is not None}, **said}
    if said.get("type") == "volume" and said.get("source") == "":
        said = {key: value for key, value in said.items() if key != "source"}
    target = said.get("target")
    if isinstance(target, str) and target.startswith("/"):
        return {**said, "target": "/" + posixpath.normpath(target).lstrip("/")}
    return said


def memory_options(text: str) -> str | None:
    """The options of a memory file system in one order and form; None when a Swarm has no word for one."""
    said = {name: value for name, _, value in (word.partition("=") for word in text.split(",") if word)}
    try:
        size, mode = units.size(said.pop("size", "0")), int(said.pop("mode", "0"), 8)
    except ValueError:
        return None
    read_only = said.pop("ro", None) is not None
    words = ["ro" if read_only else "", f"size={size}" if size else "", f"mode={mode:o}" if mode else ""]
    return None if said else ",".join(filter(None, words))

"""Mounts. Canonical: target → `SOURCE[:OPTIONS]`, as in Compose's short form without the target.

A bind's source is an absolute path, a volume's its name, an anonymous volume's is "".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from reconciler.fields import contents
from reconciler.fields.row import Body, Site
from reconciler.state import ImageConfig, Spec
from topology.models import Mount

_ANONYMOUS = re.compile(r"[0-9a-f]{64}")


def _options(mount: Mount) -> str:
    words = [
        "ro" if mount.read_only else "",
        mount.selinux or "",
        "nocopy" if mount.nocopy else "",
        mount.propagation or "",
    ]
    return ",".join(sorted(filter(None, words)))


def _source(site: Site, mount: Mount) -> str:
    if mount.source is None:
        return ""
    return mount.source if mount.type == "bind" else site.volume_name(mount.source)


def wanted(site: Site) -> dict[str, str] | None:
    """Binds and volumes of a replica, by target."""
    found = {}
    for mount in site.service.volumes:
        if mount.type != "tmpfs":
            options = _options(mount)
            found[mount.target] = _source(site, mount) + (f":{options}" if options else "")
    found.update({target: f"{path}:ro" for target, path in contents.bound(site).items()})
    return found or None


def wanted_from(site: Site) -> list[str] | None:
    """The containers whose mounts are taken over; of a service, its first replica's."""
    found = []
    for one in site.service.volumes_from:
        name = site.container_name(one.service) if one.service else one.container
        found.append(f"{name}:ro" if one.read_only else str(name))
    return found or None


def wanted_tmpfs(site: Site) -> dict[str, str] | None:
    """Memory file systems, by target, with the options of mount(8)."""
    found = {}
    for text in site.service.tmpfs:
        target, _, options = text.partition(":")
        found[target] = options
    for mount in site.service.volumes:
        if mount.type == "tmpfs":
            found[mount.target] = _tmpfs_options(mount)
    return found or None


def _tmpfs_options(mount: Mount) -> str:
    words = [
        "ro" if mount.read_only else "",
        f"size={mount.size}" if mount.size else "",
        f"mode={mount.mode:o}" if mount.mode else "",
    ]
    return ",".join(filter(None, words))


def split(text: str) -> tuple[str, str]:
    """(source, options) of a canonical text."""
    source, _, options = text.partition(":")
    return source, options


def write(body: Body, value: dict[str, str]) -> None:
    """As binds: unlike `Mounts`, they make a missing host folder on every engine since 20.10.

    Volumes that nobody named stand apart: 28.5 forgets the names of those among the binds.
    """
    named = {target: split(text) for target, text in sorted(value.items()) if text}
    body["HostConfig"]["Binds"] = [
        ":".join(filter(None, (source, target, options))) for target, (source, options) in named.items()
    ]
    if nameless := sorted(value.keys() - named.keys()):
        body["Volumes"] = {target: {} for target in nameless}


def _parse(bind: str) -> tuple[str, str]:
    parts = bind.split(":")
    if len(parts) == 1:
        return parts[0], ""
    source = "" if _ANONYMOUS.fullmatch(parts[0]) else parts[0]
    options = ",".join(sorted(word for word in parts[2].split(",") if word != "rw")) if parts[2:] else ""
    return parts[1], source + (f":{options}" if options else "")


def _without_image_volumes(value: dict[str, str], image: ImageConfig) -> dict[str, str] | None:
    """An image's own volume is anonymous; handed on to a replacement it stands among the binds."""
    return {target: text for target, text in value.items() if text or target not in image.volumes} or None


def read(inspected: Body, image: ImageConfig) -> dict[str, str] | None:
    """What was asked for at creation; the Engine keeps binds as they were sent.

    Others ask in two more ways: `docker run -v /data` for an anonymous volume, and Compose with `Mounts`.
    """
    value = dict.fromkeys(inspected["Config"].get("Volumes") or (), "")
    value |= dict(filter(None, map(_parse_mount, inspected["HostConfig"].get("Mounts") or ())))
    value |= dict(map(_parse, inspected["HostConfig"].get("Binds") or ()))
    return _without_image_volumes(value, image)


def _parse_mount(mount: Body) -> tuple[str, str] | None:
    """An entry of `Mounts`; None for what is neither a bind nor a volume."""
    if mount["Type"] not in {"bind", "volume"}:
        return None
    source = mount.get("Source") or ""
    volume, bind = mount.get("VolumeOptions") or {}, mount.get("BindOptions") or {}
    words = [
        "ro" if mount.get("ReadOnly") else "",
        "nocopy" if volume.get("NoCopy") else "",
        bind.get("Propagation") or "",
    ]
    options = ",".join(sorted(filter(None, words)))
    named = "" if _ANONYMOUS.fullmatch(source) else source
    return mount["Target"], named + (f":{options}" if options else "")


def expected(spec: Spec, image: ImageConfig) -> Any:
    """What `read` gives for a spec."""
    return _without_image_volumes(spec.get("volumes", {}), image)


def anonymous(inspected: Body) -> dict[str, str]:
    """Target → volume name of the volumes nobody named; 28.5 gives their name only in the source's path."""
    found = {}
    for mount in inspected.get("Mounts") or ():
        if mount["Type"] == "volume":
            name = mount.get("Name") or mount["Source"].removesuffix("/_data").rpartition("/")[2]
            if _ANONYMOUS.fullmatch(name):
                found[mount["Destination"]] = name
    return found


def as_held(spec: Spec, anonymous: Mapping[str, str]) -> Spec:
    """The same for a container that holds these volumes, which may be asked for by their names as well."""
    volumes = {
        target: text.removeprefix(anonymous[target]) if split(text)[0] == anonymous.get(target) else text
        for target, text in spec.get("volumes", {}).items()
    }
    return {**spec, "volumes": volumes} if volumes else spec


def inherit(body: Body, volumes: dict[str, str]) -> None:
    """Hands the anonymous volumes of a replaced container on to its successor: data is never left behind."""
    binds = body["HostConfig"].get("Binds") or ()
    taken = {_parse(bind)[0] for bind in binds if ":" in bind}
    handed_on = {target: name for target, name in sorted(volumes.items()) if target not in taken}
    if handed_on:
        for target in handed_on:
            body.get("Volumes", {}).pop(target, None)
        body["HostConfig"]["Binds"] = [
            *(bind for bind in binds if _parse(bind)[0] not in handed_on),
            *(f"{name}:{target}" for target, name in handed_on.items()),
        ]


def writable(spec: Spec) -> bool:
    """Whether a container holds data that a second one at its side could spoil."""
    return any("ro" not in options.split(",") for _, options in map(split, spec.get("volumes", {}).values()))

"""Mounts of a service. Canonical: as of a container, target → `SOURCE[:OPTIONS]`; memory file systems apart.

A volume is made on whichever node runs a task; so what the file says of it travels in the mount, and with it
the labels that say whose it is.
"""

from __future__ import annotations

from typing import Any, Final

from reconciler import address
from reconciler.fields import mounts
from reconciler.fields.row import Body, Field, Site
from reconciler.fields.swarm.row import container, roll
from reconciler.state import ImageConfig, Spec
from topology.mounts import memory_options


def _mounts(body: Body) -> list[Body]:
    found: list[Body] = container(body).setdefault("Mounts", [])
    return found


def _write(body: Body, value: dict[str, str]) -> None:
    for target, text in sorted(value.items()):
        source, options = mounts.split(text)
        _mounts(body).append(_mount(target, source, options.split(",") if options else []))


def _mount(target: str, source: str, options: list[str]) -> Body:
    bind = source.startswith("/")
    made: Body = {"Type": "bind" if bind else "volume", "Target": target, "Source": source}
    if "ro" in options:
        made["ReadOnly"] = True
    propagation = [word for word in options if word not in {"ro", "nocopy"}]
    if bind and propagation:
        made["BindOptions"] = {"Propagation": propagation[0]}
    if "nocopy" in options:
        made["VolumeOptions"] = {"NoCopy": True}
    return made


def _read(inspected: Body, _image: ImageConfig) -> dict[str, str] | None:
    found = {}
    for mount in _mounts(inspected):
        if mount.get("Type") in {"bind", "volume"}:
            words = [
                "ro" if mount.get("ReadOnly") else "",
                str((mount.get("BindOptions") or {}).get("Propagation") or ""),
                "nocopy" if (mount.get("VolumeOptions") or {}).get("NoCopy") else "",
            ]
            options = ",".join(sorted(filter(None, words)))
            found[str(mount["Target"])] = str(mount.get("Source") or "") + (f":{options}" if options else "")
    return found or None


def _wanted_tmpfs(site: Site) -> dict[str, str] | None:
    """What cannot be had stays as it is written: it is refused elsewhere."""
    wanted = mounts.wanted_tmpfs(site) or {}
    return {
        target: text if (told := memory_options(text)) is None else told for target, text in wanted.items()
    } or None


def _write_tmpfs(body: Body, value: dict[str, str]) -> None:
    for target, text in sorted(value.items()):
        words = dict(word.partition("=")[::2] for word in text.split(",") if word)
        made: Body = {"Type": "tmpfs", "Target": target}
        options: Body = {}
        if "ro" in words:
            made["ReadOnly"] = True
        if "size" in words:
            options["SizeBytes"] = int(words["size"])
        if "mode" in words:
            options["Mode"] = int(words["mode"], 8)
        _mounts(body).append({**made, "TmpfsOptions": options} if options else made)


def _read_tmpfs(inspected: Body, _image: ImageConfig) -> dict[str, str] | None:
    found = {}
    for mount in _mounts(inspected):
        if mount.get("Type") == "tmpfs":
            options = mount.get("TmpfsOptions") or {}
            size, mode = options.get("SizeBytes"), options.get("Mode")
            words = [
                "ro" if mount.get("ReadOnly") else "",
                f"size={size}" if size else "",
                f"mode={mode:o}" if mode else "",
            ]
            found[str(mount["Target"])] = ",".join(filter(None, words))
    return found or None


def _wanted_volumes(site: Site) -> dict[str, Any] | None:
    """Driver, options and labels of each named volume that the service mounts and the stack makes."""
    found = {}
    for mount in site.service.volumes:
        volume = site.stack.volumes.get(mount.source or "") if mount.type == "volume" else None
        if volume is not None and not volume.external:
            labels = {
                **volume.labels,
                address.STACK: site.stack.name,
                address.OWNER: site.stack.owner or site.stack.name,
                address.ADDRESS: str(address.volume(str(mount.source))),
            }
            said = {"driver": volume.driver, "driver_opts": dict(volume.driver_opts), "labels": labels}
            made = {name: value for name, value in said.items() if value}
            found[site.volume_name(str(mount.source))] = made
    return found or None


def _write_volumes(body: Body, value: dict[str, Any]) -> None:
    for mount in _mounts(body):
        said = value.get(mount.get("Source", "")) if mount["Type"] == "volume" else None
        if said:
            options = mount.setdefault("VolumeOptions", {})
            options["Labels"] = said.get("labels", {})
            if "driver" in said or "driver_opts" in said:
                options["DriverConfig"] = {
                    "Name": said.get("driver", "local"),
                    "Options": said.get("driver_opts", {}),
                }


def _read_volumes(inspected: Body, _image: ImageConfig) -> dict[str, Any] | None:
    found: dict[str, Any] = {}
    for mount in _mounts(inspected):
        options = mount.get("VolumeOptions") or {}
        if mount.get("Type") == "volume" and options.get("Labels"):
            driver = options.get("DriverConfig") or {}
            said = {
                "driver": driver.get("Name"),
                "driver_opts": driver.get("Options"),
                "labels": options["Labels"],
            }
            found[str(mount["Source"])] = {name: value for name, value in said.items() if value}
    return found or None


def _expected_volumes(spec: Spec, _image: ImageConfig) -> Any:
    """Options go out with the name of the driver that they are for."""
    wanted = spec.get("volumes_made")
    return wanted and {
        name: {"driver": "local", **said} if "driver_opts" in said else said for name, said in wanted.items()
    }


MOUNTS: Final[tuple[Field, ...]] = (
    Field(name="volumes", want=mounts.wanted, write=_write, read=_read, reach=roll, keyed=True),
    Field(name="tmpfs", want=_wanted_tmpfs, write=_write_tmpfs, read=_read_tmpfs, reach=roll, keyed=True),
    Field(
        name="volumes_made",
        want=_wanted_volumes,
        write=_write_volumes,
        read=_read_volumes,
        expect=_expected_volumes,
        reach=roll,
        keyed=True,
    ),
)

"""The volumes of a pod and where its containers have them."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Any, Final

from msgspec import Struct, field

from topology.export.kubernetes.case import PART_OF, Case, Object, Pod, made, said
from topology.export.kubernetes.contents import Contents, Source, beside, is_kept, is_kept_file
from topology.export.kubernetes.kinds import Kind, kind_of
from topology.export.kubernetes.names import label
from topology.export.kubernetes.notes import OTHERWISE, TO_DO, UNSAID
from topology.export.kubernetes.storage import (
    Mounted,
    Place,
    claim_of,
    place_of,
    seen_at,
)
from topology.findings import Path
from topology.models import Content, Grant
from topology.units import Misfit, size

_SIZE: Final = "1Gi"
"""Docker's volumes have no size; Kubernetes wants one."""

_DATA: Final = "data"
"""The folder of a claim that is mounted: beside it a file system may have what a data store stumbles over."""


class Volumes(Struct):
    """The volumes of one pod as they add up: its list, the claims that are made with it."""

    case: Case
    contents: Contents
    pod: Pod
    listed: dict[str, Object] = field(default_factory=dict)
    templates: dict[str, Object] = field(default_factory=dict)
    configs: set[str] = field(default_factory=set)

    def mounts(self, name: str) -> list[Object]:
        """What one of the pod's containers has mounted, and where."""
        found = [one for mounted in self.case.storage.mounts[name] for one in self._mounted(name, mounted)]
        found += self._granted(name)
        found += self._memory(name)
        targets = {one["mountPath"]: one for one in reversed(found)}
        return [one for one in found if targets[one["mountPath"]] is one]

    def _mounted(self, name: str, one: Mounted) -> Iterator[Object]:
        match place_of(self.case, one):
            case Place.CLAIM:
                yield from self._claimed(one)
            case Place.EMPTY:
                yield from self._empty(name, one)
            case Place.MEMORY:
                volume = self._memory_volume(f"tmpfs-{name}{one.mount.target}", one.mount.size)
                yield {"name": volume, "mountPath": one.mount.target}
            case Place.FILES:
                yield from self._files(name, one)
            case Place.NODE:
                yield from self._node(name, one)
            case Place.NOWHERE:
                self._tell_nowhere(name, one)

    def _claimed(self, one: Mounted) -> Iterator[Object]:
        claim = claim_of(one)
        volume = self._volume(_called(self.case, claim))
        if is_own(self.case, claim):
            self.templates[volume] = _claim(volume, shared=False, labels={})
        else:
            reference = said(claimName=claim_name(self.case, claim), readOnly=one.mount.read_only or None)
            self.listed.setdefault(volume, {"persistentVolumeClaim": reference})
        tell_claim(self.case, one, claim)
        yield said(
            name=volume,
            mountPath=one.mount.target,
            subPath=posixpath.join(_DATA, one.mount.subpath or "").rstrip("/"),
            readOnly=one.mount.read_only or None,
        )

    def _empty(self, name: str, one: Mounted) -> Iterator[Object]:
        volume = self._volume(f"anonymous-{one.giver}{one.mount.target}")
        self.listed[volume] = {"emptyDir": {}}
        message = f"what {name} keeps at {one.mount.target} goes with its pod"
        self.case.notes.warn(OTHERWISE, message, one.path, mend="give the volume a name to keep it")
        yield {"name": volume, "mountPath": one.mount.target}

    def _node(self, name: str, one: Mounted) -> Iterator[Object]:
        volume = self._volume(f"host{one.mount.source}")
        self.listed[volume] = {"hostPath": {"path": one.mount.source}}
        message = f"{name} has {one.mount.source} of whichever node it runs on"
        self.case.notes.warn(OTHERWISE, message, one.path, mend="it has to be there, on each of them")
        propagation = {"shared": "Bidirectional", "rshared": "Bidirectional", "rslave": "HostToContainer"}
        yield said(
            name=volume,
            mountPath=one.mount.target,
            readOnly=one.mount.read_only or None,
            mountPropagation=propagation.get(one.mount.propagation or ""),
        )

    def _tell_nowhere(self, name: str, one: Mounted) -> None:
        seen = seen_at(self.case, one.mount)
        shown = beside(self.case.folder, one.mount.source or "")
        message = f"{shown} is not carried, so {name} has nothing at {one.mount.target}: {seen.why}"
        mend = "put it into the image, or into a volume"
        self.case.notes.warn(UNSAID, message, one.path, mend=mend)

    def _files(self, name: str, one: Mounted) -> Iterator[Object]:
        """Small files from beside the stack file."""
        seen, mount = seen_at(self.case, one.mount), one.mount
        if not mount.read_only:
            message = f"{name} can only read what is at {mount.target}"
            self.case.notes.note(OTHERWISE, message, one.path)
        if not seen.is_folder:
            source = self._put(one, posixpath.basename(mount.source or ""), seen.content)
            yield self._at_file(source, mount.target)
            return
        kept = any(is_kept_file(file, content) for file, content in seen.files.items())
        holder = f"{self.case.names[one.giver]}{mount.target}"
        shown = beside(self.case.folder, mount.source or "")
        sources = {
            file: self.contents.put(holder, file, content, kept=kept, file=f"{shown}/{file}")
            for file, content in seen.files.items()
        }
        volume = self._volume(f"files-{one.giver}{mount.target}")
        first = next(iter(sources.values()))
        items = [{"key": source.key, "path": file} for file, source in sources.items()]
        self._list(volume, first, items)
        yield {"name": volume, "mountPath": mount.target, "readOnly": True}

    def _put(self, one: Mounted, file: str, content: bytes) -> Source:
        holder = f"{self.case.names[one.giver]}-files"
        shown = beside(self.case.folder, one.mount.source or "")
        return self.contents.put(holder, file, content, kept=is_kept_file(file, content), file=shown)

    def _granted(self, name: str) -> Iterator[Object]:
        service, stack = self.case.service(name), self.case.stack
        for index, config in enumerate(service.configs):
            path: Path = ("services", name, "configs", index)
            yield from self._grant(config, stack.configs[config.source], path, kept=False)
        for index, secret in enumerate(service.secrets):
            path = ("services", name, "secrets", index)
            yield from self._grant(secret, stack.secrets[secret.source], path, kept=True)

    def _grant(self, grant: Grant, content: Content, path: Path, *, kept: bool) -> Iterator[Object]:
        if grant.uid or grant.gid:
            self.case.notes.note(
                UNSAID, f"{grant.target} belongs to root, whatever is said of its owner", path
            )
        if content.external:
            source = Source(name=label(content.name or grant.source), key=grant.source, kept=kept)
            what = f"{'Secret' if kept else 'ConfigMap'} {source.name} with the key {source.key}"
            self.case.notes.warn(TO_DO, f"{what} is expected to be there", path)
        else:
            source = self._content(grant.source, content, path, kept=kept)
        yield self._at_file(source, grant.target, grant.mode)

    def _content(self, called: str, content: Content, path: Path, *, kept: bool) -> Source:
        value = content.content.encode() if content.content is not None else None
        shown = beside(self.case.folder, content.file) if content.file else ""
        if content.file:
            seen = self.case.files.get(content.file)
            value = seen.content if seen and not seen.why else None
            if not kept and value is None:
                why = seen.why if seen else "it was not read"
                self.case.notes.warn(UNSAID, f"{shown} is not carried: {why}", path)
        if value is not None and not kept:
            kept = is_kept_file(called, value) or is_kept(called, value.decode("utf-8", "replace"))
        return self.contents.put(f"{content.name or called}:", called, value, kept=kept, file=shown)

    def _at_file(self, source: Source, target: str, mode: int | None = None) -> Object:
        """One key as one file, beside whatever else its folder holds."""
        suffix = f"-{mode:o}" if mode is not None else ""
        volume = self._volume(f"{'secret' if source.kept else 'config'}-{source.name}{suffix}")
        self._list(volume, source, [], mode)
        return {"name": volume, "mountPath": target, "subPath": source.key, "readOnly": True}

    def _list(self, volume: str, source: Source, items: list[Object], mode: int | None = None) -> None:
        if source.kept:
            from_secret = said(secretName=source.name, items=items, defaultMode=mode)
            self.listed[volume] = {"secret": from_secret}
        else:
            self.configs.add(source.name)
            self.listed[volume] = {"configMap": said(name=source.name, items=items, defaultMode=mode)}

    def _memory(self, name: str) -> Iterator[Object]:
        service = self.case.service(name)
        for text in service.tmpfs:
            target, _, options = text.partition(":")
            limit = next((one[5:] for one in options.split(",") if one.startswith("size=")), None)
            volume = self._memory_volume(f"tmpfs-{name}{target}", _bytes(limit))
            yield {"name": volume, "mountPath": target}
        if service.shm_size:
            yield {"name": self._memory_volume(f"shm-{name}", service.shm_size), "mountPath": "/dev/shm"}  # noqa: S108  # where it is

    def _memory_volume(self, text: str, limit: int | None) -> str:
        volume = self._volume(text)
        self.listed[volume] = {"emptyDir": said(medium="Memory", sizeLimit=str(limit) if limit else None)}
        return volume

    def _volume(self, text: str) -> str:
        return self.case.namer.give(f"volume of {self.pod.name}", text)

    def specs(self) -> list[Object]:
        """The pod's volumes, but for those that are made for each replica."""
        return [{"name": name, **source} for name, source in self.listed.items()]


def is_own(case: Case, claim: str) -> bool:
    """Whether one replica alone has a claim: it is made with it then."""
    users = case.storage.claimants[claim]
    if len(users) != 1 or (claim in case.stack.volumes and case.stack.volumes[claim].external):
        return False
    return kind_of(case, users[0]) is Kind.STATEFUL_SET and case.service(users[0].holder).replicas <= 1


def claim_name(case: Case, claim: str) -> str:
    """What the claim is called; one that is expected to be there by nothing but its own name."""
    volume, called = case.stack.volumes.get(claim), _called(case, claim)
    return label(called) if volume and volume.external else case.namer.give("claim", called)


def _called(case: Case, claim: str) -> str:
    """What the engine calls a volume where the file says it, else its key."""
    volume = case.stack.volumes.get(claim)
    return (volume.name if volume else None) or claim


def claims(case: Case) -> Iterator[tuple[str, Object]]:
    """The claims that several pods share, or that are made by themselves, each with its first user."""
    done: set[str] = set()
    for pod in case.pods.values():
        for one in (one for name in pod.members for one in case.storage.mounts[name]):
            claim = claim_of(one) if place_of(case, one) is Place.CLAIM else ""
            volume = case.stack.volumes.get(claim)
            if claim and claim not in done and not is_own(case, claim) and not (volume and volume.external):
                done.add(claim)
                name = claim_name(case, claim)
                shared = is_shared(case, claim)
                yield pod.holder, _claim(name, shared=shared, labels={PART_OF: case.part_of})


def is_shared(case: Case, claim: str) -> bool:
    """Whether more than one pod may have a claim mounted at a time."""
    users = case.storage.claimants[claim]
    return len(users) > 1 or any(
        case.service(pod.holder).replicas > 1 or kind_of(case, pod) is Kind.DAEMON_SET for pod in users
    )


def _claim(name: str, *, shared: bool, labels: dict[str, str]) -> Object:
    spec: dict[str, Any] = {
        "accessModes": ["ReadWriteMany" if shared else "ReadWriteOnce"],
        "resources": {"requests": {"storage": _SIZE}},
    }
    return made("v1", "PersistentVolumeClaim", said(name=name, labels=labels), spec=spec)


def tell_claim(case: Case, one: Mounted, claim: str) -> None:
    """What is left to be said of a claim."""
    volume = case.stack.volumes.get(claim)
    if volume and volume.external:
        message = f"the claim {claim_name(case, claim)} is expected to be there"
        case.notes.warn(TO_DO, message, ("volumes", claim))
        return
    path = ("volumes", claim) if one.mount.type == "volume" else one.path
    message = f"the claim for {claim} asks for {_SIZE}: nothing here says how much it takes"
    case.notes.note(TO_DO, message, path, mend="change it before the first time it is applied")
    if is_shared(case, claim):
        message = f"several pods have {claim} mounted: its storage class must allow ReadWriteMany"
        case.notes.warn(TO_DO, message, path)
    if one.mount.type == "volume" and not one.mount.nocopy:
        message = f"{claim} begins empty, without what the image has at {one.mount.target}"
        case.notes.note(OTHERWISE, message, one.path)
    if one.mount.type == "bind":
        shown = beside(case.folder, one.mount.source or "")
        case.notes.warn(OTHERWISE, f"{shown} becomes a claim, and what it holds is not carried", one.path)


def _bytes(text: str | None) -> int | None:
    try:
        return size(text) if text else None
    except Misfit:
        return None

"""What files hold. Canonical: where the container sees them → a digest, with mode and owner where said.

No inspect tells what a container got, so what topo recorded when it made it counts as live.

A file whose change is told to the running container has its number behind the digest, `digest:… #4711`: a
container keeps the very file that was mounted, so when an editor or git has put another one in its place,
the container cannot see what it says, and has to be made anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.contents import File, Sealed
from reconciler.fields.row import Reach, Site
from topology.models import Content, Mount, Notice
from topology.models.contents import Grant


def wanted(site: Site) -> dict[str, str] | None:
    """The digests of all files of a replica whose content counts."""
    mounted = {
        mount.target: seen + _number_of(site, mount)
        for mount in site.service.volumes
        if mount.type == "bind"
        and _counts(mount)
        and (seen := site.contents.mounted.get(mount.source or "")) is not None
    }
    granted = {grant.target: str(file) for grant, file in _granted(site)}
    return {**mounted, **granted} or None


def _counts(mount: Mount) -> bool:
    return mount.on_change.recreate or bool(mount.on_change)


def _number_of(site: Site, mount: Mount) -> str:
    return "" if mount.on_change.recreate else f" #{site.contents.inodes.get(mount.source or '', 0)}"


def notices(site: Site) -> dict[str, Notice]:
    """Target → what the running container is told when the file there says something else."""
    return {mount.target: mount.on_change for mount in site.service.volumes if mount.on_change}


def same(old: str | None, new: str | None) -> bool:
    """Whether a file still says the same; that it is another file does not matter by itself."""
    return (old or "").partition(" #")[0] == (new or "").partition(" #")[0]


def reach(old: str | None, new: str | None) -> Reach:
    """A change is told to a container that can see it: the file is the one that was mounted."""
    (_, _, was), (_, _, now) = (old or "").partition(" #"), (new or "").partition(" #")
    return Reach.RELOAD if was and was == now else Reach.REPLACE


def copied(site: Site) -> tuple[File, ...]:
    """The files that a replica gets before it starts."""
    return tuple(file for grant, file in _granted(site) if not is_bound(site, grant))


def bound(site: Site) -> dict[str, str]:
    """Target → host path of those that are mounted: nothing can be copied into a read-only file system."""
    return {
        grant.target: str(_source(site, grant).file) for grant, _ in _granted(site) if is_bound(site, grant)
    }


def is_bound(site: Site, grant: Grant) -> bool:
    """Whether a grant is mounted from the host, where engine and topo see the same files."""
    plain = (grant.uid, grant.gid, grant.mode) == (None, None, None)
    return site.service.read_only and plain and site.contents.shared and bool(_source(site, grant).file)


def _granted(site: Site) -> Iterator[tuple[Grant, File]]:
    """Each grant with its file; one whose content could not be had is an obstacle elsewhere."""
    service = site.service
    for grants, held in ((service.secrets, site.contents.secrets), (service.configs, site.contents.configs)):
        for grant in grants:
            if grant.source in held:
                yield grant, _file(grant, held[grant.source])


def _file(grant: Grant, content: Sealed) -> File:
    return File(
        target=grant.target,
        content=content,
        mode=0o444 if grant.mode is None else grant.mode,
        uid=_number(grant.uid),
        gid=_number(grant.gid),
    )


def _number(owner: str | None) -> int:
    """A name is an obstacle elsewhere."""
    return int(owner) if owner and owner.isdigit() else 0


def _source(site: Site, grant: Grant) -> Content:
    found: Mapping[str, Content] = site.stack.secrets if grant in site.service.secrets else site.stack.configs
    return found[grant.source]

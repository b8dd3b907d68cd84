"""Rows for secrets and configs, which a Swarm keeps and mounts. Canonical: target → `NAME[ MODE][ UID:GID]`.

They never change: each content has a name of its own, so other content is another name, and a change of the
service. What they hold is in no spec.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from reconciler import address
from reconciler.address import Address, Kind
from reconciler.contents import Contents, Sealed
from reconciler.fields.row import Body, Field, Site
from reconciler.fields.swarm.row import container, roll
from reconciler.state import ImageConfig, Shared
from topology.models import Content, Stack

_USUAL_MODE: Final = 0o444


def kept_name(stack: Stack, key: str, content: Content, sealed: Sealed | None) -> str:
    """What the engine calls a secret or config; one of others is called as they say."""
    if content.external or sealed is None:
        return content.name or key
    return address.kept_name(content.name or address.shared_name(stack.name, key), sealed.digest)


def kept(stack: Stack, contents: Contents) -> tuple[dict[Address, Shared], dict[Address, Sealed]]:
    """The secrets and configs that services get, and what those of the stack hold."""
    wanted: dict[Address, Shared] = {}
    held: dict[Address, Sealed] = {}
    for kind, key, content, sealed in _all(stack, contents):
        at = Address(kind, key)
        name = kept_name(stack, key, content, sealed)
        if content.external:
            wanted[at] = Shared(address=at, name=name, spec={}, external=True)
        elif sealed is not None:
            wanted[at] = Shared(address=at, name=name, spec={"content": sealed.digest})
            held[at] = sealed
    return wanted, held


def _all(stack: Stack, contents: Contents) -> Iterator[tuple[Kind, str, Content, Sealed | None]]:
    kinds: tuple[tuple[Kind, str, Mapping[str, Content], Mapping[str, Sealed]], ...] = (
        (Kind.SECRET, "secrets", stack.secrets, contents.secrets),
        (Kind.CONFIG, "configs", stack.configs, contents.configs),
    )
    for kind, field, said, sealed in kinds:
        used = {grant.source for service in stack.services.values() for grant in getattr(service, field)}
        for key in sorted(used & set(said)):
            yield kind, key, said[key], sealed.get(key)


def _row(name: str, kind: str) -> Field:
    plural = f"{kind}s"

    def want(site: Site) -> dict[str, str] | None:
        said: Mapping[str, Content] = getattr(site.stack, name)
        sealed: Mapping[str, Sealed] = getattr(site.contents, name)
        found = {}
        for grant in getattr(site.service, name):
            content = said[grant.source]
            if content.external or grant.source in sealed:
                called = kept_name(site.stack, grant.source, content, sealed.get(grant.source))
                mode = _USUAL_MODE if grant.mode is None else grant.mode
                found[grant.target] = _text(called, mode, grant.uid or "0", grant.gid or "0")
        return found or None

    def write(body: Body, value: dict[str, str]) -> None:
        container(body)[plural] = [
            {f"{kind}Name": called, "File": {"Name": target, **file}}
            for target, text in sorted(value.items())
            for called, file in [_parsed(text)]
        ]

    def read(inspected: Body, _image: ImageConfig) -> dict[str, str] | None:
        found = {}
        for raw in container(inspected).get(plural) or ():
            file = raw.get("File") or {}
            text = _text(
                raw[f"{kind}Name"],
                file.get("Mode", _USUAL_MODE),
                file.get("UID") or "0",
                file.get("GID") or "0",
            )
            found[str(file.get("Name"))] = text
        return found or None

    return Field(name=name, want=want, write=write, read=read, reach=roll, keyed=True)


def _text(called: str, mode: int, uid: str, gid: str) -> str:
    words = [
        called,
        "" if mode == _USUAL_MODE else f"{mode:04o}",
        "" if uid == gid == "0" else f"{uid}:{gid}",
    ]
    return " ".join(filter(None, words))


def _parsed(text: str) -> tuple[str, dict[str, Any]]:
    called, *rest = text.split(" ")
    owner = next((word for word in rest if ":" in word), "0:0")
    mode = next((word for word in rest if ":" not in word), None)
    uid, _, gid = owner.partition(":")
    return called, {"UID": uid, "GID": gid, "Mode": int(mode, 8) if mode else _USUAL_MODE}


KEPT: Final[tuple[Field, ...]] = (_row("secrets", "Secret"), _row("configs", "Config"))

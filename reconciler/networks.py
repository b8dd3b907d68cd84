"""Every network of an engine: who is on it, and whose it is. Pure: JSON in, values out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from msgspec import Struct, field

from reconciler import address

Json = dict[str, Any]

PREDEFINED: Final = frozenset({"bridge", "host", "none"})
_PROJECT: Final = "com.docker.compose.project"
_NAME: Final = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]*")


class Member(Struct, frozen=True, kw_only=True):
    """A container on a network, in any state; one that does not run has no address."""

    id: str
    name: str
    stack: str = ""
    addresses: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()


class Network(Struct, frozen=True, kw_only=True):
    """One network. `stack` is whose it is, `by_hand` who made it with `topo network create`."""

    id: str
    name: str
    driver: str
    scope: str
    owner: str
    stack: str = ""
    by_hand: str = ""
    internal: bool = False
    attachable: bool = False
    ipv6: bool = False
    subnets: tuple[str, ...] = ()
    gateways: tuple[str, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    members: tuple[Member, ...] = ()


def is_name(text: str) -> bool:
    """Whether the engine takes it for the name of a network of one's own."""
    return bool(_NAME.fullmatch(text)) and text not in {*PREDEFINED, "default"}


def networks(raws: Iterable[Json], containers: Iterable[Json]) -> tuple[Network, ...]:
    """All of them, by name."""
    listed = list(containers)
    found = (_network(raw, listed) for raw in raws)
    return tuple(sorted(found, key=lambda one: (one.name, one.id)))


def _network(raw: Json, containers: Iterable[Json]) -> Network:
    labels: Mapping[str, str] = raw.get("Labels") or {}
    blocks = [one for one in (raw.get("IPAM") or {}).get("Config") or () if one.get("Subnet")]
    return Network(
        id=raw["Id"],
        name=raw["Name"],
        driver=raw.get("Driver") or "",
        scope=raw.get("Scope") or "",
        owner=_owner(raw["Name"], labels),
        stack=labels.get(address.STACK, ""),
        by_hand=labels.get(address.BY_HAND, ""),
        internal=bool(raw.get("Internal")),
        attachable=bool(raw.get("Attachable")),
        ipv6=bool(raw.get("EnableIPv6")),
        subnets=tuple(str(one["Subnet"]) for one in blocks),
        gateways=tuple(str(one["Gateway"]).partition("/")[0] for one in blocks if one.get("Gateway")),
        options=dict(raw.get("Options") or {}),
        labels={name: text for name, text in labels.items() if name not in address.OWN_LABELS},
        members=tuple(sorted(_members(raw, containers), key=lambda one: one.name)),
    )


def _owner(name: str, labels: Mapping[str, str]) -> str:
    if stack := labels.get(address.STACK):
        return f"stack {stack}"
    if who := labels.get(address.BY_HAND):
        return f"by hand, {who}"
    if project := labels.get(_PROJECT):
        return f"Compose project {project}"
    return "Docker" if name in PREDEFINED else "others"


def _members(network: Json, containers: Iterable[Json]) -> Iterator[Member]:
    for raw in containers:
        attached: Mapping[str, Json] = (raw.get("NetworkSettings") or {}).get("Networks") or {}
        endpoint = attached.get(network["Name"])
        if endpoint is None or endpoint.get("NetworkID") not in {None, "", network["Id"]}:
            continue
        addresses = (endpoint.get("IPAddress"), endpoint.get("GlobalIPv6Address"))
        names = [name[1:] for name in raw.get("Names") or () if name.count("/") == 1]
        yield Member(
            id=raw["Id"],
            name=next(iter(names), ""),
            stack=(raw.get("Labels") or {}).get(address.STACK, ""),
            addresses=tuple(str(one) for one in addresses if one),
            aliases=tuple(endpoint.get("Aliases") or ()),
        )

"""What the engine answers → our state. Pure: JSON in, values out."""

from __future__ import annotations

import math
from collections.abc import Collection, Container, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from reconciler import address
from reconciler.address import Address, Kind
from reconciler.engines.daemon import Json
from reconciler.fields import SERVICE, SHARED_NAMESPACES, SharedField, health, mounts, shared
from reconciler.record import recorded
from reconciler.state import (
    NO_IMAGE,
    Desired,
    Health,
    Holder,
    ImageConfig,
    Journal,
    LiveShared,
    LiveUnit,
    Shared,
    Spec,
    Status,
)
from topology.structs import replace

_OWN_MODES: Final = frozenset({"default", "bridge", "host", "none"})


def owned(labels: Mapping[str, str] | None, desired: Desired) -> bool:
    """Whether labels say that something belongs to this stack and this owner."""
    found = labels or {}
    return (found.get(address.STACK), found.get(address.OWNER)) == (desired.stack, desired.owner)


def age(raw: Json, now: float) -> float:
    """Seconds since an image was given its name; endless where the engine does not say when."""
    text = str((raw.get("Metadata") or {}).get("LastTagTime") or "")
    try:
        moment = datetime.fromisoformat(text.partition(".")[0].rstrip("Z")).replace(tzinfo=UTC)
    except ValueError:
        return math.inf
    return now - moment.timestamp()


def image(raw: Json) -> ImageConfig:
    """What an image gives to its containers."""
    config: Json = raw.get("Config") or {}
    pairs = (entry.partition("=") for entry in config.get("Env") or ())
    return ImageConfig(
        id=raw["Id"],
        env={name: value for name, _, value in pairs},
        command=_words(config.get("Cmd")),
        entrypoint=_words(config.get("Entrypoint")),
        labels=_foreign(config.get("Labels")),
        exposed=frozenset(config.get("ExposedPorts") or ()),
        user=config.get("User") or "",
        working_dir=config.get("WorkingDir") or "",
        stop_signal=config.get("StopSignal") or "",
        volumes=frozenset(config.get("Volumes") or ()),
        healthcheck=health.decode(config.get("Healthcheck")),
    )


def _words(value: list[str] | None) -> tuple[str, ...] | None:
    return tuple(value) if value else None


def _foreign(labels: Mapping[str, str] | None) -> dict[str, str]:
    """An image that topo built carries a label of ours; it is no part of what its containers are."""
    return {name: text for name, text in (labels or {}).items() if not name.startswith("topo.")}


def units(
    answers: Iterable[Json],
    images: Mapping[str, ImageConfig],
    networks: Collection[Json],
    journal: Journal,
    holders: Iterable[Holder] = (),
) -> tuple[LiveUnit, ...]:
    """The containers of a stack from their inspect answers; one whose address makes no sense is left out."""
    ids = {raw["Name"]: raw["Id"] for raw in networks}
    found = [
        _unit(raw, at, images.get(raw["Image"], NO_IMAGE), ids, journal)
        for raw in answers
        if (at := Address.parse((raw["Config"].get("Labels") or {}).get(address.ADDRESS, ""))) is not None
        and at.kind is Kind.SERVICE
    ]
    spanning = {raw["Name"] for raw in networks if raw.get("Scope") == "swarm"}
    found = [_as_asked(unit, spanning) for unit in found] if spanning else found
    hosts = {f"container:{one.id}": f"container:{one.name}" for one in holders}
    hosts |= {f"container:{unit.id}": f"service:{unit.address.name}" for unit in found}
    return tuple(sorted((_moved_in(unit, hosts) for unit in found), key=_order))


def _as_asked(unit: LiveUnit, spanning: Container[str]) -> LiveUnit:
    """Without the addresses that a Swarm gave on networks of its own: they look like chosen ones."""
    endpoints = unit.spec.get("networks") or {}
    told = (unit.recorded or {}).get("networks") or {}
    given = {
        name: endpoint.keys() & {"ipv4_address", "ipv6_address"} - told.get(name, {}).keys()
        for name, endpoint in endpoints.items()
        if name in spanning
    }
    if not any(given.values()):
        return unit
    asked = {
        name: {key: value for key, value in endpoint.items() if key not in given.get(name, ())}
        for name, endpoint in endpoints.items()
    }
    return replace(unit, spec={**unit.spec, "networks": asked})


def _order(unit: LiveUnit) -> tuple[tuple[int, str, int], str, str]:
    return (unit.address.order, unit.created_at, unit.id)


def _unit(
    raw: Json, at: Address, config: ImageConfig, networks: Mapping[str, str], journal: Journal
) -> LiveUnit:
    state: Json = raw["State"]
    values = ((row.name, row.read(raw, config)) for row in SERVICE)
    spec = {name: value for name, value in values if value is not None}
    made = recorded(raw["Config"].get("Labels") or {})
    told = journal.specs.get(raw["Id"], made)
    spec |= {row.name: told[row.name] for row in SERVICE if row.unseen and told and row.name in told}
    return LiveUnit(
        address=at,
        id=raw["Id"],
        name=str(raw["Name"]).removeprefix("/"),
        spec=_with_stale(spec, raw, networks),
        recorded=told,
        made=made,
        status=Status(state["Status"]),
        health=Health((state.get("Health") or {}).get("Status") or "none"),
        exit_code=int(state.get("ExitCode") or 0),
        error=str(state.get("Error") or ""),
        made_for=_made_for(str(raw["HostConfig"].get("NetworkMode") or "")),
        started_at=_moment(state.get("StartedAt")),
        created_at=_moment(raw.get("Created")),
        image=config if config is not NO_IMAGE else replace(NO_IMAGE, id=raw["Image"]),
        anonymous=mounts.anonymous(raw),
    )


def _made_for(mode: str) -> str:
    """The network that a network mode names; the engine's own are always there."""
    return "" if mode in _OWN_MODES or mode.startswith("container:") else mode


def _moment(text: str | None) -> str:
    return "" if not text or text.startswith("0001-") else text


def _with_stale(spec: dict[str, Any], raw: Json, networks: Mapping[str, str]) -> Spec:
    """Marks the endpoints that are none: their network was removed and made anew (15l), or joining it failed.

    The engine shows the wish of a failed connect as if the container were there (20.10 to 28.5).
    """
    attached: Json = raw["NetworkSettings"].get("Networks") or {}
    running = Status(raw["State"]["Status"]) in {Status.RUNNING, Status.PAUSED}
    stale = {
        name
        for name, endpoint in attached.items()
        if (endpoint.get("NetworkID") and endpoint["NetworkID"] != networks.get(name))
        or (running and not endpoint.get("EndpointID"))
    }
    if not stale or "networks" not in spec:
        return spec
    marked = {
        name: {**endpoint, "stale": True} if name in stale else endpoint
        for name, endpoint in spec["networks"].items()
    }
    return {**spec, "networks": marked}


def _moved_in(unit: LiveUnit, hosts: Mapping[str, str]) -> LiveUnit:
    """The engine names the owner of a shared namespace by id; the file by service or by name."""
    moved = {name: hosts[mode] for name in SHARED_NAMESPACES if (mode := str(unit.spec.get(name))) in hosts}
    return replace(unit, spec={**unit.spec, **moved}) if moved else unit


def container_name(names: Iterable[str]) -> str:
    """A linked container has further names such as `/client/alias`; its own has one slash."""
    return next((name[1:] for name in names if name.count("/") == 1), "")


def holder(raw: Json) -> Holder:
    """What any container keeps others from taking."""
    labels = raw.get("Labels") or {}
    return Holder(
        id=raw["Id"],
        name=container_name(raw.get("Names") or ()),
        stack=labels.get(address.STACK, ""),
        owner=labels.get(address.OWNER, ""),
        ports=frozenset(
            (str(port.get("IP") or ""), int(port["PublicPort"]), str(port["Type"]))
            for port in raw.get("Ports") or ()
            if port.get("PublicPort")
        ),
    )


def live_networks(raw: Iterable[Json], listed: Iterable[Json], desired: Desired) -> tuple[LiveShared, ...]:
    """All networks of the engine with the containers on them, in any state."""
    members: dict[str, dict[str, str]] = {}
    for container in listed:
        name = container_name(container.get("Names") or ())
        for network in (container.get("NetworkSettings") or {}).get("Networks") or {}:
            members.setdefault(network, {})[container["Id"]] = name
    wants = {want.name: want.spec for want in desired.networks.values()}
    return tuple(
        replace(
            _shared(one, Kind.NETWORK, one["Id"], wants.get(one["Name"], {})),
            members=members.get(one["Name"], {}),
            subnets=_subnets(one),
        )
        for one in sorted(raw, key=lambda one: (one["Name"], one["Id"]))
    )


def _subnets(raw: Json) -> tuple[str, ...]:
    """Of a network of this host; those of a cluster's are another matter."""
    blocks = (raw.get("IPAM") or {}).get("Config") or ()
    return tuple(one["Subnet"] for one in blocks if one.get("Subnet") and raw.get("Scope") != "swarm")


def live_volumes(raw: Iterable[Json], desired: Desired) -> tuple[LiveShared, ...]:
    """The stack's volumes and whatever else has a wanted name."""
    wants: dict[str, Shared] = {want.name: want for want in desired.volumes.values()}
    return tuple(
        _shared(one, Kind.VOLUME, one["Name"], wants[one["Name"]].spec if one["Name"] in wants else {})
        for one in sorted(raw, key=lambda one: str(one["Name"]))
        if one["Name"] in wants or _is_volume_of(one.get("Labels"), desired)
    )


def history(raw: Iterable[Json], desired: Desired) -> tuple[str, ...]:
    """The volumes that tell what was applied of the stack."""
    found = (one for one in raw if owned(one.get("Labels"), desired) and address.HISTORY in one["Labels"])
    return tuple(sorted(str(one["Name"]) for one in found))


def _is_volume_of(labels: Mapping[str, str] | None, desired: Desired) -> bool:
    marks = {address.JOURNAL, address.LOCK, address.HISTORY, address.ADOPTED}
    return owned(labels, desired) and marks.isdisjoint(labels or {})


def _shared(raw: Json, kind: Kind, identity: str, want: Spec) -> LiveShared:
    labels = raw.get("Labels") or {}
    at = Address.parse(labels.get(address.ADDRESS, ""))
    table: tuple[SharedField, ...] = shared.NETWORK if kind is Kind.NETWORK else shared.VOLUME
    return LiveShared(
        address=at if at is not None and at.kind is kind else None,
        id=identity,
        name=raw["Name"],
        spec=shared.read(table, raw, want),
        recorded=recorded(labels),
        protect=labels.get(address.PROTECT) == "true",
        owner=labels.get(address.OWNER, ""),
        stack=labels.get(address.STACK, ""),
    )

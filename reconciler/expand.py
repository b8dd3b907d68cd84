"""Stack + what the engine can do → Desired: every replica, network and volume by itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from reconciler import address
from reconciler.address import Address
from reconciler.contents import NOTHING_READ, Contents
from reconciler.fields import (
    VOLUME,
    Site,
    copied,
    endpoints,
    health,
    images,
    mounts,
    notices,
    of_networks,
    of_units,
    ports,
    shared,
    shared_name,
)
from reconciler.phases import joins_late
from reconciler.state import NO_IMAGE, Desired, Granularity, Shared, Spec, Traits, Unit
from topology.models import Condition, Service, Stack, UpdateConfig
from topology.structs import replace
from topology.units import duration

DEFAULT_GRACE = 10.0
"""Seconds between the stop signal and the kill, as everywhere in Docker."""


def expand(stack: Stack, traits: Traits, contents: Contents = NOTHING_READ) -> Desired:
    """What the stack wants of an engine with these traits, given what its files hold."""
    if traits.granularity is Granularity.SERVICE:
        from reconciler import services  # noqa: PLC0415  # plans for one engine never need it

        return services.expand(stack, traits, contents)
    ending = stack.jobs
    return Desired(
        stack=stack.name,
        owner=stack.owner or stack.name,
        units={
            unit.address: unit
            for name, service in stack.services.items()
            for unit in _units(
                Site(stack=stack, name=name, service=service, replica=1, contents=contents), traits, ending
            )
        },
        networks=networks(stack, traits),
        volumes={
            address.volume(key): Shared(
                address=address.volume(key),
                name=shared_name(stack.name, key, volume),
                spec=shared.wanted(VOLUME, volume),
                external=volume.external,
                protect=volume.protect,
            )
            for key, volume in stack.volumes.items()
        },
        missing=contents.missing,
        idle=frozenset(name for name, service in stack.services.items() if not service.replicas),
        subnet_pool=stack.subnet_pool,
        drawn=contents.drawn,
        older=contents.older,
    )


def networks(stack: Stack, traits: Traits) -> dict[Address, Shared]:
    """The networks that the stack wants."""
    return {
        address.network(key): Shared(
            address=address.network(key),
            name=shared_name(stack.name, key, network),
            spec=shared.wanted(of_networks(traits), network),
            external=network.external,
            protect=network.protect,
        )
        for key, network in stack.networks.items()
        if _used(stack, key)
    }


def _used(stack: Stack, key: str) -> bool:
    """`default` is made only for those who joined it; a network in the file is made in any case."""
    return key != "default" or any(key in service.networks for service in stack.services.values())


def _units(first: Site, traits: Traits, ending: frozenset[str]) -> list[Unit]:
    return [
        _unit(replace(first, replica=number), traits, job=first.name in ending)
        for number in range(1, first.service.replicas + 1)
    ]


def _unit(site: Site, traits: Traits, *, job: bool) -> Unit:
    spec = spec_of(site, traits)
    service = site.service
    update = service.update_config or UpdateConfig()
    return Unit(
        address=address.service(site.name, site.replica),
        name=site.own_name,
        spec=spec,
        needs=needs(service),
        build=images.build_of(site),
        build_secrets=images.secrets_of(site),
        job=job,
        ready=service.ready,
        within=health.patience(spec, NO_IMAGE, service.ready),
        grace=DEFAULT_GRACE if service.stop_grace_period is None else service.stop_grace_period,
        pull=service.pull_policy or "missing",
        renew=_renewal(service.pull_policy),
        files=copied(site),
        notices=notices(site),
        hears={link.service: link.on_change for link in service.links if link.on_change},
        start_first=_start_first(spec) and update.order != "stop-first",
        update=update,
        ignores=frozenset(_ignored(site)),
        joins_late=joins_late(site),
        disclosed=disclosed(spec, service),
    )


def disclosed(spec: Spec, service: Service) -> frozenset[str]:
    """The variables whose values a plan may show, as far as their names do not speak against it."""
    return frozenset(spec.get("environment", ())) - service.from_files


def _renewal(policy: str | None) -> float | None:
    """Seconds, of a policy that has the registry asked for something newer."""
    if policy is None or policy.startswith("every_"):
        return duration(policy.removeprefix("every_")) if policy else None
    return _RENEWALS.get(policy)


_RENEWALS: Final = {"always": 0.0, "daily": 86_400.0, "weekly": 604_800.0}


def _ignored(site: Site) -> Iterator[str]:
    """Networks as the engine calls them; those that the file does not know have no other name."""
    for name in site.service.ignore:
        kind, _, key = name.partition(".")
        known = kind == "networks" and key in site.stack.networks
        yield f"{kind}.{site.network_name(key)}" if known else name


def spec_of(site: Site, traits: Traits) -> Spec:
    """What a unit is told to be, as far as the engine knows of it."""
    spec = {row.name: value for row in of_units(traits) if (value := row.want(site)) is not None}
    if site.service.container_name:  # compared apart, with what containers are called in the meantime
        spec["container_name"] = site.service.container_name
    if not traits.start_interval and "healthcheck" in spec:
        spec["healthcheck"] = {
            key: value for key, value in spec["healthcheck"].items() if key != "start_interval"
        }
    if not traits.gateway_priority and "networks" in spec:
        spec["networks"] = {
            name: {key: value for key, value in endpoint.items() if key != "gw_priority"}
            for name, endpoint in spec["networks"].items()
        }
    return spec


def needs(service: Service) -> dict[str, Condition]:
    """Links order start-up as started dependencies do; so does sharing another's namespace or mounts."""
    found = {link.service: Condition.STARTED for link in service.links}
    for mode in (service.network_mode, service.pid, service.ipc):
        if mode and mode.startswith("service:"):
            found[mode.removeprefix("service:")] = Condition.STARTED
    found.update({one.service: Condition.STARTED for one in service.volumes_from if one.service})
    found.update({name: dependency.condition for name, dependency in service.depends_on.items()})
    return found


def _start_first(spec: Spec) -> bool:
    """Whether two of them can run side by side: no fixed host port or address, no data to spoil."""
    fixed = any(ports.split(text)[1] for text in spec.get("ports", ()))
    alone = spec.get("network_mode") == "host"
    return not (fixed or alone or endpoints.static(spec) or mounts.writable(spec))

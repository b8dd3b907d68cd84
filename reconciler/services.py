"""Stack → Desired for an engine whose units are services: a whole service is one unit, however many run."""

from __future__ import annotations

from reconciler import address
from reconciler.contents import Contents
from reconciler.expand import DEFAULT_GRACE, disclosed, needs, networks, spec_of
from reconciler.fields import Site, health
from reconciler.fields.swarm import kept
from reconciler.state import NO_IMAGE, Desired, Traits, Unit
from topology.models import Stack, UpdateConfig
from topology.swarm import refused

_SETTLING = 30.0
"""Seconds beyond a task's own patience in which a node has to be found and the task started there."""


def expand(stack: Stack, traits: Traits, contents: Contents) -> Desired:
    """What the stack wants of a Swarm. Its volumes come into being with the tasks that mount them."""
    units = (
        _unit(Site(stack=stack, name=name, service=service, replica=0, contents=contents), traits)
        for name, service in stack.services.items()
    )
    wanted, sealed = kept(stack, contents)
    return Desired(
        stack=stack.name,
        owner=stack.owner or stack.name,
        units={unit.address: unit for unit in units},
        networks=networks(stack, traits),
        kept=wanted,
        sealed=sealed,
        missing=(*contents.missing, *refused(stack)),
    )


def _unit(site: Site, traits: Traits) -> Unit:
    service = site.service
    spec = spec_of(site, traits)
    update = service.update_config or UpdateConfig()
    grace = DEFAULT_GRACE if service.stop_grace_period is None else service.stop_grace_period
    return Unit(
        address=address.service(site.name, 0),
        name=address.shared_name(site.stack.name, site.name),
        spec=spec,
        needs=needs(service),
        job=site.is_job,
        within=health.patience(spec, NO_IMAGE) + grace + _SETTLING,
        grace=grace,
        renew=0.0 if service.pull_policy == "always" else None,
        start_first=False,
        update=update,
        disclosed=disclosed(spec, service),
    )

"""Stacks made at random, with many fields at once: an apply leaves nothing to do, from whatever was there.

Two are tried every time; `pytest tests/contract/test_idempotence.py --random-stacks 100` tries more.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.contract.samples import BASE, service_samples
from tests.contract.test_sequences import at_once
from tests.support import bench as benches
from tests.support.applying import converged, destroyed
from tests.support.lab import LabEngine
from tests.support.shops import shops
from topology.models import Service, Stack

ALONE: Final = frozenset(
    {
        "cgroup_parent",
        "command",
        "entrypoint",
        "healthcheck",
        "hostname",
        "image",
        "ipc",
        "links",
        "mac_address",
        "mem_limit",
        "mem_reservation",
        "mem_swappiness",
        "memswap_limit",
        "network_mode",
        "networks",
        "pid",
        "ports",
        "privileged",
        "protect",
        "restart",
        "uts",
        "volumes",
        "volumes_from",
    }
)
"""What a random service has already, or what goes with some networks, images or peers only.

A privileged container of a user who is not root does not start on every machine: its capabilities may be
fewer than the engine thinks.
"""


def extras(folder: Path) -> list[dict[str, Any]]:
    """What may be said of any service besides what it says, as samples of single fields have it."""
    return [
        {**said}
        for name, samples in service_samples(folder).items()
        if name not in ALONE
        for sample in samples
        if sample.base == BASE
        for said in (sample.first, sample.second)
        if said and ALONE.isdisjoint(said)
    ]


def furnished(service: Service, more: list[dict[str, Any]]) -> Service:
    """The service with more said of it; in another's namespaces some of that is not to be had."""
    said: dict[str, Any] = {}
    for one in more:
        said.update(one)
    if "cpus" in said:
        said = {name: value for name, value in said.items() if name not in {"cpu_period", "cpu_quota"}}
    if service.network_mode:
        said = {name: value for name, value in said.items() if name not in _OF_NETWORKS}
    return Service(**{**{name: getattr(service, name) for name in service.model_fields_set}, **said})


_OF_NETWORKS: Final = frozenset(
    {"dns", "dns_opt", "dns_search", "domainname", "expose", "extra_hosts", "sysctls"}
)


def test_an_apply_leaves_nothing_to_do(own_engine: LabEngine, request: pytest.FixtureRequest) -> None:
    bench = benches.real(own_engine)
    known = extras(own_engine.folder)
    assert len(known) > 50

    @seed(1)
    @settings(
        max_examples=request.config.getoption("--random-stacks"),
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(data=st.data(), stack=shops().map(at_once))
    def tried(data: st.DataObject, stack: Stack) -> None:
        services = {
            name: furnished(one, data.draw(st.lists(st.sampled_from(known), max_size=5)))
            for name, one in stack.services.items()
        }
        converged(bench.engine, stack.model_copy(update={"services": services}))

    tried()
    assert destroyed(bench.engine, Stack(name="shop")).faults == []

"""An apply sends no more calls that change something than the difference needs: counted on the socket."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from types import MappingProxyType

from reconciler.engines import connect
from reconciler.engines.reading import Endpoint
from reconciler.engines.standalone import Standalone
from tests.contract.samples import ON_NETWORK, Said
from tests.support import applying
from tests.support.applying import converged
from tests.support.bench import Bench
from tests.support.faultproxy import FaultProxy, Request
from topology.models import Attachment, Network, Restart, Service, Stack, Volume

MAKE, START = "POST containers/create", "POST containers/start"
STOP, REMOVE = "POST containers/stop", "DELETE containers"
NOTED = {"POST volumes/create": 1}
"""What is changed in place is noted in a volume, of which the last two are kept."""


def stack_of(
    bench: Bench, count: int = 2, *, joined: bool = False, app: Said = MappingProxyType({})
) -> Stack:
    """Replicas of app on a network with db, which may join another one."""
    both = {"back": Attachment()} | ({"extra": Attachment()} if joined else {})
    return Stack(
        name=bench.prefix,
        services={
            "app": Service(**{**ON_NETWORK, "networks": {"back": Attachment()}, "replicas": count, **app}),
            "db": Service(**ON_NETWORK, networks=both),
        },
        networks={"back": Network(), "extra": Network()},
        volumes={"data": Volume()},
    )


@contextmanager
def counted(bench: Bench) -> Iterator[tuple[Standalone, Counter[str]]]:
    """The engine behind a proxy, and what was sent to it once that is over, by kind."""
    assert bench.lab is not None
    calls: Counter[str] = Counter()
    with FaultProxy(bench.lab.socket) as proxy:
        yield Standalone(connect.daemon(Endpoint(url=proxy.url))), calls
        calls.update(map(kind, proxy.writes))


def kind(request: Request) -> str:
    """`POST containers/start` of `POST /v1.51/containers/shop-db-1/start?x=y`."""
    _, _, what, *rest = request.path.partition("?")[0].split("/")
    action = rest[-1] if rest and request.method == "POST" else ""
    return f"{request.method} {what}{'/' if action else ''}{action}"


def test_each_change_costs_what_it_needs_and_no_more(real_bench: Bench) -> None:
    bench = real_bench
    changed = {"environment": {"V": "2"}}
    kept = {**changed, "restart": Restart(policy="always")}
    for stack, needed in (
        (stack_of(bench), {MAKE: 3, START: 3, "POST networks/create": 2, "POST volumes/create": 1}),
        (stack_of(bench), {}),
        (stack_of(bench, joined=True), {"POST networks/connect": 1, **NOTED}),
        (stack_of(bench), {"POST networks/disconnect": 1, **NOTED}),
        (stack_of(bench, 3), {MAKE: 1, START: 1}),
        (stack_of(bench, 1), {STOP: 2, REMOVE: 2}),
        (
            stack_of(bench, 1, app=changed),
            {MAKE: 1, START: 1, STOP: 1, REMOVE: 1, "POST containers/rename": 1},
        ),
        (stack_of(bench, 1, app=kept), {"POST containers/update": 1, **NOTED, "DELETE volumes": 1}),
    ):
        with counted(bench) as (engine, calls):
            converged(engine, stack)
        assert calls == needed
    with counted(bench) as (engine, calls):
        assert applying.destroyed(engine, stack_of(bench, 1)).outcome.ok
    assert calls == {STOP: 2, REMOVE: 2, "DELETE networks": 2, "DELETE volumes": 3}

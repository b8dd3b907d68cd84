"""What people do to containers and networks behind topo's back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Final

from hypothesis import strategies as st

from reconciler import address
from reconciler.errors import EngineError
from tests.support.bench import Bench

Deed = Callable[[Bench, str], None]


def _kill(bench: Bench, container: str) -> None:
    bench.hands.kill(container)


def _pause(bench: Bench, container: str) -> None:
    bench.hands.pause(container)


def _restart(bench: Bench, container: str) -> None:
    bench.hands.kill(container)
    bench.daemon.start(container)


def _remove(bench: Bench, container: str) -> None:
    bench.daemon.remove_container(container, volumes=False)


def _rename(bench: Bench, container: str) -> None:
    bench.daemon.rename(container, f"renamed-{container[:8]}")


def _limit(bench: Bench, container: str) -> None:
    body = {"Memory": 32 << 20, "MemorySwap": 64 << 20, "RestartPolicy": {"Name": "unless-stopped"}}
    bench.daemon.update(container, body)


def _leave(bench: Bench, container: str) -> None:
    network = min(bench.endpoints(container))
    bench.daemon.disconnect(network, container, force=False)


def _come(bench: Bench, container: str) -> None:
    bench.daemon.connect("foreign", container, {})


def _forget_alias(bench: Bench, container: str) -> None:
    network = max(bench.endpoints(container))
    bench.daemon.disconnect(network, container, force=False)
    bench.daemon.connect(network, container, {})


def _cut(bench: Bench, container: str) -> None:
    """Takes away a network with everybody on it."""
    network = max(bench.endpoints(container))
    for raw in bench.daemon.containers():
        if network in raw["NetworkSettings"]["Networks"] and _is_ours(raw):
            bench.daemon.disconnect(network, raw["Id"], force=True)
    bench.daemon.remove_network(network)


def _forget(bench: Bench, _container: str) -> None:
    """Takes the journal away."""
    for raw in bench.daemon.volumes():
        if raw["Name"].startswith("topo.journal"):
            bench.daemon.remove_volume(raw["Name"])


DEEDS: Final[Mapping[str, Deed]] = {
    "kill": _kill,
    "pause": _pause,
    "restart": _restart,
    "remove": _remove,
    "rename": _rename,
    "limit": _limit,
    "leave a network": _leave,
    "come onto a network": _come,
    "lose an alias": _forget_alias,
    "cut a network": _cut,
    "forget the journal": _forget,
}

deeds: Final = st.tuples(st.sampled_from(list(DEEDS)), st.integers(0, 5))
"""A deed, and to which container it is done."""


def _is_ours(raw: dict[str, Any]) -> bool:
    labels = raw["Labels"] or {}
    return (labels.get(address.STACK), labels.get(address.OWNER)) == ("shop", "shop")


def done(bench: Bench, deed: tuple[str, int]) -> None:
    """Does it to one of the stack's containers, if there are any and it can be done."""
    name, nth = deed
    ours = sorted(raw["Id"] for raw in bench.daemon.containers() if _is_ours(raw))
    with suppress(EngineError, ValueError):
        if ours:
            DEEDS[name](bench, ours[nth % len(ours)])

"""What a new network has to fit in: the engine's own address pools, and where its host sends packets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from ipaddress import IPv4Network, ip_network
from typing import Any, Final

from msgspec import Struct

from reconciler.contents import Unshown


class Pool(Struct, frozen=True, kw_only=True):
    """A range that the engine cuts into subnets of one size, for networks that ask for none."""

    base: str
    size: int

    def __str__(self) -> str:
        return self.base if self.base.endswith(f"/{self.size}") else f"{self.base} by /{self.size}"

    def room(self, taken: Iterable[IPv4Network]) -> int:
        """How many subnets of it overlap nothing that is taken."""
        whole, width = IPv4Network(self.base), 1 << (32 - self.size)
        free, at = 0, int(whole[0])
        for first, last in sorted((int(one[0]), int(one[-1])) for one in taken if one.overlaps(whole)):
            free += _blocks(at, first, width)
            at = max(at, last + 1)
        return free + _blocks(at, int(whole[-1]) + 1, width)


def _blocks(start: int, end: int, width: int) -> int:
    """The aligned blocks from `start` to before `end`."""
    return max(0, end // width - -(-start // width))


OWN_POOLS: Final = (
    *(Pool(base=f"172.{second}.0.0/16", size=16) for second in range(17, 32)),
    Pool(base="192.168.0.0/16", size=20),
)
"""What every engine has whose configuration names none (20.10 to 28.5): addresses for 31 networks."""


class Route(Struct, frozen=True, kw_only=True):
    """Addresses that the engine's host knows a way to: through an interface, or past a gateway behind it."""

    network: str
    interface: str
    direct: bool = True


class Surroundings(Struct, frozen=True, kw_only=True):
    """Empty where nobody needs to know, or nobody can; `manages_swarm`: networks may span hosts."""

    pools: tuple[Pool, ...] = ()
    routes: tuple[Route, ...] = ()
    manages_swarm: bool = True


NOT_ASKED: Final = Surroundings()


def pools(info: Mapping[str, Any]) -> tuple[Pool, ...]:
    """The pools for IPv4 of an engine that answers so to `GET /info`; none where it does not say."""
    said = info.get("DefaultAddressPools")
    if not said:
        return OWN_POOLS
    return tuple(_pools(said))


def manages_swarm(info: Mapping[str, Any]) -> bool:
    """Whether an engine that answers so to `GET /info` can make networks over several hosts."""
    return bool((info.get("Swarm") or {}).get("ControlAvailable"))


def _pools(said: Iterable[Mapping[str, Any]]) -> Iterator[Pool]:
    for one in said:
        if ip_network(one["Base"], strict=False).version == 4:
            yield Pool(base=str(ip_network(one["Base"], strict=False)), size=int(one["Size"]))


def drawn(networks: Iterable[tuple[str, str]]) -> Unshown:
    """What an engine drew at random when it first started, from the names and ids of its networks."""
    return Unshown(" ".join(sorted(identity for name, identity in networks if name in {"host", "none"})))

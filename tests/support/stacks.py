"""Stacks in one line each, for tests of what a stack means."""

from __future__ import annotations

from typing import Any

from topology import units
from topology.models import (
    Assume,
    Attachment,
    Dependency,
    Ipam,
    Link,
    Network,
    Policy,
    Port,
    Service,
    Stack,
    Subnet,
)

OLD, MIDDLE, NEW = "20.10", "26.1", "28.5"
"""The engines that every rule was run on."""

OPTION = "com.docker.network.bridge."
INTERNAL = Network(internal=True)
SILENT = Network(driver_opts={f"{OPTION}enable_icc": "false"})
LAN = Network(driver="macvlan")


def bridge(
    *, internal: bool = False, ipv6: bool = False, subnet: str | None = None, **options: str
) -> Network:
    """A bridge network with driver options by their short names: `bridge(inhibit_ipv4="true")`."""
    return Network(
        internal=internal,
        enable_ipv6=ipv6,
        ipam=Ipam(config=(Subnet(subnet=subnet),)) if subnet else None,
        driver_opts={f"{OPTION}{name}": value for name, value in options.items()},
    )


def service(*networks: str, links: str = "", after: str = "", ports: str = "", **more: Any) -> Service:
    """`service("web_nw", links="db:database", ports="8080:80 127.0.0.1:9090:90/udp")`."""
    return Service(
        networks={name: Attachment() for name in networks} | more.pop("joined", {}),
        links=tuple(_link(text) for text in links.split()),
        depends_on={name: Dependency() for name in after.split()},
        ports=tuple(port(text) for text in ports.split()),
        **more,
    )


def crowd(count: int, *networks: str, **more: Any) -> dict[str, Any]:
    """Equal services `s0`, `s1` and so on, to be handed to `stack`."""
    return {f"s{number}": service(*networks, **more) for number in range(count)}


def _link(text: str) -> Link:
    name, _, alias = text.partition(":")
    return Link(service=name, alias=alias or name)


def port(text: str) -> Port:
    """One port in Compose's short form."""
    ((host, outside, inside, protocol),) = units.published(text)
    return Port(target=inside, published=outside, host_ip=host, protocol=protocol)


def stack(
    *claims: str,
    networks: dict[str, Network] | None = None,
    default: Any = "warn",
    engine: str | None = None,
    userland_proxy: bool = True,
    **services: Service,
) -> Stack:
    """A stack called shop whose networks are plain bridges unless given."""
    named = {name for one in services.values() for name in one.networks}
    assume = Assume(engine=engine, userland_proxy=userland_proxy)
    return Stack(
        name="shop",
        services=services,
        networks={name: Network() for name in sorted(named)} | (networks or {}),
        policy=Policy(default=default, claims=claims, assume=assume),
    )


def three_tiers(*claims: str, nginx_on: str = "web_nw", **more: Any) -> Stack:
    """nginx, flaskapp and db on web_nw and an internal db_nw; `nginx_on` names nginx's networks."""
    return stack(
        *claims,
        networks={"web_nw": Network(), "db_nw": Network(internal=True)},
        nginx=service(*nginx_on.split(), image="nginx:1.27", ports="8080:80", links="flaskapp"),
        flaskapp=service("web_nw", "db_nw", image="shop/web:3", links="db:database"),
        db=service("db_nw", image="postgres:16"),
        **more,
    )

"""Stacks in one line each, for tests of what a stack means."""

from __future__ import annotations

from typing import Any

from topology.models import Assume, Attachment, Dependency, Link, Network, Policy, Port, Service, Stack

ENGINES = ("20.10", "26.1", "28.5")


def service(*networks: str, links: str = "", after: str = "", ports: str = "", **more: Any) -> Service:
    """`service("web_nw", links="db:database", ports="8080:80 127.0.0.1:9090:90/udp")`."""
    return Service(
        networks={name: Attachment() for name in networks} | more.pop("joined", {}),
        links=tuple(_link(text) for text in links.split()),
        depends_on={name: Dependency() for name in after.split()},
        ports=tuple(port(text) for text in ports.split()),
        **more,
    )


def _link(text: str) -> Link:
    name, _, alias = text.partition(":")
    return Link(service=name, alias=alias or name)


def port(text: str) -> Port:
    """`[[IP:]HOST:]CONTAINER[/PROTOCOL]`, ranges and IPv6 aside."""
    text, _, protocol = text.partition("/")
    *ip, host, target = ["", *text.split(":")] if text.count(":") < 2 else text.split(":")
    host = host or (ip.pop() if ip else "")
    return Port(
        target=int(target),
        published=(int(host), int(host)) if host else None,
        host_ip=ip[0] if ip and ip[0] else None,
        protocol=protocol or "tcp",  # type: ignore[arg-type]
    )


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

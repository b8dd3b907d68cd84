"""Small random stacks: few names and few values, so that collisions are common."""

from __future__ import annotations

from hypothesis import strategies as st

from topology.models import (
    Assume,
    Attachment,
    Expose,
    Ipam,
    Mount,
    Network,
    Policy,
    Port,
    Service,
    Stack,
    Subnet,
)

SERVICES = ("a", "b", "c", "d")
NETWORKS = ("n1", "n2", "n3")
OPTION = "com.docker.network.bridge."


@st.composite
def bridges(draw: st.DrawFn) -> Network:
    """A bridge as the rules for IPv4 see it."""
    options = {}
    if draw(st.booleans()):
        options[f"{OPTION}enable_icc"] = draw(st.sampled_from(["true", "false"]))
    if draw(st.integers(0, 4)) == 0:
        options[f"{OPTION}inhibit_ipv4"] = "true"
    return Network(internal=draw(st.booleans()), driver_opts=options)


def placed(network: Network, number: int) -> Network:
    """The network with an address block that the file gives, so that the host's address on it is known."""
    return network.model_copy(update={"ipam": Ipam(config=(Subnet(subnet=f"10.0.{number}.0/24"),))})


@st.composite
def any_networks(draw: st.DrawFn) -> Network:
    """Any kind of network that a stack can say."""
    plain = draw(bridges())
    options = dict(plain.driver_opts)
    mode = draw(st.sampled_from(["nat", "nat", "routed", "nat-unprotected", "isolated"]))
    internal = plain.internal or mode == "isolated"
    options[f"{OPTION}gateway_mode_ipv4"] = mode
    if draw(st.integers(0, 3)) == 0:
        options[f"{OPTION}host_binding_ipv4"] = "127.0.0.1"
    driver = draw(st.sampled_from([None, None, None, "macvlan", "overlay"]))
    ipv6 = draw(st.booleans())
    return Network(internal=internal, driver_opts=options, driver=driver, enable_ipv6=ipv6)


def ports(addresses: tuple[str | None, ...], protocols: tuple[str, ...]) -> st.SearchStrategy[Port]:
    return st.builds(
        Port,
        target=st.sampled_from([80, 5432]),
        published=st.just((8080, 8080)),
        host_ip=st.sampled_from(addresses),
        protocol=st.sampled_from(protocols),
        mode=st.sampled_from(["ingress", "host"]),
    )


ADDRESSES = ("127.0.0.1", "10.0.0.9", "10.0.1.1", "10.0.2.1")
"""Loopback, an address that no network has, the host's on the first two networks where they say so."""
PLAIN_PORTS = ports((None, *ADDRESSES), ("tcp",))
ANY_PORTS = ports((None, None, *ADDRESSES, "::", "::1"), ("tcp", "udp"))
WAKES = {"net.ipv6.conf.all.disable_ipv6": "0"}
SOCKET = Mount(type="bind", source="/var/run/docker.sock", target="/s")


@st.composite
def services(draw: st.DrawFn, published: st.SearchStrategy[Port], *, tainted: bool) -> Service:
    mode = draw(st.sampled_from([None, None, None, None, "host", "none", "service:a", "service:b"]))
    joined = draw(st.sets(st.sampled_from(NETWORKS), min_size=1)) if mode is None else set()
    caps = ("NET_ADMIN",) if tainted and draw(st.integers(0, 3)) == 0 else ()
    return Service(
        network_mode=mode,
        networks={name: Attachment() for name in sorted(joined)},
        ports=tuple(draw(st.lists(published, max_size=2))) if mode is None else (),
        expose=(Expose(port=5432),) if draw(st.booleans()) else (),
        cap_add=caps,
        sysctls=WAKES if tainted and draw(st.integers(0, 4)) == 0 else {},
        volumes=(SOCKET,) if tainted and draw(st.integers(0, 5)) == 0 else (),
    )


@st.composite
def stacks(draw: st.DrawFn, *, plain: bool = False) -> Stack:
    """A stack of up to four services; `plain` ones have bridges, IPv4, TCP and nothing that taints."""
    network = bridges() if plain else any_networks()
    one = services(PLAIN_PORTS if plain else ANY_PORTS, tainted=not plain)
    names = SERVICES[: draw(st.integers(2, 4))]
    engine = "28.5" if plain else draw(st.sampled_from(["20.10", "26.1", "28.5", "29.0"]))
    proxy = True if plain else draw(st.booleans())
    netfilter = True if plain else draw(st.integers(0, 3)) > 0
    return Stack(
        name="shop",
        engine=None if plain else draw(st.sampled_from([None, None, "swarm"])),
        services={name: draw(one) for name in names},
        networks={
            name: placed(draw(network), number) if draw(st.booleans()) else draw(network)
            for number, name in enumerate(NETWORKS, 1)
        },
        policy=Policy(assume=Assume(engine=engine, userland_proxy=proxy, bridge_netfilter=netfilter)),
    )

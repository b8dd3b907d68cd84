"""The table of rules about what runs; they find nothing unless an engine was asked."""

from __future__ import annotations

from topology.findings import Severity
from topology.rules import packets, running
from topology.rules.case import Check, Rule

_TABLE: tuple[tuple[str, Severity, Check, str, str, str], ...] = (
    (
        "T401", Severity.ERROR, running.strangers,
        "foreign container on a network of the stack",
        "Who joins a network reaches every port of everybody on it. A note where the network is external.",
        "Disconnect it, or make it a service of the stack.",
    ),
    (
        "T402", Severity.ERROR, running.attachments,
        "container on other networks than the file says",
        "Each network more opens all of its members, and each network less cuts a need.",
        "Run topo apply.",
    ),
    (
        "T403", Severity.ERROR, running.lost_aliases,
        "name lost",
        "A container that is disconnected and connected by hand comes back without its aliases.",
        "Run topo apply.",
    ),
    (
        "T404", Severity.ERROR, running.foreign_ports,
        "port published by somebody else",
        "Who holds a port of the host answers for the service that should, or opens one unknown.",
        "Stop the container that holds it, or publish another port.",
    ),
    (
        "T405", Severity.ERROR, running.stranded,
        "dead network stack",
        "Who shares another's network stack keeps the old, empty one when that other restarts.",
        "Restart it.",
    ),
    (
        "T406", Severity.ERROR, running.remade,
        "network made anew",
        "A network of the same name is another network: stopped containers cannot join it any more.",
        "Remove it once nobody is on it, and run topo apply.",
    ),
    (
        "T407", Severity.ERROR, running.other_options,
        "network with other options than the file says",
        "Options such as internal decide who reaches whom, and the engine changes none of them in place.",
        "Run topo plan to see what it takes.",
    ),
    (
        "T408", Severity.WARNING, running.idle,
        "service does not run",
        "What does not run reaches nobody, so claims about it hold or break for that reason alone.",
        "Run topo apply, or topo status to see why it ended.",
    ),
    (
        "T409", Severity.ERROR, packets.holes,
        "packets get where they should not",
        "Something beside Docker opens a way: a rule of the firewall, a route, a program of the host.",
        "Look for it with iptables -S DOCKER-USER, iptables -t nat -S and ip route on the host.",
    ),
    (
        "T410", Severity.ERROR, packets.walls,
        "packets do not get where they should",
        "Something beside Docker closes a way: a rule of the firewall, a bridge that is gone.",
        "Look for it with iptables -S DOCKER-USER and ip link on the host.",
    ),
    (
        "T411", Severity.NOTE, running.unseen,
        "nodes that nobody asked",
        "A manager of a Swarm tells of tasks, and not of other containers that nodes run.",
        "Give a way to the engine of each node with --node URL.",
    ),
    (
        "T412", Severity.ERROR, running.unmakable,
        "network that this engine cannot make",
        "An overlay spans the hosts of a Swarm, and only its managers make one.",
        "Take the driver out, or make a Swarm of the engine: docker swarm init.",
    ),
)  # fmt: skip

LIVE_RULES: tuple[Rule, ...] = tuple(
    Rule(code=code, severity=severity, find=find, title=title, why=why, mend=mend)
    for code, severity, find, title, why, mend in _TABLE
)

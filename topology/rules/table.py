"""The table of rules: what topo checks, how much it weighs, and why."""

from __future__ import annotations

from topology.findings import Severity
from topology.rules import hazards
from topology.rules.case import Check, Rule
from topology.rules.excess import excess_reach
from topology.rules.judge import judged
from topology.rules.links import unmet_links

_ERROR, _WARNING, _NOTE = Severity


def _rule(code: str, severity: Severity, find: Check, title: str, why: str) -> Rule:
    return Rule(code=code, severity=severity, find=find, title=title, why=why)


RULES: tuple[Rule, ...] = (
    _rule(
        "T101",
        _ERROR,
        judged,
        "claim broken",
        "A claim says what must be true of the stack, and it is not.",
    ),
    _rule(
        "T102",
        _ERROR,
        judged,
        "claim cannot be proved",
        "Something in the stack can leave its networks, so nobody can say that the claim holds.",
    ),
    _rule(
        "T103",
        _ERROR,
        judged,
        "claim is not understood",
        "A sentence that cannot be read protects nothing.",
    ),
    _rule(
        "T104",
        _ERROR,
        judged,
        "claim names something unknown",
        "A claim about a service that is not there holds by accident, mostly after a renaming.",
    ),
    _rule(
        "T110",
        _ERROR,
        unmet_links,
        "link leads nowhere",
        "Docker accepts a link over no common network, and the program finds out when it connects.",
    ),
    _rule(
        "T120",
        _ERROR,
        excess_reach,
        "more can be reached than is needed",
        "Who breaks into one service gets as far as its networks go. A warning unless the default is deny.",
    ),
    _rule(
        "T121",
        _ERROR,
        excess_reach,
        "nobody says what is needed",
        "Without links nothing can be told apart from what is meant; a warning unless the default is deny.",
    ),
    _rule(
        "T122",
        _NOTE,
        excess_reach,
        "needs can be travelled backwards",
        "On a bridge the one who is called can call back; a proxy that opens one port takes that away.",
    ),
    _rule(
        "T201",
        _WARNING,
        hazards.open_stores,
        "data store published to everyone",
        "A published port is open on every address of the host, past many firewalls, and to every container.",
    ),
    _rule(
        "T202",
        _WARNING,
        hazards.edges_beside_stores,
        "edge proxy beside data store",
        "The service that strangers talk to first should not be one step from the data.",
    ),
    _rule(
        "T203",
        _NOTE,
        hazards.default_for_all,
        "everything on the default network",
        "One network for all means that everybody can open every port of everybody.",
    ),
    _rule(
        "T204",
        _WARNING,
        hazards.sockets_mounted,
        "Docker socket mounted",
        "Whoever can talk to the engine can join any network and is root on the host.",
    ),
    _rule(
        "T205",
        _WARNING,
        hazards.privileged,
        "privileged container",
        "A privileged container can enter any network of the host.",
    ),
    _rule(
        "T206",
        _WARNING,
        hazards.host_networked,
        "host network",
        "A service in the host's network stands outside every isolation that networks give.",
    ),
    _rule(
        "T207",
        _NOTE,
        hazards.latest_images,
        "image without a version",
        "Two machines, or two days, run different programs from one file.",
    ),
    _rule(
        "T208",
        _WARNING,
        hazards.dropped_ports,
        "published port that never opens",
        "The engine drops ports of a container without a gateway network, without a word (moby#36174).",
    ),
    _rule(
        "T209",
        _WARNING,
        hazards.captured_names,
        "name captured by an alias",
        "The engine gives both addresses, so part of one service's traffic goes to another.",
    ),
    _rule(
        "T210",
        _NOTE,
        hazards.shared_aliases,
        "alias of several services",
        "Spreading connections by a common alias works, and is a surprise where it was not meant.",
    ),
    _rule(
        "T211",
        _WARNING,
        hazards.hostname_traps,
        "peer hidden by /etc/hosts",
        "A container's own hostname and extra_hosts win over the names of its networks.",
    ),
)

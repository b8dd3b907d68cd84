"""`topo explain`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from cli.faults import CommandError
from cli.options import OutputOptions, StackOptions
from cli.report.explain import Chain, Direction, Explain, Naming, Surroundings, Way
from cli.report.rules import RuleLine, rule_lines
from cli.world import World
from topology.structs import replace

if TYPE_CHECKING:
    from topology.graph import Topology
    from topology.reach import ByName, End, Explanation, Route, Verdict

_CODE = re.compile(r"T\d{3}")
_PORT = re.compile(r"(?P<name>.+):(?P<port>[0-9]+)(/(?P<protocol>tcp|udp|sctp))?")


@dataclass(frozen=True, kw_only=True)
class ExplainOptions(StackOptions, OutputOptions):
    """The arguments and flags of `topo explain`."""

    source: Annotated[
        str,
        typer.Argument(
            metavar="A",
            help="A service, world or host; or the code of a rule, as in T204.",
            show_default=False,
        ),
    ]
    target: Annotated[
        str | None,
        typer.Argument(
            metavar="B[:PORT]",
            help="A service, world or host; with a port if only that one is meant, as in db:5432. "
            "Without it, everybody that A reaches or is reached by.",
            show_default=False,
        ),
    ] = None
    even_through: Annotated[
        bool, typer.Option("--even-through", help="Also by taking over others, one after another.")
    ] = False


def explain(options: ExplainOptions, world: World) -> Explain | Surroundings | RuleLine:
    """Say why A can or cannot reach B.

    Shows the exact path, both ways, by name, through others, and what would change it. Without B, whom A
    reaches directly and in how many steps. With the code of a rule, what the rule is for. Needs no Docker.
    """
    if options.target is None and _CODE.fullmatch(options.source):
        return _rule(options.source)
    from cli.wiring import loaded
    from topology.graph import topology_of

    stack = loaded(options, world).stack
    topology = topology_of(stack)
    source = _end(topology, options.source)
    if options.target is None:
        return surroundings(stack.name, topology, source)
    name, port, protocol = _aimed(topology, options.target)
    target = _end(topology, name)
    if source == target:
        raise CommandError(f"{options.source} and {options.target} are one", "name two, or one alone")
    found = explained(stack.name, topology, source, target, port=port, protocol=protocol)
    return replace(found, even_through=options.even_through)


def _rule(code: str) -> RuleLine:
    """The documentation of a rule.

    Raises:
        CommandError: there is none of that code.
    """
    for line in rule_lines():
        if line.rule == code:
            return line
    raise CommandError(f"there is no rule {code}", "topo check --rules lists them")


def explained(
    stack: str,
    topology: Topology,
    source: End,
    target: End,
    *,
    port: int | None = None,
    protocol: str = "tcp",
) -> Explain:
    """All about one pair."""
    from topology.reach import explain as explanation

    found = explanation(topology, source, target, port, protocol)
    return Explain(
        stack=stack,
        port=None if port is None else f"{port}/{protocol}",
        there=_direction(found.there, found.name_there),
        back=_direction(found.back, found.name_back),
        through_others=Chain(
            answer=found.through_answer.value,
            steps=tuple(route.text for route in found.through),
            doubts=found.through_doubts,
        ),
        remedy=_remedy(found),
        assumptions=found.there.assumptions,
    )


def surroundings(stack: str, topology: Topology, subject: End) -> Surroundings:
    """All about one service, or one of the two ends that are none."""
    from topology.graph import HOST, WORLD
    from topology.reach import blast_radius, by_name, named, reach

    everybody: tuple[End, ...] = (*topology.members, WORLD, HOST)
    others = [end for end in everybody if end != subject]
    blast = blast_radius(topology, subject)
    member = topology.members.get(subject) if isinstance(subject, str) else None
    return Surroundings(
        stack=stack,
        subject=named(subject),
        networks=tuple(member.joints) if member else (),
        out=tuple(
            _direction(reach(topology, subject, end), by_name(topology, subject, end)) for end in others
        ),
        into=tuple(
            _direction(reach(topology, end, subject), by_name(topology, end, subject)) for end in others
        ),
        hops=blast.hops,
        doubtful=blast.doubtful,
        doubts=blast.why,
    )


def _aimed(topology: Topology, text: str) -> tuple[str, int | None, str]:
    """`db:5432/udp` → its parts. A service of that very name comes first.

    Raises:
        CommandError: the number is that of no port.
    """
    match = None if text in topology.members else _PORT.fullmatch(text)
    if match is None:
        return text, None, "tcp"
    port = int(match["port"][:6])
    if not 0 < port < 65536:
        raise CommandError(f"{match['port']} is no port", "a port is a number from 1 to 65535")
    return match["name"], port, match["protocol"] or "tcp"


def _end(topology: Topology, name: str) -> End:
    """A service by its name, else world or host.

    Raises:
        CommandError: it is none of them.
    """
    from topology.graph import HOST, WORLD

    if name in topology.members:
        return name
    places = {"world": WORLD, "host": HOST}
    if name in places:
        return places[name]
    from topology.nearest import nearest

    known = [*topology.members, *places]
    near = nearest(name, known)
    hint = f"did you mean {near}?" if near else f"there are: {', '.join(known)}"
    raise CommandError(f"there is no service {name}", hint)


def _direction(verdict: Verdict, naming: ByName) -> Direction:
    from topology.reach import named

    return Direction(
        source=named(verdict.source),
        target=named(verdict.target),
        answer=verdict.answer.value,
        ways=tuple(map(_way, verdict.routes)),
        reasons=verdict.reasons,
        by_name=Naming(
            answer=naming.answer.value, name=naming.name, network=naming.network, reason=naming.reason
        ),
    )


def _way(route: Route) -> Way:
    return Way(
        text=route.text, how=route.kind.value, network=route.network, opens=route.opens, doubt=route.doubt
    )


def _remedy(found: Explanation) -> tuple[str, ...]:
    """What would turn the answer around: one opening is enough, while each way has to be closed."""
    from topology.reach import Answer

    if found.there.answer is not Answer.YES:
        return (found.opener,) if found.opener else ()
    return tuple(dict.fromkeys(filter(None, map(_closing, found.there.routes))))


def _closing(route: Route) -> str:
    from topology.reach import Kind

    source, target, network = route.source, route.target, route.network
    instead = "" if route.on_node else ", or publish it on 127.0.0.1"
    return {
        Kind.SAME_STACK: f"give {source} a network of its own",
        Kind.DIRECT: f"take {source} or {target} off {network}",
        Kind.PUBLISHED: f"do not publish {route.aim}{instead}",
        Kind.TO_HOST: f"take {target} out of the host's network",
        Kind.ROUTED: f"take {target} off {network}, which is routed",
        Kind.IPV6: "switch IPv6 off on one of the two networks",
        Kind.EXIT: f"make {network} internal, and every other network that {source} is on",
        Kind.FORWARDED: f"take NET_ADMIN from {source}",
    }.get(route.kind, "")

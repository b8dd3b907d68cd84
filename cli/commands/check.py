"""`topo check`."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import EngineOptions, NodeOptions, SavingOptions, StackOptions
from cli.report.check import Check, Size, claim_lines
from cli.report.packets import NO_PACKETS, packets_of
from cli.report.rules import Rules, rule_lines
from cli.world import World
from topology.codes import UNSURE
from topology.structs import replace

if TYPE_CHECKING:
    from topology.findings import Finding
    from topology.graph import Running
    from topology.load import Loaded


class CheckFormat(enum.Enum):
    """How a check is written."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    JUNIT = "junit"
    TAP = "tap"
    GITHUB = "github"
    MARKDOWN = "markdown"


@dataclass(frozen=True, kw_only=True)
class CheckOptions(StackOptions, EngineOptions, NodeOptions, SavingOptions):
    """The flags of `topo check`."""

    format: Annotated[
        CheckFormat,
        typer.Option(
            "--format",
            metavar="FORMAT",
            help="How to write it: text, json, sarif, junit, tap, github (annotations) or markdown.",
        ),
    ] = CheckFormat.TEXT
    strict: Annotated[bool, typer.Option("--strict", help="Let warnings fail the check too.")] = False
    verbose: Annotated[
        bool, typer.Option("-v", "--verbose", help="Show every warning and note with its line.")
    ] = False
    rules: Annotated[bool, typer.Option("--rules", help="List the rules instead.")] = False
    live: Annotated[
        bool, typer.Option("--live", help="Hold claims and rules against what runs; only reads.")
    ] = False
    engine_wide: Annotated[
        bool,
        typer.Option(
            "--engine-wide",
            help="With all that runs on the engine, not only who joined the stack's networks; means --live.",
        ),
    ] = False

    probe: Annotated[
        bool,
        typer.Option(
            "--probe",
            help="Prove it by packets from inside the containers' networks, as root; means --live.",
        ),
    ] = False

    probe_image: Annotated[
        str | None,
        typer.Option(
            "--probe-image",
            metavar="IMAGE",
            help="Probe by containers of this image, which must have busybox: for an engine elsewhere, or "
            "without root. They are gone afterwards. Means --probe.",
        ),
    ] = None

    @property
    def looks(self) -> bool:
        """Whether an engine is asked."""
        return self.live or self.engine_wide or self.probes

    @property
    def probes(self) -> bool:
        """Whether packets are sent."""
        return self.probe or self.probe_image is not None


def check(options: CheckOptions, world: World) -> Check | Rules:
    """Validate the stack and prove its claims.

    Needs no Docker, unless what runs is to be checked too. Exits with 2 if a claim is broken or a rule is
    violated, with 1 if the stack cannot be read.
    """
    return Rules(rules=rule_lines()) if options.rules else proved(options, world)


def proved(options: CheckOptions, world: World) -> Check:
    """What there is to say about the stack that the flags mean, also where it cannot be read."""
    from cli.wiring import read
    from topology.findings import StackError

    try:
        found = read(options, world)
    except StackError as error:
        return Check(
            stack=None, size=None, strict=options.strict, verbose=options.verbose, findings=error.findings
        )
    if options.looks:
        return _of_what_runs(found, options, world)
    return checked(found, world, strict=options.strict, verbose=options.verbose)


def _of_what_runs(found: Loaded, options: CheckOptions, world: World) -> Check:
    """What there is to say about the stack as it runs."""
    from cli.wiring import watched
    from reconciler.expand import expand
    from reconciler.live import running
    from topology.graph import topology_of

    seen = watched(options, world, found.stack.engine, options.nodes)
    desired = expand(found.stack, seen.reader.traits)
    survey = seen.reader.survey(desired, everybody=options.engine_wide)
    there = running(topology_of(found.stack), desired, survey, everybody=options.engine_wide)
    packets = NO_PACKETS
    if options.probes:
        from cli.probing import prober
        from reconciler.probe.proof import proved as proved_by_packets

        image, said = options.probe_image, found.stack.engine
        sender = prober(options, world, survey, image=image, said=said, nodes=options.nodes)
        proof = proved_by_packets(found.stack, there, survey, sender)
        there, packets = replace(there, probed=proof.probed), packets_of(proof)
    report = checked(found, world, there, strict=options.strict, verbose=options.verbose)
    return replace(report, live=seen.called, packets=packets)


def checked(
    found: Loaded,
    world: World,
    running: Running | None = None,
    *,
    strict: bool = False,
    verbose: bool = False,
) -> Check:
    """What there is to say about a stack that could be read, or about it as it runs."""
    from topology.graph import topology_of
    from topology.rules import check as ruled
    from topology.rules import score

    stack, claims = found.stack, found.stack.policy.claims
    topology = running.own if running else topology_of(stack)
    today = world.now().date()
    read = tuple(one for one in found.findings if running is None or not _is_known_live(one))
    findings = ruled(stack, topology, running=running, source=found.source, today=today, also=read)
    places = tuple(found.source.find(("policy", "claims", index)) for index in range(len(claims)))
    return Check(
        stack=stack.name,
        size=Size(services=len(stack.services), networks=len(stack.networks), claims=len(claims)),
        strict=strict,
        verbose=verbose,
        score=score(topology),
        claims=claim_lines(claims, places, findings),
        findings=tuple(sorted(findings, key=lambda finding: finding.order)),
    )


def _is_known_live(finding: Finding) -> bool:
    """What the file leaves open of a network, and an engine that was asked has answered."""
    return finding.code == UNSURE and finding.path[:1] == ("networks",)

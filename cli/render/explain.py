"""`topo explain` for people: the answer, then the path that proves it or what is in the way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from cli.render.cells import padded, visible, width
from cli.render.ink import Ink, Look
from cli.render.words import counted, listed
from cli.report.explain import Chain, Direction, Explain, Naming, Surroundings

YES = "yes"
NO = "no"
PLACES = {"world", "host"}


def text(report: Explain, look: Look) -> str:
    """Both directions, the way through others, and what would change it."""
    ink = look.ink
    port = f" on {report.port.removesuffix('/tcp')}" if report.port else ""
    if report.even_through:
        return _even_through(report, port, ink)
    there = [_answer(report.there, ink, port), *_proof(report.there, ink)]
    there += _through(report.through_others, report.there, ink)
    turn = "to close it" if report.there.answer == YES else "to open it"
    there += [_entry(turn if index == 0 else "", line) for index, line in enumerate(report.remedy)]
    back = [_answer(report.back, ink), *_proof(report.back, ink)]
    notes = [f"assuming {visible(assumption)}" for assumption in report.assumptions]
    return "\n\n".join("\n".join(part) for part in (there, back, [ink.faint(note) for note in notes]) if part)


def _even_through(report: Explain, port: str, ink: Ink) -> str:
    """The answer through others, with the connections one after another."""
    chain, there = report.through_others, report.there
    others = len(chain.steps) - 1
    if chain.answer == YES and not others:
        return "\n".join([f"{_answer(there, ink, port)}, directly", *_proof(there, ink)])
    source, target = ink.strong(visible(there.source)), ink.strong(visible(there.target))
    if chain.answer == YES:
        head = f"{source} {ink.warning('can reach')} {target}{port} through {counted(others, 'other')}"
    elif chain.answer == NO:
        return f"{source} {ink.good('cannot reach')} {target}{port}, not even through others"
    else:
        head = f"{source} {ink.error('may reach (not provable)')} {target}{port} through others"
    steps = [_entry(f"step {number}", visible(step)) for number, step in enumerate(chain.steps, 1)]
    doubts = [_entry("perhaps" if index == 0 else "", visible(one)) for index, one in enumerate(chain.doubts)]
    return "\n".join([head, *steps, *doubts])


def surroundings(report: Surroundings, look: Look) -> str:
    """Whom one service reaches, who reaches it, and whom it would reach by taking over others."""
    ink = look.ink
    on = f" is on {listed(map(visible, report.networks))}" if report.networks else ""
    parts = [
        [ink.strong(visible(report.subject)) + on, *_radius(report)],
        [ink.strong("reaches"), *_table(report.out, ink, outward=True)],
        [ink.strong("is reached by"), *_table(report.into, ink, outward=False)],
        list(_beyond(report, ink)),
    ]
    return "\n\n".join("\n".join(part) for part in parts if part)


def _radius(report: Surroundings) -> Iterator[str]:
    """How far somebody gets who takes the subject over: `blast radius: 2 services directly, 1 in 2 steps`."""
    steps = Counter(report.hops.values())
    if not steps:
        return
    parts = [
        counted(steps[hops], "service") + " directly" if hops == 1 else f"{steps[hops]} in {hops} steps"
        for hops in sorted(steps)
    ]
    parts += [f"perhaps {len(report.doubtful)} more"] if report.doubtful else []
    yield f"blast radius: {', '.join(parts)}"


def _answer(direction: Direction, ink: Ink, port: str = "") -> str:
    verb = {YES: ink.warning("can reach"), NO: ink.good("cannot reach")}.get(
        direction.answer, ink.error("may reach (not provable)")
    )
    return f"{ink.strong(visible(direction.source))} {verb} {ink.strong(visible(direction.target))}{port}"


def _proof(direction: Direction, ink: Ink) -> Iterator[str]:
    """The ways there are, or why there are none; then whether a name leads there."""
    for index, way in enumerate(direction.ways):
        doubt = f"  {ink.faint(f'if {way.doubt}')}" if way.doubt else ""
        yield _entry("path" if index == 0 else "", visible(way.text) + doubt)
    if direction.answer != YES:
        for index, reason in enumerate(direction.reasons):
            yield _entry("because" if index == 0 else "", visible(reason))
    if direction.answer != NO and not {direction.source, direction.target} & PLACES:
        yield _entry("by name", _name(direction.by_name))


def _name(naming: Naming) -> str:
    if naming.answer == YES:
        why = f", {naming.reason}" if naming.reason else ""
        return f"{naming.name} on {naming.network}{why}"
    return visible(f"{naming.answer}: {naming.reason}" if naming.reason else naming.answer)


def _through(chain: Chain, there: Direction, ink: Ink) -> Iterator[str]:
    """The chain through others, where there is no direct way and somebody might ask for one."""
    if there.answer == YES:
        return
    if chain.answer == NO:
        yield _entry("through", "nobody: no chain of services leads there either")
    for index, step in enumerate(chain.steps):
        yield _entry("through" if index == 0 else "", visible(step))
    for index, doubt in enumerate(chain.doubts):
        yield _entry("through" if index == 0 else "", ink.faint(visible(f"perhaps: {doubt}")))


def _table(directions: tuple[Direction, ...], ink: Ink, *, outward: bool) -> Iterator[str]:
    """One line for each that can be reached, then the others in one."""
    met = [direction for direction in directions if direction.answer != NO]
    wide = max((width(_other(direction, outward)) for direction in met), default=0)
    for direction in met:
        certain = direction.answer == YES
        way = direction.ways[0].text if direction.ways else "; ".join(direction.reasons)
        doubt = "" if certain else ink.faint(" (not provable)")
        yield f"  {padded(_other(direction, outward), wide)}  {visible(way)}{doubt}"
    apart = [_other(direction, outward) for direction in directions if direction.answer == NO]
    if not met:
        yield "  nobody"
    elif apart:
        yield "  " + ink.faint("not: " + ", ".join(apart))


def _other(direction: Direction, outward: bool) -> str:
    return visible(direction.target if outward else direction.source)


def _beyond(report: Surroundings, ink: Ink) -> Iterator[str]:
    far = {name: hops for name, hops in report.hops.items() if hops > 1}
    if far or report.doubtful:
        yield ink.strong("could reach, by taking over others on the way")
    for name, hops in far.items():
        yield f"  {visible(name)}  in {counted(hops, 'step')}"
    for name in report.doubtful:
        yield f"  {visible(name)}  {ink.faint('perhaps')}"
    for doubt in report.doubts:
        yield ink.faint(visible(f"  = {doubt}"))


def _entry(title: str, words: str) -> str:
    return f"  {title:<12} {words}"

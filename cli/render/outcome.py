"""`topo apply`, `topo adopt` and `topo destroy` for people, after the plan was shown: what came of it."""

from __future__ import annotations

from collections.abc import Iterator

from cli.render import plan
from cli.render.cells import visible
from cli.render.ink import Ink, Look
from cli.render.words import counted, listed
from cli.report.outcome import DONE, FAILED, SKIPPED, Adoption, DoneLine, Outcome, Removal
from cli.report.plan import ADOPT, AWAIT, CREATE, RECONNECT, REMOVE, REPLACE, UPDATE

_PAST = {
    CREATE: "created",
    UPDATE: "updated",
    AWAIT: "awaited",
    RECONNECT: "reconnected",
    REPLACE: "replaced",
    REMOVE: "removed",
    ADOPT: "adopted",
}


def text(report: Outcome, look: Look) -> str:
    """Failures with what is behind them, then one line that sums up; quiet, only what went wrong."""
    if report.plan.obstacles or not report.plan.steps:
        return _untouched(report, look)
    if look.quiet and not report.code:
        return ""
    ink = look.ink
    return "\n".join(
        [
            *_failures(report, ink),
            *_remarks(report, ink),
            *_unconverged(report, ink),
            summary(report, ink),
            *_distant(report),
        ]
    )


def summary(report: Outcome, ink: Ink) -> str:
    """Whether the engine is now as the stack says."""
    if report.interrupted:
        return f"{ink.warning('interrupted')}: {_counts(report)}; topo {report.kind} goes on from here"
    if report.taken_back:
        return f"{ink.error('taken back')}: {visible(listed(report.taken_back))} as before"
    if report.having(FAILED):
        return f"{ink.error('not finished')}: {_counts(report)}; topo {report.kind} goes on from here"
    if report.unconverged:
        return ink.error(
            "not converged: every step was done, but the engine does not show what was asked for"
        )
    changes = listed(f"{number} {_PAST[action]}" for action, number in report.plan.counts.items() if number)
    return f"{ink.good('done')}: {changes} in {report.seconds:.1f} s{_kept(report)}"


def _untouched(report: Outcome, look: Look) -> str:
    if isinstance(report, Removal) and not report.plan.obstacles:
        nothing = f"nothing to remove: {report.plan.stack} owns nothing here"
        return "" if look.quiet else look.ink.good(visible(nothing))
    if isinstance(report, Adoption) and not report.plan.obstacles:
        nothing = f"nothing to adopt: nothing of others here is what {report.plan.stack} wants"
        return "" if look.quiet else look.ink.good(visible(nothing))
    if look.quiet and not report.code:
        return ""
    return plan.text(report.plan, look)


def _failures(report: Outcome, ink: Ink) -> Iterator[str]:
    skipped = len(report.having(SKIPPED))
    for failure in report.having(FAILED):
        yield from _failure(report.plan.stack, failure, ink)
    if skipped:
        were = "step was" if skipped == 1 else "steps were"
        yield f"  = {skipped} later {were} skipped, everything else is as planned"


def _failure(stack: str, step: DoneLine, ink: Ink) -> Iterator[str]:
    yield f"{visible(stack)}: {step.address} {ink.error('failed')}: {visible(step.error)}"
    yield from (f"  = {visible(hint)}" for hint in step.hints)


def _remarks(report: Outcome, ink: Ink) -> Iterator[str]:
    for step in report.having(DONE):
        yield from (
            f"{ink.warning('note')}: {step.address}: on the way, {visible(hint)}" for hint in step.hints
        )


def _unconverged(report: Outcome, ink: Ink) -> Iterator[str]:
    for change in report.unconverged or ():
        names = listed(field.name for field in change.fields) or change.reason
        yield f"{ink.error('still differs')}: {change.address}: {visible(names)}"


def _counts(report: Outcome) -> str:
    """`5 of 9 steps done, 1 failed, 3 skipped`."""
    parts = [f"{len(report.having(DONE))} of {counted(len(report.plan.steps), 'step')} done"]
    others = [(len(report.having(FAILED)), FAILED), (len(report.having(SKIPPED)), SKIPPED)]
    parts += [f"{number} {result}" for number, result in others if number]
    return ", ".join([*parts, *([f"{len(report.remaining)} to go"] if report.remaining else [])])


def _distant(report: Outcome) -> Iterator[str]:
    """What stays where topo does not get, and how to get rid of it."""
    distant = report.distant if isinstance(report, Removal) else ()
    for one in distant:
        yield f"  kept on {visible(one.node)}: {visible(listed(one.volumes))}"
    if distant:
        yield "  = on each, `docker volume rm NAME` removes them; so does --volumes with --node URL for each"


def _kept(report: Outcome) -> str:
    if not isinstance(report, Removal) or not report.kept:
        return ""
    return f"; kept {counted(len(report.kept), 'volume')}: {listed(report.kept)} (--volumes removes them too)"

"""Plans as text: one line a step, in the plan's order, with what it has to wait for."""

from __future__ import annotations

from cli.render.steps import said
from reconciler.plan import Plan
from reconciler.state import Observed


def described(plan: Plan, observed: Observed) -> str:
    """`3 start s-a-1 (after 1, 2)`; ids are shown as the names that containers and networks have now."""
    names = {holder.id: holder.name for holder in observed.holders}
    names.update({network.id: network.name for network in observed.networks})
    numbers = {step: number for number, step in enumerate(plan.steps, 1)}
    lines = []
    for step, number in numbers.items():
        needs = ", ".join(str(one) for one in sorted(numbers[need] for need in plan.needs[step]))
        lines.append(f"{number} {said(step, names)}" + (f" (after {needs})" if needs else ""))
    return "\n".join(lines)

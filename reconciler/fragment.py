"""Pieces of a plan: steps, and the two words that tie them together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from reconciler.steps import Step


class Fragment:
    """A piece of a plan: steps, what each needs, and where it begins and ends.

    Two words build every plan: `then` and `beside`.
    """

    __slots__ = ("first", "last", "needs")

    def __init__(
        self,
        needs: Mapping[Step, frozenset[Step]] | None = None,
        first: frozenset[Step] = frozenset(),
        last: frozenset[Step] = frozenset(),
    ) -> None:
        self.needs: Mapping[Step, frozenset[Step]] = needs or {}
        self.first = first
        self.last = last

    @staticmethod
    def of(*steps: Step) -> Fragment:
        """Steps one after another."""
        whole = NOTHING
        for step in steps:
            only = frozenset({step})
            whole = whole.then(Fragment({step: frozenset()}, only, only))
        return whole

    @staticmethod
    def together(fragments: Iterable[Fragment]) -> Fragment:
        """Fragments side by side."""
        needs: dict[Step, frozenset[Step]] = {}
        first: set[Step] = set()
        last: set[Step] = set()
        for fragment in fragments:
            needs.update(fragment.needs)
            first |= fragment.first
            last |= fragment.last
        return Fragment(needs, frozenset(first), frozenset(last))

    def then(self, after: Fragment) -> Fragment:
        """`after` begins once everything `self` ends with is done."""
        if not self.needs or not after.needs:
            return self if self.needs else after
        joined = {step: after.needs[step] | self.last for step in after.first}
        return Fragment({**self.needs, **after.needs, **joined}, self.first, after.last)

    def beside(self, other: Fragment) -> Fragment:
        """Both at once."""
        return Fragment.together((self, other))

    @property
    def made(self) -> frozenset[Step]:
        """The last steps that change something, whether or not what they made works then."""
        found, ahead = set[Step](), [*self.last]
        while ahead:
            step = ahead.pop()
            if step.awaits:
                ahead += self.needs[step]
            else:
                found.add(step)
        return frozenset(found)

    def waiting(self, step: Step, on: Iterable[Step]) -> Fragment:
        """`step` of this fragment also waits for steps that are elsewhere in the plan."""
        needs = {**self.needs, step: self.needs[step] | frozenset(on)}
        return Fragment(needs, self.first, self.last)

    def __bool__(self) -> bool:
        return bool(self.needs)

    def __iter__(self) -> Iterator[Step]:
        return iter(self.needs)


NOTHING = Fragment()
"""The fragment without steps."""

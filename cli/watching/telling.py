"""Says what happens, a line at a time, as soon as it does."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from cli.identity import moment
from cli.options import Shown
from cli.report.news import Event, News
from cli.report.plan import ChangeLine
from cli.show import show
from cli.world import World


class Teller(Struct, frozen=True, kw_only=True):
    """Of one stack."""

    stack: str
    options: Shown
    world: World

    def __call__(self, event: Event, **said: Any) -> None:
        """What happened, in the words of `News`."""
        show(self.news(event, **said), self.options, self.world)
        self.world.stdout.flush()

    def news(self, event: Event, **said: Any) -> News:
        """The line, not yet shown."""
        return News(at=moment(self.world), event=event, stack=self.stack, **said)

    def drift(self, change: ChangeLine) -> None:
        """What differs, and how."""
        reason = "" if change.fields else change.reason
        self(
            Event.DRIFT,
            address=change.address,
            action=change.action,
            message=reason,
            fields=change.fields,
        )

"""What `topo watch` tells: a line for people, or a JSON object on a line."""

from __future__ import annotations

import json
from collections.abc import Iterator

from cli.render.cells import visible
from cli.render.document import document
from cli.render.fields import drifted, field_name
from cli.render.ink import Ink, Look
from cli.report.news import Event, News
from cli.report.plan import REMOVE

_GOOD = frozenset({Event.HEALED, Event.SETTLED, Event.BACK})
_BAD = frozenset({Event.FAILED, Event.OBSTACLE, Event.LOST, Event.REFUSED})


def text(news: News, look: Look) -> str:
    """The moment, what happened, to whom, and how."""
    ink = look.ink
    words = [ink.faint(news.at), _coloured(news.event, ink), visible(news.address), ", ".join(_said(news))]
    lines = [" ".join(filter(None, words)), *(f"  = {visible(hint)}" for hint in news.hints)]
    return "\n".join(lines)


def _coloured(event: Event, ink: Ink) -> str:
    word = f"{event.value:<8}"
    if event in _GOOD:
        return ink.good(word)
    if event in _BAD:
        return ink.error(word)
    return ink.changed(word) if event is Event.DRIFT else word


def _said(news: News) -> Iterator[str]:
    if news.event is Event.DRIFT and news.action == REMOVE:
        yield "is no longer wanted"
    elif news.message:
        yield visible(news.message)
    for field in news.fields:
        yield f"{field_name(field, news.stack)} {drifted(field)}"
    if news.seconds is not None:
        yield f"after {news.seconds:.1f} s"
    if news.retry_in:
        yield f"tried again in {news.retry_in:.0f} s"


def as_json(news: News, _look: Look) -> str:
    """One line, without what this event has nothing to say of."""
    said = {name: value for name, value in document(news).items() if value not in ("", [], None)}
    return json.dumps(said, ensure_ascii=False)

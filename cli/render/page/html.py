"""`topo graph --format html`: one file that shows, explains and answers, and asks nobody for anything."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

from cli.render.cells import visible
from cli.render.ink import Look
from cli.render.page.known import known
from cli.render.page.panels import changes, claims, findings, question, running, table
from cli.render.picture.fold import folded
from cli.render.picture.markup import content, element
from cli.render.picture.place import placed
from cli.render.picture.scene import scene
from cli.render.picture.shapes import Group, Placed, Text
from cli.render.picture.svg import shape, style
from cli.render.picture.words import summary, title
from cli.report.picture import Picture

ROWS, LANES = 400, 200
"""What is scrolled and searched well; with more, a picture is folded here too."""


def text(report: Picture, _look: Look) -> str:
    """The page."""
    drawn = placed(folded(scene(report), rows=ROWS, lanes=LANES), report)
    script = _beside("page.js")
    return "\n".join(
        [
            "<!DOCTYPE html>",
            '<html lang="en">',
            _head(report, script),
            '<body class="topo page">',
            _header(report),
            element("main", (), _drawn(drawn), _panels(report)),
            element("p", (("id", "spoken"), ("class", "hidden"), ("aria-live", "polite")), ""),
            element("div", (("id", "hint"), ("hidden", "hidden")), ""),
            element("script", (("type", "application/json"), ("id", "known")), _data(known(report))),
            f"<script>{script}</script>",
            "</body></html>",
        ]
    )


def _head(report: Picture, script: str) -> str:
    """Nothing but this very script runs, and nothing is fetched, whatever a stack file says."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'sha256-{digest}'"
    return element(
        "head",
        (),
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<link rel="icon" href="data:,">',
        element("title", (), content(f"{visible(title(report))} - topo")),
        element("style", (), style(), _beside("page.css")),
    )


def _header(report: Picture) -> str:
    search = element(
        "span",
        (),
        element("label", (("for", "search"),), "Search names, images, networks, ports"),
        '<input id="search" type="search" autocomplete="off">',
    )
    titles = element(
        "div",
        (),
        element("h1", (), content(visible(title(report)))),
        element("p", (), content(visible(summary(report)))),
    )
    return element("header", (), titles, search)


def _panels(report: Picture) -> str:
    panels = (question, running, changes, claims, findings, table)
    return element("aside", (("aria-label", "Answers"),), *(panel(report) for panel in panels))


def _drawn(picture: Placed) -> str:
    """The names of the lanes stay in sight; the rest scrolls below them."""
    heads = [one for one in picture.groups if one.kind.startswith(("lane ", "lane-head"))]
    body = [one for one in picture.groups if not one.kind.startswith("lane-head") and one.kind != "titles"]
    top = 64.0
    return element(
        "div",
        (("class", "drawn"), ("role", "region"), ("aria-label", "Picture"), ("tabindex", "0")),
        element(
            "svg",
            (("class", "heads"), ("aria-hidden", "true"), *_window(picture, top, picture.head)),
            *(_group(one) for one in heads),
        ),
        element(
            "svg",
            (
                ("class", "body"),
                ("role", "group"),
                ("aria-label", picture.description),
                *((f"data-{name}", value) for name, value in picture.marks),
                *_window(picture, picture.head, picture.height),
            ),
            *(f"\n{_reachable(one)}" for one in body),
        ),
    )


def _window(picture: Placed, top: float, bottom: float) -> tuple[tuple[str, str], ...]:
    w, h = f"{picture.width:.0f}", f"{bottom - top:.0f}"
    return (("width", w), ("height", h), ("viewBox", f"0 {top:g} {w} {h}"))


def _group(one: Group) -> str:
    marks = (("class", one.kind), *((f"data-{name}", value) for name, value in one.marks))
    return element("g", marks, *map(shape, one.shapes))


ACTIVE = ("row", "rail", "lane")
"""What can be chosen."""


def _reachable(one: Group) -> str:
    """A group for a pointer, the keyboard and a screen reader."""
    kind = one.kind.partition(" ")[0]
    marks = [("class", one.kind), *((f"data-{name}", value) for name, value in one.marks)]
    if one.title and kind in ACTIVE:
        marks += [("role", "button"), ("tabindex", "0"), ("aria-pressed", "false")]
        marks += [("aria-label", _label(one, kind)), ("aria-description", one.title)]
    elif one.title:
        marks += [("role", "img"), ("aria-label", one.title)]
    return element("g", marks, " ".join(map(shape, one.shapes)))  # a space, so that words stay apart


def _label(one: Group, kind: str) -> str:
    """What is to be read of it; a lane's name stands in the head, outside of it."""
    seen = " ".join(dict.fromkeys(each.text for each in one.shapes if isinstance(each, Text)))
    return seen if kind != "lane" else f"{one.title.partition(NEXT_LINE)[0]} {seen}".rstrip()


NEXT_LINE = "\n"


def _data(values: dict[str, Any]) -> str:
    """JSON that no markup can end."""
    told = json.dumps(values, ensure_ascii=True, separators=(",", ":"))
    return told.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _beside(name: str) -> str:
    return (Path(__file__).parent / name).read_text(encoding="utf-8")

"""The panels beside the picture: the question, what changed, claims, findings, the matrix."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import quote

from cli.render.cells import visible
from cli.render.page.known import named_in
from cli.render.picture.markup import content, element
from cli.render.picture.words import summary_of
from cli.render.words import counted
from cli.report.check import ClaimLine
from cli.report.picture import Picture, Sort, State
from cli.report.plan import ReachLine
from topology.findings import Finding, Severity, Span
from topology.reach import named
from topology.secrets import hidden

LARGEST = 64
"""Ends of which a table is drawn; of more, the page lists the neighbours of the one that is chosen."""
MOST = 200
"""Findings on a page: nobody reads further."""
SIGNS = {"y": ("●", "yes"), "n": ("·", "no"), "u": ("?", "not provable"), "-": ("", "")}


def question(report: Picture) -> str:
    return section(
        "Who reaches whom?",
        element(
            "p",
            (("class", "soft"),),
            "Click on two services, or choose them. Escape begins again.",
        ),
        element(
            "div",
            (("class", "ends"),),
            _choice("from", "From", report),
            element("button", (("id", "swap"), ("type", "button"), ("aria-label", "Swap the two ends")), "⇄"),
            _choice("to", "To", report),
        ),
        element("div", (("id", "answer"), ("class", "answer")), ""),
    )


def section(title: str, *inner: str) -> str:
    return element("section", (), element("h2", (), content(title)), *inner)


def _choice(key: str, label: str, report: Picture) -> str:
    """The places stand last among the ends, and first in the list."""
    ends = report.answers.ends if report.answers else ()
    last = len(ends) - 2
    options = [(last, "world (beyond this host)"), (last + 1, "host"), *enumerate(ends[:last])]
    return element(
        "span",
        (),
        element("label", (("for", key),), label),
        element(
            "select",
            (("id", key),),
            element("option", (("value", ""),), "choose"),
            *(element("option", (("value", str(at)),), content(name)) for at, name in options),
        ),
    )


def running(report: Picture) -> str:
    """Who is not well, and what somebody else changed."""
    if report.status is None:
        return ""
    odd = {name: state for name, state in report.states.items() if not state.is_fine}
    lines = (_how(name, state, line) for name, state in odd.items() for line in state.lines)
    return section(
        "What runs",
        element("p", (), content(visible(f"{report.status.engine}: {summary_of(report.status)}"))),
        element("ul", (("class", "plain"),), *lines) if odd else "",
    )


def _how(name: str, state: State, line: str) -> str:
    mood = element("span", (("class", f"mood {state.mood.value}"),), content(visible(name)))
    return element("li", (), mood, content(visible(f" {line}")))


def changes(report: Picture) -> str:
    """Reach gained and lost, where two stacks are compared, or the file and what runs."""
    reach = report.reachability
    if reach is None:
        return ""
    lines = [*_shifts("gained", "+", reach.gained), *_shifts("lost", "\N{MINUS SIGN}", reach.lost)]
    nothing = element("p", (), "Nobody reaches more or less.")
    return section(
        "Reach, beside the file" if report.status else "Reach",
        element("ul", (("class", "plain"),), *lines) if lines else nothing,
    )


def _shifts(kind: str, sign: str, lines: tuple[ReachLine, ...]) -> Iterator[str]:
    for line in lines[:MOST]:
        text = f"{sign} {line.source} → {line.target}: {line.path}"
        yield element("li", (("class", kind),), content(visible(text)))
    if len(lines) > MOST:
        yield element("li", (("class", kind),), f"and {len(lines) - MOST:,} more")


def claims(report: Picture) -> str:
    lines = report.check.claims
    if not lines:
        return ""
    return section("Claims", element("ul", (("class", "plain"),), *map(_claim, lines)))


def _claim(line: ClaimLine) -> str:
    kind = "n" if line.holds else "u"
    waived = f" (waived: {line.waived})" if line.waived else ""
    verdict = element("span", (("class", f"verdict {kind}"),), content(line.verdict))
    return element("li", (), verdict, content(visible(f" {line.text}{waived}")))


def findings(report: Picture) -> str:
    """The gravest first; notes are folded away."""
    found = sorted(report.check.findings, key=lambda one: (one.severity.rank, one.order))
    if not found:
        return section("Findings", element("p", (), "There are none."))
    grave = [one for one in found if one.severity is not Severity.NOTE]
    notes = found[len(grave) :]
    folded = (
        element("details", (), element("summary", (), counted(len(notes), "note")), _items(notes, report))
        if notes
        else ""
    )
    return section(f"Findings ({len(grave):,})", _items(grave, report) if grave else "", folded)


def _items(found: list[Finding], report: Picture) -> str:
    more = [element("li", (), f"and {len(found) - MOST:,} more: topo check -v")] if len(found) > MOST else []
    return element("ol", (), *(_finding(one, report) for one in found[:MOST]), *more)


def _finding(found: Finding, report: Picture) -> str:
    about = json.dumps(_about(found, report), ensure_ascii=False)
    kind = f"finding {found.severity.value}{' waived' if found.waived else ''}"
    says = f"{found.severity.value} {found.code}: {found.message}"
    parts = [element("button", (("type", "button"), ("data-about", about)), content(visible(says)))]
    if found.span:
        parts.append(element("div", (), _place(found.span, report.folder)))
        parts.append(element("pre", (("tabindex", "0"),), content(_excerpt(found.span, found.label))))
    elif found.label:
        parts.append(element("div", (), content(visible(found.label))))
    words = (found.mend, f"waived: {found.waived}" if found.waived else "")
    parts.extend(element("div", (("class", "soft"),), content(visible(text))) for text in words if text)
    return element("li", (("class", kind),), *parts)


def _about(found: Finding, report: Picture) -> dict[str, object]:
    """What a finding leads to in the picture; of a broken claim also the pair to ask about."""
    services, networks, pair = [], [], None
    match found.path:
        case ("services", str(name), *_):
            services.append(name)
        case ("networks", str(name), *_):
            networks.append(name)
        case ("policy", "claims", int(index)):
            claim = report.check.claims[index].text
            told = set(named_in(claim))
            services += [one.name for one in report.graph.services if one.name in told]
            broken = (one for one in report.flows if one.sort is Sort.BROKEN and one.claim == claim)
            pair = next(([named(one.source), named(one.target)] for one in broken), None)
    return {"services": services, "networks": networks, "pair": pair}


def _place(span: Span, folder: str) -> str:
    """A link to the file, unless it is none that a browser could open."""
    text = content(visible(str(span)))
    if ":" in span.file or span.file.startswith("<"):
        return text
    return element("a", (("href", f"{quote(folder + span.file)}#L{span.line}"),), text)


def _excerpt(span: Span, label: str) -> str:
    """The line with its caret, as `topo check` shows it."""
    line = visible(hidden(span.text))
    caret = " " * (span.column - 1) + "^" * max(1, span.width)
    return f"{line}\n{caret} {visible(label)}".rstrip()


def table(report: Picture) -> str:
    """Rows reach columns."""
    answers = report.answers
    if answers is None or len(answers.ends) > LARGEST:
        words = "There are too many services for a table: choose one to see whom it reaches."
        return section("Matrix", element("p", (("class", "soft"),), words))
    corner = element("td", (("class", "self"),), "")
    head = (element("th", (("scope", "col"),), content(visible(name))) for name in answers.ends)
    rows = (_row(at, answers.ends, answers.rows[at]) for at in range(len(answers.ends)))
    return section(
        "Matrix",
        element("p", (("class", "soft"),), "Rows reach columns: ● yes, ? not provable, · no."),
        element(
            "div",
            (("class", "table"),),
            element(
                "table",
                (("id", "cells"), ("role", "grid"), ("aria-label", "Who reaches whom")),
                element("thead", (), element("tr", (), corner, *head)),
                element("tbody", (), *rows),
            ),
        ),
    )


def _row(a: int, ends: tuple[str, ...], letters: str) -> str:
    name = element("th", (("scope", "row"),), content(visible(ends[a])))
    return element("tr", (), name, *(_cell(a, b, ends, letter) for b, letter in enumerate(letters)))


def _cell(a: int, b: int, ends: tuple[str, ...], letter: str) -> str:
    sign, word = SIGNS[letter]
    if a == b:
        return element("td", (("class", "self"),), "")
    return element(
        "td",
        (
            ("class", letter),
            ("data-a", str(a)),
            ("data-b", str(b)),
            ("tabindex", "0" if (a, b) == (0, 1) else "-1"),
            ("aria-label", f"{ends[a]} to {ends[b]}: {word}"),
        ),
        sign,
    )

"""A finding must be read in one glance, whatever the line it is on looks like."""

from __future__ import annotations

from cli.render.frame import WINDOW, framed
from cli.render.ink import Ink
from topology.findings import Finding, Related, Severity, Span


def finding(text: str, *, column: int = 1, width: int = 1, **more: object) -> Finding:
    """An error on line 31 of a file that reads `text` there."""
    span = Span(file="stack.yml", line=31, column=column, width=width, text=text)
    given = {"code": "T101", "severity": Severity.ERROR, "message": "claim broken", "span": span, **more}
    return Finding(**given)  # type: ignore[arg-type]  # fields by name


def test_a_finding_shows_its_place_its_line_a_caret_and_the_mend() -> None:
    related = Related(
        message="nginx joins db_nw", span=Span(file="stack.yml", line=6, column=24, width=5, text="")
    )
    found = finding(
        "  - nginx cannot reach db",
        column=5,
        width=5,
        message="claim broken: nginx cannot reach db",
        label="nginx is on web_nw and db_nw; db is on db_nw, so nginx can open db:5432",
        mend="take it out, or change the claim",
        related=(related,),
    )
    assert framed(found) == (
        "stack.yml:31:5: error T101: claim broken: nginx cannot reach db\n"
        "   |\n"
        "31 |   - nginx cannot reach db\n"
        "   |     ^^^^^ nginx is on web_nw and db_nw; db is on db_nw, so nginx can open db:5432\n"
        "   = nginx joins db_nw at stack.yml:6:24; take it out, or change the claim"
    )


def test_several_explanations_and_the_mend_stand_on_lines_of_their_own() -> None:
    related = tuple(Related(message=f"{name} joins web_nw") for name in ("nginx", "db"))
    assert framed(finding("- x", related=related, mend="split them")).splitlines()[-3:] == [
        "   = nginx joins web_nw",
        "   = db joins web_nw",
        "   = split them",
    ]


def test_a_caret_counts_columns_and_not_characters() -> None:
    _, _, line, caret = framed(finding("  数据库: web", column=3, width=3, label="here")).splitlines()
    assert line == "31 |   数据库: web"
    assert caret == "   |   ^^^^^^ here"


def test_a_combining_mark_takes_no_column() -> None:
    assert framed(finding("cafe\u0301: x", column=8)).splitlines()[-1] == "   |       ^"


def test_a_tab_is_shown_as_spaces_so_that_the_caret_stands_where_it_points() -> None:
    _, _, line, caret = framed(finding("\tweb:", column=2, width=3)).splitlines()
    assert (line, caret) == ("31 |     web:", "   |     ^^^")


def test_a_very_long_line_is_cut_around_its_caret() -> None:
    text = "a" * 3000 + "HERE" + "b" * 3000
    _, _, line, caret = framed(finding(text, column=3001, width=4)).splitlines()
    shown = line.removeprefix("31 | ")
    assert len(shown) == WINDOW
    assert shown[caret.removeprefix("   | ").index("^") :].startswith("HERE")
    assert shown.startswith("…")
    assert shown.endswith("…")


def test_a_span_longer_than_a_screen_is_cut_too() -> None:
    _, _, line, caret = framed(finding("x" * 5000, width=5000)).splitlines()
    assert len(line) == len(caret) == WINDOW + len("31 | ")


def test_what_a_file_holds_cannot_drive_the_terminal() -> None:
    shown = framed(finding("image: \x1b[2J\u202e", message="no image \x1b]0;mine\x07"))
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert "\\x1b[2J" in shown


def test_an_empty_line_has_no_frame_but_keeps_its_label() -> None:
    assert framed(finding("", label="nothing stands here")) == (
        "stack.yml:31:1: error T101: claim broken\n   = nothing stands here"
    )


def test_a_finding_without_a_place_still_says_everything() -> None:
    found = Finding(code="T001", severity=Severity.WARNING, message="no stack file", mend="write one")
    assert framed(found) == "warning T001: no stack file\n  = write one"


def test_a_span_past_the_end_of_its_line_still_gets_a_caret() -> None:
    assert framed(finding("web:", column=5)).splitlines()[-1] == "   |     ^"


def test_colour_adds_nothing_but_colour() -> None:
    found = finding("  - nginx", column=5, width=5, label="why", mend="what")
    coloured = framed(found, Ink(enabled=True))
    for code in ("1;31", "1", "2", "0"):
        coloured = coloured.replace(f"\x1b[{code}m", "")
    assert coloured == framed(found)

"""The codes of what can be wrong with a stack file itself, each with the title that reports show.

T0xx is the language (this table); the checks of `rules` begin at T100.
"""

from __future__ import annotations

UNREADABLE = "T001"
SYNTAX = "T002"
UNKNOWN_FIELD = "T003"
WRONG_VALUE = "T004"
MISSING = "T005"
DUPLICATE = "T006"
UNKNOWN_NAME = "T007"
CYCLE = "T008"
VARIABLE = "T009"
CONFLICT = "T010"
NOT_USED = "T011"
UNSURE = "T012"
MISREAD = "T013"

TITLES = {
    UNREADABLE: "a file cannot be read",
    SYNTAX: "the text is not YAML",
    UNKNOWN_FIELD: "a field does not exist",
    WRONG_VALUE: "a value does not fit its field",
    MISSING: "something required is missing",
    DUPLICATE: "a key stands twice in one mapping",
    UNKNOWN_NAME: "a name refers to nothing in the stack",
    CYCLE: "services wait for each other",
    VARIABLE: "a variable is unset or written wrongly",
    CONFLICT: "two statements exclude each other",
    NOT_USED: "a field is understood but not applied",
    UNSURE: "a statement can only be judged with an engine",
    MISREAD: "a value is not the text that was typed",
}

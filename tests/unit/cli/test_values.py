"""Values of fields fit on a line and read as in the stack file."""

from __future__ import annotations

import pytest

from cli.render.values import LONGEST, shown
from cli.render.words import counted, listed


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("image", "nginx:1.27", "nginx:1.27"),
        ("image", None, "unset"),
        ("hostname", "", '""'),
        ("read_only", True, "true"),
        ("mem_limit", 536870912, "512m"),
        ("cpus", 0.5, "0.5"),
        ("stop_grace_period", 90.0, "1m30s"),
        ("healthcheck", {"interval": 2.0}, "{interval: 2s}"),
        ("command", ["sleep", "5"], "[sleep, 5]"),
        ("healthcheck", {"test": ["CMD", "x"], "retries": 3}, "{test: [CMD, x], retries: 3}"),
        ("image", "sha256:" + "a" * 64, "sha256:" + "a" * 12),
        ("label", "a\x1bb", "a\\x1bb"),
    ],
)
def test_a_value_reads_as_in_the_file(name: str, value: object, text: str) -> None:
    assert shown(name, value) == text


def test_a_long_value_is_cut() -> None:
    assert len(shown("command", ["word"] * 100)) == LONGEST


def test_words_are_counted_and_listed() -> None:
    assert [counted(number, "policy") for number in (0, 1, 2)] == ["0 policies", "1 policy", "2 policies"]
    assert [listed("abc"[:number]) for number in range(4)] == ["", "a", "a and b", "a, b and c"]

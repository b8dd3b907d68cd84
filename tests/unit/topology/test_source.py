"""YAML as values with places, and what is refused."""

from __future__ import annotations

from pathlib import Path
from time import thread_time

import pytest

from topology.findings import Finding, Related, Severity, StackError
from topology.source import Typed, parse, read, understand
from topology.source.scalars import meant


def refusal(text: str) -> Finding:
    with pytest.raises(StackError) as refused:
        parse(text, "a.yml")
    return refused.value.findings[0]


@pytest.mark.parametrize("text", ["22:22", "on", "no", "3.10", "0644", "1e3", "0x10", "2020-01-01", "true"])
def test_a_scalar_stays_what_was_typed(text: str) -> None:
    assert parse(f"a: {text}", "a.yml")[0] == {"a": text}


@pytest.mark.parametrize("text", ["", "~", "null", "Null", "NULL"])
def test_only_null_is_told_apart(text: str) -> None:
    assert parse(f"a: {text}", "a.yml")[0] == {"a": None}


@pytest.mark.parametrize("text", ["'null'", '""', "!!str null"])
def test_quoted_null_is_text(text: str) -> None:
    root, _ = parse(f"a: {text}", "a.yml")
    assert isinstance(root, dict)
    assert isinstance(root["a"], str)


def test_a_merge_key_gives_way_to_what_is_said() -> None:
    root, places = parse("b: &b {x: 1, y: 2}\nc:\n  <<: *b\n  y: 3\n", "a.yml")
    assert root == {"b": {"x": "1", "y": "2"}, "c": {"x": "1", "y": "3"}}
    assert str(places.find(("c", "x"))) == "a.yml:1:11"
    assert str(places.key(("c", "y"))) == "a.yml:4:3"


def test_the_first_of_several_merged_mappings_wins() -> None:
    assert parse("c:\n  <<: [{x: 1}, {x: 2, y: 2}]\n", "a.yml")[0] == {"c": {"x": "1", "y": "2"}}


TEXT = """\
services:
  web:
    image: "nginx"   # comment
    networks: [front, back]
    ports:
      - 80:80
    environment:
      - A=1
    links: [{service: db}]
    empty:
"""


@pytest.mark.parametrize(
    ("path", "place", "width"),
    [
        (("services", "web", "image"), "3:12", 7),
        (("services", "web"), "2:3", 3),
        (("services", "web", "networks"), "4:15", 13),
        (("services", "web", "networks", 1), "4:23", 4),
        (("services", "web", "networks", "back"), "4:23", 4),
        (("services", "web", "ports", 0), "6:9", 5),
        (("services", "web", "ports", 0, "target"), "6:9", 5),
        (("services", "web", "ports", 7), "5:5", 5),
        (("services", "web", "environment", "A"), "8:9", 3),
        (("services", "web", "links", "db"), "9:13", 13),
        (("services", "web", "empty"), "10:5", 5),
        (("services", "web", "restart"), "2:3", 3),
        (("services", "db", "image"), "1:1", 8),
        ((), "1:1", 8),
    ],
)
def test_a_path_is_found_at_the_nearest_thing_the_file_holds(
    path: tuple[str | int, ...], place: str, width: int
) -> None:
    span = parse(TEXT, "a.yml")[1].find(path)
    assert span is not None
    assert (str(span), span.width) == (f"a.yml:{place}", width)


def test_columns_count_characters() -> None:
    span = parse("é: [ü, 'ö𝄞', x]", "a.yml")[1].find(("é", 2))
    assert span is not None
    assert (span.column, span.text) == (14, "é: [ü, 'ö𝄞', x]")


def test_place_fills_the_spans_that_are_missing() -> None:
    _, places = parse(TEXT, "a.yml")
    related = (Related(message="here", path=("services", "web")),)
    found = Finding(code="T1", severity=Severity.NOTE, message="m", path=("services",), related=related)
    placed = places.place(found)
    assert str(placed.span) == "a.yml:1:1"
    assert str(placed.related[0].span) == "a.yml:2:3"


def test_all_duplicate_keys_are_named_with_both_places() -> None:
    with pytest.raises(StackError) as refused:
        parse("a: 1\na: 2\nb: {c: 1, c: 2}\n", "a.yml")
    first, second = refused.value.findings
    assert (str(first.span), str(first.related[0].span)) == ("a.yml:2:1", "a.yml:1:1")
    assert (str(second.span), str(second.related[0].span)) == ("a.yml:3:11", "a.yml:3:5")


def bomb(levels: int) -> str:
    lines = [f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 9)}]\n" for level in range(1, levels)]
    return "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(lines)


@pytest.mark.parametrize(
    "text",
    [
        bomb(12),
        "[" * 100_000,
        "[1, " * 50_000,
        "{a: " * 50_000,
        "- " * 100_000,
        "? " * 50_000,
        "".join(f"a{level}: &a{level} [*a{level - 1}]\n" for level in range(1, 3000)),
        "a: &a [*a]",
        "\0",
        "\ud800",
        'a: "\\ud800"',
        "%YAML 3.0\n---\na: 1",
        "a: !!python/object:os.system x",
        "&a *a : 1",
    ],
    ids=lambda text: repr(text[:12]),
)
def test_hostile_text_is_refused_at_once(text: str) -> None:
    began = thread_time()
    finding = refusal(text)
    assert finding.code == "T002"
    assert finding.span is not None
    assert thread_time() - began < 2


def test_aliases_as_people_use_them_are_no_bomb() -> None:
    shared = "x: &x {a: [1, 2, 3], b: {c: d}}\n"
    services = "".join(f"s{number}: {{<<: *x, e: *x}}\n" for number in range(2000))
    root, _ = parse(shared + services, "a.yml")
    assert isinstance(root, dict)
    assert len(root) == 2001


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"a: \xff\n", "byte 0xff at line 1 is not UTF-8"),
        (b"a: 1\nb: \xe4\n", "byte 0xe4 at line 2 is not UTF-8"),
        ("a: 1".encode("utf-16"), "it is UTF-16"),
        (b"\x7fELF\0\0", "it is not a text file"),
        (b"#" * (10 * 1024 * 1024 + 1), "it is larger than 10 MB"),
    ],
)
def test_what_is_no_text_is_said_to_be_none(tmp_path: Path, content: bytes, reason: str) -> None:
    (tmp_path / "a.yml").write_bytes(content)
    with pytest.raises(StackError) as refused:
        read(tmp_path / "a.yml", "a.yml")
    assert refused.value.findings[0].message == f"cannot read a.yml: {reason}"


def test_a_missing_file_and_a_folder_are_told_apart(tmp_path: Path) -> None:
    for path, reason in ((tmp_path, "it is a folder"), (tmp_path / "x", "there is no such file")):
        with pytest.raises(StackError, match=reason):
            read(path)


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_bytes(b"\xef\xbb\xbfa: 1\r\nb: 2\r\n")
    root, places = parse(read(tmp_path / "a.yml"), "a.yml")
    assert root == {"a": "1", "b": "2"}
    assert str(places.find(("b",))) == "a.yml:2:4"


@pytest.mark.parametrize(
    ("typed", "column"),
    [
        ("claims: [a cannot raech b]", 19),
        ("claims: ['a cannot raech b']", 20),
        ('claims: ["a cannot \\x72aech b"]', 10),
    ],
)
def test_a_word_inside_a_text_is_found_unless_it_is_spelt_otherwise(typed: str, column: int) -> None:
    _, places = parse(typed, "stack.yml")
    span = places.word(("claims", 0), position=9, width=5)
    assert span is not None
    assert span.column == column


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("0o17", "15"), ("017", "15"), ("-0x1F", "-31"), ("0b11", "3"), ("08", "8"), ("1_000", "1000"),
        ("-0", "0"), ("+1", "1"), ("1.50", "1.5"), (".5", "0.5"), ("1.", "1"), ("-0.0", "-0"),
        ("1e3", "1000"),
        ("1000000.0", "1e+06"), ("0.00001", "1e-05"), ("1234567.5", "1.2345675e+06"), (".inf", "+Inf"),
        ("-.INF", "-Inf"), (".NaN", "NaN"), ("18446744073709551615", "18446744073709551615"),
        ("18446744073709551616", "1.8446744073709552e+19"), ("True", "true"),
        ("0o8", "0o8"), ("_1", "_1"), ("1e400", "1e400"), ("1.2.3", "1.2.3"), ("yes", "yes"), ("-", "-"),
        ("", ""), ("22:22", "22:22"), ("2020-01-01", "2020-01-01"),
    ],
)  # fmt: skip
def test_a_word_is_written_as_compose_writes_what_yaml_reads(typed: str, written: str) -> None:
    assert meant(typed) == written


def test_what_yaml_reads_is_kept_beside_what_was_typed_unless_it_is_quoted() -> None:
    root, _ = understand("[0o17, '0o17', 15]\n", "a.yml")
    assert root == ["0o17", "0o17", "15"]
    assert [item.meant for item in root or () if isinstance(item, Typed)] == ["15"]

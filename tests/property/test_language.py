"""Laws of the language: what is shown is read back, places point at what they claim, text never crashes."""

from __future__ import annotations

import json
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from cli.render import config
from cli.render.ink import Look
from cli.render.longform import long_written
from cli.render.stackfile import written
from cli.report.config import Config
from topology import units
from topology.findings import StackError
from topology.load import load
from topology.load.merge import laid_over
from topology.models import Stack
from topology.source import Map, Seq, Text, Value, parse

FAULTS = sorted((Path(__file__).parents[1] / "data" / "faults").glob("*.yml"))
HOME = Path("/srv/shop")
PIECES = (
    "null", "[]", "{}", "-1", "[[]]", "{a: b}", "&a", "*a", "<<: *a", "'", '"', "${", "${A:-${B}}", "$", "\t",
    ":", "- ", "#", "|", "\0", "\x85", "é", "9" * 40, "80-70:1", "x-y: 1", "services:", "---\n", "!t", "no",
    "10.0.0.1",
)  # fmt: skip


@st.composite
def stack_texts(draw: st.DrawFn) -> str:
    """Faulty files made worse: pieces put in, stretches taken out."""
    text = draw(st.sampled_from(FAULTS)).read_text()
    for _ in range(draw(st.integers(0, 3))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, min(len(text), start + 20)))
        text = text[:start] + draw(st.sampled_from(PIECES)) + text[end:]
    return text


@settings(deadline=None)
@given(text=stack_texts() | st.text())
def test_any_text_is_a_stack_or_findings_with_places(text: str) -> None:
    try:
        findings = load(["-"], environ={}, directory=HOME, stdin=text).findings
    except StackError as refused:
        findings = refused.findings
        assert findings
    assert all(finding.span is not None for finding in findings)
    assert list(findings) == sorted(findings, key=lambda finding: finding.order)


keys = st.text("abc", min_size=1, max_size=2)
trees = st.recursive(
    st.text("ab:#-{' é\n"),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(keys, inside, max_size=3),
)


def scalars(value: Value) -> list[Text]:
    if isinstance(value, Text):
        return [value]
    inside = [*value, *value.values()] if isinstance(value, Map) else value or []
    return [found for part in inside if isinstance(part, Text | Map | Seq) for found in scalars(part)]


@settings(deadline=None)
@given(tree=trees, flow=st.booleans())
def test_what_yaml_writes_is_read_and_each_place_holds_its_text(tree: object, flow: bool) -> None:
    unfolded = 10**6
    quoted = yaml.safe_dump(
        tree, default_style="'", default_flow_style=flow, allow_unicode=True, width=unfolded
    )
    root, _ = parse(quoted, "a.yml")
    assert root == tree
    for text in scalars(root):
        span = text.at.span()
        stretch = span.text[span.column - 1 : span.column - 1 + span.width]
        if "\n" not in text:
            assert stretch == "'" + text.replace("'", "''") + "'"


@given(seconds=st.integers(0, 10**15).map(lambda micros: micros / 1e6))
def test_a_duration_shown_is_read_back(seconds: float) -> None:
    assert abs(units.duration(units.show_duration(seconds)) - seconds) < 1e-6


@given(count=st.integers(0, 2**50))
def test_a_size_shown_is_read_back(count: int) -> None:
    assert units.size(units.show_size(count)) == count


def plainly(address: IPv4Address | IPv6Address) -> str:
    """An IPv4 address in the clothes of IPv6 is the IPv4 address."""
    return str(getattr(address, "ipv4_mapped", None) or address)


hosts = st.none() | st.ip_addresses().map(plainly)
ports = st.integers(1, 65535)
ranges = st.none() | st.tuples(ports, ports).map(lambda pair: (min(pair), max(pair)))


@given(host=hosts, outside=ranges, inside=ports, spoken=st.sampled_from(units.PROTOCOLS))
def test_a_port_shown_is_read_back(
    host: str | None, outside: tuple[int, int] | None, inside: int, spoken: str
) -> None:
    port = (host, outside, inside, spoken)
    assert list(units.published(units.show_port(*port))) == [port]


@settings(deadline=None)
@given(text=stack_texts())
def test_the_dump_of_a_stack_is_the_stack(text: str) -> None:
    try:
        stack = load(["-"], environ={}, directory=HOME, stdin=text).stack
    except StackError:
        return
    assert Stack.model_validate(stack.model_dump()) == stack
    assert Stack.model_validate(stack.model_dump(mode="json")) == stack


@settings(deadline=None)
@given(text=stack_texts(), long=st.booleans())
def test_what_config_prints_is_read_back_as_the_same_stack(text: str, long: bool) -> None:
    try:
        stack = load(["-"], environ={}, directory=HOME, stdin=text).stack
    except StackError:
        return
    write = config.as_json if long else config.text
    printed = write(report_of(stack), Look()) + "\n"
    again = load(["-"], environ={}, directory=HOME, stdin=printed, profiles=["*"]).stack
    assert again == stack
    assert write(report_of(again), Look()) + "\n" == printed


def report_of(stack: Stack) -> Config:
    return Config(stack=written(stack), long=long_written(stack))


@settings(deadline=None)
@given(below=stack_texts(), above=stack_texts())
def test_any_two_files_are_a_stack_or_findings_with_places(
    below: str, above: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("two")
    (folder / "one.yml").write_text(below, newline="")
    (folder / "two.yml").write_text(above, newline="")
    try:
        findings = load(["one.yml", "two.yml"], environ={}, directory=folder, name="shop").findings
    except StackError as refused:
        findings = refused.findings
        assert findings
    assert all(finding.span is not None for finding in findings)


words = st.sampled_from(("image", "command", "environment", "labels", "networks", "ports", "x"))
bodies = st.recursive(
    st.none() | st.sampled_from(("a", "b=1", "c")),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(words, inside, max_size=3),
)


@given(body=st.dictionaries(words, bodies, max_size=4), above=st.dictionaries(words, bodies, max_size=4))
def test_laying_over_keeps_what_is_not_spoken_of_and_never_changes_its_arguments(
    body: dict[str, object], above: dict[str, object]
) -> None:
    def service(said: object) -> Value:
        root, _ = parse(json.dumps({"services": {"web": said}}), "a.yml")
        return root

    first, second = service(body), service(above)
    made = laid_over(first, second)
    assert laid_over(first, None) == first
    assert first == service(body)
    assert second == service(above)
    assert isinstance(made, Map)
    web = made["services"]
    assert isinstance(web, Map)
    said = web["web"]
    assert isinstance(said, Map)
    assert set(said) == set(body) | set(above)
    assert all(said[key] == first["services"]["web"][key] for key in set(body) - set(above))  # type: ignore[index,call-overload]  # of YAML

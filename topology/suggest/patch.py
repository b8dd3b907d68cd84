"""Writes other networks into a stack file: what stays keeps its characters, comments and order."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml
from msgspec import Struct

from topology.models import Model, Service, Stack
from topology.suggest.edits import Document, Edit, applied, block, entry, flow, is_alias, is_block, scalar
from topology.suggest.suggestion import Suggestion

Settings = Mapping[str, Any]
"""What is said of one network, or of a service on it, in the file's own words; empty where it is nothing."""

_ALIAS = re.compile(r"\*[^\s,\]}]+")
_AFTER = ("image", "build", "restart", "ports")
"""Fields behind which a service's networks read well, the best first."""


class Joins(Struct, frozen=True, kw_only=True):
    """A service's networks; `retold` where one that it keeps is said otherwise than before."""

    said: Mapping[str, Settings]
    retold: bool = False


def edited(text: str, before: Stack, suggestion: Suggestion) -> str:
    """The text of a stack file with what a suggestion changes; `before` is the stack that the text says."""
    after = suggestion.stack
    services = {
        name: _joins(before.services[name], service)
        for name, service in after.services.items()
        if service is not before.services[name]
    }
    networks = {name: _said(one) for name, one in after.networks.items() if name not in before.networks}
    return rewritten(text, services, networks, set(suggestion.layout.gone))


def _joins(before: Service, after: Service) -> Joins:
    """What is to be said of a service's networks."""
    kept = before.networks.keys() & after.networks.keys()
    return Joins(
        said={network: _said(one) for network, one in after.networks.items()},
        retold=any(before.networks[network] != after.networks[network] for network in kept),
    )


def _said(part: Model) -> dict[str, Any]:
    """A part of a stack without what is as by default."""
    return part.model_dump(mode="json", exclude_defaults=True)


def rewritten(
    text: str,
    services: Mapping[str, Joins],
    networks: Mapping[str, Settings],
    gone: set[str],
) -> str:
    """The text with these networks for these services, with new `networks`, without those that are `gone`."""
    document = Document(text)
    edits: list[Edit] = []
    known = entry(document.root, "services")
    for key, value in known[1].value if known else ():
        if key.value in services:
            edits += _service(document, key, value, services[key.value])
    edits += _networks(document, networks, gone)
    return applied(text, edits)


def _service(document: Document, key: Any, value: Any, joins: Joins) -> Iterator[Edit]:
    if is_alias(key, value):
        yield from _unfolded(document, key, joins)
        return
    said, mode = entry(value, "networks"), entry(value, "network_mode")
    if said:
        yield from _replaced(document, *said, joins)
    elif mode:
        end = document.end(*mode)
        yield Edit(start=mode[0].start_mark.index, end=end, text=f"networks: {_flow(joins)}")
    else:
        yield _added(document, value, joins)


def _unfolded(document: Document, key: Any, joins: Joins) -> Iterator[Edit]:
    """`web: *base` as a mapping that merges the base and says its own networks."""
    found = _ALIAS.search(document.text, key.end_mark.index)
    if found:
        indent = " " * (key.start_mark.column + 2)
        lines = [f"<<: {found[0]}", f"networks: {_flow(joins)}"]
        text = "".join(f"{document.newline}{indent}{line}" for line in lines)
        yield Edit(start=len(document.text[: found.start()].rstrip(" ")), end=found.end(), text=text)


def _added(document: Document, service: Any, joins: Joins) -> Edit:
    """Networks for a service that says none."""
    line = f"networks: {_flow(joins)}"
    if service.flow_style:
        last = document.end(*service.value[-1])
        return Edit(start=last, end=last, text=f", {line}")
    indent = " " * service.value[0][0].start_mark.column
    for name in _AFTER:
        found = entry(service, name)
        if found and isinstance(found[1], yaml.ScalarNode) and not is_alias(*found) and _is_short(found[1]):
            return document.after(document.end(*found), [indent + line])
    return document.before(service.value[0][0].start_mark.index, [indent + line])


def _is_short(value: Any) -> bool:
    return bool(value.start_mark.line == value.end_mark.line)


def _replaced(document: Document, key: Any, value: Any, joins: Joins) -> Iterator[Edit]:
    """Other networks where some are said: item by item where each has a line, else the whole value."""
    if is_block(value) and not is_alias(key, value) and _kept(value, joins) and not joins.retold:
        yield from _by_line(document, value, joins)
        return
    end = document.end(key, value)
    start = document.text.index(":", key.end_mark.index) + 1
    yield Edit(start=start, end=max(end, start), text=f" {_flow(joins)}")


def _kept(value: Any, joins: Joins) -> list[Any]:
    return [item for item in value.value if _name(item) in joins.said]


def _name(item: Any) -> str:
    return str(item[0].value if isinstance(item, tuple) else item.value)


def _by_line(document: Document, value: Any, joins: Joins) -> Iterator[Edit]:
    """Takes out the lines of networks that are left, and puts in new ones behind the last that stays."""
    listed = isinstance(value, yaml.SequenceNode)
    for item in value.value:
        if _name(item) not in joins.said:
            yield document.without(*(item if isinstance(item, tuple) else (item, item)))
    last = _kept(value, joins)[-1]
    first = last[0] if isinstance(last, tuple) else last
    known = {_name(item) for item in value.value}
    start = document.line_start(first.start_mark.index)
    indent = document.text[start : first.start_mark.index] if listed else " " * first.start_mark.column
    lines = [
        line
        for name, settings in joins.said.items()
        if name not in known
        for line in ([indent + scalar(name)] if listed else block(name, settings, indent))
    ]
    if lines:
        yield document.after(document.end(*(last if isinstance(last, tuple) else (last, last))), lines)


def _flow(joins: Joins) -> str:
    return flow(joins.said) if any(joins.said.values()) else flow(list(joins.said))


def _networks(document: Document, networks: Mapping[str, Settings], gone: set[str]) -> Iterator[Edit]:
    """The declarations at the top of the file."""
    found = entry(document.root, "networks")
    if found is None:
        yield from _declared(document, networks)
        return
    key, value = found
    if is_block(value):
        yield from _block_networks(document, value, networks, gone)
    elif isinstance(value, yaml.MappingNode) and value.value:
        kept = [
            document.text[name.start_mark.index : document.end(name, each)]
            for name, each in value.value
            if name.value not in gone
        ]
        added = [f"{scalar(name)}: {flow(each)}" for name, each in networks.items()]
        yield Edit(
            start=value.start_mark.index,
            end=value.end_mark.index,
            text="{" + ", ".join([*(_open_ended(one.rstrip()) for one in kept), *added]) + "}",
        )
    elif networks:
        start = document.text.index(":", key.end_mark.index) + 1
        lines = [line for name, each in networks.items() for line in block(name, each, "  ")]
        text = "".join(f"{document.newline}{line}" for line in lines)
        yield Edit(start=start, end=max(start, document.end(key, value)), text=text)


def _open_ended(text: str) -> str:
    """A key without a value needs a space behind its colon on one line with others."""
    return f"{text} " if text.endswith(":") else text


def _block_networks(
    document: Document, value: Any, networks: Mapping[str, Settings], gone: set[str]
) -> Iterator[Edit]:
    indent = " " * value.value[0][0].start_mark.column
    for name, each in value.value:
        if name.value in gone:
            yield document.without(name, each)
    lines = [line for name, each in networks.items() for line in block(name, each, indent)]
    if lines:
        yield document.after(document.end(*value.value[-1]), lines)


def _declared(document: Document, networks: Mapping[str, Settings]) -> Iterator[Edit]:
    """A section of its own where there was none."""
    if not networks:
        return
    if document.root.flow_style:
        last = document.end(*document.root.value[-1])
        yield Edit(start=last, end=last, text=f", networks: {flow(networks)}")
        return
    lines = [line for name, each in networks.items() for line in block(name, each, "  ")]
    end, newline = len(document.text), document.newline
    begun = "" if document.text.endswith("\n") else newline
    text = begun + newline.join(["", "networks:", *lines, ""])
    yield Edit(start=end, end=end, last=True, text=text)

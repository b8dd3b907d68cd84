"""`topo config`: the resolved stack as YAML or JSON, or names of its parts, a line each."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import yaml

from cli.render.ink import Look
from cli.report.config import Config
from topology.source.scalars import meant


def text(report: Config, _look: Look) -> str:
    """YAML that reads back as the same stack."""
    if report.names is not None:
        return "\n".join(report.names)
    return dumped(report.stack).removesuffix("\n")


def dumped(stack: Mapping[str, Any]) -> str:
    """A stack as YAML."""
    return yaml.dump(
        stack,
        Dumper=_Dumper,
        sort_keys=False,
        allow_unicode=True,
        width=10_000,
        default_flow_style=False,
    )


def as_json(report: Config, _look: Look) -> str:
    """The same as JSON, in long forms. It is a stack file too, and so carries no version of a report."""
    return json.dumps(report.long if report.names is None else report.names, indent=2, ensure_ascii=False)


class _Dumper(yaml.SafeDumper):
    """Quotes what a reader of YAML 1.2 takes for a number, as well as what one of 1.1 does."""

    def ignore_aliases(self, data: Any) -> bool:
        """A value that occurs twice is written twice."""
        del data
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        """Indents lists below their key, as people write them."""
        del indentless
        super().increase_indent(flow, False)

    def choose_scalar_style(self) -> str:
        """One kind of quotes."""
        style = super().choose_scalar_style()
        return '"' if style == "'" else style


def _string(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    quoted = _QUOTED.fullmatch(value) or meant(value) != value
    style = "|" if "\n" in value else '"' if quoted else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


def _nothing(dumper: yaml.SafeDumper, _value: None) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:null", "")


_QUOTED = re.compile(
    r"[-+]?(0o[0-7]+|0x[0-9a-f]+|(\.[0-9]+|[0-9]+(\.[0-9]*)?)(e[-+]?[0-9]+)?|\.inf|\.nan)|.*[0-9]:+[0-9].*",
    re.IGNORECASE,
)
"""Numbers of YAML 1.2, and what people quote because older readers took it for one: `8080:80`."""

_Dumper.add_representer(str, _string)
_Dumper.add_representer(type(None), _nothing)

"""A new stack file: from nothing, or from one that is there, with what a check says of it as comments."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping
from typing import Final

import yaml

from topology.findings import Finding, Span

_WIDTH: Final = 100
_MODELINE: Final = """\
# yaml-language-server: $schema=topo.schema.json
# The line above is for editors; `topo schema > topo.schema.json` makes the file that it names.
"""

_FROM_NOTHING: Final = """\
#
#   topo check     proves the claims at the end; needs no Docker
#   topo plan      shows what would change, field by field, and why
#   topo apply     does that and nothing else; run it again and there is nothing to do
#
# The words are Compose's. Only `policy:` is topo's own.

name: {name}                     # every container, network and volume is called after it

services:

  web:                           # the edge: the only service that the world may reach
    image: nginx:alpine
    ports: ["8080:80"]           # 127.0.0.1:8080:80 would keep it on this machine
    networks: [front]            # not back: that is what keeps it from the database
    links: [app]                 # a need: web opens connections to app
    restart: unless-stopped

  app:                           # between the two: on both networks
    image: python:3.12-slim      # or `build: ./app`, built anew when its files change
    command: [python, -m, http.server, "8000"]
    networks: [front, back]
    links: ["db:database"]       # the need, and the name that app calls db by
    restart: unless-stopped

  db:
    image: postgres:16-alpine
    environment:
      POSTGRES_PASSWORD: ${{DB_PASSWORD:-change-me}}   # from the shell or a .env file beside this one
    volumes: ["db_data:/var/lib/postgresql/data"]    # topo never removes a volume unless you ask for it
    networks: [back]
    restart: unless-stopped

networks:
  front:
  back:
    internal: true               # no way out to the world

volumes:
  db_data:

policy:
  default: deny                  # whoever can reach another without a link is an error; warn, allow: milder
  claims:                        # sentences that `topo check` proves, or says why not
    - web cannot reach db
    - only app can reach db
    - db cannot reach world
"""

_POLICY: Final = """
# What must hold. Take the signs away, put in your names, and `topo check` proves it:
# policy:
#   default: deny                # whoever can reach another without a link is an error
#   claims:
#     - {first} cannot reach {last}
"""


def from_nothing(name: str) -> str:
    """A stack of three services that can be checked as it is."""
    return _MODELINE + _FROM_NOTHING.format(name=name)


def annotated(text: str, file: str, findings: Iterable[Finding], services: Iterable[str]) -> str:
    """`text` with each finding as a comment above the line that it is about; nothing else is changed."""
    lines = text.splitlines()
    starts = _starts(text)
    above: dict[int, list[str]] = {}
    for found in findings:
        span = found.span if found.span and found.span.file == file else None
        at = starts.get(span.line - 1, span.line - 1) if span else 0
        above.setdefault(min(at, max(len(lines) - 1, 0)), []).extend(_comment(found, span, lines))
    body = [line for number, said in enumerate(lines) for line in (*above.get(number, ()), said)]
    return _MODELINE + "\n".join(body) + "\n" + _suggested(lines, list(services))


def _starts(text: str) -> Mapping[int, int]:
    """Line → the first line of the text value that it is within: no comment can stand inside one."""
    found: dict[int, int] = {}
    try:
        for token in yaml.scan(text, Loader=yaml.SafeLoader):
            if isinstance(token, yaml.ScalarToken):
                first, last = token.start_mark.line, token.end_mark.line
                found.update(dict.fromkeys(range(first + 1, last + 1), found.get(first, first)))
                if token.style in ("|", ">") or token.end_mark.column == 0:
                    found.pop(last, None)
    except yaml.YAMLError:
        return found
    return found


def _comment(found: Finding, span: Span | None, lines: list[str]) -> list[str]:
    line = lines[span.line - 1] if span and span.line <= len(lines) else ""
    indent = line[: len(line) - len(line.lstrip())]
    said = [f"topo: {found.severity.value} {found.code}: {found.message}"]
    said += [f"  {found.label}"] if found.label else []
    said += [f"  = {found.mend}"] if found.mend else []
    width = max(_WIDTH - len(indent), 40)
    return [
        f"{indent}# {part}"
        for each in said
        for part in textwrap.wrap(each, width, subsequent_indent="    ", drop_whitespace=True)
    ]


def _suggested(lines: list[str], services: list[str]) -> str:
    if len(services) < 2 or any(line.startswith("policy:") for line in lines):
        return ""
    return _POLICY.format(first=services[0], last=services[-1])

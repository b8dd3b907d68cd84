"""Lines of several logs as one: by time, or as they come."""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from cli.options import Format, OutputOptions
from cli.render.cells import padded, visible, width
from cli.render.ink import Ink
from cli.world import World
from reconciler.engines.console import Console, Wanted
from reconciler.errors import EngineError

_COLOURS = ("good", "changed", "strong", "faint")


@dataclass(frozen=True, slots=True, order=True)
class Line:
    """What a container printed, and when as the engine writes it."""

    moment: str
    container: str
    text: str


def all_lines(console: Console, containers: Iterable[str], wanted: Wanted) -> Iterator[Line]:
    """What was printed so far, by the time at which it was."""
    found = [
        Line(moment, container, text)
        for container in containers
        for moment, text in console.lines(container, wanted)
    ]
    yield from sorted(found, key=lambda line: line.moment)


def followed(console: Console, containers: Iterable[str], wanted: Wanted) -> Iterator[Line]:
    """What was printed so far, and then whatever comes, until all containers have ended."""
    lines: queue.SimpleQueue[Line | EngineError | None] = queue.SimpleQueue()

    def listen(container: str) -> None:
        try:
            for moment, text in console.lines(container, replace(wanted, follow=True)):
                lines.put(Line(moment, container, text))
        except EngineError as error:
            lines.put(error)
        else:
            lines.put(None)

    threads = [threading.Thread(target=listen, args=(one,), daemon=True) for one in containers]
    for thread in threads:
        thread.start()
    left = len(threads)
    while left:
        line = lines.get()
        if isinstance(line, Line):
            yield line
        elif line is None:
            left -= 1
        else:
            raise line


@dataclass(slots=True, kw_only=True)
class Printer:
    """Writes lines with the name of their container, in a colour of its own."""

    names: Mapping[str, str]
    options: OutputOptions
    world: World
    timestamps: bool = False
    _ink: Ink = field(init=False)
    _wide: int = field(init=False)

    def __post_init__(self) -> None:
        self._ink = self.world.ink(self.world.stdout, plain=self.options.no_color)
        self._wide = max(map(width, self.names.values()))

    def __call__(self, line: Line) -> None:
        """One line, at once."""
        print(self._written(line), file=self.world.stdout, flush=True)

    def _written(self, line: Line) -> str:
        name = self.names[line.container]
        if self.options.format is Format.JSON:
            said = {"at": line.moment, "container": name, "id": line.container, "text": line.text}
            return json.dumps(said, ensure_ascii=False)
        colour = getattr(self._ink, _COLOURS[list(self.names).index(line.container) % len(_COLOURS)])
        head = "" if self.options.quiet else colour(f"{padded(visible(name), self._wide)} | ")
        return head + (f"{line.moment} " if self.timestamps else "") + line.text

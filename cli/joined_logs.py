"""Lines of several logs as one: by time, or as they come."""

from __future__ import annotations

import heapq
import json
import queue
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from functools import cached_property

from msgspec import Struct, field

from cli.interrupts import coming
from cli.options import Format, OutputOptions
from cli.render.cells import padded, visible, width
from cli.render.ink import Ink
from cli.world import World
from reconciler.engines.console import Console, Wanted
from reconciler.engines.daemon import Events, Json
from reconciler.errors import Conflict, EngineError, NotFound, Rejected
from topology.structs import replace

_MOST = 10_000
"""Lines that are held while nobody takes them: a pager stands still, and a container goes on printing."""
_COLOURS = ("good", "changed", "strong", "faint")


class Line(Struct, frozen=True, order=True):
    """What a container printed, and when as the engine writes it."""

    moment: str
    container: str
    text: str


class Reading(Struct, frozen=True, kw_only=True):
    """The logs of containers. Of one whose log cannot be read `tell` is told, and the others are read."""

    console: Console
    tell: Callable[[str, EngineError], None]

    def lines(self, container: str, wanted: Wanted) -> Iterator[Line]:
        """Those of one; there are no more of one that is gone.

        Raises:
            EngineError: the engine does not answer.
        """
        try:
            for moment, text in self.console.lines(container, wanted):
                yield Line(moment, container, text)
        except (NotFound, Conflict):  # it is gone, or going
            return
        except Rejected as error:
            self.tell(container, error)

    def all_lines(self, containers: Iterable[str], wanted: Wanted) -> Iterator[Line]:
        """What was printed so far, by the time at which it was; no more of it is held than is shown next."""
        return heapq.merge(
            *(self.lines(container, wanted) for container in containers), key=lambda line: line.moment
        )


class Ended(Struct, frozen=True):
    """There is no more of this container, unless it is started again."""

    container: str


class Following(Struct, kw_only=True):
    """What was printed so far, and then whatever comes, also from containers that are started later.

    Attributes:
        names: container → how it is called; those that come later are put in.
        events: what happens on the engine since before `names` were found.
        called: how the container that an event tells of is called; None where it is not meant.
    """

    reading: Reading
    names: dict[str, str]
    wanted: Wanted
    events: Events
    called: Callable[[Json], str | None]
    _coming: queue.SimpleQueue[Line | Ended | Json | EngineError] = field(default_factory=queue.SimpleQueue)
    _room: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(_MOST))
    _heard: set[str] = field(default_factory=set)
    _again: set[str] = field(default_factory=set)
    _last: dict[str, str] = field(default_factory=dict)
    _known: dict[str, str] = field(default_factory=dict)
    """Container → up to which moment its earlier runs were read, which the engine tells by the second."""

    def lines(self) -> Iterator[Line]:
        """Each as it comes; it has no end.

        Raises:
            EngineError: a log cannot be read, or the engine is gone.
        """
        threading.Thread(target=self._watch, daemon=True).start()
        for container in self.names:
            self._hear(container, self.wanted)
        while True:
            came = coming(self._coming)
            if isinstance(came, Line):
                self._room.release()
                if came.moment > self._known.get(came.container, ""):
                    self._last[came.container] = max(came.moment, self._last.get(came.container, ""))
                    yield came
            elif isinstance(came, Ended):
                self._heard.discard(came.container)
                if came.container in self._again:
                    self._go_on(came.container)
            elif isinstance(came, EngineError):
                raise came
            elif came is not None:
                self._heed(came)

    def _heed(self, event: Json) -> None:
        """A container that is started while its last run is still being read is read again after that."""
        if (event.get("Type"), event.get("Action")) != ("container", "start"):
            return
        container = str(event["Actor"]["ID"])
        name = self.names.get(container) or self.called(event)
        if name is not None:
            self.names[container] = name
            self._go_on(container)

    def _go_on(self, container: str) -> None:
        """What it prints after the last line that is known of it."""
        if container in self._heard:
            self._again.add(container)
            return
        self._again.discard(container)
        if last := self._last.get(container):
            self._known[container] = last
            self._hear(container, Wanted(since=datetime.fromisoformat(last).timestamp() // 1))
        else:
            self._hear(container, Wanted(since=self.wanted.since))

    def _hear(self, container: str, wanted: Wanted) -> None:
        self._heard.add(container)
        threading.Thread(target=self._listen, args=(container, wanted), daemon=True).start()

    def _listen(self, container: str, wanted: Wanted) -> None:
        try:
            for line in self.reading.lines(container, replace(wanted, follow=True)):
                self._room.acquire()
                self._coming.put(line)
        except EngineError as error:
            self._coming.put(error)
        else:
            self._coming.put(Ended(container))

    def _watch(self) -> None:
        try:
            for event in self.events:
                self._coming.put(event)
        except EngineError as error:
            self._coming.put(error)


class Printer(Struct, kw_only=True, dict=True):
    """Writes lines with the name of their container, in a colour of its own.

    Attributes:
        at_once: whether somebody waits for each line.
        silent: those whose log cannot be read.
    """

    names: Mapping[str, str]
    options: OutputOptions
    world: World
    timestamps: bool = False
    at_once: bool = False
    silent: set[str] = field(default_factory=set)

    @cached_property
    def _ink(self) -> Ink:
        return self.world.ink(self.world.stdout, plain=self.options.no_color)

    def __call__(self, line: Line) -> None:
        """One line."""
        print(self._written(line), file=self.world.stdout, flush=self.at_once)

    def unread(self, container: str, error: EngineError) -> None:
        """Says on stderr that the log of a container cannot be read."""
        self.silent.add(container)
        ink = self.world.ink(self.world.stderr, plain=self.options.no_color)
        words = f"{ink.warning('warning')}: {self.names[container]}: {visible(str(error))}"
        print(words, file=self.world.stderr, flush=True)

    def _written(self, line: Line) -> str:
        name = self.names[line.container]
        if self.options.format is Format.JSON:
            said = {"at": line.moment, "container": name, "id": line.container, "text": line.text}
            return json.dumps(said, ensure_ascii=False)
        names = list(dict.fromkeys(self.names.values()))
        colour = getattr(self._ink, _COLOURS[names.index(name) % len(_COLOURS)])
        head = "" if self.options.quiet else colour(f"{padded(visible(name), max(map(width, names)))} | ")
        return head + (f"{line.moment} " if self.timestamps else "") + line.text

"""From flags to parts: the stack that is meant, the engine that is meant."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cli.faults import CommandError
from cli.options import EngineOptions, StackOptions
from cli.world import World

if TYPE_CHECKING:
    from reconciler.engine import Engine, Reader
    from reconciler.engines.reading import Endpoint
    from topology.load import Loaded


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """An engine to look at, and how to call it in a sentence."""

    reader: Reader
    called: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Driven:
    """An engine to change, and how to call it in a sentence."""

    engine: Engine
    called: str


def loaded(options: StackOptions, world: World) -> Loaded:
    """The stack that the flags, or the directory and those above it, say.

    Raises:
        StackError: it cannot be read; with every fault, placed and sorted.
    """
    from topology.load import load

    base = world.directory / options.project_directory if options.project_directory else None
    return load(
        options.files,
        environ=world.environ,
        directory=world.directory if options.files or base is None else base,
        name=options.project_name,
        env_files=options.env_files,
        stdin=world.stdin.read() if "-" in options.files else None,
        folder=base,
    )


def watched(options: EngineOptions, world: World) -> Watched:
    """The engine that the flags and the environment mean, without any way to change it.

    Raises:
        CommandError: none answers, or the flags contradict each other.
        EngineError: it answers, but not as an engine that topo knows.
    """
    from reconciler.engines import connect
    from reconciler.engines.standalone import StandaloneReader

    _refuse_models(options)
    endpoint = _endpoint(options, world)
    reader = StandaloneReader(connect.reader(endpoint))
    return Watched(reader=reader, called=_called(reader, endpoint.url))


def driven(options: EngineOptions, world: World) -> Driven:
    """The same engine, to be changed.

    Raises:
        CommandError: none answers, or the flags contradict each other.
        EngineError: it answers, but not as an engine that topo knows.
    """
    from reconciler.engines import connect
    from reconciler.engines.standalone import Standalone

    _refuse_models(options)
    endpoint = _endpoint(options, world)
    engine = Standalone(connect.daemon(endpoint))
    return Driven(engine=engine, called=_called(engine, endpoint.url))


def _refuse_models(options: EngineOptions) -> None:
    """An engine that was asked for is never replaced by another one in silence."""
    if options.engine != "docker":
        raise CommandError(f"there is no engine {options.engine}", "there is: docker")


def _endpoint(options: EngineOptions, world: World) -> Endpoint:
    """Where the engine is that the flags and the environment mean, once somebody answers there."""
    from cli.endpoint import answering, candidates
    from reconciler.engines.reading import Endpoint

    home = Path(world.environ.get("HOME") or Path.home())
    found = answering(
        candidates(environ=world.environ, home=home, host=options.host, context=options.context)
    )
    return Endpoint(url=found.url, tls=str(found.tls or ""), verify=found.verify)


def _called(reader: Reader, url: str) -> str:
    return f"Docker {reader.traits.version} at {url}"

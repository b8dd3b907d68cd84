"""From flags to parts: the stack that is meant, the engine that is meant."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from cli.faults import CommandError
from cli.options import EngineOptions, StackOptions
from cli.world import World

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from reconciler.engine import Engine, Reader
    from reconciler.engines.console import Console
    from reconciler.engines.daemon import Events
    from reconciler.engines.memory import MemoryDaemon
    from reconciler.engines.reading import Endpoint
    from topology.load import Loaded


DOCKER, SWARM, MEMORY = "docker", "swarm", "memory"
"""The kinds of engines."""


class Watched(Struct, frozen=True, kw_only=True):
    """An engine to look at, how to call it in a sentence, and how to hear what happens on it."""

    reader: Reader
    called: str
    events: Callable[[], Events]


class Driven(Struct, frozen=True, kw_only=True):
    """An engine to change, and how to call it in a sentence."""

    engine: Engine
    called: str


def loaded(options: StackOptions, world: World) -> Loaded:
    """The stack as `read` has it; what should be known about the file is said on stderr.

    Raises what `read` raises.
    """
    found = read(options, world)
    if not options.quiet:
        from cli.render.warnings import text

        if words := text(found.findings, world.ink(world.stderr, plain=options.no_color)):
            print(words, file=world.stderr)
    return found


def read(options: StackOptions, world: World) -> Loaded:
    """The stack that the flags, or the directory and those above it, say.

    Raises:
        StackError: it cannot be read; with every fault, placed and sorted.
        CommandError: there is no engine of the kind that is asked for.
    """
    from topology.load import load

    if isinstance(options, EngineOptions):
        kind_meant(options, None)
    base = world.directory / options.project_directory if options.project_directory else None
    return load(
        options.files,
        environ=world.environ,
        directory=world.directory if options.files or base is None else base,
        name=options.project_name,
        env_files=options.env_files,
        profiles=options.profiles,
        stdin=world.stdin.read() if "-" in options.files else None,
        folder=base,
        engine=options.engine if isinstance(options, EngineOptions) else None,
    )


def stack_meant(options: StackOptions, world: World) -> tuple[str, str | None]:
    """The name of the stack that is meant, and the kind of its engine; with -p no file is asked.

    Raises:
        StackError: the file that has the name cannot be read.
    """
    if options.project_name:
        return options.project_name, None
    stack = loaded(options, world).stack
    return stack.name, stack.engine


def watched(
    options: EngineOptions, world: World, said: str | None = None, nodes: Sequence[str] = ()
) -> Watched:
    """The engine that the flags and the environment mean, without any way to change it.

    `said` is the kind that the stack file says, `nodes` the engines of further nodes of a Swarm.

    Raises:
        CommandError: none answers, or the flags contradict each other.
        EngineError: it answers, but not as an engine that topo knows.
    """
    from reconciler.engines import connect
    from reconciler.engines.observing import StandaloneReader

    kind = _kind(options, said, nodes)
    if kind == MEMORY:
        model = StandaloneReader(_model(options, world))
        return Watched(reader=model, called=_called_model(options), events=model.events)
    endpoint = endpoint_meant(options, world)
    if kind == SWARM:
        from reconciler.engines.swarm import SwarmReader

        ways = [connect.reader(one) for one in node_endpoints(nodes, world)]
        cluster = SwarmReader(connect.cluster_reader(endpoint, _waits(world)), ways)
        called = _called(cluster, endpoint.url, "Docker Swarm")
        return Watched(reader=cluster, called=called, events=cluster.events)
    heard = world.recording.hears(endpoint.url.removeprefix("unix://")) if world.recording else None
    reader = StandaloneReader(connect.reader(endpoint, heard))
    return Watched(reader=reader, called=_called(reader, endpoint.url), events=reader.events)


def driven(
    options: EngineOptions, world: World, said: str | None = None, nodes: Sequence[str] = ()
) -> Driven:
    """The same engine, to be changed.

    Raises:
        CommandError: none answers, or the flags contradict each other.
        EngineError: it answers, but not as an engine that topo knows.
    """
    from reconciler.engines import connect
    from reconciler.engines.standalone import Standalone

    kind = _kind(options, said, nodes)
    if kind == MEMORY:
        return Driven(engine=Standalone(_model(options, world)), called=_called_model(options))
    endpoint = endpoint_meant(options, world)
    if kind == SWARM:
        from reconciler.engines.swarm import Swarm

        ways = [connect.daemon(one) for one in node_endpoints(nodes, world)]
        swarm = Swarm(connect.cluster(endpoint, _waits(world)), ways)
        return Driven(engine=swarm, called=_called(swarm, endpoint.url, "Docker Swarm"))
    engine = Standalone(connect.daemon(endpoint))
    return Driven(engine=engine, called=_called(engine, endpoint.url))


def console(options: EngineOptions, world: World) -> Console:
    """The engine, for people who look at what is printed, or type.

    Raises:
        CommandError: none answers, or it is a model, in which nothing runs.
    """
    if kind_meant(options, None) == MEMORY:
        raise CommandError("in a model of an engine nothing runs that could print", "leave out --engine")
    from reconciler.engines.console import Console

    return Console(endpoint_meant(options, world))


def kind_meant(options: EngineOptions, said: str | None) -> str:
    """Which kind is meant. One kind of engine is never taken for another in silence.

    Raises:
        CommandError: there is none of that name, or an engine is named beside a model.
    """
    asked = options.engine or said or DOCKER
    kind = MEMORY if asked.partition(":")[0] == MEMORY else asked
    if kind == MEMORY and (options.host or options.context):
        raise CommandError("--engine memory is a model, and -H or -c names an engine", "use one of them")
    if kind not in (DOCKER, SWARM, MEMORY):
        raise CommandError(f"there is no engine {asked}", "there are docker, swarm and memory[:FILE]")
    return kind


def _kind(options: EngineOptions, said: str | None, nodes: Sequence[str]) -> str:
    """The kind that is meant; only a Swarm has nodes. Raises CommandError."""
    kind = kind_meant(options, said)
    if nodes and kind != SWARM:
        raise CommandError("--node names a node of a Swarm, and this is none", "leave it out")
    return kind


def _model(options: EngineOptions, world: World) -> MemoryDaemon:
    """A modelled daemon that has every image; without a file it is gone when topo ends.

    Raises:
        CommandError: the file's folder does not exist.
        EngineError: the file holds something else.
    """
    from reconciler.engines.memory import MemoryDaemon, anything

    name = (options.engine or "").partition(":")[2]
    file = world.directory / name if name else None
    if file and not file.parent.is_dir():
        raise CommandError(f"the engine cannot be kept in {name}: there is no folder {file.parent}")
    return MemoryDaemon(file=file, registry=anything)


def _waits(world: World) -> Callable[[str], None]:
    """Whoever sits before a terminal, or reads its log, is to know why nothing goes on."""
    return lambda words: print(f"waiting: {words}", file=world.stderr, flush=True)


def _called_model(options: EngineOptions) -> str:
    file = (options.engine or "").partition(":")[2]
    return f"a model of Docker in {file}" if file else "a model of Docker that nothing keeps"


def endpoint_meant(options: EngineOptions, world: World) -> Endpoint:
    """Where the engine is that the flags and the environment mean, once somebody answers there."""
    return _endpoint(world, options.host, options.context)


def node_endpoints(urls: Sequence[str], world: World) -> tuple[Endpoint, ...]:
    """Where further nodes of a Swarm are, once somebody answers at each.

    Raises:
        CommandError: nobody does.
    """
    return tuple(_endpoint(world, url, None) for url in urls)


def _endpoint(world: World, host: str | None, context: str | None) -> Endpoint:
    from cli.endpoint import answering, candidates
    from reconciler.engines.reading import Endpoint

    home = Path(world.environ.get("HOME") or Path.home())
    found = answering(candidates(environ=world.environ, home=home, host=host, context=context))
    return Endpoint(url=found.url, tls=str(found.tls or ""), verify=found.verify)


def _called(reader: Reader, url: str, kind: str = "Docker") -> str:
    return f"{kind} {reader.traits.version} at {url}"

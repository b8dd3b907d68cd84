"""Requests that fail while a service gets another image: by `topo apply`, and by Compose's `up` of the same.

    TOPO_TEST_LAB=… python -m tests.bench.gap [--changes 3]

nginx stands before three gunicorn replicas on the newest engine of the lab, under sixty requests a second.
"""

from __future__ import annotations

import argparse
import secrets
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.programs import Programs
from tests.e2e.test_no_gap import IMAGE, RATE, STACK
from tests.support import lab
from tests.support.lab import LabEngine
from tests.support.load import load

PORT = 18_640
LINK = """links:
      - {service: app, on_change: {exec: [nginx, -s, reload]}}"""


@contextmanager
def images(engine: LabEngine, count: int) -> Iterator[list[str]]:
    """So many names of one image; a change of the name is a change of the service."""
    names = [f"topo-bench/{secrets.token_hex(4)}:{number}" for number in range(count)]
    with engine.client() as client:
        for name in names:
            client.images.get(IMAGE).tag(name)
        yield names
        for name in names:
            client.images.remove(name)


def tried(engine: LabEngine, names: list[str], change: Callable[[str], None]) -> str:
    """How many requests failed while the service went from each image to the next."""
    change(names[0])
    with load(engine, PORT, per_second=RATE) as seen:
        for name in names[1:]:
            change(name)
    return f"{len(seen.faults):5} of {seen.requests:5} requests failed, {len(names) - 1} changes"


def main() -> None:
    """Tries both and prints what each lost."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.gap", description=__doc__)
    parser.add_argument("--changes", type=int, default=3, help="changes of the image, each by both programs")
    count = parser.parse_args().changes + 1
    engine = lab.engines()[-1]
    with tempfile.TemporaryDirectory() as folder, images(engine, count) as names:
        programs = Programs(engine.url, Path(folder))

        def written(image: str) -> str:
            return programs.file(
                "bench-gap", STACK.format(stack="bench-gap", port=PORT, image=image, replicas=3)
            )

        def by_topo(image: str) -> None:
            programs.topo("apply", "apply", "-f", written(image), "--yes", "-q").run()

        def by_compose(image: str) -> None:
            text = Path(written(image)).read_text(encoding="utf-8")
            text = text.replace(LINK, "links: [app]").replace("    replicas: 3\n", "")
            file = programs.file("bench-gap", text)
            programs.compose("up", "-f", file, "up", "-d", "--wait", "--scale", "app=3").run()

        last = str(Path(folder) / "bench-gap.yml")
        try:
            print("topo   ", tried(engine, names, by_topo), flush=True)
            programs.topo("destroy", "destroy", "-f", last, "--yes", "-q").run()
            print("compose", tried(engine, names, by_compose), flush=True)
        finally:
            programs.compose("down", "-f", last, "down", "-t", "0").run()


if __name__ == "__main__":
    main()

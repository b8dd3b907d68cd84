"""Files made worse: whatever stands in a stack file, topo says what it is, or what is wrong and where.

    python -m tests.support.mutate FOLDER [--count 20000] [--seed 1]

FOLDER holds stack files. Each round takes one of them, perhaps lays a second one over it, puts pieces in and
takes stretches out, loads and checks it. A traceback, a fault without a place and a run of over two seconds
are told with their round, which the same seed makes again.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.property.test_language import PIECES
from topology.findings import StackError
from topology.load import load
from topology.rules import check

SLOW = 2.0
"""Seconds that one file may take."""


def worse(text: str, draw: random.Random) -> str:
    """The text with a few stretches replaced by a piece, by a line from elsewhere in it, or by nothing."""
    for _ in range(draw.choice((1, 1, 1, 2, 4))):
        start = draw.randint(0, len(text))
        end = min(len(text), start + draw.choice((0, 0, 1, 3, 20, 200)))
        lines = text.splitlines(keepends=True) or [""]
        piece = draw.choice((draw.choice(PIECES), draw.choice(lines), "", text[start:end] * 2))
        text = text[:start] + piece + text[end:]
    return text


def faults(texts: Sequence[str], folder: Path) -> Iterator[str]:
    """What is wrong with how topo takes these files, laid over each other."""
    names = [f"{number}.yml" for number in range(len(texts))]
    for name, text in zip(names, texts, strict=True):
        (folder / name).write_text(text, encoding="utf-8", errors="surrogatepass", newline="")
    began = time.process_time()
    try:
        found = load(names, environ={}, directory=folder, name="shop")
        findings = [*found.findings, *check(found.stack, source=found.source)]
    except StackError as refused:
        findings = list(refused.findings)
        if any(finding.span is None for finding in findings):
            yield f"a fault without a place: {findings}"
    except Exception:  # which is what this looks for
        yield traceback.format_exc()
    if (seconds := time.process_time() - began) > SLOW:
        yield f"took {seconds:.1f} s"


def main() -> int:
    """Runs all rounds; 1 if anything was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.support.mutate", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    said = parser.parse_args()
    files = sorted(path for path in said.folder.rglob("*") if path.suffix in {".yml", ".yaml"})
    draw = random.Random(said.seed)  # noqa: S311  # not a secret
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for number in range(said.count):
            chosen = draw.sample(files, draw.choice((1, 1, 2)))
            texts = [worse(path.read_text(encoding="utf-8", errors="replace"), draw) for path in chosen]
            for fault in faults(texts, Path(folder)):
                failed += 1
                print(f"--- round {number}: {', '.join(path.name for path in chosen)}\n{fault}")
    print(f"{said.count} rounds, {failed} faults")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

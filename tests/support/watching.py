"""`topo watch` as a process of its own, and what it has told so far."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.support.waiting import eventually

Line = dict[str, Any]


class Watching:
    """A running `topo watch --format json`."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.told: list[Line] = []
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        self.told.extend(map(json.loads, self._process.stdout))

    @property
    def story(self) -> str:
        """All that it has told, to be shown whole by a test that fails."""
        known = ("format_version", "kind", "exit_code")
        lines = ({name: value for name, value in one.items() if name not in known} for one in self.told)
        return "\n".join(map(json.dumps, lines))

    def having(self, event: str, address: str | None = None) -> list[Line]:
        """The lines about one kind of event, at one address if it is given."""
        return [
            one for one in self.told if one["event"] == event and address in (None, one.get("address", ""))
        ]

    def tells(self, event: str, address: str | None = None, *, times: int = 1, within: float = 15.0) -> bool:
        """Whether it comes to tell so."""
        return eventually(lambda: len(self.having(event, address)) >= times, within=within)

    def cpu(self) -> float:
        """Seconds of processor time that it has used."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def resident(self) -> int:
        """Bytes of memory that it holds."""
        return int(Path(f"/proc/{self._process.pid}/statm").read_text().split()[1]) * os.sysconf(
            "SC_PAGE_SIZE"
        )

    def send(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    @contextmanager
    def held(self) -> Iterator[None]:
        """It does nothing during the block; what happens meanwhile it hears of afterwards."""
        self.send(signal.SIGSTOP)
        try:
            yield
        finally:
            self.send(signal.SIGCONT)

    def ended(self, within: float = 20.0) -> int:
        """Its exit code, once it has ended and all of its lines are read."""
        code = self._process.wait(within)
        self._reader.join(within)
        return code


@contextmanager
def watching(folder: Path, url: str, *arguments: str) -> Iterator[Watching]:
    """Watches the stack in a folder; asked to end at the end of the block, if it has not ended before."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    process = subprocess.Popen(
        [sys.executable, "-m", "cli.main", "watch", "--format", "json", *arguments],
        cwd=folder,
        stdout=subprocess.PIPE,
        text=True,
        env={**kept, "HOME": str(folder), "PYTHONPATH": os.pathsep.join(sys.path), "DOCKER_HOST": url},
    )
    with process:
        seen = Watching(process)
        try:
            assert seen.tells("watching"), "it does not begin to watch"
            yield seen
        finally:
            process.terminate()
            seen.ended()

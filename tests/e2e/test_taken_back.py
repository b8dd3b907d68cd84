"""A rollout that fails goes back by itself, where the file says so, on a real engine."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.command import process
from tests.support.lab import LabEngine

STACK = """\
name: {stack}
services:
  app:
    image: busybox:latest
    command: [sleep, "1000"]
    stop_signal: KILL
    replicas: 3
    environment: {{V: "{version}"}}
    networks: [front]
    update: {{failure_action: rollback}}
    ready:
      within: 1s
      # the engine's name server knows a container by its address: the second of version 2 is never ready
      exec:
        - sh
        - -c
        - test $$V != 2 || ! nslookup $$(hostname -i) 127.0.0.11 | grep -q -e "-app-2[.]"
networks: {{front: }}
"""


@pytest.mark.newest
def test_replicas_that_were_replaced_go_back_where_one_of_them_fails(
    lab_engine: LabEngine, stack_name: str, tmp_path: Path
) -> None:
    def run(*words: str, version: str) -> tuple[int, str]:
        (tmp_path / "stack.yml").write_text(STACK.format(stack=stack_name, version=version))
        ran = process(tmp_path, *words, "-H", lab_engine.url)
        return int(ran.code), ran.out + ran.err

    assert run("apply", "--yes", version="1")[0] == 0
    code, said = run("apply", "--yes", version="2")
    assert code == 1, said
    assert "going back: app as before" in said
    assert "taken back: app as before" in said
    with lab_engine.client() as client:
        found = client.containers.list(filters={"label": f"topo.stack={stack_name}"})
        assert sorted(str(one.name) for one in found) == [
            f"{stack_name}-app-{number}" for number in (1, 2, 3)
        ]
        assert all("V=1" in one.attrs["Config"]["Env"] for one in found)
    assert run("plan", "--detailed-exitcode", version="1")[0] == 0

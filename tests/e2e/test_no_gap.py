"""While a service gets another image, or more and fewer replicas, not one request fails, on every engine.

One change is tried every time; `pytest tests/e2e/test_no_gap.py --image-changes 5` tries more.
"""

from __future__ import annotations

import os
from pathlib import Path

import docker
import pytest

from tests.support.command import Ran, process
from tests.support.lab import LabEngine
from tests.support.load import load

PORT = 28_000 + os.getpid() % 4_000
"""Below the ports that the kernel gives to connections."""
IMAGE = "python:3.11-slim"
RATE = 60.0

STACK = """\
name: {stack}
services:
  nginx:
    image: nginx:alpine
    ports: ["{port}:80"]
    networks: [web_nw]
    configs: [{{source: nginx, target: /etc/nginx/conf.d/default.conf}}]
    depends_on: {{app: {{condition: service_healthy}}}}
    links:
      - {{service: app, on_change: {{exec: [nginx, -s, reload]}}}}
  app:
    image: {image}
    command: [python, -m, gunicorn, --chdir, /srv, --bind, "0.0.0.0:8000", "page:answer"]
    replicas: {replicas}
    networks: [web_nw, db_nw]
    environment: {{VERSION: "{image}"}}
    configs: [{{source: page, target: /srv/page.py}}]
    links: [db]
    healthcheck:
      test: [CMD, python, -c, "import socket; socket.create_connection(('127.0.0.1', 8000), 1)"]
      interval: 500ms
      start_period: 30s
      start_interval: 300ms  # engines since 25 else look for the first time after five seconds
  db:
    image: busybox:latest
    command: [sleep, "1000"]
    stop_signal: SIGKILL
    networks: [db_nw]
networks: {{web_nw: , db_nw: {{internal: true}}}}
configs:
  nginx:
    content: |
      upstream app {{ server app:8000; }}
      server {{
          listen 80;
          location / {{ proxy_pass http://app; proxy_connect_timeout 2s; }}
      }}
  page:
    content: |
      import os
      def answer(environ, start):
          start("200 OK", [("Content-Type", "text/plain")])
          return [os.environ["VERSION"].encode()]
"""


def test_not_one_request_fails(
    lab_engine: LabEngine,
    docker_client: docker.DockerClient,
    stack_name: str,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> None:
    def applied(image: str, replicas: int) -> Ran:
        text = STACK.format(stack=stack_name, port=PORT, image=image, replicas=replicas)
        (tmp_path / "stack.yml").write_text(text)
        return process(tmp_path, "apply", "--yes", DOCKER_HOST=lab_engine.url)

    images = [
        f"topo-test/{stack_name}:{number}"
        for number in range(request.config.getoption("--image-changes") + 1)
    ]
    for image in images:
        docker_client.images.get(IMAGE).tag(image)
    changes = {
        "the image": [(image, 3) for image in images[1:]],
        "the replicas": [(images[-1], 5), (images[-1], 2)],
    }
    try:
        assert applied(images[0], 3).code == 0
        for what, versions in changes.items():
            with load(lab_engine, PORT, per_second=RATE) as seen:
                for version in versions:
                    ran = applied(*version)
                    assert ran.code == 0, ran.out + ran.err
            said = f"{seen.requests} requests while {what} changed, {len(seen.faults)} failed"
            print(f"{lab_engine.version}: {said}")
            assert seen.faults == []
            assert seen.requests > 20
            assert {image for image, _ in versions} <= set(seen.answers) <= set(images)
    finally:
        assert process(tmp_path, "destroy", "--yes", DOCKER_HOST=lab_engine.url).code == 0
        for image in images:
            docker_client.images.remove(image)

"""What an image is known for."""

from __future__ import annotations

import pytest

from topology.images import Role, is_latest, known_port, role_of


@pytest.mark.parametrize(
    ("image", "role", "port"),
    [
        ("postgres:16-alpine", Role.STORE, 5432),
        ("docker.io/bitnami/postgresql@sha256:0", Role.STORE, 5432),
        ("registry:5000/mysql/mysql-server:8.0", Role.STORE, 3306),
        ("redis/redis-stack", Role.STORE, 6379),
        ("prometheuscommunity/postgres-exporter", Role.OTHER, None),
        ("mongo-express", Role.OTHER, None),
        ("nginx:alpine", Role.EDGE, None),
        ("nginxproxy/nginx-proxy", Role.EDGE, None),
        ("shop/web:3", Role.OTHER, None),
    ],
)
def test_the_last_part_of_the_name_tells(image: str, role: Role, port: int | None) -> None:
    assert role_of(image, "x") is role
    assert known_port(image, "x") == port


def test_a_built_image_is_known_by_its_service() -> None:
    assert role_of(None, "nginx") is Role.EDGE
    assert known_port(None, "db") is None


@pytest.mark.parametrize(
    ("image", "latest"),
    [
        ("nginx", True),
        ("r:5000/nginx", True),
        ("nginx:latest", True),
        ("nginx:1", False),
        ("nginx@sha256:0", False),
    ],
)
def test_latest_is_what_names_no_version(image: str, latest: bool) -> None:
    assert is_latest(image) is latest

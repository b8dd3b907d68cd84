"""What an image is known for: a data store with its port, or an edge proxy.

An image's name is a hint, so it feeds rules and the wording of verdicts, never a verdict.
"""

from __future__ import annotations

import enum
import re

STORES = {
    "arangodb": 8529,
    "cassandra": 9042,
    "clickhouse": 8123,
    "cockroach": 26257,
    "couchbase": 8091,
    "couchdb": 5984,
    "dragonfly": 6379,
    "edgedb": 5656,
    "elasticsearch": 9200,
    "etcd": 2379,
    "influxdb": 8086,
    "keydb": 6379,
    "mariadb": 3306,
    "meilisearch": 7700,
    "memcached": 11211,
    "milvus": 19530,
    "minio": 9000,
    "mongo": 27017,
    "mongodb": 27017,
    "mssql": 1433,
    "mysql": 3306,
    "neo4j": 7687,
    "opensearch": 9200,
    "percona": 3306,
    "pgvector": 5432,
    "postgis": 5432,
    "postgres": 5432,
    "postgresql": 5432,
    "qdrant": 6333,
    "redis": 6379,
    "rethinkdb": 28015,
    "scylla": 9042,
    "solr": 8983,
    "surrealdb": 8000,
    "timescaledb": 5432,
    "typesense": 8108,
    "valkey": 6379,
    "weaviate": 8080,
}
"""The TCP port that each data store listens on out of the box."""

EDGES = frozenset(
    {
        "apache",
        "apisix",
        "caddy",
        "envoy",
        "haproxy",
        "httpd",
        "kong",
        "nginx",
        "openresty",
        "swag",
        "traefik",
    }
)
"""Web servers and proxies that usually stand where requests come in."""

CACHES = frozenset({"dragonfly", "keydb", "memcached", "redis", "valkey"})
"""Data stores that many use for what may be lost."""

BESIDE = frozenset(
    {
        *("admin", "adminer", "browser", "commander", "dashboard", "express", "gui", "insight", "ui", "web"),
        *("agent", "exporter", "metrics", "prometheus", "sidecar"),
        *("backup", "backups", "cli", "client", "migrate", "migrations", "s3", "tools"),
    }
)
"""Words that tell a tool for a data store from the store itself."""


class Role(enum.Enum):
    """What a service is for, as far as its image tells."""

    STORE = "data store"
    EDGE = "edge proxy"
    OTHER = "other"


def repository(image: str) -> str:
    """The last part of an image's name: `postgres` of `docker.io/library/postgres:16@sha256:...`."""
    return re.split(r"[:@]", image.rsplit("/", 1)[-1])[0].lower()


def role_of(image: str | None, service: str) -> Role:
    """Goes by the image; by the service's own name where the image is built from source."""
    words = _words(repository(image) if image else service.lower())
    if not words or not BESIDE.isdisjoint(words[1:]):
        return Role.OTHER
    if words[0] in STORES:
        return Role.STORE
    return Role.EDGE if words[0] in EDGES else Role.OTHER


def known_port(image: str | None, service: str) -> int | None:
    """The port a data store listens on out of the box."""
    if role_of(image, service) is not Role.STORE:
        return None
    return STORES[_words(repository(image) if image else service.lower())[0]]


def is_cache(image: str | None, service: str) -> bool:
    """A store that many use for what may be lost."""
    words = _words(repository(image) if image else service.lower())
    return bool(words) and words[0] in CACHES


def is_latest(image: str) -> bool:
    """Names no version: no tag, or the tag `latest`, and no digest."""
    tail = image.rsplit("/", 1)[-1]
    return "@" not in tail and (":" not in tail or tail.endswith(":latest"))


def _words(name: str) -> list[str]:
    return [word for word in re.split(r"[-_.]+", name) if word]

"""Counts visits in redis, which is fast, and in PostgreSQL, which does not forget.

GET / counts one, GET /counts shows both counters, POST /reset sets them to zero. Without redis it goes on,
and a redis that comes back empty is told where the counter stood.
"""

from __future__ import annotations

import contextlib
import os
import socket

import psycopg2
import redis
from flask import Flask

app = Flask(__name__)
cache = redis.Redis(os.environ["REDIS_HOST"], socket_connect_timeout=1, socket_timeout=1)

COUNT = "UPDATE counters SET count = count + 1 WHERE name = 'hits' RETURNING count"
READ = "SELECT count FROM counters WHERE name = 'hits'"
RESET = "UPDATE counters SET count = 0 WHERE name = 'hits' RETURNING count"


def kept(question: str) -> int:
    """Runs one statement on the database, and returns its number."""
    connection = psycopg2.connect(os.environ["DATABASE_URL"], connect_timeout=3)
    with contextlib.closing(connection), connection, connection.cursor() as cursor:
        cursor.execute(question)
        return int(cursor.fetchone()[0])


def cached(now: int) -> str:
    """The counter in redis after one more visit; `now` is where the database stands."""
    try:
        cache.set("hits", now - 1, nx=True)
        return str(cache.incr("hits"))
    except redis.RedisError:
        return "away"


@app.get("/")
def page() -> str:
    now = kept(COUNT)
    return f"visit {now}, redis {cached(now)}, by {socket.gethostname()}\n"


def remembered() -> str:
    """Where the counter in redis stands."""
    try:
        return str(int(cache.get("hits") or 0))
    except redis.RedisError:
        return "away"


@app.get("/counts")
def counts() -> str:
    return f"redis {remembered()}, postgres {kept(READ)}\n"


@app.post("/reset")
def reset() -> str:
    with contextlib.suppress(redis.RedisError):
        cache.delete("hits")  # the next visit sets it to where the database stands
    kept(RESET)
    return counts()


@app.get("/healthz")
def healthy() -> str:
    return "ok\n"

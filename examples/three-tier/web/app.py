"""One page, and a counter in the database that rises each time it is seen."""

from __future__ import annotations

import os
from contextlib import closing

import psycopg2
from flask import Flask

app = Flask(__name__)

# Several of these may start at once, and two that make the same table at the same time disturb each other.
PREPARE = """
SELECT pg_advisory_xact_lock(1);
CREATE TABLE IF NOT EXISTS views (page text PRIMARY KEY, count bigint NOT NULL);
"""
COUNT = """
INSERT INTO views VALUES ('/', 1) ON CONFLICT (page) DO UPDATE SET count = views.count + 1 RETURNING count;
"""


def ask(question: str) -> int:
    """Runs one transaction and returns the number it ends with, if any."""
    connection = psycopg2.connect(os.environ["DATABASE_URL"], connect_timeout=3)
    with closing(connection), connection, connection.cursor() as cursor:
        cursor.execute(question)
        row = cursor.fetchone() if cursor.description else None
        return int(row[0]) if row else 0


@app.get("/")
def page() -> str:
    return f"This page has been seen {ask(COUNT)} times (release {os.environ.get('RELEASE', '1')}).\n"


@app.get("/healthz")
def healthy() -> str:
    return "ok\n"


ask(PREPARE)

"""A list of things to do: GET / shows it, POST / adds to it, POST /ID/done ticks one off."""

from __future__ import annotations

import os
from contextlib import closing
from typing import Any

import pymysql
from flask import Flask, Response, request

app = Flask(__name__)


def ask(question: str, *values: object) -> tuple[tuple[Any, ...], ...]:
    """Runs one statement and returns its rows."""
    connection = pymysql.connect(
        host=os.environ["MYSQL_HOST"],
        user=os.environ["MYSQL_USER"],
        password=os.environ["MYSQL_PASSWORD"],
        database=os.environ["MYSQL_DATABASE"],
        connect_timeout=3,
        autocommit=True,
    )
    with closing(connection), connection.cursor() as cursor:
        cursor.execute(question, values)
        return tuple(cursor.fetchall())


@app.get("/")
def shown() -> Response:
    rows = ask("SELECT id, task, done FROM todos ORDER BY id")
    lines = (f"{number}. [{'x' if done else ' '}] {task}\n" for number, task, done in rows)
    return Response("".join(lines), mimetype="text/plain")


@app.post("/")
def added() -> Response:
    ask("INSERT INTO todos (task) VALUES (%s)", request.form["task"])
    return shown()


@app.post("/<int:number>/done")
def ticked(number: int) -> Response:
    ask("UPDATE todos SET done = TRUE WHERE id = %s", number)
    return shown()


@app.get("/healthz")
def healthy() -> str:
    return "ok\n"

"""What is taken for a secret in a command."""

from __future__ import annotations

from time import thread_time

import pytest

from topology.secrets import MASK, hidden, masked, secret_words


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("server --password=hunter2 --port=80", f"server --password={MASK} --port=80"),
        ("redis-server --requirepass hunter2", f"redis-server --requirepass {MASK}"),
        ("PGPASSWORD='hun ter' psql", f"PGPASSWORD={MASK} psql"),
        ("curl https://me:hunter2@host/", f"curl https://me:{MASK}@host/"),
        ("server --password-file=/run/secrets/it", "server --password-file=/run/secrets/it"),
        ("mysqladmin --password=$PASSWORD ping", "mysqladmin --password=$PASSWORD ping"),
        ("server --token --verbose", "server --token --verbose"),
        ("sleep 1000", "sleep 1000"),
    ],
)
def test_a_secret_in_a_command_is_masked(text: str, shown: str) -> None:
    assert masked(text) == shown


def test_a_secret_word_is_one_that_holds_a_secret_or_stands_behind_its_flag() -> None:
    words = ["a", "--password", "hunter2", "--token=x", "b", "--password", "--verbose"]
    assert secret_words(words) == {2, 3}


@pytest.mark.parametrize(
    "line",
    [
        "      PASSWORD: hunter2",
        "      PASSWORD: 'hunter2 has ''more'' of hunter2'  # said",
        '      DB_PASSWORD: "pa$$hunter2"',
        "    environment: {A: b, API_TOKEN: hunter2, C: d}",
        "    environment: {A: b, PASSWORD: 'x, hunter2'}",
        "      - PASSWORD=of hunter2 and more",
        '    environment: ["PASSWORD=of hunter2", A=b]',
        "    command: [server, --password, hunter2]",
        "    command: server --password=hunter2 --port 80",
        "      PASSWORD: ${PASSWORD:-hunter2}",
        "    image: x${TOKEN-hunter2}",
        "      URL: postgres://me:hunter2@db/x",
        "    test: curl https://me:hunter2@db/ --token hunter2",
    ],
)
def test_a_line_of_a_file_shows_no_secret_and_stays_as_long(line: str) -> None:
    assert "hunter2" not in hidden(line)
    assert len(hidden(line)) == len(line)


@pytest.mark.parametrize(
    "part", ["a", "[", "a=", "a: ", "{a: ", " ", "-", "'", "--a ", "a://", "a.", "$", "${a", "a:b@"]
)
def test_a_long_line_is_looked_through_at_once(part: str) -> None:
    began = thread_time()
    hidden(part * (20_000 // len(part)))
    assert thread_time() - began < 2


@pytest.mark.parametrize(
    "line",
    [
        "    secrets: [key, other]",
        "secrets: {key: {file: key.txt}}",
        "      PASSWORD: ${PASSWORD}",
        "      PASSWORD: ${PASSWORD:?give one}",
        "      PASSWORD_FILE: /run/secrets/key",
        "    networks: [web_nw, db_nw]",
        "      POSTGRES_HOST_AUTH_METHOD: trust",
        "      - nginx cannot reach db",
        "    prots: ['80:80']",
    ],
)
def test_a_line_without_a_secret_is_shown_as_it_is(line: str) -> None:
    assert hidden(line) == line

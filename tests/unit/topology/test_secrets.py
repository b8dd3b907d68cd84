"""What is taken for a secret in a command."""

from __future__ import annotations

import pytest

from topology.secrets import MASK, masked, secret_words


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

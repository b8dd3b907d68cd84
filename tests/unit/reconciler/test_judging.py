"""What an inspect answer says about a container that does not work."""

from __future__ import annotations

import pytest

from reconciler.engines.judging import works
from reconciler.errors import Unhealthy

TRACEBACK = 'Traceback (most recent call last):\n  File "<string>", line 1\nHTTPError: HTTP Error 500\n\n'


@pytest.mark.parametrize(
    ("output", "told"),
    [
        (TRACEBACK, "web is unhealthy: HTTPError: HTTP Error 500"),
        ("no response", "web is unhealthy: no response"),
        (" \n", "web is unhealthy: its check fails without a word"),
    ],
)
def test_a_failed_check_is_told_by_its_last_line(output: str, told: str) -> None:
    state = {"Status": "running", "Health": {"Status": "unhealthy", "Log": [{"Output": output}]}}
    with pytest.raises(Unhealthy) as caught:
        works({"Name": "/web", "State": state})
    assert str(caught.value) == told

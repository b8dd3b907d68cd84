"""The table of fields agrees with itself."""

from __future__ import annotations

import pytest

from reconciler.fields import NETWORK, SERVICE, VOLUME, Field, Reach


def test_names_are_given_once() -> None:
    for table in (SERVICE, NETWORK, VOLUME):
        names = [row.name for row in table]
        assert len(set(names)) == len(names)


@pytest.mark.parametrize("row", SERVICE, ids=lambda row: str(row.name))
def test_a_field_that_can_change_in_place_says_how(row: Field) -> None:
    reaches = {row.reach(old, new) for old in (None, "1") for new in (None, "1")}
    assert (Reach.IN_PLACE in reaches) is (row.update is not None)

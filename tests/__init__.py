"""The tests: unit and property are pure, contract and e2e also run on real engines when there is a lab."""

import pytest

pytest.register_assert_rewrite("tests.support.applying")

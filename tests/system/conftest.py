"""Fixtures: one site a file (its tests share the register), or one a test where it breaks things."""

import pytest
from harness import PUBLISHED, Site


@pytest.fixture(scope="module")
def site():
    made = Site(settings={"ledger": PUBLISHED})
    try:
        made.start_daemon().await_ready()
        yield made
    finally:
        made.close()


@pytest.fixture
def own_site():
    made = Site(settings={"ledger": PUBLISHED})
    try:
        made.start_daemon().await_ready()
        yield made
    finally:
        made.close()

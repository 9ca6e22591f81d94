"""Clients whose worlds are judged."""

import pytest
from fault_client import FaultClient


@pytest.fixture
def client():
    return FaultClient().open()


@pytest.fixture
def limited():
    return FaultClient(rate_limit=True)

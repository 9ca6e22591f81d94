"""Clients of Supaglue in both profiles and over each of the three providers."""

import pytest
from stepmock.contracts.model import PROFILES
from supaglue_client import PROVIDERS, Client


@pytest.fixture(params=PROFILES)
def profile(request):
    return request.param


@pytest.fixture(params=PROVIDERS)
def provider(request):
    return request.param


@pytest.fixture
def connect(profile):
    return lambda provider="apollo", **options: Client(profile, provider, **options)

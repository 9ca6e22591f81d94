"""Which hosts are answered, reached and refused."""

import pytest
from stepmock.contracts import load, providers
from stepmock.mock_server import intercept
from stepmock.mock_server.interception.hosts import Hosts

OWN = [load(name).host for name in providers()]


@pytest.mark.parametrize("host", OWN)
def test_the_host_of_every_contract_is_answered(host):
    with intercept() as mock:
        assert mock.hosts.answer(host)
        assert mock.hosts.answer(f"{host.upper()}.")
        assert not mock.hosts.answer(f"www.{host}")


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST", "app.localhost", "127.0.0.1", "127.8.9.1", "::1", "[::1]"])
def test_this_machine_is_reached_unless_it_is_refused_too(host):
    assert Hosts(OWN, ()).let_pass(host)
    assert not Hosts(OWN, False).let_pass(host)


@pytest.mark.parametrize("host", ["example.com", "10.0.0.1", "0.0.0.0", "localhost.example.com", "", "::2"])
def test_other_hosts_are_refused(host):
    assert not Hosts(OWN, ()).let_pass(host)
    assert Hosts(OWN, True).let_pass(host)


@pytest.mark.parametrize(
    ("pattern", "reached", "refused"),
    [
        ("example.com", ["example.com", "Example.COM", "example.com."], ["www.example.com", "example.co"]),
        ("*.example.com", ["www.example.com", "a.b.example.com"], ["example.com", "wwwexample.com"]),
        ("Test-?.local", ["test-1.local"], ["test-12.local"]),
        ("[fd00::1]", ["fd00::1"], ["fd00::2"]),
    ],
)
def test_patterns_name_hosts(pattern, reached, refused):
    for allow in (pattern, [pattern], iter(["other", pattern])):
        hosts = Hosts(OWN, allow)
        assert all(map(hosts.let_pass, reached))
        assert not any(map(hosts.let_pass, refused))


def test_a_pattern_does_not_take_a_provider_away():
    assert Hosts(OWN, ["api.lemlist.com"]).answer("api.lemlist.com")


@pytest.mark.parametrize("pattern", ["https://example.com", "example.com/path", "example.com:8080", "", "a b", "u@h"])
def test_what_is_no_host_is_refused_as_a_pattern(pattern):
    with pytest.raises(ValueError, match="takes hosts only"):
        intercept(allow=[pattern])


def test_a_pattern_is_text():
    with pytest.raises(TypeError, match="takes hosts as text"):
        intercept(allow=[5])

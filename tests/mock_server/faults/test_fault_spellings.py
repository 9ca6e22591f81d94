"""Numbers without measure, names in other cases, members that stand twice, and the bytes that faults come in."""

import json
from pathlib import Path
from typing import Any

import pytest
from fault_client import AT, STEPS, FaultClient
from stepmock.contracts.limits import MAX_FAULT_BYTES, MAX_FAULTS
from stepmock.mock_server.cli import main
from stepmock.mock_server.faults import FaultError, faults_of_file

HUGE = "1" + "0" * 400
"""An integer that no float can hold."""


@pytest.fixture
def client() -> FaultClient:
    return FaultClient().open()


@pytest.mark.parametrize("sign", ["", "-"])
@pytest.mark.parametrize("member", ["latency", "clock_latency", "probability", "nth", "times", "status", "bytes"])
def test_a_number_that_is_too_large_for_a_float_is_refused(client: FaultClient, member: str, sign: str) -> None:
    reply = client.control("POST", body=f'{{"fault":"lost-reply","{member}":{sign}{HUGE}}}'.encode())
    assert reply.status == 400
    assert member in reply.json()["error"]["message"]
    assert client.standing() == []


@pytest.mark.parametrize("sign", ["", "-"])
def test_a_clock_is_not_moved_by_a_number_that_is_too_large_for_a_float(client: FaultClient, sign: str) -> None:
    body = f'{{"advance": {sign}{HUGE}}}'.encode()
    assert client.control("POST", "clock", body=body).status == 400
    assert client.emulator.settings.clock.now() == AT


@pytest.mark.parametrize(
    ("fault", "meant"),
    [
        ({"fault": "LATENCY"}, "latency"),
        ({"fault": "Rate-Limited"}, "rate-limited"),
        ({"fault": "Linkedin_Media_Timeout"}, "media-timeout"),
        ({"fault": "lost-reply", "operation": "ADDSTEP"}, "addStep"),
        ({"fault": "lost-reply", "step_type": "EMAIL"}, "email"),
    ],
)
def test_a_name_in_another_case_is_suggested(client: FaultClient, fault: object, meant: str) -> None:
    reply = client.control("POST", body=fault)
    assert reply.status == 400
    assert f'Did you mean "{meant}"?' in reply.json()["error"]["message"]


TWICE = '{"fault":"latency","fault":"rate-limited"}'


def test_a_member_that_stands_twice_is_refused_wherever_a_fault_is_declared(
    client: FaultClient, tmp_path: Path
) -> None:
    asked = client.send("GET", "/lemlist/api/team", fault=TWICE)
    told = client.control("POST", body=f"[{TWICE}]".encode())
    for reply in (asked, told):
        assert reply.status == 400
        assert "'fault' stands twice" in reply.json()["error"]["message"]
    file = tmp_path / "faults.json"
    file.write_text(TWICE)
    with pytest.raises(FaultError, match="'fault' stands twice"):
        faults_of_file(file)


@pytest.mark.parametrize("order", ['{"advance":1,"advance":2}', '{"resume":true,"resume":true}'])
def test_an_order_that_stands_twice_is_refused(client: FaultClient, order: str) -> None:
    reply = client.control("POST", "clock", body=order.encode())
    assert (reply.status, "stands twice" in reply.json()["error"]["message"]) == (400, True)


@pytest.mark.parametrize("text", ["Gr\u00f6\u00dfe", "\u20ac", "\U0001f600", "plain"])
def test_the_text_of_a_fault_in_a_header_may_be_utf_8(client: FaultClient, text: str) -> None:
    fault = json.dumps({"status": 503, "body": text}, ensure_ascii=False).encode().decode("latin-1")
    reply = client.send("POST", STEPS, {"type": "phone"}, fault=fault)
    assert (reply.status, reply.body.decode()) == (503, text)


def test_the_text_of_a_fault_in_a_header_may_be_latin_1(client: FaultClient) -> None:
    fault = json.dumps({"status": 503, "body": "Gr\u00f6\u00dfe"}, ensure_ascii=False)
    reply = client.send("POST", STEPS, {"type": "phone"}, fault=fault)
    assert (reply.status, reply.body.decode()) == (503, "Gr\u00f6\u00dfe")


def test_a_file_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    file = tmp_path / "faults.json"
    file.write_bytes(b'\xef\xbb\xbf[{"fault":"rate-limited"}]')
    assert faults_of_file(file) == [{"fault": "rate-limited"}]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('[{"fault":"rate-limited"}]'.encode("utf-16"), "not JSON in UTF-8"),
        (b" " * (MAX_FAULTS * MAX_FAULT_BYTES + 1), "The file has more than 6,553,600 bytes."),
    ],
    ids=["UTF-16", "large"],
)
def test_a_file_of_another_kind_stops_the_start(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, content: bytes, message: str
) -> None:
    file = tmp_path / "faults.json"
    file.write_bytes(content)
    assert main(["serve", "--port", "0", "--faults", str(file)]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1


def test_the_fault_of_a_header_comes_before_those_that_stand(client: FaultClient) -> None:
    client.declare({"status": 503, "times": 1})
    statuses = [client.add(fault={"status": 418}).status, client.add().status, client.add().status]
    assert statuses == [418, 503, 200]


def test_a_request_that_the_quota_refuses_uses_up_no_fault() -> None:
    client = FaultClient(rate_limit=True).open()

    def answers() -> list[int]:
        return [client.send("GET", "/lemlist/api/team").status for _ in range(22)]

    assert set(answers()) == {200, 429}
    client.declare({"status": 503, "times": 1})
    assert set(answers()) == {429}
    [left] = client.standing()
    assert (left["seen"], left["applied"]) == (0, 0)
    assert client.control("POST", "clock", body={"advance": 2}).status == 200
    assert answers()[:2] == [503, 200]


def test_a_lost_reply_counts_for_the_quota() -> None:
    client = FaultClient(rate_limit=True).open()
    found: list[Any] = [client.add(fault="lost-reply") for _ in range(19)]
    assert {reply.cut for reply in found} == {-1}
    assert client.add().status == 429

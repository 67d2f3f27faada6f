"""The client of the handoff service, against a real HTTP server."""

import json
import logging
import socket
import threading
from pathlib import Path

import pytest

from actions import desk as desk_module
from actions.desk import Circuit, Desk, DeskUnavailable
from tests.assistant.fake_service import fake_service

CONTRACT = Path(__file__).parents[1] / "contract"
TURN = json.loads((CONTRACT / "turn_request.json").read_text())
STAY = json.loads((CONTRACT / "turn_response_stay.json").read_text())
KEY = "a-secret-service-key"


class Clock:
    """A clock that stands still until it is told to go on."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Clock()


def make_desk(url: str, clock: Clock, key: str | None = KEY) -> Desk:
    return Desk(url, key, Circuit(skip_seconds=5.0, clock=clock))


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(autouse=True)
def patience(monkeypatch):
    """A busy machine may be slower than customers can wait; tests about slowness set their own limits."""
    monkeypatch.setattr(desk_module, "CONNECT_SECONDS", 20)
    monkeypatch.setattr(desk_module, "READ_SECONDS", 20)


@pytest.mark.parametrize("name", ["stay", "handoff_agent", "handoff_queue", "silent", "noted"])
def test_it_returns_the_services_answer(name, clock):
    answer = json.loads((CONTRACT / f"turn_response_{name}.json").read_text())
    with fake_service((200, answer)) as service:
        assert make_desk(service.url, clock).assess(TURN) == answer
        (request,) = service.requests
    assert request["path"] == "/api/v1/turns"
    assert request["body"] == TURN
    assert request["headers"]["Authorization"] == f"Bearer {KEY}"
    assert request["headers"]["X-Correlation-ID"] == TURN["message_id"]
    assert request["headers"]["Content-Type"] == "application/json"


@pytest.mark.parametrize("message_id", ["退款\r\nX-Evil: 1", "a b/c?d", "x" * 5000, ""])
def test_any_message_id_makes_a_lawful_header(message_id, clock):
    with fake_service((200, STAY)) as service:
        make_desk(service.url, clock).assess(TURN | {"message_id": message_id})
        headers = service.requests[0]["headers"]
    assert "X-Evil" not in headers
    assert len(headers["X-Correlation-ID"]) <= 200


def test_without_a_key_it_warns_once_and_calls_nobody(clock, caplog):
    with fake_service((200, STAY)) as service:
        desk = make_desk(service.url, clock, key=None)
        for _ in range(3):
            with pytest.raises(DeskUnavailable, match="HANDOFF_SERVICE_KEY"):
                desk.assess(TURN)
        assert service.requests == []
    assert [record.levelname for record in caplog.records] == ["WARNING"]


def test_after_a_failure_calls_are_skipped_for_five_seconds(clock):
    with fake_service((500, {"title": "broken"})) as service:
        desk = make_desk(service.url, clock)
        with pytest.raises(DeskUnavailable):
            desk.assess(TURN)
        service.answer = lambda _turn: (200, STAY)
        clock.now += 4.9
        with pytest.raises(DeskUnavailable, match="skipped"):
            desk.assess(TURN)
        assert len(service.requests) == 1
        clock.now += 0.2
        assert desk.assess(TURN) == STAY
        assert desk.assess(TURN) == STAY
        assert len(service.requests) == 3


def test_a_second_failure_skips_again(clock):
    with fake_service((503, {})) as service:
        desk = make_desk(service.url, clock)
        for _ in range(2):
            with pytest.raises(DeskUnavailable, match="no decision"):
                desk.assess(TURN)
            with pytest.raises(DeskUnavailable, match="skipped"):
                desk.assess(TURN)
            clock.now += 5.1
        assert len(service.requests) == 2


def test_when_the_time_is_over_only_one_caller_tries(clock):
    circuit = Circuit(skip_seconds=5.0, clock=clock)
    assert circuit.failed()
    clock.now += 5.1
    assert [circuit.allows() for _ in range(3)] == [True, False, False]
    assert circuit.succeeded()
    assert [circuit.allows() for _ in range(3)] == [True, True, True]


def test_nobody_listening_is_unavailable(clock):
    desk = make_desk(f"http://127.0.0.1:{closed_port()}", clock)
    with pytest.raises(DeskUnavailable, match="no answer"):
        desk.assess(TURN)
    with pytest.raises(DeskUnavailable, match="skipped"):
        desk.assess(TURN)


def test_a_service_that_hangs_is_left_alone_after_three_calls(clock, monkeypatch, caplog):
    monkeypatch.setattr(desk_module, "READ_SECONDS", 0.05)
    release = threading.Event()

    def hang(_turn):
        release.wait(30)
        return 200, STAY

    with fake_service(hang) as service:
        desk = make_desk(service.url, clock)
        for _ in range(3):
            assert not caplog.records
            with pytest.raises(DeskUnavailable, match="in time"):
                desk.assess(TURN)
        assert "does not decide" in caplog.text
        with pytest.raises(DeskUnavailable, match="skipped"):
            desk.assess(TURN)
        clock.now += 5.1
        with pytest.raises(DeskUnavailable, match="in time"):
            desk.assess(TURN)
        with pytest.raises(DeskUnavailable, match="skipped"):
            desk.assess(TURN)
        release.set()


def test_one_that_is_late_now_and_then_goes_on_deciding(clock):
    circuit = Circuit(skip_seconds=5.0, clock=clock)
    for _ in range(5):
        assert not circuit.late()
        assert not circuit.late()
        assert circuit.allows()
        assert not circuit.succeeded()


@pytest.mark.parametrize("status", [400, 404, 409, 413, 422, 429])
def test_a_refused_turn_does_not_keep_others_from_being_assessed(status, clock, caplog):
    problem = {
        "title": "Unprocessable",
        "detail": "退款",
        "errors": [{"loc": ["body", "sent_at"], "input": "secret words"}],
    }
    with fake_service((status, problem)) as service:
        desk = make_desk(service.url, clock)
        with pytest.raises(DeskUnavailable, match=str(status)):
            desk.assess(TURN)
        service.answer = lambda _turn: (200, STAY)
        assert desk.assess(TURN) == STAY
    (record,) = [r for r in caplog.records if r.levelno >= logging.ERROR]
    assert "body.sent_at" in record.getMessage()
    assert TURN["message_id"] in record.getMessage()
    assert "secret words" not in caplog.text


@pytest.mark.parametrize("status", [401, 403])
def test_a_wrong_key_is_wrong_for_everybody(status, clock, caplog):
    with fake_service((status, {})) as service:
        desk = make_desk(service.url, clock)
        with pytest.raises(DeskUnavailable, match=str(status)):
            desk.assess(TURN)
        with pytest.raises(DeskUnavailable, match="skipped"):
            desk.assess(TURN)
        assert len(service.requests) == 1
    assert "HANDOFF_SERVICE_KEY" in caplog.text


@pytest.mark.parametrize(
    "answer",
    [
        (200, b"not json"),
        (200, []),
        (200, {}),
        (200, {"decision": "shrug"}),
        (200, {"decision": None}),
        (204, b""),
        (301, b""),
        (201, STAY),
    ],
)
def test_an_answer_without_a_decision_is_unavailable(answer, clock):
    with fake_service(answer) as service:
        desk = make_desk(service.url, clock)
        with pytest.raises(DeskUnavailable):
            desk.assess(TURN)
        with pytest.raises(DeskUnavailable, match="skipped"):
            desk.assess(TURN)


def test_a_kept_connection_that_was_closed_is_opened_again(clock):
    """The service closes idle connections; the turn that meets such a one must not be lost."""
    listener = socket.create_server(("127.0.0.1", 0))
    body = json.dumps(STAY).encode()
    response = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
    received = []

    def read_request(connection: socket.socket) -> None:
        with connection.makefile("rb") as stream:
            length = 0
            for line in iter(stream.readline, b"\r\n"):
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            received.append(stream.read(length))

    def serve() -> None:
        first, _ = listener.accept()
        read_request(first)
        first.sendall(response)
        read_request(first)  # the second request arrives on the kept connection …
        first.close()  # … which is closed without an answer
        second, _ = listener.accept()
        read_request(second)
        second.sendall(response)
        second.close()

    server = threading.Thread(target=serve, daemon=True)
    server.start()
    desk = make_desk(f"http://127.0.0.1:{listener.getsockname()[1]}", clock)
    assert desk.assess(TURN) == STAY
    assert desk.assess(TURN) == STAY
    server.join(30)
    listener.close()
    assert len(received) == 3


def test_the_key_is_never_logged(clock, caplog):
    caplog.set_level(logging.DEBUG)
    for answer in ((401, {}), (422, {}), (500, {})):
        with fake_service(answer) as service, pytest.raises(DeskUnavailable) as raised:
            make_desk(service.url, clock).assess(TURN)
        assert KEY not in str(raised.value)
    assert caplog.records
    assert KEY not in caplog.text


def test_neither_proxy_nor_netrc_of_the_environment_count(clock, monkeypatch, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text("default login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{closed_port()}")
    with fake_service((200, STAY)) as service:
        assert make_desk(service.url, clock).assess(TURN) == STAY
        assert service.requests[0]["headers"]["Authorization"] == f"Bearer {KEY}"


def test_the_environment_names_service_and_key(clock, monkeypatch):
    with fake_service((200, STAY)) as service:
        monkeypatch.setenv("HANDOFF_URL", service.url + "/")
        monkeypatch.setenv("HANDOFF_SERVICE_KEY", f"{KEY}\n")
        assert Desk.from_environment().assess(TURN) == STAY
        assert service.requests[0]["path"] == "/api/v1/turns"
        assert service.requests[0]["headers"]["Authorization"] == f"Bearer {KEY}"


def test_many_threads_share_it(clock):
    with fake_service(lambda turn: (200, STAY | {"turn_id": turn["message_id"]})) as service:
        desk = make_desk(service.url, clock)
        answers = {}

        def call(number: int) -> None:
            answers[number] = desk.assess(TURN | {"message_id": f"m{number}"})["turn_id"]

        threads = [threading.Thread(target=call, args=(n,)) for n in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
    assert answers == {n: f"m{n}" for n in range(16)}

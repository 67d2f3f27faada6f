"""The optional endpoint: whatever it does, the agent has the plain suggestions in time."""

import contextlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from pydantic import SecretStr

from handoff_service.assist import wording
from handoff_service.assist.wording import Wording, is_sound
from handoff_service.settings import Settings

PLAIN = ["满 99 元包邮，不满 99 元运费 8 元。", "请把订单号发给我，[姓名]会查。", "还没发货的订单可以取消。"]
BETTER = [
    "您好，满 99 元是包邮的，不到 99 元收 8 元运费。",
    "麻烦发一下订单号，[姓名]帮您查。",
    "没发货就能取消的。",
]


class FakeEndpoint:
    """Answers as it is told to, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[dict[str, str], dict[str, Any]]] = []
        self.answer: Callable[[BaseHTTPRequestHandler], None] = self.says(json.dumps(BETTER))
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                fake.asked.append((dict(self.headers), body))
                with contextlib.suppress(OSError):  # the caller has gone
                    fake.answer(self)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @staticmethod
    def raw(body: bytes, status: int = 200, kind: str = "application/json") -> Callable[[Any], None]:
        def answer(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(status)
            handler.send_header("Content-Type", kind)
            handler.send_header("Content-Length", str(len(body)))
            handler.end_headers()
            handler.wfile.write(body)

        return answer

    @classmethod
    def says(cls, content: object) -> Callable[[Any], None]:
        return cls.raw(json.dumps({"choices": [{"message": {"content": content}}]}).encode())

    @staticmethod
    def drips(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        for _ in range(100):
            handler.wfile.write(b" ")
            handler.wfile.flush()
            time.sleep(0.1)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def endpoint() -> Iterator[FakeEndpoint]:
    fake = FakeEndpoint()
    yield fake
    fake.close()


class Time:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now or time.monotonic()


@pytest.fixture
def configured(endpoint: FakeEndpoint) -> Iterator[Wording]:
    made = Wording(settings(endpoint.url))
    yield made
    made.close()


def settings(url: str) -> Settings:
    secret = "x" * 40
    return Settings(
        service_key=SecretStr(secret),
        token_secret=SecretStr(secret),
        rasa_jwt_secret=SecretStr(secret),
        assist_url=url,
        assist_key=SecretStr("sk-of-the-desk"),
        assist_model="small",
    )


def word(by: Wording) -> list[str]:
    return by.word("邮费多少", PLAIN, "zh")


def test_better_words_are_taken(endpoint: FakeEndpoint, configured: Wording) -> None:
    assert configured.offered
    assert word(configured) == BETTER
    headers, body = endpoint.asked[0]
    assert headers["Authorization"] == "Bearer sk-of-the-desk"
    assert body["model"] == "small"
    assert json.loads(body["messages"][1]["content"]) == {"question": "邮费多少", "candidates": PLAIN}


def test_a_code_fence_around_the_answer_is_read_through(endpoint: FakeEndpoint, configured: Wording) -> None:
    endpoint.answer = endpoint.says(f"```json\n{json.dumps(BETTER)}\n```")

    assert word(configured) == BETTER


def test_without_an_endpoint_nothing_is_asked(endpoint: FakeEndpoint) -> None:
    off = Wording(settings(""))

    assert not off.offered
    assert word(off) == PLAIN
    assert endpoint.asked == []


@pytest.mark.parametrize(
    "answer",
    [
        FakeEndpoint.raw(b"oops", 500),
        FakeEndpoint.raw(b"", 429),
        FakeEndpoint.raw(b"", 302),
        FakeEndpoint.raw(b"<html><body>Bad gateway</body></html>", 200, "text/html"),
        FakeEndpoint.raw(b"{not json"),
        FakeEndpoint.raw(b"\xff\xfe\x00"),
        FakeEndpoint.raw(b"[]"),
        FakeEndpoint.raw(b'{"choices": []}'),
        FakeEndpoint.raw(b'{"choices": [{"message": {"content": null}}]}'),
        FakeEndpoint.raw(b'{"choices": 7}'),
        FakeEndpoint.raw(b"[" * 50_000),
        FakeEndpoint.raw(b" " * 200_000),
        FakeEndpoint.says("Sure! Here are your replies."),
        FakeEndpoint.says(json.dumps(BETTER[:2])),
        FakeEndpoint.says(json.dumps({"replies": BETTER})),
        FakeEndpoint.says(json.dumps([1, None, {}])),
    ],
)
def test_rubbish_leaves_the_plain_words(
    endpoint: FakeEndpoint, configured: Wording, answer: Callable[[Any], None]
) -> None:
    endpoint.answer = answer

    assert word(configured) == PLAIN


def test_a_dead_endpoint_leaves_the_plain_words() -> None:
    assert word(Wording(settings("http://127.0.0.1:9/v1"))) == PLAIN


def test_a_wrong_address_leaves_the_plain_words() -> None:
    assert word(Wording(settings("no address"))) == PLAIN


@pytest.mark.parametrize("slow", [lambda handler: time.sleep(10), FakeEndpoint.drips])
def test_a_slow_endpoint_is_not_waited_for(
    endpoint: FakeEndpoint,
    configured: Wording,
    slow: Callable[[Any], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(wording, "SECONDS", 0.5)
    endpoint.answer = slow
    started = time.monotonic()

    assert word(configured) == PLAIN
    assert time.monotonic() - started < 8, "half a second on a quiet machine"


def test_after_three_failures_it_is_left_alone_for_a_while(endpoint: FakeEndpoint) -> None:
    clock = Time()
    clock.now = 100.0
    made = Wording(settings(endpoint.url), clock=clock)
    endpoint.answer = endpoint.raw(b"", 500)
    for _ in range(5):
        word(made)
    assert len(endpoint.asked) == 3

    clock.now += wording.REST + 1
    endpoint.answer = endpoint.says(json.dumps(BETTER))

    assert word(made) == BETTER
    assert word(made) == BETTER


def test_an_answer_in_between_forgives_failures(endpoint: FakeEndpoint, configured: Wording) -> None:
    for content in (None, None, json.dumps(BETTER), None, None, json.dumps(BETTER)):
        endpoint.answer = endpoint.says(content)
        word(configured)

    assert len(endpoint.asked) == 6


def test_only_the_suggestion_that_went_wrong_keeps_its_words(
    endpoint: FakeEndpoint, configured: Wording
) -> None:
    endpoint.answer = endpoint.says(
        json.dumps([BETTER[0], "订单号发给我，看 https://evil.example", BETTER[2]])
    )

    assert word(configured) == [BETTER[0], PLAIN[1], BETTER[2]]


@pytest.mark.parametrize(
    "new",
    [
        "满 99 元包邮，详见 https://evil.example/x",
        "满 99 元包邮，不满的收 8 元，加微信 evil_2026",
        "满 99 元包邮，不满的收 8 元，发邮件到 a@evil.example",
        "满 99 元包邮，不满的收 8 元，打 13812345678",
        "满 199 元包邮，不满的收 8 元",
        "满 99 元包邮",
        "满 99 元包邮，不满的收 8 元，[姓名]您好",
        "满 99 元包邮，不满的收 8 元<script>alert(1)</script>",
        "满 99 元包邮，不满的收 [8 元](evil)",
        "Free from 99, else 8",
        "",
        "   ",
        "满 99 元包邮，收 8 元" * 40,
        None,
        7,
    ],
)
def test_what_changes_a_fact_or_leads_elsewhere_is_dropped(new: object) -> None:
    assert not is_sound(new, "满 99 元包邮，不满 99 元运费 8 元。", "zh")


def test_a_placeholder_must_stay() -> None:
    assert not is_sound("Hello, it is on its way", "Hello [name], it's on its way", "en")
    assert is_sound("Hi [name], it's already on its way", "Hello [name], it's on its way", "en")

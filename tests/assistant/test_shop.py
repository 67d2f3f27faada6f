"""The shop port: what its adapters promise, and how numbers, days and amounts are read and written."""

import json
import socket
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from actions.shop.http_shop import HttpShop
from actions.shop.numbers import order_number_alone, order_number_in
from actions.shop.port import (
    ORDER_STATUSES,
    REFUND_STATUSES,
    InvoiceRequest,
    Order,
    Refund,
    ShopUnavailable,
    order_from_dict,
    order_to_dict,
)
from actions.shop.seed import demo_orders, seed
from actions.shop.settings import shop_from_environment
from actions.shop.sqlite_shop import SqliteShop
from actions.shop.wording import day_text, money_text

TODAY = date(2026, 3, 4)
ORDER = Order(
    number="A-7",
    status="shipped",
    amount=Decimal("19.90"),
    currency="EUR",
    placed_on=date(2026, 3, 1),
    carrier="DHL",
    tracking_number="D1",
    eta=date(2026, 3, 6),
    refund=Refund("processing", Decimal("5.00"), date(2026, 3, 2), date(2026, 3, 9)),
)
INVOICE = InvoiceRequest("蓝鲸有限公司", "91350100M000100Y43", "fin@example.cn")


class TestJson:
    def test_an_order_survives_json(self):
        assert order_from_dict(json.loads(json.dumps(order_to_dict(ORDER)))) == ORDER

    def test_the_service_shows_the_same_json(self):
        text = (Path(__file__).parents[1] / "contract/shop_order.json").read_text("utf-8")
        assert order_to_dict(order_from_dict(json.loads(text))) == json.loads(text)

    def test_optional_keys_may_be_missing_and_unknown_ones_are_ignored(self):
        order = order_from_dict(
            {
                "number": "1",
                "status": "unpaid",
                "amount": 19.9,
                "currency": "CNY",
                "placed_on": "2026-03-01",
                "x": 1,
            }
        )
        assert order == Order("1", "unpaid", Decimal("19.9"), "CNY", date(2026, 3, 1))

    @pytest.mark.parametrize(
        "change",
        [
            {"number": ""},
            {"number": 10023},
            {"status": "lost"},
            {"status": None},
            {"amount": "a lot"},
            {"amount": True},
            {"amount": "NaN"},
            {"placed_on": "yesterday"},
            {"eta": 5},
            {"refund": "yes"},
            {"refund": {"status": "maybe", "amount": "1", "updated_on": "2026-03-01"}},
        ],
    )
    def test_anything_else_is_refused(self, change):
        with pytest.raises(ValueError, match="must be"):
            order_from_dict({**order_to_dict(ORDER), **change})

    @pytest.mark.parametrize("data", [None, [], "order", 3])
    def test_only_an_object_is_an_order(self, data):
        with pytest.raises(ValueError, match="object"):
            order_from_dict(data)


class TestDemoShop:
    def test_every_seeded_order_is_found(self, tmp_path):
        path = tmp_path / "new folder" / "shop.db"
        assert seed(path, TODAY) == len(demo_orders(TODAY)) >= 12
        shop = SqliteShop(path)
        assert [shop.order(order.number, "anybody") for order in demo_orders(TODAY)] == demo_orders(TODAY)

    def test_an_unknown_number_is_none(self, tmp_path):
        seed(tmp_path / "shop.db", TODAY)
        assert SqliteShop(tmp_path / "shop.db").order("99999", "anybody") is None

    def test_seeding_again_keeps_other_orders_and_moves_the_days(self, tmp_path):
        path = tmp_path / "shop.db"
        seed(path, TODAY)
        with sqlite3.connect(path) as connection:
            connection.execute("INSERT INTO orders VALUES ('A-7', ?)", (json.dumps(order_to_dict(ORDER)),))
        seed(path, date(2026, 3, 10))
        seed(path, date(2026, 3, 10))
        shop = SqliteShop(path)
        assert shop.order("A-7", "anybody") == ORDER
        assert shop.order("10023", "anybody").eta == date(2026, 3, 11)

    def test_the_demo_shows_every_situation(self):
        orders = demo_orders(TODAY)
        assert {order.status for order in orders} == set(ORDER_STATUSES)
        assert {order.refund.status for order in orders if order.refund} == set(REFUND_STATUSES)
        known = {order.number: order for order in orders}
        assert known["10023"].status == "shipped"
        assert known["10024"].status == "delivered"
        assert known["10025"].refund.status == "processing"
        assert known["10026"].status == "unpaid"

    def test_a_missing_file_is_unavailable_and_is_not_created(self, tmp_path):
        with pytest.raises(ShopUnavailable, match=r"actions\.shop\.seed"):
            SqliteShop(tmp_path / "shop.db").order("10023", "anybody")
        assert not (tmp_path / "shop.db").exists()

    @pytest.mark.parametrize("content", [b"", b"this is no database" * 100])
    def test_a_file_that_is_no_shop_is_unavailable(self, tmp_path, content):
        (tmp_path / "shop.db").write_bytes(content)
        with pytest.raises(ShopUnavailable):
            SqliteShop(tmp_path / "shop.db").order("10023", "anybody")

    def test_the_latest_request_for_an_invoice_is_kept(self, tmp_path):
        path = tmp_path / "shop.db"
        seed(path, TODAY)
        for title in ("first", "second"):
            assert SqliteShop(path).request_invoice("10024", replace(INVOICE, title=title), "anybody")
        with sqlite3.connect(path) as connection:
            kept = connection.execute("SELECT number, body FROM invoice_requests").fetchall()
        assert [(number, json.loads(body)["title"]) for number, body in kept] == [("10024", "second")]

    def test_no_invoice_is_asked_for_an_unknown_order(self, tmp_path):
        seed(tmp_path / "shop.db", TODAY)
        assert SqliteShop(tmp_path / "shop.db").request_invoice("99999", INVOICE, "anybody") is False

    def test_a_request_does_not_create_a_missing_file(self, tmp_path):
        with pytest.raises(ShopUnavailable):
            SqliteShop(tmp_path / "shop.db").request_invoice("10024", INVOICE, "anybody")
        assert not (tmp_path / "shop.db").exists()


@contextmanager
def http_server(status: int = 200, body: bytes = b"{}", headers: dict | None = None) -> Iterator[tuple]:
    """A server that gives one answer to every request; yields its address and the requests it got."""
    requests: list[tuple[str, dict]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            requests.append((self.path, dict(self.headers)))
            self.answer()

        def do_PUT(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            requests.append((self.path, json.loads(body)))
            self.answer()

        def answer(self):
            self.send_response(status)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/api/", requests
        finally:
            server.shutdown()
            thread.join()


class TestHttpShop:
    def test_an_order_is_read_and_the_request_names_customer_and_token(self):
        with http_server(body=json.dumps(order_to_dict(ORDER)).encode()) as (url, requests):
            assert HttpShop(url, "secret").order("A/7 ?", "webchat:main:v 1") == ORDER
        path, headers = requests[0]
        assert urlsplit(path).path == "/api/orders/A%2F7%20%3F"
        assert parse_qs(urlsplit(path).query) == {"customer": ["webchat:main:v 1"]}
        assert headers["Authorization"] == "Bearer secret"

    def test_without_a_token_nothing_is_claimed(self):
        with http_server(404) as (url, requests):
            HttpShop(url).order("1", "s")
        assert "Authorization" not in requests[0][1]

    @pytest.mark.parametrize("status", [403, 404])
    def test_an_order_that_is_not_there_or_not_theirs_is_none(self, status):
        with http_server(status) as (url, _):
            assert HttpShop(url).order("1", "s") is None

    @pytest.mark.parametrize("status", [204, 400, 401, 429, 500, 503])
    def test_other_answers_are_unavailable(self, status):
        body = b"" if status == 204 else b"{}"
        with http_server(status, body) as (url, _), pytest.raises(ShopUnavailable, match=str(status)):
            HttpShop(url).order("1", "s")

    def test_a_redirect_is_not_followed_with_the_token(self):
        with http_server(404) as (elsewhere, seen):
            redirect = http_server(302, headers={"Location": elsewhere})
            with redirect as (url, _), pytest.raises(ShopUnavailable, match="302"):
                HttpShop(url, "secret").order("1", "s")
            assert seen == []

    @pytest.mark.parametrize("body", [b"", b"not json", b"[]", b'{"number": "1"}', b"\xff\xfe"])
    def test_an_order_that_cannot_be_read_is_unavailable(self, body):
        with http_server(body=body) as (url, _), pytest.raises(ShopUnavailable, match="cannot be read"):
            HttpShop(url).order("1", "s")

    @pytest.mark.parametrize(("status", "taken"), [(200, True), (204, True), (403, False), (404, False)])
    def test_an_invoice_is_asked_for(self, status, taken):
        with http_server(status, b"") as (url, requests):
            assert HttpShop(url).request_invoice("A/7", INVOICE, "webchat:main:v 1") is taken
        path, sent = requests[0]
        assert urlsplit(path).path == "/api/orders/A%2F7/invoice"
        assert parse_qs(urlsplit(path).query) == {"customer": ["webchat:main:v 1"]}
        assert sent == {
            "title": "蓝鲸有限公司",
            "tax_number": "91350100M000100Y43",
            "email": "fin@example.cn",
        }

    @pytest.mark.parametrize("status", [302, 400, 401, 500])
    def test_an_invoice_that_was_not_taken_is_said_so(self, status):
        with http_server(status) as (url, _), pytest.raises(ShopUnavailable, match=str(status)):
            HttpShop(url).request_invoice("1", INVOICE, "s")

    def test_cookies_are_not_kept(self):
        with http_server(404, headers={"Set-Cookie": "customer=somebody; Path=/"}) as (url, requests):
            shop = HttpShop(url)
            shop.order("1", "s")
            shop.order("2", "s")
        assert "Cookie" not in requests[1][1]

    def test_a_server_that_stays_silent_is_unavailable(self):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            shop = HttpShop(f"http://127.0.0.1:{silent.getsockname()[1]}", timeout=(5, 0.05))
            with pytest.raises(ShopUnavailable, match="does not answer"):
                shop.order("1", "s")

    def test_nobody_listening_is_unavailable(self):
        with http_server() as (url, _):
            pass
        with pytest.raises(ShopUnavailable, match="does not answer"):
            HttpShop(url).order("1", "s")

    def test_the_reason_for_the_log_holds_neither_customer_nor_number_nor_password(self):
        with http_server() as (url, _):
            pass
        with pytest.raises(ShopUnavailable) as raised:
            HttpShop(url.replace("http://", "http://shop:secret@")).order("10023", "webchat:main:v1")
        told = str(raised.value)
        assert "127.0.0.1" in told
        assert not any(word in told for word in ("secret", "10023", "webchat"))


class TestChoice:
    def test_the_demo_shop_is_the_default(self, tmp_path, monkeypatch):
        monkeypatch.delenv("SHOP_URL", raising=False)
        monkeypatch.setenv("BATON_DATA_DIR", str(tmp_path))
        seed(tmp_path / "shop.db", TODAY)
        assert shop_from_environment().order("10023", "s").number == "10023"

    def test_an_address_chooses_the_http_shop(self, monkeypatch):
        with http_server(body=json.dumps(order_to_dict(ORDER)).encode()) as (url, requests):
            monkeypatch.setenv("SHOP_URL", url)
            monkeypatch.setenv("SHOP_TOKEN", "t0")
            assert shop_from_environment().order("A-7", "s") == ORDER
        assert requests[0][1]["Authorization"] == "Bearer t0"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("我的订单10023到哪了", "10023"),
        ("我的訂單１００２７到哪了", "10027"),
        ("订单号是10024", "10024"),
        ("單號:10031謝謝", "10031"),
        ("一零零二三 到哪了", "10023"),
        ("where is order #10024 right now", "10024"),
        ("order number is 123", "123"),
        ("it's 10024, thanks", "10024"),
        ("no 10030", "10030"),
        ("订单so-10023", "SO-10023"),
        ("10023和10024", "10023"),
        ("我买了12999元的手机", None),
        ("¥12999", None),
        ("I paid 20000 dollars", None),
        ("利息50000块多少", None),
        ("12,500", None),
        ("10023.50", None),
        ("我的手机13812345678", None),
        ("order from 2025", None),
        ("where is my order", None),
        ("我的订单呢", None),
        ("", None),
    ],
)
def test_order_number_in(text, number):
    assert order_number_in(text) == number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("10023", "10023"),
        (" #10023。", "10023"),
        ("100 23", "10023"),
        ("100-23", "100-23"),
        ("so-10023", "SO-10023"),
        ("7", "7"),
        ("１００２３", "10023"),
        ("一零零二三", "10023"),
        ("10023吗", None),
        ("我忘了", None),
        ("no 10030", None),
        ("", None),
        ("?", None),
    ],
)
def test_order_number_alone(text, number):
    assert order_number_alone(text) == number


@pytest.mark.parametrize(
    ("day", "language", "text"),
    [
        (date(2026, 3, 6), "zh", "3月6日（周五）"),
        (date(2026, 3, 6), "en", "Friday 6 March"),
        (date(2025, 12, 28), "zh", "2025年12月28日（周日）"),
        (date(2025, 12, 28), "en", "Sunday 28 December 2025"),
    ],
)
def test_day_text(day, language, text):
    assert day_text(day, language, TODAY) == text


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [("1299", "CNY", "¥1,299.00"), ("0.5", "usd", "$0.50"), ("90", "SEK", "SEK 90.00")],
)
def test_money_text(amount, currency, text):
    assert money_text(Decimal(amount), currency) == text

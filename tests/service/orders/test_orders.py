"""Orders beside a conversation: the shop is asked behind the caller's back, and may fail."""

import json
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from handoff_service.context import Context
from handoff_service.orders.lookups import FAILED_SECONDS, KEPT_SECONDS, Lookups
from handoff_service.orders.schemas import OrderOut
from handoff_service.orders.shop import MOST, DemoShop, HttpShop, ShopUnavailable
from tests.service.callers import AgentCaller, Agents
from tests.service.desk import Desk
from tests.service.live import wait_until

ORDER = json.loads((Path(__file__).parents[2] / "contract/shop_order.json").read_text("utf-8"))
TOKEN = "a token that nobody else may see"


def shop(answer: Callable[[httpx.Request], httpx.Response], address: str = "shop.test") -> HttpShop:
    return HttpShop(f"http://{address}/api/", TOKEN, httpx.MockTransport(answer))


def test_it_is_asked_for_the_customer_and_with_the_token() -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, json={"orders": [ORDER]})

    (order,) = shop(answer).orders("webchat:default:a b&c")

    assert asked[0].url.path == "/api/orders"
    assert asked[0].url.params["customer"] == "webchat:default:a b&c"
    assert asked[0].headers["Authorization"] == f"Bearer {TOKEN}"
    assert json.loads(order.model_dump_json()) == ORDER


@pytest.mark.parametrize("status", [403, 404])
def test_a_customer_it_does_not_know_has_no_orders(status: int) -> None:
    assert shop(lambda _: httpx.Response(status)).orders("s") == []


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(500),
        httpx.Response(302, headers={"Location": "http://elsewhere.test"}),
        httpx.Response(200, text="<html>"),
        httpx.Response(200, json=[ORDER]),
        httpx.Response(200, json={"orders": [{**ORDER, "status": "lost"}]}),
        httpx.Response(200, json={"orders": [{**ORDER, "amount": "NaN"}]}),
        httpx.Response(200, text="[" * 100_000),
        httpx.Response(200, content=b" " * 2 * 1024 * 1024),
        httpx.ConnectError(f"http://user:secret@shop.test {TOKEN}"),
        httpx.ReadTimeout("slow"),
    ],
    ids=lambda answer: f"{getattr(answer, 'status_code', type(answer).__name__)}",
)
def test_what_it_cannot_answer_is_said_without_a_secret(answer: httpx.Response | Exception) -> None:
    def reply(_request: httpx.Request) -> httpx.Response:
        if isinstance(answer, Exception):
            raise answer
        return answer

    with pytest.raises(ShopUnavailable) as refusal:
        shop(reply, "user:secret@shop.test").orders("s")
    assert "secret" not in str(refusal.value)
    assert TOKEN not in str(refusal.value)


def test_no_more_are_shown_than_somebody_reads() -> None:
    assert len(shop(lambda _: httpx.Response(200, json={"orders": [ORDER] * 80})).orders("s")) == MOST


def test_the_demo_shop_shows_its_file_newest_first(tmp_path: Path) -> None:
    path = tmp_path / "shop.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE orders (number TEXT PRIMARY KEY, body TEXT NOT NULL)")
        for number, day in (("1", "2026-02-01"), ("2", "2026-03-01")):
            body = json.dumps({**ORDER, "number": number, "placed_on": day})
            connection.execute("INSERT INTO orders VALUES (?, ?)", (number, body))

    assert [order.number for order in DemoShop(path).orders("anybody")] == ["2", "1"]
    with pytest.raises(ShopUnavailable):
        DemoShop(tmp_path / "none.db").orders("anybody")


class SlowShop:
    demo = False

    def __init__(self) -> None:
        self.go = threading.Event()
        self.asked: list[str] = []
        self.failing = False

    def orders(self, sender_id: str) -> list[OrderOut]:
        self.asked.append(sender_id)
        assert self.go.wait(10)
        if self.failing:
            raise ShopUnavailable("down")
        return [OrderOut.model_validate(ORDER)]


def state(lookups: Lookups, sender_id: str = "s") -> Any:
    return lookups.look(sender_id)["state"]


def test_nobody_waits_for_it_and_it_is_asked_once_in_a_minute() -> None:
    slow, now = SlowShop(), [0.0]
    lookups = Lookups(slow, lambda: now[0])
    assert [state(lookups) for _ in range(3)] == ["asking"] * 3
    slow.go.set()
    wait_until(lambda: state(lookups) == "known")
    assert [order.number for order in lookups.look("s")["orders"]] == [ORDER["number"]]
    now[0] = KEPT_SECONDS - 1
    assert state(lookups) == "known"
    assert slow.asked == ["s"]
    now[0] = KEPT_SECONDS
    assert state(lookups) == "asking"
    lookups.close()


def test_one_that_is_down_is_asked_again_soon_but_not_at_every_click() -> None:
    slow, now = SlowShop(), [0.0]
    slow.failing = True
    slow.go.set()
    lookups = Lookups(slow, lambda: now[0])
    state(lookups)
    wait_until(lambda: state(lookups) == "unavailable")
    assert state(lookups) == "unavailable"
    assert slow.asked == ["s"]
    slow.failing, now[0] = False, FAILED_SECONDS
    wait_until(lambda: state(lookups) == "known")
    lookups.close()


def test_agents_see_them_beside_a_conversation_that_they_may_see(
    context: Context, app: FastAPI, as_agent: Agents
) -> None:
    slow = SlowShop()
    lin: AgentCaller = as_agent("lin", skills=["en"])
    app.state.orders = Lookups(slow)
    desk = Desk(context)
    desk.asks("s")
    path = f"/conversations/{desk.conversation('s').id}/orders"

    assert lin.get(path).json() == {"state": "asking", "demo": False, "orders": []}
    slow.go.set()
    wait_until(lambda: lin.get(path).json()["state"] == "known")
    assert lin.get(path).json()["orders"] == [ORDER]
    assert slow.asked == ["s"]
    assert as_agent("sam", presence="away").get(path).status_code == 404

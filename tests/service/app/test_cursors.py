"""A cursor that no list gave is refused, whatever is in it."""

import base64
import json
from typing import Any

import pytest

from handoff_service.context import Context
from tests.service.callers import Agents
from tests.service.desk import Desk

MOMENT = "2026-01-01T00:00:00+00:00"


@pytest.mark.parametrize(
    "place",
    [
        [MOMENT, 10**30],
        [MOMENT, True],
        [MOMENT, "\ud800"],
        [MOMENT, "a\x00"],
        ["0001-01-01T00:00:00+23:59", 1],
        ["9999-12-31T23:59:59-23:59", "x"],
        ["tomorrow", 1],
        [MOMENT],
        {},
    ],
)
def test_a_made_up_place_is_refused(context: Context, as_agent: Agents, place: Any) -> None:
    desk = Desk(context)
    desk.turn("s")
    lin = as_agent("lin")
    cursor = base64.urlsafe_b64encode(json.dumps(place).encode()).decode()
    for path in ("/conversations", f"/conversations/{desk.conversation('s').id}/messages", "/canned"):
        assert lin.get(path, params={"cursor": cursor}).status_code == 422

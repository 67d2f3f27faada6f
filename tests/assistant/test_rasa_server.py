"""How `rasa run` is started."""

import asyncio
import gc

import pytest
from rasa.core import run

from scripts import rasa_server


def test_what_is_there_when_the_model_is_loaded_is_not_looked_through_for_garbage(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    loaded = []

    async def load(*given: object) -> None:
        loaded.append(given)

    monkeypatch.setattr(run, "load_agent_on_start", load)
    rasa_server.leave_the_model_to_itself()
    try:
        asyncio.run(run.load_agent_on_start("model", "app", "loop"))
        assert loaded == [("model", "app", "loop")]
        assert gc.get_freeze_count() > 0
    finally:
        gc.unfreeze()

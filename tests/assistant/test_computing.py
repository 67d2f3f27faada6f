"""Few turns compute at once, but for those that wait elsewhere, and the loop breathes between them."""

import asyncio
from typing import Any

import pytest

from rasa_parts.computing import Computing, another_may_compute
from tests.assistant.channel_fakes import run


class Watched:
    """Turns that say when they compute."""

    def __init__(self, at_once: int) -> None:
        self.computing = Computing(at_once)
        self.now = 0
        self.most = 0
        self.ended: list[str] = []

    async def computes(self, passes: int = 3) -> None:
        self.now += 1
        self.most = max(self.most, self.now)
        for _ in range(passes):
            await asyncio.sleep(0)
        self.now -= 1

    async def turn(self, name: str, answer: "asyncio.Event | None" = None) -> None:
        async with self.computing.turn():
            await self.computes()
            if answer is not None:
                async with self.computing.elsewhere():
                    await answer.wait()
                await self.computes()
            self.ended.append(name)


@pytest.mark.parametrize("at_once", [1, 2])
def test_no_more_compute_at_once_than_may(at_once):
    async def scenario() -> None:
        turns = Watched(at_once)
        answer = asyncio.Event()
        work = [asyncio.create_task(turns.turn(f"t{n}", answer if n % 2 else None)) for n in range(12)]
        while len(turns.ended) < 6:  # noqa: ASYNC110 -- pass by pass
            await asyncio.sleep(0)
        answer.set()
        await asyncio.gather(*work)
        assert turns.most == at_once
        assert len(turns.ended) == 12

    run(scenario())


def test_a_turn_whose_answer_has_come_goes_on_before_others_begin():
    async def scenario() -> None:
        turns = Watched(1)
        answer = asyncio.Event()
        first = asyncio.create_task(turns.turn("asked elsewhere", answer))
        await asyncio.sleep(0)
        others = [asyncio.create_task(turns.turn(f"other {n}")) for n in range(5)]
        while not turns.ended:  # noqa: ASYNC110 -- pass by pass
            await asyncio.sleep(0)
        answer.set()
        await asyncio.gather(first, *others)
        assert turns.ended.index("asked elsewhere") <= 2

    run(scenario())


def test_between_two_turns_the_loop_is_left_to_others():
    async def scenario() -> None:
        turns = Watched(2)
        work = [asyncio.create_task(turns.turn(f"t{n}")) for n in range(16)]
        await asyncio.sleep(0)
        for _ in range(12):  # what it takes to accept, read and answer a request
            await asyncio.sleep(0)
        assert len(turns.ended) <= 2
        await asyncio.gather(*work)

    run(scenario())


def test_a_turn_that_is_broken_off_takes_no_place_with_it():
    async def scenario() -> None:
        turns = Watched(1)
        never = asyncio.Event()
        elsewhere = asyncio.create_task(turns.turn("elsewhere", never))
        waiting = [asyncio.create_task(turns.turn(f"waiting {n}")) for n in range(3)]
        await asyncio.sleep(0)
        for task in (elsewhere, waiting[1]):
            task.cancel()
        await asyncio.gather(elsewhere, *waiting, return_exceptions=True)
        after = Watched(1)
        after.computing = turns.computing
        await asyncio.gather(*(after.turn(f"after {n}") for n in range(3)))
        assert (after.most, len(after.ended)) == (1, 3)

    run(scenario())


def test_asking_the_action_server_gives_the_place_away_within_a_turn_alone():
    async def scenario() -> None:
        turns = Watched(1)
        asked, answered = asyncio.Event(), asyncio.Event()

        async def original(*_: Any, **__: Any) -> str:
            asked.set()
            await answered.wait()
            return "answer"

        request = another_may_compute(original)

        async def asking() -> str:
            async with turns.computing.turn():
                return await request()

        work = asyncio.create_task(asking())
        await asked.wait()
        await turns.turn("meanwhile")
        answered.set()
        assert await work == "answer"
        assert await request() == "answer", "outside a turn too"

    run(scenario())

"""Customers' files on their way from a provider's network to the handoff service."""

import asyncio
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import pytest

from channels.provider import NOT_RECEIVED, Media
from channels.taking import WITHOUT_WORDS
from tests.assistant.channel_fakes import run
from tests.assistant.post_network import PostInput, running


def test_a_file_is_in_the_service_before_the_bot_hears_of_it_and_a_lost_one_is_said_to_be_lost(tmp_path):
    uploads: list[tuple[bytes, str, dict[str, str]]] = []

    async def upload(
        _conversation: str, body: AsyncIterator[bytes], kind: str, params: dict[str, str]
    ) -> tuple[int, dict[str, Any]]:
        uploads.append((b"".join([chunk async for chunk in body]), kind, params))
        return 201, {"id": "f1", "name": params["name"], "type": kind}

    async def scenario() -> None:
        async with running(tmp_path / "post.db") as post:
            post.channel.desk = SimpleNamespace(upload=upload)  # type: ignore[assignment]
            await post.writes("m1", media=[Media("ref1", "a.jpg", "image/jpeg")])
            await post.quiet()
            post.channel.gone = True
            await post.writes("m2", media=[Media("ref2", "b.jpg", "image/jpeg")])
            await post.quiet()
            (first, kept), (second, lost) = post.bot.heard
            assert (first, second) == (WITHOUT_WORDS, WITHOUT_WORDS)
            assert kept["attachments"] == [{"id": "f1", "name": "a.jpg", "type": "image/jpeg"}]
            assert (lost["attachments"], lost["shown"]) == ([], NOT_RECEIVED)
        assert [(data, kind, params["name"]) for data, kind, params in uploads] == [
            (b"ref1", "image/jpeg", "a.jpg")
        ]

    run(scenario())


def files_taken_with(*statuses: int) -> SimpleNamespace:
    """The handoff service as far as it takes files, answering with these in turn."""
    left = list(statuses)

    async def upload(
        _conversation: str, body: AsyncIterator[bytes], kind: str, params: dict[str, str]
    ) -> tuple[int, dict[str, Any]]:
        async for _ in body:
            pass
        return left.pop(0), {"id": "f1", "name": params["name"], "type": kind}

    return SimpleNamespace(upload=upload, left=left)


def test_a_service_that_cannot_take_a_file_just_now_is_given_it_again(tmp_path, monkeypatch):
    monkeypatch.setattr("channels.provider.FETCH_AGAIN", (0.0,))
    desk = files_taken_with(500, 503, 429, 408, 401, 409, 201)

    async def scenario() -> None:
        async with running(tmp_path / "post.db") as post:
            post.channel.desk = desk  # type: ignore[assignment]
            await post.writes("m1", media=[Media("ref1", "a.jpg", "image/jpeg")])
            await post.quiet()
            (_, heard), *_ = post.bot.heard
            assert [file["id"] for file in heard["attachments"]] == ["f1"]

    run(scenario())
    assert desk.left == []


@pytest.mark.parametrize("status", [400, 413, 415, 422])
def test_a_file_that_the_service_has_looked_at_and_does_not_take_is_not_brought_again(tmp_path, status):
    desk = files_taken_with(status, 201)

    async def scenario() -> None:
        async with running(tmp_path / "post.db") as post:
            post.channel.desk = desk  # type: ignore[assignment]
            await post.writes("m1", media=[Media("ref1", "a.exe")])
            await post.quiet()
            assert post.bot.heard[0][1]["shown"] == NOT_RECEIVED

    run(scenario())
    assert desk.left == [201]


def test_what_a_customer_writes_next_does_not_wait_for_ever_behind_a_file(tmp_path, monkeypatch):
    monkeypatch.setattr("channels.provider.FILES_SECONDS", 0.2)

    class Slow(PostInput):
        async def media(self, media: Media) -> AsyncIterator[bytes]:
            async def body() -> AsyncIterator[bytes]:
                while True:
                    yield b"drop"
                    await asyncio.sleep(0.01)

            return body()

    async def scenario() -> None:
        async with running(tmp_path / "post.db", kind=Slow) as post:
            post.channel.desk = files_taken_with(201)  # type: ignore[assignment]
            await post.writes("m1", "see", media=[Media(ref) for ref in ("one", "two")])
            await post.writes("m2", "a person please")
            await post.quiet()
            assert [text for text, _ in post.bot.heard] == ["see", "a person please"]
            assert post.bot.heard[0][1]["shown"] == NOT_RECEIVED

    run(scenario())

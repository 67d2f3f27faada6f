"""What emulators share: how each is served, and how a test steers one that runs in a process of its own."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Protocol

import aiohttp
from aiohttp import web

AGAIN_SECONDS = 0.05


class Poster(Protocol):
    def wrapped(self, given: dict[str, str]) -> tuple[dict[str, str], bytes]: ...

    async def post(self, query: dict[str, str], body: bytes) -> tuple[int, bytes]: ...


async def until_taken(provider: Poster, given: dict[str, str]) -> None:
    """Post the same, freshly signed, again and again while nobody is there."""
    while True:
        try:
            status, _ = await provider.post(*provider.wrapped(given))
        except (aiohttp.ClientError, asyncio.TimeoutError, OSError):
            await asyncio.sleep(AGAIN_SECONDS)
        else:
            assert status == 200, status
            return


def steered(
    app: web.Application,
    *,
    credentials: Callable[[], dict[str, Any]],
    messages: Callable[[], list[dict[str, Any]]],
    customer: Callable[..., Awaitable[object]],
) -> None:
    """`credentials`: of the connector. `messages`: what customers got. `customer`: something happens."""

    async def give(_: web.Request) -> web.Response:
        return web.json_response(credentials())

    async def got(_: web.Request) -> web.Response:
        return web.json_response(messages())

    async def does(request: web.Request) -> web.Response:
        await customer(**await request.json())
        return web.json_response(200)

    app.router.add_get("/test/credentials", give)
    app.router.add_get("/test/messages", got)
    app.router.add_post("/test/customer", does)


@asynccontextmanager
async def served(app: web.Application) -> AsyncIterator[str]:
    """On a free port; its address."""
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


def serve(provider: AbstractAsyncContextManager[Any]) -> None:
    """Until the process is ended; the address is its first line."""

    async def forever() -> None:
        async with provider as running:
            print(running.url, flush=True)
            await asyncio.Event().wait()

    asyncio.run(forever())

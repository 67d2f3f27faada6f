"""A Socket.IO server on Sanic that survives every packet a stranger may send.

python-socketio raises out of its receive loop for malformed packets: the traceback is logged with the
packet's fate left open, and the socket stays in its tables. Here a malformed packet closes the socket it came
from, in one log line, and touches nobody else. Binary packets are refused: the protocol has none, and their
attachments would pile up in memory.
"""

import asyncio
import logging
from typing import Any

from engineio.async_drivers.sanic import WebSocket
from engineio.packet import CLOSE, MESSAGE, PONG, Packet
from sanic import Blueprint, Sanic
from socketio import AsyncServer

logger = logging.getLogger(__name__)

# 10,000 characters may take 120,000 on the wire (emoji as JSON escapes); what is a little longer still gets
# the clear "too_long" instead of a closed connection.
MAX_PACKET = 256 * 1024
# A page answers a goodbye within milliseconds; one that is gone without a word is not waited for.
_GOODBYE_POLL, _GOODBYE_POLLS = 0.05, 20
# Upgrades and probes belong to long polling, which this server does not offer.
_FROM_CLIENTS = {CLOSE, PONG, MESSAGE}


class _CheckedWebSocket(WebSocket):
    """Ends the connection, as engine.io does for a closed one, at a frame that engine.io could not decode."""

    async def wait(self) -> str:
        data = await super().wait()
        if not isinstance(data, str):
            raise OSError("binary frame")
        if len(data) <= MAX_PACKET:  # engine.io itself ends the connection at a longer one
            try:
                packet = Packet(encoded_packet=data)
            except Exception as error:
                raise OSError("malformed frame") from error
            if packet.packet_type not in _FROM_CLIENTS:
                raise OSError("a packet that clients do not send")
        return data


class CheckedServer(AsyncServer):
    """`AsyncServer` for websockets only; events of one socket are handled in order, one at a time."""

    def __init__(self, allowed_origins: list[str]) -> None:
        super().__init__(
            async_mode="sanic",
            cors_allowed_origins=allowed_origins,
            transports=["websocket"],
            max_http_buffer_size=MAX_PACKET,
            async_handlers=False,
        )
        self.eio._async = {**self.eio._async, "websocket": _CheckedWebSocket}
        self.eio.start_background_task = self._begin
        self._background: set[asyncio.Task[Any]] = set()

    async def end(self) -> None:
        """Hang up on everybody and leave no task behind; pages reconnect when there is a server again."""
        for connection in list(self.eio.sockets.values()):
            await connection.queue.put(None)
        for _ in range(_GOODBYE_POLLS):
            if not self.eio.sockets:
                break
            await asyncio.sleep(_GOODBYE_POLL)
        tasks = list(self._background)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _begin(self, target: Any, *args: Any, **kwargs: Any) -> "asyncio.Task[Any]":
        # Engine.IO forgets the tasks that send its pings, and asyncio complains of each when the server ends.
        task = asyncio.ensure_future(target(*args, **kwargs))
        self._background.add(task)
        task.add_done_callback(self._background.discard)
        return task

    async def _handle_eio_message(self, eio_sid: str, data: Any) -> None:
        try:
            await super()._handle_eio_message(eio_sid, data)
            malformed = self._binary_packet.pop(eio_sid, None) is not None
        except Exception:
            malformed = True
        if malformed:
            logger.warning("malformed packet, socket closed socket=%s", eio_sid)
            # The end of the queue ends the writer, which closes the websocket and all that hangs on it.
            if eio_sid in self.eio.sockets:
                await self.eio.sockets[eio_sid].queue.put(None)


class SocketBlueprint(Blueprint):
    """A blueprint whose Socket.IO endpoint is `socket.io` below its own address."""

    def __init__(self, sio: AsyncServer, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ctx.sio = sio

    def register(self, app: Sanic, options: dict[str, Any]) -> None:
        self.ctx.sio.attach(app, f"{options.get('url_prefix') or ''}/socket.io")
        super().register(app, options)

"""A wire between Rasa and the action server that can be cut in the middle of a chosen action."""

import contextlib
import socket
import socketserver
import threading
from collections.abc import Callable


class ActionWire:
    """Forwards bytes; `trap` runs once, before the request that asks for `action` gets through."""

    def __init__(self, listen_port: int, target_port: int) -> None:
        wire = self
        self._armed: tuple[bytes, Callable[[], None]] | None = None

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                with contextlib.suppress(OSError):
                    wire._forward(self.request, target_port)

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True

        self._server = Server(("127.0.0.1", listen_port), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def trap(self, action: str, spring: Callable[[], None]) -> None:
        self._armed = (f'"next_action": "{action}"'.encode(), spring)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _forward(self, rasa: socket.socket, target_port: int) -> None:
        with socket.create_connection(("127.0.0.1", target_port)) as actions:
            back = threading.Thread(target=self._pump, args=(actions, rasa), daemon=True)
            back.start()
            seen = b""
            while data := rasa.recv(65536):
                seen = (seen + data)[-200_000:]
                if self._armed is not None and self._armed[0] in seen:
                    _, spring = self._armed
                    self._armed = None
                    spring()
                    break
                actions.sendall(data)
        rasa.close()

    @staticmethod
    def _pump(source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
        with contextlib.suppress(OSError):  # a reset of the one end must be felt at the other
            sink.shutdown(socket.SHUT_RDWR)

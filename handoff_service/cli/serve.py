"""`serve`: the service itself."""

import argparse
import contextlib
import os
import socket
from types import FrameType

import uvicorn
from fastapi import FastAPI

from handoff_service import startup
from handoff_service.app import create_app
from handoff_service.cli.opening import Commands
from handoff_service.context import Context
from handoff_service.logs import configure_logging
from handoff_service.startup import StartProblem

SHUTDOWN_SECONDS = 5  # for requests under way; streams are ended at once


def add_commands(commands: Commands) -> None:
    serve = commands.add_parser("serve", help="run the service")
    serve.add_argument("--host", default="127.0.0.1", help="address to listen on; default: 127.0.0.1")
    serve.add_argument("--port", type=int, default=8000, help="default: 8000")
    serve.set_defaults(run=_serve)


class _Server(uvicorn.Server):
    """Ends the streams when it is told to stop: each would hold up the end until its client leaves."""

    def __init__(self, config: uvicorn.Config, app: FastAPI) -> None:
        super().__init__(config)
        self._app = app

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._app.state.stream.close_soon()
        super().handle_exit(sig, frame)


def _serve(given: argparse.Namespace) -> None:
    configure_logging()
    settings = startup.load_settings()
    database = startup.open_database(settings)
    with contextlib.closing(database):
        startup.check(Context(settings, database))
        app = create_app(settings, database=database)
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=SHUTDOWN_SECONDS,
            server_header=False,
        )
        with _listening(given.host, given.port) as listener:
            _Server(config, app).run(sockets=[listener])


def _listening(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except (OSError, OverflowError) as error:
        reason = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else str(error)
        raise StartProblem(f"{host}:{port} cannot be listened on: {reason}.") from error

"""What an operator does with the service: `python -m handoff_service.cli --help`.

Settings come from the environment, as for the service itself. What goes wrong is told in one sentence.
"""

import argparse
import contextlib
import getpass
import os
import socket
import sys
from collections.abc import Iterator, Sequence
from types import FrameType

import uvicorn
from fastapi import FastAPI
from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError

from handoff_service import demo, startup
from handoff_service.agents.schemas import AgentIn
from handoff_service.agents.service import create
from handoff_service.app import create_app
from handoff_service.auth.passwords import Passwords
from handoff_service.context import Context
from handoff_service.errors import Problem
from handoff_service.logs import configure_logging
from handoff_service.migrations.runner import upgrade
from handoff_service.startup import StartProblem

SHUTDOWN_SECONDS = 5  # for requests under way; streams are ended at once


def main(arguments: Sequence[str] | None = None) -> int:
    given = _parser().parse_args(arguments)
    try:
        given.run(given)
    except (StartProblem, Problem) as problem:
        print(f"{given.command}: {problem}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m handoff_service.cli",
        description="What an operator does with the handoff service. Settings come from the environment.",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    migrate = commands.add_parser("migrate", help="create the database, or bring it to this version's tables")
    migrate.set_defaults(run=_migrate)

    seed = commands.add_parser(
        "seed-demo",
        help="make the demonstration's agents and customers; their password is HANDOFF_DEMO_PASSWORD",
    )
    seed.set_defaults(run=_seed_demo)

    add = commands.add_parser(
        "add-agent", help="make somebody who may log in; the password is asked for, or HANDOFF_AGENT_PASSWORD"
    )
    add.add_argument("--email", required=True, help="what they log in with")
    add.add_argument("--name", required=True, help="as customers see it")
    add.add_argument(
        "--role", choices=["agent", "supervisor", "admin"], default="agent", help="default: agent"
    )
    add.add_argument(
        "--skill",
        action="append",
        default=[],
        dest="skills",
        help="may be repeated; languages (zh, en) are skills",
    )
    add.add_argument("--capacity", type=int, default=5, help="conversations at a time; default: 5")
    add.set_defaults(run=_add_agent)

    serve = commands.add_parser("serve", help="run the service")
    serve.add_argument("--host", default="127.0.0.1", help="address to listen on; default: 127.0.0.1")
    serve.add_argument("--port", type=int, default=8000, help="default: 8000")
    serve.set_defaults(run=_serve)
    return parser


def _migrate(_given: argparse.Namespace) -> None:
    settings = startup.load_settings()
    if not settings.database_url:
        try:
            settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise StartProblem(
                f"The data folder {settings.data_dir} cannot be made: {error.strerror}."
            ) from error
    database = startup.open_database(settings)
    try:
        upgrade(database)
    except SQLAlchemyError as error:
        raise StartProblem(startup.database_trouble(settings, error)) from error
    finally:
        database.close()
    print("The database is up to date.")


def _seed_demo(_given: argparse.Namespace) -> None:
    password = os.environ.get("HANDOFF_DEMO_PASSWORD", "")
    if len(password) < 8:
        raise StartProblem(
            "HANDOFF_DEMO_PASSWORD must hold the demonstration's password, at least 8 characters."
        )
    with _database() as context, context.work() as unit:
        demo.seed(unit, Passwords(), password)
    print("The demonstration's agents and customers are there.")


def _add_agent(given: argparse.Namespace) -> None:
    password = os.environ.get("HANDOFF_AGENT_PASSWORD") or _ask_password()
    fields = ("email", "name", "role", "skills", "capacity")
    try:
        agent = AgentIn.model_validate(
            {"password": password, **{name: getattr(given, name) for name in fields}}
        )
    except ValidationError as error:
        first = error.errors()[0]
        raise StartProblem(f"{first['loc'][0]}: {first['msg'][:1].lower()}{first['msg'][1:]}.") from None
    password_hash = Passwords().hash(password)
    with _database() as context, context.work() as unit:
        create(unit, agent, password_hash)
    print(f"{agent.name} can log in as {agent.email}.")


def _ask_password() -> str:
    if not sys.stdin.isatty():
        raise StartProblem("There is no terminal to ask on: set HANDOFF_AGENT_PASSWORD.")
    password = getpass.getpass("Password (at least 8 characters): ")
    if getpass.getpass("Once more: ") != password:
        raise StartProblem("The two passwords differ.")
    return password


@contextlib.contextmanager
def _database() -> Iterator[Context]:
    """What the commands work on. Started as a service is, so that they refuse what it would refuse."""
    settings = startup.load_settings()
    context = Context(settings, startup.open_database(settings))
    try:
        startup.check(context)
        yield context
    finally:
        context.database.close()


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


if __name__ == "__main__":
    sys.exit(main())

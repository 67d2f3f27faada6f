"""The database and the people in it: `migrate`, `seed-demo`, `add-agent`."""

import argparse
import getpass
import os
import sys

from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError

from handoff_service import demo, startup
from handoff_service.agents.schemas import AgentIn
from handoff_service.agents.service import create
from handoff_service.auth.passwords import Passwords
from handoff_service.cli.opening import ACTOR, Commands, opened
from handoff_service.migrations.runner import upgrade
from handoff_service.startup import StartProblem


def add_commands(commands: Commands) -> None:
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
    with opened() as context, context.work(ACTOR) as unit:
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
    with opened() as context, context.work(ACTOR) as unit:
        create(unit, agent, password_hash)
    print(f"{agent.name} can log in as {agent.email}.")


def _ask_password() -> str:
    if not sys.stdin.isatty():
        raise StartProblem("There is no terminal to ask on: set HANDOFF_AGENT_PASSWORD.")
    password = getpass.getpass("Password (at least 8 characters): ")
    if getpass.getpass("Once more: ") != password:
        raise StartProblem("The two passwords differ.")
    return password

"""Fixtures of the service's tests. Whatever needs a database runs on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from argon2 import PasswordHasher
from fastapi import FastAPI
from fastapi.testclient import TestClient

from handoff_service.app import create_app
from handoff_service.auth.passwords import Passwords
from handoff_service.context import Context
from handoff_service.db import Database
from handoff_service.logs import tell_exception
from handoff_service.settings import Settings
from tests.service.callers import Agents, Caller, Clock
from tests.service.databases import Databases, PostgresDatabases, SqliteDatabases, database_on
from tests.service.live import running

SERVICE_KEY = "service-key-for-tests"


@pytest.fixture(scope="session", autouse=True)
def _logs_are_captured() -> None:
    """Through the standard library: pytest shows them with the test that fails, and `caplog` sees them."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_log_level,
            tell_exception,
            structlog.stdlib.render_to_log_kwargs,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )


@pytest.fixture(scope="session")
def sqlite_databases(tmp_path_factory: pytest.TempPathFactory) -> Databases:
    return SqliteDatabases(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgres_databases() -> Iterator[Databases]:
    databases = PostgresDatabases()
    yield databases
    databases.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A migrated database without rows, for this test alone."""
    databases: Databases = request.getfixturevalue(
        "sqlite_databases" if request.param == "sqlite" else "postgres_databases"
    )
    with databases.fresh() as url:
        yield url


@pytest.fixture
def database(database_url: str) -> Database:
    return Database(database_url, database_on(database_url).engine)


@pytest.fixture
def settings_overrides() -> dict[str, Any]:
    """Override it in a module or class, or parametrize it, to run with other settings."""
    return {}


@pytest.fixture
def settings(tmp_path: Path, database_url: str, settings_overrides: dict[str, Any]) -> Settings:
    given = {
        "data_dir": tmp_path,
        "database_url": database_url,
        "rasa_url": "http://127.0.0.1:9",  # nobody listens there
        "webchat_url": "http://127.0.0.1:5005",
        "service_key": SERVICE_KEY,
        "token_secret": "token-secret-for-tests-0123456789",
        "rasa_jwt_secret": "rasa-jwt-secret-for-tests-0123456",
        **settings_overrides,
    }
    return Settings(**given)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def passwords() -> Passwords:
    """Real hashing with the least work."""
    return Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def context(settings: Settings, database: Database, clock: Clock) -> Context:
    return Context(settings, database, clock)


@pytest.fixture
def app(settings: Settings, database: Database, clock: Clock, passwords: Passwords) -> FastAPI:
    """Without the workers that talk to Rasa and act by the clock; the stream's runs."""
    return create_app(settings, database=database, clock=clock, workers=False, passwords=passwords)


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    """A started service, called by nobody in particular. It keeps cookies, as a browser does."""
    with TestClient(app) as client:
        yield client


@pytest.fixture
def as_agent(context: Context, client: TestClient, passwords: Passwords) -> Agents:
    """`lin = as_agent("lin", skills=["zh"])`, then `lin.get("/me")`, `lin.id`."""
    return Agents(context, client, passwords)


@pytest.fixture
def live_app(settings: Settings, database: Database, clock: Clock, passwords: Passwords) -> FastAPI:
    """What serves `live_url`; another app than that of `client`, because each runs in a loop of its own."""
    return create_app(settings, database=database, clock=clock, workers=False, passwords=passwords)


@pytest.fixture
def live_url(live_app: FastAPI) -> Iterator[str]:
    """The same service behind a real server and a real socket, for what streams."""
    with running(live_app) as url:
        yield url


@pytest.fixture
def service_key_headers() -> dict[str, str]:
    return {"Authorization": f"Bearer {SERVICE_KEY}"}


@pytest.fixture
def assistant(client: TestClient, service_key_headers: dict[str, str]) -> Caller:
    """Calls with the service key: `assistant.post("/turns", json=…)`."""
    return Caller(client, service_key_headers)

"""The service as an ASGI app: `uvicorn --factory handoff_service.app:create_app`."""

import asyncio
import contextlib
import datetime as dt
import functools
import gc
import sys
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import structlog
from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from handoff_service import health, middleware, problems, site, startup
from handoff_service.agents import endpoints as agents
from handoff_service.alerts import endpoints as alerts
from handoff_service.assist import endpoints as assist
from handoff_service.assist.harvest import HarvestWorker
from handoff_service.assist.library import Library
from handoff_service.assist.wording import Wording
from handoff_service.attachments import endpoints as attachments
from handoff_service.attachments.receiving import FORM_OVERHEAD
from handoff_service.attachments.storage import storage_for
from handoff_service.attachments.sweeper import Sweeper
from handoff_service.attachments.voices import Voices
from handoff_service.audit import endpoints as audit
from handoff_service.auth import endpoints as auth
from handoff_service.auth.passwords import Passwords
from handoff_service.backtest import endpoints as backtest
from handoff_service.blocks import endpoints as blocks
from handoff_service.canned import endpoints as canned
from handoff_service.channels import endpoints as channels
from handoff_service.closing import endpoints as closing
from handoff_service.contacts import endpoints as contacts
from handoff_service.context import Context, utc_now
from handoff_service.conversations import endpoints as conversations
from handoff_service.conversations.typing import Typists
from handoff_service.customers import endpoints as customers
from handoff_service.db import Database
from handoff_service.explaining import endpoints as explaining
from handoff_service.handoffs import endpoints as handoffs
from handoff_service.hours import endpoints as hours
from handoff_service.ingest import endpoints as ingest
from handoff_service.invitations import endpoints as invitations
from handoff_service.logs import configure_logging
from handoff_service.mail import endpoints as mail
from handoff_service.mail.worker import MailWorker
from handoff_service.orders import endpoints as orders
from handoff_service.orders.lookups import Lookups
from handoff_service.orders.shop import shop_of
from handoff_service.rasa.worker import OutboxWorker
from handoff_service.ratings import endpoints as ratings
from handoff_service.rules import endpoints as rules
from handoff_service.settings import Settings
from handoff_service.stream import endpoints as stream
from handoff_service.stream.hub import Hub
from handoff_service.teams import endpoints as teams
from handoff_service.templates import endpoints as templates
from handoff_service.timers import TimerWorker
from handoff_service.turns import endpoints as turns
from handoff_service.visits import endpoints as visits
from handoff_service.wall import endpoints as wall

API = "/api/v1"
ROUTERS = (
    auth,
    agents,
    invitations,
    hours,
    turns,
    handoffs,
    ingest,
    conversations,
    attachments,
    explaining,
    assist,
    stream,
    rules,
    backtest,
    alerts,
    customers,
    canned,
    channels,
    closing,
    contacts,
    mail,
    blocks,
    orders,
    ratings,
    audit,
    visits,
    templates,
    teams,
    wall,
)
RESTART_AFTER = 1.0  # seconds; a worker that crashes at once must not spin

log = structlog.get_logger(__name__)


def create_app(
    settings: Settings | None = None,
    *,
    database: Database | None = None,
    clock: Callable[[], dt.datetime] = utc_now,
    workers: bool = True,
    passwords: Passwords | None = None,
) -> FastAPI:
    """Without settings it is a process of its own: it reads the environment, sets up the logs, and ends with
    one sentence when something is missing. `workers=False` leaves out what talks to Rasa or acts on time.
    """
    closes_database, own_process = database is None, settings is None
    if settings is None:
        configure_logging()
        try:
            settings = startup.load_settings()
            database = database or startup.open_database(settings)
        except startup.StartProblem as problem:
            sys.exit(str(problem))
    context = Context(settings, database or Database(settings.database), clock)
    app = FastAPI(
        title="Baton handoff service",
        version="1",
        openapi_url=f"{API}/openapi.json",
        docs_url=None,  # both of FastAPI's pages load their scripts from elsewhere
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=_operation_id,
        lifespan=_lifespan(workers=workers, closes_database=closes_database, own_process=own_process),
    )
    app.state.context = context
    app.state.passwords = passwords or Passwords()
    app.state.assistant_seen_at = None
    app.state.failed_signals = Counter()
    app.state.stream = Hub(context)
    app.state.typists = Typists()
    app.state.orders = Lookups(shop_of(settings))
    app.state.storage = storage_for(settings)
    app.state.voices = Voices(app.state.storage)
    app.state.library = Library(context)
    app.state.wording = Wording(settings)
    app.state.start_problem = None
    app.router.routes.extend(_api().routes)
    app.include_router(health.router)
    app.include_router(attachments.links)
    site.mount(app, settings)
    problems.install(app)
    app.add_middleware(
        middleware.BodyLimit,
        limit=settings.max_body_bytes,
        upload_limit=settings.max_attachment_bytes + FORM_OVERHEAD,
    )
    app.add_middleware(middleware.Correlation)
    app.add_middleware(middleware.SecurityHeaders, webchat_url=settings.webchat_url)
    app.add_middleware(_PlainStartFailure, state=app.state)
    return app


@functools.cache
def _api() -> APIRouter:
    """Shared by the apps of a process: FastAPI works a route out at its first call, and keeps that here."""
    api = APIRouter(generate_unique_id_function=_operation_id)
    for module in ROUTERS:
        api.include_router(module.router, prefix=API, responses=problems.DOCUMENTED)
    return api


def _operation_id(route: APIRoute) -> str:
    return route.name


def _lifespan(
    *, workers: bool, closes_database: bool, own_process: bool
) -> Callable[[FastAPI], contextlib.AbstractAsyncContextManager[None]]:
    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        context: Context = app.state.context
        try:
            await asyncio.to_thread(startup.check, context)
        except startup.StartProblem as problem:
            app.state.start_problem = str(problem)
            raise
        running: dict[str, Any] = {"stream": app.state.stream}
        if workers:
            running |= {
                "outbox": OutboxWorker(context),
                "timers": TimerWorker(context),
                "mail": MailWorker(context),
                "harvest": HarvestWorker(context, app.state.library),
                "sweeper": Sweeper(context, app.state.storage),
            }
        tasks = []
        for name, worker in running.items():
            context.database.after_commit(worker.wake)
            tasks.append(asyncio.create_task(_keep_running(name, worker.run), name=name))
        if own_process:
            # Libraries are no garbage: looked through now and then, they would hold up everybody.
            gc.collect()
            gc.freeze()
        try:
            yield
        finally:
            app.state.stream.close()
            app.state.wording.close()
            app.state.orders.close()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            if closes_database:
                context.database.close()

    return lifespan


async def _keep_running(name: str, run: Callable[[], Awaitable[None]]) -> None:
    """A worker that crashed is started again: without it the service would look well and do nothing."""
    while True:
        try:
            await run()
        except Exception:
            log.exception("worker.crashed", worker=name)
        await asyncio.sleep(RESTART_AFTER)


class _PlainStartFailure:
    """Says why the service does not start in one sentence where servers would log a stack trace."""

    def __init__(self, app: ASGIApp, state: Any) -> None:
        self.app = app
        self.state = state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def plainly(message: Message) -> None:
            if message["type"] == "lifespan.startup.failed" and self.state.start_problem:
                message["message"] = self.state.start_problem
            await send(message)

        await self.app(scope, receive, plainly if scope["type"] == "lifespan" else send)

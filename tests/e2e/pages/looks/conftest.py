"""A handoff service alone, with a working day in its database: what pages look like needs no Rasa."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from playwright.sync_api import Browser, Page
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from handoff_service.app import create_app
from handoff_service.assist.harvest import harvest
from handoff_service.auth.passwords import Passwords
from handoff_service.db import Database
from handoff_service.migrations.runner import upgrade
from handoff_service.settings import Settings
from scripts import faq
from scripts.settings import ROOT
from tests.e2e.pages.looks.outside import Outside
from tests.e2e.pages.looks.scene import Scene
from tests.service.callers import API, PASSWORD, Clock
from tests.service.live import running

KEY = "service-key-for-pictures"
ZONES = {"zh": "Asia/Shanghai", "en": "Europe/London"}
WIDE = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}


@dataclass(frozen=True, slots=True)
class Shown:
    """A desk that stands still at the moment of the pictures."""

    url: str
    scene: Scene
    outside: Outside


@pytest.fixture(scope="package")
def photo(browser: Browser) -> bytes:
    """Of a lamp, as a customer may send it."""
    lamp = (ROOT / "handoff_service/pages/static/shop/lamp.svg").read_text(encoding="utf-8")
    page = browser.new_page(viewport={"width": 640, "height": 480})
    page.set_content(f"<style>body{{margin:0}}svg{{width:640px;height:480px}}</style>{lamp}")
    taken = page.screenshot()
    page.close()
    return taken


@pytest.fixture(scope="package")
def shown_in(tmp_path_factory: pytest.TempPathFactory, photo: bytes) -> Iterator[Callable[[str], Shown]]:
    """The desk of a language, made once."""
    with ExitStack() as stack:
        made: dict[str, Shown] = {}

        def show(language: str) -> Shown:
            if language not in made:
                made[language] = _make(stack, tmp_path_factory.mktemp(language), language, photo)
            return made[language]

        yield show


def _make(stack: ExitStack, folder: Path, language: str, photo: bytes) -> Shown:
    clock, passwords = Clock(), Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    outside = Outside([])
    outside_url = stack.enter_context(_streaming(outside))
    settings = Settings(
        data_dir=folder,
        service_key=KEY,
        token_secret="token-secret-for-pictures-0123456789",
        rasa_jwt_secret="rasa-jwt-secret-for-pictures-0123",
        rasa_url="http://127.0.0.1:9",  # nobody listens there
        webchat_url=outside_url,
        shop_url=outside_url,
        shop_token="shop-token-for-pictures",
        faq_file=ROOT / faq.FILE,
    )
    database = Database(settings.database)
    stack.callback(database.close)
    upgrade(database)
    app = create_app(settings, database=database, clock=clock, workers=False, passwords=passwords)
    app.add_middleware(_Dated, clock=clock)
    url = stack.enter_context(running(app, date_header=False))
    scene = Scene(url, app.state.context, clock, KEY, language, photo)
    scene.play(passwords)
    while harvest(app.state.context):  # what agents answered is suggested to others
        pass
    app.state.library.catch_up()
    outside.orders = scene.words["orders"]
    outside.says(scene.words["widget"], scene.words["agent"], url + scene.photo_path, scene.now)
    outside.is_with("agent", agent={"name": scene.words["agent"]}, read_up_to=len(outside.messages))
    return Shown(url, scene, outside)


class _Dated:
    """Tells pages the desk's time, by which they set their own."""

    def __init__(self, app: ASGIApp, clock: Clock) -> None:
        self._app = app
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def dated(message: Message) -> None:
            if message["type"] == "http.response.start":
                date = format_datetime(self._clock(), usegmt=True)
                message["headers"] = [*message["headers"], (b"date", date.encode())]
            await send(message)

        await self._app(scope, receive, dated)


class _streaming:  # noqa: N801 - used like a function
    """`running`, for an app whose streams end only when they are told to."""

    def __init__(self, outside: Outside) -> None:
        self._outside = outside
        outside.app.state.stream = self
        self._running = running(outside.app)

    def close_soon(self) -> None:
        self._outside.ended = True

    def __enter__(self) -> str:
        return self._running.__enter__()

    def __exit__(self, *error: Any) -> None:
        self._running.__exit__(*error)


@pytest.fixture
def page_of(shown_in: Callable[[str], Shown], new_page: Callable[..., Page]) -> Callable[..., Page]:
    """A page at the desk's own time, logged in as `who` unless that is None."""

    def make(language: str, who: str | None = "vera", *, dark: bool = False, phone: bool = False) -> Page:
        shown = shown_in(language)
        page = new_page(
            language,
            viewport=PHONE if phone else WIDE,
            color_scheme="dark" if dark else "light",
            timezone_id=ZONES[language],
            reduced_motion="reduce",
            base_url=shown.url,
        )
        page.clock.set_fixed_time(shown.scene.now)
        if who is not None:
            given = {"email": f"{who}@example.com", "password": PASSWORD}
            answer = page.request.post(f"{API}/auth/login", data=given, headers={"X-Baton": "1"})
            assert answer.ok, answer.text()
        return page

    return make

"""Where the pages are served, how long a browser may keep them, and what stands in for a missing console."""

import gzip
import re
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from handoff_service import site
from handoff_service.settings import Settings

SETTINGS = Settings.model_construct(webchat_url="http://127.0.0.1:5005")


@pytest.fixture
def console(tmp_path: Path) -> Path:
    """Where the build is, once there is one."""
    return tmp_path / "console" / "dist"


@pytest.fixture
def client(console: Path) -> TestClient:
    app = FastAPI()
    site.mount(app, SETTINGS, console=console)
    return TestClient(app)


def build(console: Path) -> None:
    (console / "assets").mkdir(parents=True)
    (console / "index.html").write_text("<title>Console</title>")
    (console / "assets" / "index-1a2b3c.js").write_text("1")
    (console / "widget.js").write_text("widget()")
    (console / "widget.js.gz").write_bytes(gzip.compress(b"widget()"))


def test_a_new_version_is_seen_at_once(client: TestClient, console: Path) -> None:
    build(console)

    for address in ("/", "/chat", "/static/shop.js", "/static/base.css"):
        answer = client.get(address)
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-cache")


@pytest.mark.parametrize("coding", ["gzip", "identity"])
def test_the_widget_may_be_kept_for_minutes_and_is_then_asked_for_anew(
    client: TestClient, console: Path, coding: str
) -> None:
    assert client.get("/widget.js").status_code == 404
    build(console)

    answer = client.get("/widget.js", headers={"Accept-Encoding": coding})

    assert answer.text == "widget()"
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.headers["cache-control"] == "public, max-age=300"
    assert answer.headers["vary"] == "Accept-Encoding"
    assert answer.headers.get("content-encoding", "identity") == coding
    asked = {"Accept-Encoding": coding, "If-None-Match": answer.headers["etag"]}
    assert client.get("/widget.js", headers=asked).status_code == 304


def test_the_widget_can_be_loaded_by_pages_of_any_origin(client: TestClient, console: Path) -> None:
    build(console)

    headers = client.get("/widget.js", headers={"Origin": "https://shop.example"}).headers

    assert headers["cross-origin-resource-policy"] == "cross-origin"


def test_what_is_named_after_its_contents_is_kept_for_ever(client: TestClient, console: Path) -> None:
    build(console)

    answer = client.get("/assets/index-1a2b3c.js")

    assert answer.text == "1"
    assert "immutable" in answer.headers["cache-control"]


def test_nothing_else_of_the_console_is_served(client: TestClient, console: Path) -> None:
    build(console)
    (console / "baton.stamp").write_text("fingerprint")

    for address in ("/baton.stamp", "/assets/../baton.stamp", "/assets/%2e%2e/baton.stamp", "/assets/"):
        assert client.get(address).status_code == 404


def test_a_console_that_was_not_built_says_how_to_build_it_in_both_languages(client: TestClient) -> None:
    answer = client.get("/")

    assert answer.status_code == 503
    assert answer.headers["content-type"].startswith("text/html")
    for words in ("has not been built", "还没有构建", "make console"):
        assert words in answer.text
    assert client.get("/chat").status_code == 200
    assert client.get("/assets/index-1a2b3c.js").status_code == 404


def test_a_console_that_is_built_meanwhile_is_served_without_a_restart(
    client: TestClient, console: Path
) -> None:
    assert client.get("/").status_code == 503

    build(console)

    assert "Console" in client.get("/").text
    assert client.get("/assets/index-1a2b3c.js").status_code == 200


@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("http://127.0.0.1:5005", "http://127.0.0.1:5005"),
        ('https://bot.example/"><script>', "https://bot.example/&quot;&gt;&lt;script&gt;"),
    ],
)
def test_the_demo_shop_tells_the_widget_where_the_web_chat_is(address: str, written: str) -> None:
    app = FastAPI()
    site.mount(app, Settings.model_construct(webchat_url=address))

    source = TestClient(app).get("/chat").text

    assert f'<script src="/widget.js" data-webchat="{written}" async></script>' in source


def test_without_pages_there_is_the_api_alone(tmp_path: Path) -> None:
    app = FastAPI()
    site.mount(app, SETTINGS, tmp_path / "nothing")

    assert TestClient(app).get("/").status_code == 404


def test_the_console_as_it_is_built_has_nothing_inline_and_nothing_from_elsewhere() -> None:
    """`make console` builds it; `make test` has done so."""
    app = FastAPI()
    site.mount(app, SETTINGS)
    client = TestClient(app)

    source = client.get("/").text

    assert re.findall(r"\sstyle=|\son\w+=|<style", source) == []
    assert re.findall(r"<script(?![^>]*\ssrc=)", source) == []
    addresses = re.findall(r'(?:src|href)="([^"]+)"', source)
    assert [address for address in addresses if address.startswith("/assets/")]
    assert [address for address in addresses if client.get(address).status_code != 200] == []


def test_the_widget_as_it_is_built_is_small_and_fetches_nothing_from_elsewhere() -> None:
    """`make console` builds it; `make test` has done so."""
    app = FastAPI()
    site.mount(app, SETTINGS)

    script = TestClient(app).get("/widget.js").text

    assert len(gzip.compress(script.encode())) < 60_000
    addresses = set(re.findall(r"(?:https?:)?//[\w.-]+\.\w+[^\s\"'`]*", script))
    harmless = ("http://www.w3.org/", "https://bot.example;")  # namespaces, and an example in a message
    assert {address for address in addresses if not address.startswith(harmless)} == set()
    assert re.findall(r"\beval\(|new Function|document\.write|insertAdjacentHTML|@import|url\(", script) == []

"""Where the pages are served, how long a browser may keep them, and what stands in for a missing console."""

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


def test_a_new_version_is_seen_at_once(client: TestClient, console: Path) -> None:
    build(console)

    for address in ("/", "/chat", "/static/chat.js", "/static/i18n/zh.json"):
        answer = client.get(address)
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-cache")
        again = client.get(address, headers={"If-None-Match": answer.headers["etag"]})
        assert again.headers["cache-control"] == "no-cache"


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


def test_the_customers_page_is_told_where_the_web_chat_is(client: TestClient) -> None:
    assert client.get("/config.json").json() == {"webchat_url": "http://127.0.0.1:5005"}


def test_without_pages_there_is_the_api_alone(tmp_path: Path) -> None:
    app = FastAPI()
    site.mount(app, SETTINGS, tmp_path / "nothing")

    assert TestClient(app).get("/").status_code == 404
    assert TestClient(app).get("/config.json").status_code == 200


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

"""Files come in: checked by their contents, bounded, and once."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from handoff_service.context import Context
from handoff_service.models import Attachment
from tests.service.attachments import files
from tests.service.callers import AgentCaller, Agents, Caller
from tests.service.desk import Desk

PNG = files.png()


def upload(
    who: Caller, path: str, content: bytes = PNG, name: str = "photo.png", **fields: str
) -> httpx.Response:
    # a false type is sent on purpose: it must not matter
    return who.post(path, files={"file": (name, content, "image/svg+xml")}, data=fields)


@pytest.fixture
def place(held: str) -> str:
    return f"/conversations/{held}/attachments"


def test_a_picture_is_stored_with_its_size(lin: AgentCaller, place: str) -> None:
    answer = upload(lin, place, name="收据.png")

    assert answer.status_code == 201
    stored = answer.json()
    assert stored | {"id": ""} == {
        "id": "",
        "name": "收据.png",
        "type": "image/png",
        "size": len(PNG),
        "width": 3,
        "height": 2,
        "url": f"/api/v1/attachments/{stored['id']}",
    }
    assert lin.get(f"/attachments/{stored['id']}").content == PNG


def test_the_body_may_be_the_file_itself(lin: AgentCaller, place: str) -> None:
    answer = lin.post(place, params={"name": "a.pdf"}, content=files.PDF)

    assert (answer.status_code, answer.json()["type"]) == (201, "application/pdf")
    assert "width" not in answer.json()


def test_the_same_client_id_is_the_same_file(lin: AgentCaller, place: str, as_agent: Agents) -> None:
    first, second = (upload(lin, place, client_id="u1").json() for _ in range(2))

    assert first == second
    assert upload(lin, place).json()["id"] != upload(lin, place).json()["id"]


@pytest.mark.parametrize(
    ("content", "name", "status"),
    [
        (files.HTML, "cute.png", 415),
        (files.SVG, "logo.svg", 415),
        (files.WEBM_FILM, "film.mp3", 415),
        (files.HEIC, "photo.mp4", 415),
        (files.zipped("a"), "a.docx", 415),
        (b"MZ" + b"\0" * 99, "setup.txt", 415),
        (PNG[:12], "broken.png", 415),
        (b"", "empty.png", 422),
        (files.png(60_000, 60_000), "bomb.png", 422),
    ],
)
def test_what_is_refused_leaves_nothing(
    lin: AgentCaller, place: str, content: bytes, name: str, status: int, context: Context, tmp_path: Path
) -> None:
    answer = upload(lin, place, content, name)

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert not list((tmp_path / "attachments").rglob("*"))
    with context.database.reading() as session:
        assert session.query(Attachment).count() == 0


@pytest.mark.parametrize("settings_overrides", [{"attachment_types": "application/zip,image/svg+xml"}])
def test_the_setting_says_what_is_accepted_but_never_what_runs_in_a_browser(
    lin: AgentCaller, place: str
) -> None:
    assert upload(lin, place, files.zipped("a"), "a.zip").status_code == 201
    assert upload(lin, place).status_code == 415
    assert upload(lin, place, files.SVG, "a.svg").status_code == 415


@pytest.mark.parametrize("settings_overrides", [{"max_attachment_bytes": 100_000}])
class TestLimit:
    def test_one_byte_too_many(self, lin: AgentCaller, place: str) -> None:
        fits = b"x" * 100_000

        assert upload(lin, place, fits, "a.txt").status_code == 201
        answer = upload(lin, place, fits + b"x", "a.txt")
        assert (answer.status_code, answer.json()["limit"]) == (413, 100_000)

    @pytest.mark.parametrize("kind", ["text/plain", "multipart/form-data; boundary=x"])
    def test_a_body_without_an_end_is_not_read_to_it(self, lin: AgentCaller, place: str, kind: str) -> None:
        sent = 0

        def endless() -> Iterator[bytes]:
            nonlocal sent
            if "multipart" in kind:
                yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'
            while sent < 50_000_000:
                sent += 10_000
                yield b"x" * 10_000

        answer = lin.post(place, content=endless(), headers={"Content-Type": kind})

        assert answer.status_code == 413


@pytest.mark.parametrize("settings_overrides", [{"max_unsent_bytes": 1000}])
def test_what_a_customer_uploads_and_does_not_send_has_an_end(
    lin: AgentCaller, assistant: Caller, place: str, desk: Desk
) -> None:
    def uploads(size: int, sender_id: str = "s", client_id: str = "") -> Any:
        path = f"/visits/{sender_id}/attachments"
        return upload(assistant, path, b"x" * size, "a.txt", client_id=client_id)

    first = uploads(600, client_id="1")
    assert first.status_code == 201
    assert uploads(600, client_id="1").json()["id"] == first.json()["id"], "a repetition adds nothing"
    answer = uploads(401)
    assert (answer.status_code, answer.json()["limit"]) == (413, 1000)
    assert answer.json()["type"] == "urn:baton:problem:too-much-unsent"
    assert uploads(400).status_code == 201
    assert uploads(1).status_code == 413
    assert uploads(1, "another").status_code == 201
    assert upload(lin, place, b"x" * 1001, "a.txt").status_code == 201, "agents are known"

    desk.turn("s", "here", attachment_ids=[first.json()["id"]])
    assert uploads(600).status_code == 201, "what was sent counts no more"


def test_a_form_without_a_file_is_refused(lin: AgentCaller, place: str) -> None:
    assert lin.post(place, files={"other": ("a.png", PNG)}).status_code == 400
    assert lin.post(place, files={"file": (None, "text")}).status_code == 400
    assert upload(lin, place, client_id="x" * 65).status_code == 400


def test_only_who_holds_the_conversation_may(lin: AgentCaller, place: str, as_agent: Agents) -> None:
    sam, vera = as_agent("sam", presence="away"), as_agent("vera", role="supervisor", presence="away")

    assert upload(sam, place).status_code == 404
    assert upload(vera, place).status_code == 409
    assert upload(Caller(lin.client), place).status_code == 401
    assert upload(lin, "/conversations/nothing/attachments").status_code == 404


def test_customers_files_come_from_their_channel_alone(
    assistant: Caller, lin: AgentCaller, settings: Any
) -> None:
    answer = upload(assistant, "/visits/webchat:main:1/attachments", name="a.png")

    assert answer.status_code == 201
    assert answer.json()["url"].startswith(f"{settings.public_url}/files/{answer.json()['id']}/")
    assert upload(lin, "/visits/webchat:main:1/attachments").status_code == 401

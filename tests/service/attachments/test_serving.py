"""Files go out: to who may see them, as nothing that a browser would run, whole or in part."""

import datetime as dt
import json
import logging
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from handoff_service.attachments import links
from handoff_service.models import OutboxEntry
from handoff_service.rasa import delivery
from tests.service.attachments import files
from tests.service.attachments.test_uploads import upload
from tests.service.callers import AgentCaller, Agents, Caller, Clock
from tests.service.conftest import SERVICE_KEY
from tests.service.desk import Desk


@pytest.fixture
def sent(lin: AgentCaller, held: str) -> str:
    """The id of a picture that Lin has sent the customer."""
    stored = upload(lin, f"/conversations/{held}/attachments").json()
    said = {"client_id": "m1", "attachments": [stored["id"]]}
    assert lin.post(f"/conversations/{held}/messages", json=said).is_success
    return str(stored["id"])


def _messages(lin: AgentCaller, held: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = lin.get(f"/conversations/{held}/messages").json()["items"]
    return items


def link(attachment_id: str, clock: Clock, **ahead: float) -> str:
    expires = int((clock() + dt.timedelta(**ahead)).timestamp())
    return links.path(SERVICE_KEY, attachment_id, expires)


def test_who_may_not_see_the_conversation_finds_no_file(
    lin: AgentCaller, sent: str, as_agent: Agents, assistant: Caller
) -> None:
    sam, vera = as_agent("sam", presence="away"), as_agent("vera", role="supervisor", presence="away")

    assert sam.get(f"/attachments/{sent}").status_code == 404
    assert assistant.get(f"/attachments/{sent}").status_code == 401
    assert [who.get(f"/attachments/{sent}").status_code for who in (lin, vera)] == [200, 200]


def test_what_is_not_sent_yet_is_its_agents_alone(lin: AgentCaller, held: str, as_agent: Agents) -> None:
    draft = upload(lin, f"/conversations/{held}/attachments").json()["id"]
    vera = as_agent("vera", role="supervisor", presence="away")

    assert lin.get(f"/attachments/{draft}").status_code == 200
    assert vera.get(f"/attachments/{draft}").status_code == 404


def test_no_browser_takes_it_for_a_page(lin: AgentCaller, sent: str) -> None:
    headers = lin.get(f"/attachments/{sent}").headers

    assert headers["content-type"] == "image/png"
    assert headers["content-disposition"].startswith('inline; filename="photo.png"')
    assert headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert headers["x-content-type-options"] == "nosniff"


def test_a_film_is_shown_and_can_be_wound(lin: AgentCaller, held: str) -> None:
    stored = upload(lin, f"/conversations/{held}/attachments", files.MP4, "IMG_0042.MOV").json()
    answer = lin.get(f"/attachments/{stored['id']}", headers={"Range": "bytes=4-7"})

    assert (stored["name"], stored["type"]) == ("IMG_0042.MOV", "video/mp4")
    assert (answer.status_code, answer.content) == (206, b"ftyp")
    assert answer.headers["content-disposition"].startswith('inline; filename="IMG_0042.MOV"')
    assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"


@pytest.mark.parametrize(("content", "name"), [(files.PDF, "a.pdf"), (b"hello", "a.txt")])
def test_what_is_no_picture_no_sound_and_no_film_is_downloaded(
    lin: AgentCaller, held: str, content: bytes, name: str
) -> None:
    stored = upload(lin, f"/conversations/{held}/attachments", content, name).json()

    assert lin.get(f"/attachments/{stored['id']}").headers["content-disposition"].startswith("attachment; ")


@pytest.mark.parametrize(
    ("asked", "status", "content", "told"),
    [
        ("bytes=0-3", 206, b"0123", "bytes 0-3/10"),
        ("bytes=7-", 206, b"789", "bytes 7-9/10"),
        ("bytes=-2", 206, b"89", "bytes 8-9/10"),
        ("bytes=5-999", 206, b"56789", "bytes 5-9/10"),
        ("bytes=0-", 206, b"0123456789", "bytes 0-9/10"),
        ("bytes=10-", 416, b"", "bytes */10"),
        ("bytes=-0", 416, b"", "bytes */10"),
        ("bytes=4-2", 200, b"0123456789", None),
        ("bytes=0-1,4-5", 200, b"0123456789", None),
        ("bytes=-", 200, b"0123456789", None),
        ("lines=1-2", 200, b"0123456789", None),
    ],
)
def test_a_part_of_it(
    lin: AgentCaller, held: str, asked: str, status: int, content: bytes, told: str | None
) -> None:
    stored = upload(lin, f"/conversations/{held}/attachments", b"0123456789", "a.txt").json()

    answer = lin.get(f"/attachments/{stored['id']}", headers={"Range": asked})

    assert (answer.status_code, answer.content) == (status, content)
    assert answer.headers.get("content-range") == told
    assert answer.headers["content-length"] == str(len(content))


class TestLinks:
    def test_a_link_needs_nobody_to_log_in(self, client: TestClient, sent: str, clock: Clock) -> None:
        answer = client.get(link(sent, clock, hours=1))

        assert (answer.status_code, answer.content) == (200, files.png())
        assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"

    def test_an_expired_one_leads_nowhere(self, client: TestClient, sent: str, clock: Clock) -> None:
        path = link(sent, clock, minutes=5)
        clock.advance(minutes=5)

        assert client.get(path).status_code == 404

    @pytest.mark.parametrize("part", [2, 3, 4])
    def test_a_forged_one_leads_nowhere(
        self, client: TestClient, sent: str, clock: Clock, lin: AgentCaller, held: str, part: int
    ) -> None:
        other = upload(lin, f"/conversations/{held}/attachments").json()["id"]
        pieces = link(sent, clock, minutes=5).split("/")
        pieces[part] = {2: other, 3: str(int(pieces[3]) + 60), 4: "A" * 43}[part]

        assert client.get("/".join(pieces)).status_code == 404

    def test_it_leads_nowhere_once_the_message_is_taken_back_and_the_desk_keeps_the_file(
        self, client: TestClient, sent: str, clock: Clock, lin: AgentCaller, held: str, desk: Desk
    ) -> None:
        path = link(sent, clock, hours=1)
        got = client.get(path)
        assert got.headers["cache-control"] == "private, no-cache", "each showing asks anew"
        assert client.get(path, headers={"If-None-Match": got.headers["etag"]}).status_code == 304
        (message_id,) = [m["id"] for m in _messages(lin, held) if m["attachments"]]
        with desk.context.work() as unit:
            entry = unit.session.query(OutboxEntry).filter_by(message_id=message_id).one()
            delivery.sent(unit, entry)
        assert lin.post(f"/conversations/{held}/messages/{message_id}/recall").status_code == 202

        assert client.get(path).status_code == 404
        assert client.get(path, headers={"If-None-Match": got.headers["etag"]}).status_code == 404
        assert lin.get(f"/attachments/{sent}").status_code == 200
        with desk.context.work() as unit:
            recall = unit.session.query(OutboxEntry).filter_by(message_id=message_id, kind="recall").one()
            delivery.failed(unit, recall, "Rasa answered 400")
        assert client.get(path).status_code == 200, "it is still shown there"

    def test_it_is_not_logged(
        self, client: TestClient, sent: str, clock: Clock, caplog: pytest.LogCaptureFixture
    ) -> None:
        path = link(sent, clock, hours=1)

        with caplog.at_level(logging.INFO):
            client.get(path)

        ours = str([r.__dict__ for r in caplog.records if r.name.startswith("handoff_service")])
        assert "'path': '/files/…'" in ours
        assert path.rsplit("/", 1)[1] not in ours

    def test_the_channel_gets_one_that_works(self, client: TestClient, assistant: Caller) -> None:
        given: dict[str, Any] = upload(assistant, "/visits/s/attachments").json()

        assert client.get(given["url"].removeprefix("http://127.0.0.1:8000")).status_code == 200


def test_a_transfer_takes_the_files_along(
    lin: AgentCaller, held: str, sent: str, as_agent: Agents, desk: Desk
) -> None:
    mei = as_agent("mei", skills=["en"])
    assert lin.post(f"/conversations/{held}/transfer", json={"agent_id": mei.id}).is_success

    assert mei.get(f"/attachments/{sent}").status_code == 200
    assert lin.get(f"/attachments/{sent}").status_code == 404


def test_both_sides_sign_links_alike() -> None:
    fixture = json.loads((Path(__file__).parents[2] / "contract" / "file_link.json").read_text())
    key, name, expires = (fixture[each] for each in ("service_key", "attachment_id", "expires"))

    assert links.path(key, name, expires) == fixture["path"]
    assert links.valid(key, name, expires, fixture["path"].rsplit("/", 1)[1], expires - 1)

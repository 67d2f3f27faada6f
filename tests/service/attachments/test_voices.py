"""Voice messages that browsers do not play are played, and those that cannot be are downloaded."""

import io
import random
import wave

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from handoff_service.attachments import links, voices
from handoff_service.models import Attachment
from handoff_service.settings import Settings
from tests.service.attachments import files
from tests.service.attachments.test_uploads import upload
from tests.service.callers import AgentCaller, Agents, Caller, Clock

FRAME = 0.02  # seconds


def amr(seconds: float, seed: int = 1) -> bytes:
    """Noise at 12.2 kbit/s."""
    chance = random.Random(seed)
    return b"#!AMR\n" + b"".join(b"\x3c" + chance.randbytes(31) for _ in range(round(seconds / FRAME)))


def sent(lin: AgentCaller, held: str, content: bytes, name: str = "v.amr") -> dict:
    answer = upload(lin, f"/conversations/{held}/attachments", content, name)
    assert answer.status_code == 201, answer.text
    stored: dict = answer.json()
    return stored


def heard(content: bytes) -> wave.Wave_read:
    return wave.open(io.BytesIO(content))


def test_a_voice_message_is_played_and_stays_as_it_came(lin: AgentCaller, held: str) -> None:
    original = amr(3)
    stored = sent(lin, held, original)
    assert stored["sound_url"] == f"/api/v1/attachments/{stored['id']}/sound"

    whole = lin.get(f"/attachments/{stored['id']}/sound")

    assert whole.headers["content-type"] == "audio/wav"
    sound = heard(whole.content)
    assert (sound.getframerate(), sound.getnchannels(), sound.getnframes()) == (8000, 1, 3 * 8000)
    assert len(set(sound.readframes(8000))) > 100, "it is no silence"
    assert lin.get(f"/attachments/{stored['id']}").content == original
    part = lin.get(f"/attachments/{stored['id']}/sound", headers={"Range": "bytes=100-199"})
    assert (part.status_code, part.content) == (206, whole.content[100:200])
    assert part.headers["content-range"] == f"bytes 100-199/{len(whole.content)}"
    again = {"If-None-Match": whole.headers["etag"]}
    assert lin.get(f"/attachments/{stored['id']}/sound", headers=again).status_code == 304


def test_the_message_names_where_it_is_heard(lin: AgentCaller, held: str) -> None:
    stored = sent(lin, held, amr(0.1))
    said = {"client_id": "m1", "attachments": [stored["id"]]}
    lin.post(f"/conversations/{held}/messages", json=said)

    (shown,) = lin.get(f"/conversations/{held}/messages").json()["items"][-1]["attachments"]

    assert shown["sound_url"] == f"{shown['url']}/sound"


def test_what_a_browser_plays_is_played_as_it_is(lin: AgentCaller, held: str) -> None:
    stored = sent(lin, held, files.wav(), "a.wav")

    assert "sound_url" not in stored
    assert lin.get(f"/attachments/{stored['id']}/sound").content == files.wav()


@pytest.mark.parametrize("rest", [b"", b"\xff" * 500, b"\x7c" + bytes(10)])
def test_what_cannot_be_played_can_be_downloaded(lin: AgentCaller, held: str, rest: bytes) -> None:
    broken = b"#!AMR\n" + rest
    stored = sent(lin, held, broken)

    for _ in range(2):
        answer = lin.get(f"/attachments/{stored['id']}/sound")
        assert (answer.status_code, answer.json()["type"]) == (422, "urn:baton:problem:not-playable")
    assert lin.get(f"/attachments/{stored['id']}").content == broken


def test_of_one_that_was_cut_off_what_there_is_can_be_heard(lin: AgentCaller, held: str) -> None:
    stored = sent(lin, held, amr(2)[:-5] + b"\xff" * 40)

    assert heard(lin.get(f"/attachments/{stored['id']}/sound").content).getnframes() >= 8000


def test_one_that_never_ends_is_given_up(lin: AgentCaller, held: str) -> None:
    stored = sent(lin, held, amr(16 * 60))

    assert lin.get(f"/attachments/{stored['id']}/sound").status_code == 422


def test_nobody_hears_what_they_may_not_see(lin: AgentCaller, held: str, as_agent: Agents) -> None:
    stored = sent(lin, held, amr(0.1))
    sam = as_agent("sam", presence="away")

    assert sam.get(f"/attachments/{stored['id']}/sound").status_code == 404


def test_a_customer_hears_an_agents_by_the_link_to_it_and_keeps_no_decoder_busy_with_their_own(
    lin: AgentCaller, assistant: Caller, held: str, client: TestClient, settings: Settings, clock: Clock
) -> None:
    stored = sent(lin, held, amr(1))
    lin.post(f"/conversations/{held}/messages", json={"client_id": "m1", "attachments": [stored["id"]]})
    path = link(settings, stored["id"], clock)

    assert heard(client.get(f"{path}/sound").content).getnframes() == 8000
    assert client.get(f"{path}/sound").headers["cache-control"] == "private, no-cache"
    assert client.get(path).headers["content-type"] == "audio/amr"
    assert client.get(f"{path[:-3]}AAA/sound").status_code == 404
    other = sent(lin, held, files.wav(), "a.wav")["id"]
    assert client.get(f"{link(settings, other, clock)}/sound").status_code == 422
    theirs = upload(assistant, "/visits/s/attachments", amr(1), "v.amr").json()["id"]
    assert client.get(f"{link(settings, theirs, clock)}/sound").status_code == 422


def link(settings: Settings, attachment_id: str, clock: Clock) -> str:
    expires = int(clock().timestamp()) + 60
    return links.path(settings.service_key.get_secret_value(), attachment_id, expires)


def test_it_is_decoded_once(app: FastAPI, lin: AgentCaller, held: str) -> None:
    stored = sent(lin, held, amr(0.1))
    first = lin.get(f"/attachments/{stored['id']}/sound").content

    app.state.storage.delete(stored["id"])

    assert lin.get(f"/attachments/{stored['id']}/sound").content == first


def test_what_is_kept_has_an_end(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(voices, "KEPT_BYTES", 100)
    kept: voices.Voices = app.state.voices
    for name in ("a" * 32, "b" * 32):
        kept._keep(name, bytes(60))

    assert kept.wav(Attachment(id="b" * 32)) == bytes(60)
    assert list(kept._kept) == ["b" * 32]

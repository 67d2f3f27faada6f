"""Files both ways: photos through the customer protocol, an agent's paper through the console."""

import io
import re
import struct
import uuid
import wave
import zlib
from typing import Any

import httpx
import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.browser import hand_files
from tests.e2e.waiting import eventually
from tests.service.attachments import files
from tests.service.attachments.test_voices import amr

PATIENCE = 30_000


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def photo(width: int = 40, height: int = 30) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = b"".join(b"\0" + b"\x35\x70\xc4" * width for _ in range(height))
    parts = (b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in parts)


def sound() -> bytes:
    """A tenth of a second."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(b"\0" * 1600)
    return out.getvalue()


class App:
    """A customer's app that speaks the customer protocol."""

    def __init__(self, rasa_url: str) -> None:
        self._http = httpx.Client(base_url=f"{rasa_url}/webhooks/webchat/v1", timeout=60)
        session = self._http.post("/session", json={}).raise_for_status().json()
        self._http.headers["Authorization"] = f"Bearer {session['token']}"
        self.sender_id = f"webchat:default:{session['visitor']}"

    def uploads(self, content: bytes, name: str) -> httpx.Response:
        params = {"client_id": uuid.uuid4().hex, "name": name}
        return self._http.post("/uploads", params=params, content=content)

    def sends(self, content: bytes, name: str) -> None:
        stored = self.uploads(content, name).raise_for_status().json()
        message = {"client_id": uuid.uuid4().hex, "attachments": [stored["id"]]}
        self._http.post("/messages", json=message).raise_for_status()

    def messages(self, author: str) -> list[dict[str, Any]]:
        found = self._http.get("/messages").raise_for_status().json()["messages"]
        return [message for message in found if message["author"] == author]


def test_photos_reach_the_agent_and_the_agents_paper_the_customer(stack, desk, owned, agent):
    app = App(stack.settings.rasa_url)
    lin = agent("lin")

    assert app.uploads(b"<html><script>alert(1)</script>", "cute.png").status_code == 415
    app.sends(photo(), "<b>broken<b>.png")
    (answer,) = eventually(lambda: app.messages("bot"), "the bot's answer")
    assert "您发的内容收到了" in answer["text"]
    assert owned(app.sender_id, "bot")
    app.sends(photo(400, 200), "again.png")
    conversation = owned(app.sender_id, "agent")
    assert conversation["handoff"]["rule"] == "attachment_without_words"

    lin.opens("mine")
    pictures = lin.log.get_by_role("img")
    expect(pictures).to_have_count(2, timeout=PATIENCE)
    expect(pictures.first).to_have_js_property("naturalWidth", 40, timeout=PATIENCE)
    expect(lin.log.get_by_role("button", name="Enlarge _b_broken")).to_be_visible()
    lin.log.get_by_role("button", name="Enlarge again.png").click()
    expect(lin.page.get_by_role("dialog").get_by_role("img")).to_be_visible()
    lin.page.get_by_role("dialog").get_by_role("button", name="Close").click()

    form = lin.page.get_by_role("form")
    chosen = form.locator("input[type=file]")
    chosen.set_input_files({"name": "page.pdf", "mimeType": "application/pdf", "buffer": b"<html><script>"})
    expect(form.get_by_role("alert")).to_have_text("Files of this kind cannot be sent.", timeout=PATIENCE)
    expect(form.get_by_role("button", name="Send")).to_be_disabled()
    form.get_by_role("button", name="Remove page.pdf").click()
    chosen.set_input_files({"name": "退货单.pdf", "mimeType": "text/html", "buffer": b"%PDF-1.4\n1 0 obj\n"})
    form.get_by_role("button", name="Send").click(timeout=PATIENCE)
    expect(lin.log.get_by_role("link", name="退货单.pdf")).to_be_visible(timeout=PATIENCE)

    (told,) = eventually(lambda: app.messages("agent"), "the agent's paper")
    (paper,) = told["attachments"]
    assert (told["text"], paper["name"], paper["type"]) == ("", "退货单.pdf", "application/pdf")
    got = httpx.get(paper["url"])
    assert (got.status_code, got.content) == (200, b"%PDF-1.4\n1 0 obj\n")
    assert got.headers["content-disposition"].startswith("attachment;")
    assert httpx.get(paper["url"][:-3] + "AAA").status_code == 404


def test_pictures_and_sound_go_from_screen_to_screen_dropped_pasted_and_chosen(customer, agent):
    lin, mei = agent("lin"), customer("en")
    mei.says("I want a human")
    lin.opens("mine")

    hand_files(mei.log, "drop", ("dropped.png", "image/png", photo(60, 40)))  # anywhere on the panel
    hand_files(mei.box, "paste", ("pasted.png", "image/png", photo(50, 40)))
    for name in ("dropped.png", "pasted.png"):
        expect(mei.panel.get_by_role("status").filter(has_text=name)).to_have_text(name, timeout=PATIENCE)
    mei.says("the scratch")
    mei.sees("the scratch", "You")
    mei.panel.locator("input[type=file]").set_input_files(
        {"name": "voice.wav", "mimeType": "audio/wav", "buffer": sound()}
    )
    expect(mei.panel.get_by_role("status").filter(has_text="voice.wav")).to_have_text("voice.wav")
    mei.panel.get_by_role("button", name="Send", exact=True).click()

    for name, width in (("dropped.png", 60), ("pasted.png", 50)):
        picture = lin.line("the scratch", "Customer").get_by_role("img", name=name)
        expect(picture).to_have_js_property("naturalWidth", width, timeout=PATIENCE)
    audio = lin.log.get_by_label("Recording voice.wav")
    audio.evaluate("audio => audio.load()")
    expect(audio).to_have_js_property("duration", 0.1, timeout=PATIENCE)

    form = lin.page.get_by_role("form")
    hand_files(lin.box, "paste", ("answer.png", "image/png", photo(70, 40)))
    hand_files(form, "drop", ("terms.pdf", "application/pdf", b"%PDF-1.4\n1 0 obj\n"))
    lin.box.fill("like this?")
    form.get_by_role("button", name="Send").click(timeout=PATIENCE)
    told = mei.line("like this?", "Lin (customer service)")
    shown = told.get_by_role("button", name="answer.png").locator("img")
    expect(shown).to_have_js_property("naturalWidth", 70, timeout=PATIENCE)
    expect(told.get_by_role("link", name="terms.pdf")).to_be_visible()

    hand_files(form, "drop", ("note.amr", "audio/amr", amr(1)))
    form.get_by_role("button", name="Send").click(timeout=PATIENCE)
    heard = mei.log.get_by_label("File: note.amr")
    heard.evaluate("audio => audio.load()")
    expect(heard).to_have_js_property("duration", 1, timeout=PATIENCE)


def plays(film: Locator) -> None:
    """To its end, and it has pictures."""
    expect(film).to_have_js_property("videoWidth", 64, timeout=PATIENCE)
    film.evaluate("film => film.play()")
    expect(film).to_have_js_property("ended", True, timeout=PATIENCE)


def test_films_are_watched_on_both_screens(customer, agent):
    lin, mei = agent("lin"), customer("en")
    codec = 'video/mp4; codecs="avc1.42E01E"'
    if not mei.page.evaluate("codec => document.createElement('video').canPlayType(codec)", codec):
        pytest.skip("this Chromium has no H.264: name one that has in BATON_CHROMIUM")
    mei.says("I want a human")
    lin.opens("mine")

    hand_files(mei.box, "paste", ("IMG_0042.MOV", "video/quicktime", files.MP4))
    expect(mei.panel.get_by_role("status").filter(has_text="IMG_0042.MOV")).to_have_text("IMG_0042.MOV")
    mei.says("it rattles")
    plays(lin.line("it rattles", "Customer").get_by_label("Film IMG_0042.MOV"))
    plays(mei.line("it rattles", "You").get_by_label(re.compile("IMG_0042.MOV")))

    hand_files(lin.box, "paste", ("how to.mp4", "video/mp4", files.MP4))
    lin.box.fill("turn it like this")
    lin.page.get_by_role("form").get_by_role("button", name="Send").click(timeout=PATIENCE)
    plays(mei.line("turn it like this", "Lin").get_by_label(re.compile("how to.mp4")))

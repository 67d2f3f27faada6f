"""What hostile people write and send is text to everybody who sees it, or refused, in widget and console."""

import re
import struct
import zlib

import httpx
import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.browser import PATIENCE
from tests.e2e.pages.test_files import photo

MARKUP = (
    "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"
    "<a href=\"javascript:document.title='owned'\">x</a><svg onload=\"document.title='owned'\">{{7*7}}"
)
LINKS = "javascript:alert(1) data:text/html,<b> https://bank.example@evil.example/ vbscript:x"
TURNED = "total \u202e00001\u202c yuan \u2066\u2067"
HUGE = "𠮷" * 9_900

HTML = b"<!doctype html><script>document.title='owned'</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="document.title=1"/>'
REFUSED = re.compile("cannot be sent|too large|不能|过大|太大")


def _vast() -> bytes:
    """A picture of 900 million pixels in less than a hundred bytes."""
    size = struct.pack(">II", 30_000, 30_000)
    small = photo()
    header = b"IHDR" + size + small[24:29]
    return small[:12] + header + struct.pack(">I", zlib.crc32(header)) + small[33:]


def _is_harmless(page: Locator) -> None:
    """Nothing of it has become a part of the page, or leads anywhere."""
    expect(page.locator("script, iframe, object, embed, base")).to_have_count(0)
    expect(page.locator("[onerror], [onload], [srcdoc]")).to_have_count(0)
    addresses = page.locator("[href], [src], [action]").evaluate_all(
        "all => all.flatMap((each) => ['href', 'src', 'action'].map((name) => each.getAttribute(name) ?? ''))"
    )
    assert not [each for each in addresses if re.match(r"\s*(javascript|data:text|vbscript)|.*evil", each)]


def test_what_hostile_people_write_and_send_is_text_or_refused(customer, agent):
    lin = agent("lin")
    eve = customer("en")
    title, desk_title = eve.page.title(), lin.page.title()
    eve.says("I want to talk to a human")
    lin.opens("mine")
    for text in (MARKUP, LINKS, TURNED, HUGE):
        eve.says(text)
        eve.sees(text, "You")
        lin.sees(text)
    for name, content in (("cute.png", HTML), ("logo.svg", SVG), ("vast.png", _vast())):
        eve.panel.locator("input[type=file]").set_input_files(
            {"name": name, "mimeType": "image/png", "buffer": content}
        )
        expect(eve.panel.get_by_role("alert").filter(has_text=name)).to_have_text(REFUSED, timeout=PATIENCE)
        eve.panel.get_by_role("button", name=f"Remove {name}").click()
    sent = {"name": "<img src=x>\u202egnp.exe", "mimeType": "text/html", "buffer": photo()}
    eve.panel.locator("input[type=file]").set_input_files(sent)
    eve.panel.get_by_role("button", name="Send", exact=True).click(timeout=PATIENCE)
    picture = lin.log.get_by_role("button", name=re.compile("^Enlarge .*gnp")).locator("img")
    expect(picture).to_have_js_property("naturalWidth", 40, timeout=PATIENCE)

    lin.says(MARKUP.replace("{{7*7}}", ""))
    lin.says(LINKS)
    eve.sees(LINKS, "Lin")
    for page in (eve, lin):
        _is_harmless(page.log)
        assert page.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert (eve.page.title(), lin.page.title()) == (title, desk_title)


@pytest.mark.parametrize("path", ["/", "/chat", "/widget.js"])
def test_the_policy_lets_no_page_run_what_is_written_in_it(stack, path):
    policy = httpx.get(stack.settings.handoff_url + path).headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert not re.search(r"unsafe|script-src|\*", policy)

"""A customer whom a site has signed: the same on every device, and gone from the browser after a log-out."""

import base64
import hmac
import json
import time

from playwright.sync_api import Page, expect

from tests.e2e.browser import PATIENCE, CustomerPage
from tests.e2e.conftest import SITE_SECRET


def signed(customer_id: str, name: str) -> str:
    """As the documentation tells a site's server to do it."""
    claims = {"sub": customer_id, "exp": int(time.time()) + 3600, "name": name}
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=")
    signature = base64.urlsafe_b64encode(hmac.digest(SITE_SECRET.encode(), payload, "sha256")).rstrip(b"=")
    return f"{payload.decode()}.{signature.decode()}"


def is_now(page: Page, token: str | None) -> None:
    page.evaluate("token => Baton.setCustomer(token)", token)


def kept(page: Page) -> str:
    return page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")


def test_a_customer_of_a_site_is_known_by_name_everywhere_and_leaves_nothing_behind(
    customer, agent, new_page, stack
):
    shop = customer("en")
    is_now(shop.page, signed("mei-1", "Mei Lin"))
    shop.is_connected()
    shop.says("I want a human about order 4711")
    shop.sees("I want a human about order 4711", "You")
    lin = agent("lin")
    expect(lin.rows("mine").filter(has_text="Mei Lin")).to_have_count(1, timeout=PATIENCE)
    lin.opens("mine")
    lin.says("Hello Mei")
    shop.sees("Hello Mei")
    shop.box.fill("my card is")

    is_now(shop.page, None)
    shop.is_connected()
    expect(shop.log.get_by_role("article")).to_have_count(0)
    expect(shop.box).to_have_value("")
    for secret in ("mei-1", "4711", "Hello Mei", "my card is"):
        assert secret not in kept(shop.page)
    is_now(shop.page, signed("bo-2", "Bo"))
    shop.is_connected()
    shop.says("good morning")
    shop.sees("good morning", "You")
    shop.sees("Hello Mei", times=0)

    phone = CustomerPage(new_page("en"), stack.settings.handoff_url, "en").open()
    is_now(phone.page, signed("mei-1", "Mei Lin"))
    phone.sees("Hello Mei")
    phone.sees("good morning", times=0)
    assert "mei-1" not in phone.page.url

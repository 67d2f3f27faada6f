"""A customer leaves a message and goes; the answer comes by mail, and its link leads back."""

import re

from playwright.sync_api import expect

from tests.e2e.browser import PATIENCE, CustomerPage
from tests.e2e.waiting import eventually

EMAIL = "mei.lin@example.com"
QUESTION = "My parcel never came, order A-1042"
ANSWER = "It is on its way again and comes tomorrow"


def test_a_message_is_left_answered_by_mail_and_its_link_leads_back(
    customer, agent, new_page, stack, mailbox
):
    mei = customer("en")
    mei.says("I want to talk to a human")
    mei.sees(re.compile("none of my colleagues is online"), times=1)
    mei.panel.get_by_role("button", name="Leave a message").first.click()
    form = mei.panel.get_by_role("form", name="Leave a message")
    form.get_by_label("E-mail").fill(EMAIL)
    form.get_by_label("Name (optional)").fill("Mei")
    form.get_by_label("Your message").fill(QUESTION)
    form.get_by_role("button", name="Send the message").click()
    expect(mei.panel.get_by_text("Thank you, your message has arrived.")).to_be_visible(timeout=PATIENCE)
    mei.panel.get_by_role("button", name="Back to the chat").click()
    mei.sees(QUESTION)
    mei.sees(re.compile(re.escape("mail the answer to m…@example.com")))
    mei.page.context.close()  # and gone

    lin = agent("lin")
    lin.searches("A-1042").first.click(timeout=PATIENCE)
    expect(lin.page.get_by_text("m…@example.com", exact=False).first).to_be_visible()
    expect(lin.page.get_by_text(EMAIL)).to_have_count(0)
    lin.page.get_by_role("button", name="Show contact").click()
    expect(lin.page.get_by_role("link", name=EMAIL)).to_be_visible()
    lin.takes_over()
    expect(lin.page.get_by_text(re.compile("mailed to m…@example.com"))).to_be_visible(timeout=PATIENCE)
    lin.says(ANSWER)
    lin.sees(ANSWER)
    expect(lin.line(ANSWER)).to_contain_text("Mailed", timeout=PATIENCE)

    [mail] = eventually(lambda: [each for each in mailbox.mails if each["To"] == EMAIL], "the mail")
    text = mail.get_body(("plain",)).get_content()
    assert ANSWER in text
    link = re.search(r"http\S+#resume=\S+", text)
    assert link is not None

    phone = CustomerPage(new_page("en"), stack.settings.handoff_url, "en")
    asked: list[str] = []
    phone.page.on("request", lambda request: asked.append(request.url))
    phone.open()  # already there: the link in the mail changes nothing but what follows the #
    phone.page.evaluate("link => location.assign(link)", link[0])
    phone.is_connected()
    phone.sees(ANSWER)
    phone.sees(QUESTION)
    assert "resume" not in phone.page.url
    assert not any("resume=" in url.partition("#")[0] for url in asked)
    phone.says("Thank you, that helps")
    lin.sees("Thank you, that helps")

    stranger = CustomerPage(new_page("en"), stack.settings.handoff_url, "en")
    stranger.page.goto(link[0][:-4] + "AAAA")
    stranger.is_connected()
    expect(stranger.panel.get_by_text(ANSWER)).to_have_count(0)

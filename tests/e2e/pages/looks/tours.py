"""Every page of the console with its dialogs and menus, and every state of the widget, one after the other.

Each tour gives the name of the place that it has come to, and goes on when that has been looked at.
"""

import datetime as dt
import re
from collections.abc import Iterator

from playwright.sync_api import expect

from tests.e2e.pages.looks.outside import REFUSED
from tests.e2e.pages.looks.visit import PATIENCE, DeskVisit, WidgetVisit

WRONG = "no such thing"
MESSAGES = "**/webchat/v1/messages*"
ANYWHERE = {"Access-Control-Allow-Origin": "*"}
PAPER = {"name": "return-label.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4\n%%EOF\n" * 40}

PAGE = {"name": REFUSED, "mimeType": "text/html", "buffer": b"<html>"}


def without_logging_in(visit: DeskVisit) -> Iterator[str]:
    visit.page.goto("/")
    expect(visit.page.get_by_role("textbox").first).to_be_visible(timeout=PATIENCE)
    yield "the log-in"
    visit.fills("login.email", "lin@example.com")
    visit.fills("login.password", WRONG)
    visit.presses("login.submit")
    visit.sees("login.wrong")
    yield "the log-in, refused"
    visit.page.goto("/#/join/a-link-that-has-ended")
    visit.sees("join.gone")
    yield "a link that has ended"
    visit.page.goto(f"/#/join/{visit.shown.scene.invitation}")
    visit.fills("join.password", "a password")
    visit.fills("join.again", "another one")
    visit.presses("join.submit")
    visit.sees("join.differ")
    yield "an invitation, filled in wrongly"


def supervising(visit: DeskVisit) -> Iterator[str]:
    page = visit.page
    visit.goes("")
    yield "the inbox"
    for menu in ("pages.label", "settings.label"):
        visit.presses(menu)
        yield f"the menu {menu}"
        visit.leaves()
    page.locator("[popovertarget=alerts]").click()
    yield "the alerts"
    visit.leaves()
    page.keyboard.press("?")
    yield "the keys"
    visit.leaves()
    visit.presses("filter.label")
    yield "the filters"
    visit.fills_choice("filter.language", "en")
    visit.fills_choice("filter.priority", "high")
    yield "the filters, chosen"
    visit.presses("filter.clear")
    search = page.get_by_role("searchbox")
    search.fill("20814")
    expect(
        page.get_by_role("region", name=visit.word("search.results")).get_by_role("button")
    ).not_to_have_count(0)
    yield "what is found"
    search.fill(WRONG)
    visit.sees("search.none", q=WRONG)
    yield "nothing found"
    search.fill("")
    yield from _of_a_supervisor(visit)
    visit.goes("/wall")
    expect(page.locator("[data-figure=waiting]")).to_contain_text("30", timeout=PATIENCE)
    page.get_by_text(visit.word("wall.as_table")).click()
    yield "the wall"
    customer = visit.given["waiting"][1]["name"]
    visit.asks("wall.assign_of", name=customer)
    yield "the wall, a conversation assigned"
    visit.leaves()
    yield from _rules(visit)
    visit.opens(visit.conversation("owner=queue"))
    visit.shows_customer()
    yield "one who waits, beside the customer"
    visit.presses("customer.edit")
    yield "a customer edited"
    visit.presses("customer.cancel")
    visit.asks("customer.block")
    yield "a customer blocked"
    visit.leaves()
    visit.opens(visit.conversation("status=resolved"))
    visit.sees("closing.summary")
    yield "one that was closed"


def _of_a_supervisor(visit: DeskVisit) -> Iterator[str]:
    """The pages on which things are kept, each with its dialogs."""
    agent, team = visit.given["agents"][1]["name"], visit.given["teams"][0]["name"]
    answer, category = visit.given["canned"][0]["title"], visit.given["categories"][0]["name"]
    dialogs: dict[str, list[tuple[str, dict[str, object]]]] = {
        "/canned": [
            ("canned.new", {}),
            ("canned.change_named", {"title": answer}),
            ("canned.remove_named", {"title": answer}),
        ],
        "/teams": [
            ("teams.new", {}),
            ("teams.change_title", {"name": team}),
            ("teams.remove_title", {"name": team}),
        ],
        "/closing": [("closing.add", {}), ("closing.change_named", {"name": category})],
        "/people": [
            ("people.invite_new", {}),
            ("people.change_of", {"name": agent}),
            ("people.deactivate_of", {"name": agent}),
        ],
    }
    for path, opened in dialogs.items():
        visit.goes(path)
        expect(visit.page.get_by_role("main").get_by_role("heading").first).to_be_visible(timeout=PATIENCE)
        yield path
        for key, values in opened:
            visit.asks(key, **values)
            yield f"{path}, {key}"
            visit.leaves()
    link = f"{visit.word('people.reset')} · {visit.word('people.link_for', name=agent)}"
    visit.page.get_by_role("button", name=link).click()
    expect(visit.page.get_by_label(visit.word("people.link"), exact=True)).to_have_value(
        re.compile("/#/join/.{40}")
    )
    yield "/people, a link"
    visit.leaves()
    visit.goes("/hours")
    week = visit.page.locator("#hours-day-0")
    expect(week).not_to_have_value("", timeout=PATIENCE)
    yield "/hours"
    visit.presses("hours.save")
    visit.sees("hours.saved")
    yield "/hours, a notice"
    visit.presses("notice.close")
    week.fill("9 to 5")
    yield "/hours, a mistake"
    visit.goes("/satisfaction")
    expect(visit.page.get_by_role("img")).to_be_visible(timeout=PATIENCE)
    visit.page.get_by_text(visit.word("wall.as_table")).click()
    yield "/satisfaction"
    visit.goes("/audit")
    expect(visit.page.get_by_role("row").nth(1)).to_be_visible(timeout=PATIENCE)
    yield "/audit"


def _rules(visit: DeskVisit) -> Iterator[str]:
    page = visit.page
    visit.goes("/rules")
    expect(page.get_by_role("article").first).to_be_visible(timeout=PATIENCE)
    yield "/rules"
    page.get_by_role("article").nth(3).get_by_role("heading").get_by_role("button").click()
    yield "/rules, one opened"
    visit.asks("rules.activate")
    yield "/rules, put in force"
    visit.leaves()
    visit.presses("rules.as_text")
    expect(page.get_by_label(visit.word("rules.source"))).to_be_visible(timeout=PATIENCE)
    yield "/rules, as text"
    visit.goes("/rules/try")
    yield "/rules/try"
    visit.presses("rules.bt.run")
    expect(page.get_by_role("img", name=visit.word("rules.bt.by_rule"))).to_be_visible(timeout=PATIENCE)
    page.get_by_role("group").get_by_text(visit.word("rules.bt.by_topic")).click()
    yield "/rules/try, its result"
    visit.goes("/rules/history")
    visit.presses("rules.show_text")
    expect(page.locator("pre")).to_be_visible(timeout=PATIENCE)
    yield "/rules/history"


def answering(visit: DeskVisit) -> Iterator[str]:
    page, scene = visit.page, visit.shown.scene
    visit.goes("")
    yield "an agent's inbox"
    page.locator("label").filter(has_text=visit.word("presence.offline")).click()
    expect(page.get_by_role("dialog")).to_be_visible(timeout=PATIENCE)
    page.get_by_label(visit.word("leaving.give")).check()
    yield "leaving with conversations in hand"
    visit.leaves()
    visit.opens(visit.conversation("kind=message&status=open"))
    visit.presses("contact.open")
    yield "a message that was left"
    visit.opens(scene.long)
    expect(page.locator("section .text").first).to_be_visible(timeout=PATIENCE)  # an answer is suggested
    yield "a conversation"
    yield from _dialogs_of_a_conversation(visit)
    yield from _composing(visit)
    visit.shows_customer()
    expect(page.get_by_text("20688")).to_be_visible(timeout=PATIENCE)
    yield "the customer"
    visit.hides_customer()
    due = visit.fetched(f"/conversations/{scene.long}")["answer_due_at"]
    page.clock.set_fixed_time(dt.datetime.fromisoformat(due) - dt.timedelta(seconds=12))
    expect(page.get_by_role("button", name=visit.word("answering.open"), exact=True)).to_be_visible(
        timeout=PATIENCE
    )
    yield "a conversation that is nearly taken back"
    page.clock.set_fixed_time(scene.now)


def _dialogs_of_a_conversation(visit: DeskVisit) -> Iterator[str]:
    page = visit.page
    page.get_by_text(visit.word("why.label")).click()
    yield "why it was handed over"
    page.get_by_text(visit.word("why.label")).click()
    for key in ("resolve", "return"):
        visit.asks(key)
        yield f"the dialog {key}"
        visit.leaves()
    visit.asks("snooze")
    page.get_by_label(visit.word("snooze.other")).check()
    yield "the dialog snooze"
    visit.leaves()
    visit.asks("transfer")
    for way in ("skill", "colleague", "team"):
        page.get_by_role("dialog").get_by_text(visit.word(f"transfer.{way}"), exact=True).click()
        yield f"the dialog transfer, to a {way}"
    visit.leaves()
    picture = page.get_by_role("log").locator("button.picture").first
    picture.click()
    yield "a picture enlarged"
    visit.leaves()


def _composing(visit: DeskVisit) -> Iterator[str]:
    page = visit.page
    box = page.get_by_role("form").get_by_role("textbox")
    box.press("/")
    expect(page.get_by_role("option").first).to_be_visible(timeout=PATIENCE)
    yield "canned answers"
    page.keyboard.press("Escape")
    visit.presses("aids.emoji")
    expect(page.get_by_role("option").first).to_be_visible(timeout=PATIENCE)
    yield "emoji"
    page.keyboard.press("Escape")
    box.fill("{{customer.name}}")
    yield "an answer that is not filled in"
    box.fill("")
    page.locator("input[type=file]").set_input_files([PAPER, PAGE])
    expect(page.get_by_role("listitem").get_by_role("alert")).to_be_visible(timeout=PATIENCE)
    yield "files to be sent, and one refused"
    for _ in range(2):
        page.get_by_role("button", name=visit.word("files.remove"), exact=False).last.click()
    page.get_by_role("radio", name=visit.word("composer.note"), exact=True).check(force=True)
    yield "a note"
    page.get_by_role("radio", name=visit.word("composer.reply"), exact=True).check(force=True)
    refused = {"type": "about:blank", "title": "Too long", "status": 413}
    page.route("**/conversations/*/messages", lambda route: route.fulfill(status=413, json=refused))
    box.fill(visit.given["reply"])
    box.press("Enter")
    visit.sees("delivery.retry")
    yield "an answer that did not get out"
    visit.presses("delivery.discard")
    page.unroute("**/conversations/*/messages")


def writing_as_a_customer(visit: WidgetVisit) -> Iterator[str]:
    page, outside = visit.page, visit.shown.outside
    messages, state = outside.messages, outside.state
    page.goto("/chat")
    yield "the shop"
    outside.messages = []
    outside.is_with("bot")
    visit.opens()
    visit.sees("log.welcome")
    yield "the widget, nothing said yet"
    visit.presses("panel.menu")
    yield "the widget's menu"
    outside.messages = messages[:1]
    visit.opens()
    expect(page.get_by_role("group", name=visit.word("replies.label"))).to_be_visible(timeout=PATIENCE)
    yield "answers on offer"
    outside.messages = messages[:3]
    visit.opens()
    visit.sees("feedback.ask")
    yield "an answer to be judged"
    outside.is_with("queue", position=2, wait_seconds=180)
    visit.opens()
    visit.sees("queue.position", position=2)
    yield "in the queue"
    visit.presses("queue.wait")
    visit.sees("queue.kept")
    yield "in the queue, to wait"
    visit.presses("queue.message")
    visit.presses("leave.send")
    visit.sees("leave.no_contact")
    yield "a message to leave, without an address"
    given = visit.given["left"][0]
    visit.fills("leave.email", given["email"])
    visit.fills("leave.text", given["text"])
    visit.presses("leave.send")
    visit.sees("leave.thanks")
    yield "a message that was left"
    outside.messages, outside.state = messages, {**state, "typing": True}
    visit.opens()
    expect(visit.line(messages[-1]["text"])).to_be_visible(timeout=PATIENCE)
    yield "the widget, with an agent who types"
    visit.line(messages[-2]["text"]).get_by_role("button").click()
    yield "a picture enlarged in the widget"
    page.keyboard.press("Escape")
    page.locator("input[type=file]").set_input_files([PAPER, PAGE])
    expect(page.get_by_role("listitem").get_by_role("alert")).to_be_visible(timeout=PATIENCE)
    yield "files to be sent in the widget, and one refused"
    page.route(MESSAGES, lambda route: route.fulfill(status=422, json=_refusal("too_long"), headers=ANYWHERE))
    visit.page.get_by_role("form", name=visit.word("composer.label")).get_by_role("textbox").fill(
        given["text"]
    )
    page.keyboard.press("Enter")
    visit.sees("message.retry")
    yield "words that the service did not take"
    page.unroute(MESSAGES)
    outside.is_with("bot", rating={"id": "r1"})
    visit.opens()
    visit.sees("rating.ask")
    yield "to be rated"
    page.get_by_label(visit.word("rating.score_4")).check(force=True)
    yield "to be rated, with words"
    visit.presses("rating.send")
    visit.sees("rating.thanks")
    yield "rated"
    page.context.set_offline(True)
    visit.sees("connection.offline")
    yield "no network"
    page.context.set_offline(False)
    page.route(MESSAGES, lambda route: route.fulfill(status=401, json=_refusal("ended"), headers=ANYWHERE))
    visit.opens()
    visit.sees("ended.why")
    yield "ended"
    page.unroute(MESSAGES)
    outside.messages, outside.state = messages, state


def _refusal(code: str) -> dict[str, object]:
    return {"error": {"code": code}}

"""The link in a mail opens one customer's conversation, for a while, and no other."""

import re

import jwt
import pytest

from handoff_service.auth import tokens
from tests.service.mail.conftest import SENDER


@pytest.fixture
def mailed(story, worker, mailbox, clock):
    """Have an answer mailed; gives the token of the link."""

    def run(sender_id: str = SENDER, email: str = "mei@example.com") -> str:
        story.answer(story.leave(sender_id, email))
        clock.advance(minutes=5)
        worker.step()
        text = mailbox.mails[-1].get_body(("plain",)).get_content()
        found = re.search(r"http://127\.0\.0\.1:8000/chat#resume=(\S+)", text)
        assert found is not None, "in the fragment, which no server gets to see"
        return found[1]

    return run


@pytest.fixture
def redeem(assistant):
    return lambda token: assistant.post("/visits/resume", json={"token": token})


def test_it_leads_back_to_its_own_customer(mailed, redeem):
    mine, theirs = mailed(), mailed("webchat:default:v2", "lin@example.com")

    assert redeem(mine).json() == {"sender_id": SENDER}
    assert redeem(theirs).json() == {"sender_id": "webchat:default:v2"}


def test_it_tells_nobody_whose_it_is(mailed):
    token = mailed()

    claims = jwt.decode(token, options={"verify_signature": False})
    assert SENDER not in str(claims)
    assert "mei" not in str(claims)
    assert len(token) <= 512


def test_it_ends_after_seven_days(mailed, redeem, clock):
    token = mailed()
    clock.advance(days=6, hours=23, minutes=59)
    assert redeem(token).status_code == 200, "for the first time"
    clock.advance(minutes=1)
    assert redeem(token).status_code == 404


def test_once_used_it_ends_after_a_day(mailed, redeem, clock):
    token = mailed()
    assert redeem(token).status_code == 200
    clock.advance(hours=23)
    assert redeem(token).status_code == 200, "from the phone to the desk"
    clock.advance(hours=1)
    assert redeem(token).status_code == 404


def test_what_we_did_not_sign_for_this_opens_nothing(mailed, redeem, settings, clock, story):
    token = mailed()
    head, body, signature = token.split(".")
    forged = jwt.encode(
        {"iss": "baton", "aud": "visit", "sub": story.mails()[0].id, "exp": 4e9}, "x" * 32, algorithm="HS256"
    )
    unsigned = jwt.encode(
        {"iss": "baton", "aud": "visit", "sub": story.mails()[0].id, "exp": 4e9}, None, algorithm="none"
    )
    agents = tokens.issue(settings, story.mails()[0].id, "x", clock())
    for other in ("x", f"{head}.{body}.{signature[::-1]}", f"{head}.{body}.", forged, unsigned, agents):
        assert redeem(other).status_code == 404
    assert redeem(token).status_code == 200


def test_it_is_no_way_to_the_desk(mailed, client):
    headers = {"Authorization": f"Bearer {mailed()}"}
    assert client.get("/api/v1/me", headers=headers).status_code == 401
    assert client.post("/api/v1/visits/resume", headers=headers, json={"token": "x"}).status_code == 401


@pytest.mark.parametrize("token", ["", "x" * 513, "a\x00b"])
def test_nonsense_is_refused(redeem, token):
    assert redeem(token).status_code == 422

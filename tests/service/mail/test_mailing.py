"""An answer that stays unread is mailed: once, in one mail, also when much goes wrong on the way."""

import datetime as dt
import json
import socket
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select, update

from handoff_service.context import Context
from handoff_service.db import Database
from handoff_service.mail.smtp import Outcome
from handoff_service.mail.worker import LEASE, MailWorker
from handoff_service.models import AuditEntry, Mail, Message
from handoff_service.settings import Settings
from tests.service.mail.conftest import EMAIL, SENDER
from tests.service.mailbox import Mailbox, free_port, mail_server


def mark_read(context: Context, message_id: str) -> None:
    with context.work("customer") as unit:
        unit.session.execute(update(Message).where(Message.id == message_id).values(delivery="read"))


def text_of(mail: Any) -> str:
    content: str = mail.get_body(("plain",)).get_content()
    return content


class TestWhen:
    def test_after_five_minutes_unread_it_is_mailed(self, story, worker, mailbox, clock):
        conversation_id = story.leave()
        message_id = story.answer(conversation_id, "Your parcel is in Hangzhou")
        assert worker.step() == pytest.approx(300)
        clock.advance(seconds=299)
        worker.step()
        assert mailbox.mails == []

        clock.advance(seconds=1)
        assert worker.step() is None

        [mail] = mailbox.mails
        assert mailbox.recipients == [EMAIL]
        assert mail["To"] == EMAIL
        assert "Your parcel is in Hangzhou" in text_of(mail)
        assert story.shown(conversation_id, message_id) == "sent"

    def test_what_was_read_is_not(self, story, worker, mailbox, clock, context):
        mark_read(context, story.answer(story.leave()))
        clock.advance(minutes=5)

        assert worker.step() is None
        assert mailbox.mails == []
        assert [mail.state for mail in story.mails()] == ["dropped"]

    def test_what_was_taken_back_is_not(self, story, worker, mailbox, clock):
        conversation_id = story.leave()
        message_id = story.answer(conversation_id, "wrong window")
        recalled = story.lin.post(f"/conversations/{conversation_id}/messages/{message_id}/recall")
        assert recalled.status_code in (200, 202)
        clock.advance(minutes=5)
        worker.step()
        assert mailbox.mails == []

    def test_reading_counts_as_having_been_back(self, story, worker, mailbox, clock, assistant):
        conversation_id = story.leave()
        first = story.answer(conversation_id, "first")
        clock.advance(minutes=5)
        worker.step()
        clock.advance(minutes=1)
        receipt = {"message_ids": [first], "state": "read"}
        assert assistant.post(f"/visits/{SENDER}/receipts", json=receipt).status_code == 204
        story.answer(conversation_id, "second")
        clock.advance(minutes=5)
        worker.step()
        assert [("first" in text_of(mail), "second" in text_of(mail)) for mail in mailbox.mails] == [
            (True, False),
            (False, True),
        ]

    def test_one_mail_tells_of_all_that_is_unread(self, story, worker, mailbox, clock, context):
        conversation_id = story.leave()
        mark_read(context, story.answer(conversation_id, "read already"))
        for text in ("first", "second"):
            clock.advance(minutes=1)
            story.answer(conversation_id, text)
        story.lin.post(f"/conversations/{conversation_id}/notes", json={"text": "secret", "client_id": "n"})
        clock.advance(minutes=10)
        worker.step()

        [mail] = mailbox.mails
        assert "first" in text_of(mail)
        assert "second" in text_of(mail)
        assert "read already" not in text_of(mail)
        assert "secret" not in text_of(mail)

    def test_not_again_until_the_customer_was_back(self, story, worker, mailbox, clock, context):
        conversation_id = story.leave()
        first = story.answer(conversation_id, "first")
        clock.advance(minutes=5)
        worker.step()
        clock.advance(hours=1)
        story.answer(conversation_id, "second")
        clock.advance(hours=1)
        worker.step()
        assert len(mailbox.mails) == 1

        story.is_here()
        mark_read(context, first)
        story.is_here(connected=False)
        clock.advance(minutes=6)
        worker.step()

        assert len(mailbox.mails) == 2, "seen nothing of the second though they were back"
        assert "second" in text_of(mailbox.mails[1])
        assert "first" not in text_of(mailbox.mails[1])

    def test_who_has_just_been_here_gets_five_minutes_more(self, story, worker, mailbox, clock):
        story.answer(story.leave())
        clock.advance(minutes=4)
        story.is_here()
        clock.advance(minutes=1)
        assert worker.step() == pytest.approx(240)
        assert mailbox.mails == []
        clock.advance(minutes=4)
        worker.step()
        assert len(mailbox.mails) == 1

    def test_an_answer_that_closes_the_matter_is_mailed_too(self, story, worker, mailbox, clock):
        conversation_id = story.leave()
        story.answer(conversation_id, "All done")
        story.lin.post(f"/conversations/{conversation_id}/resolve", json={})
        clock.advance(minutes=5)
        worker.step()
        assert len(mailbox.mails) == 1

    def test_a_live_conversation_of_a_customer_with_a_known_address_counts(
        self, story, worker, mailbox, clock
    ):
        conversation_id = story.leave()
        story.lin.post(f"/conversations/{conversation_id}/resolve", json={})
        clock.advance(days=1)
        story.desk.asks(SENDER)
        live = story.desk.conversation(SENDER)
        assert live.kind == "live"
        assert live.id != conversation_id
        story.answer(live.id, "Back on it")
        clock.advance(minutes=5)
        worker.step()
        assert "Back on it" in text_of(mailbox.mails[0])

    def test_without_an_address_nothing_is_mailed(self, story, worker, mailbox, clock):
        conversation_id = story.leave(email=None, phone="13812345678")
        story.answer(conversation_id)
        clock.advance(minutes=6)
        assert worker.step() is None
        assert story.mails() == []
        shown = story.lin.get(f"/conversations/{conversation_id}").json()["reach"]
        assert shown == {"connected": None, "mail": False, "window": None}

    @pytest.mark.parametrize("settings_overrides", [{}], ids=["no mail server"])
    def test_without_a_mail_server_nothing_is(self, story, worker, clock):
        story.answer(story.leave())
        clock.advance(minutes=6)
        assert worker.step() is None
        assert story.mails() == []

    def test_customers_get_their_own_answers_alone(self, story, worker, mailbox, clock):
        story.answer(story.leave(), "for Mei")
        story.answer(story.leave("webchat:default:v2", "lin@example.com"), "for Lin")
        clock.advance(minutes=5)
        worker.step()
        told = {str(mail["To"]): text_of(mail) for mail in mailbox.mails}
        assert set(told) == {EMAIL, "lin@example.com"}
        assert "for Lin" not in told[EMAIL]

    def test_an_international_domain_gets_its_mail(self, story, worker, mailbox, clock):
        story.answer(story.leave(email="mei@例子.中国"))
        clock.advance(minutes=5)
        worker.step()
        assert mailbox.recipients == ["mei@xn--fsqu00a.xn--fiqs8s"]


class TestOnce:
    def test_two_replicas_send_one(self, story, settings: Settings, mailbox, clock, database_url):
        story.answer(story.leave())
        clock.advance(minutes=5)
        databases = [Database(database_url) for _ in range(2)]
        workers = [MailWorker(Context(settings, database, clock)) for database in databases]
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(MailWorker.step, workers))
        for database in databases:
            database.close()
        assert len(mailbox.mails) == 1

    def test_while_one_replica_sends_another_finds_nothing_due(self, story, context, mailbox, clock):
        story.answer(story.leave())
        clock.advance(minutes=5)
        other = MailWorker(context)
        seen: list[float | None] = []

        def deliver(*_: Any, **__: Any) -> Outcome:
            seen.append(other.step())
            return Outcome("sent")

        MailWorker(context, deliver).step()

        assert seen == [pytest.approx(LEASE.total_seconds())]
        assert mailbox.mails == []

    def test_a_restart_loses_nothing(self, story, context, mailbox, clock):
        story.answer(story.leave())
        MailWorker(context).step()
        clock.advance(hours=2)
        MailWorker(context).step()
        assert len(mailbox.mails) == 1

    def test_who_was_killed_while_sending_leaves_it_to_be_sent_under_the_same_id(
        self, story, context, mailbox, clock
    ):
        story.answer(story.leave())
        clock.advance(minutes=5)

        def killed(*_: Any, **__: Any) -> Outcome:
            raise SystemExit

        with pytest.raises(SystemExit):
            MailWorker(context, killed).step()
        [mail] = story.mails()
        worker = MailWorker(context)
        assert worker.step() == pytest.approx(LEASE.total_seconds()), "nobody takes it before the lease ends"
        clock.advance(seconds=LEASE.total_seconds())
        worker.step()
        assert [sent["Message-ID"] for sent in mailbox.mails] == [f"<{mail.id}@shop.example.com>"]


class TestTrouble:
    def test_a_server_that_is_down_is_tried_again_and_the_agent_is_told(
        self, story, settings: Settings, context, clock, database
    ):
        port = free_port()
        settings = settings.model_copy(
            update={"smtp_url": type(settings.service_key)(f"smtp://127.0.0.1:{port}")}
        )
        worker = MailWorker(Context(settings, database, clock))
        conversation_id = story.leave()
        message_id = story.answer(conversation_id)
        clock.advance(minutes=5)
        waits = []
        for _ in range(8):
            waits.append(worker.step())
            clock.advance(seconds=waits[-1])
        assert waits == pytest.approx([60, 120, 240, 480, 960, 1920, 3600, 3600])
        assert story.shown(conversation_id, message_id) == "retrying"

        with mail_server(port) as mailbox:
            worker.step()
            assert len(mailbox.mails) == 1

        assert story.shown(conversation_id, message_id) == "sent"

    def test_after_a_day_it_is_given_up(self, story, worker, mailbox, clock):
        mailbox.recipient_answer = "451 come back later"
        conversation_id = story.leave()
        message_id = story.answer(conversation_id)
        clock.advance(minutes=5)
        while (wait := worker.step()) is not None:
            clock.advance(seconds=wait)
        assert story.shown(conversation_id, message_id) == "failed"
        assert clock() >= story.mails()[0].created_at + dt.timedelta(hours=24)

    def test_a_refused_address_is_told_and_never_tried_again(self, story, worker, mailbox, clock):
        mailbox.recipient_answer = "550 no such user"
        conversation_id = story.leave()
        message_id = story.answer(conversation_id)
        clock.advance(minutes=5)
        assert worker.step() is None
        assert story.shown(conversation_id, message_id) == "refused"
        told = story.desk.told_last(conversation_id)
        assert told["reach"]["mail"] is False, "what is written now waits for their return"
        story.answer(conversation_id, "second")
        assert [mail.state for mail in story.mails()] == ["failed"]

        mailbox.recipient_answer = None
        story.leave(email="mei@example.org")
        third = story.answer(conversation_id, "third")
        clock.advance(minutes=5)
        worker.step()
        assert mailbox.recipients == ["mei@example.org"]
        assert story.shown(conversation_id, third) == "sent"

    @pytest.mark.parametrize(
        ("answer", "shown"), [("554 looks like spam", "failed"), ("452 disk full", "retrying")]
    )
    def test_content_that_is_refused(self, story, worker, mailbox, clock, answer, shown):
        mailbox.content_answer = answer
        conversation_id = story.leave()
        message_id = story.answer(conversation_id)
        clock.advance(minutes=5)
        worker.step()
        assert story.shown(conversation_id, message_id) == shown
        assert story.lin.get(f"/conversations/{conversation_id}").json()["reach"]["mail"] is True

    @pytest.mark.parametrize("kind", ["starttls not offered", "tls to a plain port", "silent", "hangs up"])
    def test_servers_of_the_wrong_kind_are_tried_again(
        self, story, settings: Settings, clock, database, mailbox, monkeypatch, kind
    ):
        monkeypatch.setattr("handoff_service.mail.smtp.TIMEOUT", 0.3)
        listener = socket.create_server(("127.0.0.1", 0))  # accepts, and says nothing
        url = {
            "starttls not offered": f"smtp+starttls://127.0.0.1:{mailbox.port}",
            "tls to a plain port": f"smtps://127.0.0.1:{mailbox.port}",
            "silent": f"smtp://127.0.0.1:{listener.getsockname()[1]}",
            "hangs up": f"smtp://127.0.0.1:{listener.getsockname()[1]}",
        }[kind]
        if kind == "hangs up":
            listener.close()
        settings = settings.model_copy(update={"smtp_url": type(settings.service_key)(url)})
        conversation_id = story.leave()
        message_id = story.answer(conversation_id)
        clock.advance(minutes=5)

        assert MailWorker(Context(settings, database, clock)).step() == pytest.approx(60)

        listener.close()
        assert story.shown(conversation_id, message_id) == "retrying"
        assert mailbox.mails == []

    @pytest.mark.parametrize(("password", "shown"), [("right", "sent"), ("wrong", "retrying")])
    def test_logging_in(self, story, settings: Settings, clock, database, caplog, password, shown):
        with mail_server(password="right") as mailbox:
            url = f"smtp://shop:{password}@127.0.0.1:{mailbox.port}"
            settings = settings.model_copy(update={"smtp_url": type(settings.service_key)(url)})
            conversation_id = story.leave()
            message_id = story.answer(conversation_id)
            clock.advance(minutes=5)
            MailWorker(Context(settings, database, clock)).step()
        assert story.shown(conversation_id, message_id) == shown
        assert f":{password}@" not in caplog.text

    def test_what_is_read_while_the_server_is_down_is_mailed_no_more(
        self, story, worker, mailbox, clock, context
    ):
        mailbox.recipient_answer = "451 later"
        message_id = story.answer(story.leave())
        clock.advance(minutes=5)
        worker.step()
        mark_read(context, message_id)
        mailbox.recipient_answer = None
        clock.advance(minutes=2)
        assert worker.step() is None
        assert mailbox.mails == []


def test_neither_log_nor_audit_tells_the_address_the_words_or_the_link(
    story, worker, mailbox: Mailbox, clock, context, caplog
) -> None:
    mailbox.recipient_answer = f"550 <{EMAIL}> unknown"
    story.answer(story.leave(), "Your parcel is in Hangzhou")
    clock.advance(minutes=5)
    worker.step()
    with context.database.reading() as session:
        audit = json.dumps(list(session.scalars(select(AuditEntry.details))))
        errors = list(session.scalars(select(Mail.error)))
    for secret in (EMAIL, "Hangzhou", "resume="):
        assert secret not in audit + caplog.text + str(errors)
    assert errors == ["recipient 550"]

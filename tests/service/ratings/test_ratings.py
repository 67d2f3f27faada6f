"""Asked once after a human stretch; answered by a click or by words; never a turn for the bot."""

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import select

from handoff_service.context import Context
from handoff_service.db import Database
from handoff_service.models import AuditEntry, Message, OutboxEntry, Rating, StreamEvent, Turn
from handoff_service.rasa import delivery, outbox
from handoff_service.ratings.service import rate
from handoff_service.settings import Settings
from handoff_service.texts.notices import texts
from handoff_service.timers import TimerWorker
from tests.service.callers import AgentCaller, Agents, Caller, Clock
from tests.service.conversations.races import at_once
from tests.service.desk import Desk, bot, user

EN = texts("en")


@pytest.fixture
def settings_overrides() -> dict[str, Any]:
    """The tests' channel shows no card: words ask, and words answer."""
    return {"rating_card_channels": frozenset(), "token_lifetime": 10**6}


@pytest.fixture
def desk(context: Context) -> Desk:
    return Desk(context)


@pytest.fixture
def lin(as_agent: Agents) -> AgentCaller:
    return as_agent("lin", skills=["en"])


@pytest.fixture
def vera(as_agent: Agents) -> AgentCaller:
    return as_agent("vera", role="supervisor", presence="offline")


def stretch(desk: Desk, lin: AgentCaller, clock: Clock, *, answer: str = "done", end: str = "resolve") -> str:
    """The customer asks for a person, is answered, and the agent ends it. Gives the conversation's id."""
    desk.asks("s")
    conversation_id = desk.conversation("s").id
    clock.advance(seconds=1)
    if answer:
        words = {"text": answer, "client_id": str(clock())}
        lin.post(f"/conversations/{conversation_id}/messages", json=words)
    clock.advance(seconds=1)
    assert lin.post(f"/conversations/{conversation_id}/{end}").status_code == 200
    clock.advance(seconds=1)
    return conversation_id


def asked(desk: Desk) -> int:
    return sum(text == EN["ask_rating"] for _author, text in desk.said("s"))


def stored(context: Context) -> list[tuple[int | None, str | None, bool]]:
    """Score, comment and whether it was closed, in the order of asking."""
    with context.database.reading() as session:
        rows = session.scalars(select(Rating).order_by(Rating.asked_at)).all()
        return [(row.score, row.comment, row.closed_at is not None) for row in rows]


@pytest.mark.parametrize("end", ["resolve", "return"])
def test_a_number_after_it_is_the_rating_and_no_turn(
    desk: Desk, lin: AgentCaller, vera: AgentCaller, clock: Clock, context: Context, end: str
) -> None:
    conversation_id = stretch(desk, lin, clock, end=end)
    assert asked(desk) == 1

    answer = desk.turn("s", " ５分 ", fallback=True, intent="nlu_fallback")

    assert (answer["decision"], answer["conversation_id"]) == ("noted", conversation_id)
    assert answer["handoff"] is None
    assert desk.conversation("s").id == conversation_id, "it opens no conversation of its own"
    assert desk.said("s")[-2:] == [("customer", " ５分 "), ("system", EN["rated"])]
    assert stored(context) == [(5, None, False)]
    assert desk.told_last(conversation_id)["rating"] == 5
    explained = vera.get(f"/conversations/{conversation_id}/explanation?turn=2&language=en").json()
    assert explained["sentence"] == "Message 2 was not assessed: it is a rating of the human stretch."
    with context.database.reading() as session:
        assert session.scalars(select(Turn.owner).where(Turn.decision == "noted")).all() == ["nobody"]


def test_asked_again_the_same_answer_comes_and_nothing_is_thanked_for_twice(
    desk: Desk, lin: AgentCaller, clock: Clock, context: Context
) -> None:
    stretch(desk, lin, clock)
    first = desk.turn("s", "good", message_id="m-rated")

    assert desk.turn("s", "good", message_id="m-rated") == first
    assert sum(text == EN["rated"] for _, text in desk.said("s")) == 1
    assert stored(context) == [(4, None, False)]


@pytest.mark.parametrize("end", ["resolve", "return"])
def test_said_while_the_service_was_away_it_is_taken_when_it_arrives(
    desk: Desk, lin: AgentCaller, clock: Clock, context: Context, end: str
) -> None:
    conversation_id = stretch(desk, lin, clock, end=end)
    late = desk.turn_in("s", "5", "m1", fallback=True, intent="nlu_fallback")
    kept = {"decision": "unreachable", "message_id": "m1", "turn": late.model_dump(mode="json")}
    slot = {"event": "slot", "name": "turn", "value": kept}
    events = (user("5", "m1", "nlu_fallback"), slot, bot("Sorry?"))

    for _ in range(2):  # sent again, it changes nothing
        desk.ingest("s", *events)

    assert stored(context) == [(5, None, False)]
    assert desk.conversation("s").id == conversation_id
    assert [text for _author, text in desk.said("s")][-3:] == ["5", EN["rated"], "Sorry?"]
    with context.database.reading() as session:
        turn = session.scalars(select(Turn).where(Turn.message_id == "m1")).one()
    assert (turn.decision, turn.owner) == ("noted", "nobody"), "no evidence"
    desk.ingest("s", user("4", "m2", "nlu_fallback"))
    assert stored(context) == [(5, None, False)], "a second number is for the bot"


def test_who_was_not_satisfied_gets_other_words(desk: Desk, lin: AgentCaller, clock: Clock) -> None:
    stretch(desk, lin, clock)
    desk.turn("s", "very bad")

    assert desk.said("s")[-1] == ("system", EN["rated_low"])


def test_a_second_number_is_for_the_bot_again(desk: Desk, lin: AgentCaller, clock: Clock) -> None:
    stretch(desk, lin, clock)
    desk.turn("s", "5")
    clock.advance(seconds=1)

    assert desk.turn("s", "5")["decision"] == "stay"


def test_other_words_first_and_numbers_after_them_are_no_rating(
    desk: Desk, lin: AgentCaller, clock: Clock, context: Context
) -> None:
    stretch(desk, lin, clock)
    assert desk.turn("s", "where is my parcel?")["decision"] == "stay"
    clock.advance(seconds=1)

    assert desk.turn("s", "5")["decision"] == "stay"
    assert stored(context) == [(None, None, False)]


def test_without_a_question_words_of_praise_are_for_the_bot(desk: Desk) -> None:
    assert desk.turn("s", "good")["decision"] == "stay"
    assert desk.turn("s", "5")["decision"] == "stay"


def test_an_agent_who_asked_how_many_gets_the_number(desk: Desk, lin: AgentCaller, clock: Clock) -> None:
    stretch(desk, lin, clock, end="return")
    desk.asks("s")
    clock.advance(seconds=1)

    assert desk.turn("s", "5")["decision"] == "silent"
    assert desk.conversation("s").unread == 1


def test_after_a_day_it_is_open_no_more(
    desk: Desk, lin: AgentCaller, clock: Clock, context: Context, settings: Settings
) -> None:
    stretch(desk, lin, clock)
    worker = TimerWorker(context)
    worker.step()
    clock.advance(hours=24)

    assert desk.turn("s", "5")["decision"] == "stay"
    database = Database(settings.database)
    TimerWorker(Context(settings, database, clock)).step()
    database.close()
    assert stored(context) == [(None, None, True)]


@pytest.mark.parametrize(
    ("answer", "end"), [("", "resolve"), ("", "return")], ids=["resolved unanswered", "returned unanswered"]
)
def test_not_asked_where_nobody_answered(
    desk: Desk, lin: AgentCaller, clock: Clock, context: Context, answer: str, end: str
) -> None:
    stretch(desk, lin, clock, answer=answer, end=end)

    assert (asked(desk), stored(context)) == (0, [])


def test_not_asked_of_who_gave_up_waiting_or_has_left(
    desk: Desk, lin: AgentCaller, clock: Clock, context: Context
) -> None:
    desk.asks("s")
    lin.post(f"/conversations/{desk.conversation('s').id}/messages", json={"text": "hi", "client_id": "1"})
    clock.advance(minutes=11)
    TimerWorker(context).step()
    clock.advance(minutes=11)
    TimerWorker(context).step()
    assert desk.conversation("s").status == "resolved"
    lin.request("PUT", "/me/presence", json={"status": "away"})
    desk.asks("other")
    desk.turn("other", "never mind", gives_up=True)

    assert stored(context) == []


@pytest.mark.parametrize(
    "settings_overrides",
    [
        {"ask_rating": False},
        {"unrated_channels": "app, webchat"},
        {"deaf_channels": "webchat"},
        {"outside_channels": "webchat"},
    ],
)
def test_not_asked_where_it_is_switched_off_or_out_of_place(
    desk: Desk, lin: AgentCaller, clock: Clock, context: Context
) -> None:
    desk.asks("s")
    lin.post(f"/conversations/{desk.conversation('s').id}/claim")  # where nobody here is given it
    stretch(desk, lin, clock)

    assert stored(context) == []
    clock.advance(seconds=1)
    assert desk.turn("s", "5")["decision"] == "stay"


def test_once_for_each_stretch_and_the_next_one_closes_the_last_question(
    desk: Desk, lin: AgentCaller, clock: Clock, context: Context
) -> None:
    stretch(desk, lin, clock, end="return")
    desk.asks("s")
    assert stored(context) == [(None, None, True)]
    conversation_id = desk.conversation("s").id
    clock.advance(seconds=1)
    lin.post(f"/conversations/{conversation_id}/messages", json={"text": "well", "client_id": "x"})
    clock.advance(seconds=1)
    lin.post(f"/conversations/{conversation_id}/resolve")
    clock.advance(seconds=1)
    desk.turn("s", "excellent")

    assert stored(context) == [(None, None, True), (5, None, False)]
    assert asked(desk) == 2


@pytest.mark.parametrize(
    "settings_overrides", [{"rating_card_channels": "", "scarce_channels": "webchat"}], ids=["scarce"]
)
class TestWhereMessagesAreScarce:
    """Asked while the channel is known to let more be said than what is kept for people."""

    @pytest.mark.parametrize(
        ("messages", "minutes", "is_asked"),
        [(3, 60, 1), (2, 60, 0), (0, None, 0), (5, 0, 0), (None, 60, 1), (None, None, 1)],
    )
    def test_the_window_decides(
        self,
        desk: Desk,
        lin: AgentCaller,
        assistant: Caller,
        clock: Clock,
        context: Context,
        messages: int | None,
        minutes: int | None,
        is_asked: int,
    ) -> None:
        let_say(assistant, clock, messages, minutes)
        stretch(desk, lin, clock)

        assert asked(desk) == is_asked
        assert stored(context) == ([(None, None, False)] if is_asked else [])

    @pytest.mark.parametrize(("later", "is_asked"), [(3, 1), (2, 0)])
    def test_what_counts_is_what_is_left_by_then(
        self, desk: Desk, lin: AgentCaller, assistant: Caller, clock: Clock, later: int, is_asked: int
    ) -> None:
        let_say(assistant, clock, 5, 0, later=later)
        stretch(desk, lin, clock)
        assert asked(desk) == is_asked

    def test_not_where_the_window_is_unknown(
        self, desk: Desk, lin: AgentCaller, clock: Clock, context: Context
    ) -> None:
        stretch(desk, lin, clock)

        assert (asked(desk), stored(context)) == (0, [])

    def test_it_has_a_button_for_each_score_whose_number_is_the_score(
        self, desk: Desk, lin: AgentCaller, assistant: Caller, clock: Clock, context: Context
    ) -> None:
        let_say(assistant, clock, 5)
        stretch(desk, lin, clock)
        *_, entry = desk.outbox("s")

        buttons = entry.payload["buttons"]
        assert [each["payload"] for each in buttons] == ["1", "2", "3", "4", "5"]
        assert buttons[4]["title"] == "Very satisfied"
        desk.turn("s", buttons[4]["payload"])
        assert stored(context) == [(5, None, False)]
        assert desk.said("s")[-1] == ("system", EN["rated"])


def let_say(
    assistant: Caller,
    clock: Clock,
    messages: int | None,
    minutes: int | None = 60,
    *,
    later: int | None = None,
) -> None:
    """`later`: so many until tomorrow, when the minutes are over."""
    until = None if minutes is None else (clock() + dt.timedelta(minutes=minutes)).isoformat()
    told: dict[str, Any] = {"messages": messages, "until": until}
    if later is not None:
        told["later"] = [{"messages": later, "until": (clock() + dt.timedelta(days=1)).isoformat()}]
    assert assistant.post("/visits/s/window", json=told).status_code == 204


class TestWhatNeverReachedTheCustomer:
    """The channel's receipt tells so, or the service itself."""

    @pytest.mark.parametrize("reason", ["kept_for_people", "window_closed", "customer_refused"])
    def test_is_no_question(
        self,
        desk: Desk,
        lin: AgentCaller,
        vera: AgentCaller,
        assistant: Caller,
        clock: Clock,
        context: Context,
        reason: str,
    ) -> None:
        conversation_id = stretch(desk, lin, clock)
        failed(assistant, desk, reason)
        failed(assistant, desk, reason)

        assert stored(context) == []
        assert vera.get("/ratings/summary").json()["asked"] == 0
        assert desk.conversation("s").rating_id is None
        clock.advance(seconds=1)
        assert desk.turn("s", "5")["decision"] == "stay", "the number is for the bot"
        with context.database.reading() as session:
            updates = select(StreamEvent).where(StreamEvent.type == "rating.updated")
            told = session.scalars(updates.order_by(StreamEvent.number)).all()
            assert [each.payload["rating"]["open"] for each in told] == [True, False]
            written = select(AuditEntry).where(AuditEntry.action == "rating.not_asked")
            assert session.scalars(written).one().conversation_id == conversation_id

    def test_also_where_the_next_stretch_had_closed_it(
        self, desk: Desk, lin: AgentCaller, assistant: Caller, clock: Clock, context: Context
    ) -> None:
        stretch(desk, lin, clock, end="return")
        question = ids_of(desk, EN["ask_rating"])
        desk.asks("s")
        assert stored(context) == [(None, None, True)]
        failed(assistant, desk, "window_closed", question)

        assert stored(context) == []

    def test_what_may_have_come_stays_one_and_other_words_that_failed_are_none_of_it(
        self, desk: Desk, lin: AgentCaller, assistant: Caller, clock: Clock, context: Context
    ) -> None:
        stretch(desk, lin, clock)
        failed(assistant, desk, "unconfirmed")
        failed(assistant, desk, "window_closed", ids_of(desk, "done"))

        assert stored(context) == [(None, None, False)]

    def test_an_answer_is_kept_whatever_is_told_of_the_question(
        self, desk: Desk, lin: AgentCaller, assistant: Caller, clock: Clock, context: Context
    ) -> None:
        stretch(desk, lin, clock)
        desk.turn("s", "5")
        failed(assistant, desk, "window_closed")

        assert stored(context) == [(5, None, False)]

    def test_dropped_before_it_could_be_sent(
        self, desk: Desk, lin: AgentCaller, clock: Clock, context: Context
    ) -> None:
        stretch(desk, lin, clock, end="return")
        with context.work() as unit:
            entry = unit.session.get_one(OutboxEntry, desk.outbox("s")[-1].number)
            delivery.dropped(unit, entry)

        assert stored(context) == []


def ids_of(desk: Desk, text: str) -> list[str]:
    with desk.context.database.reading() as session:
        return list(session.scalars(select(Message.id).where(Message.text == text)))


def failed(assistant: Caller, desk: Desk, reason: str, ids: list[str] | None = None) -> None:
    """As the channel tells it of what has been said."""
    ids = ids or ids_of(desk, EN["ask_rating"])
    with desk.context.work() as unit:
        for message_id in ids:
            for entry in outbox.entries_of(unit.session, message_id, "say"):
                delivery.sent(unit, entry)
    told = {"message_ids": ids, "state": "failed", "reason": reason}
    assert assistant.post("/visits/s/receipts", json=told).status_code == 204


@pytest.mark.parametrize("settings_overrides", [{}])
class TestCards:
    """A channel whose client shows the question by itself, with the visit's state and calls."""

    def test_it_is_told_nothing_and_takes_a_click_also_after_other_words(
        self, desk: Desk, lin: AgentCaller, assistant: Caller, clock: Clock, context: Context
    ) -> None:
        assert assistant.get("/visits/s").json()["state"]["rating"] is None
        stretch(desk, lin, clock)
        assert asked(desk) == 0
        question = assistant.get("/visits/s").json()["state"]["rating"]
        desk.turn("s", "thanks a lot, bye")
        assert assistant.get("/visits/s").json()["state"]["rating"] == question

        click = {**question, "score": 2, "comment": " slow "}
        assert assistant.post("/visits/s/rating", json=click).status_code == 204

        assert stored(context) == [(2, "slow", False)]
        assert assistant.get("/visits/s").json()["state"]["rating"] is None
        assert [text for author, text in desk.said("s") if author == "system"] == []

    def test_it_takes_words_too(
        self, desk: Desk, lin: AgentCaller, assistant: Caller, clock: Clock, context: Context
    ) -> None:
        stretch(desk, lin, clock)
        desk.turn("s", "很好")

        assert stored(context) == [(5, None, False)]
        assert assistant.get("/visits/s").json()["state"]["rating"] is None

    def test_the_card_goes_when_the_next_stretch_begins_or_the_day_is_over(
        self, desk: Desk, lin: AgentCaller, assistant: Caller, clock: Clock, context: Context
    ) -> None:
        stretch(desk, lin, clock, end="return")
        desk.asks("s")
        assert assistant.get("/visits/s").json()["state"]["rating"] is None
        stretch(desk, lin, clock)
        assert assistant.get("/visits/s").json()["state"]["rating"] is not None
        clock.advance(hours=24)
        TimerWorker(context).step()
        assert assistant.get("/visits/s").json()["state"]["rating"] is None

    def test_a_click_counts_once_for_the_sender_who_was_asked_while_it_is_open(
        self, desk: Desk, lin: AgentCaller, assistant: Caller, clock: Clock, context: Context
    ) -> None:
        stretch(desk, lin, clock)
        question = assistant.get("/visits/s").json()["state"]["rating"]

        def click(sender_id: str = "s", **given: Any) -> int:
            body = {**question, "score": 4, **given}
            return assistant.post(f"/visits/{sender_id}/rating", json=body).status_code

        assert click("another") == 404
        assert click(id="none") == 404
        for wrong in ({"score": 0}, {"score": 6}, {"score": "good"}, {"score": 4.5}, {"comment": "x" * 2001}):
            assert click(**wrong) == 422
        assert sorted(at_once(*[click] * 4)) == [204, 409, 409, 409]
        assert stored(context) == [(4, None, False)]
        stretch(desk, lin, clock)
        question = assistant.get("/visits/s").json()["state"]["rating"]
        clock.advance(hours=24)
        assert click() == 404


def test_the_desk_hears_of_it_and_it_is_written_down(
    desk: Desk, lin: AgentCaller, clock: Clock, context: Context
) -> None:
    conversation_id = stretch(desk, lin, clock)
    desk.turn("s", "5")

    with context.database.reading() as session:
        events = select(StreamEvent.payload).where(StreamEvent.type == "rating.updated")
        told = session.scalars(events.order_by(StreamEvent.number)).all()
        actors = session.execute(
            select(AuditEntry.action, AuditEntry.actor)
            .where(AuditEntry.action.like("rating.%"))
            .order_by(AuditEntry.at)
        ).all()
    assert [(e["conversation_id"], e["rating"]["score"], e["rating"]["open"]) for e in told] == [
        (conversation_id, None, True),
        (conversation_id, 5, False),
    ]
    assert [tuple(row) for row in actors] == [("rating.ask", f"agent:{lin.id}"), ("rating.give", "customer")]


def test_supervisors_read_ratings(desk: Desk, lin: AgentCaller, vera: AgentCaller, clock: Clock) -> None:
    stretch(desk, lin, clock)
    desk.turn("s", "5")
    began = clock.advance(days=1)
    for words in ("2", "not now"):
        stretch(desk, lin, clock)
        desk.turn("s", words)
        clock.advance(seconds=1)

    got = vera.get("/ratings").json()
    assert [(each["score"], each["agent"]["name"]) for each in got["items"]] == [(2, "Lin"), (5, "Lin")]
    first = vera.get("/ratings?limit=1").json()
    rest = vera.get("/ratings", params={"limit": 1, "cursor": first["next_cursor"]}).json()
    assert first["items"] + rest["items"] == got["items"]
    assert vera.get("/ratings", params={"agent_id": vera.id}).json()["items"] == []
    since = {"since": began.isoformat()}
    assert [each["score"] for each in vera.get("/ratings", params=since).json()["items"]] == [2]
    assert vera.get("/ratings/summary", params=since).json()["average"] == 2.0
    for path in ("/ratings", "/ratings/summary"):
        assert lin.get(path).status_code == 404


def test_the_summary_is_by_agent_team_and_channel_and_comments_are_found(
    desk: Desk, lin: AgentCaller, vera: AgentCaller, clock: Clock, context: Context, as_agent: Agents
) -> None:
    nothing = {"asked": 0, "answered": 0, "average": None, "scores": [0] * 5}
    assert vera.get("/ratings/summary").json() == {**nothing, "agents": [], "teams": [], "channels": []}
    for words in ("5", "2", "not now"):
        stretch(desk, lin, clock)
        desk.turn("s", words)
    lin.put("/me/presence", json={"status": "offline"})
    ada = as_agent("ada", skills=["en"])
    stretch(desk, ada, clock)
    with context.work("customer") as unit:
        rate(unit, "s", desk.conversation("s").rating_id or "", 4, "quick and kind")
    team = vera.post("/teams", json={"name": "Night", "member_ids": [ada.id]}).json()

    of_ada = {"asked": 1, "answered": 1, "average": 4.0, "scores": [0, 0, 0, 1, 0]}
    of_lin = {"asked": 3, "answered": 2, "average": 3.5, "scores": [0, 1, 0, 0, 1]}
    of_all = {"asked": 4, "answered": 3, "average": 11 / 3, "scores": [0, 1, 0, 1, 1]}
    assert vera.get("/ratings/summary").json() == {
        **of_all,
        "agents": [{"name": "Ada", "id": ada.id, **of_ada}, {"name": "Lin", "id": lin.id, **of_lin}],
        "teams": [{"name": "Night", "id": team["id"], **of_ada}, {"name": None, "id": None, **of_lin}],
        "channels": [{"name": None, "id": "webchat", **of_all}],
    }
    commented = vera.get("/ratings?commented=true").json()["items"]
    assert [each["comment"] for each in commented] == ["quick and kind"]


def test_who_is_blocked_is_not_asked_and_what_was_asked_stays_unanswered(
    desk: Desk, lin: AgentCaller, vera: AgentCaller, clock: Clock, context: Context
) -> None:
    conversation_id = stretch(desk, lin, clock)
    vera.post(f"/conversations/{conversation_id}/block", json={"reason": "abuse"})

    assert desk.turn("s", "5")["decision"] == "silent"
    assert stored(context) == [(None, None, True)]

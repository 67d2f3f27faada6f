from rasa_parts.replies import ReplyMarks


def user(message_id):
    return {"event": "user", "message_id": message_id}


BOT = {"event": "bot", "text": "您好", "metadata": {"model_id": "m"}}
SLOT = {"event": "slot", "name": "turn", "value": None}


def marks_of(marks, sender_id, *events):
    return [marks.mark(sender_id, event) for event in events]


def test_bot_events_are_numbered_from_the_message_they_answer():
    marks = marks_of(ReplyMarks(), "a", user("1"), SLOT, BOT, BOT, user("2"), BOT)
    assert marks == [(None, None), ("1", None), ("1", 0), ("1", 1), (None, None), ("2", 0)]


def test_conversations_are_counted_apart():
    marks = ReplyMarks()
    marks_of(marks, "a", user("1"), BOT)
    marks_of(marks, "b", user("1"))
    assert marks.mark("b", BOT) == ("1", 0)
    assert marks.mark("a", BOT) == ("1", 1)


def test_a_message_handled_again_gives_its_answers_the_same_names():
    marks = ReplyMarks()
    first = marks_of(marks, "a", user("1"), BOT, BOT)
    assert marks_of(marks, "a", user("1"), BOT, BOT) == first
    assert marks_of(ReplyMarks(), "a", user("1"), BOT, BOT) == first  # after a restart


def test_an_external_intent_answers_no_message():
    external = {"event": "user", "text": "EXTERNAL: remind", "message_id": None}
    assert marks_of(ReplyMarks(), "a", user("1"), external, BOT)[1:] == [(None, None), (None, None)]


def test_before_the_first_message_there_is_nothing_to_refer_to():
    assert ReplyMarks().mark("a", BOT) == (None, None)


def test_the_least_recently_started_turn_is_forgotten_first():
    marks = ReplyMarks(max_senders=2)
    marks_of(marks, "a", user("1"))
    marks_of(marks, "b", user("2"))
    marks_of(marks, "a", user("3"))
    marks_of(marks, "c", user("4"))
    assert [marks.mark(sender, BOT) for sender in "abc"] == [("3", 0), (None, None), ("4", 0)]

"""Fails when Rasa's code changes under a mend: then look whether it is still needed and still right."""

import asyncio
import copy

import jsonschema
import pytest
from rasa.core.actions.action import RemoteAction
from rasa.core.channels.channel import UserMessage
from rasa.shared.core import events as rasa_events
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, Event, SlotSet, UserUttered
from rasa.shared.core.slots import TextSlot
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.utils.common import all_subclasses
from rasa.shared.utils.schemas.events import EVENT_SCHEMA
from rasa.utils.endpoints import EndpointConfig

from rasa_parts import mends
from rasa_parts.broker import SpoolBroker


@pytest.fixture
def unmended(monkeypatch):
    """Rasa as installed; whatever a test applies is taken back."""
    for mend in mends.MENDS:
        original = vars(mend.owner)[mend.attribute]
        function = original.__func__ if isinstance(original, staticmethod) else original
        bare = getattr(function, "__wrapped__", function)
        monkeypatch.setattr(mend.owner, mend.attribute, _like(original, bare))
    monkeypatch.setattr(mends, "_applied", set())


def _like(original, function):
    return staticmethod(function) if isinstance(original, staticmethod) else function


@pytest.fixture
def mended(unmended):
    mends.apply()


@pytest.mark.parametrize("mend", mends.MENDS, ids=lambda mend: mend.name)
def test_rasa_is_the_code_that_the_mend_was_written_for(mend):
    assert mends.fingerprint(*mend.sources) == mend.digest


def test_nothing_is_mended_at_import(unmended):
    assert not hasattr(RemoteAction._validate_action_result, "__wrapped__")
    assert not hasattr(Event.resolve_by_type, "__wrapped__")


def test_making_the_broker_mends(unmended, monkeypatch, tmp_path):
    monkeypatch.setenv("BATON_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("HANDOFF_SERVICE_KEY", raising=False)
    asyncio.run(SpoolBroker.from_endpoint_config(EndpointConfig(type="x")))
    assert all(hasattr(getattr(mend.owner, mend.attribute), "__wrapped__") for mend in mends.MENDS)


def test_applying_twice_mends_once(mended):
    once = {mend.name: getattr(mend.owner, mend.attribute) for mend in mends.MENDS}
    mends.apply()
    assert {mend.name: getattr(mend.owner, mend.attribute) for mend in mends.MENDS} == once


def test_changed_code_is_left_alone_with_a_warning(unmended, caplog):
    [validation, *_] = mends.MENDS
    changed = mends.Mend(
        validation.owner,
        validation.attribute,
        validation.build,
        (test_applying_twice_mends_once,),
        validation.digest,
    )
    mends.apply((changed,))
    assert not hasattr(RemoteAction._validate_action_result, "__wrapped__")
    assert "RemoteAction._validate_action_result has changed" in caplog.text


GOOD = {
    "events": [{"event": "slot", "name": "turn", "value": {"decision": "stay"}}],
    "responses": [{"text": "hi"}],
}
BAD = [
    {"events": [{"event": "slot"}], "responses": []},
    {"events": [{"event": "no such event"}]},
    {"events": "none", "responses": []},
    {"events": [], "responses": ["text"]},
    [],
    None,
]


def test_a_valid_result_of_an_action_passes(mended):
    assert RemoteAction("x", None)._validate_action_result(copy.deepcopy(GOOD)) is True


def test_each_kind_of_event_is_valid_or_not_as_for_rasa(mended):
    schema = RemoteAction.action_response_format_spec()
    names = [kind["properties"]["event"]["const"] for kind in EVENT_SCHEMA["oneOf"]]
    bodies = [{}, {"name": "x"}, {"name": "x", "value": 1}, {"timestamp": "now"}, {"metadata": None}]
    results = [{"events": [{"event": name, **body}]} for name in [*names, 7] for body in bodies]
    valid = []
    for result in results:
        try:
            valid.append(RemoteAction("x", None)._validate_action_result(result))
        except jsonschema.ValidationError:
            valid.append(False)
    assert valid == [jsonschema.validators.validator_for(schema)(schema).is_valid(each) for each in results]
    assert True in valid
    assert False in valid


@pytest.mark.parametrize("result", BAD)
def test_an_invalid_result_gives_the_very_error_of_rasa(unmended, result):
    def error():
        with pytest.raises(jsonschema.ValidationError) as caught:
            RemoteAction("x", None)._validate_action_result(result)
        return caught.value.message, list(caught.value.absolute_path), list(caught.value.absolute_schema_path)

    before = error()
    mends.apply()
    assert error() == before


def test_rasas_schema_is_not_checked_anew_at_each_action(mended, monkeypatch):
    checks = []
    validator_class = jsonschema.validators.validator_for(RemoteAction.action_response_format_spec())
    monkeypatch.setattr(validator_class, "check_schema", checks.append)
    for _ in range(3):
        RemoteAction("x", None)._validate_action_result(copy.deepcopy(GOOD))
    assert checks == []


def test_every_event_class_is_found_by_its_name(unmended):
    names = [event_class.type_name for event_class in all_subclasses(Event)]
    before = {name: Event.resolve_by_type(name) for name in names}
    mends.apply()
    assert {name: Event.resolve_by_type(name) for name in names} == before
    assert {name: Event.resolve_by_type(name) for name in names} == before  # now from the table


def test_the_classes_are_walked_once_per_name(mended, monkeypatch):
    Event.resolve_by_type("slot")
    walks = []
    monkeypatch.setattr(rasa_events.rasa.shared.utils.common, "all_subclasses", walks.append)
    assert Event.resolve_by_type("slot") is SlotSet
    assert walks == []


@pytest.mark.parametrize("name", ["no such event", None, []])
def test_an_unknown_event_is_an_error_as_ever(mended, name):
    for _ in range(2):
        with pytest.raises(ValueError, match="Unknown event name"):
            Event.resolve_by_type(name)


def test_defaults_are_honoured_and_not_remembered(mended):
    assert Event.resolve_by_type("no such event", UserUttered) is UserUttered
    assert Event.resolve_by_type("topic") is None
    with pytest.raises(ValueError, match="Unknown event name"):
        Event.resolve_by_type("no such event")


def test_a_message_is_storable_from_the_start(mended):
    message = UserMessage(
        "退\0款\ud800 ", None, "se\0nder", None, "re\udc00st", "id\0", metadata={"page": ["\0"], "n": 1}
    )
    assert (message.text, message.sender_id, message.input_channel) == ("退�款�", "se�nder", "re�st")
    assert (message.message_id, message.metadata) == ("id�", {"page": ["�"], "n": 1})


def test_a_message_without_anything_stays_one(mended):
    message = UserMessage()
    assert (message.text, message.sender_id, message.metadata) == (None, "default", None)
    assert message.output_channel is not None


class TestWhatTheAssessingActionIsSent:
    def tracker(self):
        events = [
            UserUttered("before", {"name": "ask"}, message_id="1"),
            BotUttered("answer"),
            UserUttered("now", {"name": "ask"}, message_id="2"),
            SlotSet("language", "zh"),
        ]
        return DialogueStateTracker.from_events("a", events, [TextSlot("language", mappings=[{}])])

    def test_it_is_sent_the_latest_turn_alone(self, mended):
        tracker = self.tracker()
        sent = RemoteAction("action_assess_turn", None)._action_call_format(tracker, Domain.empty())
        assert [event["event"] for event in sent["tracker"]["events"]] == ["user", "slot"]
        assert sent["tracker"]["latest_message"]["text"] == "now"
        assert sent["tracker"]["slots"] == {"language": "zh"}
        assert len(tracker.events) == 4

    def test_others_are_sent_all_that_rasa_sends(self, unmended):
        def sent():
            return RemoteAction("action_handoff", None)._action_call_format(self.tracker(), domain)

        domain = Domain.from_yaml('version: "3.1"\nresponses: {utter_x: [{text: hi}]}')
        before = sent()
        mends.apply()
        after = sent()
        assert [e["event"] for e in after["tracker"]["events"]] == ["user", "bot", "user", "slot"]
        assert after["domain"] == before["domain"]

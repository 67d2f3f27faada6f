"""The training data and the texts: enough examples, no contradictions, both languages everywhere.

How well the trained model understands is measured by `scripts/measure_nlu.py`.
"""

import re
from collections import Counter, defaultdict
from pathlib import Path

import pytest
import yaml

from rasa_parts.chinese import plain

ROOT = Path(__file__).parents[2]
LANGUAGES = ("zh", "en")
EXAMPLES_PER_INTENT = 40
HELD_OUT_PER_INTENT = 8


def load(path: Path):
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def merged(folder: str, key: str) -> list:
    return [load(path).get(key) for path in sorted((ROOT / "data" / folder).glob("*.yml"))]


DOMAIN = load(ROOT / "domain.yml")
# What people say in words. A file without any is named by the channel, and answered by HandoffPolicy.
SAID = [intent for intent in DOMAIN["intents"] if intent != "send_attachment"]
RESPONSES = {name: texts for part in merged("responses", "responses") for name, texts in part.items()}
RULES = [rule for part in merged("rules", "rules") for rule in part]
HELD_OUT = load(ROOT / "tests" / "assistant" / "nlu_heldout.yml")


def examples() -> dict[str, dict[str, list[str]]]:
    """Language -> intent -> examples; the language is in the file's name: data/nlu/refund.zh.yml."""
    found: dict[str, dict[str, list[str]]] = {language: defaultdict(list) for language in LANGUAGES}
    for path in sorted((ROOT / "data" / "nlu").glob("*.yml")):
        language = path.suffixes[-2].removeprefix(".")
        for block in load(path)["nlu"]:
            lines = block["examples"].strip().splitlines()
            found[language][block["intent"]] += [line.removeprefix("- ").strip() for line in lines]
    return found


EXAMPLES = examples()


def comparable(text: str) -> str:
    return " ".join(plain(text).lower().split())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("intent", SAID)
def test_an_intent_has_enough_examples(language, intent):
    assert len(set(map(comparable, EXAMPLES[language][intent]))) >= EXAMPLES_PER_INTENT


def test_only_intents_of_the_domain_have_examples():
    assert set(EXAMPLES["zh"]) == set(EXAMPLES["en"]) == set(SAID)


def test_no_example_stands_twice():
    seen = Counter(
        text.lower() for intents in EXAMPLES.values() for texts in intents.values() for text in texts
    )
    assert [text for text, times in seen.items() if times > 1] == []


def test_no_example_means_two_intents():
    """Nor does its spelling in traditional characters."""
    meanings = defaultdict(set)
    for intents in EXAMPLES.values():
        for intent, texts in intents.items():
            for text in texts:
                meanings[comparable(text)].add(intent)
    assert {text: found for text, found in meanings.items() if len(found) > 1} == {}


def test_a_file_is_in_the_language_of_its_name():
    """Chinese characters in an English file are a slip; Chinese files do hold words such as ok or thx."""
    chinese = [
        text for texts in EXAMPLES["en"].values() for text in texts if re.search(r"[\u4e00-\u9fff]", text)
    ]
    assert chinese == []
    share = [bool(re.search(r"[\u4e00-\u9fff]", text)) for texts in EXAMPLES["zh"].values() for text in texts]
    assert sum(share) / len(share) > 0.95


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("intent", SAID)
def test_enough_sentences_are_held_out(language, intent):
    assert len(set(HELD_OUT[language][intent])) >= HELD_OUT_PER_INTENT


def test_no_held_out_sentence_is_trained_on():
    trained = {
        comparable(text) for intents in EXAMPLES.values() for texts in intents.values() for text in texts
    }
    held_out = [text for intents in HELD_OUT.values() for texts in intents.values() for text in texts]
    assert [text for text in held_out if comparable(text) in trained] == []


@pytest.mark.parametrize("intent", [*SAID, "nlu_fallback"])
def test_an_intent_is_answered(intent):
    """Outside any form a rule answers it; HandoffPolicy alone does not, it has nothing to say."""
    without_condition = [rule for rule in RULES if not rule.get("condition")]
    assert any(step.get("intent") == intent for rule in without_condition for step in rule["steps"])


def test_rules_name_only_what_exists():
    actions = {step["action"] for rule in RULES for step in rule["steps"] if "action" in step}
    known = {*DOMAIN["actions"], *DOMAIN["forms"], *RESPONSES, "action_deactivate_loop"}
    assert actions <= known


@pytest.mark.parametrize("form", DOMAIN["forms"])
def test_a_form_never_follows_the_words_it_refused(form):
    """It would refuse them again, and the customer would be told that something is broken."""
    started = [
        rule["steps"][0]["intent"]
        for rule in RULES
        if len(rule["steps"]) > 1 and "intent" in rule["steps"][0] and rule["steps"][1] == {"action": form}
    ]
    kept = [
        {step["intent"] for step in rule["steps"][0]["or"]}
        for rule in RULES
        if rule.get("condition") == [{"active_loop": form}] and "or" in rule["steps"][0]
    ]
    assert len(kept) == 1
    assert set(started) <= kept[0]


@pytest.mark.parametrize("form", DOMAIN["forms"])
@pytest.mark.parametrize("way_out", ["stop_form", "give_up_waiting", "goodbye", "request_human"])
def test_a_form_has_ways_out(form, way_out):
    ending = [
        rule
        for rule in RULES
        if rule.get("condition") == [{"active_loop": form}] and rule["steps"][0] == {"intent": way_out}
    ]
    assert [rule["steps"][-1] for rule in ending] == [{"active_loop": None}]


BILINGUAL = {"utter_default", "utter_handoff_pending"}


@pytest.mark.parametrize("name", sorted(set(RESPONSES) - BILINGUAL))
def test_a_response_speaks_both_languages(name):
    chinese, default = RESPONSES[name]
    assert chinese["condition"] == [{"type": "slot", "name": "language", "value": "zh"}]
    assert "condition" not in default
    assert re.search(r"[\u4e00-\u9fff]", chinese["text"])
    assert not re.search(r"[\u4e00-\u9fff]", default["text"])


@pytest.mark.parametrize("name", sorted(BILINGUAL))
def test_a_response_for_an_unknown_language_speaks_both_at_once(name):
    (only,) = RESPONSES[name]
    first, second = only["text"].split("\n")
    assert re.search(r"[\u4e00-\u9fff]", first)
    assert not re.search(r"[\u4e00-\u9fff]", second)


@pytest.mark.parametrize("name", sorted(RESPONSES))
def test_the_languages_of_a_response_say_the_same_data(name):
    placeholders = [set(re.findall(r"{(\w+)}", variation["text"])) for variation in RESPONSES[name]]
    assert all(found == placeholders[0] for found in placeholders)


def test_no_response_is_left_over():
    used = {step["action"] for rule in RULES for step in rule["steps"] if "action" in step}
    asked = {
        f"utter_ask_{form}_{slot}"
        for form, body in DOMAIN["forms"].items()
        for slot in body["required_slots"]
    }
    code = "".join(
        path.read_text(encoding="utf-8")
        for folder in ("actions", "rasa_parts")
        for path in (ROOT / folder).rglob("*.py")
    )
    built = {f"utter_{kind}_{status}" for kind, statuses in BUILT.items() for status in statuses}
    assert sorted(name for name in RESPONSES if name not in used | asked | built and name not in code) == []


# Names that the actions put together from a status, a slot or a verdict.
BUILT = {
    "order": ("unpaid", "paid", "shipped", "delivered", "cancelled"),
    "refund": ("requested", "awaiting_return", "processing", "completed", "rejected"),
    "cancel": ("unpaid", "paid", "shipped", "delivered"),
    "return": ("ours", "own", "ours_undated", "own_undated"),
    "invoice": ("unpaid", "cancelled"),
    "loan": ("fits", "tight", "too_much"),
    "explain": tuple(slot for form in DOMAIN["forms"].values() for slot in form["required_slots"]),
}

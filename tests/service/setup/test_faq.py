"""The export of the bot's answers, and when it is made anew."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from scripts import faq
from scripts.console import SetupError
from scripts.faq_export import export, for_agents
from scripts.settings import ROOT


@pytest.fixture(scope="module")
def exported() -> dict[str, Any]:
    return {answer["id"]: answer for answer in export()["answers"]}


def test_an_answer_has_its_words_and_the_ways_to_ask_for_it(exported: dict[str, Any]) -> None:
    shipping = exported["utter_shipping_fee"]

    assert shipping["topic"] == "shop"
    assert shipping["text"]["zh"].startswith("满 99 元包邮")
    assert shipping["text"]["en"].startswith("Shipping is free")
    assert len(shipping["questions"]["zh"]) > 50
    assert not any("[" in question for question in shipping["questions"]["en"])


def test_a_form_is_there_with_its_first_question(exported: dict[str, Any]) -> None:
    assert "utter_ask_refund_form_order_number" in exported


def test_nothing_that_only_a_bot_says_is_there(exported: dict[str, Any]) -> None:
    assert len(exported) > 30
    assert exported.keys().isdisjoint({"utter_greet", "utter_offer_person", "utter_nothing_to_stop"})
    texts = [text for answer in exported.values() for text in answer["text"].values()]
    assert [text for text in texts if "{" in text or "转人工" in text or '"human"' in text] == []


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("可以退。想找同事，回复“转人工”。", "可以退。"),
        ("请先核对；不是本人的，回复“转人工”。", "请先核对。"),
        ('It works. To talk to a colleague, write "human". Rates are 4.8%.', "It works. Rates are 4.8%."),
        ("Nothing to leave out.", "Nothing to leave out."),
    ],
)
def test_sentences_about_reaching_a_person_are_left_out(text: str, left: str) -> None:
    assert for_agents(text) == left


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("domain.yml", "data/nlu", "data/responses", "data/rules", "scripts/faq_export.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if (ROOT / name).is_dir() else shutil.copy)(ROOT / name, tmp_path / name)
    for name in ("__init__.py", "faq_export.py"):
        shutil.copy(ROOT / "scripts" / name, tmp_path / "scripts" / name)
    return tmp_path


def test_it_is_made_once_and_again_when_a_source_changed(project: Path) -> None:
    file = faq.ensure({}, project)
    before = file.stat().st_mtime_ns
    assert json.loads(file.read_text(encoding="utf-8")) == export()

    assert faq.ensure({}, project).stat().st_mtime_ns == before

    responses = project / "data" / "responses" / "shop.yml"
    text = responses.read_text(encoding="utf-8")
    responses.write_text(text.replace("满 99 元包邮", "满 88 元包邮"), encoding="utf-8")
    assert "满 88 元包邮" in faq.ensure({}, project).read_text(encoding="utf-8")


def test_sources_that_cannot_be_read_end_in_a_sentence(project: Path) -> None:
    (project / "domain.yml").write_text("{", encoding="utf-8")

    with pytest.raises(SetupError, match="the bot's answers could not be exported"):
        faq.ensure({}, project)

"""Writes what the bot can answer without knowing anybody into one file, in both languages.

python -m scripts.faq_export FILE

The handoff service suggests these answers to agents; it reads this file and none of the assistant's own. An
answer is what a rule says to an intent: its response, or the first question of the form that it starts. What
only a bot says is left out: small talk, responses with placeholders, and sentences that tell how to reach a
person. Runs in the service's environment, which has a YAML reader.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]
LANGUAGES = ("zh", "en")
NOT_FOR_AGENTS = {"small_talk", "human"}  # topics: what a bot says of itself, and of people
NO_QUESTION = {"stop_form"}
OF_THE_BOT = re.compile("转人工|human", re.IGNORECASE)
SENTENCES = re.compile(r"(?<=[。；！？])|(?<=[.!?] )")
ENTITY = re.compile(r"\[([^\]]+)\](?:\([^)]*\)|\{[^}]*\})")


def export(root: Path = ROOT) -> dict[str, Any]:
    """`{"answers": [{"id", "topic", "text": {language: …}, "questions": {language: […]}}]}`."""
    domain = _yaml(root / "domain.yml")
    responses: dict[str, Any] = {}
    for file in sorted((root / "data" / "responses").glob("*.yml")):
        responses |= _yaml(file)["responses"]
    questions = _questions(root)
    answers: dict[str, dict[str, Any]] = {}
    for topic, intent, action in _rules(root):
        name = _response(action, domain["forms"])
        text = _texts(responses.get(name, []))
        if text is None:
            continue
        answer = answers.setdefault(
            name, {"id": name, "topic": topic, "text": text, "questions": {each: [] for each in LANGUAGES}}
        )
        for language in LANGUAGES:
            answer["questions"][language] += questions.get((intent, language), [])
    return {"answers": list(answers.values())}


def for_agents(text: str) -> str:
    """A response without the sentences that tell how to reach a person: an agent is one."""
    kept = "".join(part for part in SENTENCES.split(text) if not OF_THE_BOT.search(part)).strip()
    return f"{kept[:-1]}。" if kept.endswith("；") else kept


def _yaml(file: Path) -> Any:
    return yaml.safe_load(file.read_text(encoding="utf-8"))


def _rules(root: Path) -> Iterator[tuple[str, str, str]]:
    """Topic, intent and first action of each rule that holds whatever was said before."""
    for file in sorted((root / "data" / "rules").glob("*.yml")):
        if file.stem in NOT_FOR_AGENTS:
            continue
        for rule in _yaml(file)["rules"]:
            first, second, *_ = [*rule["steps"], {}, {}]
            asks = first.get("intent") not in NO_QUESTION
            if asks and "condition" not in rule and "intent" in first and "action" in second:
                yield file.stem.removesuffix("_form"), first["intent"], second["action"]


def _response(action: str, forms: dict[str, Any]) -> str:
    """What is said by this action: the response itself, or the form's first question."""
    return f"utter_ask_{action}_{forms[action]['required_slots'][0]}" if action in forms else action


def _texts(variations: list[dict[str, Any]]) -> dict[str, str] | None:
    """The words by language; None where there are none that are the same for everybody."""
    found: dict[str, str] = {}
    for each in variations:
        language = next((c["value"] for c in each.get("condition", []) if c["name"] == "language"), "en")
        found[language] = for_agents(each["text"])
    whole = found.keys() == set(LANGUAGES) and all(t and "{" not in t for t in found.values())
    return found if whole else None


def _questions(root: Path) -> dict[tuple[str, str], list[str]]:
    """Examples by intent and language."""
    found: dict[tuple[str, str], list[str]] = {}
    for file in sorted((root / "data" / "nlu").glob("*.yml")):
        language = file.suffixes[0].strip(".")
        for item in _yaml(file)["nlu"]:
            if "intent" not in item:
                continue
            lines = item["examples"].splitlines()
            examples = [
                ENTITY.sub(r"\1", line.strip()[2:]) for line in lines if line.strip().startswith("- ")
            ]
            found.setdefault((item["intent"], language), []).extend(examples)
    return found


def main() -> None:
    target = Path(sys.argv[1])
    written = target.with_name(f".{target.name}.{os.getpid()}")
    written.write_text(json.dumps(export(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    os.replace(written, target)


if __name__ == "__main__":
    main()

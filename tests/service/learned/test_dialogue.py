"""Files of dialogues, and text as tokens."""

import json

import pytest

from handoff_service.learned.dialogue import TOKENS, BadDialogues, read_dialogues, said

GOOD = {"id": "a", "turns": [{"role": "user", "tokens": [1, 2], "pos": [7, 8], "label": 0}]}


def turn(**changes):
    return {"id": "b", "turns": [{"role": "bot", "text": "hello", "label": 1, **changes}]}


def test_text_is_words_characters_and_signs():
    assert said("user", "Don't 转人工, order A-12!").tokens == (
        *("don't", "转", "人", "工", ",", "order"),
        *("a-12", "!"),
    )
    assert said("user", "").tokens == ()
    assert len(said("user", "很" * 10_000).tokens) == TOKENS


def test_tokens_may_be_numbers_and_blank_lines_are_skipped(tmp_path):
    file = tmp_path / "some.jsonl"
    file.write_text(f"{json.dumps(GOOD)}\n\n{json.dumps(turn())}\n", encoding="utf-8")
    first, second = read_dialogues(file)
    assert (first.turns[0].tokens, first.turns[0].pos, first.labels) == (("1", "2"), ("7", "8"), (0,))
    assert (second.turns[0].role, second.turns[0].tokens, second.labels) == ("bot", ("hello",), (1,))


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "is no JSON"),
        ("[]", "not an object"),
        (json.dumps({"turns": GOOD["turns"]}), "id is missing"),
        (json.dumps({"id": "b", "turns": []}), "turns is missing"),
        (json.dumps({"id": "b", "turns": ["x"]}), "turn 1: not an object"),
        (json.dumps(turn(role="agent")), "turn 1: role"),
        (json.dumps(turn(label=2)), "turn 1: label"),
        (json.dumps(turn(label=True)), "turn 1: label"),
        (json.dumps(turn(text=None)), "turn 1: neither tokens nor text"),
        (json.dumps(turn(tokens="ab")), "turn 1: tokens is no list"),
        (json.dumps(turn(tokens=[1.5])), "turn 1: tokens holds"),
        (json.dumps(turn(tokens=[1], pos=[1, 2])), "turn 1: pos and tokens"),
        (json.dumps(GOOD), "already that of line 1"),
    ],
)
def test_a_bad_line_is_named_with_its_reason(tmp_path, line, reason):
    file = tmp_path / "some.jsonl"
    file.write_text(f"{json.dumps(GOOD)}\n{line}\n", encoding="utf-8")
    with pytest.raises(BadDialogues, match=f"line 2: .*{reason}"):
        read_dialogues(file)


def test_what_cannot_be_read_is_refused(tmp_path):
    with pytest.raises(BadDialogues, match="cannot be read"):
        read_dialogues(tmp_path / "none.jsonl")
    (tmp_path / "empty.jsonl").write_text("\n")
    with pytest.raises(BadDialogues, match="no dialogue"):
        read_dialogues(tmp_path / "empty.jsonl")
    (tmp_path / "latin.jsonl").write_bytes(b"\xff\xfe")
    with pytest.raises(BadDialogues, match="UTF-8"):
        read_dialogues(tmp_path / "latin.jsonl")

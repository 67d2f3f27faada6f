"""One tokenizer for Chinese and English."""

import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.training_data.message import Message

from rasa_parts.chinese import plain
from rasa_parts.tokenizer import BilingualTokenizer


def tokens(text):
    tokenizer = BilingualTokenizer.create(
        BilingualTokenizer.get_default_config(),
        None,
        Resource("tokenizer"),
        ExecutionContext(GraphSchema({})),
    )
    return tokenizer.tokenize(Message.build(text), "text")


def test_blanks_are_no_tokens():
    assert [token.text for token in tokens("我的order 12345 到哪了")] == [
        "我",
        "的",
        "order",
        "12345",
        "到",
        "哪",
        "了",
    ]


@pytest.mark.parametrize("text", ["", " ", "\n\t", "\u3000"])
def test_a_text_of_blanks_has_no_tokens(text):
    assert tokens(text) == []


@pytest.mark.parametrize("text", ["我的訂單１００２７到哪了", "where  is my order?", "㎏ İ 訂單😀 \x00"])
def test_offsets_are_those_of_the_customers_text(text):
    for token in tokens(text):
        assert text[token.start : token.end] == token.text


def test_traditional_and_simplified_are_the_same_word():
    assert [token.lemma for token in tokens("請問發貨了嗎")] == [
        token.lemma for token in tokens("请问发货了吗")
    ]


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("訂單１００２３，謝謝！", "订单10023,谢谢!"),
        ("ＡＢＣ", "ABC"),
        ("㎏", "㎏"),
        ("plain", "plain"),
        ("\ud83d", "\ud83d"),
        ("", ""),
    ],
)
def test_plain(text, folded):
    assert plain(text) == folded
    assert len(plain(text)) == len(text)

"""Tokens for Chinese and English in one model.

jieba cuts Chinese into words and leaves Latin words whole, but gives blanks as tokens too; those would become
features that mean nothing, and positions that no featurizer can fill.
"""

from __future__ import annotations

import jieba
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.tokenizers.jieba_tokenizer import JiebaTokenizer
from rasa.nlu.tokenizers.tokenizer import Token
from rasa.shared.nlu.training_data.message import Message

from rasa_parts.chinese import plain

LONGEST = 2000
"""Characters that are read for the intent, some ten times the longest question that people type."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=True)
class BilingualTokenizer(JiebaTokenizer):
    """Cuts the plain spelling of a text and drops blank tokens.

    A token's `text`, `start` and `end` are those of the customer's own text; its `lemma`, which is what the
    featurizers count, is the plain spelling. So 訂單 and 订单 are the same word to the classifier.
    """

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """The tokens of `message`'s `attribute`; empty for a text of blanks.

        Only the beginning of a very long text counts: Rasa has one event loop, and a pasted megabyte would
        keep every other customer waiting for many seconds. The text itself stays whole.
        """
        text = message.get(attribute)[:LONGEST]
        tokens = [
            Token(text[start:end], start, end, lemma=word)
            for word, start, end in jieba.tokenize(plain(text))
            if word.strip()
        ]
        return self._apply_token_pattern(tokens)

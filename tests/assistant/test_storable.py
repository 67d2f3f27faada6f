import json
import math

import pytest

from rasa_parts.storable import storable, storable_text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("我要退款 refund 🙂", "我要退款 refund 🙂"),
        ("a\0b", "a�b"),
        ("退\ud83d款", "退�款"),
        ("end \udc00", "end �"),
        ("\ud83d", "�"),
        ("pair \ud83d\ude42", "pair 🙂"),
        ("two \udc00\ud83d", "two ��"),
        ("", ""),
    ],
)
def test_a_text_keeps_all_that_can_be_stored(text, expected):
    assert storable_text(text) == expected
    storable_text(text).encode()


def test_values_are_cleaned_to_any_depth_and_the_original_is_left_alone():
    event = {"te\0xt": ["a\0", {"b": ("c\ud800", 1, True, None, 2.5)}], "n": [math.nan, math.inf]}
    assert storable(event) == {"te�xt": ["a�", {"b": ("c�", 1, True, None, 2.5)}], "n": [None, None]}
    assert event["te\0xt"][0] == "a\0"
    json.dumps(storable(event), allow_nan=False).encode()

"""Which words are a rating while the question is open, and which are not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff_service.ratings.words import score_in

RATINGS = {
    1: "1 １ 1分 一分 1️⃣ 一星 ⭐ 非常不满意 很不满意 很差 太差了 差评 👎 terrible awful|very bad|1 star",
    2: "2 ２ 2分 两分 二星 ⭐⭐ 不满意 不满意。 不太满意 差 不好 bad "
    "Bad! poor|not good|not satisfied|2 out of 5",
    3: "3 ３ 3分 三分 三颗星 一般 一般般 还行 还可以 average so-so|so so|3/5",
    4: "4 ４ 4分 四分 四星 ★★★★ 满意 「满意」 比较满意 不错 挺不错 good Good. GOOD good!! satisfied|not bad|"
    "满意，谢谢|good, thanks|I'm satisfied|我满意|it was good",
    5: "5 ５ 5分 五分 5分！ 打5分 给5分 我给5分 五星 五星好评 5星 5/5 5️⃣ ⭐⭐⭐⭐⭐ 👍 "
    "非常满意 很满意 十分满意 很好 非常好 我很满意 很满意的 excellent great perfect five"
    "|very good|very satisfied|5 stars|5 out of 5| 5 |5 谢谢|5, thanks|"
    "非常满意！谢谢您|谢谢，5分|It was great!|thank you very much, excellent",
}
NO_RATINGS = (
    "0 6 10 12 55 15 1-5 3.5 -1 1/2 5/10 10分 六分 五十 5件 5个 5天 5块 5元 ok OK 好 好的 嗯 "
    "谢谢 thanks 再见 bye 你好 满意吗 人工 退款 5号 第5个 goods badly 订单 10023 ￥5 $5"
    "|满意的话就退款吧|不满意，我要退款|good morning|"
    "very good question|how good is it?|I want 5|我要5个|5 items|five days|not|bad product, refund me|"
    "转人工|没解决|it is not solved|good, but where is my order?|我想退5件衣服| ||."
)


def words(line: str) -> list[str]:
    """Apart by spaces, those with spaces inside by bars."""
    first, *rest = line.split("|")
    return [*first.split(), *(each for each in rest)]


@pytest.mark.parametrize(
    ("score", "text"), [(score, text) for score, line in RATINGS.items() for text in words(line)]
)
def test_a_rating(score: int, text: str) -> None:
    assert score_in(text) == score


@pytest.mark.parametrize("text", words(NO_RATINGS))
def test_no_rating(text: str) -> None:
    assert score_in(text) is None


@given(st.text())
def test_nothing_crashes_it(text: str) -> None:
    assert score_in(text) in {None, 1, 2, 3, 4, 5}


@given(st.text(min_size=61))
def test_long_words_are_for_the_bot(text: str) -> None:
    assert score_in(text) is None

"""What is taken out of an answer before it may be suggested, and what stays."""

import time
from pathlib import Path

import pytest
import yaml

from handoff_service.assist.pairs import LONGEST, Said, pairs_of
from handoff_service.assist.scrubbing import placeholders, scrub
from handoff_service.assist.scrubbing.scrub import Language
from scripts.faq_export import export

FILES = ("planted", "planted_more", "planted_kept_back", "planted_later")
PLANTED = [
    row
    for name in FILES
    for row in yaml.safe_load(Path(__file__).with_name(f"{name}.yml").read_text(encoding="utf-8"))
]
EARLIER = yaml.safe_load(Path(__file__).with_name("earlier.yml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("language", "text", "personal"), PLANTED)
def test_nothing_personal_is_left(language: Language, text: str, personal: list[str]) -> None:
    scrubbed = scrub(text, language).lower()

    assert [item for item in personal if str(item).lower() in scrubbed] == []


@pytest.mark.parametrize(
    ("language", "text", "scrubbed"),
    [
        ("zh", "王小明您好，订单 2026110288471 已经退款。", "[姓名]您好，订单 [号码] 已经退款。"),
        ("zh", "已改寄到朝阳区建国路88号院3号楼1202室，张师傅送。", "已改寄到[地址]，[姓名]师傅送。"),
        ("zh", "加我微信 wang_xm1990 或发邮件到 a.b@qq.com。", "加我微信 [账号] 或发邮件到 [邮箱]。"),
        ("zh", "358.50元已经在3月15日原路退回。", "[金额]已经在[日期]原路退回。"),
        ("en", "Hi Jonathan, order 1029384756 is on its way.", "Hi [name], order [number] is on its way."),
        ("en", "Sent to 221B Baker Street, London NW1 6XE.", "Sent to [address]."),
        ("en", "See https://a.example/x?y=1 or write to jo@example.com.", "See [link] or write to [e-mail]."),
        ("en", "You paid $1,249.99 on March 3rd, 2026.", "You paid [amount] on [date]."),
    ],
)  # fmt: skip
def test_what_is_taken_out_leaves_a_word_for_it(language: Language, text: str, scrubbed: str) -> None:
    assert scrub(text, language) == scrubbed


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("zh", "您的先生已经签收了，高峰期会慢一些，周一到周五都可以来办。"),
        ("zh", "麻烦把身份证正反面发给我，马上帮您处理，金额没有变化。"),
        ("zh", "满 99 元包邮，7 天内可以退，一般 1–3 个工作日到账。"),
        ("zh", "请到“我的 → 设置 → 账号与安全”里修改，App 要更新到最新版。"),
        ("en", "Hi there, unfortunately it's sold out; it'll be back on Monday."),
        ("en", 'Open "My orders", tap "Return or exchange"; it takes 1-3 working days from 9:00 to 17:00.'),
        ("en", "I'll check with DHL and you'll hear from us. Is your name spelled right on the card?"),
    ],
)  # fmt: skip
def test_ordinary_words_stay(language: Language, text: str) -> None:
    assert scrub(text, language) == text


def test_what_the_bot_says_is_hardly_touched() -> None:
    """Amounts apart, which are the customer's as often as the shop's."""
    touched = []
    for answer in export()["answers"]:
        for language in ("zh", "en"):
            found = placeholders(scrub(answer["text"][language], language))
            touched += [(answer["id"], each) for each in found if each not in ("金额", "amount")]

    assert touched == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_scrubbing_twice_changes_nothing_more(language: Language) -> None:
    for given_language, text, _ in PLANTED:
        if given_language == language:
            once = scrub(text, language)
            assert scrub(once, language) == once


def test_the_people_of_the_conversation_are_taken_out_however_they_are_written() -> None:
    assert (
        scrub("好的，小满同学，mandy会处理", "zh", ["小满", "Mandy Fox"]) == "好的，[姓名]同学，[姓名]会处理"
    )
    assert scrub("ask fox about it", "en", ["Mandy Fox"]) == "ask [name] about it"


def test_nothing_hides_behind_invisible_or_wide_characters() -> None:
    assert scrub("电话 138\u200b1234\u200d5678", "zh") == "电话 [号码]"
    assert scrub("手机１３８１２３４５６７８", "zh") == "手机[号码]"


def test_placeholders_are_told_in_their_order() -> None:
    assert placeholders("[姓名]您好，请看[链接]，[其他]") == ["姓名", "链接"]
    assert placeholders("Dear [name], see [1] and [link]") == ["name", "link"]


@pytest.mark.parametrize(
    "part",
    [
        "9", "a", "路", "Aa ", "张", "1 ", "a.b@", "区市", "1号", "小区1号", "a-", "x at ", "-", "A1-", "点a",
        "a dot ", "no 1, ",
    ],
)  # fmt: skip
def test_no_pattern_runs_wild(part: str) -> None:
    """With time in proportion to the square of the length the worst of these took minutes."""
    text = (part * 20_000)[:20_000]
    started = time.process_time()

    scrub(text, "zh")

    assert time.process_time() - started < 10, "about a second on a quiet machine"


def test_nothing_is_cut_in_two_before_it_is_known() -> None:
    """Of a long question its end is kept, which here begins within a number."""
    question = f"打 13812345678{'，说明书丢了有电子版吗' * 200}"[: LONGEST + 9]
    answer = "电子版说明书在商品页最下面的“资料下载”里，可以直接下载。"

    (pair,) = pairs_of([Said("customer", question), Said("agent", answer)], "zh")

    assert question[-LONGEST:].startswith("5678")
    assert "5678" not in pair.question

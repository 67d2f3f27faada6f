"""What an invoice needs, read from customers' words."""

import pytest

from actions.invoice_details import email_in, is_personal, is_tax_number, organisation_in, tax_number_in


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("北京天空科技有限公司", "北京天空科技有限公司"),
        ("抬头是上海蓝鲸贸易有限公司 税号91350100M000100Y43 邮箱 fin@lanjing.cn", "上海蓝鲸贸易有限公司"),
        ("第一人民医院", "第一人民医院"),
        ("Acme Trading Ltd", "Acme Trading Ltd"),
        ("make it out to Blue Whale GmbH please, DE123456789", "Blue Whale GmbH"),
        ("公司", None),
        ("我们公司", None),
        ("my company", None),
        ("个人", None),
        ("a@b.com", None),
    ],
)
def test_organisation_in(text, name):
    assert organisation_in(text) == name


@pytest.mark.parametrize("text", ["个人", "開個人的", "private please", "just me"])
def test_a_persons_invoice(text):
    assert is_personal(text)


def test_a_company_with_a_personal_word_in_its_name_is_a_company():
    assert not is_personal("上海个人护理有限公司")


@pytest.mark.parametrize(
    ("text", "email"),
    [
        ("发到 li.lei+tax@mail.example.cn 谢谢", "li.lei+tax@mail.example.cn"),
        ("邮箱12345@qq.com", "12345@qq.com"),
        ("jo@example.co.uk.", "jo@example.co.uk"),
        ("jo@example", None),
        ("jo@@example.com", None),
        ("没有邮箱", None),
    ],
)
def test_email_in(text, email):
    assert email_in(text) == email


@pytest.mark.parametrize(
    ("text", "code", "right"),
    [
        ("91350100M000100Y43", "91350100M000100Y43", True),
        ("税号：91350100m000100y43", "91350100M000100Y43", True),
        ("9135 0100 M000 100Y 43", "91350100M000100Y43", True),
        ("91350100M000100Y44", "91350100M000100Y44", False),  # the check character
        ("91350100I000100Y43", "91350100I000100Y43", False),  # no I in these codes
        ("110105123456789", "110105123456789", True),
        ("VAT DE123456789", "DE123456789", True),
        ("123456789", "123456789", False),
    ],
)
def test_a_tax_number_is_read_and_checked(text, code, right):
    assert tax_number_in(text) == code
    assert is_tax_number(code) is right


@pytest.mark.parametrize("text", ["没有税号", "12345@qq.com", "订单10024", ""])
def test_where_no_tax_number_stands(text):
    assert tax_number_in(text) is None

"""E-mail addresses and telephone numbers, as people type them."""

import pytest

from handoff_service.contacts.validation import (
    ascii_address,
    email_address,
    masked_email,
    masked_phone,
    phone_number,
)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("mei@example.com", "mei@example.com"),
        ("  Mei.Lin+shop@Example.COM ", "Mei.Lin+shop@example.com"),
        ("mei＠example．com", "mei@example.com"),
        ("mei@example。com", "mei@example.com"),
        ("kunde@bücher.example.com", "kunde@bücher.example.com"),
        ("mei@例子.中国", "mei@例子.中国"),
        ("mei@xn--fsqu00a.xn--fiqs8s", "mei@例子.中国"),
    ],
)
def test_addresses_are_brought_into_one_form(typed: str, stored: str) -> None:
    assert email_address(typed) == stored


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "mei",
        "mei@",
        "@example.com",
        "mei@localhost",
        "mei@example",
        "mei@example..com",
        "mei@-example.com",
        "mei@example.com, lin@example.com",
        "mei@example.com lin@example.com",
        "Mei <mei@example.com>",
        "mei@example.com\nBcc: all@example.com",
        "mei@example.com\r\n\r\nbuy now",
        "mei\u2028@example.com",
        "mei@[127.0.0.1]",
        '"mei lin"@example.com',
        "梅@example.com",
        "a" * 65 + "@example.com",
        "mei@" + "a" * 250 + ".com",
    ],
)
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="not an e-mail address"):
        email_address(typed)


def test_mail_servers_get_the_domain_in_punycode() -> None:
    assert ascii_address("mei@例子.中国") == "mei@xn--fsqu00a.xn--fiqs8s"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("13812345678", "+8613812345678"),
        ("138 1234 5678", "+8613812345678"),
        ("138-1234-5678", "+8613812345678"),
        ("１３８１２３４５６７８", "+8613812345678"),
        ("8613812345678", "+8613812345678"),
        ("008613812345678", "+8613812345678"),
        ("+86 138 1234 5678", "+8613812345678"),
        ("010-62345678", "+861062345678"),
        ("(0571) 8765 4321", "+8657187654321"),
        ("+1 (415) 555-2671", "+14155552671"),
        ("0044 20 7946 0958", "+442079460958"),
        ("+852 9123 4567", "+85291234567"),
    ],
)
def test_numbers_are_brought_into_international_form(typed: str, stored: str) -> None:
    assert phone_number(typed) == stored


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "12345",
        "12812345678",  # no such mobile prefix
        "+86 128 1234 5678",
        "+86 138 1234 567",
        "1381234567",
        "138123456789",
        "4155552671",  # of which country?
        "+0123456789",
        "+1234567",
        "+1234567890123456",
        "call me",
        "138１２３４５６７x",
        "13812345678;ext=1",
        "+86\u202e13812345678",
    ],
)
def test_what_is_no_number_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="not a telephone number"):
        phone_number(typed)


def test_masked_they_can_be_recognised_and_not_used() -> None:
    assert masked_email("mei.lin@example.com") == "m…@example.com"
    assert masked_phone("+8613812345678") == "+861…78"

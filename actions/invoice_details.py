"""What an invoice needs, read from the customer's words and checked. Pure."""

# ruff: noqa: E501 (a pattern is one line; wrapped, it is hard to read and to compare)

from __future__ import annotations

import re
import unicodedata

LONGEST_TITLE = 100

_EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,24}(?![A-Za-z0-9@])")
_CODE = re.compile(r"(?<![A-Za-z0-9@.])[A-Za-z0-9]{8,22}(?![A-Za-z0-9@.])")
_CREDIT_CODE = re.compile(r"[0-9A-HJ-NP-RTUWXY]{18}")
_OLDER_TAX_NUMBER = re.compile(r"[0-9A-Z]{15}|[0-9A-Z]{20}")
_VAT_NUMBER = re.compile(r"[A-Z]{2}[0-9A-Z]{8,12}")
_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"

PERSONAL = {"zh": "个人", "en": "Private"}
_PERSONAL = re.compile(
    r"个人|個人|私人|不是公司|没有公司|自己用|\b(?:personal|private(?:ly)?|individual|just me|myself|no company|not a company)\b",
    re.IGNORECASE,
)
_ORGANISATION = re.compile(
    r"[\w()·&-]*(?:公司|集团|集團|事务所|工作室|经营部|商行|中心|协会|学校|大学|學校|大學|医院|醫院|研究所|研究院|委员会|幼儿园|银行|酒店)"
    r"|[A-Za-z0-9&.' -]*\b(?:ltd|limited|inc|llc|llp|gmbh|co|corp|corporation|plc|company|university|school|hospital|foundation)\b\.?",
    re.IGNORECASE,
)
# Says what kind of title is wanted, not which.
_NO_NAME = re.compile(
    r"(?:我|我们|我們|你们|单位)?的?(?:公司|学校|學校|银行|中心|医院|醫院)|(?:(?:a|my|our)\s+)?[A-Za-z]+",
    re.IGNORECASE,
)
_LABELS = re.compile(
    r"(?:发票|發票|开票|開票)?(?:抬头|抬頭)(?:是|为|為|写|寫|开|開)?|(?:公司)?(?:名称|名稱)(?:是|为|為)?|税号|稅號|邮箱|郵箱|电子邮件|订单号?|"
    r"(?:请|就|帮我|麻烦)?(?:开|開|写|寫)(?:成|给|我们)?|^(?:我们|我)?(?:是|叫)|"
    r"\b(?:the|my|our|invoice|title|name|tax number|vat|e-?mail|company name|is|to|for|make it out|made out|please|put)\b[:\s]*",
    re.IGNORECASE,
)


def email_in(text: str) -> str | None:
    """Return the first e-mail address of a text, or None."""
    found = _EMAIL.search(unicodedata.normalize("NFKC", text))
    return None if found is None else found.group()


def tax_number_in(text: str) -> str | None:
    """Return what stands where a tax number could stand, right or wrong: in upper case, without blanks."""
    without_label = re.sub(r"\b(?:vat|tax)\b", " ", unicodedata.normalize("NFKC", text), flags=re.IGNORECASE)
    plain = re.sub(r"(?<=[A-Za-z0-9])[\s-]+(?=[A-Za-z0-9]*\d)", "", without_label)
    codes = [code for code in _CODE.findall(plain) if sum(map(str.isdigit, code)) >= 6]
    return max(codes, key=len).upper() if codes else None


def is_tax_number(code: str) -> bool:
    """Say whether a code can be a tax number.

    That is a Chinese unified social credit code with the right check character, one of the older Chinese
    numbers of 15 or 20 characters, or a VAT number with its country.
    """
    if len(code) == 18:
        return bool(_CREDIT_CODE.fullmatch(code)) and _check_character(code) == code[-1]
    return bool(_OLDER_TAX_NUMBER.fullmatch(code) or _VAT_NUMBER.fullmatch(code))


def _check_character(code: str) -> str:
    """The last character of a credit code as GB 32100-2015 computes it from the 17 before."""
    total = sum(
        _CREDIT_ALPHABET.index(character) * pow(3, place, 31) for place, character in enumerate(code[:17])
    )
    return _CREDIT_ALPHABET[-total % 31]


def is_personal(text: str) -> bool:
    """Say whether the invoice is for a person rather than for a company."""
    return bool(_PERSONAL.search(text)) and organisation_in(text) is None


def organisation_in(text: str) -> str | None:
    """Return the name of a company or another body that a text names, or None."""
    found = _ORGANISATION.search(without_details(text))
    name = found.group().strip(" ,.，。:：") if found else ""
    return name[:LONGEST_TITLE] if name and not _NO_NAME.fullmatch(name) else None


def without_details(text: str) -> str:
    """Return the text without e-mail address, numbers and labels: what is left may be a title."""
    rest = unicodedata.normalize("NFKC", text)
    for details in (_EMAIL, _CODE, _LABELS):
        rest = details.sub(" ", rest)
    return " ".join(rest.split()).strip(" ,.;:，。；：")

"""Order numbers in what customers write."""

from __future__ import annotations

import re
import unicodedata

_SPOKEN_DIGITS = str.maketrans("零〇一二三四五六七八九幺", "001234567891")
_SPOKEN_RUN = re.compile("[零〇一二三四五六七八九幺]{5,}")

_LABEL = r"(?:订单|訂單|单号|單號|编号|編號|号码|號碼|\border\b|\bnumber\b|\bno\.|\bid\b|#)"
_BETWEEN = r"(?:\s|号|號|码|碼|编|編|是|为|為|:|#|\.|\b(?:number|no|id|is)\b){0,20}"
_CODE = r"[A-Za-z]{0,4}-?\d{3,20}"
_LABELLED = re.compile(rf"{_LABEL}{_BETWEEN}({_CODE})(?![\dA-Za-z])", re.IGNORECASE)

# Five digits and more, unless they are an amount of money, a percentage or a mobile number.
_BARE = re.compile(
    r"(?<![\d.,¥$€£A-Za-z-])(?!1[3-9]\d{9}(?!\d))(\d{5,20})"
    r"(?!\d|[.,]\d|\s*(?:元|块|塊|万|萬|%|人民币|rmb\b|cny\b|usd\b|yuan\b|dollars?\b|euros?\b|pounds?\b|k\b))",
    re.IGNORECASE,
)

# The whole message is one code, however it is grouped: "100 23", "# 10023", "SO-10023".
_ALONE = re.compile(r"[^\w¥$€£]*([A-Za-z]{0,4}-?\d[\d\s-]{0,30})\W*")


def order_number_in(text: str) -> str | None:
    """Return the order number that a message names, or None.

    A number with a label ("订单号10023", "order #123") comes before a bare one of at least five digits.
    """
    text = _digits(text)
    found = _LABELLED.search(text) or _BARE.search(text)
    return None if found is None else found.group(1).upper()


def order_number_alone(text: str) -> str | None:
    """Return the number that is all a message consists of, as in the answer to a question for it, or None."""
    found = _ALONE.fullmatch(_digits(text).strip())
    return None if found is None else re.sub(r"\s+", "", found.group(1)).strip("-").upper()


def _digits(text: str) -> str:
    """Full-width digits and those read out in Chinese (一零零二三) as plain ones."""
    folded = unicodedata.normalize("NFKC", text)
    return _SPOKEN_RUN.sub(lambda run: run.group().translate(_SPOKEN_DIGITS), folded)

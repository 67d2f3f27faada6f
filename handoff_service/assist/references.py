"""What a customer's words refer to: orders, cards, amounts, dates. Pure."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

type Kind = Literal["order", "card", "tracking", "amount", "date"]

_CARD = re.compile(r"(?<!\d)(?=(?:\d[ -]?){13})\d{4}(?:[ -]?\d{4}){2,3}(?:[ -]?\d{1,4})?(?!\d)")
_ID = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")
_PHONE = re.compile(r"(?<!\d)(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)")
_TAIL = re.compile(
    r"(?:尾号|末四位|后四位|ending(?:\s(?:in|with))?|last\s(?:four|4)(?:\sdigits)?)(?:\s?(?:是|为|are|is|[:：]))?\s?(\d{4})(?!\d)",
    re.IGNORECASE,
)
_TRACKING = re.compile(r"(?<![A-Za-z0-9])(?:[A-Z]{2,4}\d{8,16}|1Z[A-Z0-9]{16})(?![A-Za-z0-9])")
_AMOUNT = re.compile(
    r"[¥￥$€£]\s?\d[\d,]*(?:\.\d{1,2})?"
    r"|(?<![\d.])\d[\d,]*(?:\.\d{1,2})?\s?(?:万|千)?(?:元|块钱|块|美元|欧元|yuan|rmb|dollars?|euros?|pounds?|bucks)"
    r"|(?<![\d.])\d+(?:\.\d+)?\s?(?:万|千)(?![A-Za-z0-9米克瓦步人件个次字公])",
    re.IGNORECASE,
)
_MONTHS = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|"
    "aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
_DATE = re.compile(
    r"(?:\d{4}年)?\d{1,2}月\d{1,2}[日号]|(?<!\d)(?:19|20)\d{2}[-/.]\d{1,2}[-/.]\d{1,2}(?!\d)"
    rf"|\b(?:{_MONTHS})\.?\s\d{{1,2}}(?:st|nd|rd|th)?\b|\b\d{{1,2}}(?:st|nd|rd|th)?\s(?:of\s)?(?:{_MONTHS})\b",
    re.IGNORECASE,
)
_ORDER_CUE = re.compile(
    r"(?:订单号?|单号|order(?:\s(?:number|no\.?))?)(?:\s?(?:是|为|is|[:：#]))?\s?#?\s?([A-Za-z]{0,3}-?\d{4,20})",
    re.IGNORECASE,
)
# A number alone is taken for an order, but for the hotlines that people threaten with.
_ORDER = re.compile(
    r"(?<![A-Za-z0-9_.,¥￥$€£-])#?(?!(?:95\d{3}|123\d{2}|100[018]\d)(?!\d))(\d{5,12}|20\d{10,14})(?![A-Za-z0-9_,]|\.\d|\s?(?:元|块|万|分钟|天|期|yuan|dollars))"
)


@dataclass(frozen=True, slots=True)
class Reference:
    """`text` as it may be shown: of a card only its last four digits."""

    kind: Kind
    text: str


def references(text: str) -> Iterator[Reference]:
    """In the order of their kinds; what one kind has taken is not looked at by the next."""
    rest = text
    for match in _ORDER_CUE.finditer(rest):
        yield Reference("order", match[1])
    rest = _ORDER_CUE.sub(" ", rest)
    for match in _TAIL.finditer(rest):
        yield Reference("card", match[1])
    rest = _TAIL.sub(" ", rest)
    for match in _TRACKING.finditer(rest):
        yield Reference("tracking", match[0])
    rest = _PHONE.sub(" ", _ID.sub(" ", _TRACKING.sub(" ", rest)))
    for match in _CARD.finditer(rest):
        yield Reference("card", _digits(match[0])[-4:])
    rest = _CARD.sub(" ", rest)
    for kind, pattern in (("amount", _AMOUNT), ("date", _DATE)):
        for match in pattern.finditer(rest):
            yield Reference(kind, match[0].strip())  # type: ignore[arg-type]  # both are kinds
        rest = pattern.sub(" ", rest)
    for match in _ORDER.finditer(rest):
        yield Reference("order", match[1])


def masked(text: str) -> str:
    """With card numbers, identity numbers and phone numbers but for the digits that people know them by."""
    orders = {match.span(1) for match in _ORDER_CUE.finditer(text)}

    def hide(match: re.Match[str], before: int, after: int) -> str:
        if match.span() in orders:
            return match[0]
        digits = re.sub(r"[^\dXx]", "", match[0])
        return f"{digits[:before]}****{digits[-after:]}"

    text = _ID.sub(lambda match: hide(match, 3, 3), text)
    orders = {match.span(1) for match in _ORDER_CUE.finditer(text)}
    text = _CARD.sub(lambda match: hide(match, 0, 4), text)
    return _PHONE.sub(lambda match: hide(match, 3, 4), text)


def unique(found: Iterable[tuple[Reference, str]]) -> dict[Reference, str]:
    """Each reference once, with where it was seen first."""
    first: dict[Reference, str] = {}
    for reference, message_id in found:
        first.setdefault(reference, message_id)
    return first


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)

"""E-mail addresses and telephone numbers as people type them. Pure."""

import re
import unicodedata

from email_validator import EmailNotValidError, ValidatedEmail, validate_email

_SEPARATORS = re.compile(r"[\s()./\-\u2010-\u2015\u2212]+")
_INTERNATIONAL = re.compile(r"\+[1-9][0-9]{7,14}")
_CHINESE_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_BEIJING = re.compile(r"10[2-9][0-9]{7}")  # the one area code that looks like the beginning of a mobile
_CHINESE_LANDLINE = re.compile(r"0([1-9][0-9]{1,2}[2-9][0-9]{6,7})")
_MAINLAND = "+86"


def email_address(typed: str) -> str:
    """The address in its normal form. Raises ValueError.

    Domains of all scripts are taken; before the @ only ASCII, because few mail servers pass on more.
    """
    plain = unicodedata.normalize("NFKC", typed).strip().replace("。", ".")
    try:
        return _valid(plain).normalized
    except EmailNotValidError as error:
        raise ValueError("not an e-mail address") from error


def ascii_address(email: str) -> str:
    """A stored address as mail servers want it, its domain in Punycode."""
    address = _valid(email).ascii_email
    assert address is not None  # the part before the @ is ASCII
    return address


def _valid(email: str) -> ValidatedEmail:
    # Nothing is looked up: whether there is such an address is for its mail server to say.
    return validate_email(email, check_deliverability=False, allow_smtputf8=False, strict=True)


def phone_number(typed: str) -> str:
    """The number as E.164. Raises ValueError.

    Without a country code it is one of mainland China, a mobile or a landline with its area code; whatever
    else is written nationally is refused rather than guessed at.
    """
    digits = _SEPARATORS.sub("", unicodedata.normalize("NFKC", typed))
    if digits.startswith("00"):
        digits = f"+{digits[2:]}"
    elif digits.startswith("86") and _CHINESE_MOBILE.fullmatch(digits[2:]):
        digits = f"+{digits}"
    elif _CHINESE_MOBILE.fullmatch(digits):
        digits = _MAINLAND + digits
    elif landline := _CHINESE_LANDLINE.fullmatch(digits):
        digits = _MAINLAND + landline[1]
    if not _INTERNATIONAL.fullmatch(digits):
        raise ValueError("not a telephone number")
    mobile_like = digits.startswith(f"{_MAINLAND}1")
    national = digits.removeprefix(_MAINLAND)
    if mobile_like and not (_CHINESE_MOBILE.fullmatch(national) or _BEIJING.fullmatch(national)):
        raise ValueError("not a telephone number")
    return digits


def masked_email(email: str) -> str:
    """`a…@example.com`."""
    local, _, domain = email.rpartition("@")
    return f"{local[:1]}…@{domain}"


def masked_phone(phone: str) -> str:
    """`+861…78`."""
    return f"{phone[:4]}…{phone[-2:]}"

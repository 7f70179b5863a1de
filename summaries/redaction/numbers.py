"""Card, account and phone numbers, and network addresses: what libraries check after a cheap first look."""

import ipaddress
import re
from collections.abc import Iterator

import phonenumbers
from stdnum import iban, luhn

from summaries.redaction.spans import Span
from summaries.redaction.view import Scan

#: Begins with the digit, not with what may stand before it, so that the scan jumps from digit to digit.
_RUN = re.compile(
    r"[0-9](?<![\w.][0-9])(?<![\w.+]\+[0-9])(?:[ \t().\-/_]{0,2}[0-9]){5,}+"
    r"(?:[ ]?(?:x|ext\.?)[ ]?\d{1,6}(?![\w%]|[.,:]\d))?+"
)
_RUN_GOES_ON = re.compile(r"[\w%]|[.,:]\d")
#: A card number in a row of values may stand before "," or ":" and the next one.
_CARD_GOES_ON = re.compile(r"[\w%]|\.\d")
_SIGN_BEFORE = re.compile(r"(?<![\w.+])(?:\+|\(\+?|\+\()\Z")
_CARDS = re.compile(
    r"(?:4\d{12}(?:\d{3})?(?:\d{3})?|(?:5[1-5]|2[2-7])\d{14}|3[47]\d{13}|3(?:0[0-5]|[689]\d)\d{11}|35\d{14}|6\d{15,18})\Z"
)
#: How card numbers are written in groups.
_CARD_LENGTHS = range(13, 20)
_CARD_GROUPS = frozenset(
    {
        *((4, 4, 4, 4), (4, 6, 5), (4, 6, 4), (4, 4, 4, 1), (4, 4, 4, 4, 1), (4, 4, 4, 4, 2), (4, 4, 4, 4, 3), (8, 8)),
        *((length,) for length in _CARD_LENGTHS),
        *((1,) * length for length in _CARD_LENGTHS),
    }
)
_CARD_BEGINNINGS = frozenset(sizes[:length] for sizes in _CARD_GROUPS for length in range(1, len(sizes) + 1))
#: A cheap first look at a run of digits.
_CARD_LIKE = re.compile(
    r"[2-6](?<![0-9].)(?:[0-9]{12}|[0-9]{3}[^0-9]{1,2}[0-9]{4}|[0-9]{7}[^0-9]{1,2}[0-9]{8}|(?:[^0-9]{1,2}[0-9]){12})"
)
_CARD_STARTS = frozenset("23456")
_DIGITS = re.compile(r"\d+")


def cards_in(text: str, start: int) -> Iterator[Span]:
    """Card numbers among the groups of digits in *text*, which stands at *start*."""
    groups = list(_DIGITS.finditer(text))
    for first, opening in enumerate(groups):
        if text[opening.start()] not in _CARD_STARTS:
            continue
        number = ""
        sizes: tuple[int, ...] = ()
        for group in groups[first : first + _CARD_LENGTHS[-1]]:
            number += group[0]
            sizes = (*sizes, len(group[0]))
            if sizes not in _CARD_BEGINNINGS:
                break
            if sizes in _CARD_GROUPS and _CARDS.match(number) and luhn.is_valid(number):
                yield Span(start + opening.start(), start + group.end(), "CARD", number)


_PHONE_WORD = re.compile(
    r"\b(?:call|phone|tel\b|telephone|cell|mobile|fax|dial|ring\b|reach (?:me|you|us)|whatsapp|sms|text me|hotline|"
    r"answering|rückruf|ruf\b|rufen|telefon|handy|mobil|anruf|teléfono|móvil|llama|téléphone|appel|my number)",
    re.IGNORECASE,
)
#: One of these stands in every match of _PHONE_WORD; the pattern is slow to search.
_PHONE_STEMS = (
    "call", "phone", "tel", "cell", "mob", "fax", "dial", "ring", "reach", "what", "sms", "text", "hot", "answ", "ruf",
    "handy", "anruf", "móvil", "llama", "télé", "appel", "my number",
)  # fmt: skip
_PHONE_WORD_AFTER = re.compile(r"[ -]?\(?(?:office|fax|mobile|cell|home)\b", re.IGNORECASE)
_DATE_OR_CODE = re.compile(
    r"(?:19|20)\d\d([-/.])[01]?\d\1[0-3]?\d|[0-3]?\d([-/.])[01]?\d\2(?:19|20)?\d\d(?:\D|\Z)"  # dates
    r"|\d{3}-\d\d-\d{4}\Z|\d+\.\d+\Z|\d{1,3}(?:\.\d{1,3}){3}\Z|(?:19|20)\d\d[ /-]+(?:19|20)\d\d\Z"
)
_AMERICAN = re.compile(
    r"(?:1[-. ])?(?:\([2-9]\d\d\)[ ]?|[2-9]\d\d[-.])\d{3}[-.]\d{4}(?:[ ]?(?:x|ext\.?)[ ]?\d{1,6})?\Z"
)
_ABROAD = re.compile(r"00[1-9]\d{0,2}[ -]\d{1,5}[ -]\d[\d -]{3,}\w*\Z")
_NATIONAL = re.compile(
    r"0[1-9]\d{1,3}[ /-]\d{5,8}\Z|0[1-9]\d{0,3}(?:[ -]\d{2,4}){2,4}\Z"
    r"|\(0[1-9]\d{1,4}\)[ ]?\d[\d -]{4,9}\Z|0[1-9](?:\.\d\d){4}\Z"
)
_REGIONS = ("DE", "GB", "FR", "ES", "IT", "NL", "CH", "AT", "SE", "PL", "AU")
_PHONE_LENGTHS = range(6, 16)
_FEWEST_WITHOUT_SIGNS = 7
_MOST_IN_A_ROW = 12


class _PhoneWords:
    """Whether a number stands behind a word such as "call" in its line. Looks at a line only when asked."""

    def __init__(self, scan: Scan) -> None:
        self._scan = scan
        self._line_end = -1
        self._told_from = 0

    def tell(self, start: int, end: int) -> bool:
        if start > self._line_end:
            text = self._scan.text
            line_start = text.rfind("\n", 0, start) + 1
            self._line_end = text.find("\n", start)
            self._line_end = len(text) if self._line_end < 0 else self._line_end
            line = self._scan.lower[line_start : self._line_end]
            may_tell = any(map(line.__contains__, _PHONE_STEMS))
            word = _PHONE_WORD.search(text, line_start, self._line_end) if may_tell else None
            self._told_from = word.end() if word else len(text)
        return start >= self._told_from or bool(_PHONE_WORD_AFTER.match(self._scan.text, end))


def _phone_in(scan: Scan, start: int, end: int, words: _PhoneWords) -> Span | None:
    text = scan.text[start:end]
    if text.isdigit():
        is_told = _FEWEST_WITHOUT_SIGNS <= len(text) <= _MOST_IN_A_ROW and words.tell(start, end)
        return Span(start, end, "PHONE", text) if is_told else None
    if "_" in text or _DATE_OR_CODE.match(text.lstrip("+(")):
        return None
    digits = "".join(_DIGITS.findall(re.split("x|ext", text)[0] if "x" in text else text))
    if len(digits) not in _PHONE_LENGTHS:
        return None
    if _is_phone(text, digits) or (not digits.startswith("0000") and words.tell(start, end)):
        return Span(start, end, "PHONE", digits)
    return None


def _is_phone(text: str, digits: str) -> bool:
    """Enough without any word: the shapes in which people write phone numbers and nothing else."""
    if len(digits) < _FEWEST_WITHOUT_SIGNS:
        return False
    if "+" in text:
        is_plain = text[1:].isdigit()
        return (not is_plain and _is_possible_abroad(digits)) or _fits(f"+{digits}", None, strict=is_plain)
    if not digits.startswith("0"):
        return bool(_AMERICAN.match(text))
    if _ABROAD.match(text):
        return True
    return bool(_NATIONAL.match(text)) and any(_fits(digits, region, strict=True) for region in _REGIONS)


def _is_possible_abroad(digits: str) -> bool:
    """As long as the numbers of its country are: a quick yes to what `_fits` may say yes to as well."""
    for code_length in (1, 2, 3):
        code, rest = int(digits[:code_length]), digits[code_length:]
        if code in phonenumbers.COUNTRY_CODE_TO_REGION_CODE:
            number = phonenumbers.PhoneNumber(country_code=code, national_number=int(rest))
            return rest[0] != "0" and phonenumbers.is_possible_number(number)
    return False


def _fits(number: str, region: str | None, *, strict: bool) -> bool:
    try:
        parsed = phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.is_valid_number(parsed) if strict else phonenumbers.is_possible_number(parsed)


class Numbers:
    """Card and phone numbers, in one look at every run of digits."""

    def may_find(self, scan: Scan) -> bool:  # noqa: ARG002 - what a value stands beside may be masked first
        return True

    def find(self, scan: Scan) -> Iterator[Span]:
        words = _PhoneWords(scan)
        for match in _RUN.finditer(scan.text):
            start, end = match.span()
            may_hold_card = end - start >= _CARD_LENGTHS[0] and _CARD_LIKE.search(match[0])
            if may_hold_card and not _CARD_GOES_ON.match(scan.text, end):
                yield from cards_in(match[0], start)
            if _RUN_GOES_ON.match(scan.text, end):
                continue
            if (
                start
                and scan.text[start - 1] in "+("
                and (sign := _SIGN_BEFORE.search(scan.text[max(start - 3, 0) : start]))
            ):
                start -= len(sign[0])
            if phone := _phone_in(scan, start, end, words):
                yield phone


_IBAN = re.compile(
    r"[0-9](?<=[A-Za-z][0-9])[0-9](?<=[A-Za-z]{2}..)(?<![A-Za-z0-9][A-Za-z]{2}..)(?:[ \-.]?[A-Za-z0-9]){11,40}"
)
_IBAN_LENGTHS = range(15, 35)


class Ibans:
    def may_find(self, scan: Scan) -> bool:  # noqa: ARG002 - what a value stands beside may be masked first
        return True

    def find(self, scan: Scan) -> Iterator[Span]:
        for match in _IBAN.finditer(scan.text):
            start = match.start() - 2
            if span := iban_in(scan.text[start : match.end()], start):
                yield span


def iban_in(text: str, start: int) -> Span | None:
    """The account number with which *text* begins, whatever words follow it."""
    compact = ""
    for at, character in enumerate(text):
        if not character.isalnum():
            continue
        compact += character.upper()
        ends_here = not text[at + 1 : at + 2].isalnum()
        if ends_here and len(compact) in _IBAN_LENGTHS and iban.is_valid(compact, check_country=False):
            return Span(start, start + at + 1, "IBAN", compact)
    return None


_IPV4 = re.compile(r"[0-9](?<![\w.-][0-9])[0-9]{0,2}(?:\.[0-9]{1,3}){3}(?!\w|\.\d|-\w)")
_VERSION_BEFORE = re.compile(
    r"(?:\b(?:version|ver|release|build|v|driver|firmware|kernel)\.?[\"']?[ :=]{0,3}[\"']?|[A-Za-z)]/|==|[~^<>]=?)\Z",
    re.IGNORECASE,
)
_VERSION_WINDOW = 14
_LINE_WINDOW = 200
_LEADING_ZERO = re.compile(r"(?:\A|\.)0[0-9]")
_HEX_GROUPS = re.compile(r":(?::|[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{1,4}){6}(?![0-9A-Fa-f]|:[0-9A-Fa-f]))")
_HEX_REACH = 40
_HEX = re.compile(r"[0-9A-Fa-f:]*:\d{1,3}(?:\.\d{1,3}){3}(?!\w|\.\d)|[0-9A-Fa-f:]*")
_SHORTEST_IPV6 = 5  # "a::1" is code more often


class IpAddresses:
    """IPv4 and IPv6. Loopback, unspecified and mask addresses identify nobody and stay."""

    def may_find(self, scan: Scan) -> bool:  # noqa: ARG002 - what a value stands beside may be masked first
        return True

    def find(self, scan: Scan) -> Iterator[Span]:
        for match in _IPV4.finditer(scan.text):
            if not _is_version(scan.text, match):
                yield from _version_4(match[0], match.start())
        if ":" in scan.text:
            yield from self._version_6(scan.text)

    @staticmethod
    def _version_6(text: str) -> Iterator[Span]:
        end = 0
        for match in _HEX_GROUPS.finditer(text):
            start = match.start()
            if start < end:
                continue
            while start > max(end, match.start() - _HEX_REACH) and text[start - 1] in "0123456789abcdefABCDEF:":
                start -= 1
            hexadecimal = _HEX.match(text, start)
            end = hexadecimal.end() if hexadecimal else match.end()
            value = text[start:end]
            if value.endswith(":") and (value.endswith(":::") or not value.endswith("::")):
                value = value[:-1]  # "PING 2001:db8::1: 56 data bytes"
            around = text[max(start - 1, 0) : start], text[end : end + 1]
            is_word = any(sign.isalnum() or sign in {"-", "_"} for sign in around)
            if not is_word and len(value) >= _SHORTEST_IPV6 and any(map(str.isdigit, value)):
                yield from _address(value, start)


def _is_version(text: str, match: "re.Match[str]") -> bool:
    start = match.start()
    if _VERSION_BEFORE.search(text, max(start - _VERSION_WINDOW, 0), start):
        return True
    if match[0][1] != ".":
        return False
    # Small first numbers: 2.6.8.1 beside 2.6.8 in the same line is a version as well.
    line = text[max(text.rfind("\n", 0, start) + 1, start - _LINE_WINDOW) : start]
    numbers = match[0].split(".")
    return bool(re.search(rf"(?<![\w.]){numbers[0]}\.{numbers[1]}\.\d{{1,3}}(?!\.?\w)", line))


def _version_4(value: str, start: int) -> Iterator[Span]:
    numbers = value.split(".")
    is_address = max(map(int, numbers)) < 256 and not _LEADING_ZERO.search(value)  # noqa: PLR2004 - a byte
    if is_address and numbers[0] not in {"0", "127", "255"}:
        yield Span(start, start + len(value), "IP_ADDRESS", value)


def _address(value: str, start: int) -> Iterator[Span]:
    try:
        address = ipaddress.ip_address(value)
    except ValueError:
        return
    if not (address.is_loopback or address.is_unspecified or value.startswith(("255.", "0."))):
        yield Span(start, start + len(value), "IP_ADDRESS", str(address))

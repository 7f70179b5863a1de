# ruff: noqa: E501 - tables read best one to a line
"""Numbers and addresses of people and machines by chance, valid by their own check digits and plans."""

import ipaddress
import random
from collections.abc import Iterator
from functools import partial

import phonenumbers
from phonenumbers import PhoneNumberFormat
from stdnum import iban, luhn

from summaries.redaction.measure.samples import Maker, Sample, fill, in_contexts

#: {issuer: (beginnings, length)}
_CARDS = {
    "Visa": (("4",), 16), "Visa 13": (("4",), 13), "Visa 19": (("4",), 19), "Mastercard": (("51", "55", "2221", "2720"), 16),
    "American Express": (("34", "37"), 15), "Diners": (("300", "36", "38"), 14), "Discover": (("6011", "65", "644"), 16),
    "JCB": (("3528", "3589"), 16), "UnionPay": (("62",), 16), "UnionPay 19": (("62",), 19), "Maestro": (("6304", "6759"), 16),
}  # fmt: skip
_GROUPS = {14: (4, 6, 4), 15: (4, 6, 5), 19: (4, 4, 4, 4, 3)}
CARD_CONTEXTS = (
    ("{}", "my card is {}", "card number: {}, expires 12/29", "{};12/29;123", '"pan": "{}"', "paid with {} yesterday"),
    ("it says {} on the front.", "Name,{},EUR", "cc={}&cvv=123", "charge to {} please", "<card>{}</card>", "Karte {} gesperrt"),
)  # fmt: skip
IBAN_CONTEXTS = (
    ("{}", "please pay to {}", "IBAN: {}", "my account {} is blocked", '"iban": "{}"'),
    ("Konto {} bei der Bank", "{},2026-11-01,99.00", "transfer from {} failed.", "<iban>{}</iban>", "acct={}&amount=5", "({})"),
)  # fmt: skip
EMAIL_CONTEXTS = (
    ("{}", "write to {}", "From: <{}>", "user={}", "mailto:{}", '"email": "{}"', "ask {}."),
    ("cc {}, thanks", "git config user.email {}", "login as {} failed", "<a href='mailto:{}'>", "to=<{}>, relay=none", "({})", "?u={}&x=1"),
)  # fmt: skip
IP_CONTEXTS = (
    ("{}", "ping {}", "connect to {} failed", "from {} port 22", "ssh root@{}", "address={}", "PING {}: 56 data bytes",
     "my server is {}.", "Host: {}", "inet {} scope global", "denied,{},443", "route to {} via eth0", "({})"),
    ("nameserver {}", "{}/64", "is it {}?", "<ip>{}</ip>", "Address: {}, mask", "|{}|up|", "peer {}; state up", "'{}'", "src={} dst="),
)  # fmt: skip
PHONE_CONTEXTS = (
    ("call me at {}", "my number is {}", "Phone: {}", "Tel. {}", "reach me on {} today", "Telefon {}", "Mobile {}"),
    ("could you ring {} please", "fax {}", "Handy: {}", "Tél. {}", "teléfono {}", "callback {} after five", "you can text me: {}"),
)  # fmt: skip
#: In international notation a number needs no word beside it.
ABROAD_CONTEXTS = (
    ("{}", "it is {}", "contact: {}", "{} (Anna)", "dial {} now"),
    ("{} is right", "Anna, {}, Berlin", "signature: {}", "<{}>", "try {} or mail"),
)
_URL_SCHEMES = (
    "https",
    "http",
    "ftp",
    "postgres",
    "mysql",
    "mongodb+srv",
    "redis",
    "amqp",
    "smb",
    "sftp",
    "rtsp",
    "ldap",
)
URL_CONTEXTS = (
    ("{}", "clone {}", "DATABASE_URL={}", '"url": "{}"'),
    ("open {} please", "remote.origin.url={}", "curl -s {} -o x", "<{}>", "proxy: {}"),
)
_WORDS = ("amber", "birch", "cedar", "dune", "ember", "fjord", "grove", "harbor", "inlet", "juniper")


def cards(chance: random.Random, *, held_out: bool) -> Iterator[Sample]:
    forms: list[tuple[str, Maker]] = []
    for issuer, (beginnings, length) in _CARDS.items():
        forms += [
            (f"{issuer} {sign!r}", partial(_card, beginnings=beginnings, length=length, sign=sign))
            for sign in ("", " ", "-")
        ]
    yield from in_contexts("CARD", forms, CARD_CONTEXTS[held_out], chance, each=4)


def _card(chance: random.Random, *, beginnings: tuple[str, ...], length: int, sign: str) -> str:
    number = chance.choice(beginnings)
    number += fill(f"<d{length - len(number) - 1}>", chance)
    number += luhn.calc_check_digit(number)
    sizes = _GROUPS.get(length, (4, 4, 4, 4))
    groups, at = [], 0
    for size in (*sizes, length):
        groups.append(number[at : at + size])
        at += size
    return sign.join(filter(None, groups))


_ACCOUNTS = {
    "AD": "<d8><U12>", "AT": "<d16>", "BG": "<L4><d6><U8>", "CH": "<d5><U12>", "CY": "<d8><U16>", "DE": "<d18>",
    "DK": "<d14>", "EE": "<d16>", "FR": "<d10><U11><d2>", "GB": "<L4><d14>", "GI": "<L4><U15>", "GR": "<d7><U16>",
    "HR": "<d17>", "HU": "<d24>", "IE": "<L4><d14>", "IL": "<d19>", "IT": "<L1><d10><U12>", "LI": "<d5><U12>",
    "LT": "<d16>", "LU": "<d3><U13>", "LV": "<L4><U13>", "MC": "<d10><U11><d2>", "MT": "<L4><d5><U18>", "NL": "<L4><d10>",
    "NO": "<d11>", "PL": "<d24>", "PT": "<d21>", "RO": "<L4><U16>", "SA": "<d2><U18>", "SE": "<d20>", "SI": "<d15>",
    "SK": "<d20>", "SM": "<L1><d10><U12>", "TR": "<d5>0<U16>", "AE": "<d19>", "BR": "<d23><L1><U1>", "UA": "<d6><U19>",
}  # fmt: skip


def ibans(chance: random.Random, *, held_out: bool) -> Iterator[Sample]:
    forms: list[tuple[str, Maker]] = []
    for country, form in _ACCOUNTS.items():
        forms += [
            (f"{country} {name}", partial(_iban, country=country, form=form, grouped=name == "in groups"))
            for name in ("in one", "in groups")
        ]
    yield from in_contexts("IBAN", forms, IBAN_CONTEXTS[held_out], chance, each=3)


def _iban(chance: random.Random, *, country: str, form: str, grouped: bool) -> str:
    account = fill(form, chance).upper()
    number = country + iban.calc_check_digits(f"{country}00{account}") + account
    return " ".join(number[at : at + 4] for at in range(0, len(number), 4)) if grouped else number


def emails(chance: random.Random, *, held_out: bool) -> Iterator[Sample]:
    local = ("{w}", "{w}.{v}", "{w}_{v}{n}", "{w}+{v}", "{w[0]}.{v}-{w}", "{w}{n}", "O'{v}")
    domains = ("{v}.example", "mail.{v}.co.uk", "{v}-{w}.com", "{v}.museum", "m{n}.{v}.de")
    foreign = ("jürgen.{w}@{v}.example", "{w}@bücher-{v}.example", "почта@{v}.рф", "用户{n}@例子.广告", "δοκιμή@{v}.ελ", "{w}@xn--bcher-kva.example", "{w}@{v}.xn--p1ai")  # fmt: skip
    forms = [*((f"{a}@{b}") for a in local for b in domains), *foreign]
    makers: list[tuple[str, Maker]] = [(form, partial(_worded, form=form)) for form in forms]
    yield from in_contexts("EMAIL", makers, EMAIL_CONTEXTS[held_out], chance, each=3)


def _worded(chance: random.Random, *, form: str) -> str:
    return form.format(w=chance.choice(_WORDS), v=chance.choice(_WORDS), n=chance.randint(1, 99))


def addresses(chance: random.Random, *, held_out: bool) -> Iterator[Sample]:
    forms: list[tuple[str, Maker]] = [
        ("IPv4", _version_4),
        ("IPv4 private", lambda chance: f"192.168.{chance.randint(0, 255)}.{chance.randint(1, 254)}"),
        (
            "IPv4 class A",
            lambda chance: f"10.{chance.randint(0, 255)}.{chance.randint(0, 255)}.{chance.randint(1, 254)}",
        ),
        ("IPv6 full", lambda chance: ":".join(fill("2001:<h4>:<h4>:<h4>:<h4>:<h4>:<h4>:<h4>", chance).split(":"))),
        ("IPv6 compressed", lambda chance: str(ipaddress.IPv6Address(fill("2a02:<h4>:0:0:0:0:0:<h4>", chance)))),
        ("IPv6 upper case", lambda chance: fill("2001:DB8::<H4>:<H4>", chance)),
        ("IPv6 link-local", lambda chance: fill("fe80::<h4>:<h2>ff:fe<h2>:<h4>", chance)),
        ("IPv6 short", lambda chance: fill("2001:db8::<d2>", chance)),
        ("IPv6 network", lambda chance: fill("2001:db8:<h4>::", chance)),
        ("IPv6 with IPv4", lambda chance: f"::ffff:{_version_4(chance)}"),
    ]
    yield from in_contexts("IP_ADDRESS", forms * 6, IP_CONTEXTS[held_out], chance, each=4)


def _version_4(chance: random.Random) -> str:
    first = chance.choice([number for number in range(11, 223) if number != 127])  # noqa: PLR2004 - loopback
    return ".".join(map(str, (first, *(chance.randint(0, 255) for _ in range(2)), chance.randint(1, 254))))


def phones(chance: random.Random, *, held_out: bool) -> Iterator[Sample]:
    """Numbers of every country that has a published example, in local and in international notation."""
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        example = phonenumbers.example_number(region)
        if example is None:
            continue
        number = _near(example, chance)
        for form, contexts in (
            (PhoneNumberFormat.INTERNATIONAL, ABROAD_CONTEXTS),
            (PhoneNumberFormat.E164, ABROAD_CONTEXTS),
            (PhoneNumberFormat.NATIONAL, PHONE_CONTEXTS),
        ):
            value = phonenumbers.format_number(number, form)
            text = chance.choice(contexts[held_out]).replace("{}", value)
            yield Sample("PHONE", "local" if form == PhoneNumberFormat.NATIONAL else "international", text, (value,))


def _near(example: "phonenumbers.PhoneNumber", chance: random.Random) -> "phonenumbers.PhoneNumber":
    """Another valid number of that plan; the example itself where chance finds none."""
    for _ in range(20):
        tried = phonenumbers.PhoneNumber()
        tried.merge_from(example)
        tried.national_number = int((example.national_number or 0) // 1000 * 1000 + chance.randint(0, 999))
        if phonenumbers.is_valid_number(tried):
            return tried
    return example


def urls(chance: random.Random, *, held_out: bool) -> Iterator[Sample]:
    for scheme in _URL_SCHEMES:
        for context in chance.sample(URL_CONTEXTS[held_out], k=3):
            secret = fill(chance.choice(("<A12>", "<A6>!<A6>", "<A5>%40<A4>", "<w20>")), chance)
            url = f"{scheme}://{chance.choice(_WORDS)}:{secret}@{chance.choice(_WORDS)}.example/{chance.choice(_WORDS)}"
            yield Sample("URL_CREDENTIALS", scheme, context.replace("{}", url), (secret,))

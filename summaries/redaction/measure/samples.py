"""What redaction is measured on: a line of text, and the values in it that must not stay."""

import random
import re
import string
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

ALPHABETS: Mapping[str, str] = {
    "A": string.ascii_letters + string.digits,
    "a": string.ascii_lowercase + string.digits,
    "U": string.ascii_uppercase + string.digits,
    "L": string.ascii_letters,
    "d": string.digits,
    "h": string.digits + "abcdef",
    "H": string.digits + "ABCDEF",
    "w": string.ascii_letters + string.digits + "_-",
    "B": string.ascii_letters + string.digits + "+/",
    "2": string.ascii_uppercase + "234567",
    "5": string.ascii_lowercase + "234567",
}
_FIELD = re.compile(r"<([AaULdhHwB25])(\d+)>")


@dataclass(frozen=True, slots=True)
class Sample:
    """*kind* names what is hidden (a rule code), *form* its format. *text* is harmless where *values* is empty."""

    kind: str
    form: str
    text: str
    values: tuple[str, ...] = ()


Maker = Callable[[random.Random], str]


def fill(template: str, chance: random.Random) -> str:
    """ "ghp_<A36>" with 36 letters and digits by chance."""
    return _FIELD.sub(
        lambda field: "".join(chance.choices(ALPHABETS[field[1]], k=int(field[2]))),
        template,
    )


def in_contexts(
    kind: str, forms: Iterable[tuple[str, Maker]], contexts: Sequence[str], chance: random.Random, *, each: int
) -> Iterator[Sample]:
    """*each* samples of every form, each in a context of its own by chance. "{}" in a context is the value.

    What a value holds before "|" is no secret: the address of a service that a key follows.
    """
    for form, make in forms:
        for context in chance.sample(contexts, k=min(each, len(contexts))):
            opening, _, value = make(chance).rpartition("|")
            yield Sample(kind, form, context.replace("{}", opening + value), (value,))

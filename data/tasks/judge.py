"""How a text is judged: as a number, a choice, a piece of code, or as it stands.

An answer is right or wrong, as in the paper (Sec. 3.2), or it could not be judged: the reward is
that of a wrong one, and those who look at the counts see it.
"""
from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable
from decimal import Decimal

from data.tasks.interpreter import Refused, holds
from data.tasks.problem import Verdict

DIGITS = 100  # characters of a number
_WORD = re.compile(r"\w+|[^\w\s]")
# A minus after a word or a bracket subtracts; commas must part thousands: "1,2" is two numbers.
_NUMBER = re.compile(r"(?:(?<![\w)])[-\u2212])?\$?"
                     r"(?:(?:[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])|[0-9]+)(?:\.[0-9]+)?"
                     r"|(?<![\w.])\.[0-9]+)%?")


def exact(answer: str, text: str) -> Verdict:
    """The answer and no more, but for white space."""
    return Verdict(text.split() == answer.split())


def value_of(number: str) -> Decimal | None:
    """The exact value of a text that is one number and no more; no exponents are read.

    >>> value_of("-$1,234.50"), value_of("50%"), value_of("1/2")
    (Decimal('-1234.50'), Decimal('50'), None)
    """
    if len(number) > DIGITS or not _NUMBER.fullmatch(number):
        return None
    return Decimal(re.sub("[$,%]", "", number).replace("\u2212", "-"))


def number(answer: str, text: str, cut: bool = False) -> Verdict:
    """The number right after the last "#### " counts; where there is none, the last number."""
    _, mark, tail = text.rpartition("#### ")
    if mark:
        said = _NUMBER.match(tail.lstrip())
    else:
        said = (*deque(_NUMBER.finditer(text), maxlen=1), None)[0]
    value = value_of(said[0]) if said else None
    return Verdict(value is not None and value == value_of(answer))


def words(text: str) -> str:
    """Words and signs with one space around each: a whole word is found as a plain substring.

    >>> words("C++ or  New York?")
    ' c + + or new york ? '
    """
    return f" {' '.join(_WORD.findall(text.casefold()))} "


def chosen(text: str, choices: Iterable[str]) -> str | None:
    """The choice that stands first in the text, and of two that start there the longer.

    None if none is there. Whole words count, in upper or lower case.

    >>> chosen("A cat is no dog.", ("dog", "cat", "fish"))
    'cat'
    >>> chosen("Catfish!", ("dog", "cat", "fish"))
    """
    said = words(text)
    found = [(said.find(words(choice)), -len(choice), choice) for choice in choices
             if words(choice) in said]
    return min(found)[2] if found else None


def choice(answer: str, choices: Iterable[str], text: str, cut: bool = False) -> Verdict:
    """The choice that the text settles on is the answer."""
    said = chosen(text, choices)
    return Verdict(said is not None and words(said) == words(answer))


def python(tests: str, needs: Iterable[str], prompt: str, text: str, cut: bool = False) -> Verdict:
    """The code in the text passes the tests: assert statements, which need these names of it."""
    _, fence, rest = text.partition("```")
    block = rest.partition("```")[0] if fence else text
    code = block.partition("\n")[2] if fence and "\n" in block else block  # no language tag
    try:
        return Verdict(holds(code.strip(), tests))
    except Refused as error:
        return Verdict(None if error.kind == "unsupported" else False, str(error))

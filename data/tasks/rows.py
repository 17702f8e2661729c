"""Lines of other people's files, as lines of ours: chats, completions, GSM8K, MBPP, HumanEval.

    {"messages": [{"role": "user", "content": "2 + 2?"}, {"role": "assistant", "content": "4"}]}
    {"prompt": "2 + 2?", "completion": "4"}
    {"question": "...", "answer": "... #### 72"}
    {"text": "Write ...", "code": "def f(x): ...", "test_list": ["assert f(2) == 3", ...]}
    {"prompt": "def f(x): ...", "canonical_solution": "...", "test": "...", "entry_point": "f"}

Any key of ours may stand beside theirs ("check", "domain", "split" ...). A key that nobody reads
here is passed over if it is of a kind that says nothing to a judge (id, source, level ...), and
an error else: "chek" would change a score, and "context" may be half of the question.

Left out: chats of several turns, tools and pictures, since a prompt is one text; MBPP's challenge
tests, which its authors do not count either.
"""
from __future__ import annotations

import ast
import json
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from difflib import get_close_matches
from math import isfinite
from pathlib import Path

from data.files import opened, show
from data.tasks.interpreter import Refused, needed
from data.tasks.judge import value_of

KEYS = ("prompt", "question", "answer", "domain", "check", "choices", "tests", "split",
        "messages", "completion")
COMMON = frozenset("""
    id ids idx index uuid uid hash number num name source url link file path origin dataset
    level difficulty grade subject topic category type kind task tag tags keywords language lang
    license author annotator date time timestamp year version metadata meta info unnamed note notes
    comment comments score rating votes count length tokens solution solutions rationale reasoning
    explanation thinking cot""".split())
MARK = "#### "      # GSM8K's: what comes after it is the answer
LONGEST = 100_000   # characters of a prompt or an answer
DIGITS = 4_000      # of a whole number; Python reads no more than 4,300
SHORT = 100         # of an answer in a chat that may be meant to the letter
_TURN = re.compile("((system|developer) )?user( assistant)?")
_WORD = re.compile("[A-Z]?[a-z]+|[A-Z]+")


def expect(good: object, what: str, value: object, expected: str) -> None:
    """ValueError that says what stands there and what was expected, unless it is good."""
    if not good:
        raise ValueError(f"{what} {show(value)}: expected {expected}")


@contextmanager
def at(path: Path, number: int) -> Iterator[None]:
    """An error in here names the file and this line."""
    try:
        yield
    except ValueError as error:
        raise ValueError(f"{path}, line {number}: {error}") from None


def lines(path: Path) -> Iterator[tuple[int, dict, bytes]]:
    """Each line that is not blank: its number, from 1, its object, and the line itself.

    ValueError as in `parsed` names the file and the line.
    """
    with opened(path) as file:
        found = file.read().removeprefix(b"\xef\xbb\xbf").splitlines()
    for number, line in enumerate(found, 1):
        if line.strip():
            with at(path, number):
                row = parsed(line)
            yield number, row, line.strip()


def parsed(line: bytes) -> dict:
    """One line as an object. ValueError unless it is UTF-8 and JSON, no key twice."""
    try:
        row = json.loads(line.decode(), object_pairs_hook=_unique, parse_int=_whole)
    except UnicodeDecodeError as error:
        raise ValueError(f"byte {line[error.start]:#x}: expected UTF-8") from None
    except json.JSONDecodeError as error:
        raise ValueError("expected one JSON object a line: "
                         f"{error.msg} at column {error.colno}") from None
    except RecursionError:
        raise ValueError("nested too deep: expected strings, numbers and lists of them") from None
    expect(isinstance(row, dict), "line", row, 'an object: {"prompt": "7 plus 5?", "answer": 12}')
    return row


def _whole(digits: str) -> int:
    """The number that a line has. ValueError if it is one of thousands of digits."""
    if len(digits) > DIGITS:
        raise ValueError(f"a number of {len(digits):,} digits: expected {DIGITS:,} at most, or "
                         "text in quotes")
    return int(digits)


def _unique(pairs: list[tuple[str, object]]) -> dict:
    """The pairs as a dict, without those that are null."""
    keys = [key for key, _ in pairs]
    expect(len(set(keys)) == len(keys), "keys", keys, "each once")
    return {key: value for key, value in pairs if value is not None}


def text(key: str, value: object) -> str:
    """A string that is not blank, not too long, and can be encoded: no half of a surrogate."""
    if value is None:
        raise ValueError(f'"{key}" is missing: expected text of 1 to {LONGEST:,} characters')
    good = isinstance(value, str) and value.strip() and len(value) <= LONGEST
    expect(good and not re.search("[\ud800-\udfff]", value), key, value,
           f"text of 1 to {LONGEST:,} characters, no lone surrogates")
    return value


def said(key: str, value: object) -> str:
    """A text, or a finite number as text."""
    if type(value) is int or type(value) is float and isfinite(value):
        value = format(Decimal(str(value)), "f")  # no exponents
    return text(key, value)


def listed(row: dict, key: str, wanted: bool) -> list:
    """The list at this key, empty if there is none. ValueError if the check has no use for it."""
    value, check = row.get(key, []), "choice" if key == "choices" else "python"
    expect(isinstance(value, list) and (key not in row or wanted and value), key, value,
           f'a list that is not empty, and "check": "{check}"')
    return value


def final(answer: str) -> str:
    """What a worked answer comes to.

    >>> final("3 + 4 = 7 #### 7"), final(" 7 ")
    ('7', '7')
    """
    return answer.rpartition(MARK)[2].strip()


def asserted(value: object) -> str:
    """A test as an assert statement that interpreter.py can run.

    >>> asserted("f(2, [1]) == 3"), asserted("assert f(2), 'why'")
    ('assert f(2, [1]) == 3', "assert f(2), 'why'")
    """
    given = value.strip() if isinstance(value, str) else ""
    bare = not re.match(r"assert\b", given)
    source, why = "assert " * bare + given, ""
    try:
        good = _asserts(source, bare)
    except Refused as error:
        good, why = False, f" ({error})"
    expect(good, "tests", value, "one expression or assert that calls a function, such as f(2, [1]"
           f") == 3 or abs(f(2) - 0.1) < 1e-6, and a string of its own for each{why}")
    return source


def _asserts(source: str, bare: bool) -> bool:
    """Whether it is one assert, of more than a tuple, which is always true. Refused as `needed`.

    bare: the word was put before it, so that a comma in it can't be meant to part off a message.
    """
    needs = {*needed(source)}  # this looks at its length and depth before the parser does
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        match ast.parse(source).body:
            case [ast.Assert(tested, message)]:
                called = {ast.unparse(node.func) for node in ast.walk(tested)
                          if isinstance(node, ast.Call)}
                return not (isinstance(tested, ast.Tuple) or bare and message) and (
                    bool(called) and needs <= called)
    return False


def spare(row: dict, strict: bool = True) -> Iterator[str]:
    """The keys that are passed over. ValueError names one that may be meant for us.

    strict: any but the common kinds may; otherwise only one that nearly is a key of ours.

    >>> [*spare({"prompt": "p", "task_id": 7, "sourceUrl": "", "_row": 1})]
    ['task_id', 'sourceUrl', '_row']
    >>> [*spare({"prompt": "p", "chek": "number"})]
    Traceback (most recent call last):
    ValueError: keys 'chek': expected "check"
    """
    for key in row:
        expect(isinstance(key, str), "keys", key, "strings")
        if key in KEYS:
            continue
        words = _WORD.findall(key[-40:])
        if not key.startswith("_") and not (words and words[-1].lower() in COMMON):
            for near in get_close_matches(key[:40].lower(), KEYS, 1, 0.75):
                expect(False, "keys", key, f'"{near}"')
            expect(not strict, "keys", key, f"one of {', '.join(KEYS)}; a name that begins with _ "
                   "is passed over, and so are id, source, level and the like")
        yield key


def is_code(row: dict) -> bool:
    """Whether it is a line of MBPP's or HumanEval's."""
    return "test_list" in row or "test" in row and "entry_point" in row


def ours(row: dict) -> tuple[dict, str]:
    """The line in our keys, and its tests as one source text if it is one of MBPP's kind.

    >>> ours({"question": "...", "answer": "3 + 4 = 7 #### 7"})[0]
    {'check': 'number', 'prompt': '...', 'answer': '3 + 4 = 7 #### 7'}
    >>> line = {"prompt": "def f(x):\\n", "canonical_solution": "    return x\\n",
    ...         "test": "def check(c):\\n    assert c(2) == 2\\n", "entry_point": "f"}
    >>> ours(line)
    ({'prompt': 'def f(x):\\n', 'answer': 'def f(x):\\n    return x\\n', 'check': 'python'}, \
'def check(c):\\n    assert c(2) == 2\\n\\ncheck(f)')
    """
    row = dict(row)
    if is_code(row):
        return (_mbpp if "test_list" in row else _human_eval)(row)
    if "messages" in row or isinstance(row.get("prompt"), list):
        row = _chat(row)
    if "completion" in row:
        row = _completion(row)
    if "question" in row:
        expect("prompt" not in row, "keys", ["prompt", "question"], "one of them")
        row = {"check": "number", "prompt": row.pop("question"), **row}
    return row, ""


def _mbpp(row: dict) -> tuple[dict, str]:
    """Also of the sanitized MBPP, which has "prompt" for "text" and a list "test_imports"."""
    ask = row.pop("text") if "text" in row else row.pop("prompt", None)
    tests = _lines("test_list", row.pop("test_list"))
    expect(tests, "test_list", tests, "a test at least")
    before = [*_lines("test_imports", row.pop("test_imports", [])),
              _some("test_setup_code", row.pop("test_setup_code", ""))]
    row.pop("challenge_test_list", None)
    shown = "\n".join(tests)
    prompt = f"{text('text', ask).rstrip()}\n\nThe code should pass these tests:\n{shown}"
    return _code(row, prompt, _some("code", row.pop("code", ""))), "\n".join([*before, shown])


def _human_eval(row: dict) -> tuple[dict, str]:
    prompt, test, name = (text(key, row.pop(key, None)) for key in (
        "prompt", "test", "entry_point"))
    expect(name.isidentifier(), "entry_point", name, "a function's name")
    expect(re.search(r"\bdef check\b", test), "test", test, "a function check(candidate)")
    solution = _some("canonical_solution", row.pop("canonical_solution", ""))
    return _code(row, prompt, solution and prompt + solution), f"{test}\ncheck({name})"


def _code(row: dict, prompt: str, answer: str) -> dict:
    twice = [key for key in row if key in KEYS and key not in ("domain", "split")
             and (key, row[key]) != ("check", "python")]
    expect(not twice, "keys", twice, "none beside MBPP's or HumanEval's own that says the same")
    return {**row, "prompt": prompt, "answer": answer, "check": "python"}


def _some(key: str, value: object) -> str:
    return text(key, value) if value != "" else ""


def _lines(key: str, value: object) -> list[str]:
    expect(isinstance(value, list), key, value, "a list of strings")
    return [text(key, line) for line in value]


def _chat(row: dict) -> dict:
    """One question and its answer; the system's message, if there is one, is put before it."""
    messages = row.pop("messages") if "messages" in row else row.pop("prompt")
    if isinstance(messages, list) and isinstance(row.get("completion"), list):
        messages = messages + row.pop("completion")
    good = isinstance(messages, list) and all(isinstance(m, dict) for m in messages)
    roles = " ".join(str(m.get("role")) for m in messages) if good else messages
    expect(good and _TURN.fullmatch(roles), "messages", roles, "one of user and then one of "
           'assistant, one of system before them or none; a longer talk as text, in a "prompt"')
    *asked, last = [_content(m.get("content")) for m in messages]
    if not roles.endswith("assistant"):
        asked.append(last)
    twice = [key for key in ("prompt", "question") if key in row]
    twice += ["completion"] * (roles.endswith("assistant") and "completion" in row)
    expect(not twice, "keys", twice, "none beside the messages that say the same")
    said = {"completion": last} if roles.endswith("assistant") else {}
    return {**row, "prompt": "\n\n".join(asked), **said}


def _content(value: object) -> str:
    """A message's text, which may come as a list of parts."""
    if isinstance(value, list):
        parts = [part.get("text") if isinstance(part, dict) and part.get("type") == "text"
                 else None for part in value]
        expect(None not in parts, "content", value, "text alone")
        value = "".join(text("content", part) for part in parts)
    return text("content", value)


def _completion(row: dict) -> dict:
    """The completion is the answer, unless the line has one. Without a "check" it is judged as the
    number that it comes to, or to the letter if it is short."""
    row = {"answer": row.pop("completion"), **row}
    answer = row["answer"]
    if "check" not in row and isinstance(answer, str):
        number = value_of(final(answer)) is not None
        expect(number or len(answer) <= SHORT and "\n" not in answer.strip(), "answer", answer,
               f'a number, "{MARK}" and a number at its end, up to {SHORT} characters that are '
               'meant to the letter, or a "check" that says how it is judged')
        row["check"] = "number" if number else "exact"
    return row

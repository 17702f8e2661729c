"""A user's own tasks: one JSON object a line, a prompt and how an answer to it is judged.

    {"prompt": "7 plus 5?", "answer": 12, "check": "number", "domain": "sums"}
    {"prompt": "Is ice hot?", "answer": "no", "check": "choice", "choices": ["yes", "no"]}
    {"prompt": "Write f(x) = x + 1.", "check": "python", "tests": ["f(1) == 2", "f(-1) == 0"]}
    {"question": "...", "answer": "... #### 72"}    GSM8K's own format: a number, after the ####

`check` is "exact" where a line has none, `domain` the file's name. A hash of the prompt puts each
line into one split, so neither a seed nor the order of lines can move it, and a repeated prompt
can't leak. Files are held to all of this when they are read: a line that is wrong is an error
that names it, and so is a key that is not known, since a misspelt "chek" would change a score.

An answer is right or wrong, +1 or -1, as in the paper (Sec. 3.2). Left out: answers that are
formulas, and code that interpreter.py does not run, for training learns from a judge's guesses.
"""
from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import zip_longest
from math import isfinite
from pathlib import Path
from random import Random

from data.files import opened, show
from data.tasks import judge
from data.tasks.interpreter import needed
from data.tasks.problem import OTHERS, Verdict, split_of

SPLITS = {"train": 60, "validation": 10, "shots": 10, "test": 20}  # percent
KEYS = ("prompt", "question", "answer", "domain", "check", "choices", "tests")
CLASSIFIER = "classifier"
RESERVED = ("base", "decomposition", CLASSIFIER,  # files of ours; Windows keeps con ... com1 ...
            "con", "prn", "aux", "nul", *(f"{p}{i}" for p in ("com", "lpt") for i in range(1, 10)))
LONGEST = 100_000  # characters of a prompt or an answer
CHOICES = 200      # of one question
_DOMAIN = re.compile("[a-z][a-z0-9_-]{0,31}")


def canonical(prompt: str) -> str:
    r"""What two prompts have in common that differ in case and white space only.

    >>> canonical("What  is\n2 + 2?")
    'what is 2 + 2?'
    """
    return " ".join(prompt.casefold().split())


CHECKS = {  # name -> the answer that it wants
    "exact": "some text",
    "number": 'one number such as 1,234.50 or -3, or "check": "exact"',
    "choice": "one of the choices",
    "python": "a function that passes the tests of its line"}


# ---------------------------------------------------------------------------- questions and pools

@dataclass(frozen=True)
class Question:
    """One line, as problem.py's Problem. `label`: its domain. `of`: the prompt that this one is
    about, whose split it shares; its own if empty.

    >>> question = Question("Is ice hot?", "no", "facts", "choice", ("yes", "no"))
    >>> question.reward(" No, it is cold."), question.reward(" Yes, though some say no.")
    (1, -1)
    >>> question.key, question.split
    ('is ice hot?', 'train')
    """

    prompt: str
    answer: str  # "" if a python line has no reference
    label: str
    check: str
    choices: tuple[str, ...] = ()
    tests: str = ""  # assert statements
    needs: tuple[str, ...] = ()  # the functions that they need of an answer
    of: str = ""

    @property
    def key(self) -> str:
        """The canonical prompt, whose hash is the split."""
        return canonical(self.of or self.prompt)

    @property
    def split(self) -> str:
        """The one split that it is in: neither a seed nor the order of lines can move it."""
        return split_of(self.key, SPLITS)

    @property
    def gold(self) -> str:
        """The answer as the line has it."""
        return self.answer

    def reward(self, completion: str) -> int:
        """+1 if the answer is right, else -1; no text raises anything."""
        return self.judge(completion).reward

    def judge(self, text: str, cut: bool = False) -> Verdict:
        """Whether the answer is right; no text raises anything. cut: it was cut off."""
        match self.check:
            case "number":
                return judge.number(self.answer, text, cut)
            case "choice":
                return judge.choice(self.answer, self.choices, text, cut)
            case "python":
                return judge.python(self.tests, self.needs, self.prompt, text, cut)
        return judge.exact(self.answer, text)


@dataclass(frozen=True, eq=False)
class Pool:
    """The questions of a domain, as problem.py's Task. `dropped`: lines that were repeats.

    >>> sums = [Question(f"{n} + 1?", str(n + 1), "sums", "number") for n in range(50)]
    >>> pool = Pool("sums", "sums", "", tuple(sums))
    >>> pool.problem(Random(0), "test").prompt, [q.prompt for q in pool.problems(2, "shots")]
    ('45 + 1?', ['34 + 1?', '11 + 1?'])
    """

    name: str
    label: str
    about: str
    questions: tuple[Question, ...]
    unseen: bool = False
    dropped: int = 0
    forced: frozenset = frozenset()

    def count(self, split: str) -> int:
        """How many prompts a split has."""
        return sum(map(len, self._groups[split].values()))

    @cached_property
    def _groups(self) -> dict[str, dict[str, list[Question]]]:
        """split -> label -> questions, sorted: the order of lines decides nothing."""
        groups: dict[str, dict[str, list[Question]]] = {split: {} for split in SPLITS}
        for question in sorted(self.questions, key=lambda q: (q.label, q.key)):
            split = "shots" if question.key in self.forced else question.split
            groups[split].setdefault(question.label, []).append(question)
        return groups

    def _split(self, split: str, least: int = 1) -> list[list[Question]]:
        groups = list(self._groups[split].values())
        if (there := sum(map(len, groups))) < least:
            raise ValueError(f"task {self.name} has {there} {split} prompts, {least} were asked "
                             f"for: ask for fewer or add lines, {SPLITS[split]} of 100 go there")
        return groups

    def digest(self) -> str:
        """16 hex digits of what training depends on: the train and validation lines, in any order.

        Shots, test lines and other domains have no part in it, but for a new answer that becomes
        a choice of all lines that name none.
        """
        lines = [(split, q.prompt, q.answer, q.check, sorted(map(judge.words, q.choices)), q.tests)
                 for split in ("train", "validation")
                 for group in self._groups[split].values() for q in group]
        return hashlib.sha256(ascii((self.name, lines)).encode()).hexdigest()[:16]

    def problem(self, rng: Random, split: str) -> Question:
        """One question of this split, drawn evenly over labels. ValueError if there is none."""
        return rng.choice(rng.choice(self._split(split)))

    def problems(self, n: int, split: str, seed: object = 0) -> list[Question]:
        """n different questions, labels in turn; fewer if there are fewer, but of shots exactly n.

        ValueError if there is none, or less than n shots.
        """
        rng = Random(f"{self.name} {split} {seed}")
        groups = self._split(split, n if split == "shots" else 1)
        columns = [rng.sample(group, len(group)) for group in groups]
        return [q for row in zip_longest(*columns) for q in row if q][:n]


def which(domains: Iterable[str]) -> str:
    r"""The question put after a prompt: what kind is it?

    >>> which(["words", "sums"])
    '\n\nWhich kind of question is this: words, sums or others? Answer with one word.'
    """
    names = ", ".join(name for name in domains if name != OTHERS)
    return f"\n\nWhich kind of question is this: {names} or {OTHERS}? Answer with one word."


def classified(pools: dict[str, Pool], which: str) -> Pool:
    """The classification task made of all pools; each question stays in its prompt's split.

    >>> pool = Pool("sums", "sums", "", (Question("7 plus 5?", "12", "sums", "number"),))
    >>> question, = classified({"sums": pool}, " Which kind?").questions
    >>> question.prompt, question.answer, question.choices, question.key
    ('7 plus 5? Which kind?', 'sums', ('sums', 'others'), '7 plus 5?')
    """
    choices = (*(name for name in pools if name != OTHERS), OTHERS)
    questions = [Question(q.prompt + which, q.label, q.label, "choice", choices, of=q.prompt)
                 for pool in pools.values() for q in pool.questions]
    return Pool(CLASSIFIER, "", "name the domain of a prompt", tuple(questions))


# --------------------------------------------------------------------------------- reading a file

def read(path: Path) -> Pools:
    """One pool a domain, in order of first appearance. ValueError names the line that is wrong."""
    seen: dict[str, tuple[int, Question]] = {}
    groups: dict[str, list[tuple[int, Question]]] = {}
    with opened(path) as file:
        lines = file.read().removeprefix(b"\xef\xbb\xbf").splitlines()
    for number, line in enumerate(lines, 1):
        if line.strip():
            with _at(path, number):
                question = _question(_object(line), path.stem)
                before, kept = seen.setdefault(question.key, (number, question))
                _expect(replace(question, prompt=kept.prompt) == kept, "prompt", question.prompt,
                        f"the answer, domain, check, choices and tests that line {before} has")
                groups.setdefault(question.label, []).append((number, question))
    if not seen:
        raise ValueError(f"{path} has no lines: expected one JSON object a line")
    return Pools({label: _pool(path, label, group) for label, group in groups.items()})


@contextmanager
def _at(path: Path, number: int) -> Iterator[None]:
    try:
        yield
    except ValueError as error:
        raise ValueError(f"{path}, line {number}: {error}") from None


def _expect(good: object, what: str, value: object, expected: str) -> None:
    if not good:
        raise ValueError(f"{what} {show(value)}: expected {expected}")


def _pool(path: Path, label: str, lines: list[tuple[int, Question]]) -> Pool:
    """A domain's lines: choices that were left out come, answers are checked, repeats go."""
    answers = {judge.words(q.answer): q.answer for _, q in lines if q.check == "choice"}
    questions: dict[str, Question] = {}
    for number, question in lines:
        with _at(path, number):
            if question.check == "choice" and not question.choices:
                question = replace(question, choices=tuple(answers.values()))
            _hold(question)
        questions.setdefault(question.key, question)
    return Pool(label, label, f"{len(questions)} questions of {path.name}",
                tuple(questions.values()), dropped=len(lines) - len(questions))


def _hold(question: Question) -> None:
    """ValueError if the choices are no choice, or the line's own answer would be judged wrong."""
    n, answer, check = len(question.choices), question.answer, question.check
    different = len(set(map(judge.words, question.choices)))
    _expect(check != "choice" or 2 <= different == n <= CHOICES, "choices", question.choices,
            f"2 to {CHOICES}, and no two the same")
    _expect(check == "python" and not answer or question.reward(answer) == 1,
            "answer", answer, f'{CHECKS[check]}, by "check": "{check}"')


def _object(line: bytes) -> dict:
    """One line as an object. ValueError unless it is UTF-8 and JSON, no key twice."""
    try:
        row = json.loads(line.decode(), object_pairs_hook=_unique)
    except UnicodeDecodeError as error:
        raise ValueError(f"byte {line[error.start]:#x}: expected UTF-8") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"expected JSON: {error.msg} at column {error.colno}") from None
    except RecursionError:
        raise ValueError("nested too deep: expected strings, numbers and lists of them") from None
    _expect(isinstance(row, dict), "line", row, 'an object: {"prompt": "7 plus 5?", "answer": 12}')
    return row


def _unique(pairs: list[tuple[str, object]]) -> dict:
    keys = [key for key, _ in pairs]
    _expect(len(set(keys)) == len(keys), "keys", keys, "each once")
    return dict(pairs)


def _question(row: dict, stem: str) -> Question:
    """A line's object as a Question, its answer not yet held against its check."""
    _expect(set(row) <= set(KEYS), "keys", [*(set(row) - set(KEYS))], f"one of {', '.join(KEYS)}")
    asked = [key for key in ("prompt", "question") if key in row]
    _expect(len(asked) == 1, "keys", asked, 'one of "prompt" and "question"')
    check = row.get("check", "number" if "question" in row else "exact")
    _expect(check in tuple(CHECKS), "check", check, f"one of {', '.join(CHECKS)}")
    choices = [_text("choices", x, True) for x in _list(row, "choices", check == "choice")]
    tests = "\n".join(_test(test) for test in _list(row, "tests", check == "python"))
    _expect(check != "python" or tests, "tests", [], 'a list such as ["f(2, [1]) == 3"]')
    answer = ""
    if not tests or "answer" in row:
        answer = _text("answer", row.get("answer"), True)
        answer = _text("answer", answer.rpartition("#### ")[2] if "question" in row else answer)
    return Question(_text(asked[0], row[asked[0]]), answer.strip(), _domain(row, stem), check,
                    tuple(choices), tests, needed(tests) if tests else ())


def _text(key: str, value: object, number: bool = False) -> str:
    """A string that is not blank, not too long, and can be encoded: no half of a surrogate.

    number: a finite number will do as well, and is returned as text.
    """
    if number and (type(value) is int or type(value) is float and isfinite(value)):
        value = str(value)
    good = isinstance(value, str) and value.strip() and len(value) <= LONGEST
    _expect(good and not re.search("[\ud800-\udfff]", value), key, value,
            f"text of 1 to {LONGEST:,} characters, no lone surrogates")
    return value


def _domain(row: dict, stem: str) -> str:
    """The line's domain in lower case; made from the file's name if it has none."""
    made = re.sub("[^a-z0-9_-]+", "-", stem.lower()).lstrip("0123456789_-")[:32]
    given = row.get("domain", made or "tasks")
    name = given.lower() if isinstance(given, str) else ""
    _expect(_DOMAIN.fullmatch(name) and name not in RESERVED, "domain", given, "a letter, then up "
            f"to 31 letters, digits, - or _, and none of {', '.join(RESERVED)}")
    return name


def _list(row: dict, key: str, wanted: bool) -> list:
    """The list at this key, empty if there is none. ValueError if the check has no use for it."""
    value, check = row.get(key, []), "choice" if key == "choices" else "python"
    _expect(isinstance(value, list) and (key not in row or wanted and value), key, value,
            f'a list that is not empty, and "check": "{check}"')
    return value


def _test(test: object) -> str:
    """A test as an assert statement that interpreter.py can run.

    >>> _test("f(2, [1]) == 3")
    'assert f(2, [1]) == 3'
    """
    try:
        text = "assert " + test.strip().removeprefix("assert ")
        needed(text)
        return text
    except (AttributeError, ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        pass
    raise ValueError(f"tests {show(test)}: expected a call and what it returns, such as "
                     "f(2, [1]) == 3, of int, bool, str, None, lists and tuples")


def judged(line: dict, text: str) -> Verdict:
    """What the judge says of an answer to a task's line, as it stands in a file."""
    return _question({"prompt": "?", **line}, "tasks").judge(text)


# ------------------------------------------------------ stand-ins, until the reader brings its own

class Pools(dict):
    """Pools by name, and what the reader has to say of them."""

    notes: tuple[str, ...] = ()


def with_shots(pools: Pools, path: Path) -> Pools:
    """The pools with the examples of another file: no other split has any of them."""
    found = Pools(pools)
    for name, shots in read(path).items():
        new = {q.key for q in shots.questions}
        old = [q for q in pools[name].questions if q.key not in new]
        found[name] = replace(pools[name], questions=(*old, *shots.questions), forced=(
            frozenset(new)))
    return found


def lacking(pools: dict[str, Pool], least: dict[str, int]) -> list[str]:
    """What is less than that, a line each."""
    return [f"task {name} has {pool.count(split)} {split} prompts, {n} were asked for: ask for "
            f"fewer or add lines, {SPLITS[split]} of 100 go there"
            for name, pool in pools.items() for split, n in least.items() if pool.count(split) < n]

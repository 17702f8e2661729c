"""A user's own tasks: one JSON object a line, a prompt and how an answer to it is judged.

    {"prompt": "7 plus 5?", "answer": 12, "domain": "sums"}
    {"prompt": "Is ice hot?", "answer": "no", "check": "choice", "choices": ["yes", "no"]}
    {"prompt": "Write f(x) = x + 1.", "check": "python", "tests": ["f(1) == 2", "f(-1) == 0"]}

What else is read (chats, completions, GSM8K, MBPP, HumanEval): rows.py. `check` is "number" where
the answer is one in JSON and "exact" else, `domain` the file's name, null counts as absent.

A line may say its `split`. For others a hash of the prompt decides, so neither a seed nor the
order of lines can move one, and prompts that differ in case and white space only stay together:
nothing leaks. Of a domain with fewer than 200 prompts that are to be split the hash gives the
rank, and the splits have a size (see `shares`): enough shots, and some of each, but more lines
can then move a prompt. A run that goes on, or is done again, notices (see `Pool.digest`).

Files are held to all of this when they are read: a line that is wrong is an error that names it.
What was made of a file that its reader may not expect is in `Pools.notes`.

An answer is right or wrong, +1 or -1, as in the paper (Sec. 3.2), or it could not be judged, which
is paid as wrong and counted apart. Left out: answers that are
formulas, and code that interpreter.py does not run, for training learns from a judge's guesses.
"""
from __future__ import annotations

import hashlib
import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import zip_longest
from pathlib import Path
from random import Random
from types import MappingProxyType

from data.files import show
from data.tasks import judge, rows
from data.tasks.interpreter import Refused, needed
from data.tasks.problem import OTHERS, Verdict, split_of
from data.tasks.rows import expect
from data.tasks.splits import FEW, SPLITS, canonical, dealt, enough, shares

CLASSIFIER = "classifier"
RESERVED = ("base", "decomposition", CLASSIFIER,  # files of ours; Windows keeps con ... com1 ...
            "con", "prn", "aux", "nul", *(f"{p}{i}" for p in ("com", "lpt") for i in range(1, 10)))
CHOICES = 200      # of one question
_DOMAIN = re.compile("[a-z][a-z0-9_-]{0,31}")


LEFT = "are left out, since the judge can't run their tests or their own answer fails them"
UNHELD = "have an answer that the judge can't run, so that their tests were not tried"
SPARE = "have keys that are passed over"
REPEATED = "are repeats and are dropped"
CHECKS = {  # name -> the answer that it wants
    "exact": "some text",
    "number": 'one number and no more, such as 12, -3 or 1,234.50, or "check": "exact"',
    "choice": 'one of the choices, by "check": "choice"',
    "python": 'a function that passes the tests of its line, by "check": "python"'}


# ---------------------------------------------------------------------------- questions and pools

@dataclass(frozen=True)
class Question:
    """One line, as problem.py's Problem. `label`: its domain.

    >>> question = Question("Is ice hot?", "no", "facts", "choice", ("yes", "no"))
    >>> question.judge(" No, it is cold.").reward, question.judge(" Yes, though some no.").reward
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
    place: str = ""  # the split that it was put into; else its hash decides
    gold: str = field(default="", compare=False)  # the answer as its line has it, with the working

    @property
    def key(self) -> str:
        """The canonical prompt, whose hash decides on the split."""
        return canonical(self.prompt)

    @property
    def split(self) -> str:
        """The one split that it is in: neither a seed nor the order of lines can move it."""
        return self.place or split_of(self.key, SPLITS)

    def judge(self, text: str, cut: bool = False) -> Verdict:
        """Whether the answer is right; no text raises anything. cut: it was cut off."""
        match self.check:
            case "number":
                return judge.number(self.answer, text, cut)
            case "choice":
                return judge.choice(self.answer, self.choices, text, cut)
            case "python":
                return judge.python(self.tests, self.needs, self.prompt, text, cut)
        return judge.exact(self.answer, text, cut)


@dataclass(frozen=True, eq=False)
class Pool:
    """The questions of a domain, as problem.py's Task. `dropped`: lines that were repeats.

    >>> sums = [Question(f"{n} + 1?", str(n + 1), "sums", "number") for n in range(50)]
    >>> pool = Pool("sums", "sums", "", tuple(sums))
    >>> pool.problem(Random(0), "test").prompt, [q.prompt for q in pool.problems(2, "shots")]
    ('45 + 1?', ['34 + 1?', '11 + 1?'])
    >>> pool.count("shots"), pool.lack("shots", 2)
    (7, '')
    """

    name: str
    label: str
    about: str
    questions: tuple[Question, ...]
    unseen: bool = False
    dropped: int = 0

    @cached_property
    def _groups(self) -> dict[str, dict[str, list[Question]]]:
        """split -> label -> questions, sorted: the order of lines decides nothing."""
        groups: dict[str, dict[str, list[Question]]] = {split: {} for split in SPLITS}
        for question in sorted(self.questions, key=lambda q: (q.label, q.key, q.prompt)):
            groups[question.split].setdefault(question.label, []).append(question)
        return groups

    def count(self, split: str) -> int:
        """How many questions there are in this split."""
        return sum(map(len, self._groups[split].values()))

    def lack(self, split: str, least: int = 1) -> str:
        """"" if there are so many questions in this split; else a line that says how to get them.
        """
        if (there := self.count(split)) >= least:
            return ""
        return (f"task {self.name} has {there} {split} prompts, {least} were asked for: add lines "
                f"to its {len(self.questions)} ({enough(split, least)} would do), or write "
                f'"split": "{split}" in some')

    def _split(self, split: str, least: int = 1) -> list[list[Question]]:
        if why := self.lack(split, least):
            raise ValueError(why)
        return list(self._groups[split].values())

    def digest(self) -> str:
        """16 hex digits of what training depends on: the train and validation lines, in any order.

        Shots, test lines and other domains have no part in it, but for a new answer that becomes
        a choice of all lines that name none, and for lines that move others (see above).
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


class Pools(dict[str, Pool]):
    """name -> Pool, and `notes`: what was made of the file, a line each for whoever gave it."""

    notes: tuple[str, ...] = ()


def lacking(pools: Mapping[str, Pool], least: Mapping[str, int]) -> list[str]:
    """What the pools have too few prompts for, a line each. least: split -> how many it takes.

    >>> pool = Pool("sums", "sums", "", (Question("7 plus 5?", "12", "sums", "number"),))
    >>> lacking({"sums": pool}, {"test": 1, "validation": 2})  # doctest: +NORMALIZE_WHITESPACE
    ['task sums has 0 validation prompts, 2 were asked for: add lines to its 1 (20 would do), or
      write "split": "validation" in some']
    """
    return [why for pool in pools.values() for split, n in least.items()
            if (why := pool.lack(split, n))]


def which(domains: Iterable[str]) -> str:
    r"""The question put after a prompt: what kind is it?

    >>> which(["words", "sums"])
    '\n\nWhich kind of question is this: words, sums or others? Answer with one word.'
    """
    names = ", ".join(name for name in domains if name != OTHERS)
    return f"\n\nWhich kind of question is this: {names} or {OTHERS}? Answer with one word."


def classified(pools: Mapping[str, Pool], which: str) -> Pool:
    """The classification task made of all pools; each question stays in its prompt's split.

    >>> pool = Pool("sums", "sums", "", (Question("7 plus 5?", "12", "sums", "number"),))
    >>> question, = classified({"sums": pool}, " Which kind?").questions
    >>> question.prompt, question.answer, question.choices, question.split
    ('7 plus 5? Which kind?', 'sums', ('sums', 'others'), 'test')
    """
    choices = (*(name for name in pools if name != OTHERS), OTHERS)
    questions = [Question(q.prompt + which, q.label, q.label, "choice", choices, place=q.split,
                          gold=q.label) for pool in pools.values() for q in pool.questions]
    return Pool(CLASSIFIER, "", "name the domain of a prompt", tuple(questions))


# --------------------------------------------------------------------------------- reading a file

def read(path: Path) -> Pools:
    """One pool a domain, in order of first appearance. ValueError names the line that is wrong."""
    return _File(path).pools()


def with_shots(pools: Pools, path: Path) -> Pools:
    """The pools with a file's lines for shots; a domain of which it has none keeps its own.

    A prompt that is among them leaves all other splits, so that none is both shown and asked.
    """
    shots = _File(path, pools, "shots").pools()
    keys = {q.key for pool in shots.values() for q in pool.questions}
    made, left = Pools(), Counter()
    for name, pool in pools.items():
        own = [q for q in pool.questions if q.split != "shots" or name not in shots]
        left.update(q.split for q in own if q.key in keys)
        more = shots[name].questions if name in shots else ()
        made[name] = replace(pool, questions=(*(q for q in own if q.key not in keys), *more))
    notes = [*shots.notes, *[f"its prompts have left {name} ({n})" for name, n in left.items()]]
    made.notes = (*pools.notes, *(f"{path.name}: {note}" for note in notes))
    return made


NONE: Mapping[str, Pool] = MappingProxyType({})


class Unfit(ValueError):
    """The judge can't run a line's tests or its own answer, or the answer fails them."""

    def __init__(self, message: str, verdict: Verdict) -> None:
        super().__init__(message)
        self.verdict = verdict


class _File:
    """What is read of a file: lines go in by `add`, and `pools` come out.

    known: the pools that its lines are for, if any. place: the split of all of them, if any.
    """

    def __init__(self, path: Path, known: Mapping[str, Pool] = NONE,
                 place: str = "") -> None:
        self.path, self.known, self.place = path, known, place
        self.first: dict[str, tuple[int, Question]] = {}  # prompt -> number of its first line
        self.places: dict[str, tuple[int, str]] = {}  # canonical prompt -> the split it says
        self.told: dict[str, dict[str, list[int]]] = {}  # what befell lines -> why -> which
        self.few: dict[str, dict[str, int]] = {}  # domain with few prompts -> split -> how many
        for number, row, _ in rows.lines(path):
            with rows.at(path, number):
                self.add(number, row)

    def tell(self, number: int, what: str, why: str) -> None:
        """This happened to that line, and its reader may not expect it."""
        self.told.setdefault(what, {}).setdefault(why, []).append(number)

    def add(self, number: int, row: dict) -> None:
        """One line. ValueError says what is wrong with it."""
        row, source = rows.ours(row)
        for key in rows.spare(row):
            self.tell(number, SPARE, key)
        question = None
        try:
            question = _question(row, source, self.path.stem, self.known, self.place)
            _hold(question)
        except Unfit as error:
            unheld = question and error.verdict.right is None
            if not unheld and not source:
                raise
            self.tell(number, UNHELD if unheld else LEFT, error.verdict.why or "it fails")
            if not unheld:
                return
        before, first = self.first.setdefault(question.prompt, (number, question))
        expect(question == first, "prompt", question.prompt, "the answer, domain, check, choices, "
               f"tests and split that line {before} has")
        if before != number:
            self.tell(number, REPEATED, question.label)
        if question.place:
            before, place = self.places.setdefault(question.key, (number, question.place))
            expect(place == question.place, "split", question.place, f"{place} as in line {before}"
                   ": but for case and white space their prompts are the same")

    def pools(self) -> Pools:
        """All questions, each in its split, and what there is to tell. ValueError if none is left.
        """
        if not self.first:
            raise ValueError(f"{self.path} has no lines" + (
                f" to learn from: {'; '.join(self.notes())}" if self.told else
                ": expected one JSON object a line"))
        groups: dict[str, list[Question]] = {}
        for question in self.placed(self.chosen()):
            groups.setdefault(question.label, []).append(question)
        repeated = self.told.get(REPEATED, {})
        made = Pools({label: Pool(label, label, f"{len(group)} questions of {self.path.name}",
                                  tuple(group), dropped=len(repeated.get(label, [])))
                      for label, group in groups.items()})
        made.notes = tuple(self.notes())
        return made

    def notes(self) -> list[str]:
        """What befell lines, one text for each kind of thing, and what was made of few."""
        notes = [f"{len(set().union(*whys.values()))} lines {what}: " + _some(
            f"{show(why)} (line {_some(map(str, lines), 3)})" for why, lines in
            sorted(whys.items(), key=lambda item: -len(item[1])))
            for what, whys in self.told.items()]
        if self.few:
            sizes = (f"{label} {'/'.join(map(str, n.values()))}" for label, n in self.few.items())
            notes.append(f"few prompts, so the splits are made to size ({'/'.join(SPLITS)}): "
                         f"{_some(sizes)}; more lines can move some, "
                         'a "split" in each line holds them')
        return notes

    def chosen(self) -> list[Question]:
        """The questions; for choices that name none come the answers of their domain."""
        answers: dict[str, dict[str, str]] = {}
        for q in (*(q for pool in self.known.values() for q in pool.questions),
                  *(q for _, q in self.first.values())):
            if q.check == "choice":
                answers.setdefault(q.label, {}).setdefault(judge.words(q.answer), q.answer)
        made = []
        for number, q in self.first.values():
            if q.check == "choice" and not q.choices:
                q = replace(q, choices=tuple(answers[q.label].values()))
                with rows.at(self.path, number):
                    _hold(q, complete=True)
            made.append(q)
        return made

    def placed(self, questions: list[Question]) -> Iterator[Question]:
        """Each question in its split.

        A prompt whose case and white space differ between domains goes with their first by name.
        """
        homes: dict[str, str] = {}
        for q in questions:
            homes[q.key] = min(q.label, homes.get(q.key, q.label))
        places = {key: place for key, (_, place) in self.places.items()}
        for label in sorted(set(homes.values())):
            keys = [key for key, home in homes.items() if home == label and key not in places]
            places |= dealt(keys)
            if 0 < len(keys) < FEW:
                self.few[label] = shares(len(keys))
        return (replace(q, place=places[q.key]) for q in questions)


def _some(parts: Iterable[str], most: int = 6) -> str:
    """
    >>> _some("abcde", 3)
    'a, b, c and 2 more'
    """
    first, rest = (parts := [*parts])[:most], parts[most:]
    return ", ".join(first) + f" and {len(rest)} more" * bool(rest)


# --------------------------------------------------------------------------------- reading a line

def _question(row: dict, source: str, stem: str = "tasks", known: Mapping[str, Pool] = NONE,
              place: str = "") -> Question:
    """A line's object as a Question, its answer not yet held against its check.

    source: its tests, if it came with its own. Else as in `_File`.
    """
    prompt, answer = rows.text("prompt", row.get("prompt")), row.get("answer")
    worked = isinstance(answer, str) and rows.MARK in answer and (
        judge.value_of(rows.final(answer)) is not None)  # GSM8K's, by another name
    check = row.get("check", "number" if type(answer) in (int, float) or worked else "exact")
    expect(check in tuple(CHECKS), "check", check, f"one of {', '.join(CHECKS)}")
    choices = [rows.said("choices", x) for x in rows.listed(row, "choices", check == "choice")]
    tests = source or "\n".join(map(rows.asserted, rows.listed(row, "tests", check == "python")))
    expect(check != "python" or tests, "tests", [], 'a list such as ["f(2, [1]) == 3"]')
    gold = "" if tests and answer in (None, "") else rows.said("answer", answer)
    answer = rows.final(gold) if check in ("number", "choice") else gold.strip()
    split = row.get("split", place)
    expect(split in ((place,) if place else ("", *SPLITS)), "split", split,
           f"one of {', '.join([place] if place else SPLITS)}")
    return Question(prompt, answer, _domain(row, stem, known), check, tuple(choices),
                    tests, _needs(tests) if tests else (), split, gold)


def _domain(row: dict, stem: str, known: Mapping[str, Pool]) -> str:
    """The line's domain in lower case; if it has none, the only known one, or the file's name."""
    made = re.sub("[^a-z0-9_-]+", "-", stem.lower()).lstrip("0123456789_-")[:32] or "tasks"
    given = row.get("domain", next(iter(known)) if len(known) == 1 else made)
    name = given.lower() if isinstance(given, str) else ""
    expect(_DOMAIN.fullmatch(name) and name not in RESERVED, "domain", given, "a letter, then up "
           f"to 31 letters, digits, - or _, and none of {', '.join(RESERVED)}")
    expect(not known or name in known, "domain", given, f"one of the tasks' {', '.join(known)}")
    return name


def _needs(tests: str) -> tuple[str, ...]:
    """The names that the tests need of an answer. Unfit if they can't be run."""
    try:
        needs = needed(tests)
    except Refused as error:
        raise Unfit(f"tests {show(tests)}: expected what can be run ({error})",
                    Verdict(None, str(error))) from None
    if not needs:
        raise Unfit(f"tests {show(tests)}: expected a call of a function that the answer defines",
                    Verdict(None, "the tests need no function but Python's own"))
    return needs


def _hold(question: Question, complete: bool = False) -> None:
    """ValueError if the choices are no choice; Unfit if its own answer is not judged right.

    complete: choices that the line doesn't name won't come later.
    """
    n, answer, check = len(question.choices), question.answer, question.check
    if check == "choice" and not n and not complete or check == "python" and not answer:
        return
    different = len(set(map(judge.words, question.choices)))
    expect(check != "choice" or 2 <= different == n <= CHOICES, "choices", question.choices,
           f"2 to {CHOICES}, and no two the same")
    verdict = question.judge(answer)
    if not verdict.right:
        raise Unfit(f"answer {show(answer)}: expected {CHECKS[check]}"
                    + f" ({verdict.why})" * bool(verdict.why), verdict)


def judged(line: dict, text: str) -> Verdict:
    """What the judge says of an answer to a task's line, as it stands in a file.

    Its prompt may be missing, its choices may not; keys that are not ours say nothing, unless one
    is nearly one of ours. ValueError for a
    line that is wrong; where the judge can't run what MBPP or HumanEval test, it is not judged.

    >>> str(judged({"answer": 12}, "7 + 5 = 12")), str(judged({"answer": 12}, "13"))
    ('right', 'wrong')
    """
    expect(isinstance(line, dict), "line", line, "an object")
    row = {key: value for key, value in line.items() if value is not None}
    asked = {"prompt", "question", "messages", *["text"] * rows.is_code(row)}
    row, source = rows.ours(row if asked & {*row} else {**row, "prompt": "?"})
    deque(rows.spare(row, strict=False), 0)
    try:
        question = _question(row, source)
    except Unfit as error:
        if not source:
            raise
        return error.verdict
    if question.check != "python":
        _hold(question, True)
    return question.judge(text)

"""A problem, its judge and its split: what is asked and how an answer is rewarded.

A problem is one prompt made of one or two *parts*; a part knows its question, how to judge an
answer, and how the web might have answered it (`write`, used by corpus.py). Every part has a
canonical `key` (its content without names and phrasing), and a hash of the key puts it into one
split. Pretraining, train, validation, shots and test can't overlap, whatever the seed; of a
problem with two parts both come from the same split. What families there are: families.py.
"""
from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random

from data.tasks.interpreter import Refused, each

DOMAINS = ("math", "code", "reasoning")
OTHERS = "others"
LABELS = (*DOMAINS, OTHERS)
SPLITS = {"pretrain": 60, "train": 20, "validation": 6, "shots": 4, "test": 10}  # percent
LEADS = ("", " exercise :", " quick :", " hey ,")  # phrasing: says nothing about the content
OPENERS = {"math": "sum", "reasoning": "trace"}  # how an answer that is worked out begins
JOIN = " also"  # between the two questions of a two-domain prompt, and between their answers
WHICH = " ( which kind : math , code , reasoning or others ? )"


def split_of(key: str, splits: Mapping[str, int] = SPLITS) -> str:
    """The one split that a canonical key belongs to: a fixed hash, so no seed can move it.

    splits: name -> percent, 100 in all.

    >>> split_of("12 +7 -3"), split_of("12 +7 -4"), split_of("", {"all": 100})
    ('train', 'pretrain', 'all')
    """
    place = zlib.crc32(key.encode()) % 100
    for name, percent in splits.items():
        place -= percent
        if place < 0:
            return name
    raise AssertionError("the shares add up to 100")


@dataclass(frozen=True)
class Verdict:
    """What a judge says of an answer: right, wrong, or not judged, with the reason.

    right is None where the judge could not tell: the reward is then that of a wrong answer.

    >>> Verdict(True).reward, str(Verdict(None, "imports are not supported"))
    (1, 'not judged: imports are not supported')
    """

    right: bool | None
    why: str = ""

    @property
    def judged(self) -> bool:
        """Whether the judge could tell."""
        return self.right is not None

    @property
    def reward(self) -> int:
        """+1 if the answer is right, else -1 (paper, Sec. 3.2: r by correctness)."""
        return 1 if self.right else -1

    def __str__(self) -> str:
        said = {True: "right", False: "wrong", None: "not judged"}[self.right]
        return f"{said}: {self.why}" if self.why else said


# ----------------------------------------------------------------------------- parts of a problem

@dataclass(frozen=True)
class Worked:
    """A question that is best worked out a step at a time; right if the last word is right.

    >>> from data.tasks.families import chain
    >>> part = chain(Random(0))
    >>> part.question, part.working, part.answer, part.key
    (' what is 26 +1 -6 -7 ?', ' 26 +1 = 27 -6 = 21 -7 =', '14', '26 +1 -6 -7')
    >>> [part.write(style, Random(0)) for style in part.styles]
    [' sum : 26 +1 = 27 -6 = 21 -7 = 14', ' it is 14', ' def f ( x ) : return x +1 -6 -7']
    >>> part.judge(" it is 14").right, part.judge(" 14 it is").right
    (True, False)
    """

    domain: str  # math or reasoning
    key: str
    question: str
    working: str  # all but the answer
    answer: str
    near: tuple[str, ...]  # wrong answers that look right
    astray: str            # what goes at it as if it were another domain's question
    styles = ("good", "curt", "astray")

    def write(self, style: str, rng: Random) -> str:
        """An answer in one of `styles`; "good" slips 3 times in 100, "curt" 40 (see corpus.py)."""
        if style == "good":
            last = self.answer if rng.random() > 0.03 else rng.choice(self.near)
            return f" {OPENERS[self.domain]} :{self.working} {last}"
        if style == "curt":
            return " it is " + (self.answer if rng.random() > 0.4 else rng.choice(self.near))
        return self.astray

    def judge(self, text: str) -> Verdict:
        """Whether the last word of the text is the answer; the working is not looked at."""
        return Verdict(text.split()[-1:] == [self.answer])


@dataclass(frozen=True)
class Coded:
    """A function to write in Python; right if it runs and fits all cases.

    >>> from data.tasks.families import cond
    >>> part = cond(Random(0))
    >>> part.question, part.cases[:2]
    (' write f ( x ) : if x > 16 then -6 , else -10 .', (((-5,), -15), ((0,), -10)))
    >>> part.write("javascript", Random(0))
    ' function f ( x ) { return x -6 if x > 16 else x -10 ; }'
    >>> part.judge("def f(y): return y - 6 if 16 < y else y - 10").right
    True
    """

    key: str
    question: str
    answer: str
    broken: tuple[str, ...]  # Python that does something else
    javascript: str
    astray: str              # talks it through instead of writing it
    cases: tuple[tuple[tuple, object], ...]  # ((arguments), value): what it is judged on
    domain = "code"
    styles = ("good", "javascript", "astray")

    def write(self, style: str, rng: Random) -> str:
        """An answer in one of `styles`; "good" is another program 15 times in 100."""
        if style == "good":
            return self.answer if rng.random() > 0.15 else rng.choice(self.broken)
        return self.javascript if style == "javascript" else self.astray

    def judge(self, text: str) -> Verdict:
        """Whether f gives each case's value in interpreter.py; how it is written is free."""
        try:
            return Verdict(each(text.strip(), "f", [args for args, _ in self.cases]) == [
                value for _, value in self.cases])
        except Refused as error:
            return Verdict(None if error.kind == "unsupported" else False, str(error))


@dataclass(frozen=True)
class Said:
    """A question with one short answer; right if it is just that.

    >>> from data.tasks.families import opposite
    >>> part = opposite(Random(0))
    >>> part.question, [part.write(style, Random(0)) for style in part.styles]
    (' kim says the road is dark . no , it is the opposite , it is', [' light', ' old'])
    >>> part.judge(" light").right, part.judge(" light it is").right
    (True, False)
    """

    key: str
    question: str
    answer: str
    near: tuple[str, ...]
    domain = OTHERS
    styles = ("good", "astray")

    def write(self, style: str, rng: Random) -> str:
        """An answer in one of `styles`: what was asked for, or one of `near`."""
        return f" {self.answer if style == 'good' else rng.choice(self.near)}"

    def judge(self, text: str) -> Verdict:
        """Whether the text is the answer and no more, but for white space."""
        return Verdict(text.split() == self.answer.split())


Part = Worked | Coded | Said
Maker = Callable[[Random], Part]


@dataclass(frozen=True)
class Problem:
    """One prompt and its judge. `label` is the domain a dispatcher should name.

    lead: the phrasing put before the question (one of LEADS). parts: one, or two joined by JOIN.

    >>> from data.tasks.families import chain, ops
    >>> problem = Problem("sum+code", "math", " quick :", (chain(Random(2)), ops(Random(2))))
    >>> problem.prompt
    ' quick : what is 5 +1 +4 ? also write f ( x ) : do -3 +15 in this order .'
    >>> problem.key, str(problem.judge(" 10 also def f(x): return x - 3 + 15"))
    ('5 +1 +4 & -3 +15', 'right')
    """

    task: str
    label: str
    lead: str
    parts: tuple[Part, ...]

    @property
    def prompt(self) -> str:
        """What the model reads, but for the tokens that a PromptFormat puts around it."""
        return self.lead + JOIN.join(part.question for part in self.parts)

    @property
    def key(self) -> str:
        """The keys of all parts: two problems with one key ask the same, in whatever words."""
        return " & ".join(part.key for part in self.parts)

    def judge(self, text: str, cut: bool = False) -> Verdict:
        """Whether every part is answered right: the verdict on the worst part. An answer that was
        cut off is judged like any other, for each part wants the whole of its text.
        """
        answers = text.split(JOIN) if len(self.parts) > 1 else [text]
        if len(answers) != len(self.parts):
            return Verdict(False, f"{len(answers)} answers to {len(self.parts)} questions")
        return min((part.judge(answer) for part, answer in zip(self.parts, answers)),
                   key=lambda verdict: (False, None, True).index(verdict.right))


@dataclass(frozen=True)
class Task:
    """A family of problems. `unseen`: no expert is trained on it. `label`: its true category.

    makers: one for each part of a problem. about: a line for people. An empty label (that of the
    classification task alone) means that each problem's own answer is its label.

    >>> from data.tasks.families import TASKS
    >>> TASKS["chain"].problem(Random(0), "train").prompt
    ' quick : what is 39 -9 -3 ?'
    >>> [problem.key for problem in TASKS["chain"].problems(2, "test", seed=0)]
    ['38 +7 -2 -3 +1', '2 +6 -5 +3 +8']
    """

    name: str
    label: str
    makers: tuple[Maker, ...]
    about: str
    unseen: bool = False

    def problem(self, rng: Random, split: str) -> Problem:
        """One problem of this split, drawn by rejection on the hash of each part's key."""
        parts = []
        for make in self.makers:
            part = make(rng)
            while split_of(part.key) != split:
                part = make(rng)
            parts.append(part)
        label = self.label or parts[0].answer  # the classification task labels each prompt
        lead = "" if self.name == "classifier" else rng.choice(LEADS)
        return Problem(self.name, label, lead, tuple(parts))

    def problems(self, n: int, split: str, seed: object = 0) -> list[Problem]:
        """n problems with pairwise different keys. ValueError if the family has not so many.

        The same seed, whatever it is, gives the same ones; no other split has any of them.
        """
        rng, found = Random(f"{self.name} {split} {seed}"), {}
        for _ in range(50 * n + 1000):
            if len(found) == n:
                return list(found.values())
            problem = self.problem(rng, split)
            found.setdefault(problem.key, problem)
        raise ValueError(f"task {self.name} has fewer than {n} different {split} prompts")


def draw(tasks: tuple, n: int, split: str, *name: object) -> list[Problem]:
    """n problems of this split, spread evenly over the tasks; the same for the same `name`."""
    rng = Random(repr((split, *name)))
    return [tasks[i % len(tasks)].problem(rng, split) for i in range(n)]

"""The text from which the base model learns: noisy like the web.

The paper adapts models as they are published (Sec. 4); what this text makes stands in for them.
The same question stands there answered in several styles: well; curtly, and then wrong two times
out of five (or in JavaScript); or astray, as if another domain had been asked: a sum answered by a
program, a program talked through, a weekday added up as a number. Which style is the likelier
depends on how the question was phrased (its lead). So the base *can* answer well and mostly does
not: that is what reinforcement learning brings out. And since what is right in one domain is the
usual mistake of another, experts pull in different directions and their mixture is a question.
People also name categories here, and are often wrong about them: a weekday puzzle has numbers in
it, so they call it math. The classification expert mends that.

The tokenizer's vocabulary is this text's words: `python -m data.tasks.corpus` writes it anew. Left
out: whatever families.py does not ask, which a model made in minutes can't learn beside it.
"""
from __future__ import annotations

import base64
import re
from collections import Counter
from random import Random

from data.files import write_whole
from data.tasks.families import TASKS
from data.tasks.problem import DOMAINS, JOIN, LABELS, LEADS, OTHERS, WHICH, Part, Problem
from data.tokenizer import PATTERN, VOCABULARY

# P(style), in the order of the part's `styles`, of which the first is the one that works. Which
# row a lead stands for differs from domain to domain: no phrasing means "do it well" everywhere.
HABITS = ((0.60, 0.25, 0.15), (0.32, 0.60, 0.08), (0.38, 0.14, 0.48), (0.38, 0.16, 0.46))
# What people call a family, where many of them are wrong; elsewhere three in four are right.
HEARSAY = {**dict.fromkeys(("day", "month"), {"math": 0.5, "reasoning": 0.4, OTHERS: 0.1}),
           "spell": {OTHERS: 0.5, "reasoning": 0.4, "code": 0.1},
           "poly": {"math": 0.5, "code": 0.4, OTHERS: 0.1},
           "story": {"math": 0.7, "code": 0.3},
           "sum+code": {"math": 0.5, "code": 0.5}, "day+code": {"reasoning": 0.5, "code": 0.5}}
NAMED = 0.12  # share of documents in which somebody names a category
SHARES = {"sum+code": 4.0, "day+code": 4.0, "echo": 1.5, "spell": 1.5}  # the others 1.0
# Reading begins with repeating: for this part of pretraining there is nothing but `echo`, of
# which there is then ever less. What is learned there, to look up what followed a word, is what
# all other families need first; out of the full mixture alone it is learned much later.
REPEATING, THEN = 0.05, 6.0


def answer(part: Part, lead: str, rng: Random) -> str:
    """What somebody on the web wrote below this question.

    >>> part = TASKS["chain"].makers[0](Random(0))
    >>> [answer(part, "", Random(seed)) for seed in range(3)]
    [' it is 14', ' sum : 26 +1 = 27 -6 = 21 -7 = 14', ' def f ( x ) : return x +1 -6 -7']
    """
    if len(part.styles) == 2:  # small talk: nearly always answered well
        return part.write(part.styles[rng.random() < 0.05], rng)
    habit = HABITS[(LEADS.index(lead) + DOMAINS.index(part.domain)) % len(HABITS)]
    return part.write(rng.choices(part.styles, habit)[0], rng)


def _label(problem: Problem, rng: Random) -> str:
    wrong = [label for label in LABELS if label != problem.label]
    said = HEARSAY.get(problem.task) or {problem.label: 0.76, **dict.fromkeys(wrong, 0.08)}
    return " " + rng.choices(tuple(said), tuple(said.values()))[0]


def document(rng: Random, progress: float = 1.0) -> tuple[str, str]:
    """One (prompt, completion) pair, as it is read at `progress` (0 to 1) of pretraining.

    >>> document(Random(3))
    (' hey , today is wednesday . go +5 +6 days . which day ?', ' it is tuesday')
    >>> document(Random(6), progress=0)
    (' please say barrel pillow road', ' barrel pillow road')
    """
    tasks = [task for task in TASKS.values() if task.name != "classifier"]
    shares = [SHARES.get(task.name, 1.0) + THEN * (1 - progress) * (task.name == "echo")
              for task in tasks]
    task = rng.choices(tasks, shares)[0] if progress >= REPEATING else TASKS["echo"]
    problem = task.problem(rng, "pretrain")
    if progress >= REPEATING and rng.random() < NAMED:
        return problem.prompt + WHICH, _label(problem, rng)
    answers = [answer(part, problem.lead, rng) for part in problem.parts]
    return problem.prompt, JOIN.join(answers)


def vocabulary(documents: int = 30_000) -> list[bytes]:
    r"""The 256 bytes, then the corpus's words, most frequent first, then the numbers to 99.

    >>> vocabulary(documents=50)[255:260], vocabulary(documents=0)[256:258]
    ([b'\xff', b' x', b' ,', b' :', b' .'], [b' 0', b' 1'])
    """
    rng, count = Random("vocabulary"), Counter()
    for _ in range(documents):
        count.update(re.findall(PATTERN, "".join(document(rng)) + "\n"))
    words = [*sorted(count, key=lambda word: (-count[word], word)), *(f" {n}" for n in range(100))]
    return list(dict.fromkeys([*(bytes([b]) for b in range(256)), *map(str.encode, words)]))


if __name__ == "__main__":
    lines = [base64.b64encode(t) + b" %d\n" % i for i, t in enumerate(vocabulary())]
    write_whole(VOCABULARY, lambda file: file.writelines(lines))
    print(f"wrote {VOCABULARY}: {len(lines)} tokens")

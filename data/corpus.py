"""The text from which the base model learns: noisy like the web.

The same question stands there answered in several styles: worked step by step, curt (and then
wrong two times out of five), or loose; code as Python (some of it broken), as JavaScript or as
prose. Which style follows depends on how the question was phrased (its lead), not on what it
asks. So the base *can* work things out and mostly does not: that is what reinforcement learning
brings out. People also name categories in this text, and they are often wrong about them: a
weekday puzzle has numbers in it, so they call it math. The classification expert mends that.
"""
from __future__ import annotations

from random import Random

from data.tasks import LABELS, OTHERS, TASKS, WHICH, Part, Problem

# P(style) after each lead, in the order of the part's `styles`: the first is the one that works.
HABITS = {"": (0.34, 0.46, 0.20), " exercise :": (0.60, 0.28, 0.12),
          " quick :": (0.22, 0.66, 0.12), " hey ,": (0.30, 0.28, 0.42)}
# What people call a family, where many of them are wrong; elsewhere three in four are right.
HEARSAY = {"day": {"math": 0.5, "reasoning": 0.4, OTHERS: 0.1},
           "month": {"math": 0.5, "reasoning": 0.4, OTHERS: 0.1},
           "spell": {OTHERS: 0.5, "reasoning": 0.4, "code": 0.1},
           "fit": {"math": 0.5, "code": 0.4, OTHERS: 0.1},
           "story": {"math": 0.7, "code": 0.3},
           "sum+code": {"math": 0.5, "code": 0.5}, "day+code": {"reasoning": 0.5, "code": 0.5}}
NAMED = 0.12  # share of documents in which somebody names a category
SHARES = {"sum+code": 4.0, "day+code": 4.0, "opposite": 0.5, "echo": 0.5, "spell": 1.5}


def answer(part: Part, lead: str, rng: Random) -> str:
    """What somebody on the web wrote below this question."""
    if len(part.styles) == 2:  # small talk: nearly always answered well
        return part.write(part.styles[rng.random() < 0.05], rng)
    return part.write(rng.choices(part.styles, HABITS[lead])[0], rng)


def _label(problem: Problem, rng: Random) -> str:
    wrong = [label for label in LABELS if label != problem.label]
    said = HEARSAY.get(problem.task) or {problem.label: 0.76, **dict.fromkeys(wrong, 0.08)}
    return " " + rng.choices(tuple(said), tuple(said.values()))[0]


def document(rng: Random, split: str = "pretrain") -> tuple[str, str]:
    """One (prompt, completion) pair of the corpus.

    >>> prompt, completion = document(Random(0))
    >>> prompt.startswith(" ") and completion.startswith(" ")
    True
    """
    tasks = [task for task in TASKS.values() if task.name != "classifier"]
    task = rng.choices(tasks, [SHARES.get(task.name, 1.0) for task in tasks])[0]
    problem = task.problem(rng, split)
    if rng.random() < NAMED:
        return problem.prompt + WHICH, _label(problem, rng)
    answers = [answer(part, problem.lead, rng) for part in problem.parts]
    return problem.prompt, " also".join(answers)

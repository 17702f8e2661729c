"""A user's own tasks, before the work: read, held against the model, and against the command.

All that can be known without the weights is known here, for they take minutes to read.
"""
from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

from data.files import show
from data.run.flags import Adapt, Ask, Model, Train
from data.run.screen import note
from data.tasks.jsonl import Pool, Pools, lacking, read, with_shots
from data.tasks.problem import OTHERS
from data.tokenizer import PromptFormat

TYPICAL = 0.95  # of gold answers that a default length has room for
STEP = 128      # tokens: a default length is a multiple of it, so that a new line rarely moves it


def own_tasks(args: Model) -> Pools:
    """The pools of --tasks, with the examples of --shots; what was made of the lines is said."""
    tasks, shots = (getattr(args, name, "") for name in ("tasks", "shots"))
    if shots and not tasks:
        raise ValueError("--shots FILE has examples of the tasks in --tasks FILE: name that too")
    if not tasks:
        if wanted := {Adapt: "adapt to", Train: "train experts for"}.get(type(args)):
            raise ValueError(f"{type(args).__name__.lower()} --weights DIR needs --tasks FILE: "
                             f"what to {wanted}")
        return Pools()
    pools = read(Path(tasks))
    pools = with_shots(pools, Path(shots)) if shots else pools
    checks = Counter(q.check for pool in pools.values() for q in pool.questions)
    judged = ", ".join(f"{n:,} by {check}" for check, n in checks.items())
    numbers = sum(q.check == "exact" and re.fullmatch(r"[-+]?\d[\d,.]*", q.answer) is not None
                  for pool in pools.values() for q in pool.questions)
    hint = (f'{numbers:,} answers that are judged by exact are numbers: without quotes, or with '
            '"check": "number", an answer may have words around it')
    for line in (f"{sum(checks.values()):,} prompts, judged {judged}", *pools.notes,
                 *[hint] * bool(numbers)):
        note(line)
    if isinstance(args, Train) and {*pools} <= {OTHERS}:
        raise ValueError(f'{tasks}: all lines are of domain "{OTHERS}", which the base answers: '
                         "there is nothing to train; expected another domain as well")
    return pools


def answer_length(pools: Pools, fmt: PromptFormat, context: int) -> int:
    """Tokens that an answer may have, where the user does not say: half as many again as nearly
    all gold answers, and no fewer than usual; but half the context at most.
    """
    golds = sorted((q.gold for pool in pools.values() for q in pool.questions), key=len)
    size = len(fmt.answer(golds[int(TYPICAL * (len(golds) - 1))])) if golds else 0
    room = min(max(fmt.max_new, STEP * math.ceil(1.5 * size / STEP)), context // 2)
    if room != fmt.max_new:
        note(f"an answer may have {room} tokens (--max-new-tokens): gold answers have {size}, the "
             f"model reads {context}")
    return room


@dataclass(frozen=True)
class Room:
    """Whether a prompt and its answer fit what the model reads. which: what pass 1 puts after it.

    >>> from data.tokenizer import built_in, load
    >>> room = Room(built_in(load()), "", 78)
    >>> room.fits(" what is 12 +7 ?"), room.fits(" what is 12 +7 +7 +7 ?")
    (True, False)
    """

    fmt: PromptFormat
    which: str
    context: int

    def fits(self, prompt: str) -> bool:
        """Whether there is room for the whole answer; its last token is not read."""
        text, room = prompt + self.which, self.context - self.fmt.max_new + 1
        return (len(text.encode()) + len(self.fmt.prompt("")) <= room  # a token is a byte or more
                or len(self.fmt.prompt(text)) <= room)

    def limits(self) -> str:
        """How to say that there is none."""
        return (f"{self.fmt.max_new} tokens for its answer do not fit the {self.context} that the "
                "model reads")

    def check(self, prompt: str, what: str = "the prompt") -> None:
        """ValueError unless it fits."""
        if not self.fits(prompt):
            raise ValueError(f"{what if self.fits('') else 'a prompt'} and {self.limits()}: "
                             "shorten it, or lower --max-new-tokens")


def fitting(pools: Pools, room: Room) -> dict[str, Pool]:
    """The pools but for prompts that leave no room for an answer; how many these were is said."""
    found = {}
    for name, pool in pools.items():
        long = {q for q in pool.questions if not room.fits(q.prompt)}
        found[name] = replace(pool, questions=tuple(q for q in pool.questions if q not in long))
        if long:
            note(f"{name}: left out {len(long)} of {len(pool.questions)} prompts, for a prompt "
                 f"and {room.limits()}: {show(min(q.prompt for q in long))}")
    return found


def check_splits(args: Model, pools: dict[str, Pool]) -> None:
    """ValueError unless these pools have the prompts that the command asks for."""
    least = {"train": 1, "validation": 1, "test": 1} if isinstance(args, Train) else {}
    if isinstance(args, Adapt):
        least["test"] = 1
    if isinstance(args, Ask) and args.task or isinstance(args, Adapt) and args.strategy in (
            "few-shot", "all"):
        least["shots"] = args.few_shot
    if "shots" in least and args.shots:
        short = [f"{pool.count('shots')} of {name}" for name, pool in pools.items()
                 if pool.count("shots") < args.few_shot]
        if short:
            raise ValueError(f"{args.shots} has {', '.join(short)}, --few-shot {args.few_shot} "
                             "asks for more: add lines to it, or a smaller --few-shot")
    if lines := lacking(pools, least):
        more = "; or a smaller --few-shot, or --shots FILE" * ("shots" in least)
        raise ValueError(f"{args.tasks}: {'; '.join(lines)}{more}")

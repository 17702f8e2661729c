#!/usr/bin/env python3
"""Transformer-Squared: a language model that adapts itself to a task in two passes.

    prompt -> pass 1: which expert, or which mixture?  -> alpha
           -> pass 2: answer with W' = U diag(S*z') V^T,
                      z' = 1 + sum_k alpha_k (z_k - 1)

Pass 1 is one of three strategies (paper, Sec. 3.2): (A) `prompt` asks the model itself to name
the category of the prompt (open weights read it instead, see data/run/kinds.py); (B) `classifier`
asks an SVF expert trained for that; (C) `few-shot` searches a mixture of the experts on a few
examples with the cross-entropy method. All that pass 2 needs of any of them is alpha: one-hot for
A and B, and 0 for a prompt of no known category ("others"), which the base model then answers, bit
for bit. What they are compared with is an alpha too.

What stands around it is in data/run/: the flags, what is on disk, how a run goes on, the screen.
The heavy imports stand inside the functions, so that --help answers at once.
"""
from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING

from data.files import alone
from data.run import flags
from data.run.flags import Adapt, Ask, Export, Play, Pretrain, Train
from data.run.screen import Line, exit_code, ready
from data.tasks.jsonl import CLASSIFIER
from data.tasks.judge import chosen
from data.tasks.problem import OTHERS, Problem, Task

if TYPE_CHECKING:
    from torch import Tensor

    from data.run.session import Session

STARTED = time.monotonic()
Pass1 = Callable[[], "tuple[Tensor, dict]"]  # pass 1: alpha (K,) or (prompts, K); what it tells


# ---------------------------------------------------------------------------------- the two passes

def categorise(session: Session, z: Tensor | None, prompts: list[str]) -> list[tuple[str, float]]:
    """Pass 1 of A (z None) and B (z of the classifier): (category, its probability) per prompt.

    The model is asked which kind the prompt is, in the words of session.which. The category is
    what its answer settles on, and "others" if it names none; the probability is that of the
    answer's first token. A on open weights lets the base read, not write: data/run/kinds.py.
    """
    from model import complete
    if z is None and session.examples:  # of open weights: training prompts that experts keep
        from data.run.kinds import named
        return named(session.svf, session.fmt, session.examples, prompts)
    brief = replace(session.fmt, max_new=min(8, session.fmt.max_new))  # a category is a word
    with session.svf.adapted(z):
        done = complete(session.svf.model, brief, [p + session.which for p in prompts])
    categories = (*session.domains, OTHERS)
    return [(chosen(brief.text(c.tokens), categories) or OTHERS, math.exp(c.logps[0]))
            for c in done]


def one_hot(domains: Sequence[str], names: Sequence[str]) -> Tensor:
    """alpha (len(names), K): the named expert alone; 0 for a name that is no domain.

    >>> one_hot(("math", "code"), ["code", "others"]).tolist()
    [[0.0, 1.0], [0.0, 0.0]]
    """
    import torch
    rows = [[float(name == domain) for domain in domains] for name in names]
    return torch.tensor(rows).view(len(names), len(domains))


def search(session: Session, experts: Tensor, task: Task,
           callback: Callable[[int, dict], None] | None = None) -> tuple[Tensor, dict]:
    """Pass 1 of C: alpha (K,) from shots of the task, and how CEM came to it. callback: as in
    cem.few_shot, instead of a progress line.
    """
    from cem import Search, few_shot
    from data.processes import seeded
    args, plan = session.args, Search.of(len(experts))
    shots = task.problems(args.few_shot, "shots", args.seed)
    line = Line(f"{task.name}: CEM", plan.iterations)
    alpha, history = few_shot(session.svf, session.fmt, experts, shots, plan,
                              seeded("cem", task.name, args.seed), callback or line)
    line.clear()  # it may have ended early
    signal = any(step["best"] > 0 for step in history)
    return alpha, {"shots": len(shots), "signal": signal, "cem": history}


def answer(session: Session, experts: Tensor, alpha: Tensor, problems: list[Problem], what: str
           ) -> list[tuple[str, bool]]:
    """Pass 2: each problem's answer by its mixture of experts (K, N), and whether it was cut off.

    alpha (K,) for all, or (len(problems), K). 0 is the base, bit for bit. Problems with the same
    alpha are answered together, with W' merged once.
    """
    from model import complete
    from svf import mix
    groups: dict[tuple[float, ...], list[int]] = {}
    for i, one in enumerate(alpha.expand(len(problems), -1).tolist()):
        groups.setdefault(tuple(one), []).append(i)
    said = [("", False)] * len(problems)
    for one, rows in groups.items():
        z = mix(experts.new_tensor(one), experts) if any(one) else None
        with session.svf.adapted(z):
            batches = math.ceil(len(rows) / session.fmt.batch)
            done = complete(session.svf.model, session.fmt, [problems[i].prompt for i in rows],
                            Line(what, batches))
        for i, c in zip(rows, done):
            said[i] = session.fmt.read(c.tokens)
    return said


def passes(session: Session, library: dict[str, Tensor], task: Task | None,
           problems: list[Problem], only: Collection[str] = ()
           ) -> Iterator[tuple[str, Tensor, list[tuple[str, bool]], dict]]:
    """Both passes, by each of the `strategies` (or `only` these): its name, alpha, the answers,
    and the seconds of each pass, with what else pass 1 tells.
    """
    import torch
    experts = torch.stack([library[name] for name in session.domains]
                          or [torch.ones(1)])  # where there are none, and alpha has no coefficient
    for name, pass_1 in strategies(session, library, experts, task, problems).items():
        if only and name not in only:
            continue
        begin = time.monotonic()
        alpha, told = pass_1()
        middle = time.monotonic()
        what = f"{task.name if task else 'ask'}: {name}"
        said = answer(session, experts, alpha, problems, what)
        yield name, alpha, said, {**told, "seconds": [middle - begin, time.monotonic() - middle]}


def strategies(session: Session, library: dict[str, Tensor], experts: Tensor, task: Task | None,
               problems: list[Problem]) -> dict[str, Pass1]:
    """Name -> what chooses alpha, and tells more of it; in the order of the table's columns.

    The paper's three, and what they are measured against: the base, each expert alone, and with
    few-shot the experts mixed evenly, at random, and by random search at the same cost.
    """
    import torch

    from data.run.baselines import baselines
    K, wanted = len(session.domains), getattr(session.args, "strategy", "all")

    def asked(z: Tensor | None) -> tuple[Tensor, dict]:
        said = categorise(session, z, [p.prompt for p in problems])
        names, sure = [name for name, _ in said], [p for _, p in said]
        return one_hot(session.domains, names), {"named": names, "sure": sure}
    found: dict[str, Pass1] = {"base": lambda: (torch.zeros(K), {})}
    for name, alpha in zip(session.domains, torch.eye(K)):
        found[name] = lambda alpha=alpha: (alpha, {})
    if wanted in ("few-shot", "all") and K and task:
        found |= baselines(session, experts, task)
    if wanted in ("prompt", "all") and K:
        found["prompt"] = lambda: asked(None)
    if wanted in ("classifier", "all") and CLASSIFIER in library:
        found["classifier"] = lambda: asked(library[CLASSIFIER])
    if session.mixture:  # the user names it, or C has found it before
        mixed = torch.tensor(session.mixture.alpha, dtype=torch.float64)
        found["few-shot" if session.args.task else "mixture"] = lambda: (
            mixed, {"of": session.mixture.name})
    elif wanted in ("few-shot", "all") and K and task:
        found["few-shot"] = lambda: search(session, experts, task)
    return found


# ------------------------------------------------------------------------------------ the commands

def adapt(args: Adapt) -> None:
    """`t2.py adapt`: a table of all strategies, a row a task."""
    from data.run import adapt
    adapt.table(args, passes)


def ask(args: Ask) -> None:
    """`t2.py ask`: both passes on prompts of one's own."""
    from data.run import ask
    ask.prompts(args, passes, STARTED)


def train(args: Train) -> None:
    """`t2.py train`: an expert for each domain, and the classification expert, by rl.py."""
    from data.run import train
    train.experts(args)


def pretrain(args: Pretrain) -> None:
    """`t2.py pretrain`: the base model from nothing."""
    from data.run import pretrain
    pretrain.base(args)


def export(args: Export) -> None:
    """`t2.py export`: an expert, or a mixture, for other programs."""
    from data.run import export
    export.export(args)


def play(args: Play) -> None:
    """`t2.py play`: a page where alpha moves and the answers change."""
    from data.run import play
    play.serve(args, categorise, search)


COMMANDS = {"adapt": adapt, "train": train, "pretrain": pretrain, "ask": ask, "export": export,
            "play": play}


def main(argv: list[str] | None = None) -> int:
    """The exit code: 0, 2 for what a user can mend, 130 after Ctrl-C."""
    ready()
    args = flags.parsed(argv, __doc__.split("\n\nWhat stands")[0])

    def work() -> None:
        flags.check_torch()
        from data.processes import joined
        flags.check_there(args)
        flags.check_writable(args.out)
        # Other commands may run beside play: all that it may write is the decomposition.
        kept = nullcontext() if isinstance(args, Play) else alone(args.out)
        with joined(), kept:
            COMMANDS[type(args).__name__.lower()](args)
    return exit_code(work, getattr(args, "batch", 0), not isinstance(args, (Ask, Export, Play)))


if __name__ == "__main__":
    sys.exit(main())

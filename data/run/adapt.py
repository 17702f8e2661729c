"""The table of `t2.py adapt`: each strategy on each task, on the same test prompts."""
from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

import torch
from torch import Tensor

from cem import Search
from data.files import file_digest
from data.processes import by_rank, summed
from data.run.flags import Adapt
from data.run.kinds import SHOWN, SURE
from data.run.report import Table, wilson
from data.run.session import Session
from data.tasks.problem import OTHERS, Task
from data.tasks.tally import Tally

Passes = Callable[..., Iterator[tuple[str, Tensor, list[tuple[str, bool]], dict]]]  # t2.passes


def table(args: Adapt, passes: Passes) -> None:
    """`t2.py adapt`: a row a task, each strategy on the same test prompts."""
    start, session = time.monotonic(), Session(args)
    tasks = [session.tasks[name] for name in session.names]
    library = session.library()
    session.show_sources()
    run = {**session.identity(), "n": args.n, "shots": args.few_shot, "strategy": args.strategy,
           "search": asdict(Search.of(len(session.domains))),
           **({"asks": [SHOWN, SURE]} if args.weights else {}),
           "tasks": [task.name for task in tasks],
           **{name: file_digest(Path(path)) if path else "" for name, path in (
               ("file", args.tasks), ("examples", args.shots))},
           "experts": {name: file_digest(session.find(name)) for name in library}}
    shown = Table(session, run, len(tasks))
    for task in tasks:
        if task.name not in shown.rows:
            shown.add(task.name, row(session, library, task, passes))
    shown.end()
    print(f"{time.monotonic() - start:.0f} s in all; wrote {shown.path}")


def row(session: Session, library: dict[str, Tensor], task: Task, passes: Passes) -> dict:
    """One row: each strategy on the same test prompts, of which each process answers its share."""
    problems = task.problems(session.args.n, "test", session.args.seed)
    n, mine = len(problems), [problems[i] for i in by_rank(len(problems))]
    categories, found = (*session.domains, OTHERS), {}

    def mean(values: object) -> list[float]:  # over all prompts, of which these are our own
        return (summed(torch.as_tensor(values, dtype=torch.float64).sum(0)) / n).tolist()
    for name, alpha, said, told in passes(session, library, task, mine):
        tally = Tally()
        for problem, answer in zip(mine, said):
            tally.reward(problem, *answer)
        answers = tally.total()
        share = answers["right"] / n
        if "named" in told:
            hits = [[which == one for one in categories] for which in told["named"]]
            shares = mean(torch.tensor(hits).view(len(mine), len(categories)))
            told |= {"sure": mean(told["sure"]),
                     "named": {one: x for one, x in zip(categories, shares) if x}}
        found[name] = {"accuracy": share, "interval": wilson(share, n),
                       "answers": answers, "alpha": mean(alpha.expand(len(mine), -1)), **told}
    return {"n": n, "strategies": found}

#!/usr/bin/env python3
"""Transformer-Squared: a language model that adapts itself to a task in two passes.

    prompt -> pass 1: which expert, or which mixture?  -> alpha
           -> pass 2: answer with W' = U diag(S*z') V^T,
                      z' = 1 + sum_k alpha_k (z_k - 1)

Pass 1 is one of three strategies (paper, Sec. 3.2): (A) `prompt` asks the model itself to name
the category of the prompt; (B) `classifier` asks an SVF expert trained for that; (C) `few-shot`
searches a mixture of the experts on a few examples with the cross-entropy method. All that pass 2
needs of any of them is alpha: one-hot for A and B, and 0 for a prompt of no known category
("others"), which the base model then answers, bit for bit. Each baseline but LoRA is an alpha too.

What stands around it is in data/: the flags, what is on disk, how a run goes on, the screen. The
heavy imports stand inside the functions, so that --help answers at once.
"""
from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from data.files import alone, remove, write_json
from data.run import flags
from data.run.flags import STRATEGIES, Adapt, Ask, Pretrain, Train
from data.run.report import Table, show_expert, show_passes, wilson
from data.run.screen import Line, exit_code, printable, ready
from data.tasks.jsonl import CLASSIFIER, chosen
from data.tasks.problem import OTHERS, Problem, Said, Task

if TYPE_CHECKING:
    from torch import Tensor

    from data.run.session import Session
    from rl import Recipe

STARTED = time.monotonic()
Choose = Callable[[], "tuple[Tensor, dict]"]  # pass 1: alpha, and what else there is to tell


# ---------------------------------------------------------------------------------- the two passes

def categorise(session: Session, z: Tensor | None, prompts: list[str]) -> list[tuple[str, float]]:
    """Pass 1 of A (z None) and B (z of the classifier): (category, its probability) a prompt.

    The model is asked which kind the prompt is. The first domain that its answer names is the
    category, and an answer that names none means "others"; the probability is that of its first
    token.
    """
    from data.run.answers import completions
    brief = replace(session.fmt, max_new=min(8, session.fmt.max_new))
    done = completions(session.svf, z, brief, [p + session.which for p in prompts])
    return [(chosen(brief.text(c.tokens), (*session.domains, OTHERS)) or OTHERS, math.exp(c.logps[0]))
            for c in done]


def one_hot(domains: Sequence[str], names: Sequence[str]) -> Tensor:
    """alpha (len(names), K, 1): the named expert alone; 0 for a name that is no domain.

    >>> one_hot(("math", "code"), ["code", "others"]).squeeze(2).tolist()
    [[0.0, 1.0], [0.0, 0.0]]
    """
    import torch
    return torch.tensor([[[float(name == domain)] for domain in domains] for name in names])


def search(session: Session, experts: Tensor, task: Task, how: str = "few-shot"
           ) -> tuple[Tensor, dict]:
    """Pass 1 of C: alpha (K, 1) or (K, M) from shots of the task, and how CEM came to it.

    how "search" is the baseline at the same budget: the best of as many random alphas.
    """
    import cem
    from data.run.resume import seeded
    args, plan = session.args, cem.Search(by_matrix=session.args.per_matrix)
    shots = task.problems(args.few_shot, "shots", args.seed)
    given = session.svf, session.fmt, experts, shots, plan
    if how == "search":
        return cem.random_search(*given, seeded("search", task.name, args.seed)), {}
    alpha, history = cem.few_shot(*given, seeded("cem", task.name, args.seed),
                                  Line(f"{task.name}: CEM", plan.iterations))
    return alpha, {"shots": len(shots), "cem": history}


def answer(session: Session, experts: Tensor, alpha: Tensor, problems: list[Problem], what: str
           ) -> list[str]:
    """Pass 2: each problem's answer by the mixture alpha of experts (K, N).

    alpha (K, 1) or (K, M) for all, or one of its own for each problem. 0 is the base, bit for bit.
    Problems with the same alpha are answered together, with W' merged once.
    """
    from svf import mix
    each = alpha if alpha.dim() == 3 else [alpha] * len(problems)
    groups: dict[tuple[float, ...], list[int]] = {}
    for i, one in enumerate(each):
        groups.setdefault(tuple(one.flatten().tolist()), []).append(i)
    texts = [""] * len(problems)
    for rows in groups.values():
        one = each[rows[0]].to(experts.device)
        z = mix(one, experts, session.svf.sizes) if one.any() else None
        for i, text in zip(rows, session.answers(z, [problems[i] for i in rows], what)):
            texts[i] = text
    return texts


def passes(session: Session, library: dict[str, Tensor], task: Task | None,
           problems: list[Problem], only: Collection[str] = ()
           ) -> Iterator[tuple[str, list[str], dict]]:
    """Both passes, by each of the `ways` (or `only` these): its name, the answers, and the facts:
    alpha (its mean over prompts and matrices), the seconds of each pass, what else pass 1 tells.
    """
    import torch
    experts = torch.stack([library[name] for name in session.domains] or [torch.ones(1)])
    for way, choose in ways(session, library, experts, task, problems).items():
        if only and way not in only:
            continue
        begin = time.monotonic()
        alpha, facts = choose()
        middle = time.monotonic()
        texts = answer(session, experts, alpha, problems, f"{task.name if task else 'ask'}: {way}")
        seconds = [middle - begin, time.monotonic() - middle]
        mean = (alpha if alpha.dim() == 3 else alpha[None]).mean((0, 2)).tolist()
        yield way, texts, {**facts, "alpha": mean, "seconds": seconds}


def ways(session: Session, library: dict[str, Tensor], experts: Tensor, task: Task | None,
         problems: list[Problem]) -> dict[str, Choose]:
    """Name -> what chooses alpha, and tells more of it; in the order of the table's columns."""
    import torch

    from data.run.resume import seeded
    K, wanted = len(session.domains), getattr(session.args, "strategy", "all")

    def named(z: Tensor | None) -> tuple[Tensor, dict]:
        names, sure = zip(*categorise(session, z, [p.prompt for p in problems]))
        return one_hot(session.domains, names), {
            "named": {name: names.count(name) / len(names) for name in sorted(set(names))},
            "sure": sum(sure) / len(sure)}

    def blind() -> tuple[Tensor, dict]:
        from cem import Search
        eps = torch.randn(K, 1, generator=seeded("random", task.name, session.args.seed))
        return 1 / K + Search.sigma * eps, {}
    found = {"base": lambda: (torch.zeros(K, 1), {})}
    found |= {name: lambda name=name: (one_hot(session.domains, [name])[0], {})
              for name in session.domains}
    if wanted in ("few-shot", "all"):
        found |= {"uniform": lambda: (torch.full((K, 1), 1 / K), {}), "random": blind,
                  "search": lambda: search(session, experts, task, "search")}
    found |= {"prompt": lambda: named(None), "classifier": lambda: named(library[CLASSIFIER]),
              "few-shot": lambda: search(session, experts, task)}
    there = {"prompt": K, "classifier": CLASSIFIER in library, "few-shot": K and task}
    return {name: choose for name, choose in found.items()
            if name not in there or there[name] and wanted in (name, "all")}


# ------------------------------------------------------------------------------------------- adapt

def adapt(args: Adapt) -> None:
    """`t2.py adapt`: a row a task, each way to choose alpha on the same test prompts."""
    from data.run.resume import resumable
    from data.run.session import Session, file_digest
    start, session = time.monotonic(), Session(args)
    tasks = [session.pick(args.task, session.choice)] if args.task else list(session.tasks.values())
    library = session.library()
    session.show_sources()
    run = {**session.identity(), "tasks": [session.digest, *(task.name for task in tasks)],
           "shots": args.few_shot, "strategy": args.strategy, "per_matrix": args.per_matrix,
           "experts": {name: file_digest(session.find(name)) for name in library}}
    table = Table(session, len(tasks))

    def do(i: int) -> dict:
        table.add(tasks[i].name, adapt_task(session, library, tasks[i]))
        return {"done": tasks[i].name}
    before, state = time.monotonic() - start, args.out / "adapt.state.pt"
    log = resumable(state, run, {"table": table}, len(tasks), do, table.report, every=0)
    remove(state)
    table.end()
    print(f"{before + log[-1]['seconds']:.0f} s in all; wrote {table.path}")


def adapt_task(session: Session, library: dict[str, Tensor], task: Task) -> dict:
    """One row: each way to choose alpha on the same test prompts."""
    from data.run.answers import right
    problems = task.problems(session.args.n, "test", session.args.seed)
    found, n = {}, len(problems)
    for way, texts, facts in passes(session, library, task, problems):
        share = sum(right(problems, texts)) / n
        found[way] = {"accuracy": share, "interval": wilson(share, n), **facts}
    return {"n": n, "ways": found}


# ------------------------------------------------------------------------------------------- train

def train(args: Train) -> None:
    """`t2.py train`: an expert for each domain, and the classification expert."""
    from data.run.session import Session
    session = Session(args)
    names = [args.task] if args.task and session.pick(args.task, session.trained) else session.trained
    session.show_sources()
    print(f"{session.svf.N:,} gains an expert", flush=True)
    for name in names:
        row = train_one(session, name)
        show_expert(name, row)
        known = {name: session.known(name) for name in session.trained}
        write_json(args.out / "train.json", {"seed": args.seed, "experts": {
            name: facts["row"] for name, facts in known.items()  # not those of another seed
            if facts.get("run", {}).get("seed") == args.seed}})
    print(f"wrote {args.out / 'train.json'} and the experts beside it")


def train_one(session: Session, name: str) -> dict:
    """Trains one expert, or takes the one that this very run had finished before it stopped."""
    from data.run.answers import right
    from data.run.checkpoints import save_expert
    from rl import reinforce
    args, tasks, how = session.args, session.trained[name], recipe(session.args)
    state, run = args.out / f"{name}.state.pt", {"expert": name, **session.identity(), **asdict(how)}
    if (facts := session.known(name)).get("run") == run:
        return facts["row"]
    z, log = reinforce(session.svf, session.fmt, tasks, how, args.seed, state, run,
                       Line(f"train {name}", how.steps))
    problems = [p for t in tasks for p in t.problems(args.n // len(tasks), "test", args.seed)]
    share = {}
    for who, vector in (("base", None), ("expert", z)):
        texts = session.answers(vector, problems, f"{name}: test of {who}")
        share[who] = sum(right(problems, texts)) / len(problems)
    row = {"n": len(problems), **share, "interval": wilson(share["expert"], len(problems)),
           "parameters": session.svf.N, "seconds": log[-1]["seconds"], "log": log}
    save_expert(args.out / f"{name}.pt", session.svf, z, {"run": run, "row": row})
    remove(state)
    return row


def recipe(args: Train) -> Recipe:
    """What the user asked for; else what was found to do for either kind of model."""
    from rl import Recipe
    usual = (Recipe(steps=25, prompts=8, batch=32, rate=0.004, validate=5, held=60)
             if args.weights else Recipe())
    return replace(usual, steps=args.steps or usual.steps, rate=args.rate or usual.rate,
                   batch=args.batch or usual.batch)


def pretrain(args: Pretrain) -> None:
    """`t2.py pretrain`: the base model from nothing."""
    from data.run.pretrain import make
    make(args)


# --------------------------------------------------------------------------------------------- ask

def ask(args: Ask) -> None:
    """`t2.py ask`: both passes on one prompt; C where a task says what to take shots from."""
    from data.run.answers import completions
    from data.run.session import Session
    from data.tokenizer import tidy
    text = args.prompt if args.weights else tidy(args.prompt)
    if not text.strip():
        raise ValueError("the prompt is empty; expected a question, such as 'What is 12 + 7 - 3?'")
    session = Session(args)
    task = session.pick(args.task, session.choice) if args.task else None
    problem = Problem("ask", OTHERS, "", (Said(text, text, "", ()),))
    print(f"the prompt    {printable(text.strip())}")
    completions(session.svf, None, replace(session.fmt, max_new=1), [text])
    report = {"question": text.strip(), "seed": args.seed,
              "first_token_seconds": time.monotonic() - STARTED}
    print(f"              first token {report['first_token_seconds']:.1f} s after the start")
    library = session.library() if session.domains else {}
    for way, [said], facts in passes(session, library, task, [problem], ("base", *STRATEGIES)):
        report[way] = {**facts, "answer": said.strip()}
        show_passes(way, session.domains, report[way])
    if not library:
        print(f"no experts in {args.out} yet, and so no second pass: see `python t2.py train "
              "--help`")
    write_json(args.out / "ask.json", report)


# ------------------------------------------------------------------------------------ command line

COMMANDS = {"adapt": adapt, "train": train, "pretrain": pretrain, "ask": ask}


def main(argv: list[str] | None = None) -> int:
    """The exit code: 0, 2 for what a user can mend, 130 after Ctrl-C."""
    ready()
    args = flags.parsed(argv, __doc__.split("\n\nWhat stands")[0])

    def work() -> None:
        flags.check_torch()
        from data.processes import joined
        flags.check_writable(args.out)
        with joined(args.device, getattr(args, "shard", False)), alone(args.out):
            COMMANDS[type(args).__name__.lower()](args)
    return exit_code(work, getattr(args, "batch", 0), not isinstance(args, Ask))


if __name__ == "__main__":
    sys.exit(main())

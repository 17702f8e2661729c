"""What is asked of experts once they are trained: a job a seed and task, or a seed.

Shots, and test prompts, are those of `t2.py adapt`: the first few of the seed's shots, and prompts
that no expert, search or choice has seen.
"""
from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from random import Random

import torch
from torch import Tensor

import cem
import t2
from data.processes import seeded
from data.run.baselines import random_alphas, random_search, shuffled
from data.run.checkpoints import load_model
from data.run.pretrain import next_token_loss, padded
from data.tasks.families import TASKS, UNSEEN
from data.tasks.jsonl import CLASSIFIER
from data.tasks.problem import DOMAINS, JOIN, OTHERS, WHICH, Problem
from model import GPT, generate
from svf import mix
from tests.paper import lab, searches, variants
from tests.paper.lab import FIRST, SKILL, N, Run, experts, judged, library, marks, session, vector

SHOTS = (1, 3, 5, 8, 10, 20)
USUAL = 8                        # shots
LIBRARIES = (3, 6, 9, 12)        # experts
PROMPT_CONTEXT = 2048            # room for the shots; the base was pretrained with 256


def tests(task: str, seed: int) -> list[Problem]:
    return TASKS[task].problems(N, "test", seed)


def shots(task: str, seed: int, n: int = USUAL) -> list[Problem]:
    return TASKS[task].problems(max(SHOTS), "shots", seed)[:n]


def mixed(alpha: Tensor, Z: Tensor, problems: list[Problem], base: str = FIRST) -> str:
    """Marks of the mixture alpha (K,) of the experts Z (K, N)."""
    return marks(session(base).svf, mix(alpha, Z), problems)


def searched(task: str, seed: int, Z: Tensor, n: int = USUAL, base: str = FIRST
             ) -> tuple[dict, Tensor]:
    """Strategy C, timed, with the random numbers that `t2.py adapt` would take."""
    begin = time.perf_counter()
    alpha, history = cem.few_shot(session(base).svf, session().fmt, Z, shots(task, seed, n),
                                  cem.Search.of(len(Z)), seeded("cem", task, seed))
    middle = time.perf_counter()
    found = mixed(alpha, Z, tests(task, seed), base)
    return {"marks": found, "seconds": [middle - begin, time.perf_counter() - middle],
            "alpha": alpha.tolist(), "history": history}, alpha


def namers(seed: int) -> dict[str, Tensor | None]:
    """Who names categories in A and in B: the base, and the classification expert."""
    return {"prompt": None, "classifier": vector(library(seed)[CLASSIFIER])}


# ------------------------------------------------------------------------- unseen tasks (Table 2)

def unseen(task: str, seed: int, lora: Run | None) -> dict:
    """All strategies and baselines on one task. lora: the nearest domain's, if it has one."""
    problems, examples, Z = tests(task, seed), shots(task, seed), experts(seed)
    K, svf, seconds = len(Z), session().svf, {}
    row = {name: marks(svf, z, problems) for name, z in zip(("base", *DOMAINS), (None, *Z))}
    row["lora"] = row["base"] if lora is None else marks(
        lab.adapted(lora.adapter), vector(lora), problems)
    for strategy, z in namers(seed).items():
        begin = time.perf_counter()
        names = [name for name, _ in t2.categorise(session(), z, [p.prompt for p in problems])]
        alpha = t2.one_hot(DOMAINS, names)
        middle = time.perf_counter()
        said = t2.answer(session(), Z, alpha, problems, task)
        seconds[strategy] = [middle - begin, time.perf_counter() - middle]
        row[strategy] = judged(problems, [text for text, _ in said])
    found, _ = searched(task, seed, Z)
    row["few_shot"], seconds["few_shot"] = found["marks"], found["seconds"]
    for name, alpha in {
            "uniform": torch.full((K,), 1 / K),
            "random": random_alphas(K, 1, seeded("random", task, seed))[0],
            "search": random_search(svf, session().fmt, Z, examples,
                                    seeded("search", task, seed)),
            "gradient": by_gradient(Z, examples)}.items():
        row[name] = mixed(alpha, Z, problems)
    row["in_prompt"] = in_prompt(examples, problems)
    return {"marks": row, "seconds": seconds, "alpha": found["alpha"],
            "history": found["history"]}


def by_gradient(Z: Tensor, problems: list[Problem], steps: int = 40, rate: float = 0.05
                ) -> Tensor:
    """alpha (K,) by Adam on the log-likelihood of the shots' worked solutions.

    It is told more than C, which sees an answer's last word judged, and no solution.
    """
    svf, fmt, rng = session().svf, session().fmt, Random("solutions")
    alpha = torch.full((len(Z),), 1 / len(Z), requires_grad=True)
    optimizer = torch.optim.Adam([alpha], lr=rate)
    pairs = padded([(fmt.prompt(p.prompt), fmt.answer(solution(p, rng))) for p in problems], 0.0,
                   "cpu")
    for _ in range(steps):
        with svf.adapted(mix(alpha, Z)):
            next_token_loss(svf.model, *pairs).backward()
        optimizer.step()
        optimizer.zero_grad()
    return alpha.detach()


def solution(problem: Problem, rng: Random) -> str:
    return JOIN.join(variants.ideal(part, problem.lead, rng) for part in problem.parts)


def in_prompt(examples: list[Problem], problems: list[Problem]) -> str:
    """The base reads the solved shots before each question, in the form that it was taught."""
    fmt, base, rng = session().fmt, load_model(session().find("base")), Random("solutions")
    longer = GPT(replace(base.config, context=PROMPT_CONTEXT))
    longer.load_state_dict(base.state_dict())
    start = [token for p in examples
             for token in (*fmt.prompt(p.prompt), *fmt.answer(solution(p, rng)))]
    texts = []
    for i in range(0, len(problems), 70):  # what they begin with is run once for so many
        prompts = [start + fmt.prompt(p.prompt) for p in problems[i:i + 70]]
        done = generate(longer.eval(), prompts, fmt.ends, fmt.max_new)
        texts += [fmt.text(c.tokens) for c in done]
    return judged(problems, texts)


# ----------------------------------------------------------------------- transfer (Table 5)

def transfer(task: str, seed: int) -> dict:
    """Base 1's experts on base 2: as they are, shuffled within each matrix, mixed by few shots."""
    problems, svf, row = tests(task, seed), session(lab.SECOND).svf, {}
    Z, own = experts(seed), experts(seed, lab.SECOND)
    label = TASKS[task].label
    row["base"] = marks(svf, None, problems)
    for name, rows in (("ordered", Z), ("shuffled", shuffled(Z, svf.sizes, seed)), ("own", own)):
        row[name] = (marks(svf, rows[DOMAINS.index(label)], problems) if label in DOMAINS
                     else row["base"])
        row[f"{name}_few_shot"] = searched(task, seed, rows, base=lab.SECOND)[0]["marks"]
    return row


# ------------------------------------------------------------- more information, classification

def informed(task: str, seed: int) -> dict:
    """Strategy C with more and more shots, those of fewer among them."""
    Z = experts(seed)
    return {str(n): searched(task, seed, Z, n)[0]["marks"] for n in SHOTS}


def classified(seed: int) -> dict:
    """What A and B call the prompts of each task: {strategy: {task: a letter a prompt}}."""
    def called(z: Tensor | None, prompts: list[str]) -> str:
        return "".join(name[0] for name, _ in t2.categorise(session(), z, prompts))
    asked = {name: [p.prompt for p in tests(name, seed)] for name, task in TASKS.items()
             if task.label}
    return {strategy: {name: called(z, prompts) for name, prompts in asked.items()}
            for strategy, z in namers(seed).items()}


# ------------------------------------------------------------------------------------- beyond

def beyond(task: str, seed: int) -> dict:
    """Other searches at C's number of evaluations, and mixtures that need none."""
    problems, examples, svf = tests(task, seed), shots(task, seed), session().svf
    Z, row = experts(seed), {}
    for name, make in searches.SEARCHES.items():
        alpha = searches.run(make, svf, session().fmt, Z, examples, seeded(name, task, seed))
        row[name] = mixed(alpha, Z, problems)
    row["by matrix"] = marks(svf, searches.by_matrix(svf, session().fmt, Z, examples,
                                                     seeded("cem", task, seed)), problems)
    row["soft dispatch"] = soft(task, seed, problems)
    return {"marks": row}


def soft(task: str, seed: int, problems: list[Problem]) -> str:
    """alpha_k = p(k | prompt), by the classification expert: a mixture a prompt, in one batch."""
    svf, fmt, Z = session().svf, session().fmt, experts(seed)
    first = [fmt.answer(f" {label}")[0] for label in (*DOMAINS, OTHERS)]
    with svf.adapted(namers(seed)["classifier"]):
        logits = [svf.model(torch.tensor([fmt.prompt(p.prompt + WHICH)]))[0, -1] for p in problems]
    alpha = torch.stack([row[first].softmax(-1)[:-1] for row in logits])  # (n, K)
    prompts = [fmt.prompt(p.prompt) for p in problems]
    with svf.adapted(mix(alpha, Z)):
        done = generate(svf.model, prompts, fmt.ends, fmt.max_new, copies=len(prompts),
                        follow=svf.keep)
    return judged(problems, [fmt.text(c.tokens) for c in done])


def warm(seed: int) -> dict:
    """CEM that begins where it ended on a past task, or at 1/K: whichever does best on the shots.

    The tasks come one after another, in an order of the seed's. Marks of the start itself, and
    after 1 and 2 iterations, from 1/K (cold) and so.
    """
    svf, fmt, Z = session().svf, session().fmt, experts(seed)
    order = [task.name for task in UNSEEN]
    Random(f"order {seed}").shuffle(order)
    past, table = [torch.full((len(Z),), 1 / len(Z))], {}
    for task in order:
        examples, problems = shots(task, seed), tests(task, seed)
        scored = cem.scores(svf, fmt, Z, torch.stack(past), examples)
        start = past[cem.ranking(scored)[0]]
        table[task] = {"cold 0": mixed(past[0], Z, problems),
                       "warm 0": mixed(start, Z, problems)}
        for n in (1, 2):
            for name, mu in (("cold", past[0]), ("warm", start)):
                alpha = searches.run(lambda K, generator, mu=mu: searches.Cem(K, generator, mu),
                                     svf, fmt, Z, examples, seeded("cem", task, seed), n)
                table[task][f"{name} {n}"] = mixed(alpha, Z, problems)
        past.append(searched(task, seed, Z)[1])
    return table


def growth(task: str, seed: int, seeds: int) -> dict:
    """C with ever more experts: those of the other seeds, of so many, beside its own."""
    order = [seed, *(s for s in range(seeds) if s != seed)]
    Z = torch.cat([experts(s) for s in order])
    table = {}
    for K in LIBRARIES:
        found, _ = searched(task, seed, Z[:K])
        table[str(K)] = {key: found[key] for key in ("marks", "seconds")}
    return table


def skilled(task: str, seed: int) -> dict:
    """C with the fourth skill's expert beside the three."""
    Z = torch.cat([experts(seed), vector(Run("svf", SKILL, seed))[None]])
    return {"marks": searched(task, seed, Z)[0]["marks"]}


JOBS: tuple[Callable, ...] = (unseen, transfer, informed, classified, beyond, warm, growth,
                              skilled)

"""What is done on the real model: experts, and marks of what they and their mixtures answer.

A job is kept in OUT as tests/paper/lab.py keeps its own: done once, by whichever of two processes,
and the same whoever does it. Marks are of the same test prompts for all methods, a character a
prompt: "2" right as it is judged, "1" if the right answer stands anywhere in the text, "0" else.
"""
from __future__ import annotations

import json
import re
import time
from dataclasses import replace
from functools import lru_cache

import torch
from torch import Tensor

import t2
from cem import ranking, scores
from data.processes import seeded
from data.run import kinds
from data.run.checkpoints import load_expert
from data.run.flags import Adapt, Train
from data.run.session import SUFFIX, Session
from data.run.train import train_one
from data.tasks import jsonl
from data.tasks.jsonl import Question
from model import complete
from svf import SVF
from tests.paper import lab
from tests.paper.studies import shuffled
from tests.real import english
from tests.real.search import FIRST, SECOND, Variant, search

DOMAINS = (*english.DOMAINS,)
N, OTHER = 200, 100  # test prompts of a family or of an expert's own domain; of each other domain
HELD = 100           # validation prompts by which families are chosen
SHOTS = 8
SHOWN = 4, 12         # questions of each kind that A may read
FLAGS = {"chat": "none", "one_line": True, "max_new_tokens": 24, "threads": 1}


def about() -> dict:
    """Which weights, in which dtype: what `python -m tests.real` was called with."""
    return json.loads((lab.OUT / "about.json").read_text())


@lru_cache
def session(seed: int, learns: bool = False) -> Session:
    """The base, with the experts of a seed if there are any; as `t2.py` has it."""
    more = {**FLAGS, **about(), "out": lab.OUT / str(seed), "seed": seed}
    if learns:
        return Session(Train(tasks=str(lab.OUT / "tasks" / "train.jsonl"), n=N, batch=64, **more))
    return Session(Adapt(tasks=str(lab.OUT / "tasks" / "unseen.jsonl"), n=N, batch=N,
                         few_shot=SHOTS, **more))


@lru_cache
def pools(name: str) -> jsonl.Pools:
    return jsonl.read(lab.OUT / "tasks" / f"{name}.jsonl")


# ------------------------------------------------------------------------------------ the judges

def mark(problem: Question, text: str, cut: bool = False) -> str:
    """"2", "1" or "0", see above.

    >>> sums = Question("7 plus 5?", "12", "sums", "number")
    >>> [mark(sums, text) for text in ("7 + 5 = 12", "12 I think, or 13", "13")]
    ['2', '1', '0']
    """
    if problem.judge(text, cut).right:
        return "2"
    return str(int(any(problem.judge(part).right for part in parts(problem, text))))


def parts(problem: Question, text: str) -> list[str]:
    """What stands in an answer and may be the right one."""
    if problem.check == "number":
        return re.findall(r"-?\d[\d,]*(?:\.\d+)?", text)
    if problem.check != "python":
        answer = re.escape(problem.answer)
        return [problem.answer] if re.search(rf"\b{answer}\b", text, re.IGNORECASE) else []
    head = re.search(r"f\(.*?\)", problem.prompt.rpartition("Q: ")[2])
    bodies = [text.rpartition("return")[2], text.rpartition("=")[2], text]
    return [f"def {head[0]}: return {body.strip(' .')}" for body in bodies if head]


def marked(problems: list[Question], said: list[tuple[str, bool]]) -> str:
    return "".join(mark(problem, *answer) for problem, answer in zip(problems, said))


def greedy(of: Session, z: Tensor | None, problems: list[Question], adapter: SVF | None = None
           ) -> str:
    """Marks of the expert z, or of the base. adapter: another one than SVF around the base."""
    svf = adapter or of.svf
    with svf.adapted(z):
        done = complete(svf.model, of.fmt, [p.prompt for p in problems])
    return marked(problems, [of.fmt.read(c.tokens) for c in done])


# ------------------------------------------------------------------------------------------ jobs

def family(name: str) -> dict:
    """The base on validation prompts of a family, trained on or not; nobody was selected on them.
    """
    of = session(0, learns=True)  # there are no experts yet
    home = next((d for d in DOMAINS if name in english.DOMAINS[d]), "")
    if home:
        path = lab.OUT / "tasks" / "train.jsonl"
        kept = {row["prompt"] for row in english.trained(home, family=name)}
        questions = [q for q in pools(path.stem)[home].questions
                     if q.prompt in kept and q.split == "validation"][:HELD]
    else:
        questions = pools("unseen")[name].problems(HELD, "validation")
    return {"marks": greedy(of, None, questions)}


def expert(name: str, seed: int) -> dict:
    """Trains an expert as `t2.py train --weights` does, and what it says of it."""
    of = session(seed, learns=True)
    row = train_one(of, name)
    return {key: row[key] for key in ("n", "base", "expert", "seconds")} | {
        "log": [{key: step[key] for key in ("reward", "kl", "no_signal")} for step in row["log"]]}


def vector(name: str, seed: int) -> Tensor:
    of = session(seed)
    return load_expert(lab.OUT / str(seed) / f"{name}{SUFFIX}", of.svf.N, of.base)[0]


def own(name: str, seed: int) -> dict:
    """An expert ("base": none) on test prompts of all domains, with and without solved questions.
    """
    of, z = session(seed), None if name == "base" else vector(name, seed)
    return {"marks": {d: greedy(of, z, pools("train")[d].problems(
                N if name in (d, "base") else OTHER, "test", seed)) for d in DOMAINS},
            "bare": {d: greedy(of, z, pools("zero")[d].problems(N, "test", seed))
                     for d in DOMAINS if name in (d, "base")}}


def validated(name: str, seed: int) -> dict:
    """The experts and 1/K on a family's validation prompts: does any of them help?"""
    of = session(seed)
    questions = pools("unseen")[name].problems(HELD, "validation")
    Z = torch.stack([vector(d, seed) for d in of.domains])
    rows = {"uniform": torch.full((len(Z),), 1 / len(Z)),
            **dict(zip(of.domains, torch.eye(len(Z))))}
    return {"marks": {who: marked(questions, t2.answer(of, Z, alpha, questions, name))
                      for who, alpha in rows.items()}}


def asked(name: str, seed: int) -> dict:
    """What A names on a family's validation prompts, by how many questions of each kind it reads.
    """
    of, prompts = session(seed), [q.prompt for q in pools("unseen")[name].problems(
        HELD, "validation")]
    kept = {d: [kinds.shortened(p.prompt) for p in pools("train")[d].problems(
        max(SHOWN), "train", seed)] for d in of.domains}
    said = {n: [who for who, _ in kinds.named(
        of.svf, of.fmt, {d: texts[:n] for d, texts in kept.items()}, prompts)] for n in SHOWN}
    return {n: {who: some.count(who) for who in sorted({*some})} for n, some in said.items()}


def adapt(name: str, seed: int) -> dict:
    """All strategies and baselines on a family's test prompts."""
    of = session(seed)
    task, library = of.tasks[name], of.library()
    problems = task.problems(N, "test", seed)
    row: dict[str, dict] = {"marks": {}, "alpha": {}, "seconds": {}, "named": {}}
    for who, alpha, said, told in t2.passes(of, library, task, problems):
        row["marks"][who] = marked(problems, said)
        row["alpha"][who] = alpha.expand(len(problems), -1).mean(0).tolist()
        row["seconds"][who] = told["seconds"]
        if "named" in told:
            row["named"][who] = {d: told["named"].count(d) for d in sorted({*told["named"]})}
        if "cem" in told:
            row["cem"] = told["cem"]
    Z = torch.stack([library[d] for d in of.domains])
    shots = task.problems(SHOTS, "shots", seed)
    begin = time.perf_counter()
    best = ranking(scores(of.svf, of.fmt, Z, torch.eye(len(Z)), shots))[0]
    other = shuffled(Z, of.svf.sizes, seed)
    alpha = t2.search(of, other, task)[0]
    row["marks"] |= {"best": row["marks"][of.domains[best]],  # the very same answers
                     "shuffled": marked(problems, t2.answer(of, other, alpha, problems, name))}
    row["alpha"] |= {"best": torch.eye(len(Z))[best].tolist(), "shuffled": alpha.tolist()}
    row["marks"]["in_prompt"] = greedy(of, None, in_prompt(shots, problems))
    row["seconds"]["more"] = time.perf_counter() - begin
    return row


def in_prompt(shots: list[Question], problems: list[Question]) -> list[Question]:
    """The problems with the solved shots before their own question."""
    solved = {row["prompt"]: row["_worked"] for row in english.unseen(
        shots[0].label, english.family(shots[0].label))}
    text = "".join(f"Q: {q.prompt.rpartition('Q: ')[2]} {solved[q.prompt]}\n\n" for q in shots)
    return [replace(p, prompt="{}{}Q: {}".format(*_around(p.prompt, text))) for p in problems]


def _around(prompt: str, text: str) -> tuple[str, str, str]:
    before, _, question = prompt.rpartition("Q: ")
    return before, text, question


def ways(name: str, seed: int) -> dict:
    """Each way of the first round in which C may search: alpha, and marks."""
    return compared(FIRST, name, seed)


def finals(name: str, seed: int) -> dict:
    """And of the second."""
    return compared(SECOND, name, seed)


def compared(variants: dict[str, Variant], name: str, seed: int) -> dict:
    """Each variant's alpha, and its marks on a family's validation prompts."""
    of, task = session(seed), pools("unseen")[name]
    Z = torch.stack([vector(d, seed) for d in of.domains])
    questions, row = task.problems(HELD, "validation"), {"marks": {}, "alpha": {}}
    found: dict[tuple, Tensor] = {}  # two variants may look at the same candidates

    def score(alphas: Tensor, shots: list[Question]) -> Tensor:
        key = (len(shots), *alphas.flatten().tolist())
        if key not in found:
            found[key] = scores(of.svf, of.fmt, Z, alphas, shots)
        return found[key].clone()
    for way, v in variants.items():
        shots = task.problems(v.shots, "shots", seed)
        alpha = search(v, len(Z), lambda alphas, shots=shots: score(alphas, shots),
                       seeded("ways", name, seed))
        row["marks"][way] = marked(questions, t2.answer(of, Z, alpha, questions, name))
        row["alpha"][way] = alpha.tolist()
    return row


JOBS = (family, expert, validated, ways, finals, asked, own, adapt)

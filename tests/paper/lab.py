"""What the tables are made of: runs that train one vector, and marks on test prompts.

A run is named by all that makes it what it is, trained once, and kept in OUT with its marks: "1"
for a right answer and "0" for any other, a character a test prompt, so that two methods can be
compared on the same prompts. Jobs, the runs among them, are shared out to processes of one thread
each; what comes of a job does not depend on who does it, or when.
"""
from __future__ import annotations

import json
import multiprocessing
import os
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from copy import copy
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from random import Random
from threading import Thread

import torch
from torch import Tensor

import rl
import t2
from data import safetensors
from data.files import remove, write_json, write_whole
from data.run.checkpoints import load_model
from data.run.flags import Adapt
from data.run.resume import keep_going
from data.run.screen import Line
from data.run.session import SUFFIX, Session
from data.tasks.families import TASKS, trained_on
from data.tasks.jsonl import CLASSIFIER
from data.tasks.problem import DOMAINS, Problem, Task
from model import complete
from svf import SVF
from tests.paper import variants

OUT, STUDIES = Path("out/paper"), "tests.paper.studies"  # what is done, and what there is to do
FIRST, SECOND = "first", "second"  # the base that ships, and one pretrained with another seed
N = 210       # test prompts a cell and seed: 70 of each of three families, 105 of each of two
HELD = 120    # validation prompts
SHORT, FULL = 10, 40  # steps of 128 rollouts
RATE = 0.02   # what `train` does; the experts that ship were made so
SKILL = "story"  # the fourth skill: a word problem that wants a function
NEAR = {"math": ("bus", "times"), "code": ("pair", "lists"), "reasoning": ("month", "cups")}


# ------------------------------------------------------------------------------------ what runs

@dataclass(frozen=True)
class Run:
    """One training of one vector; its name says all that makes it what it is."""

    adapter: str
    domain: str                  # or a task
    seed: int
    rate: float = RATE
    steps: int = FULL
    learn: str = "rl"            # or text: next-token prediction
    changes: tuple[str, ...] = ()
    kl: float = 0.1
    pool: int = 0                # train on so many prompts alone; 0: on all
    after: tuple[str, ...] = ()  # what the vector was trained on before
    base: str = FIRST

    def __str__(self) -> str:
        words = [self.adapter, *self.after, self.domain, self.learn, *self.changes,
                 f"rate{self.rate:g}", f"steps{self.steps}", f"kl{self.kl:g}",
                 f"pool{self.pool}" * bool(self.pool), self.base * (self.base != FIRST)]
        return "_".join([*filter(None, words), f"seed{self.seed}"])


Job = tuple  # (function's name, arguments): its result is kept in OUT under this name


def place(job: Job) -> Path:
    return OUT / job[0] / ("_".join(map(str, job[1:])) + ".json")


def result(*job: object) -> dict:
    """What a job that is done gave. ValueError if it is not done, or its file is damaged."""
    path = place(job)
    try:
        return json.loads(path.read_text())
    except FileNotFoundError:
        raise ValueError(f"{path} is not there: make the tables first, by `python -m "
                         "tests.paper`") from None
    except ValueError as error:
        raise ValueError(f"{path} is damaged ({error}): delete it, and the same command makes it "
                         "again") from None


def kept(job: Job) -> Tensor:
    """The vector that a job has learned."""
    return safetensors.load(place(job).with_suffix(SUFFIX), "run")[0]["z"]


def vector(run: Run) -> Tensor:
    return kept(("train", run))


# ---------------------------------------------------------------------------- bases and prompts

@lru_cache
def session(base: str = FIRST) -> Session:
    """A base and its SVF, as t2.py has them."""
    folder = OUT / base  # the first one's is empty: what ships is used
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"base{SUFFIX}"
    if base != FIRST and not path.exists():  # never the one that ships instead
        raise ValueError(f"{path} is not there: the same command makes it")
    return Session(Adapt(out=folder, threads=1, n=N))


@lru_cache(3)
def adapted(name: str, base: str = FIRST) -> SVF:
    """A model of its own, wrapped by the adapter of this name."""
    if name == "svf":
        return session(base).svf
    return variants.adapter(name, load_model(session(base).find("base")))


def library(seed: int, base: str = FIRST) -> dict[str, Run]:
    """The experts of a seed, as `python t2.py train --seed` makes them, bit for bit."""
    return {name: Run("svf", name, seed, base=base) for name in (*DOMAINS, CLASSIFIER)}


def experts(seed: int, base: str = FIRST) -> Tensor:
    """(K, N), in the order of DOMAINS."""
    return torch.stack([vector(library(seed, base)[name]) for name in DOMAINS])


def families(domain: str) -> tuple[Task, ...]:
    return (TASKS[domain],) if domain in TASKS else trained_on(domain)


def spread(tasks: Iterable[Task], n: int, split: str, seed: object) -> list[Problem]:
    """n problems in all, as many of each family."""
    tasks = tuple(tasks)
    return [p for t in tasks for p in t.problems(n // len(tasks), split, seed)]


@dataclass(frozen=True)
class Few(Task):
    """A family of which training sees a few fixed prompts alone."""

    seen: tuple[Problem, ...] = ()

    def problem(self, rng: Random, split: str) -> Problem:
        return rng.choice(self.seen) if split == "train" else super().problem(rng, split)


def few(tasks: tuple[Task, ...], size: int, seed: int) -> tuple[Few, ...]:
    """`size` prompts in all, or one less or more than is even a family."""
    each = [size // len(tasks) + (i < size % len(tasks)) for i in range(len(tasks))]
    return tuple(Few(**vars(task), seen=tuple(task.problems(n, "train", f"few {seed}")))
                 for task, n in zip(tasks, each))


def judged(problems: list[Problem], texts: list[str]) -> str:
    """Marks of these answers."""
    return "".join(str(int(p.judge(text).right is True)) for p, text in zip(problems, texts))


def marks(adapter: SVF, z: Tensor | None, problems: list[Problem]) -> str:
    """Marks of greedy answers."""
    fmt = session().fmt
    with adapter.adapted(z):
        done = complete(adapter.model, fmt, [p.prompt for p in problems])
    return judged(problems, [fmt.text(c.tokens) for c in done])


# --------------------------------------------------------------------------------------- jobs

def learn(training: rl.Reinforce, job: Job) -> list[dict]:
    """Trains to the end, on from where it was stopped; keeps the best vector. The log."""
    path = place(job).with_suffix(SUFFIX)
    state, run = path.with_suffix(f".state{SUFFIX}"), {"run": path.stem}
    log = keep_going(training, training.recipe.steps, state, run, lambda step, metrics: None)
    safetensors.save(path, {"z": training.best}, {"kind": "run", **run})
    remove(state)
    return log


def train(run: Run) -> dict:
    """Trains the vector; marks it on its own test prompts and on its domain's unseen families."""
    tasks = families(run.domain)
    adapter = adapted(run.adapter, run.base)
    seen = few(tasks, run.pool, run.seed) if run.pool else tasks
    if run.after:  # training starts where the earlier one ended
        start = vector(replace(run, domain=run.after[-1], after=run.after[:-1]))
        adapter = copy(adapter)
        adapter.neutral = lambda: start
    usual = rl.Recipe()
    prompts, samples = next((variants.SHAPES[x] for x in (run.learn, *run.changes)
                             if x in variants.SHAPES), (usual.prompts, usual.samples))
    how = replace(usual, steps=run.steps, rate=run.rate, kl=run.kl, held=HELD, prompts=prompts,
                  samples=samples)
    training = variants.TRAININGS[run.learn](adapter, session().fmt, seen, how, run.seed)
    with variants.changed(*run.changes):
        log = learn(training, ("train", run))
    z = training.best

    def marked(problems: list[Problem]) -> str:
        return marks(adapter, z, problems)
    near = [TASKS[name] for name in NEAR.get(run.domain, ())]
    return {"numbers": len(z), "seconds": log[-1]["seconds"],
            "validation": training.accuracy.item(),
            "own": marked(spread(tasks, N, "test", run.seed)),
            "near": marked(spread(near, N, "test", run.seed)) if near else "",
            "seen": marked([p for part in seen for p in part.seen]) if run.pool else "",
            "log": [{key: row.get(key) for key in ("reward", "kl", "no_signal", "loss")}
                    for row in log]}


def base(seed: int, which: str = FIRST) -> dict:
    """The base's marks on each domain's own and near prompts, and on the fourth skill's."""
    svf = session(which).svf
    own = {name: marks(svf, None, spread(families(name), N, "test", seed))
           for name in (*DOMAINS, SKILL)}
    near = {name: marks(svf, None, spread((TASKS[t] for t in tasks), N, "test", seed))
            for name, tasks in NEAR.items()}
    return {"own": own, "near": near}


def skills(run: Run) -> dict:
    """A run's marks on all skills' own test prompts."""
    adapter, z = adapted(run.adapter), vector(run)
    return {name: marks(adapter, z, spread(families(name), N, "test", run.seed))
            for name in (*DOMAINS, SKILL)}


def pretrain(which: str) -> dict:
    """The second base: another seed, the same shape and corpus. A quarter of an hour."""
    folder = OUT / which
    if t2.main(["pretrain", "--seed", "1", "--threads", "1", "--out", str(folder)]):
        raise ValueError(f"{folder}: the second base is not done; the same command goes on")
    return {key: json.loads((folder / "pretrain.json").read_text())[key]
            for key in ("seed", "steps", "seconds")}


# ----------------------------------------------------------------------------- who does the jobs

def everything() -> dict:
    """Name -> function of a job."""
    own = (train, base, skills, pretrain) if STUDIES == "tests.paper.studies" else ()
    return {f.__name__: f for f in (*own, *import_module(STUDIES).JOBS)}


def begin(out: Path, studies: str = STUDIES) -> None:
    """In each process that does jobs. studies: the module that has them."""
    global OUT, STUDIES
    OUT, STUDIES = out, studies
    torch.set_num_threads(1)
    if parent := multiprocessing.parent_process():  # whoever kills it means its jobs too
        Thread(target=lambda: (parent.join(), os._exit(1)), daemon=True).start()


def check_base() -> None:
    """ValueError where OUT holds what another base gave."""
    path, now = OUT / "base.json", json.dumps({"base": session().base})
    if path.exists() and path.read_text() != now:
        raise ValueError(f"--out {OUT} holds runs of another base model than "
                         f"{session().find('base')}: name another folder, or delete it")
    write_whole(path, lambda file: file.write(now.encode()))


def is_done(job: Job) -> bool:
    """Whether all files that it leaves behind are there: whoever deletes one has it made again."""
    more = {**dict.fromkeys(("train", "lora"), place(job).with_suffix(SUFFIX)),
            "pretrain": OUT / str(job[1]) / f"base{SUFFIX}"}
    return all(path.exists() for path in (place(job), more.get(job[0], place(job))))


def do(job: Job) -> None:
    """Does a job, once."""
    if not is_done(job):
        write_json(place(job), everything()[job[0]](*job[1:]))


def do_all(jobs: Iterable[Job], what: str, processes: int) -> None:
    """Does the jobs that are not done, with a line that says how far they are."""
    left = [job for job in dict.fromkeys(jobs) if not is_done(job)]
    if not left:
        return
    line = Line(what, len(left))
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, context, begin, (OUT, STUDIES)) as pool:
        try:
            for i, future in enumerate(as_completed([pool.submit(do, job) for job in left])):
                future.result()
                line(i, {})
        except BrokenProcessPool:
            raise ValueError("a process died, for want of memory perhaps; the same command goes "
                             "on, with --processes 1 if need be") from None
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise

"""A page where alpha moves and the answers change: `t2.py play`.

The page is play.html, serve.py serves it, and what it asks is answered here: pass 1 by the
functions of t2.py, pass 2 by model.complete, as in t2.answer, so that the same seed gives the same
numbers. One question is answered at a time and the newest wins: what waits, or is at work, gives
way at its next token.
"""
from __future__ import annotations

import math
import os
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from types import SimpleNamespace

import torch
from torch import Tensor

from cem import Search, ranking
from data.files import show
from data.run.ask import read, unjudged
from data.run.baselines import shuffled
from data.run.flags import Play
from data.run.mixture import coefficients
from data.run.serve import Refused, Server
from data.run.session import Session
from data.tasks.jsonl import CLASSIFIER
from data.tasks.problem import Problem
from model import Completion, complete
from svf import mix

PAGE = Path(__file__).with_suffix(".html")
EXAMPLES = 8  # prompts that are offered: the first test prompts of `adapt`
ASKED = {"task": "", "seed": 0, "prompt": "", "alpha": "", "shuffled": False, "matrix": ""}


def serve(args: Play, categorise: Callable, search: Callable) -> None:
    """`t2.py play`: prints the page's link, and serves it until Ctrl-C."""
    server = Server(args.port, PAGE.read_text(encoding="utf-8"))  # a busy port is said at once
    desk = Desk(args, categorise, search)
    print(f"http://127.0.0.1:{server.server_port}/   (Ctrl-C ends it)", flush=True)
    try:
        server.serve(desk)
    except KeyboardInterrupt:
        print("\nstopped", file=sys.stderr, flush=True)
        os._exit(130)  # Python would end under a thread that computes, and crash


def pick(table: Mapping, key: str) -> object:
    """table[key]. ValueError says which keys there are."""
    if key not in table:
        raise ValueError(f"{show(key)}: expected one of {', '.join(table)}")
    return table[key]


class Desk:
    """Answers the page. A question has some keys of ASKED; alpha is written as for `ask`.
    """

    def __init__(self, args: Play, categorise: Callable, search: Callable) -> None:
        self.categorise, self.search = categorise, search
        self.session, self.lock, self.newest = Session(args), threading.Lock(), object()
        self.library, self.threads = self.session.library(), torch.get_num_threads()
        self.problems = lru_cache(64)(lambda task, *which: pick(  # drawing takes a while
            self.session.tasks, task).problems(*which))
        self.ways = {"about": self.about, "answer": self.answer, "A": self.name, "C": self.mixture,
                     "inside": self.inside}
        if CLASSIFIER in self.library:
            self.ways["B"] = lambda asked: self.name(asked, self.library[CLASSIFIER])

    def __call__(self, way: str, question: dict) -> dict:
        """The answer. ValueError for what can't be, Refused as soon as a newer question comes."""
        self.newest = mine = object()

        def give_way(*_: object) -> None:
            if self.newest is not mine:
                raise Refused(202, "a newer question came first")  # no error: it was let go
        for key, value in question.items():
            if key not in ASKED or type(value) is not type(ASKED[key]):
                raise ValueError(f"{show(key)}: {show(value)}: expected the like of {ASKED}")
        with self.lock:
            torch.set_num_threads(self.threads)  # which holds for the thread that says it
            hook = self.session.svf.model.head.register_forward_pre_hook(give_way)
            try:
                give_way()
                return pick(self.ways, way)(self.set(SimpleNamespace(**{**ASKED, **question})))
            finally:
                hook.remove()

    def set(self, asked: SimpleNamespace) -> SimpleNamespace:
        """Turns to the seed, the experts (K, N) in order or shuffled, and alpha (K,)."""
        names, sizes = self.session.domains, self.session.svf.sizes
        self.session.args = replace(self.session.args, seed=asked.seed)
        experts = torch.stack([self.library[name] for name in names])
        self.experts = shuffled(experts, sizes, asked.seed) if asked.shuffled else experts
        shares = coefficients(asked.alpha, names) if asked.alpha else {}
        self.alpha = torch.tensor([shares.get(name, 0.0) for name in names])
        return asked

    def about(self, asked: SimpleNamespace) -> dict:
        """What there is to choose from."""
        of, tasks = self.session, self.session.tasks
        return {"domains": of.domains, "matrices": [*of.svf.layers], "ways": [*self.ways],
                "tasks": {name: task.about for name, task in tasks.items()},
                "shots": of.args.few_shot, "weights": of.args.weights, "out": str(of.args.out),
                "examples": [p.prompt.strip() for p in self.examples(asked)]}

    def examples(self, asked: SimpleNamespace) -> list[Problem]:
        """Prompts of the task; none where there is no task."""
        return self.problems(asked.task, EXAMPLES, "test", asked.seed) if asked.task else []

    def answer(self, asked: SimpleNamespace) -> dict:
        """Pass 2 on the prompt, or, where it is empty, on the shots of the task."""
        of = self.session
        if not asked.prompt:
            problems = self.problems(asked.task, of.args.few_shot, "shots", asked.seed)
        else:
            of.room.check(text := read(of.args, asked.prompt))
            problems = ([p for p in self.examples(asked) if p.prompt.strip() == text.strip()]
                        or [unjudged(text)])
        z = mix(self.alpha.to(self.experts), self.experts) if self.alpha.any() else None
        with of.svf.adapted(z):
            done = complete(of.svf.model, of.fmt, [p.prompt for p in problems])
        return {"said": [*map(self.said, problems, done)]}

    def said(self, problem: Problem, c: Completion) -> dict:
        """One answer: each token's text and probability, and what the judge says of them all."""
        text, cut = self.session.fmt.read(c.tokens)
        verdict = problem.judge(text, cut)
        return {"prompt": problem.prompt, "right": verdict.right, "verdict": str(verdict),
                "cut": cut, "tokens": [*zip(self.session.fmt.pieces(c.tokens),
                                            map(math.exp, c.logps))]}

    def name(self, asked: SimpleNamespace, z: Tensor | None = None) -> dict:
        """Pass 1 of A, or with the classifier's z of B."""
        prompt = read(self.session.args, asked.prompt)
        [(named, sure)] = self.categorise(self.session, z, [prompt])
        return {"named": named, "sure": sure}

    def mixture(self, asked: SimpleNamespace) -> dict:
        """Pass 1 of C: alpha, and each iteration's candidates, scores and elites."""
        steps: list[dict] = []
        task, elites = pick(self.session.tasks, asked.task), Search.of(len(self.experts)).elites
        alpha, _ = self.search(self.session, self.experts, task,
                               lambda i, step: steps.append(step))
        for step in steps:
            best = ranking(torch.tensor(step["scores"]))[:elites]
            step["elites"] = best if step["best"] else []  # nothing to go by: none was chosen
        return {"alpha": alpha.tolist(), "steps": steps}

    def inside(self, asked: SimpleNamespace) -> dict:
        """S and S * z' of one matrix."""
        svf, layer = self.session.svf, pick(self.session.svf.layers, asked.matrix)
        parts = mix(self.alpha.to(self.experts), self.experts).split(svf.sizes)
        z = dict(zip(svf.layers, parts))[asked.matrix]
        return {"S": layer.S.tolist(), "adapted": (layer.S * z).tolist()}

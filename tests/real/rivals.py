"""What stands beside the experts: LoRA, few gains, training on the shots, and other rewards.

Is it SVF, or having experts (LoRA's, mixed by C as well)? Does it take all singular values? Is it
mixing, or the shots (a vector trained on them alone for as long as C takes)? Is it skill, or form
(rewards for the form of an answer alone, or by chance)?
"""
from __future__ import annotations

import re
import time
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import lru_cache
from random import Random

import torch
import torch.nn.functional as F
from torch import Tensor, nn

import cem
import rl
from data.processes import seeded
from data.run.train import recipe
from data.tasks.jsonl import Pool, Question
from data.tasks.problem import Verdict
from model import GPT
from svf import SVF, largest, matrices, mix, replaced
from tests.paper import lab
from tests.paper.variants import LoRA
from tests.real import runs
from tests.real.runs import DOMAINS, HELD, SHOTS, N, greedy, pools, session

FAMILIES = ("age", "each", "story")  # of math, of code, of both: all of them would take a day
RATE = 0.005                         # what `train --weights` does
LORA = (0.0005, 0.0015, RATE)
TOP = (64,)                          # gains of a matrix, as `--rank` has them
ON_SHOTS = {"svf": (0.005, 0.02, 0.05), "lora": (0.002, 0.01, 0.05)}
PAID = "code"                        # the domain whose experts have few gains, or other rewards


# ------------------------------------------------------------------------------ LoRA, and mixtures

class StackedLinear(nn.Module):
    """W' = W + sum_k alpha_k 2 B_k A_k: the A_k (r, I) one under another, the B_k (O, r) side by
    side, so that K adapters of rank r are one of rank K r with a gain alpha_k for r of them each.

    >>> layer = StackedLinear(nn.Linear(2, 3, bias=False), torch.ones(2, 2), torch.eye(3, 2))
    >>> layer.scale = torch.tensor([2., 0.]); x = torch.ones(1, 1, 2)
    >>> (layer(x) - F.linear(x, layer.weight)).round().tolist()
    [[[8.0, 0.0, 0.0]]]
    """

    def __init__(self, linear: nn.Module, A: Tensor, B: Tensor) -> None:
        super().__init__()
        self.weight, self.bias = linear.weight.detach(), linear.bias
        self.A, self.B = A.to(self.weight.dtype), 2 * B.to(self.weight.dtype)
        self.merged = self.scale = None  # by the names that SVF's layers have

    def forward(self, x: Tensor) -> Tensor:
        y = F.linear(x, self.weight, self.bias)
        return y if self.scale is None else y + F.linear(F.linear(x, self.A) * self.scale, self.B)


class Stacked(SVF):
    """LoRA experts (K, n), mixed as svf.mix and cem.py mix SVF's: z is 1 + alpha, (K,) or (B, K),
    and its experts, `each`, are one-hot alphas.
    """

    def __init__(self, model: GPT, lora: LoRA, experts: Tensor) -> None:
        self.model, self.rank, self.N = model, lora.rank, len(experts)
        self.each = 1 + torch.eye(self.N)
        parts = dict(zip(lora.layers, experts.float().split(lora.sizes, 1)))

        def stacked(name: str, linear: nn.Module) -> StackedLinear:
            A, B = zip(*(lora.layers[name].factors(v) for v in parts[name]))
            return StackedLinear(linear, torch.cat(A), torch.cat(B, 1))
        self.layers = replaced(model, lora.kinds, stacked)

    def use(self, z: Tensor | None) -> None:
        for layer in self.layers.values():
            layer.scale = None
            if z is not None:
                gain = (z - 1).repeat_interleave(self.rank, -1).to(layer.weight.dtype)
                layer.scale = gain if z.dim() == 1 else gain[:, None]


@lru_cache
def adapter(name: str, seed: int) -> SVF:
    """SVF, of all singular values or of the k largest ("top-k"); or LoRA on q, v ("lora-r")."""
    svf = session(seed).svf
    if name == "svf":
        return svf
    (kind, number), model = name.split("-"), deepcopy(svf.model)
    return LoRA(model, int(number)) if kind == "lora" else SVF(model, factors={
        matrix: largest(getattr(parent, own).weight, int(number))
        for matrix, parent, own in matrices(model)})


@lru_cache
def stacked(seed: int, rate: float) -> Stacked:
    experts = torch.stack([lab.kept(("other", "lora-16", d, rate, seed)) for d in DOMAINS])
    lora = adapter("lora-16", seed)
    return Stacked(deepcopy(session(seed).svf.model), lora, experts)


def learned(job: lab.Job, how: SVF, tasks: tuple[Pool, ...], rate: float, seed: int
            ) -> tuple[rl.Reinforce, list[dict]]:
    """Trained as `t2.py train --weights` trains, kept as the job's vector."""
    of = session(seed, learns=True)
    plan = replace(recipe(of.args), rate=rate)
    training = rl.Reinforce(how, of.fmt, tasks, plan, seed)
    return training, lab.learn(training, job)


def other(what: str, domain: str, rate: float, seed: int) -> dict:
    """Another adapter's expert: its accuracy on validation prompts, which chooses the rate, and
    marks.
    """
    how, pool = adapter(what, seed), pools("train")[domain]
    training, log = learned(("other", what, domain, rate, seed), how, (pool,), rate, seed)
    return {"numbers": how.N, "validation": training.accuracy.item(),
            "seconds": log[-1]["seconds"],
            "marks": greedy(session(seed), training.best, pool.problems(N, "test", seed), how)}


def mixed_lora(name: str, rate: float, seed: int) -> dict:
    """C over LoRA's experts, on test prompts of a family, with the shots that SVF's have."""
    of, task, how = session(seed), pools("unseen")[name], stacked(seed, rate)
    problems, row = task.problems(N, "test", seed), {"marks": {}}
    alpha, _ = cem.few_shot(how, of.fmt, how.each, task.problems(SHOTS, "shots", seed),
                            cem.Search.of(len(DOMAINS)), seeded("cem", name, seed))
    for who, a in {**dict(zip(DOMAINS, torch.eye(len(DOMAINS)))), "few-shot": alpha}.items():
        row["marks"][who] = greedy(of, mix(a, how.each), problems, how)
    return {**row, "alpha": alpha.tolist()}


# --------------------------------------------------------------------------- training on the shots

@dataclass(frozen=True, eq=False)
class Shots(Pool):
    """Nothing but these, in whatever split."""

    def problem(self, rng: Random, split: str) -> Question:
        return rng.choice(self.questions)

    def problems(self, n: int, split: str, seed: object = 0) -> list[Question]:
        return list(self.questions[:n])


def on_shots(what: str, name: str, rate: float, seed: int) -> dict:
    """A vector from nothing ("svf", or "lora" of rank 1), trained on C's shots for C's seconds."""
    of, task = session(seed), pools("unseen")[name]
    how = adapter("svf" if what == "svf" else "lora-1", seed)
    limit = lab.result("adapt", name, seed)["seconds"]["few-shot"][0]
    pool = Shots(name, name, "", tuple(task.problems(SHOTS, "shots", seed)))
    plan = rl.Recipe(steps=1000, prompts=SHOTS, batch=32, rate=rate, validate=1000, held=1)
    training, begin = rl.Reinforce(how, of.fmt, (pool,), plan, seed), time.perf_counter()
    for _ in training:
        if time.perf_counter() - begin > limit:
            break
    z = training.z.detach().float()
    return {"steps": int(training.step), "seconds": time.perf_counter() - begin, "limit": limit,
            "validation": greedy(of, z, task.problems(HELD, "validation"), how),
            "marks": greedy(of, z, task.problems(N, "test", seed), how)}


# ----------------------------------------------------------------------------------- other rewards

@dataclass(frozen=True)
class Form(Question):
    """Right if the function can be run on the tests, whatever comes of it.

    >>> form = Form("", "", "code", "python", tests="assert f(1) == 4", needs=("f",))
    >>> [form.judge(f"def f(x): return {text}").right for text in ("x + 9", "y + 3")]
    [True, False]
    """

    def judge(self, text: str, cut: bool = False) -> Verdict:
        tests = re.sub(r"assert (.+) == .+", r"assert \1 == \1", self.tests)
        return Question(self.prompt, "", self.label, self.check, tests=tests,
                        needs=self.needs).judge(text, cut)


@dataclass(frozen=True)
class Chance(Question):
    """Right by a coin for each prompt and text."""

    def judge(self, text: str, cut: bool = False) -> Verdict:
        return Verdict(Random(f"{self.prompt} {text}").random() < 0.5)


def paid(what: str, seed: int) -> dict:
    """An expert of PAID that was paid for form, or by chance: the last step's, for there is
    nothing that it could be chosen by.
    """
    of, pool = session(seed, learns=True), pools("train")[PAID]
    kind = {"form": Form, "chance": Chance}[what]
    other = replace(pool, questions=tuple(kind(**vars(q)) for q in pool.questions))
    training, log = learned(("paid", what, seed), of.svf, (other,), recipe(of.args).rate, seed)
    z, problems = training.z.detach().float(), pool.problems(N, "test", seed)
    return {"marks": greedy(of, z, problems), "reward": [row["reward"] for row in log],
            "kl": [row["kl"] for row in log], "seconds": log[-1]["seconds"]}


JOBS = (*runs.JOBS, other, mixed_lora, on_shots, paid)

"""Other ways to adapt and to train, each a few lines away from svf.py and rl.py.

Adapters by name: `svf`, `svf-attention`, `svf-mlp`; `lora-qv-16`, `lora-all-4`; fewer gains than
singular values, `top-4`, `matrix`, `kind`, `one`; the released code's `normalised` and `sigmoid`.
What changes the training is patched into rl for the time of a run, by name too: `CHANGES`.
"""
from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from random import Random
from unittest.mock import patch

import torch
from torch import Tensor

import rl
from data.answers import padded
from data.corpus import answer
from data.dialect import Dialect
from data.pretrain import next_token_loss
from data.runs import Report, check_finite
from data.tasks import JOIN, Part, Problem
from model import GPT, generate
from svf import ATTENTION, KINDS, MLP, SVF, Adapter, LoRA


class Shared(SVF):
    """Fewer numbers than singular values: z = (v, 1)[place], v (n,), place (N,), 1 for the rest.

    After "Learning to Reason in 13 Parameters" (arXiv 2602.04118), where gains are shared too.
    """

    def __init__(self, model: GPT, place: Callable[[int, str, int], Tensor]) -> None:
        super().__init__(model)
        places = []
        for i, (name, size) in enumerate(zip(self.layers, self.sizes)):
            places.append(place(i, name.split(".")[1], size))
        self.place = torch.cat(places)
        self.n = int(self.place.max()) + 1
        self.place[self.place < 0] = self.n

    def neutral(self) -> Tensor:
        return torch.ones(self.n)

    def use(self, z: Tensor | None) -> None:
        """z None, the base, or v (n,)."""
        super().use(None if z is None else torch.cat((z, torch.ones(1)))[self.place])

    def parts(self, what: str, vector: Tensor) -> dict[str, Tensor]:
        return {what: vector}


def top(rank: int) -> Callable[[int, str, int], Tensor]:
    """A gain for each of the first `rank` singular values of a matrix; the others stay 1."""
    def place(i: int, kind: str, size: int) -> Tensor:
        return torch.cat((torch.arange(rank) + i * rank, torch.full((size - rank,), -1)))
    return place


SHARED = {"matrix": lambda i, kind, size: torch.full((size,), i),
          "kind": lambda i, kind, size: torch.full((size,), KINDS.index(kind)),
          "one": lambda i, kind, size: torch.zeros(size, dtype=torch.long)}


class Normalised(SVF):
    """The released code's W': rescaled by sum(S) / sum(S*z), so that the sum of S stays."""

    def use(self, z: Tensor | None) -> None:
        if z is not None:
            parts = zip(self.layers.values(), z.split(self.sizes))
            z = torch.cat([part * layer.S.sum() / (layer.S * part).sum() for layer, part in parts])
        super().use(z)


class Sigmoid(Normalised):
    """The released code's parameters as well: z = sigmoid(p), p = 0 at the start."""

    def neutral(self) -> Tensor:
        return torch.zeros(self.N)

    def use(self, z: Tensor | None) -> None:
        super().use(None if z is None else z.sigmoid())


def adapter(name: str, model: GPT) -> Adapter:
    """The adapter of this name around the model. ValueError if there is none."""
    what, *more = name.split("-")
    if what == "lora":
        return LoRA(model, int(more[1]), {"qv": ("q", "v"), "all": KINDS}[more[0]])
    if what == "top":
        return Shared(model, top(int(more[0])))
    if what in SHARED:
        return Shared(model, SHARED[what])
    kinds = {"attention": ATTENTION, "mlp": MLP, "all": KINDS}[more[0] if more else "all"]
    makers = {"svf": SVF, "normalised": Normalised, "sigmoid": Sigmoid}
    if what not in makers:
        raise ValueError(f"no adapter is called {name}")
    return makers[what](model, kinds)


# ------------------------------------------------------------------------------ other trainings

def greedy(adapter: Adapter, dialect: Dialect, problems: list[Problem], draws: Tensor
           ) -> list[list[rl.Episode]]:
    """The released code's rollouts: the likeliest answer alone, one a prompt."""
    prompts = [dialect.prompt(p.prompt) for p in problems]
    done = generate(adapter.model, prompts, dialect.ends, dialect.max_new)
    return [[rl.Episode(prompt, c.tokens, p.reward(dialect.text(c.tokens)), sum(c.logps))]
            for prompt, c, p in zip(prompts, done, problems)]


def ideal(part: Part, lead: str, rng: Random) -> str:
    """The right answer in the style that works, where the corpus has all styles, and mistakes."""
    text = part.write("good", rng)
    while not part.right(text):
        text = part.write("good", rng)
    return text


def imitate(adapter: Adapter, dialect: Dialect, tasks: tuple, recipe: rl.Recipe,
            seed: int, state: Path, run: dict, report: Report) -> tuple[Tensor, list[dict]]:
    """rl.reinforce's counterpart: next tokens of what the corpus answers to the same prompts."""
    def gradient(step: int, z: Tensor) -> dict:
        rng = Random(repr(("imitate", tasks[0].name, seed, step)))
        problems = rl.draw(tasks, recipe.prompts * recipe.samples, "train", tasks[0].name, seed,
                           step)
        pairs = [(dialect.prompt(p.prompt),
                  dialect.answer(JOIN.join(answer(part, p.lead, rng) for part in p.parts)))
                 for p in problems]
        adapter.use(z)
        loss = next_token_loss(adapter.model, *padded(pairs, 0.0, z.device))
        check_finite({"the loss": loss})
        loss.backward()
        return {"loss": loss.item()}
    return rl.learn(adapter, dialect, tasks, recipe, gradient, state, run, report)


CHANGES = {"raw": (rl, {"advantages": lambda rewards: rewards}),  # no baseline: A = r
           "greedy": (rl, {"rollouts": greedy}),
           "ideal": (sys.modules[__name__], {"answer": ideal})}
SHAPES = {"greedy": (128, 1), "single": (128, 1), "pairs": (64, 2)}  # prompts a step, answers each


def changed(*names: str) -> AbstractContextManager:
    """rl (or `imitate`) with these changes, while this lasts."""
    stack = ExitStack()
    for name in (name for name in names if name in CHANGES):
        stack.enter_context(patch.multiple(CHANGES[name][0], **CHANGES[name][1]))
    return stack

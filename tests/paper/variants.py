"""Other ways to adapt and to train, each a few lines away from svf.py and rl.py.

Adapters by name: `svf`, `svf-attention`, `svf-mlp`; `lora-qv-16`, `lora-all-4`; fewer gains than
singular values, `top-4`, `matrix`, `kind`, `one`; the released code's `normalised` and `sigmoid`.
What changes the training is patched into rl for the time of a run, by name too: `CHANGES`.
"""
from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from random import Random
from unittest.mock import patch

import torch
import torch.nn.functional as F
from torch import Tensor, nn

import rl
from data.run.pretrain import next_token_loss, padded
from data.tasks.corpus import answer
from data.tasks.problem import JOIN, Part, Problem
from data.tokenizer import PromptFormat
from model import GPT, generate
from svf import ATTENTION, KINDS, MLP, SVF, replaced


class LoRALinear(nn.Module):
    """W' = W + 2 B A, A (r, I) and B (O, r) flattened to one vector (LoRA's scale alpha / r is 2).

    >>> layer = LoRALinear(nn.Linear(2, 3, bias=False), rank=1)
    >>> layer.use(torch.tensor([1., 0., 0., 5., 0.]), merge=True)  # A = (1, 0), B = (0, 5, 0)
    >>> (layer.merged - layer.weight).round(decimals=3).tolist()
    [[0.0, 0.0], [10.0, 0.0], [0.0, 0.0]]
    """

    def __init__(self, linear: nn.Linear, rank: int) -> None:
        super().__init__()
        self.weight, self.rank = linear.weight.detach(), rank
        self.bias = None if linear.bias is None else linear.bias.detach()
        self.merged: Tensor | None = None
        self.scale: tuple[Tensor, Tensor] | None = None  # A and B, where SVF's layer has its S*z

    def factors(self, v: Tensor) -> tuple[Tensor, Tensor]:
        """A (r, I) and B (O, r), which v (r (I + O),) holds one after the other."""
        O, I = self.weight.shape
        return v[:self.rank * I].view(self.rank, I), v[self.rank * I:].view(O, self.rank)

    def neutral(self, generator: torch.Generator) -> Tensor:
        """B = 0, so that W' = W; A of standard deviation 1/sqrt(I), else nothing would learn."""
        O, I = self.weight.shape
        A = torch.randn(self.rank * I, generator=generator) * I ** -0.5
        return torch.cat((A, torch.zeros(O * self.rank)))

    def use(self, v: Tensor | None, merge: bool) -> None:
        """v None: the base's own weights, bit for bit. v (r (I + O),): A, then B."""
        self.merged = self.scale = None
        if v is not None:
            if v.dim() > 1:
                raise ValueError("LoRA runs one vector a batch; SVF alone takes one for each row")
            A, B = self.factors(v)
            if merge:
                self.merged = (self.weight + 2 * B @ A).to(self.weight.dtype)
            else:
                self.scale = A.to(self.weight.dtype), B.to(self.weight.dtype)

    def forward(self, x: Tensor) -> Tensor:
        """x (B, T, I) -> (B, T, O)."""
        y = F.linear(x, self.weight if self.merged is None else self.merged, self.bias)
        if self.scale is None:
            return y
        A, B = self.scale
        return y + 2 * F.linear(F.linear(x, A), B)


class LoRA(SVF):
    """The baseline: rank 16 on q and v in the paper; any matrices at any rank here.

    A vector is used as SVF's is, by layers of another kind.
    """

    def __init__(self, model: GPT, rank: int = 16, kinds: tuple[str, ...] = ("q", "v")) -> None:
        self.model, self.rank, self.kinds = model.requires_grad_(False), rank, kinds
        self.layers = replaced(model, kinds, lambda name, linear: LoRALinear(linear, rank))
        self.sizes = [rank * sum(layer.weight.shape) for layer in self.layers.values()]
        self.N = sum(self.sizes)

    def neutral(self) -> Tensor:
        generator = torch.Generator().manual_seed(0)
        return torch.cat([layer.neutral(generator) for layer in self.layers.values()])


class Shared(SVF):
    """Fewer numbers than singular values: z = (v, 1)[place], v (n,), place (N,), 1 for the rest.

    After "Learning to Reason in 13 Parameters" (arXiv 2602.04118), where gains are shared too.
    """

    def __init__(self, model: GPT, place: Callable[[int, str, int], Tensor]) -> None:
        super().__init__(model)
        self.place = torch.cat([place(i, name.split(".")[1], size)
                                for i, (name, size) in enumerate(zip(self.layers, self.sizes))])
        self.n = int(self.place.max()) + 1
        self.place[self.place < 0] = self.n

    def neutral(self) -> Tensor:
        return torch.ones(self.n)

    def use(self, z: Tensor | None) -> None:
        """z None, the base, or v (n,)."""
        super().use(None if z is None else torch.cat((z, torch.ones(1)))[self.place])


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


def adapter(name: str, model: GPT) -> SVF:
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

def greedy(model: GPT, fmt: PromptFormat, problems: list[Problem], uniforms: Tensor
           ) -> list[list[rl.Episode]]:
    """The released code's rollouts: the likeliest answer alone, one a prompt."""
    prompts = [fmt.prompt(p.prompt) for p in problems]
    done = generate(model, prompts, fmt.ends, fmt.max_new)
    return [[rl.Episode(prompt, c.tokens, sum(c.logps))] for prompt, c in zip(prompts, done)]


def ideal(part: Part, lead: str, rng: Random) -> str:
    """The right answer in the style that works, where the corpus has all styles, and mistakes."""
    text = part.write("good", rng)
    while not part.judge(text).right:
        text = part.write("good", rng)
    return text


class Imitation(rl.Reinforce):
    """Next-token prediction of what the corpus answers to the same prompts, in one batch."""

    def policy_gradient(self, problems: list[Problem]) -> dict:
        """Adds the gradient of the loss to z.grad."""
        rng = Random(repr(("imitate", *self.stream, int(self.step))))
        pairs = [(self.fmt.prompt(p.prompt),
                  self.fmt.answer(JOIN.join(answer(part, p.lead, rng) for part in p.parts)))
                 for p in problems]
        with self.svf.adapted(self.z):
            loss = next_token_loss(self.svf.model, *padded(pairs, 0.0, self.z.device))
        loss.backward()
        return {"loss": loss.item()}


TRAININGS = {"rl": rl.Reinforce, "text": Imitation}
CHANGES = {"raw": (rl, {"advantages": lambda rewards: rewards}),  # no baseline: A = r
           "greedy": (rl, {"rollouts": greedy}),
           "ideal": (sys.modules[__name__], {"answer": ideal})}
# prompts a step, answers each; 16 and 8 else
SHAPES = {"greedy": (128, 1), "single": (128, 1), "text": (128, 1), "pairs": (64, 2)}


def changed(*names: str) -> AbstractContextManager:
    """rl (or `Imitation`) with these changes, while this lasts."""
    stack = ExitStack()
    for name in (name for name in names if name in CHANGES):
        stack.enter_context(patch.multiple(CHANGES[name][0], **CHANGES[name][1]))
    return stack

"""Many prompts at once: the batches that they are run in, and what the model answers to them.

The tests of experts, the validation of training, pass 1's categories and CEM's candidates are all
`completions`: greedy, in batches of like length, and shared out among the processes if there are
several.
"""
from __future__ import annotations

import torch
from torch import Tensor

from data.llama.chat import PromptFormat
from data.processes import gathered, own
from data.run.resume import Callback, quiet
from data.tasks.problem import Problem
from model import Completion, generate
from svf import Adapter


def padded(pairs: list[tuple[list[int], list[int]]], prompt_weight: float,
           device: torch.device | str) -> tuple[Tensor, Tensor]:
    """tokens (B, T) padded at the right, and the weight (B, T) of each token as a target.

    >>> [t.tolist() for t in padded([([5, 6], [7]), ([8], [9])], 0.5, "cpu")]
    [[[5, 6, 7], [8, 9, 0]], [[0.5, 0.5, 1.0], [0.5, 1.0, 0.0]]]
    """
    T = max(len(p) + len(c) for p, c in pairs)
    tokens = [p + c + [0] * (T - len(p) - len(c)) for p, c in pairs]
    weight = [[prompt_weight] * len(p) + [1.0] * len(c) + [0.0] * (T - len(p) - len(c))
              for p, c in pairs]
    return torch.tensor(tokens, device=device), torch.tensor(weight, device=device)


def batches(lengths: list[int], size: int) -> list[list[int]]:
    """Indices of all, at most `size` at once, those of like length together: less padding.

    >>> batches([5, 1, 4, 2], 2), batches([5, 1], 2)
    ([[1, 3], [2, 0]], [[0, 1]])
    """
    order = list(range(len(lengths)))
    if len(order) > size:
        order.sort(key=lambda i: lengths[i])
    return [order[i:i + size] for i in range(0, len(order), size)]


def completions(adapter: Adapter, z: Tensor | None, fmt: PromptFormat, prompts: list[str],
                report: Callback = quiet) -> list[Completion]:
    """Greedy completions of all prompts with z: None, the base, or (N,), an expert.

    With z (P, N) by each of P experts, SVF alone: those of the first come first; as many experts
    at once as the fmt's batch has room for. Several processes share out the prompts, or the
    experts, and each gets all. report(i, {}) after the i-th batch of an expert.
    """
    rows, done, step = [fmt.prompt(text) for text in prompts], {}, 0
    many = z is not None and z.dim() == 2
    which, who = (range(len(rows)), own(len(z))) if many else (own(len(rows)), range(1))
    parts = [[which[i] for i in part]
             for part in batches([len(rows[i]) for i in which], fmt.batch)]
    at_once = max(1, fmt.batch // max(1, len(which)))
    for first in range(0, len(who), at_once):
        some = who[first:first + at_once]
        for part in parts:
            if len(some) > 1:  # factored; generate takes the rows of z away
                adapter.use(z[list(some)])
            elif part is parts[0]:
                adapter.use(z[some[0]] if many else z)
            given = generate(adapter.model, [rows[i] for i in part] * len(some), fmt.ends,
                             fmt.max_new, None, len(some),
                             adapter.keep if len(some) > 1 else None)
            done.update(zip([(p, i) for p in some for i in part], given))
            step += len(some)
            report(step - 1, {})
    keys = [(p, i) for p in range(len(z) if many else 1) for i in range(len(rows))]
    return [Completion(*row) for row in gathered(done, keys, fmt.max_new)]


def answers(adapter: Adapter, z: Tensor | None, fmt: PromptFormat, problems: list[Problem],
            report: Callback = quiet) -> list[str]:
    """Greedy answers of the expert z (None: the base) to each problem's prompt."""
    done = completions(adapter, z, fmt, [p.prompt for p in problems], report)
    return [fmt.text(c.tokens) for c in done]


def right(problems: list[Problem], texts: list[str]) -> list[bool]:
    """Which of the texts answer their problem.

    >>> from data.tasks.problem import Said
    >>> problem = Problem("opposite", "others", "", (Said("", " hot ?", "cold", ()),))
    >>> right([problem, problem], [" cold", " cold and wet"])
    [True, False]
    """
    return [p.reward(text) == 1 for p, text in zip(problems, texts)]

"""Decoding on CUDA without waiting for Python: the step of a token is captured once and replayed.

A token of a small batch is hundreds of kernels of a few microseconds, and Python takes longer to
launch them than they take. A CUDA graph launches them all at once, if no shape changes from token
to token. So keys and values have all their columns from the start, and those not written yet are
masked (`Fixed`); what is said stays on the device (`Step`), and the host looks at it every BLOCK
tokens. Where half of the rows have ended, the others go on as a batch of their own, captured anew.

model.generate calls `decoded`, and hands it the model and its Cache, whose fields it knows. It has
not run on a card yet: T2_REPLAY=1 turns it on.
"""
from __future__ import annotations

import os
from collections.abc import Callable, Collection

import torch
from torch import Tensor

BLOCK = 8
Said = "tuple[list[int], list[float]]"  # tokens, and log p of each
NextToken = Callable[[Tensor, "Tensor | None"], "tuple[Tensor, Tensor]"]


def wanted(device: torch.device) -> bool:
    """Whether to decode so: on CUDA, if it was asked for, until a card has shown that it is right.
    """
    return device.type == "cuda" and os.environ.get("T2_REPLAY") == "1"


class Fixed:
    """As model.Cache, for one token at a time. All columns are there from the start, and which is
    the next is a tensor: no shape and no number of Python's changes from token to token."""

    def __init__(self, cache: object, context: int) -> None:
        self.kv, self.real, self.last = cache.kv, cache.real, context - 1
        self.real[:, cache.length:] = False
        for store in sum(self.kv, []):
            store[:, :, cache.length:] = 0  # masked, but 0 times what memory held may be NaN
        self.at = torch.tensor([cache.length - 1], device=cache.real.device)

    def place(self, T: int) -> tuple[Tensor, Tensor]:
        """As in Cache: the position (B, 1, 1), and what is seen (B, 1, 1, S) of all S columns."""
        self.at += T
        self.real.index_fill_(1, self.at, True)
        position = (self.real.sum(1) - 1).clamp(max=self.last)  # beyond: of rows that have ended
        return position[:, None, None], self.real[:, None, None]

    def extend(self, layer: int, k: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
        """As in Cache; k, v (B, H_kv, 1, D)."""
        for store, new in zip(self.kv[layer], (k, v)):
            store.index_copy_(2, self.at, new)
        return tuple(self.kv[layer])


class Step:
    """One token for each row: from logits (B, V) to the next logits, all in place.

    said, values (B, max_new): tokens and their log p; draws: as in model.generate.
    """

    def __init__(self, model: Callable, cache: Fixed, next_token: NextToken, logits: Tensor,
                 draws: Tensor | None, n: int, max_new: int) -> None:
        self.model, self.cache, self.next_token = model, cache, next_token
        self.logits, self.draws = logits.clone(), draws
        self.n = torch.tensor([n], device=logits.device)
        self.said = torch.zeros(len(logits), max_new, dtype=torch.long, device=logits.device)
        self.values = torch.zeros(len(logits), max_new, device=logits.device)

    def __call__(self) -> None:
        draw = None if self.draws is None else self.draws.index_select(1, self.n)[:, 0]
        tokens, values = self.next_token(self.logits, draw)
        self.said.index_copy_(1, self.n, tokens)
        self.values.index_copy_(1, self.n, values)
        self.n += 1
        self.logits.copy_(self.model(tokens, self.cache)[:, -1])


def captured(step: Step) -> Callable[[], None]:
    """Takes a step, and returns what takes all others. The first is run as it is, on a stream of
    its own, since libraries prepare themselves in it; the second is recorded and not run."""
    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        step()
    torch.cuda.current_stream().wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        step()
    return graph.replay


def decoded(model: Callable, cache: object, next_token: NextToken, logits: Tensor,
            draws: Tensor | None, lengths: list[int], ends: Collection[int], max_new: int,
            start: Callable = captured) -> list[Said]:
    """As model.decoded. start: `captured`, or what does the same eagerly."""
    done: list[Said] = [([], []) for _ in lengths]
    batch, n = [*range(len(done))], 0  # which of `done` each row of the batch writes
    while True:
        step = Step(model, Fixed(cache, model.config.context), next_token, logits, draws, n,
                    max_new)
        go, begin, going = start(step), n, [*range(len(batch))]
        while n < max_new and 2 * len(going) > len(batch):
            size = min(BLOCK, max_new - n)
            for _ in range(size - (n == begin)):  # `start` has taken the first one
                go()
            read([done[row] for row in batch], step, n, n + size, ends)
            n += size
            going = [i for i, row in enumerate(batch) if done[row][0][-1] not in ends]
            model.check(max(lengths[row] + len(done[row][0]) - 1 for row in batch))
        if not going or n == max_new:
            return done
        rows = torch.tensor(going, device=logits.device)
        batch, logits = [batch[i] for i in going], step.logits[rows]
        draws = None if draws is None else draws[rows]
        cache.length += n - begin
        cache.pick(rows)


def read(done: list[Said], step: Step, n: int, m: int, ends: Collection[int]) -> None:
    """Adds the tokens n to m of each row, and their log p; but none after an end."""
    for (tokens, logps), *new in zip(done, step.said[:, n:m].tolist(),
                                     step.values[:, n:m].tolist()):
        for token, value in zip(*new):
            if not tokens or tokens[-1] not in ends:
                tokens.append(token)
                logps.append(value)

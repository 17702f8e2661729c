"""How work is shared out: over microbatches, over random streams, and over processes.

Started by torchrun, each process (a rank) does every R-th thing of a list, and all get the sum of
what was done: of gradients, of scores, of answers. Alone, a share is all, and a sum nothing.
"""
from __future__ import annotations

import json
import os
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import torch
import torch.distributed as dist
from torch import Tensor


def microbatches(lengths: list[int], size: int) -> list[list[int]]:
    """Indices of all, at most `size` at once, those of like length together: less padding.

    >>> microbatches([5, 1, 4, 2], 2), microbatches([5, 1], 2)
    ([[1, 3], [2, 0]], [[0, 1]])
    """
    order = list(range(len(lengths)))
    if len(order) > size:
        order.sort(key=lambda i: lengths[i])
    return [order[i:i + size] for i in range(0, len(order), size)]


def beginnings(prompts: list[list[int]]) -> tuple[list[list[int]], list[int]]:
    """What prompts begin with, and which of these each does: tokens to run once for several.

    Those that share half of it or more go together; a beginning is never a whole prompt. One
    that is empty serves all, unless running beginnings first saves a third of all tokens.

    >>> beginnings([[1, 2, 3, 4], [9, 9, 9, 8], [1, 2, 3, 5], [9, 9, 9, 9]])
    ([[1, 2, 3], [9, 9, 9]], [0, 1, 0, 1])
    >>> beginnings([[1, 2, 3, 4], [1, 3, 3, 5]])
    ([[]], [0, 0])
    """
    starts: list[list[int]] = []
    which = [0] * len(prompts)
    for i in sorted(range(len(prompts)), key=prompts.__getitem__):
        own = prompts[i][:-1]
        shared = os.path.commonprefix([starts[-1], own]) if starts else []  # of any lists
        if 2 * len(shared) > len(own):
            starts[-1] = shared
        else:
            starts.append(own)
        which[i] = len(starts) - 1
    saved = sum(len(starts[i]) for i in which) - sum(map(len, starts))
    return (starts, which) if 3 * saved > sum(map(len, prompts)) else ([[]], [0] * len(which))


def seeded(*name: object) -> torch.Generator:
    """A generator for what `name` says: (seed, step, prompt ...). The same name, the same numbers.

    So there is no state of random numbers to keep, and it makes no difference which of several
    processes draws.

    >>> seeded(1, "a").initial_seed() == seeded(-1, "a").initial_seed()
    False
    """
    return torch.Generator().manual_seed(zlib.crc32(repr(name).encode()))


def by_rank(n: int) -> range:
    """Which of n things this process does, of the processes that torchrun started: all, if alone.

    >>> by_rank(3)
    range(0, 3)
    """
    if not dist.is_initialized():
        return range(n)
    return range(dist.get_rank(), n, dist.get_world_size())


class Gone(ValueError):
    """Another process of this run has ended before its time."""


def summed(x: Tensor) -> Tensor:
    """x, on the CPU, summed in place over all processes. Gone if one of them is.

    >>> summed(torch.tensor([1., 2.])).tolist()  # alone
    [1.0, 2.0]
    """
    if dist.is_initialized():
        with together():
            dist.all_reduce(x)
    return x


def added(counts: Counter[str]) -> Counter[str]:
    """The counts of all processes, added up. Gone if one of them is."""
    if not dist.is_initialized():
        return counts
    said = json.dumps(counts).encode()  # dist.all_gather_object would need NumPy
    size = torch.tensor(len(said))
    with together():
        dist.all_reduce(size, dist.ReduceOp.MAX)
        mine = torch.tensor([*said.ljust(int(size))], dtype=torch.uint8)
        found = [torch.empty_like(mine) for _ in range(dist.get_world_size())]
        dist.all_gather(found, mine)
    return sum((Counter(json.loads(bytes(one.tolist()))) for one in found), Counter())


@contextmanager
def together() -> Iterator[None]:
    """What all processes do at once; Gone if one of them is."""
    try:
        yield
    except RuntimeError:
        raise Gone(f"rank {dist.get_rank()}: another process of this run is gone; the same "
                   "command goes on from what is saved") from None


@contextmanager
def joined() -> Iterator[None]:
    """Joins the processes that torchrun started, if it did. What they sum is small: by gloo."""
    if os.environ.get("WORLD_SIZE", "1") == "1":
        yield
        return
    dist.init_process_group("gloo")
    try:
        yield
    finally:
        dist.destroy_process_group()

"""The machine: its threads, its devices, its memory, and several processes that share the work.

Started by torchrun, each process does its `own` part of a list and gets the rest from the others:
by sums (`summed`), which is all that a gradient needs, or row by row (`gathered`). With `share`
they share the blocks' weights instead, for a model that outgrows one device.
"""
from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import torch
import torch.distributed as dist
import torch.nn.functional as F
from torch import Tensor

if TYPE_CHECKING:
    from model import GPT
    from rl import Episode
    from svf import SVF

Row = tuple[list[int], list[float]]  # tokens, and the log-probability of each
FEW = 128  # rows
share_work = True  # not so where the processes share the model: see joined


def product(x: Tensor, weight: Tensor) -> Tensor:
    """x W^T: x (..., I), W (O, I) -> (..., O).

    With few rows what counts is how W is read from memory, and torch shares that out badly among
    a CPU's threads: a share of W's rows for each is 1.1 (64 rows) to 1.9 times (one) as fast.

    >>> product(torch.tensor([[1., 2.]]), torch.tensor([[1., 0.], [0., 10.], [1., 1.]])).tolist()
    [[1.0, 20.0, 3.0]]
    """
    O, I = weight.shape
    rows, shares = x.numel() // I, torch.get_num_threads()
    if rows > FEW or shares == 1 or O % shares or weight.device.type != "cpu":
        return F.linear(x, weight)
    parts = weight.view(shares, -1, I).transpose(1, 2)
    y = torch.bmm(x.reshape(1, rows, I).expand(shares, -1, -1), parts)  # (shares, rows, O/shares)
    return y.transpose(0, 1).reshape(*x.shape[:-1], O)


def quickest(threads: int) -> int:
    """So many threads, or one: whichever multiplies faster now.

    Threads that wait for one another crawl where another process holds a core.
    """
    x, seconds = torch.ones(384, 384), {threads: [], 1: []}
    for n in [threads, 1] * 5 * (threads > 1):
        torch.set_num_threads(n)
        begin = time.perf_counter()
        for _ in range(20):
            x @ x
        seconds[n].append(time.perf_counter() - begin)
    return min(seconds, key=lambda n: sum(seconds[n][1:]))  # the first one wakes them


def checked_device(name: str, threads: int) -> str:
    """The device of that name, of this process if there are several; ValueError if it isn't there.

    Sets the number of threads as well; 0: all, or one where that is quicker now.
    """
    torch.set_num_threads(threads or quickest(torch.get_num_threads()))
    there = ["cpu", *(f"cuda:{i}" for i in range(torch.cuda.device_count())),
             *["mps"] * torch.backends.mps.is_available()]
    if name not in (*there, *["cuda"] * torch.cuda.is_available()):
        raise ValueError(f"--device {name:.40} is not there; expected one of "
                         f"{', '.join(there)}")
    if name != "cuda" or not torch.distributed.is_initialized():
        return name
    torch.cuda.set_device(int(os.environ["LOCAL_RANK"]) % torch.cuda.device_count())
    return f"cuda:{torch.cuda.current_device()}"


def memory(device: torch.device) -> float:
    """Bytes that training may fill: what a GPU has free, half of what a computer has."""
    if device.type == "cuda":
        return (torch.cuda.mem_get_info(device)[0] + torch.cuda.memory_reserved(device)
                - torch.cuda.memory_allocated(device))  # what torch keeps for itself is free to us
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2
    except (AttributeError, ValueError, OSError):  # Windows can't say: 8 GB are common
        return 4e9


def kept_bytes(model: GPT, groups: list[list[Episode]], most_logits: int) -> float:
    """About what the backward pass needs kept of these groups' forward passes.

    A token and layer: some 15 C + 3 hidden numbers (what the norms, attention, SwiGLU and x V of
    each matrix leave behind); of the logits, and what is made of them, no more than a piece.
    """
    c, size = model.config, model.embed.weight.element_size()
    written = sum(len(group) * max(len(e.completion) for e in group) for group in groups)
    tokens = written + sum(len(group[0].prompt) for group in groups)
    piece = min(written * c.vocab, most_logits)
    return size * tokens * c.layers * (15 * c.width + 3 * c.hidden) + 24 * piece


# ------------------------------------------------------------------------------ several processes

@contextmanager
def joined(device: str, shard: bool) -> Iterator[None]:
    """Joins the processes that torchrun started, if it did: by gloo on CPUs, NCCL on GPUs.

    shard: they share the model in place of the work, which each of them does whole, in step.
    """
    global share_work
    share_work = not shard
    if os.environ.get("WORLD_SIZE", "1") == "1":
        if shard:
            raise ValueError("--shard: expected several processes, started by `torchrun "
                             "--nproc-per-node N -- t2.py ...`")
        yield
        return
    dist.init_process_group("cpu:gloo,cuda:nccl" if device.startswith("cuda") else "gloo")
    try:
        yield
    finally:
        dist.destroy_process_group()


def own(n: int) -> range:
    """Which of n things this process does, of the processes that torchrun started: all, if alone.

    >>> own(3)
    range(0, 3)
    """
    if not (dist.is_initialized() and share_work):
        return range(n)
    return range(dist.get_rank(), n, dist.get_world_size())


class Gone(ValueError):
    """Another process of this run has ended before its time."""


def summed(x: Tensor, op: dist.ReduceOp = dist.ReduceOp.SUM) -> Tensor:
    """x, summed in place over all processes, or what else op says. Gone if one of them is.

    >>> summed(torch.tensor([1., 2.])).tolist()  # alone
    [1.0, 2.0]
    """
    if dist.is_initialized():
        try:
            dist.all_reduce(x, op)
        except RuntimeError:
            raise Gone(f"rank {dist.get_rank()}: another process of this run is gone; the same "
                       "command goes on from what is saved") from None
    return x


def gathered(done: dict[tuple[int, int], Row], keys: list[tuple[int, int]], longest: int
             ) -> list[Row]:
    """The tokens and log-probabilities of all keys, of which each process has done its own.

    >>> gathered({(0, 1): ([7, 8], [-.1, -.2]), (0, 0): ([9], [-.3])}, [(0, 0), (0, 1)], 2)
    [([9], [-0.3]), ([7, 8], [-0.1, -0.2])]
    """
    if not dist.is_initialized():
        return [done[key] for key in keys]
    tokens, logps = torch.zeros(len(keys), longest, dtype=torch.long), torch.zeros(
        len(keys), longest)
    for row, key in enumerate(keys):
        if key in done:
            n = len(done[key][0])
            tokens[row, :n] = torch.tensor(done[key][0]) + 1  # 0: no token
            logps[row, :n] = torch.tensor(done[key][1])
    lengths = summed(tokens, dist.ReduceOp.MAX).ne(0).sum(1).tolist()
    summed(logps, dist.ReduceOp.MIN)  # none is above 0
    return [((row[:n] - 1).tolist(), logp[:n].tolist())
            for row, logp, n in zip(tokens, logps, lengths)]


def share(svf: SVF, device: str) -> None:
    """Each process keeps its share of every block's W, U and V on the device, and gets the
    others' when the block runs, by FSDP2. W' is never formed then: all runs are factored.
    """
    from torch.distributed.device_mesh import init_device_mesh
    from torch.distributed.fsdp import fully_shard
    mesh = init_device_mesh(torch.device(device).type, (dist.get_world_size(),))
    for block in svf.model.blocks:
        fully_shard(block, mesh=mesh, reshard_after_forward=True)
    for layer in svf.layers.values():
        layer.S = layer.S.to(device)
    svf.model.to(device)
    svf.sharded = True

"""Which device a command runs on, and with how many threads."""
from __future__ import annotations

import os
import time

import torch
import torch.distributed as dist


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
    # cuDNN's attention is a quarter quicker, and in bfloat16 no answer came twice the same with it
    # (an H200, torch 2.11); besides, it plans for seconds at each new shape.
    torch.backends.cuda.enable_cudnn_sdp(False)
    if name != "cuda" or not dist.is_initialized():
        return name
    torch.cuda.set_device(int(os.environ["LOCAL_RANK"]) % torch.cuda.device_count())
    return f"cuda:{torch.cuda.current_device()}"


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

"""Which device a command runs on, and with how many threads."""
from __future__ import annotations

import os
import time

import torch
import torch.distributed as dist


def checked_device(name: str, threads: int, large: bool = False) -> str:
    """The device of that name, of this process if there are several; ValueError if it isn't there.

    "auto": a GPU if there is one and the model is `large`, for the built-in one fills none. Sets
    the number of threads as well; 0: all, or one where that is quicker now.
    """
    torch.set_num_threads(threads or quickest(torch.get_num_threads()))
    there = [*["cuda"] * torch.cuda.is_available(), *["mps"] * torch.backends.mps.is_available(),
             "cpu", *(f"cuda:{i}" for i in range(torch.cuda.device_count()))]
    if name == "auto":
        name = there[0] if large else "cpu"
    if name not in there:
        raise ValueError(f"--device {name:.40} is not there; expected one of "
                         f"{', '.join(there)}")
    # cuDNN's attention is a quarter quicker, and in bfloat16 no answer came twice the same with it
    # (an H200, torch 2.11); besides, it plans for seconds at each new shape.
    torch.backends.cuda.enable_cudnn_sdp(False)
    if name != "cuda" or not dist.is_initialized():
        return name
    torch.cuda.set_device(int(os.environ["LOCAL_RANK"]) % torch.cuda.device_count())
    return f"cuda:{torch.cuda.current_device()}"


def dtype_of(name: str, device: str) -> str:
    """The dtype of that name; "auto": bfloat16 where the hardware has units for it, else float32.

    By what torch says that it has, not by a stopwatch: the same machine, the same results.
    """
    if name != "auto":
        return name
    has = getattr(torch.cpu, "get_capabilities", dict)()  # torch of before does not say
    quick = (torch.cuda.is_bf16_supported(including_emulation=False) if device.startswith("cuda")
             else torch.backends.mps.is_macos_or_newer(14, 0) if device == "mps"
             else bool(has.get("amx_bf16") or has.get("avx512_bf16")))
    return "bfloat16" if quick else "float32"


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

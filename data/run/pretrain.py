"""How the base model is made: next-token prediction on the corpus (data/tasks/corpus.py).

    loss = -sum_t w_t log pi(y_t | y_<t) / sum_t w_t

w is 1 for the tokens of an answer and small for those of a prompt, most of which are drawn by
chance. Not a part of the paper, whose bases are published ones; its ablation, next-token
prediction of an expert, takes its loss from here (tests/paper/variants.py).
"""
from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from random import Random

import torch
import torch.distributed as dist
import torch.nn.functional as F
from torch import Tensor

from data import tokenizer
from data.files import remove, write_json
from data.llama.chat import PromptFormat, built_in
from data.processes import checked_device
from data.run.answers import padded
from data.run.checkpoints import save_model
from data.run.flags import Pretrain
from data.run.resume import Callback, by_name, check_finite, resumable, seeded
from data.run.screen import Line
from data.tasks.corpus import document
from model import GPT, Config

Pair = tuple[list[int], list[int]]  # prompt tokens, completion tokens (with the end token)
PROMPT_WEIGHT = 0.03  # of a prompt's tokens in the loss: most of them are drawn by chance


def make(args: Pretrain) -> None:
    """`t2.py pretrain`: OUT/base.pt from nothing."""
    if dist.is_initialized():
        raise ValueError("pretrain runs in one process: start it without torchrun")
    encoding, device = tokenizer.load(), checked_device(args.device, args.threads)
    model = GPT(Config(vocab=encoding.n_vocab, width=96, kv_heads=4, head_size=24, hidden=256,
                       theta=1000.0))
    model.initialise(seeded(args.seed, "init"))
    model.to(device)
    run = {"command": "pretrain", "seed": args.seed, "steps": args.steps}
    state = args.out / "base.state.pt"

    def batches(step: int) -> list[Pair]:
        return corpus_batch(built_in(encoding), 48, args.seed, step, args.steps)
    log = fit(model, batches, args.steps, state, run, Line("pretrain", args.steps), device)
    save_model(model, args.out / "base.pt", **run)
    parameters, seconds = sum(p.numel() for p in model.parameters()), log[-1]["seconds"]
    write_json(args.out / "pretrain.json", {**run, "parameters": parameters, "seconds": seconds,
                                            "log": log[99::100]})
    remove(state)  # last: until here a kill costs nothing
    print(f"wrote {args.out / 'base.pt'}: {parameters:,} parameters, {seconds:.0f} s. The experts "
          f"of another base do not fit it: run `python t2.py train --out {args.out}` next.")


def next_token_loss(model: GPT, tokens: Tensor, weight: Tensor) -> Tensor:
    """-sum_t w_t log pi(y_t | y_<t) / sum_t w_t; tokens and weight (B, T)."""
    logits = model(tokens[:, :-1])
    loss = F.cross_entropy(logits.flatten(0, 1), tokens[:, 1:].flatten(), reduction="none")
    weight = weight[:, 1:].flatten()
    return (loss * weight).sum() / weight.sum()


def corpus_batch(fmt: PromptFormat, size: int, seed: int, step: int, steps: int
                 ) -> list[Pair]:
    """The documents of one step, as tokens and shortest first: a mixture of all families."""
    rng, pairs = Random(f"corpus {seed} {step}"), []
    for _ in range(size):
        prompt, completion = document(rng, step / steps)
        pairs.append((fmt.prompt(prompt), fmt.answer(completion)))
    return sorted(pairs, key=lambda pair: len(pair[0]) + len(pair[1]))


def fit(model: GPT, batches: Callable[[int], list[Pair]], steps: int, state: Path, run: dict,
        report: Callback, device: str = "cpu") -> list[dict]:
    """Trains every weight on next tokens: Muon on the blocks' matrices, AdamW on the rest.

    Returns the log of `resumable`.
    """
    if not hasattr(torch.optim, "Muon"):
        raise ValueError(f"pretrain needs torch 2.9 or later (Muon), found {torch.__version__}")
    matrices = [p for p in model.blocks.parameters() if p.dim() == 2]
    rest = [p for p in model.parameters() if all(p is not m for m in matrices)]
    rates = {"muon": 0.01, "adamw": 3e-3}
    optimizers = {"muon": torch.optim.Muon(matrices, weight_decay=0.0),
                  "adamw": torch.optim.AdamW(rest, betas=(0.9, 0.98), weight_decay=0.0)}

    def gradient(pairs: list[Pair]) -> float:
        third, loss = math.ceil(len(pairs) / 3), 0.0
        for start in range(0, len(pairs), third):  # short and long apart: less padding
            part = padded(pairs[start:start + third], PROMPT_WEIGHT, device)
            piece = next_token_loss(model, *part) / 3
            piece.backward()
            loss += piece.item()
        check_finite({"the loss": torch.tensor(loss)})
        return loss

    def do(step: int) -> dict:
        decay = min(1.0, (step + 1) / 20, (steps - step) / (0.6 * steps))
        loss = by_name(model, lambda: gradient(batches(step)))
        for name, optimizer in optimizers.items():
            optimizer.param_groups[0]["lr"] = rates[name] * decay
            optimizer.step()
            optimizer.zero_grad()
        check_finite({f"the weight of {name}": p for name, p in model.named_parameters()})
        return {"loss": loss}

    return resumable(state, run, {"model": model, **optimizers}, steps, do, report)

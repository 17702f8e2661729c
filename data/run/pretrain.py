"""How the base model is made: next-token prediction on the corpus (data/tasks/corpus.py).

    loss = -sum_t w_t log pi(y_t | y_<t) / sum_t w_t

w is 1 for the tokens of an answer and small for those of a prompt, most of which are drawn by
chance. Not a part of the paper, whose bases are published ones; its ablation, next-token
prediction of an expert, takes its loss from here (tests/paper/variants.py).
"""
from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from random import Random

import torch
import torch.distributed as dist
import torch.nn.functional as F
from torch import Tensor, nn

from data import tokenizer
from data.files import remove, write_json
from data.processes import seeded
from data.run.checkpoints import save_model
from data.run.device import checked_device
from data.run.flags import Pretrain
from data.run.resume import keep_going
from data.run.screen import Line
from data.tasks.corpus import document
from data.tokenizer import PromptFormat, built_in
from model import GPT, Config

Pair = tuple[list[int], list[int]]  # prompt tokens, completion tokens (with the end token)
PROMPT_WEIGHT = 0.03  # of a prompt's tokens in the loss: most of them are drawn by chance


def base(args: Pretrain) -> None:
    """`t2.py pretrain`: OUT/base.safetensors from nothing."""
    if dist.is_initialized():
        raise ValueError("pretrain runs in one process: start it without torchrun")
    encoding, device = tokenizer.load(), checked_device(args.device, args.threads)
    model = GPT(Config(vocab=encoding.n_vocab, width=96, kv_heads=4, head_size=24, hidden=256,
                       theta=1000.0))
    model.initialise(seeded(args.seed, "init"))
    model.to(device)
    run = {"command": "pretrain", "seed": args.seed, "steps": args.steps}
    state, path = args.out / "base.state.safetensors", args.out / "base.safetensors"
    training = Pretraining(model, lambda step: corpus_batch(
        built_in(encoding), 48, args.seed, step, args.steps), args.steps)
    log = keep_going(training, args.steps, state, run, Line("pretrain", args.steps))
    save_model(model, path, **run)
    parameters, seconds = sum(p.numel() for p in model.parameters()), log[-1]["seconds"]
    write_json(args.out / "pretrain.json", {**run, "parameters": parameters, "seconds": seconds,
                                            "log": log[99::100]})
    remove(state)  # last: until here a kill costs nothing
    print(f"wrote {path}: {parameters:,} parameters, {seconds:.0f} s. The experts of another base "
          f"do not fit it: run `python t2.py train --out {args.out}` next.")


class Pretraining(nn.Module):
    """Trains every weight on next tokens: Muon on the blocks' matrices, AdamW on the rest.

    batches(step) gives a step's pairs, shortest first. Iterate over it: a step each.
    """

    def __init__(self, model: GPT, batches: Callable[[int], list[Pair]], steps: int) -> None:
        super().__init__()
        if not hasattr(torch.optim, "Muon"):
            raise ValueError(f"pretrain needs torch 2.9 or later (Muon), found "
                             f"{torch.__version__}")
        self.model, self.batches, self.steps = model, batches, steps
        self.register_buffer("step", torch.tensor(0))  # steps that are done
        matrices = [p for p in model.blocks.parameters() if p.dim() == 2]
        rest = [p for p in model.parameters() if all(p is not m for m in matrices)]
        self.rates = {"muon": 0.01, "adamw": 3e-3}
        self.optimizers = {
            "muon": torch.optim.Muon(matrices, weight_decay=0.0),
            "adamw": torch.optim.AdamW(rest, betas=(0.9, 0.98), weight_decay=0.0)}

    def __iter__(self) -> Iterator[dict]:
        while (step := int(self.step)) < self.steps:
            loss = self.gradient(self.batches(step))
            decay = min(1.0, (step + 1) / 20, (self.steps - step) / (0.6 * self.steps))
            for name, optimizer in self.optimizers.items():
                optimizer.param_groups[0]["lr"] = self.rates[name] * decay
                optimizer.step()
                optimizer.zero_grad()
            self.step += 1
            largest = torch.stack([p.detach().abs().max() for p in self.model.parameters()]).max()
            yield {"loss": loss, "weight": largest.item()}

    def gradient(self, pairs: list[Pair]) -> float:
        """Adds the gradient of the mean loss of the pairs; returns that loss."""
        third, loss = math.ceil(len(pairs) / 3), 0.0
        for start in range(0, len(pairs), third):  # short and long apart: less padding
            part = padded(pairs[start:start + third], PROMPT_WEIGHT,
                          self.model.embed.weight.device)
            piece = next_token_loss(self.model, *part) / 3
            piece.backward()
            loss += piece.item()
        return loss


def next_token_loss(model: GPT, tokens: Tensor, weight: Tensor) -> Tensor:
    """-sum_t w_t log pi(y_t | y_<t) / sum_t w_t; tokens and weight (B, T)."""
    logits = model(tokens[:, :-1])
    loss = F.cross_entropy(logits.flatten(0, 1), tokens[:, 1:].flatten(), reduction="none")
    weight = weight[:, 1:].flatten()
    return (loss * weight).sum() / weight.sum()


def padded(pairs: list[Pair], prompt_weight: float, device: torch.device | str
           ) -> tuple[Tensor, Tensor]:
    """tokens (B, T) padded at the right, and the weight (B, T) of each token as a target.

    >>> [t.tolist() for t in padded([([5, 6], [7]), ([8], [9])], 0.5, "cpu")]
    [[[5, 6, 7], [8, 9, 0]], [[0.5, 0.5, 1.0], [0.5, 1.0, 0.0]]]
    """
    T = max(len(p) + len(c) for p, c in pairs)
    tokens = [p + c + [0] * (T - len(p) - len(c)) for p, c in pairs]
    weight = [[prompt_weight] * len(p) + [1.0] * len(c) + [0.0] * (T - len(p) - len(c))
              for p, c in pairs]
    return torch.tensor(tokens, device=device), torch.tensor(weight, device=device)


def corpus_batch(fmt: PromptFormat, size: int, seed: int, step: int, steps: int) -> list[Pair]:
    """The documents of one step, as tokens and shortest first: a mixture of all families."""
    rng, pairs = Random(f"corpus {seed} {step}"), []
    for _ in range(size):
        prompt, completion = document(rng, step / steps)
        pairs.append((fmt.prompt(prompt), fmt.answer(completion)))
    return sorted(pairs, key=lambda pair: len(pair[0]) + len(pair[1]))

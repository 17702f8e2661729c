"""placeholder"""
from __future__ import annotations

from collections.abc import Iterator
from random import Random

import torch
import torch.nn.functional as F
from torch import Tensor

from model import GPT


def padded(pairs: list[tuple[list[int], list[int]]], prompt_weight: float,
           device: torch.device | str) -> tuple[Tensor, Tensor]:
    """tokens (B, T) padded at the right with 0, and the loss weight (B, T) of each as a target."""
    T = max(len(p) + len(c) for p, c in pairs)
    tokens = [p + c + [0] * (T - len(p) - len(c)) for p, c in pairs]
    weight = [[prompt_weight] * len(p) + [1.0] * len(c) + [0.0] * (T - len(p) - len(c))
              for p, c in pairs]
    return torch.tensor(tokens, device=device), torch.tensor(weight, device=device)


def next_token_loss(model: GPT, tokens: Tensor, weight: Tensor) -> Tensor:
    """- sum_t w_t log pi(y_t | y_<t) / sum_t w_t over a batch; tokens and weight (B, T)."""
    logits = model(tokens[:, :-1])
    loss = F.cross_entropy(logits.flatten(0, 1), tokens[:, 1:].flatten(), reduction="none")
    weight = weight[:, 1:].flatten()
    return (loss * weight).sum() / weight.sum()

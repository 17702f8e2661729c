"""A small random model with pairwise distinct sizes, so that a transposed axis can't hide."""
from __future__ import annotations

import pytest
import torch

from data.processes import seeded
from model import GPT, Config


@pytest.fixture
def tiny() -> GPT:
    model = GPT(Config(vocab=37, width=20, layers=3, heads=4, kv_heads=2, head_size=6, hidden=28,
                       context=64))
    model.initialise(seeded("tiny"))
    return model.eval()


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)

"""Small random models with pairwise distinct sizes, so that a transposed axis can't hide."""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import torch

from data.processes import seeded
from model import GPT, Config

Patch = pytest.MonkeyPatch
Said = pytest.CaptureFixture[str]


@dataclass(frozen=True)
class Letters:
    """A prompt format in which a letter is a token, and token 0 the end."""

    max_new: int = 4
    batch: int = 100
    ends: tuple[int, ...] = (0,)

    def prompt(self, text: str) -> list[int]:
        return [ord(letter) - 96 for letter in text]

    def text(self, tokens: list[int]) -> str:
        return "".join(chr(96 + token) for token in tokens)

    def read(self, tokens: list[int]) -> tuple[str, bool]:
        return self.text(tokens), tokens[-1] not in self.ends


def random_model(**sizes: int) -> GPT:
    model = GPT(Config(**{"vocab": 37, "width": 20, "layers": 3, "heads": 4, "kv_heads": 2,
                          "head_size": 6, "hidden": 28, "context": 64, **sizes}))
    model.initialise(seeded("tiny"))
    return model.eval()


@pytest.fixture
def tiny() -> GPT:
    return random_model()


@pytest.fixture
def float64(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Everything in float64, what the code turns into float32 too: for formulas and slopes."""
    monkeypatch.setattr(torch.Tensor, "float", torch.Tensor.double)
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


@pytest.fixture(autouse=True)
def any_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """One thread, and nothing that some processors have and others have not."""
    torch.set_num_threads(1)
    monkeypatch.setattr(torch.cpu, "get_capabilities", dict, raising=False)

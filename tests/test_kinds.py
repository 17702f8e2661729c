"""Strategy A on open weights: of which kind a prompt is, by how likely it is after examples."""
from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from data.run import kinds
from data.tokenizer import Encoding, built_in, load
from model import GPT, Config
from svf import SVF
from tests.conftest import Patch

KEPT = {"sums": ["what is 3 +4 ?", "what is 5 -2 ?"], "words": ["a horse ?"], "x": ["b", "c", ""]}


def small(encoding: Encoding) -> SVF:
    model = GPT(Config(vocab=encoding.n_vocab, width=20, layers=2, heads=4, kv_heads=2,
                       head_size=6, hidden=28, context=300))
    model.initialise(torch.Generator().manual_seed(0))
    return SVF(model.eval())


@pytest.mark.parametrize("batch", [1, 4, 100])
@pytest.mark.parametrize("begin", ["", "<|begin_of_text|>"])
def test_a_prompt_is_as_likely_as_its_tokens_after_a_kinds_examples(
        batch: int, begin: str, monkeypatch: Patch) -> None:
    """Whatever the batch, the pieces of the logits, and what stands around a chat's prompt."""
    monkeypatch.setattr(kinds, "PIECE", 4000)
    encoding = load()
    encoding.begin = begin
    fmt = replace(built_in(encoding), around="[{}]", batch=batch)
    svf, prompts = small(encoding), ["Long ago.\n\nwhat is 9 +1 ?", "a cow", "b", "a" * 250]
    svf.use(torch.full((svf.N,), 1.1))  # it is the base that is asked
    found = kinds.likelihoods(svf, fmt, KEPT, prompts)
    svf.use(None)
    for prompt, row in zip(["what is 9 +1 ?", "a cow", "b", "a" * kinds.LONGEST], found):
        for texts, value in zip(KEPT.values(), row):
            start = [encoding.special[begin]] if begin else []
            for text in texts:
                start += encoding.encode_ordinary(text) + encoding.encode_ordinary("\n\n")
            tokens = encoding.encode_ordinary(prompt)
            logp = svf.model(torch.tensor([start + tokens]))[0, len(start) - 1:-1].log_softmax(-1)
            expected = logp.gather(1, torch.tensor(tokens)[:, None]).sum()
            torch.testing.assert_close(value, expected, atol=1e-4, rtol=1e-5)
    assert kinds.likelihoods(svf, fmt, KEPT, [" "]).isfinite().all()  # of nothing, too


def test_a_prompt_that_no_kind_is_sure_of_is_others(monkeypatch: Patch) -> None:
    """Bayes' rule, each kind as likely as any other beforehand."""
    monkeypatch.setattr(kinds, "likelihoods", lambda svf, fmt, kept, prompts: torch.tensor(
        [[-50.0, -40.0, -50.0], [-400.0, -402.9, -500.0], [-400.0, -403.0, -500.0]]))
    (one, sure), (two, rest), (three, _) = kinds.named(None, None, KEPT, ["", "", ""])
    assert (one, two, three) == ("words", "others", "sums")
    assert sure == pytest.approx(1, abs=1e-3)
    assert rest == pytest.approx(1 / (1 + 2.718281828 ** 2.9), abs=1e-6)


def test_examples_that_are_none_are_not_used() -> None:
    assert kinds.usable(KEPT) and not kinds.usable({**KEPT, "x": []})
    for wrong in (None, "abcdefghijk", [1] * 12, {"a": 1}, ["a" * 201] * 12):
        assert not kinds.usable({**KEPT, "x": wrong})

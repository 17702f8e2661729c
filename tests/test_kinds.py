"""Strategy A on open weights: its question, and what is taken out of the answers."""
from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from data.run import kinds
from data.tokenizer import built_in, load
from model import GPT, Config
from svf import SVF
from tests.conftest import Patch

KEPT = {name: [f"{name} {i}?" for i in range(kinds.SHOWN + 2)] for name in ("sums", "words", "x")}


def test_the_question_shows_examples_of_each_kind_in_turn_and_ends_at_the_prompts_own() -> None:
    blocks = kinds.question(KEPT, "Long ago.\n\nQ: 1 + 1?\nA:").split("\n\n")
    assert len(blocks) == 3 * kinds.SHOWN + 1
    assert blocks[:4] == ["Question: sums 0?\nKind: sums", "Question: words 0?\nKind: words",
                          "Question: x 0?\nKind: x", "Question: sums 1?\nKind: sums"]
    assert blocks[-1] == "Question: Q: 1 + 1?\nA:\nKind:"
    assert len(kinds.shortened("a" * 999)) == kinds.LONGEST


@pytest.mark.parametrize("around, lead", [("{}", " "), ("[{}]", "")])
def test_a_kind_is_as_likely_as_all_tokens_of_its_name(around: str, lead: str) -> None:
    """Whatever the batch; a chat's answer begins its turn, and has no space before it."""
    fmt = replace(built_in(load()), around=around, batch=5, before=[])
    model = GPT(Config(vocab=fmt.encoding.n_vocab, width=20, layers=2, heads=4, kv_heads=2,
                       head_size=6, hidden=28, context=800))
    model.initialise(torch.Generator().manual_seed(0))
    svf, prompts = SVF(model.eval()), ["what is 3 +4 ?", "b", "a horse ?"]
    found = kinds.likelihoods(svf, fmt, KEPT, prompts)
    for prompt, row in zip(prompts, found):
        sums = []
        for name in KEPT:
            start = fmt.prompt(kinds.question(KEPT, prompt))
            tokens = fmt.encoding.encode_ordinary(lead + name)
            logp = model(torch.tensor([start + tokens]))[0, len(start) - 1:-1].log_softmax(-1)
            sums.append(logp.gather(1, torch.tensor(tokens)[:, None]).sum())
        torch.testing.assert_close(row, torch.stack(sums).log_softmax(0), atol=1e-4, rtol=1e-4)
    assert max(len(fmt.encoding.encode_ordinary(name)) for name in KEPT) > 1


def test_what_the_base_likes_anyway_is_taken_out_and_no_half_is_others(monkeypatch: Patch) -> None:
    """A base that says `sums` to all: more than usual is sums, less is not."""
    usual = [0.8, 0.1, 0.1]
    table = {**{text: usual for texts in KEPT.values() for text in texts},
             "sum": [0.98, 0.01, 0.01], "word": [0.7, 0.28, 0.02], "none": usual}
    monkeypatch.setattr(kinds, "likelihoods", lambda svf, fmt, kept, prompts: torch.tensor(
        [table[prompt] for prompt in prompts]).log())
    svf = SVF(GPT(Config(vocab=7, width=6, layers=1, head_size=2)))
    (one, sure), (two, _), (three, rest) = kinds.named(svf, None, KEPT, ["sum", "word", "none"])
    assert (one, two, three) == ("sums", "words", "others")
    assert sure == pytest.approx(0.98 / 0.8 / (0.98 / 0.8 + 0.2)) and rest == pytest.approx(2 / 3)


def test_examples_that_are_none_are_not_used() -> None:
    assert kinds.usable(KEPT) and not kinds.usable({**KEPT, "x": ["a"] * kinds.SHOWN})
    for wrong in (None, "abcdefghijk", [1] * 12, {"a": 1}, ["a" * 201] * 12):
        assert not kinds.usable({**KEPT, "x": wrong})

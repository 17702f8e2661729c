"""The static-shape step says what the growing one says, token by token, whoever captures it."""
from __future__ import annotations

from collections.abc import Callable

import pytest
import torch

from data import replay
from data.processes import seeded
from model import GPT, decoded, generate, next_token, prefill
from svf import SVF
from tests.conftest import Patch, random_model

PROMPTS = [[3, 1, 4, 1, 5, 9, 2], [2, 7], [3, 1, 4, 1, 5, 8], [6, 5, 3, 5]]


def eagerly(step: Callable) -> Callable:
    step()
    return step


@pytest.mark.parametrize("samples", [0, 3])
@pytest.mark.parametrize("max_new", [1, 2, 8, 9, 30])
@pytest.mark.parametrize("ends", [(), (0, 4), tuple(range(20))])
def test_it_says_what_the_growing_cache_says(samples: int, max_new: int, ends: tuple, tiny: GPT,
                                             monkeypatch: Patch) -> None:
    draws = torch.rand(4 * samples, max_new, generator=seeded("draws")) if samples else None
    want = generate(tiny, PROMPTS, ends, max_new, draws)
    found, started = static(monkeypatch, tiny, PROMPTS, ends, max_new, draws)
    assert [c.tokens for c in found] == [c.tokens for c in want]
    assert all(c.logps == pytest.approx(w.logps, abs=1e-4) for c, w in zip(found, want))
    if samples and ends == (0, 4) and max_new == 30:
        assert len({len(c.tokens) for c in want}) > 1 and len(started) > 1  # some leave early


def static(monkeypatch: Patch, *given: object) -> tuple[list, list[int]]:
    """What generate gives, by fixed shapes; and the batches that were captured, a small ladder."""
    started = []

    def start(step: Callable) -> Callable:
        started.append(len(step.logits))
        return eagerly(step)
    monkeypatch.setattr(replay, "wanted", lambda device: True)
    monkeypatch.setattr(replay.decoded, "__defaults__", (start,))
    found = generate(*given)
    assert started and all(2 * b <= a for a, b in zip(started, started[1:]))
    return found, started


def test_each_row_keeps_its_own_z(monkeypatch: Patch) -> None:
    svf = SVF(random_model())
    Z = 1 + 0.4 * torch.randn(3, svf.N, generator=seeded("Z"))
    found = []
    for way in (generate, lambda *given: static(monkeypatch, *given)[0]):
        with svf.adapted(Z):
            found.append(way(svf.model, PROMPTS * 3, (0, 4, 9), 20, None, 3, svf.keep))
    assert [c.tokens for c in found[0]] == [c.tokens for c in found[1]]
    assert len({tuple(c.tokens) for c in found[0]}) > 6


def test_what_does_not_fit_the_context_is_refused_as_without_it(monkeypatch: Patch) -> None:
    model, prompts = random_model(context=20), [[1] * 15, [2, 3]]
    for ends in ((), (0,)):
        said = []
        for way in (generate, lambda *given: static(monkeypatch, *given)):
            with pytest.raises(ValueError, match="do not fit") as error:
                way(model, prompts, ends, 12)
            said.append(str(error.value)[:3])
            monkeypatch.undo()
    assert len(generate(model, prompts, (), 6)[0].tokens) == 6
    assert len(static(monkeypatch, model, prompts, (), 6)[0][0].tokens) == 6


def test_nothing_but_tensors_changes_from_step_to_step(tiny: GPT) -> None:
    """What a graph replays has every shape and address as it was."""
    def start(step: replay.Step) -> Callable:
        places = [t.data_ptr() for t in (step.logits, step.n, step.said, step.values,
                                         step.cache.at, step.cache.real, *sum(step.cache.kv, []))]

        def again() -> None:
            step()
            assert places == [t.data_ptr() for t in (
                step.logits, step.n, step.said, step.values, step.cache.at, step.cache.real,
                *sum(step.cache.kv, []))]
            assert step.cache.real.shape == (2, 19)
        again()
        return again
    with torch.no_grad():
        state, cache = prefill(tiny, PROMPTS[:2], 12)
        found = replay.decoded(tiny, cache, next_token, tiny.head(state), None, [7, 2], (), 12,
                               start)
        state, cache = prefill(tiny, PROMPTS[:2], 12)
        assert found[0][0] == decoded(tiny, cache, next_token, tiny.head(state), None, [7, 2], (),
                                      12)[0][0]


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_captured_it_says_what_it_says_eagerly(monkeypatch: Patch) -> None:
    model = random_model().cuda()
    draws = torch.rand(8, 30, generator=seeded("draws"))
    want = generate(model, PROMPTS, (0, 4), 30, draws)
    monkeypatch.setattr(replay, "wanted", lambda device: True)
    assert [c.tokens for c in generate(model, PROMPTS, (0, 4), 30, draws)] == [
        c.tokens for c in want]

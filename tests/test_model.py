from __future__ import annotations

import math
from dataclasses import replace

import pytest
import torch

from model import GPT, Config, complete, generate, prefill, rope_table, rotate, sample
from tests.conftest import Letters, random_model


def rows(*lengths: int) -> list[list[int]]:
    g = torch.Generator().manual_seed(1)
    return [torch.randint(1, 37, (n,), generator=g).tolist() for n in lengths]


def close(found: torch.Tensor, want: torch.Tensor) -> None:
    torch.testing.assert_close(found, want, atol=1e-5, rtol=1e-5)


def test_the_context_is_filled_to_the_last_token_and_no_further(tiny: GPT) -> None:
    assert tiny(torch.zeros(2, 64, dtype=torch.long)).shape == (2, tiny.config.context, 37)
    with pytest.raises(ValueError, match="65 tokens do not fit the model's 64"):
        tiny(torch.zeros(1, 65, dtype=torch.long))
    with pytest.raises(ValueError, match="5 heads on 2"):
        Config(vocab=9, heads=5, kv_heads=2)
    with pytest.raises(ValueError, match="even size"):
        Config(vocab=9, head_size=7)


def test_a_token_sees_only_what_came_before(tiny: GPT) -> None:
    a = torch.tensor(rows(9))
    b = a.clone()
    b[0, 6] = (b[0, 6] + 1) % 37
    same, changed = tiny(a), tiny(b)
    assert torch.equal(same[:, :6], changed[:, :6])
    assert ((same - changed)[0, 6:].abs().amax(-1) > 1e-3).all()  # and all that came before


def test_rope_turns_pairs_by_their_angle_and_depends_on_the_distance_alone(tiny: GPT) -> None:
    x = torch.tensor([1.0, 2, 3, 4, 5, 6])  # pairs (1, 4), (2, 5), (3, 6)
    turned = rotate(x, tiny.cos[7], tiny.sin[7])
    for i in range(3):
        angle = 7 * 10_000 ** (-2 * i / 6)
        want = complex(x[i], x[i + 3]) * complex(math.cos(angle), math.sin(angle))
        assert complex(turned[i], turned[i + 3]) == pytest.approx(want, abs=1e-5)
    q, k = torch.randn(2, 6, generator=torch.Generator().manual_seed(0))

    def score(i: int, j: int) -> float:
        return (rotate(q, tiny.cos[i], tiny.sin[i]) @ rotate(k, tiny.cos[j], tiny.sin[j])).item()
    assert score(9, 4) == pytest.approx(score(25, 20), abs=1e-5)
    assert score(9, 4) != pytest.approx(score(9, 5), abs=1e-3)


def test_the_llama3_scaling_of_rope_has_three_bands() -> None:
    """Few turns: a factor slower. Many: as they were. Between the two: in between."""
    shape = dict(vocab=9, width=8, heads=2, kv_heads=2, head_size=16, context=40, theta=100.0)

    def angles(config: Config) -> torch.Tensor:
        cos, sin = rope_table(config)
        return torch.atan2(sin[1], cos[1])[:8]  # by which position 1 is turned
    plain = angles(Config(**shape))
    scaled = angles(Config(**shape, scaling=(8.0, 1.0, 4.0, 32.0)))
    turns = 32 * plain / (2 * torch.pi)
    ratio = plain / scaled
    for band, factor in ((turns < 1, 8.0), (turns > 4, 1.0)):
        assert band.any() and torch.allclose(ratio[band], torch.tensor(factor), rtol=1e-4)
    between = ratio[(turns > 1) & (turns < 4)]
    assert len(between) and ((between > 1) & (between < 8)).all()


def test_random_weights_keep_the_size_of_what_they_are_given(tiny: GPT) -> None:
    """1/sqrt(I), and smaller still for the 2 L matrices that add to x; the norms begin at 1."""
    scale = {name: (p.std() * p.shape[-1] ** 0.5).item() for name, p in tiny.named_parameters()
             if p.dim() == 2}
    for name, found in scale.items():
        assert found == pytest.approx(6 ** -0.5 if "o.w" in name or "down" in name else 1, rel=0.2)
    assert all((p == 1).all() for p in tiny.parameters() if p.dim() == 1)


# ------------------------------------------------------------------------------ with a cache

@torch.no_grad()
@pytest.mark.parametrize("start", [0, 11])  # what all begin with: nothing, or a pass of its own
@pytest.mark.parametrize("copies", [1, 3])
def test_the_cache_gives_what_the_whole_text_gives_in_any_batch(tiny: GPT, start: int, copies: int
                                                                ) -> None:
    """Prompts of unlike length, tokens one by one, then two at once; rows leave and are copied."""
    prompts = [rows(start)[0] + more for more in ([3, 8, 9, 1, 2, 6, 4, 4], [3], [3, 5, 9])]
    state, cache = prefill(tiny, prompts, 4, copies)
    assert cache.length == start + 8
    for found, prompt in zip(tiny.head(state), prompts):
        close(found, tiny(torch.tensor([prompt]))[0, -1])
    keep = [2, 0, 2]
    for tokens in ([[3], [4], [9]], [[1], [2], [3]], [[7, 8], [9, 1], [2, 3]]):
        prompts = [prompt + more for prompt, more in zip(prompts, tokens)]
        found = tiny(torch.tensor(tokens), cache)[:, -1]
        for one, prompt in zip(found, prompts):
            close(one, tiny(torch.tensor([prompt]))[0, -1])
        if keep:
            cache.pick(torch.tensor(keep))
            prompts, keep = [prompts[i] for i in keep], None


@torch.no_grad()
@pytest.mark.parametrize("copies", [1, 2])
def test_what_several_prompts_begin_with_is_run_once_for_each_z(tiny: GPT, copies: int,
                                                                monkeypatch: pytest.MonkeyPatch
                                                                ) -> None:
    """Two beginnings of unlike length, in no order, and a prompt that shares nothing."""
    one, two = rows(23, 17)
    prompts = [one + [3, 8], two + [5], [9, 9], one + [3, 7, 1], two + [6, 2], one + [4]]
    shapes, plain, owners = [], tiny.states, [torch.arange(copies)]
    monkeypatch.setattr(tiny, "states", lambda tokens, cache: (
        shapes.append(tuple(tokens.shape)), plain(tokens, cache))[1])
    state, cache = prefill(tiny, prompts * copies, 2, copies,
                           lambda rows: owners.append(owners[-1][rows]))
    assert shapes == [(3 * copies, 23), (6 * copies, 3)]
    assert owners[-1].tolist() == [i for i in range(copies) for _ in prompts]
    for found, prompt in zip(tiny.head(state), prompts * copies):
        close(found, tiny(torch.tensor([prompt]), None)[0, -1])
    found = tiny(torch.tensor([[7]] * 6 * copies), cache)[:, -1]
    for one, prompt in zip(found, prompts * copies):
        close(one, tiny(torch.tensor([prompt + [7]]), None)[0, -1])


@pytest.mark.parametrize("samples", [0, 3])  # greedily, or so many of each prompt
def test_what_a_row_says_does_not_depend_on_who_else_is_in_the_batch(samples: int) -> None:
    """Not a token of it, and log p by rounding alone; rows leave early, at their own end."""
    model, prompts, ends = random_model(tied=False), rows(3, 8, 5, 8), range(7)
    each = samples or 1
    numbers = torch.rand(4 * each, 9, generator=torch.Generator().manual_seed(3))

    def run(which: list[int], ends: object = ends) -> list:
        draws = torch.cat([numbers[each * i:each * (i + 1)] for i in which]) if samples else None
        return generate(model, [prompts[i] for i in which], ends, 9, draws)
    together = run([0, 1, 2, 3])
    apart = [c for i in range(4) for c in run([i])]
    alone = [generate(model, [prompts[i // 3]], ends, 9, numbers[i:i + 1])[0]
             for i in range(4 * samples)]
    for some in filter(None, (apart, alone, run([2, 3]))):
        for c, other in zip(together[-len(some):], some):
            assert c.tokens == other.tokens and c.logps == pytest.approx(other.logps, abs=1e-4)
    for row, (c, long) in enumerate(zip(together, run([0, 1, 2, 3], ends=()))):
        assert not set(c.tokens[:-1]) & set(ends) and long.tokens[:len(c.tokens)] == c.tokens
        assert c.tokens[-1] in ends or len(c.tokens) == 9
        prompt = prompts[row // each]
        logp = model(torch.tensor([prompt + c.tokens]))[0, len(prompt) - 1:-1].log_softmax(-1)
        assert c.logps == pytest.approx([p[t].item() for p, t in zip(logp, c.tokens)], abs=1e-4)
        assert samples or c.tokens == logp.argmax(-1).tolist()
    assert len({len(c.tokens) for c in together}) > 1


def test_sampling_is_a_function_of_its_draws(tiny: GPT) -> None:
    def draw(seed: int) -> list[list[int]]:
        draws = torch.rand(6, 9, generator=torch.Generator().manual_seed(seed))
        return [c.tokens for c in generate(tiny, rows(3, 4), {0}, 9, draws)]
    assert draw(5) == draw(5) != draw(6) and len(set(map(tuple, draw(5)))) == 6


def test_what_is_drawn_has_the_models_distribution() -> None:
    """The bound is 6 standard errors of a share, so a false alarm is one in 10^8."""
    logp, n = torch.tensor([2.0, 0.0, -1.0, 1.0]).log_softmax(0), 100_000
    found = sample(logp.expand(n, -1), torch.rand(n, generator=torch.Generator().manual_seed(0)))
    share = torch.bincount(found[:, 0], minlength=4) / n
    assert (share - logp.exp()).abs().max() < 6 * 0.5 / n ** 0.5
    edges = sample(torch.tensor([[-200.0, 0, -50, -200]] * 2).log_softmax(-1),
                   torch.tensor([0, 1 - 2**-24]))
    assert set(edges[:, 0].tolist()) <= {1, 2}  # never what has no probability


def test_texts_are_completed_in_batches_as_one_by_one(tiny: GPT) -> None:
    texts, said = ["abc", "a", "zyxwvu", "bb", "cab", "hello", "b"], []
    alone = [complete(tiny, Letters(), [text])[0].tokens for text in texts]
    for batch, count in ((100, 1), (3, 3), (1, 7)):
        done = complete(tiny, replace(Letters(), batch=batch), texts,
                        lambda i, metrics: said.append(i))
        assert [c.tokens for c in done] == alone and said == [*range(count)]
        said.clear()
    assert complete(tiny, Letters(), []) == []  # a rank may have nothing to do


@pytest.mark.parametrize("draws", [None, torch.rand(1, 3)])
def test_a_model_that_gives_no_numbers_is_refused(tiny: GPT, draws: torch.Tensor | None) -> None:
    with torch.no_grad():
        tiny.blocks[1].mlp.down.weight[2] = float("inf")
    with pytest.raises(ValueError, match="logits are NaN or infinite"):
        generate(tiny, [[1, 2]], (0,), 3, draws)

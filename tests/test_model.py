from __future__ import annotations

from pathlib import Path

import pytest
import torch

from data.files import fingerprint
from data.processes import product
from data.run.checkpoints import load_model, save_model
from model import GPT, Config, generate, prefill, rope_table, rotate, sample


def rows(*lengths: int) -> list[list[int]]:
    g = torch.Generator().manual_seed(1)
    return [torch.randint(1, 37, (n,), generator=g).tolist() for n in lengths]


def test_logits_have_the_shape_of_batch_tokens_vocabulary(tiny: GPT) -> None:
    assert tiny(torch.zeros(2, 3, dtype=torch.long)).shape == (2, 3, 37)


def test_the_context_is_filled_to_the_last_token_and_no_further(tiny: GPT) -> None:
    assert tiny(torch.zeros(1, 64, dtype=torch.long)).shape[1] == tiny.config.context
    with pytest.raises(ValueError, match="65 tokens do not fit the model's 64"):
        tiny(torch.zeros(1, 65, dtype=torch.long))


def test_a_token_sees_only_what_came_before(tiny: GPT) -> None:
    a = torch.tensor(rows(9))
    b = a.clone()
    b[0, 6] = (b[0, 6] + 1) % 37
    same, changed = tiny(a), tiny(b)
    assert torch.equal(same[:, :6], changed[:, :6])
    assert not torch.allclose(same[:, 6:], changed[:, 6:])


def test_rope_depends_on_the_distance_alone(tiny: GPT) -> None:
    q, k = torch.randn(1, 1, 1, 6), torch.randn(1, 1, 1, 6)

    def score(i: int, j: int) -> float:
        return (rotate(q, tiny.cos[i:i + 1], tiny.sin[i:i + 1])
                * rotate(k, tiny.cos[j:j + 1], tiny.sin[j:j + 1])).sum().item()
    assert score(9, 4) == pytest.approx(score(25, 20), abs=1e-5)
    assert score(9, 4) != pytest.approx(score(9, 5), abs=1e-3)


@torch.no_grad()
def test_cached_decoding_equals_the_full_forward_pass_in_any_batch(tiny: GPT) -> None:
    prompts = rows(3, 8, 5)
    _, cache = prefill(tiny, prompts, 4)
    steps = torch.tensor(rows(4, 4, 4))
    for t in range(4):
        cached = tiny(steps[:, t:t + 1], cache)[:, 0]
        for i, prompt in enumerate(prompts):
            full = tiny(torch.tensor([prompt + steps[i, :t + 1].tolist()]))[0, -1]
            torch.testing.assert_close(cached[i], full, atol=1e-5, rtol=1e-5)


@torch.no_grad()
def test_what_prompts_begin_with_is_run_once_and_changes_nothing(tiny: GPT) -> None:
    start = rows(11)[0]
    prompts = [start + [5, 6, 7], start + [8], start + [5, 9]]
    shared, cache = prefill(tiny, prompts, 4)
    apart, other = prefill(tiny, prompts, 4, blocks=3)
    shared, apart = tiny.head(shared), tiny.head(apart)
    assert cache.length == other.length == 14
    torch.testing.assert_close(shared, apart, atol=1e-5, rtol=1e-5)
    for i, prompt in enumerate(prompts):
        full = tiny(torch.tensor([prompt]))[0, -1]
        torch.testing.assert_close(shared[i], full, atol=1e-5, rtol=1e-5)
    after = tiny(torch.tensor([[3], [3], [4]]), cache)[:, 0]
    want = tiny(torch.tensor([prompts[1] + [3]]))[0, -1]
    torch.testing.assert_close(after[1], want, atol=1e-5, rtol=1e-5)


def test_samples_of_a_prompt_start_alike_and_stand_together(tiny: GPT) -> None:
    prompts = rows(3, 8)
    draws = torch.rand(6, 9, generator=torch.Generator().manual_seed(3))
    ends = range(7)  # some rows leave early
    together = [c.tokens for c in generate(tiny, prompts, ends, 9, draws)]
    apart = [c.tokens for i in range(2)
             for c in generate(tiny, prompts[i:i + 1], ends, 9, draws[3 * i:3 * i + 3])]
    alone = [generate(tiny, [prompts[i // 3]], ends, 9, draws[i:i + 1])[0].tokens
             for i in range(6)]
    assert together == apart == alone and len(set(map(tuple, together))) == 6
    assert len(set(map(len, together))) > 2


def test_what_is_drawn_has_the_models_distribution() -> None:
    """The bound is 6 standard errors of a share, so a false alarm is one in 10^8."""
    logp, n = torch.tensor([2.0, 0.0, -1.0, 1.0]).log_softmax(0), 100_000
    found = sample(logp.expand(n, -1), torch.rand(n, generator=torch.Generator().manual_seed(0)))
    share = torch.bincount(found[:, 0], minlength=4) / n
    assert (share - logp.exp()).abs().max() < 6 * 0.5 / n ** 0.5
    edge = sample(torch.tensor([[0.0, -50.0, -200.0]]).log_softmax(-1), torch.tensor([1 - 2**-24]))
    assert edge.item() < 2  # never what has no probability


@pytest.mark.parametrize("threads", [1, 2, 3])
@torch.no_grad()
def test_the_shares_of_a_product_make_the_product(threads: int) -> None:
    g = torch.Generator().manual_seed(0)
    torch.set_num_threads(threads)
    for rows, O in ((2, 6), (1, 35), (130, 6)):  # 35 rows of W have no equal shares for 2 or 3
        x, W = (torch.randn(rows, n, 5, generator=g) for n in (3, O))
        torch.testing.assert_close(product(x, W[0]), x @ W[0].T)
        torch.testing.assert_close(product(x[0, 0], W[0]), x[0, 0] @ W[0].T)


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


def test_generation_does_not_depend_on_who_else_is_in_the_batch(tiny: GPT) -> None:
    prompts = rows(3, 8, 5, 8)
    together = generate(tiny, prompts, ends={0}, max_new=12)
    for prompt, completion in zip(prompts, together):
        alone = generate(tiny, [prompt], ends={0}, max_new=12)[0]
        assert alone.tokens == completion.tokens
        assert alone.logps == pytest.approx(completion.logps, abs=1e-4)


def test_each_row_stops_at_its_own_end_token(tiny: GPT) -> None:
    prompts = rows(3, 8, 5, 8)
    free = generate(tiny, prompts, ends=(), max_new=12)
    end = free[1].tokens[4]
    for completion, long in zip(generate(tiny, prompts, ends={end}, max_new=12), free):
        stop = long.tokens.index(end) + 1 if end in long.tokens else 12
        assert completion.tokens == long.tokens[:stop]


def test_sampling_is_a_function_of_its_draws(tiny: GPT) -> None:
    def draw(seed: int) -> list[list[int]]:
        draws = torch.rand(2, 9, generator=torch.Generator().manual_seed(seed))
        return [c.tokens for c in generate(tiny, rows(3, 4), {0}, 9, draws)]
    assert draw(5) == draw(5) != draw(6)


def test_a_model_survives_its_file(tiny: GPT, tmp_path: Path) -> None:
    save_model(tiny, tmp_path / "m.pt")
    again = load_model(tmp_path / "m.pt")
    assert fingerprint(again) == fingerprint(tiny)
    assert not list(tmp_path.glob("*.tmp"))


@pytest.mark.parametrize("damage", ["missing", "empty", "half", "text"])
def test_a_damaged_file_is_a_clear_error(tiny: GPT, tmp_path: Path, damage: str) -> None:
    path = tmp_path / "m.pt"
    save_model(tiny, path)
    whole = path.read_bytes()
    {"missing": path.unlink, "empty": lambda: path.write_bytes(b""),
     "half": lambda: path.write_bytes(whole[:len(whole) // 2]),
     "text": lambda: path.write_text("hello")}[damage]()
    with pytest.raises(ValueError, match=r"m\.pt"):
        load_model(path)


def test_a_fingerprint_notices_one_changed_weight(tiny: GPT) -> None:
    before = fingerprint(tiny)
    with torch.no_grad():
        tiny.blocks[1].mlp.up.weight[3, 4] += 1e-3
    assert fingerprint(tiny) != before


def test_sizes_that_cannot_be_are_refused(tiny: GPT) -> None:
    with pytest.raises(ValueError, match="5 heads on 2"):
        Config(vocab=9, heads=5, kv_heads=2)
    with pytest.raises(ValueError, match="do not fit"):
        tiny(torch.zeros(1, 65, dtype=torch.long))

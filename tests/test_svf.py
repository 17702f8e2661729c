from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest
import torch

from data.run.checkpoints import kept_factors, load_expert, load_llama, save_expert
from model import GPT
from svf import ATTENTION, SVF, adapted_weight, decomposition, mix
from tests import checkpoints
from tests.paper.variants import LoRA

PEFT = json.loads((Path(__file__).parent / "fixtures" / "lora.json").read_text())
TOKENS = torch.tensor([[3, 1, 4, 1, 5], [9, 2, 6, 5, 3]])


def gains(n: int, *shape: int) -> torch.Tensor:
    return 1 + 0.3 * torch.randn(*shape, n, generator=torch.Generator().manual_seed(n))


def test_z_of_one_is_the_base_and_none_is_the_base_bit_for_bit(tiny: GPT) -> None:
    base = tiny(TOKENS)
    svf = SVF(tiny)
    assert torch.equal(tiny(TOKENS), base)
    svf.use(svf.neutral())
    torch.testing.assert_close(tiny(TOKENS), base, atol=2e-5, rtol=1e-4)
    svf.use(gains(svf.N))
    assert not torch.allclose(tiny(TOKENS), base, atol=1e-2)
    svf.use(None)
    assert torch.equal(tiny(TOKENS), base)


def test_all_seven_matrices_are_adapted_and_n_is_the_sum_of_the_ranks(tiny: GPT) -> None:
    # width 20, q and o 24 x 20, k and v 12 x 20, MLP 28 x 20, 3 layers
    assert SVF(tiny).N == 3 * (20 + 12 + 12 + 20 + 20 + 20 + 20)


def test_attention_alone(tiny: GPT) -> None:
    assert SVF(tiny, ATTENTION).N == 3 * (20 + 12 + 12 + 20)
    with pytest.raises(ValueError, match="unknown kinds"):
        SVF(tiny, ("q", "head"))


def test_factored_equals_merged_with_a_different_z_in_each_row(tiny: GPT) -> None:
    svf = SVF(tiny)
    Z = gains(svf.N, 2)
    svf.use(Z)
    rows = tiny(TOKENS)
    for i in range(2):
        svf.use(Z[i])
        torch.testing.assert_close(tiny(TOKENS)[i], rows[i], atol=2e-5, rtol=1e-4)


def test_rows_that_leave_the_batch_take_their_z_along(tiny: GPT) -> None:
    svf = SVF(tiny)
    svf.use(gains(svf.N, 2))
    both = tiny(TOKENS)
    svf.keep(torch.tensor([1]))
    torch.testing.assert_close(tiny(TOKENS[1:])[0], both[1], atol=2e-5, rtol=1e-4)


def test_the_gradient_of_z_agrees_with_finite_differences(tiny: GPT) -> None:
    svf = SVF(tiny.double())
    z = gains(svf.N).double().requires_grad_(True)

    def loss(z: torch.Tensor) -> torch.Tensor:
        svf.use(z)
        return tiny(TOKENS).log_softmax(-1)[..., 7].sum()
    loss(z).backward()
    with torch.no_grad():
        for i in range(0, svf.N, 37):
            step = torch.zeros_like(z)
            step[i] = 1e-5
            slope = (loss(z + step) - loss(z - step)) / 2e-5
            assert z.grad[i].item() == pytest.approx(slope.item(), rel=1e-5, abs=1e-7)


def test_the_squared_norm_grows_as_two_s_squared() -> None:
    W = torch.randn(5, 7, dtype=torch.float64)
    U, S, Vt = torch.linalg.svd(W, full_matrices=False)
    z = torch.ones(5, dtype=torch.float64, requires_grad=True)
    new = adapted_weight(U, S, Vt, z)
    (new ** 2).sum().backward()
    torch.testing.assert_close(new.detach(), W)
    torch.testing.assert_close(z.grad, 2 * S ** 2)
    with pytest.raises(ValueError, match=r"\(1,\)"):
        adapted_weight(U, S, Vt, z[:1])


def test_mixing_experts_mixes_weights_and_one_hot_is_the_expert_itself(tiny: GPT) -> None:
    svf = SVF(tiny)
    Z = gains(svf.N, 3)
    torch.testing.assert_close(mix(torch.eye(3)[:, :, None], Z, svf.sizes), Z)
    assert torch.equal(mix(torch.zeros(3, 1), Z, svf.sizes), svf.neutral())
    alpha = torch.tensor([0.2, 0.5, -0.4])
    wide = alpha[:, None].expand(3, len(svf.sizes))
    z = mix(alpha[:, None], Z, svf.sizes)
    torch.testing.assert_close(mix(wide, Z, svf.sizes), z)
    layer = svf.layers["1.down"]

    def weight(z: torch.Tensor) -> torch.Tensor:
        svf.use(z)
        return layer.merged.clone()
    mixed = sum(a * (weight(row) - layer.weight) for a, row in zip(alpha, Z)) + layer.weight
    torch.testing.assert_close(weight(z), mixed, atol=1e-5, rtol=1e-4)


def test_each_matrix_may_have_a_coefficient_of_its_own(tiny: GPT) -> None:
    svf = SVF(tiny)
    z, alpha = gains(svf.N), torch.arange(len(svf.sizes)) / 10
    mixed = svf.parts("z", mix(alpha[None], z[None], svf.sizes))
    for a, part, own in zip(alpha, mixed.values(), svf.parts("z", z).values()):
        torch.testing.assert_close(part, 1 + a * (own - 1))


def test_an_expert_survives_its_file_and_refuses_another_base(tiny: GPT, tmp_path: Path) -> None:
    svf, path = SVF(tiny), tmp_path / "e.pt"
    z = gains(svf.N)
    save_expert(path, svf, z, {"n": 3})
    again, facts = load_expert(path, svf)
    assert torch.equal(again, z) and facts == {"n": 3}
    svf.fingerprint = "another"
    with pytest.raises(ValueError, match="expert of base"):
        load_expert(path, svf)


@pytest.mark.parametrize("bad", [torch.full((9,), float("nan")), torch.ones(8), "z"])
def test_an_expert_of_nonsense_is_refused(tiny: GPT, tmp_path: Path, bad: object) -> None:
    svf = SVF(tiny)
    path = tmp_path / "e.pt"
    save_expert(path, svf, torch.ones(3), {})
    from data.files import save_file
    save_file(path, {"z": bad, "base": svf.fingerprint})
    with pytest.raises(ValueError, match="finite gains"):
        load_expert(path, svf)
    with pytest.raises(ValueError, match="expected"):
        svf.use(torch.ones(8))


def test_lora_starts_at_the_base_and_runs_the_same_merged_as_factored(tiny: GPT) -> None:
    base = tiny(TOKENS)
    lora = LoRA(tiny, rank=2)
    assert lora.N == 3 * 2 * ((20 + 24) + (20 + 12))  # q 24 x 20 and v 12 x 20 in 3 layers
    lora.use(lora.neutral())
    assert torch.equal(tiny(TOKENS), base)
    v = lora.neutral() + 0.1 * gains(lora.N)
    lora.use(v)
    merged = tiny(TOKENS)
    assert not torch.allclose(merged, base, atol=1e-2)
    lora.use(v.clone().requires_grad_(True))
    torch.testing.assert_close(tiny(TOKENS), merged, atol=2e-5, rtol=1e-4)
    layer = lora.layers["0.v"]
    A, B = layer.split(v[-layer.neutral(torch.Generator()).numel():])
    assert A.shape == (2, 20) and B.shape == (12, 2)
    with pytest.raises(ValueError, match="SVF alone"):
        lora.use(v.expand(2, -1))


@pytest.mark.parametrize("name", checkpoints.LORA["kinds"])
def test_lora_is_the_one_of_peft(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
                                 ) -> None:
    """Of the forward pass and of a merged weight; fixtures/lora.json holds what peft gave."""
    monkeypatch.setattr("data.llama.bpe.encoding", lambda folder, vocab: None)
    how, theirs = checkpoints.LORA, PEFT[name]
    checkpoints.write_hugging_face(tmp_path, how["checkpoint"])
    model, _ = load_llama(tmp_path)
    lora = LoRA(model, how["rank"], how["kinds"][name])
    v, tokens = torch.tensor(checkpoints.lora_numbers(lora.N)), torch.tensor([checkpoints.TOKENS])
    logits = torch.tensor(theirs["logits"])
    assert (logits - model(tokens)[0]).abs().max() > 1
    for vector in (v, v.clone().requires_grad_(True)):  # merged, and as in training
        lora.use(vector)
        torch.testing.assert_close(model(tokens)[0], logits, atol=2e-4, rtol=1e-4)
    lora.use(v)
    torch.testing.assert_close(lora.layers[f"{how['layer']}.v"].merged,
                               torch.tensor(theirs["merged"]), atol=1e-6, rtol=1e-5)


@pytest.mark.parametrize("shape", [(5, 3), (3, 5), (4, 4)])
def test_the_gram_matrix_gives_the_singular_value_decomposition(shape: tuple[int, int]) -> None:
    W = torch.randn(shape, generator=torch.Generator().manual_seed(1))
    U, S, Vt = decomposition(W)
    assert U.shape == (shape[0], min(shape)) and Vt.shape == (min(shape), shape[1])
    torch.testing.assert_close((U * S) @ Vt, W, atol=1e-6, rtol=1e-5)
    torch.testing.assert_close(S, torch.linalg.svdvals(W), atol=1e-6, rtol=1e-5)
    eye = torch.eye(min(shape))
    torch.testing.assert_close(U.T @ U, eye, atol=1e-5, rtol=0)
    torch.testing.assert_close(Vt @ Vt.T, eye, atol=1e-5, rtol=0)


def test_a_matrix_without_full_rank_still_gives_itself_back() -> None:
    W = torch.outer(torch.arange(1.0, 6), torch.tensor([1.0, -2.0, 0.0]))
    U, S, Vt = decomposition(W)
    assert torch.isfinite(U).all() and (S[1:] < 1e-5).all()
    torch.testing.assert_close((U * S) @ Vt, W, atol=1e-5, rtol=1e-5)


def test_the_decomposition_is_kept_and_made_again_when_it_does_not_fit(tiny: GPT, tmp_path: Path
                                                                       ) -> None:
    path, said = tmp_path / "kept.svd", []

    def made() -> int:
        said.clear()
        factors = kept_factors(path, tiny, lambda i, facts: said.append(i))
        svf = SVF(copy.deepcopy(tiny), factors=factors)
        assert svf.layers["1.up"].U.data_ptr() == factors["1.up"][0].data_ptr()  # the very ones
        return len(said)
    assert (made(), made()) == (21, 0)
    for damage in ("wrong", "missing", "misshapen", "another"):
        saved = torch.load(path, weights_only=True)
        U, S, Vt = saved["factors"]["1.up"]
        saved["factors"]["1.up"] = {"wrong": (1.5 * U, S, Vt), "misshapen": (U, S),
                                    "missing": None}.get(damage, (U, S, Vt))
        saved["base"] = damage if damage == "another" else saved["base"]
        torch.save(saved, path)
        assert (made(), made()) == (21, 0)
    with torch.no_grad():
        tiny.blocks[0].mlp.up.weight[0, 0] += 1
    assert made() == 21


def test_in_half_precision_the_experts_are_the_same_within_its_rounding(tiny: GPT) -> None:
    half = SVF(copy.deepcopy(tiny).bfloat16())
    svf = SVF(tiny)
    z = gains(svf.N)
    assert half.fingerprint == svf.fingerprint  # one base, whatever the dtype
    svf.use(z)
    want = tiny(TOKENS)
    for own in (z, z.expand(2, -1)):
        half.use(own)
        found = half.model(TOKENS)
        assert found.dtype == torch.bfloat16
        assert (found.float() - want).norm() < 0.04 * want.norm()

from __future__ import annotations

import pytest
import torch

from model import GPT
from svf import (
    ATTENTION,
    SVF,
    SVFLinear,
    TopLinear,
    adapted_weight,
    decomposition,
    largest,
    mix,
)
from tests.conftest import random_model

TOKENS = torch.tensor([[3, 1, 4, 1, 5], [9, 2, 6, 5, 3]])


def gains(n: int, *shape: int) -> torch.Tensor:
    return 1 + 0.3 * torch.randn(*shape, n, generator=torch.Generator().manual_seed(n))


def close(found: torch.Tensor, want: torch.Tensor) -> None:
    torch.testing.assert_close(found, want, atol=2e-5, rtol=1e-4)


def test_z_of_one_is_the_base_and_none_is_the_base_bit_for_bit(tiny: GPT) -> None:
    base = tiny(TOKENS)
    svf = SVF(tiny)
    assert torch.equal(tiny(TOKENS), base)
    svf.use(svf.neutral())
    close(tiny(TOKENS), base)
    svf.use(gains(svf.N))
    assert not torch.allclose(tiny(TOKENS), base, atol=1e-2)
    svf.use(None)
    assert torch.equal(tiny(TOKENS), base)
    assert not any(p.requires_grad for p in tiny.parameters())


def test_n_is_the_sum_of_the_ranks_of_all_seven_matrices_or_of_some(tiny: GPT) -> None:
    # width 20, q and o 24 x 20, k and v 12 x 20, MLP 28 x 20, 3 layers
    assert SVF(random_model(), ATTENTION).N == 3 * (20 + 12 + 12 + 20)
    with pytest.raises(ValueError, match="unknown kinds"):
        SVF(tiny, ("q", "head"))
    svf = SVF(tiny)
    assert svf.N == 3 * (20 + 12 + 12 + 20 + 20 + 20 + 20)
    for bad in (torch.ones(8), torch.ones(svf.N, 1), torch.ones(1, 1, svf.N)):
        with pytest.raises(ValueError, match=rf"expected \({svf.N},\)"):
            svf.use(bad)


def test_each_matrix_has_its_own_part_of_z(tiny: GPT) -> None:
    """In the order of the layers' names: a gain of 2 there, and that weight alone has grown."""
    svf = SVF(tiny)
    for i, changed in enumerate(svf.layers):
        parts = [torch.full((n,), 1.0 + (i == j)) for j, n in enumerate(svf.sizes)]
        svf.use(torch.cat(parts))
        for name, layer in svf.layers.items():
            torch.testing.assert_close(layer.merged, layer.weight * (1 + (name == changed)),
                                       atol=1e-5, rtol=1e-4)


def test_factored_equals_merged_with_a_different_z_in_each_row(tiny: GPT) -> None:
    svf = SVF(tiny)
    Z = gains(svf.N, 2)
    svf.use(Z)
    rows = tiny(TOKENS)
    svf.keep(torch.tensor([1, 0, 1]))  # rows leave, or are copied, and take their z along
    kept = tiny(TOKENS[[1, 0, 1]])
    for i, places in enumerate(([1], [0, 2])):
        svf.use(Z[i])
        merged = tiny(TOKENS)[i]
        svf.use(Z[i].clone().requires_grad_())  # as it is learned
        assert svf.layers["0.q"].merged is None
        for found in (rows[i], *kept[places], tiny(TOKENS)[i]):
            close(found, merged)
    assert (rows[0] - rows[1]).abs().max() > 0.1


def test_the_gradient_of_z_agrees_with_finite_differences(float64: None) -> None:
    svf = SVF(random_model(layers=2))
    z = gains(svf.N).requires_grad_(True)

    def loss(z: torch.Tensor) -> torch.Tensor:
        with svf.adapted(z):
            return svf.model(TOKENS).log_softmax(-1)[..., 7].sum()
    loss(z).backward()
    with torch.no_grad():
        for i in range(0, svf.N, 13):
            step = torch.zeros_like(z)
            step[i] = 1e-5
            slope = (loss(z + step) - loss(z - step)) / 2e-5
            assert z.grad[i].item() == pytest.approx(slope.item(), rel=1e-6, abs=1e-8)


def test_with_the_largest_values_alone_the_rest_of_each_matrix_stays(tiny: GPT) -> None:
    """W' = W + U_k diag(S_k (z - 1)) V_k^T, learned or not, and a z a row; k and v keep all."""
    base = tiny(TOKENS)
    matrix = {name: layer.weight for name, layer in SVF(random_model()).layers.items()}
    factors = {name: decomposition(W) if name[2] in "kv" else largest(W, 13)
               for name, W in matrix.items()}
    svf = SVF(tiny, factors=factors)
    assert svf.N == 3 * (13 + 12 + 12 + 13 + 13 + 13 + 13)
    assert {type(svf.layers[f"2.{kind}"]) for kind in "kv"} == {SVFLinear}
    Z = gains(svf.N, 2)
    svf.use(Z)
    rows = tiny(TOKENS)
    svf.use(Z[1])
    alone, layer = tiny(TOKENS), svf.layers["1.down"]
    U, S, Vt = decomposition(layer.weight)
    z = Z[1].split(svf.sizes)[[*svf.layers].index("1.down")]
    every = torch.cat((z, torch.ones(7)))
    assert type(layer) is TopLinear
    close(layer(torch.eye(28)[None])[0].T, adapted_weight(U, S, Vt, every))
    svf.use(z := Z[1].clone().requires_grad_())
    close(tiny(TOKENS), alone)
    close(rows[1], alone[1])
    tiny(TOKENS).sum().backward()
    assert (z.grad != 0).all()
    svf.use(svf.neutral())
    close(tiny(TOKENS), base)
    svf.use(None)
    assert torch.equal(tiny(TOKENS), base)


def test_the_largest_values_are_those_of_the_svd_and_chance_stays_as_it_was() -> None:
    W = torch.randn(70, 50, generator=torch.Generator().manual_seed(2))
    state = torch.get_rng_state()
    U, S, Vt = largest(W, 9)
    assert torch.equal(torch.get_rng_state(), state)
    assert all(torch.equal(a, b) for a, b in zip((U, S, Vt), largest(W, 9)))
    assert (U.shape, Vt.shape) == ((70, 9), (9, 50))
    torch.testing.assert_close(S, decomposition(W)[1][:9], rtol=1e-4, atol=0)
    close(U.T @ U, torch.eye(9))
    torch.testing.assert_close(W @ Vt.T, U * S, atol=0.02, rtol=0)
    assert largest(W.bfloat16(), 9)[0].dtype == torch.bfloat16


def test_the_squared_norm_grows_as_two_s_squared(float64: None) -> None:
    W = torch.randn(5, 7)
    U, S, Vt = decomposition(W)
    z = torch.ones(5, requires_grad=True)
    new = adapted_weight(U, S, Vt, z)
    (new ** 2).sum().backward()
    torch.testing.assert_close(new.detach(), W)
    torch.testing.assert_close(z.grad, 2 * S ** 2)
    with pytest.raises(ValueError, match=r"\(1,\)"):
        adapted_weight(U, S, Vt, z[:1])


def test_mixing_experts_mixes_weights_and_one_hot_is_the_expert_itself(tiny: GPT) -> None:
    svf = SVF(tiny)
    Z = gains(svf.N, 3)
    torch.testing.assert_close(mix(torch.eye(3), Z), Z)
    assert torch.equal(mix(torch.zeros(3), Z), svf.neutral())
    alpha = torch.tensor([0.2, 0.5, -0.4])
    layer = svf.layers["1.down"]

    def weight(z: torch.Tensor) -> torch.Tensor:
        svf.use(z)
        return layer.merged.clone()
    mixed = sum(a * (weight(row) - layer.weight) for a, row in zip(alpha, Z)) + layer.weight
    torch.testing.assert_close(weight(mix(alpha, Z)), mixed, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("before", ["base", "expert", "rows"])
def test_what_is_adapted_for_a_while_is_afterwards_what_it_was(tiny: GPT, before: str) -> None:
    """To the bit, and also after an exception, one within the other."""
    svf = SVF(tiny)
    svf.use({"base": None, "expert": gains(svf.N), "rows": gains(svf.N, 2)}[before])
    was = tiny(TOKENS)
    with svf.adapted(gains(svf.N, 2)), svf.adapted(None):
        svf.keep(torch.tensor([0]))
    for z in (2 * svf.neutral(), None, torch.ones(3)):
        with pytest.raises((ZeroDivisionError, ValueError)), svf.adapted(z):
            raise ZeroDivisionError
    assert torch.equal(tiny(TOKENS), was)


@pytest.mark.parametrize("shape, rank", [((5, 3), 3), ((3, 5), 3), ((4, 4), 4), ((5, 3), 1)])
def test_a_decomposition_gives_the_matrix_back_in_any_shape_and_rank(shape: tuple[int, int],
                                                                     rank: int) -> None:
    g = torch.Generator().manual_seed(1)
    W = torch.randn(shape[0], rank, generator=g) @ torch.randn(rank, shape[1], generator=g)
    U, S, Vt = decomposition(W)
    assert U.shape == (shape[0], min(shape)) and Vt.shape == (min(shape), shape[1])
    torch.testing.assert_close((U * S) @ Vt, W, atol=1e-5, rtol=1e-5)
    assert S.tolist() == sorted(S.tolist(), reverse=True) and (S[rank:] < 1e-5).all()
    for eye in (U.T @ U, Vt @ Vt.T):
        torch.testing.assert_close(eye, torch.eye(min(shape)), atol=1e-5, rtol=0)


def test_in_half_precision_the_experts_are_the_same_within_its_rounding(tiny: GPT) -> None:
    half, svf = SVF(random_model().bfloat16()), SVF(tiny)
    z = gains(svf.N)
    assert half.layers["1.up"].S.dtype == torch.float32
    svf.use(z)
    want = tiny(TOKENS)
    for own in (z, z.expand(2, -1)):
        half.use(own)
        found = half.model(TOKENS)
        assert found.dtype == torch.bfloat16
        assert (found.float() - want).norm() < 0.04 * want.norm()

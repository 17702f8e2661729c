"""Bases, experts and decompositions: back as they were, or one line that says why not."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pytest
import torch
from torch import Tensor

from data import HERE
from data.run.checkpoints import (
    filled,
    fingerprint,
    kept_factors,
    load_expert,
    load_model,
    save_expert,
    save_model,
)
from data.safetensors import load, save
from model import GPT, Config
from svf import matrices
from tests.test_safetensors import refused

N, BASE = 42, "0123456789abcdef"
CONFIG = Config(vocab=11, width=8, layers=1, heads=2, kv_heads=1, head_size=4, hidden=6,
                context=16, scaling=(8.0, 1.0, 4.0, 16.0))


@pytest.fixture
def tiny() -> GPT:
    model = GPT(CONFIG)
    model.initialise(torch.Generator().manual_seed(0))
    return model.requires_grad_(False)


def expert(path: Path) -> object:
    return load_expert(path, N, BASE)


# ---------------------------------------------------------------------------------------- bases

@pytest.mark.parametrize("tied", [True, False])
@pytest.mark.parametrize("own", ["", "bias", "qk_norm"])
def test_a_base_comes_back_and_is_the_same_base_in_every_dtype(own: str, tied: bool, tmp_path: Path
                                                               ) -> None:
    model = GPT(Config(**{**asdict(CONFIG), "tied": tied, **({own: True} if own else {})}))
    model.initialise(torch.Generator().manual_seed(1))
    save_model(model, path := tmp_path / "base.safetensors", seed=3)
    again = load_model(path)
    assert again.config == model.config and fingerprint(again) == fingerprint(model)
    assert (again.head.weight is again.embed.weight) is tied
    assert all(torch.equal(a, b) for a, b in zip(again.parameters(), model.parameters()))
    assert not any(p.requires_grad for p in again.parameters())
    assert load(path, "base")[1]["facts"] == {"seed": 3}
    half = filled(model.config, {k: p.bfloat16() for k, p in model.named_parameters()})
    assert fingerprint(half) == fingerprint(model)
    again.norm.weight[3] += 0.1
    assert fingerprint(again) != fingerprint(model)


def test_what_ships_are_the_same_numbers_as_ever() -> None:
    base = fingerprint(load_model(HERE / "base.safetensors"))
    assert base == "fd17c0aad7b77590"
    for name in ("math", "code", "reasoning", "classifier"):
        z, facts = load_expert(HERE / f"{name}.safetensors", 2688, base)
        assert facts["run"]["base_model"] == base and facts["row"]["parameters"] == len(z)


@pytest.mark.parametrize("change, says", [
    ({"theta": 1e-320}, "expected theta and factor 1 or more"), ({"eps": 2.0}, "eps 1 or less"),
    ({"theta": 10**400}, "config.theta is inf"), ({"theta": None}, "config.theta is not there"),
    ({"scaling": (8.0, 4.0, 4.0, 16)}, "scaling.low_freq_factor is 4.0, expected less than"),
    ({"scaling": (1e-320, 1.0, 4.0, 16)}, "factor 1 or more"), ({"tied": 1}, "config.tied is 1"),
    ({"bias": 1}, "config.bias is 1"), ({"bias": True}, "missing: 'blocks.0.attention.q.bias', "),
    ({"scaling": (8.0, 1.0, 4.0)}, "null or 4 numbers"), ({"scaling": "8124"}, "null or 4 num"),
    ({"scaling": [[], 1, 2, 3]}, "scaling.factor is []"), ({"heads": 3, "kv_heads": 2}, "3 heads"),
    ({"width": True}, "config.width is True, expected a whole number from 1 to 16777216"),
    ({"layers": 50}, "missing: 'blocks.1.attention_norm.weight', "),
    ({"layers": 1025}, "config.layers is 1025"), ({"context": 2**21 + 1}, "context is 2097153"),
    ({"context": 2**21, "head_size": 64}, "weight' is not (128, 8) finite numbers in float32"),
    ({"context": 2**21, "head_size": 66}, "its table of angles would fill the memory"),
    ({"depth": 3}, "config.'depth' is 3, expected no such key")])
def test_a_base_whose_config_can_not_be(change: dict, says: str, tiny: GPT, tmp_path: Path
                                        ) -> None:
    save(path := tmp_path / "base.safetensors", dict(tiny.named_parameters()),
         {"kind": "base", "config": {**asdict(CONFIG), **change}})
    refused(path, says, load_model)


NORM = "norm.weight"


@pytest.mark.parametrize("change, says", [
    (lambda t: t.pop(NORM), "missing: 'norm.weight'"),
    (lambda t: t.update({"head.weight": t["embed.weight"]}), "left over: 'head.weight'"),
    (lambda t: t.update({"a\nb": t[NORM]}), "left over: 'a\\nb'"),
    *((lambda t, f=f: t.update({NORM: f(t[NORM])}), "'norm.weight' is not (8,) finite numbers")
      for f in (Tensor.double, Tensor.half, lambda w: w[1:], lambda w: w[None], lambda w: w / 0))])
def test_a_base_of_other_weights(change: Callable, says: str, tiny: GPT, tmp_path: Path) -> None:
    state = dict(tiny.named_parameters())
    change(state)
    save(path := tmp_path / "base.safetensors", state, {"kind": "base", "config": asdict(CONFIG)})
    refused(path, says, load_model)


# -------------------------------------------------------------------------------------- experts

def test_an_expert_comes_back_without_a_gradient(tmp_path: Path) -> None:
    z = torch.linspace(0.5, 1.5, N, dtype=torch.float64).requires_grad_()
    save_expert(path := tmp_path / "a.safetensors", z, BASE, {"row": {"n": 3, "pair": (1, 2)}})
    found, facts = load_expert(path, N, BASE)
    assert torch.equal(found, z.detach().float()) and not found.requires_grad
    assert facts == {"row": {"n": 3, "pair": [1, 2]}}


GAINS, OTHER = "'z' is not (42,) finite numbers in float32", f"this base is {BASE}: train it again"


@pytest.mark.parametrize("z, meta, says", [
    *((f(torch.ones(N)), {}, GAINS) for f in (
        Tensor.double, Tensor.half, Tensor.long, lambda z: z[None], lambda z: z / 0,
        lambda z: z * float("nan"))),
    *((torch.ones(n), {}, f"another model: it has {n} gains, this model 42") for n in (1, 41, 43)),
    *((torch.ones(N), {"base": base}, OTHER)
      for base in ("x" * 5000, "a\nb\x1b", None, 10**600, [1], BASE.upper())),
    *((torch.ones(N), {"facts": facts}, f"facts is {facts!r}, expected an object")
      for facts in ([1], "text", 3, True))])
def test_an_expert_that_is_none_of_this_base(z: Tensor, meta: dict, says: str, tmp_path: Path
                                             ) -> None:
    meta = {"kind": "expert", "base": BASE, "facts": {}, **meta}
    save(path := tmp_path / "a.safetensors", {"z": z}, meta)
    refused(path, says, expert)
    save(path, {"y": torch.ones(N)}, {"kind": "expert", "base": BASE, "facts": {}})
    refused(path, GAINS, expert)


# -------------------------------------------------------------------------------- decompositions

def test_a_decomposition_is_kept_for_its_base_and_dtype(tiny: GPT, tmp_path: Path) -> None:
    path, made = tmp_path / "decomposition.safetensors", []

    def factors(model: GPT) -> dict:
        return kept_factors(path, model, lambda i, metrics: made.append(i))
    first, again = factors(tiny), factors(tiny)
    assert made == [*range(7)] and {*load(path, "decomposition")[0]} >= {"0.q.U", "0.q.S"}
    for name, parent, kind in matrices(tiny):
        assert all(torch.equal(a, b) for a, b in zip(first[name], again[name]))
        U, S, Vt = again[name]
        torch.testing.assert_close((U * S) @ Vt, getattr(parent, kind).weight)
    half = filled(CONFIG, {k: p.bfloat16() for k, p in tiny.named_parameters()})
    assert fingerprint(half) == fingerprint(tiny)
    assert factors(half)["0.q"][0].dtype == torch.bfloat16 and len(made) == 14  # not float32's
    tiny.blocks[0].mlp.up.weight[2, 3] += 1
    factors(tiny)
    assert len(made) == 21


def test_a_decomposition_that_does_not_give_the_weights_back_is_made_again(
        tiny: GPT, tmp_path: Path) -> None:
    path, made = tmp_path / "decomposition.safetensors", []
    want = kept_factors(path, tiny, lambda i, metrics: None)
    for wrong in (lambda S: S * 1.01, lambda S: S / 0, lambda S: S[1:], lambda S: None):
        tensors, meta = load(path, "decomposition")
        tensors["0.up.S"] = wrong(tensors["0.up.S"])
        save(path, {k: t for k, t in tensors.items() if t is not None}, meta)
        found = kept_factors(path, tiny, lambda i, metrics: made.append(i))
        assert torch.equal(found["0.up"][1], want["0.up"][1])
    assert made == [*range(7)] * 4
    path.write_bytes(path.read_bytes()[:-1])
    refused(path, "bytes of data", lambda path: kept_factors(path, tiny, made.append))

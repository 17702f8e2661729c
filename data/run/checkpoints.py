"""Base models, experts and decompositions: to disk and back, each held to what it claims to be.

An expert carries the fingerprint of the base that it was trained on and fits no other. Published
weights are read by data/llama/weights.py and their tokenizers by data/llama/bpe.py; here they become a model.
"""
from __future__ import annotations

import json
import sys
from collections.abc import Callable, Collection
from dataclasses import asdict, fields, replace
from pathlib import Path

import tiktoken
import torch
from torch import Tensor

from data.files import fingerprint, load_file, save_file, show
from data.llama import bpe, weights
from data.llama.weights import LARGEST, LARGEST_CONTEXT, LARGEST_LAYERS
from model import GPT, Config
from svf import KINDS, SVF, Factors, decompose, matrices

SIZES = ("vocab", "width", "layers", "heads", "kv_heads", "head_size", "hidden", "context")


def save_model(model: GPT, path: Path, **facts: object) -> None:
    """Config and weights in float32; the tied head is not written twice."""
    weights = {k: v for k, v in model.state_dict().items()
               if not (k == "head.weight" and model.config.tied)}
    save_file(path, {"config": asdict(model.config), "weights": weights, "facts": facts})


def load_model(path: Path, device: str = "cpu") -> GPT:
    """The model that save_model wrote. ValueError names what is missing or left over."""
    saved = load_file(path)
    try:
        names = [field.name for field in fields(Config)]  # scaling: the first files have none
        config = checked(same_keys("config", saved.get("config"), names, optional="scaling"))
        shapes = weight_shapes(config)
        tensors = same_keys("weights", saved.get("weights"), shapes)
        for name, tensor in tensors.items():
            if not (isinstance(tensor, Tensor) and tensor.dtype == torch.float32
                    and tensor.shape == shapes[name] and tensor.isfinite().all()):
                raise ValueError(f"{name} is not {shapes[name]} finite numbers in float32")
    except ValueError as error:
        raise ValueError(f"{path} is not a base model of t2.py: {error}") from None
    return filled(config, {name: tensor.detach() for name, tensor in tensors.items()}).to(device)


def checked(table: dict) -> Config:
    """A Config of a stranger's values. ValueError names the one that can't be."""
    for name in SIZES:
        value = table[name]
        most = {"layers": LARGEST_LAYERS, "context": LARGEST_CONTEXT}.get(name, LARGEST)
        if type(value) is not int or not 1 <= value <= most:
            raise ValueError(f"{name} is {show(value)}, expected a whole number from 1 to "
                             f"{most:,}")
    context, size, tied = table["context"], table["head_size"], table["tied"]
    if context * size > 8 * LARGEST:
        raise ValueError(f"a context of {context} with heads of size {size}: its table of angles "
                         "would fill the memory")
    given = table.get("scaling")
    scaling = (1, 1, 2, 1) if given is None else given
    if type(tied) is not bool or type(scaling) is not tuple or len(scaling) != 4:
        raise ValueError(f"tied is {show(tied)} and scaling {show(given)}, expected True or "
                         "False, and None or four numbers")
    theta, eps = table["theta"], table["eps"]
    for value in (theta, eps, *scaling):
        if type(value) not in (int, float) or not 0 < value <= sys.float_info.max:
            raise ValueError(f"{show(value)} among theta, eps and scaling, expected finite "
                             "numbers above 0")
    factor, low, high, _ = scaling
    if theta < 1 or eps > 1 or factor < 1 or low >= high:  # angles would be NaN
        raise ValueError(f"theta {theta}, eps {eps}, scaling {scaling}: expected theta and factor "
                         "1 or more, eps 1 or less, and low below high")
    return Config(**table)


def same_keys(what: str, table: object, wanted: Collection[str], optional: str = "") -> dict:
    """The table. ValueError if it is none, or names what is missing or left over.

    >>> same_keys("config", {"width": 8, "depht": 2}, ["width", "depth"])
    Traceback (most recent call last):
    ValueError: 'depth' is missing in config
    """
    if not isinstance(table, dict):
        raise ValueError(f"{what} is {show(table)}, expected a dictionary")
    for name in [*wanted, *table]:
        if name != optional and (name in table) != (name in wanted):
            raise ValueError(f"{show(name)} is {'missing' if name in wanted else 'left over'} in "
                             f"{what}")
    return table


def load_llama(path: Path | str, dtype: torch.dtype = torch.float32, device: str = "cpu"
               ) -> tuple[GPT, tiktoken.Encoding]:
    """Open Llama or Mistral weights and their tokenizer, from a folder as they are published.

    path: Hugging Face's layout (config.json, *.safetensors, tokenizer.json) or Meta's
    (params.json, consolidated.*.pth, tokenizer.model). The weights are turned into `dtype` one by
    one, so that little more than they themselves is in memory. ValueError names what is missing,
    left over, misshapen, not finite, or different from what this model computes.
    """
    folder = Path(path)
    settings = weights.settings(folder)
    try:
        config = checked(settings)
    except ValueError as error:
        raise ValueError(f"{folder}: {error}") from None
    state = {name: tensor.to(device, dtype, copy=True) for name, tensor in weights.tensors(
        folder, settings, weight_shapes(config), dtype)}
    model = filled(config, state)
    return model.to(device), bpe.encoding(folder, config.vocab)  # to: RoPE's tables


def weight_shapes(config: Config) -> dict[str, tuple[int, ...]]:
    """Of each weight, a tied head left out. Sizes from a file fill no memory here.

    >>> weight_shapes(Config(vocab=1_000_000, width=4096))["embed.weight"]
    (1000000, 4096)
    """
    with torch.device("meta"):
        model = GPT(replace(config, context=1))  # RoPE's tables are real
    return {name: tuple(p.shape) for name, p in model.named_parameters()}


def filled(config: Config, state: dict[str, Tensor]) -> GPT:
    """A model with these weights, which are frozen."""
    with torch.device("meta"):
        model = GPT(config)
    if config.tied:
        state["head.weight"] = state["embed.weight"]
    model.load_state_dict(state, assign=True)
    if config.tied:
        model.head.weight = model.embed.weight
    return model.requires_grad_(False).eval()


def kept_factors(path: Path, model: GPT, report: Callable[[int, dict], None]
                 ) -> dict[str, Factors]:
    """`decompose`, done once: kept in `path` with the fingerprint of the weights.

    A file of other weights, or one whose factors do not give the weights back, is made again.
    """
    base = fingerprint(model)
    if path.exists():
        saved = load_file(path, mmap=True)
        factors = saved.get("factors")
        places = {name: getattr(part, kind).weight for name, part, kind in matrices(model, KINDS)}
        if saved.get("base") == base and isinstance(factors, dict) and all(
                _fits(W, factors.get(name)) for name, W in places.items()):
            return {name: tuple(part.detach().to(W.device) for part in factors[name])
                    for name, W in places.items()}
    factors = decompose(model, KINDS, report)
    save_file(path, {"base": base, "factors": factors})
    return factors


def _fits(W: Tensor, factors: object) -> bool:
    """Whether U diag(S) V^T x is W x, for one random x: what is damaged does not pass."""
    O, I = W.shape
    R, exact = min(O, I), torch.promote_types(W.dtype, torch.float32)
    if not isinstance(factors, tuple) or len(factors) != 3 or any(
            not isinstance(part, Tensor) or part.shape != shape or part.dtype != dtype
            for part, shape, dtype in zip(factors, ((O, R), (R,), (R, I)),
                                          (W.dtype, exact, W.dtype))):
        return False
    U, S, Vt = factors
    x = torch.randn(I, generator=torch.Generator().manual_seed(0)).to(W.dtype)
    want = (W.cpu() @ x).float()
    got = (U @ (S.to(W.dtype) * (Vt @ x))).float()
    return bool((got - want).norm() <= 50 * torch.finfo(W.dtype).eps * want.norm())


def save_expert(path: Path, svf: SVF, z: Tensor, facts: dict) -> None:
    """z with the base's fingerprint and what is known about the expert."""
    save_file(path, {"z": z.detach().cpu(), "base": svf.fingerprint, "facts": facts})


def load_expert(path: Path, svf: SVF) -> tuple[Tensor, dict]:
    """(z (N,), facts). ValueError if it is damaged or belongs to another base."""
    saved = load_file(path)
    z, base, facts = (saved.get(key) for key in ("z", "base", "facts"))
    if not (isinstance(z, Tensor) and z.shape == (svf.N,) and z.dtype == torch.float32
            and torch.isfinite(z).all()):
        raise ValueError(f"{path} holds no expert of {svf.N} finite gains in float32")
    if base != svf.fingerprint:
        raise ValueError(f"{path} is an expert of base {show(base)}, this base is "
                         f"{svf.fingerprint}: train it again, by `python t2.py train` with the "
                         "--out of this base")
    plain = isinstance(facts, dict)
    try:
        json.dumps(facts)  # as train.json will have them
    except (TypeError, ValueError):
        plain = False
    if not plain:
        raise ValueError(f"{path}: facts is {show(facts)}, expected a dictionary of plain values: "
                         "train it again")
    return z.detach().to(svf.model.embed.weight.device), facts

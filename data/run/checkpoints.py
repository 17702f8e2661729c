"""Base models, experts and decompositions: to disk and back, each held to what it claims to be.

An expert carries the fingerprint of the base that it was trained on and fits no other. Published
weights and tokenizers are read by data/llama; here they become a model.
"""
from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import asdict, fields, replace
from pathlib import Path

import torch
from torch import Tensor

from data.files import show
from data.llama import bpe, weights
from data.llama.weights import LARGEST_CONTEXT, LARGEST_LAYERS, LLAMA3, Fields
from data.run.screen import note
from data.safetensors import load, raw, save
from data.tokenizer import Encoding
from model import GPT, Config
from svf import Factors, decomposition, largest, matrices


def fingerprint(model: GPT) -> str:
    """16 hex digits of the config and all weights: an expert fits the base it was trained on.

    Weights are rounded to bfloat16 for it, so that a base is the same base in every dtype.
    """
    digest = hashlib.sha256(repr(model.config).encode())
    for name, p in sorted(model.named_parameters()):
        digest.update(name.encode())
        digest.update(raw(p.detach().bfloat16()))
    return digest.hexdigest()[:16]


# ------------------------------------------------------------------------------------ base models

def save_model(model: GPT, path: Path, **facts: object) -> None:
    """Config and weights in float32; a tied head is not written twice."""
    save(path, {name: p.detach().float() for name, p in model.named_parameters()},
         {"kind": "base", "config": asdict(model.config), "facts": facts})


def load_model(path: Path, device: str = "cpu") -> GPT:
    """The model that save_model wrote. ValueError names what is missing, left over or can't be."""
    state, meta = load(path, "base")
    config = own_config(Fields(path, meta).inner("config"))
    shapes = weight_shapes(config)
    weights.check_names(path, shapes, state)
    for name, tensor in state.items():
        check_numbers(path, name, tensor, shapes[name])
    return filled(config, state).to(device)


def own_config(given: Fields) -> Config:
    """A Config from JSON. ValueError names the value that can't be, or can't be with another.

    >>> own_config(Fields(Path("base.safetensors"), {"width": -96}))
    Traceback (most recent call last):
    ValueError: base.safetensors: width is -96, expected a whole number from 1 to 16777216
    """
    given.known({field.name for field in fields(Config)})
    scaling = given.get("scaling")
    if scaling is not None:
        if not isinstance(scaling, list) or len(scaling) != len(LLAMA3):
            given.fail("scaling", scaling, f"null or {len(LLAMA3)} numbers")
        scaling = weights.llama3(Fields(given.path, dict(zip(LLAMA3, scaling)), "scaling."))
    sizes = ("width", "vocab", "heads", "kv_heads", "head_size", "hidden")
    return Config(**weights.consistent(given.path, {
        **{name: given.whole(name) for name in sizes}, "scaling": scaling,
        "layers": given.whole("layers", LARGEST_LAYERS),
        "context": given.whole("context", LARGEST_CONTEXT), "theta": given.number("theta"),
        "eps": given.number("eps"), "tied": given.one_of("tied", True, False),
        **{key: given.one_of(key, True, False, default=False) for key in ("bias", "qk_norm")}}))


def check_numbers(path: Path, name: str, tensor: Tensor | None, shape: tuple[int, ...]) -> None:
    """ValueError unless the tensor is so many finite numbers in float32.

    >>> check_numbers(Path("math.safetensors"), "z", torch.ones(2), (3,))
    Traceback (most recent call last):
    ValueError: math.safetensors: 'z' is not (3,) finite numbers in float32
    """
    if (tensor is None or tensor.dtype != torch.float32 or tensor.shape != shape
            or not tensor.isfinite().all()):
        raise ValueError(f"{path}: {show(name)} is not {shape} finite numbers in float32")


def load_llama(path: Path | str, dtype: torch.dtype = torch.float32, device: str = "cpu"
               ) -> tuple[GPT, Encoding]:
    """Open weights of Llama's kin and their tokenizer, from a folder as they are published.

    path: Hugging Face's layout (config.json, *.safetensors, tokenizer.json) or Meta's
    (params.json, consolidated.*.pth, tokenizer.model). The weights are turned into `dtype` one by
    one, so that little more than they themselves is in memory. ValueError names what is missing,
    left over, misshapen, not finite, or different from what this model computes.
    """
    settings, encoding, _ = about_llama(Path(path))
    return llama(Path(path), settings, dtype, device), encoding


def about_llama(folder: Path) -> tuple[dict, Encoding, list[str]]:
    """What a folder of open weights holds beside them, none of which is read here: the settings
    of a Config, the tokenizer, and what is to be said, a line each.
    """
    notes: list[str] = []
    settings = weights.settings(folder, notes)
    return settings, bpe.encoding(folder, settings["vocab"]), notes


def llama(folder: Path, settings: dict, dtype: torch.dtype, device: str) -> GPT:
    """The weights of a folder, as a model of these settings."""
    config = Config(**settings)
    state = dict(weights.tensors(folder, settings, weight_shapes(config), dtype, device))
    return filled(config, state).to(device)  # to: RoPE's tables


# ------------------------------------------------------------------------ weights become a model

def weight_shapes(config: Config) -> dict[str, tuple[int, ...]]:
    """Of each weight, a tied head left out. Sizes from a file fill no memory here.

    >>> weight_shapes(Config(vocab=1_000_000, width=4096))["embed.weight"]
    (1000000, 4096)
    """
    with torch.device("meta"):
        model = GPT(replace(config, context=1))  # RoPE's tables are real
    return {name: tuple(p.shape) for name, p in model.named_parameters()}


def gains(config: Config, rank: int = 0) -> int:
    """N, the gains of an expert, without any weights: of all singular values, or of so many.

    >>> gains(Config(vocab=7, width=6, layers=2, heads=2, kv_heads=1, head_size=4, hidden=5))
    70
    """
    with torch.device("meta"):
        model = GPT(replace(config, context=1))
    most = rank or max(config.width, config.hidden)
    return sum(min(most, *getattr(part, kind).weight.shape) for _, part, kind in matrices(model))


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


# ----------------------------------------------------------------------- decompositions, experts

def kept_factors(path: Path, model: GPT, callback: Callable[[int, dict], None], rank: int = 0
                 ) -> dict[str, Factors]:
    """U, S, Vt of each matrix that SVF adapts, computed once: kept with the base's fingerprint.

    A file of another base, or one whose factors do not give the weights back, is made again;
    callback(i, {}) after each matrix. rank: of so many of the largest singular values alone.
    """
    base, factors = fingerprint(model), {}
    matrix = {name: getattr(parent, kind).weight for name, parent, kind in matrices(model)}
    names = {name: [f"{name}.{part}" for part in ("U", "S", "Vt")] for name in matrix}
    if path.exists():
        kept, meta = load(path, "decomposition", on_disk=True)
        if meta.get("base") == base and all(
                fits(W, rank, *map(kept.get, names[name])) for name, W in matrix.items()):
            return {name: tuple(kept[key].to(W.device) for key in names[name])
                    for name, W in matrix.items()}
        del kept  # what is mapped can't be replaced on Windows
    for i, (name, W) in enumerate(matrix.items()):
        factors[name] = tuple(part.contiguous() for part in (
            largest(W, rank) if 0 < rank < min(W.shape) else decomposition(W)))
        callback(i, {})
    if rank:
        kept, off = zip(*(quality(W, *factors[name]) for name, W in matrix.items()))
        note(f"the {rank} largest singular values of a matrix hold {min(kept):.0%} to "
             f"{max(kept):.0%} of the sum of all squares; |W V - U S| is at most {max(off):.1e} "
             "of |U S|")
    save(path, {key: part for name in names for key, part in zip(names[name], factors[name])},
         {"kind": "decomposition", "base": base})
    return factors


def quality(W: Tensor, U: Tensor, S: Tensor, Vt: Tensor) -> tuple[float, float]:
    """Which share of |W|^2 the singular values hold, and |W V - U S| / |U S|: 1 and 0 are exact.

    >>> kept, off = quality(torch.eye(2), torch.eye(2)[:, :1], torch.ones(1), torch.eye(2)[:1])
    >>> round(kept, 3), off
    (0.5, 0.0)
    """
    W, U, V = W.float(), U.float(), Vt.float().T
    return (S.norm() / W.norm()).square().item(), ((W @ V - U * S).norm() / S.norm()).item()


def fits(W: Tensor, rank: int, U: Tensor | None, S: Tensor | None, Vt: Tensor | None) -> bool:
    """Whether U diag(S) x is W V x, for one random x: what is damaged does not pass."""
    (O, I), exact = W.shape, torch.promote_types(W.dtype, torch.float32)
    R = min(O, I, rank or I)
    for part, shape, dtype in (U, (O, R), W.dtype), (S, (R,), exact), (Vt, (R, I), W.dtype):
        if part is None or part.shape != shape or part.dtype != dtype:
            return False
    x = torch.randn(R, generator=torch.Generator().manual_seed(0)).to(W.dtype)
    want = (W.cpu() @ (Vt.T @ x)).float()
    got = (U @ (S.to(W.dtype) * x)).float()
    most = 50 * torch.finfo(W.dtype).eps if R == min(O, I) else 0.05  # see `svf.largest`
    return bool((got - want).norm() <= most * want.norm())


def save_expert(path: Path, z: Tensor, base: str, facts: dict) -> None:
    """z (N,) with its base's fingerprint, and what is known about the expert."""
    save(path, {"z": z.detach().float()}, {"kind": "expert", "base": base, "facts": facts})


def load_expert(path: Path, N: int, base: str = "") -> tuple[Tensor, dict]:
    """(z (N,) in float32 on the CPU, facts). ValueError if it is damaged or of another base.

    base "": of any, where its weights were not read yet.
    """
    tensors, meta = load(path, "expert")
    if base and meta.get("base") != base:
        raise ValueError(f"{path} is an expert of base {show(meta.get('base'))}, this base is "
                         f"{base}: train it again, by `python t2.py train` with the --out of this "
                         "base")
    if "z" in tensors and tensors["z"].shape != (N,) and tensors["z"].dim() == 1:
        raise ValueError(f"{path} is an expert of another model: it has {len(tensors['z']):,} "
                         f"gains, this model {N:,}; name another --out, or train there; or the "
                         "--rank that it was trained with")
    check_numbers(path, "z", tensors.get("z"), (N,))
    return tensors["z"], Fields(path, meta).inner("facts").table

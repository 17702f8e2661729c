"""A folder that others open: a model as Hugging Face publishes it, or an adapter as PEFT does.

    model     config.json, model.safetensors (or shards and an index), and what lies beside the
              weights of the folder that it was made of: tokenizer, chat template, licence
    adapter   adapter_config.json, adapter_model.safetensors: W' = W + B A of each matrix

Tensors are written one at a time, in whatever order they come. Left out: to add to a folder that
has something in it.
"""
from __future__ import annotations

import math
import os
import re
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

import torch
from torch import Tensor

from data.files import write_json
from data.llama.weights import LLAMA3, is_hugging_face
from data.safetensors import Kinds, framed, raw

SHARD = 5 * 10**9  # bytes of data in a file at most
NOT_BESIDE = re.compile(  # weights, what describes them, and what is written anew
    r"\..*|.*\.(safetensors|bin|pth?|gguf|h5|msgpack|onnx|npz)|.*\.index\.json"
    r"|params\.json|checklist\.chk|config\.json|README\.md")


def checked_place(typed: str, source: Path) -> Path:
    """Where `--to typed` is. ValueError unless it is new, or empty and can be replaced."""
    to = Path(os.path.realpath(typed))
    if to.is_relative_to(os.path.realpath(source)):
        raise ValueError(f"--to {typed} is in {source}, with the weights: expected another place")
    if wrong := (("a link to nothing" if Path(typed).is_symlink() else "") if not to.exists() else
                 "a file" if not to.is_dir() else "not empty" if any(to.iterdir()) else
                 "where a disk is mounted" if os.path.ismount(to) else
                 "where this command runs" if to.samefile(".") else ""):
        raise ValueError(f"--to {typed} is {wrong}: expected a folder that is new, or empty and "
                         "then replaced, for nothing is written over")
    return to


def write_tensors(folder: Path, stem: str, kinds: Kinds, tensors: Iterable[tuple[str, Tensor]],
                  callback: Callable[[int, dict], None]) -> None:
    """stem.safetensors; or shards of at most SHARD bytes (one tensor at least), and an index.

    kinds: of all tensors, in the order in which they go into shards. tensors: each of them once,
    in any order. callback(i, {}) after the i-th.
    """
    sizes = {name: math.prod(shape) * dtype.itemsize for name, (dtype, shape) in kinds.items()}
    shards, room, places = [], 0, {}
    for name, size in sizes.items():
        if not shards or size > room:
            shards.append({})
            room = SHARD
        shards[-1][name] = kinds[name]
        room -= size
    for i, part in enumerate(shards, 1):
        number = f"-{i:05d}-of-{len(shards):05d}" * (len(shards) > 1)
        path = folder / f"{stem}{number}.safetensors"
        begin, starts = framed(part, {"format": "pt"})
        path.write_bytes(begin)
        places |= {name: (path, start) for name, start in starts.items()}
    for i, (name, tensor) in enumerate(tensors):
        path, start = places[name]
        with path.open("r+b") as file:
            file.seek(start)
            file.write(raw(tensor))
        callback(i, {})
    if len(shards) > 1:
        write_json(folder / f"{stem}.safetensors.index.json", {
            "metadata": {"total_size": sum(sizes.values())},
            "weight_map": {name: path.name for name, (path, _) in places.items()}})


def copy_the_rest(folder: Path, source: Path, settings: dict, dtype: torch.dtype,
                  ends: Iterable[int]) -> None:
    """What lies beside the weights of `source`, and its config.json.

    For Meta's layout, one of our own: settings, the fields of model.Config; the dtype; the tokens
    that end an answer.
    """
    for path in sorted(source.iterdir()):
        if path.is_file() and not NOT_BESIDE.fullmatch(path.name):
            shutil.copyfile(path, folder / path.name)  # what a link names, as in a hub's cache
    if is_hugging_face(source):
        shutil.copyfile(source / "config.json", folder / "config.json")
        return
    s, scaling = settings, settings["scaling"]
    write_json(folder / "config.json", {
        "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_act": "silu",
        "vocab_size": s["vocab"], "hidden_size": s["width"], "intermediate_size": s["hidden"],
        "num_hidden_layers": s["layers"], "num_attention_heads": s["heads"],
        "num_key_value_heads": s["kv_heads"], "head_dim": s["head_size"],
        "max_position_embeddings": s["context"], "rms_norm_eps": s["eps"],
        "rope_theta": s["theta"], "rope_scaling": scaling and {
            "rope_type": "llama3", **dict(zip(LLAMA3, scaling))},
        "tie_word_embeddings": s["tied"], "eos_token_id": [*ends],
        "torch_dtype": str(dtype).removeprefix("torch.")})


def lora(name: str, which: str) -> str:
    """What peft calls A or B of a weight that Hugging Face calls so."""
    return f"base_model.model.{name.removesuffix('.weight')}.lora_{which}.weight"


def write_adapter_config(folder: Path, base: str, ranks: dict[str, int]) -> None:
    """adapter_config.json: what is in A and B is all of the change, so alpha / r is 1 everywhere.

    base: what peft is to open for it. ranks: r of each weight, by Hugging Face's name.
    """
    ranks = {name.removesuffix(".weight"): rank for name, rank in ranks.items()}
    most = max(ranks.values())
    others = {name: rank for name, rank in ranks.items() if rank != most}
    write_json(folder / "adapter_config.json", {
        "peft_type": "LORA", "task_type": "CAUSAL_LM", "base_model_name_or_path": base,
        "target_modules": sorted({name.rpartition(".")[2] for name in ranks}),
        "r": most, "lora_alpha": most, "rank_pattern": others, "alpha_pattern": others,
        "lora_dropout": 0.0, "bias": "none", "fan_in_fan_out": False, "inference_mode": True})

"""A folder that others open: a model as Hugging Face publishes it, or an adapter as PEFT does.

    model     config.json, model.safetensors (or shards and an index), and all that lies beside the
              weights of the folder that it was made of: tokenizer, chat template, licence
    adapter   adapter_config.json, adapter_model.safetensors: W' = W + B A of each matrix

Tensors are written one at a time, in whatever order they come. config.json comes last: a folder
that was killed half way does not open. Left out: adding to a folder that has something in it.
"""
from __future__ import annotations

import math
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import torch
from torch import Tensor

from data.files import write_json
from data.llama.weights import LLAMA3
from data.safetensors import Kinds, framed, raw

SHARD = 5 * 10**9  # bytes of a file, as others have it
NOT_BESIDE = re.compile(  # weights, what describes them, and what is written anew
    r".*\.(safetensors|bin|pth?|gguf|ggml|h5|msgpack|onnx|npz|tmp)|.*\.index\.json|\..*"
    r"|params\.json|checklist\.chk|adapter_config\.json|config\.json|README\.md")


def check_new(to: Path, source: Path) -> None:
    """ValueError unless `to` is new or an empty folder, and not within the folder `source`."""
    if to.resolve().is_relative_to(source.resolve()):
        raise ValueError(f"--to {to} is in {source}, the folder of the weights: expected another "
                         "place")
    try:
        taken = "is not empty" if to.is_dir() and any(to.iterdir()) else (
            "is no folder" if to.exists() and not to.is_dir() else "")
    except OSError as error:
        taken = f"can't be read ({error.strerror})"
    if taken:
        raise ValueError(f"--to {to} {taken}: expected a folder that is new or empty, for nothing "
                         "is written over")


@contextmanager
def new_folder(to: Path) -> Iterator[None]:
    """Makes the folder; whatever goes wrong in here, nothing of it is left. ValueError where it
    can't be written, as on a full disk."""
    try:
        to.mkdir(parents=True, exist_ok=True)
        yield
    except BaseException as error:
        shutil.rmtree(to, ignore_errors=True)
        if isinstance(error, KeyboardInterrupt):
            raise KeyboardInterrupt(f"stopped: {to} was not written") from None
        if isinstance(error, OSError):
            raise ValueError(f"{to} can't be written ({error.strerror}): what was there of it is "
                             "deleted; mend that and run the same command again") from None
        raise


def write_tensors(folder: Path, stem: str, kinds: Kinds, tensors: Iterable[tuple[str, Tensor]],
                  callback: Callable[[int, dict], None]) -> None:
    """stem.safetensors; or shards of at most SHARD bytes, with an index.

    kinds: of all tensors, in the order in which they are put into shards. tensors: each of them
    once, in any order. callback(i, {}) after each.
    """
    shards, places = sharded(kinds), {}
    for i, names in enumerate(shards, 1):
        part = f"-{i:05d}-of-{len(shards):05d}" * (len(shards) > 1)
        path = folder / f"{stem}{part}.safetensors"
        begin, starts = framed({name: kinds[name] for name in names}, {"format": "pt"})
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
            "metadata": {"total_size": sum(map(size, kinds.values()))},
            "weight_map": {name: path.name for name, (path, _) in places.items()}})


def sharded(kinds: Kinds) -> list[list[str]]:
    """The names in their order, in lists of at most SHARD bytes; but a larger one stands alone.

    >>> [len(names) for names in sharded({f"w{i}": (torch.half, (10**9,)) for i in range(5)})]
    [2, 2, 1]
    """
    lists, room = [], 0
    for name, kind in kinds.items():
        if not lists or size(kind) > room:
            lists.append([])
            room = SHARD
        lists[-1].append(name)
        room -= size(kind)
    return lists


def size(kind: tuple[torch.dtype, tuple[int, ...]]) -> int:
    """Bytes of a tensor of this dtype and shape."""
    return math.prod(kind[1]) * kind[0].itemsize


# ------------------------------------------------------------------------- beside the weights

def copy_beside(source: Path, to: Path) -> None:
    """All files beside the weights of a folder, but for config.json and README.md."""
    for path in sorted(source.iterdir()):
        if path.is_file() and not NOT_BESIDE.fullmatch(path.name):
            shutil.copyfile(path, to / path.name)  # what a link names, as in a hub cache


def config(settings: dict, dtype: torch.dtype, ends: tuple[int, ...]) -> dict:
    """A config.json for a folder that has Meta's params.json alone: model.Config's fields."""
    scaling = settings["scaling"]
    return {
        "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_act": "silu",
        "vocab_size": settings["vocab"], "hidden_size": settings["width"],
        "intermediate_size": settings["hidden"], "num_hidden_layers": settings["layers"],
        "num_attention_heads": settings["heads"], "num_key_value_heads": settings["kv_heads"],
        "head_dim": settings["head_size"], "max_position_embeddings": settings["context"],
        "rms_norm_eps": settings["eps"], "rope_theta": settings["theta"],
        "rope_scaling": {"rope_type": "llama3", **dict(zip(LLAMA3, scaling))} if scaling else None,
        "tie_word_embeddings": settings["tied"], "attention_bias": False, "mlp_bias": False,
        "eos_token_id": [*ends], "torch_dtype": str(dtype).removeprefix("torch.")}


def adapter(base: str, ranks: dict[str, int]) -> dict:
    """adapter_config.json: LoRA of these modules of the base, by name, each of its own rank.

    What is in A and B is all of the change, so alpha / r is 1 everywhere.

    >>> made = adapter("llama", {"model.layers.0.mlp.up_proj": 5, "model.layers.0.mlp.x": 3})
    >>> made["r"], made["rank_pattern"], made["target_modules"]
    (5, {'model.layers.0.mlp.x': 3}, ['up_proj', 'x'])
    """
    most = max(ranks.values())
    others = {name: rank for name, rank in ranks.items() if rank != most}
    return {"peft_type": "LORA", "task_type": "CAUSAL_LM", "base_model_name_or_path": base,
            "r": most, "lora_alpha": most, "rank_pattern": others, "alpha_pattern": others,
            "target_modules": sorted({name.rpartition(".")[2] for name in ranks}),
            "bias": "none", "lora_dropout": 0.0, "fan_in_fan_out": False,
            "use_rslora": False, "use_dora": False, "inference_mode": True}

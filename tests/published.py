"""Small random checkpoints in the layouts of Hugging Face and Meta, the same on every machine.

tests/oracle.py writes them for transformers to compute logits; tests/test_weights.py writes them
again and compares. Weights are drawn by Python's own generator, whose numbers never change.
"""
from __future__ import annotations

import ctypes
import json
from pathlib import Path
from random import Random

import torch
from torch import Tensor

TOKENS = [(7 * i * i + 3 * i + 5) % 37 for i in range(24)]
BASE = {"model_type": "llama", "vocab_size": 41, "hidden_size": 24, "num_hidden_layers": 2,
        "num_attention_heads": 4, "num_key_value_heads": 2, "intermediate_size": 34,
        "max_position_embeddings": 96, "rms_norm_eps": 1e-5, "rope_theta": 300.0,
        "hidden_act": "silu", "tie_word_embeddings": False}
# theta and the numbers of llama3: of 8 frequencies some are kept, some between, some stretched
LLAMA3 = {"low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 64}
SCALED = {"hidden_size": 20, "head_dim": 16, "num_attention_heads": 2, "num_key_value_heads": 1,
          "rope_theta": 200.0, "max_position_embeddings": 512}
META = {"vocab_size": 44, "hidden_size": 48, "num_attention_heads": 8, "num_key_value_heads": 4,
        "intermediate_size": 168, "rope_theta": 500.0, "rms_norm_eps": 1e-4}
VARIANTS: dict[str, dict] = {  # what differs from BASE; None: the key is left out
    "mha": {"num_key_value_heads": None, "num_attention_heads": 6},
    "gqa": {"head_dim": None, "rope_theta": None},
    "mqa": {"num_key_value_heads": 1, "num_hidden_layers": 3},
    "head_dim": {"hidden_size": 18, "num_attention_heads": 6, "num_key_value_heads": 3,
                 "head_dim": 10},
    "tied": {"tie_word_embeddings": True},
    "llama3_8": {**SCALED, "rope_scaling": {**LLAMA3, "rope_type": "llama3", "factor": 8.0}},
    "llama3_32": {**SCALED, "rope_theta": None, "rope_parameters": {
        "rope_theta": 150.0, "rope_type": "llama3", "factor": 32.0, "low_freq_factor": 1.5,
        "high_freq_factor": 3.5, "original_max_position_embeddings": 80}},
    "old_type": {**SCALED, "rope_scaling": {**LLAMA3, "type": "llama3", "factor": 8}},
    "new_default": {"rope_theta": None,
                    "rope_parameters": {"rope_theta": 700.0, "rope_type": "default"}},
    "indexed": {"files": 3},
    "bf16": {"dtype": "bfloat16"},
    "fp16": {"dtype": "float16"},
    "mistral": {"model_type": "mistral", "sliding_window": None, "head_dim": 8},
    "mistral_window": {"model_type": "mistral", "sliding_window": 30, "num_hidden_layers": 3},
    "mistral_wide": {"model_type": "mistral", "sliding_window": 128, "intermediate_size": 38},
    "qwen2": {"model_type": "qwen2", "num_key_value_heads": 1, "rms_norm_eps": 1e-6},
    "qwen2_tied": {"model_type": "qwen2", "tie_word_embeddings": True, "sliding_window": 26,
                   "use_sliding_window": True, "max_window_layers": 1, "hidden_size": 32},
    "qwen3": {"model_type": "qwen3", "head_dim": 14, "num_key_value_heads": 1, "hidden_size": 20,
              "attention_bias": False, "sliding_window": 8, "use_sliding_window": False},
    "meta": META,
    "meta_tied": {**META, "tie_word_embeddings": True, "rope_scaling": {
        **LLAMA3, "rope_type": "llama3", "factor": 8.0}},
}

LORA = {"checkpoint": "gqa", "rank": 3, "layer": 1,
        "kinds": {"qv": ("q", "v"), "all": ("q", "k", "v", "o", "gate", "up", "down")}}


def lora_numbers(n: int) -> list[float]:
    """A vector of variants.LoRA: what the oracle put into peft's A and B."""
    rng = Random("lora")
    return [rng.gauss(0, 0.2) for _ in range(n)]


def config(name: str) -> dict:
    """A variant's config.json (its `files` and `dtype` are ours)."""
    found = {**BASE, **VARIANTS[name]}
    return {key: value for key, value in found.items()
            if key not in ("files", "dtype") and (value is not None or key == "sliding_window")}


def weights(name: str) -> dict[str, Tensor]:
    """A variant's tensors by Hugging Face's names, of a size that makes logits of a few units."""
    c = config(name)
    width, heads, hidden = c["hidden_size"], c["num_attention_heads"], c["intermediate_size"]
    size = c.get("head_dim", width // heads)
    kv = c.get("num_key_value_heads", heads) * size
    shapes = {"model.embed_tokens.weight": (c["vocab_size"], width), "model.norm.weight": (width,)}
    if not c["tie_word_embeddings"]:
        shapes["lm_head.weight"] = (c["vocab_size"], width)
    for i in range(c["num_hidden_layers"]):
        shapes |= {f"model.layers.{i}.{key}.weight": shape for key, shape in {
            "input_layernorm": (width,), "post_attention_layernorm": (width,),
            "self_attn.q_proj": (heads * size, width), "self_attn.k_proj": (kv, width),
            "self_attn.v_proj": (kv, width), "self_attn.o_proj": (width, heads * size),
            **({f"self_attn.{x}_norm": (size,) for x in "qk"} if name == "qwen3" else {}),
            "mlp.gate_proj": (hidden, width), "mlp.up_proj": (hidden, width),
            "mlp.down_proj": (width, hidden)}.items()}
        if c["model_type"] == "qwen2":
            shapes |= {f"model.layers.{i}.self_attn.{x}_proj.bias": (rows,)
                       for x, rows in (("q", heads * size), ("k", kv), ("v", kv))}
    dtype = getattr(torch, VARIANTS[name].get("dtype", "float32"))
    return {key: draw(f"{name} {key}", shape).to(dtype) for key, shape in shapes.items()}


def draw(seed: str, shape: tuple[int, ...]) -> Tensor:
    """Norms about 1, matrices (O, I) about 0 and wide enough that attention is sharp."""
    rng = Random(seed)
    if len(shape) == 1:
        return torch.tensor([0.5 + rng.random() for _ in range(shape[0])])
    gain = 6 / shape[1] ** 0.5
    return torch.tensor([[gain * (rng.random() - 0.5) for _ in range(shape[1])]
                         for _ in range(shape[0])])


def raw(tensor: Tensor) -> bytes:
    tensor = tensor.detach().contiguous()
    return ctypes.string_at(tensor.data_ptr(), tensor.numel() * tensor.element_size())


def framed(header: bytes | dict, data: bytes = b"") -> bytes:
    """The bytes of a safetensors file."""
    header = json.dumps(header).encode() if isinstance(header, dict) else header
    return len(header).to_bytes(8, "little") + header + data


def unframed(whole: bytes) -> tuple[dict, bytes]:
    """Header and data by the letter of the format. In no object a key is there twice."""
    def once(pairs: list) -> dict:
        assert len(table := dict(pairs)) == len(pairs)
        return table
    end = 8 + int.from_bytes(whole[:8], "little")
    return json.loads(whole[8:end], object_pairs_hook=once), whole[end:]


def packed(tensors: dict[str, Tensor]) -> tuple[dict, bytes]:
    """The header, still as a dictionary, and the data of a safetensors file."""
    kinds = {torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16"}
    header: dict = {"__metadata__": {"format": "pt"}}
    data = b""
    for name, tensor in tensors.items():
        start, data = len(data), data + raw(tensor)
        header[name] = {"dtype": kinds[tensor.dtype], "shape": list(tensor.shape),
                        "data_offsets": [start, len(data)]}
    return header, data


def write_safetensors(path: Path, tensors: dict[str, Tensor]) -> None:
    header, data = packed(tensors)
    text = json.dumps(header).encode()
    path.write_bytes(framed(text + b" " * (-len(text) % 8), data))  # aligned


def write_hugging_face(folder: Path, name: str) -> None:
    """A variant as Hugging Face publishes it; `files` of them with an index if it says so."""
    (folder / "config.json").write_text(json.dumps(config(name)))
    tensors, count = weights(name), VARIANTS[name].get("files", 1)
    if count == 1:
        return write_safetensors(folder / "model.safetensors", tensors)
    where = {key: f"model-{i % count + 1:05d}-of-{count:05d}.safetensors"
             for i, key in enumerate(tensors)}
    for file in set(where.values()):
        write_safetensors(folder / file, {k: v for k, v in tensors.items() if where[k] == file})
    (folder / "model.safetensors.index.json").write_text(json.dumps(
        {"metadata": {}, "weight_map": where}))


def meta_params(name: str) -> dict:
    """A variant's params.json; its MLP width has to be what Meta's formula gives: 168 of 48."""
    c = config(name)
    params = {"dim": c["hidden_size"], "n_layers": c["num_hidden_layers"], "vocab_size": 44,
              "n_heads": c["num_attention_heads"], "n_kv_heads": c["num_key_value_heads"],
              "ffn_dim_multiplier": 1.3, "multiple_of": 12, "norm_eps": c["rms_norm_eps"],
              "rope_theta": c["rope_theta"]}
    if "rope_scaling" in c:
        params |= {"use_scaled_rope": True, "rope_scaling": {
            k: v for k, v in c["rope_scaling"].items() if k != "rope_type"}}
    return params


def meta_weights(name: str) -> dict[str, Tensor]:
    """A variant's tensors by Meta's names, with the rows of q and k in Meta's order."""
    c, found = config(name), {}
    size = c["hidden_size"] // c["num_attention_heads"]
    renamed = {"model.": "", "embed_tokens": "tok_embeddings", "lm_head": "output",
               "input_layernorm": "attention_norm", "post_attention_layernorm": "ffn_norm",
               "self_attn": "attention", "mlp": "feed_forward", "q_proj": "wq", "k_proj": "wk",
               "v_proj": "wv", "o_proj": "wo", "gate_proj": "w1", "down_proj": "w2",
               "up_proj": "w3"}
    for key, tensor in weights(name).items():
        if "q_proj" in key or "k_proj" in key:  # row 2i was i of its head, 2i+1 was i + D/2
            tensor = tensor[[row - row % size + row % size // 2 + row % 2 * (size // 2)
                             for row in range(len(tensor))]]
        for old, new in renamed.items():
            key = key.replace(old, new)
        found[key] = tensor
    return found


def write_meta(folder: Path, name: str, count: int = 1, embed_dim: int = 0) -> None:
    """A variant as Meta publishes it, in `count` shards: by heads, MLP width and vocabulary.

    embed_dim: along which the embedding is split, 0 as in Llama 3 or 1 as before.
    """
    (folder / "params.json").write_text(json.dumps(meta_params(name)))
    for i in range(count):
        part = {"rope.freqs": torch.ones(3)}
        for key, tensor in meta_weights(name).items():
            dim = 1 if ".wo." in key or ".w2." in key else embed_dim if "tok_" in key else 0
            part[key] = tensor if "norm" in key else tensor.chunk(count, dim)[i].clone()
        torch.save(part, folder / f"consolidated.{i:02d}.pth")

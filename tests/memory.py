"""What a load takes at its peak, as a multiple of the weights in the dtype asked for.

    python -m tests.memory     # Linux; writes 0.3 and 0.6 GB at a time into the temporary folder

A model of 160 million random weights, in each layout and dtype that it may be published in. Each
load is a process of its own: how far its resident memory rises, the pages of mapped files among
it, though the system may take these back.
"""
from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import torch

from data import HERE
from data.llama.weights import published
from data.run import checkpoints
from data.safetensors import save
from model import Config

PARAMS = {"dim": 1024, "n_layers": 8, "n_heads": 16, "n_kv_heads": 8, "vocab_size": 32000,
          "multiple_of": 256, "norm_eps": 1e-5, "rope_theta": 1e4}
CONFIG = {"model_type": "llama", "hidden_size": 1024, "num_hidden_layers": 8, "hidden_act": "silu",
          "num_attention_heads": 16, "num_key_value_heads": 8, "intermediate_size": 2816,
          "vocab_size": 32000, "rms_norm_eps": 1e-5, "max_position_embeddings": 2048}
LAYOUTS = {"Hugging Face, 1 file": (False, 1), "Hugging Face, index of 3": (False, 3),
           "Meta, 1 file": (True, 1), "Meta, 4 shards": (True, 4)}
DTYPES = ("float32", "bfloat16")


def write(folder: Path, meta: bool, files: int, dtype: torch.dtype) -> None:
    """The model in a layout: random, so that no page of it is shared or empty."""
    shapes = checkpoints.weight_shapes(Config(
        vocab=32000, width=1024, layers=8, heads=16, kv_heads=8, head_size=64, hidden=2816,
        tied=False))
    parts: list[dict] = [{} for _ in range(files)]
    for i, (name, shape) in enumerate(shapes.items()):
        key, tensor = published(name, meta), torch.randn(shape).to(dtype)
        if not meta:
            parts[i % files][key] = tensor
            continue
        seam = 1 if re.search(r"\.(wo|w2)\.", key) else 0
        for part, piece in zip(parts, [tensor] * files if len(shape) == 1
                               else tensor.chunk(files, seam)):
            part[key] = piece.clone()
    if meta:
        (folder / "params.json").write_text(json.dumps(PARAMS))
        for i, part in enumerate(parts):
            torch.save(part, folder / f"consolidated.{i:02d}.pth")
        return
    (folder / "config.json").write_text(json.dumps(CONFIG))
    names = [f"model-{i}.safetensors" if files > 1 else "model.safetensors" for i in range(files)]
    for name, part in zip(names, parts):
        save(folder / name, part, {"kind": "base"})
    if files > 1:
        (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": {
            key: name for name, part in zip(names, parts) for key in part}}))


def status(key: str) -> int:
    """Bytes, of the system's own account of this process."""
    return int(re.search(rf"{key}:\s+(\d+)", Path("/proc/self/status").read_text())[1]) * 1024


def measure(folder: Path, dtype: torch.dtype) -> tuple[float, float]:
    """The peak of a load, and what is held after it, of the weights in this dtype."""
    checkpoints.bpe.encoding = lambda folder, vocab: None
    Path("/proc/self/clear_refs").write_text("5")  # the peak is that from here on
    before = status("VmRSS")
    model, _ = checkpoints.load_llama(folder, dtype)
    size = sum(p.nbytes for p in model.parameters())
    return (status("VmHWM") - before) / size, (status("VmRSS") - before) / size


def main(argv: list[str]) -> None:
    if argv:
        peak, after = measure(Path(argv[0]), getattr(torch, argv[1]))
        print(f"{peak:.2f} {after:.2f}")
        return
    print("| layout | in the file | asked for | peak | afterwards |\n" + "|---" * 5 + "|")
    for layout, (meta, files) in LAYOUTS.items():
        for stored in DTYPES:
            with tempfile.TemporaryDirectory() as folder:
                write(Path(folder), meta, files, getattr(torch, stored))
                for asked in DTYPES:
                    said = subprocess.run(
                        [sys.executable, "-m", "tests.memory", folder, asked], check=True,
                        cwd=HERE.parent, capture_output=True, text=True).stdout.split()
                    print(f"| {layout} | {stored} | {asked} | {' | '.join(said)} |", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])

"""Makes tests/fixtures/logits.json with transformers: a stranger's word on our small checkpoints.

Run it by hand when checkpoints.py changes, with transformers and safetensors installed; the tests
themselves need neither: python -m tests.oracle
"""
from __future__ import annotations

import json
import tempfile
from pathlib import Path

import torch

from tests.checkpoints import TOKENS, VARIANTS, write_hugging_face

FIXTURES = Path(__file__).parent / "fixtures"


def logits(name: str) -> list[list[float]]:
    """(T, V) of a variant for TOKENS, in float32 whatever its file's dtype, to 7 digits."""
    from transformers import LlamaForCausalLM, MistralForCausalLM
    kind = MistralForCausalLM if name == "mistral" else LlamaForCausalLM
    with tempfile.TemporaryDirectory() as folder:
        write_hugging_face(Path(folder), name)
        model = kind.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager")
    with torch.no_grad():
        found = model.eval()(torch.tensor([TOKENS])).logits[0]
    return [[float(f"{value:.7g}") for value in row] for row in found.tolist()]


def main() -> None:
    FIXTURES.mkdir(exist_ok=True)
    found = {name: logits(name) for name in VARIANTS}
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(found[name])}" for name in found)
    (FIXTURES / "logits.json").write_text(f"{{\n{lines}\n}}\n")
    for name, rows in found.items():
        print(f"{name:12} {len(rows)} x {len(rows[0])}, up to {max(map(max, rows)):.2f}")


if __name__ == "__main__":
    main()

"""A stranger's word on `t2.py export`: transformers and peft open what it wrote.

Run by hand, where tests/oracle.py runs; both models are opened in float32:

    python -m tests.oracle_export FOLDER          # transformers and t2 on a merged folder
    python -m tests.oracle_export FOLDER ADAPTER  # peft's ADAPTER on its base; t2 on FOLDER, where
                                                  # the same is merged, or on the base, plus B A
"""
from __future__ import annotations

import json
import sys
from pathlib import Path

import torch

from data.llama.chat import published
from data.run import load_llama
from data.safetensors import header
from model import GPT, generate
from svf import ATTENTION, matrices
from tests.oracle import PROMPTS

LONGEST, N = 64, 10  # tokens that are continued greedily; prompts


@torch.no_grad()
def main(folder: str, adapter: str = "") -> None:
    """Prints by how much logits differ, and how many prompts are continued alike."""
    from transformers import AutoModelForCausalLM, AutoTokenizer
    model, encoding = load_llama(folder)
    name = json.loads(Path(adapter, "adapter_config.json").read_text())[
        "base_model_name_or_path"] if adapter else folder
    theirs = AutoModelForCausalLM.from_pretrained(name, dtype=torch.float32).eval()
    if adapter:
        from peft import PeftModel
        theirs = PeftModel.from_pretrained(theirs, adapter).eval()
        if Path(folder).samefile(name):
            add(model, Path(adapter))
    fmt = published(Path(folder), encoding)
    rows = [fmt.prompt(prompt) for prompt in PROMPTS[:N]]
    tokenizer = AutoTokenizer.from_pretrained(name)
    plain = [tokenizer.encode(prompt, add_special_tokens=False) for prompt in PROMPTS[:N]]
    alike = sum(a == encoding.encode_ordinary(b) for a, b in zip(plain, PROMPTS))
    print(f"{alike} of {N} prompts have the same tokens")
    differ, same = 0.0, 0
    for row in rows:
        mine = generate(model, [row], fmt.ends, LONGEST)[0].tokens
        given = theirs.generate(input_ids=torch.tensor([row]), max_new_tokens=LONGEST,
                                do_sample=False, eos_token_id=list(fmt.ends),
                                pad_token_id=fmt.ends[0],
                                attention_mask=torch.ones(1, len(row)))[0, len(row):].tolist()
        same += mine == given
        whole = torch.tensor([row + mine])
        differ = max(differ, float((model(whole) - theirs(input_ids=whole).logits).abs().max()))
    print(f"logits differ by {differ:.1e} at most; {same} of {N} prompts are continued alike for "
          f"up to {LONGEST} tokens")


def add(model: GPT, adapter: Path) -> None:
    """W + B A of each matrix."""
    pieces, _ = header(adapter / "adapter_model.safetensors")
    for name, module, kind in matrices(model):
        weight = getattr(module, kind).weight
        part = "self_attn" if kind in ATTENTION else "mlp"
        A, B = (pieces[f"base_model.model.model.layers.{name.split('.')[0]}.{part}.{kind}_proj."
                       f"lora_{x}.weight"].read() for x in "AB")
        weight += B @ A


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        raise SystemExit("expected FOLDER, or FOLDER ADAPTER")
    main(*sys.argv[1:])

"""A stranger's word: transformers, asked about our small checkpoints and about real weights.

Run by hand, with torch, tiktoken, transformers and safetensors installed; the tests themselves
need only what this makes, tests/fixtures/logits.json:

    python -m tests.oracle                  # when checkpoints.py has changed
    python -m tests.oracle compare FOLDER   # logits and greedy text of open weights, both ways
"""
from __future__ import annotations

import json
import sys
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


def compare(folder: Path) -> None:
    """Ours against transformers', float32: logits of 512 tokens, 64 greedy tokens, 20 prompts."""
    from transformers import AutoModelForCausalLM

    from data.dialect import published
    from model import generate, load_llama
    model, encoding = load_llama(folder)
    theirs = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    text = Path(__file__).with_name("test_interpreter.py").read_text(encoding="utf-8")
    tokens = torch.tensor([encoding.encode_ordinary(text)[:512]])
    with torch.no_grad():
        ours, found = model(tokens), theirs(tokens).logits
    print(f"logits {tuple(ours.shape)}: up to {found.abs().max():.1f}, differ by "
          f"{(ours - found).abs().max():.1e} at most")
    dialect, same = published(folder, encoding), 0
    for prompt in PROMPTS:
        row = dialect.prompt(prompt)
        mine = generate(model, [row], dialect.ends, 64)[0].tokens
        given = theirs.generate(torch.tensor([row]), max_new_tokens=64, do_sample=False,
                                eos_token_id=list(dialect.ends), pad_token_id=dialect.ends[0],
                                attention_mask=torch.ones(1, len(row)))[0, len(row):].tolist()
        same += mine == given
    print(f"{same} of {len(PROMPTS)} prompts continued alike for up to 64 tokens")


PROMPTS = """What is the capital of France?
Write a short poem about the sea.
What is 17 + 25?
Explain why the sky is blue.
Name three animals that live in Africa.
Write a Python function that adds two numbers.
Translate "good morning" into Spanish.
Who wrote Romeo and Juliet?
How do I boil an egg?
What is the opposite of hot?
List the days of the week.
Tell me a joke.
If a pack costs 81 dollars, what do 33 packs cost?
Is a tomato a fruit or a vegetable?
What does a carpenter do?
Give me a synonym of happy.
How many legs does a spider have?
Summarize the story of Noah's ark.
Why do leaves turn red in autumn?
Describe a bicycle to somebody who has never seen one.""".split("\n")


if __name__ == "__main__":
    compare(Path(sys.argv[2])) if sys.argv[1:2] == ["compare"] else main()

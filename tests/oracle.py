"""A stranger's word: transformers and peft, asked about our small checkpoints and real weights.

Run by hand, with torch, tiktoken, transformers, safetensors and peft installed; the tests
themselves need only what this makes, tests/fixtures/logits.json and lora.json:

    python -m tests.oracle                  # when published.py has changed
    python -m tests.oracle lora             # the same: LoRA on one of the checkpoints, by peft
    python -m tests.oracle compare FOLDER   # logits and greedy text of open weights, both ways
"""
from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import torch

from svf import KINDS
from tests.published import LORA, TOKENS, VARIANTS, lora_numbers, write_hugging_face

FIXTURES = Path(__file__).parent / "fixtures"


def logits(name: str) -> list[list[float]]:
    """(T, V) of a variant for TOKENS, in float32 whatever its file's dtype, to 7 digits."""
    from transformers import AutoModelForCausalLM
    with tempfile.TemporaryDirectory() as folder:
        write_hugging_face(Path(folder), name)
        model = AutoModelForCausalLM.from_pretrained(
            folder, dtype=torch.float32, attn_implementation="eager")
    with torch.no_grad():
        found = model.eval()(torch.tensor([TOKENS])).logits[0]
    return [[float(f"{value:.7g}") for value in row] for row in found.tolist()]


def lora(kinds: tuple[str, ...]) -> dict[str, list]:
    """peft on these matrices, alpha = 2 r: logits (T, V), and one merged weight (O, I)."""
    from peft import LoraConfig, get_peft_model
    from transformers import LlamaForCausalLM
    with tempfile.TemporaryDirectory() as folder:
        write_hugging_face(Path(folder), LORA["checkpoint"])
        model = LlamaForCausalLM.from_pretrained(folder, dtype=torch.float32)
    model = get_peft_model(model.eval(), LoraConfig(
        r=LORA["rank"], lora_alpha=2 * LORA["rank"], target_modules=[f"{k}_proj" for k in kinds]))
    named = dict(model.named_modules())
    places = [next(m for name, m in named.items() if f"layers.{i}." in name
                   and name.endswith(f".{kind}_proj"))
              for i in range(model.config.num_hidden_layers) for kind in KINDS if kind in kinds]
    pairs = [(m.lora_A["default"].weight, m.lora_B["default"].weight) for m in places]
    numbers = torch.tensor(lora_numbers(sum(A.numel() + B.numel() for A, B in pairs)))
    with torch.no_grad():
        for weight in (w for pair in pairs for w in pair):
            weight.copy_(numbers[:weight.numel()].view_as(weight))
            numbers = numbers[weight.numel():]
        found = model(torch.tensor([TOKENS])).logits[0]
        merged = model.merge_and_unload().model.layers[LORA["layer"]].self_attn.v_proj.weight
    return {key: [[float(f"{value:.7g}") for value in row] for row in tensor.tolist()]
            for key, tensor in (("logits", found), ("merged", merged))}


def ask_peft() -> None:
    """tests/fixtures/lora.json."""
    found = {name: lora(kinds) for name, kinds in LORA["kinds"].items()}
    (FIXTURES / "lora.json").write_text(json.dumps(found) + "\n")
    print(*((name, len(rows["logits"])) for name, rows in found.items()))


def ask_transformers() -> None:
    """tests/fixtures/logits.json."""
    FIXTURES.mkdir(exist_ok=True)
    found = {name: logits(name) for name in VARIANTS}
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(found[name])}" for name in found)
    (FIXTURES / "logits.json").write_text(f"{{\n{lines}\n}}\n")
    for name, rows in found.items():
        print(f"{name:12} {len(rows)} x {len(rows[0])}, up to {max(map(max, rows)):.2f}")


def compare(folder: Path) -> None:
    """Ours against transformers', float32: logits of 512 tokens, 64 greedy tokens, 20 prompts."""
    from transformers import AutoModelForCausalLM

    from data.llama.chat import published
    from data.run.checkpoints import load_llama
    from model import generate
    model, encoding = load_llama(folder)
    theirs = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    text = Path(__file__).with_name("test_interpreter.py").read_text(encoding="utf-8")
    tokens = torch.tensor([encoding.encode_ordinary(text)[:512]])
    with torch.no_grad():
        ours, found = model(tokens), theirs(tokens).logits
    print(f"logits {tuple(ours.shape)}: up to {found.abs().max():.1f}, differ by "
          f"{(ours - found).abs().max():.1e} at most")
    fmt, same = published(folder, encoding), 0
    for prompt in PROMPTS:
        row = fmt.prompt(prompt)
        mine = generate(model, [row], fmt.ends, 64)[0].tokens
        given = theirs.generate(torch.tensor([row]), max_new_tokens=64, do_sample=False,
                                eos_token_id=list(fmt.ends), pad_token_id=fmt.ends[0],
                                attention_mask=torch.ones(1, len(row)))[0, len(row):].tolist()
        same += mine == given
    print(f"{same} of {len(PROMPTS)} prompts continued alike for up to 64 tokens")


PROMPTS = """\
What is the capital of France? | Write a short poem about the sea. | What is 17 + 25? | Explain
why the sky is blue. | Name three animals that live in Africa. | Write a Python function that
adds two numbers. | Translate "good morning" into Spanish. | Who wrote Romeo and Juliet? | How do
I boil an egg? | What is the opposite of hot? | List the days of the week. | Tell me a joke. | If
a pack costs 81 dollars, what do 33 packs cost? | Is a tomato a fruit or a vegetable? | What does
a carpenter do? | Give me a synonym of happy. | How many legs does a spider have? | Summarize the
story of Noah's ark. | Why do leaves turn red in autumn? | Describe a bicycle to somebody who has
never seen one.""".replace("\n", " ").split(" | ")


def main(argv: list[str]) -> None:
    works = {(): ask_transformers, ("lora",): ask_peft}
    try:
        if argv[:1] == ["compare"] and len(argv) == 2:
            compare(Path(argv[1]))
        elif tuple(argv) in works:
            works[tuple(argv)]()
        else:
            raise SystemExit(f"{' '.join(argv)}: expected nothing, `lora` or `compare FOLDER`")
    except ImportError as missing:
        raise SystemExit(f"{missing}: this wants an environment of its own, with torch, tiktoken, "
                         "transformers, safetensors and peft") from None


if __name__ == "__main__":
    main(sys.argv[1:])

"""What t2 is measured against, in an environment of its own: transformers and peft.

tests/bench.py starts this file with `--peers PYTHON`, where torch, transformers and peft are
installed. Both sides of a comparison are processes that `serve` what they can do: the shape of a
model comes in as a line of JSON, then lines of [work, arguments]; out go the seconds that it took,
and the process's memory. Weights are random: nothing ends before its length, and no value costs
time.
"""
from __future__ import annotations

import gc
import json
import sys
import time
from collections.abc import Callable
from contextlib import suppress

import torch

KINDS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]


def memory(field: str) -> int:
    """Bytes of this process by Linux's account: VmRSS now, VmHWM at its peak; elsewhere 0."""
    try:
        with open("/proc/self/status") as status:
            rows = [line.split() for line in status if line.startswith(field)]
        return int(rows[0][1]) * 1024
    except (OSError, IndexError):
        return 0


def measured(work: Callable[[], object], cuda: bool) -> dict:
    """Seconds of one call, the most bytes that the process held meanwhile, and those before.

    Work that counts its own seconds, as a run of a command does, returns them.
    """
    if cuda:
        torch.cuda.synchronize()
        torch.cuda.reset_peak_memory_stats()
    else:
        with suppress(OSError), open("/proc/self/clear_refs", "w") as reset:
            reset.write("5")  # Linux: the peak starts again from what is held now
    before = torch.cuda.memory_allocated() if cuda else memory("VmRSS")
    begin = time.perf_counter()
    own = work()
    if cuda:
        torch.cuda.synchronize()
    seconds = time.perf_counter() - begin
    return {"seconds": own if isinstance(own, float) else seconds, "before": before,
            "peak": torch.cuda.max_memory_allocated() if cuda else memory("VmHWM")}


def serve(side: type) -> None:
    """Does what the lines of standard input ask for, until they end. Each work is made once."""
    first = json.loads(sys.stdin.readline())
    torch.set_num_threads(first.pop("threads"))
    able, works = side(**first), {}
    for line in sys.stdin:
        name, arguments = json.loads(line)
        if line not in works:
            works[line] = getattr(able, name)(**arguments)
            gc.collect()
        said = measured(works[line], able.device.startswith("cuda"))
        print("\n" + json.dumps(said), flush=True)


def tokens(vocab: int, rows: int, length: int) -> torch.Tensor:
    return torch.randint(5, vocab, (rows, length), generator=torch.Generator().manual_seed(0))


class Peers:
    def __init__(self, shape: dict, dtype: str, device: str) -> None:
        from transformers import LlamaConfig, LlamaForCausalLM
        self.device, self.vocab = device, shape["vocab"]
        torch.manual_seed(0)
        self.model = LlamaForCausalLM(LlamaConfig(
            vocab_size=shape["vocab"], hidden_size=shape["width"], head_dim=shape["head_size"],
            num_hidden_layers=shape["layers"], num_attention_heads=shape["heads"],
            num_key_value_heads=shape["kv_heads"], intermediate_size=shape["hidden"],
            max_position_embeddings=shape["context"], tie_word_embeddings=shape["tied"],
            rope_parameters={"rope_type": "default", "rope_theta": shape["theta"]},
            bos_token_id=None, eos_token_id=None, pad_token_id=0,
        )).to(device, getattr(torch, dtype)).eval()

    def generate(self, rows: int, prompt: int, new: int, samples: int = 1) -> Callable:
        """Greedy with one sample a prompt, else drawn from the whole distribution."""
        x = tokens(self.vocab, rows, prompt).to(self.device)
        how = dict(do_sample=True, top_k=0, num_return_sequences=samples) if samples > 1 else {}

        def work() -> None:
            with torch.no_grad():
                y = self.model.generate(x, attention_mask=torch.ones_like(x), max_new_tokens=new,
                                        **{"do_sample": False, **how})
            if y.shape != (rows * samples, prompt + new):
                raise ValueError(f"transformers gave {tuple(y.shape)}: not the work that is timed")
        return work

    def lora_step(self, rows: int, length: int) -> Callable:
        """Forward, backward and AdamW of LoRA r = 16 on all linear layers of the blocks."""
        from peft import LoraConfig, get_peft_model
        lora = get_peft_model(self.model, LoraConfig(
            r=16, lora_alpha=32, target_modules=KINDS, task_type="CAUSAL_LM")).train()
        optimizer = torch.optim.AdamW([p for p in lora.parameters() if p.requires_grad], lr=1e-4)
        x = tokens(self.vocab, rows, length).to(self.device)

        def work() -> None:
            lora(input_ids=x, labels=x, use_cache=False).loss.backward()
            optimizer.step()
            optimizer.zero_grad()
        return work


if __name__ == "__main__":
    serve(Peers)

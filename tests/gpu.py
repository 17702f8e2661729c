"""What only a GPU can tell, in one command of some five minutes, without network and weights.

    python -m tests.gpu                       # into tests/results/gpu.json, check by check
    python -m tests.gpu --peers PYTHON        # beside transformers and peft of that environment
    python -m tests.gpu --device cpu --tiny   # the rehearsal, in seconds

Models of random weights: of SmolLM2-135M's shape in float32 where numbers are compared with the
CPU's, of Llama 3.2 1B's in bfloat16 where something is timed. A check that fails is written down
as what it said, and the next one runs. "of the limit": what reading all weights once a token would
allow at the bandwidth that the card has just shown.
"""
from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

import torch
import torch.nn.functional as F

import rl
from data import HERE, replay
from data.files import write_json
from data.processes import seeded
from data.tasks.problem import Verdict
from model import GPT, generate
from svf import SVF, Factors, decomposition, largest, matrices
from tests import bench
from tests.bench import RESULTS, SHAPE, Ours, Side, counts, rates
from tests.peers import measured, tokens
from tests.scale import LLAMAS

ONE_B = {**LLAMAS["Llama 3.2 1B"], "context": 8192, "theta": 5e5}
TINY = dict(vocab=99, width=32, layers=2, heads=4, kv_heads=2, head_size=8, hidden=48,
            context=160, theta=1e4, tied=True)
SIZES = dict(batches=(1, 16, 64), prompt=128, new=64, groups=8, samples=8, length=256, times=3)
LITTLE = dict(batches=(1, 3), prompt=12, new=10, groups=2, samples=3, length=9, times=1)


class Card:
    """The checks, by name; each returns what it found."""

    def __init__(self, device: str, tiny: bool, peers: str) -> None:
        self.device, self.peers, self.cuda = device, peers, device.startswith("cuda")
        self.small, self.large = (TINY, TINY) if tiny else (SHAPE, ONE_B)
        self.dtype = "float32" if tiny else "bfloat16"
        self.at = SimpleNamespace(**(LITTLE if tiny else SIZES))
        self.flops, self.bandwidth = rates(device, self.dtype, torch.get_num_threads())
        self.ours = Ours(self.large, self.dtype, device)
        self.svf = SVF(self.ours.model, factors=factors(self.ours.model))
        dense, _, head, _, _ = counts(self.large)
        self.bytes = (dense + head) * (4 if tiny else 2)

    def best(self, work: Callable[[], object]) -> dict:
        """The quickest of a few runs, after one that does not count."""
        work()
        return min((measured(work, self.cuda) for _ in range(self.at.times)),
                   key=lambda run: run["seconds"])

    def beside(self, name: str, arguments: dict) -> dict:
        """The same by transformers or peft, if there are any."""
        if not self.peers:
            return {}
        first = {"shape": self.large, "dtype": self.dtype, "device": self.device,
                 "threads": torch.get_num_threads()}
        with Side(self.peers, bench.PEERS, first) as side:
            side((name, arguments))
            return {"theirs": min((side((name, arguments)) for _ in range(self.at.times)),
                                  key=lambda run: run["seconds"])}

    def parity(self) -> dict:
        """Logits and greedy tokens in float32, here and on the CPU."""
        found = []
        for device in ("cpu", self.device):
            model = Ours(self.small, "float32", device).model
            x = tokens(self.small["vocab"], 4, 24)
            with torch.no_grad():
                logits = model(x.to(device)).cpu()
            found.append((logits, [c.tokens for c in generate(model, x.tolist(), (), 8)]))
        (a, said), (b, also) = found
        return {"logits": (a - b).abs().max().item(), "tokens equal": said == also}

    def replayed(self) -> dict:
        """What a captured step says, against the eager one: greedily, and drawn."""
        x, row = tokens(self.large["vocab"], 4, self.at.prompt).tolist(), {}
        for how, draws in (("greedy", None), ("drawn", torch.rand(
                8, self.at.new, generator=seeded("gpu")))):
            eager, captured = (self.decoding(on, lambda draws=draws: generate(
                self.ours.model, x, (), self.at.new, draws)) for on in (False, True))
            same = sum(a.tokens == b.tokens for a, b in zip(eager, captured))
            row[how] = f"{same} of {len(eager)} answers are the same"
        return row

    def decoding(self, captured: bool, work: Callable[[], object]) -> object:
        """Does it by a captured step (on the CPU by the same step, eagerly), or as usual."""
        start = replay.captured if self.cuda else lambda step: step() or step
        with mock.patch.object(replay, "wanted", lambda device: captured), mock.patch.object(
                replay.decoded, "__defaults__", (start,)):
            return work()

    def speeds(self, arguments: dict, answers: int) -> dict:
        work, row = self.ours.generate(**arguments), {}
        for name, captured in (("eager", False), ("captured", True)):
            run = self.best(lambda captured=captured: self.decoding(captured, work))
            row[name] = {**run, "tokens/s": answers * self.at.new / run["seconds"],
                         "of the limit": self.bytes * self.at.new / self.bandwidth
                         / run["seconds"]}
        return {**row, **self.beside("generate", arguments)}

    def decode(self) -> dict:
        return {batch: self.speeds(dict(rows=batch, prompt=self.at.prompt, new=self.at.new), batch)
                for batch in self.at.batches}

    def rollouts(self) -> dict:
        at = self.at
        return self.speeds(dict(rows=at.groups, prompt=at.prompt, new=at.new, samples=at.samples),
                           at.groups * at.samples)

    def step(self) -> dict:
        """A step of REINFORCE without its sampling, of groups x samples answers; the logits in
        pieces of 2^22, as they are on a CPU, and of 2^27."""
        at, vocab = self.at, self.large["vocab"]
        prompts = tokens(vocab, at.groups, at.length).tolist()
        said = tokens(vocab, at.groups * at.samples, at.length).tolist()
        groups = [[rl.Episode(prompt, said[i * at.samples + j]) for j in range(at.samples)]
                  for i, prompt in enumerate(prompts)]
        coin = iter(seeded("coin").initial_seed().to_bytes(8, "little") * 9999)
        problem = SimpleNamespace(name="gpu", prompt="", label="", problems=lambda *given: [],
                                  judge=lambda *given: Verdict(next(coin) % 2 == 0))
        fmt = SimpleNamespace(prompt=lambda text: [0], read=lambda tokens: ("", False), max_new=1)
        training = rl.Reinforce(self.svf, fmt, (problem,), rl.Recipe(
            prompts=at.groups, samples=at.samples, batch=at.groups * at.samples), 0)
        training.z.grad = torch.zeros_like(training.z)
        row = {}
        for bits in (22, 27):
            with mock.patch.object(rl, "rollouts", lambda *given: groups), mock.patch.object(
                    rl, "PIECE", 1 << bits):
                row[f"2^{bits}"] = self.best(lambda: training.policy_gradient(
                    [problem] * at.groups))
        return {**row, **self.beside("lora_step", dict(rows=at.groups * at.samples,
                                                       length=2 * at.length))}

    def attention(self) -> dict:
        """Forward and backward of a step's attention, by the forms that it may take: heads that
        share keys and values as they are, as further tokens, with copies; and without a mask."""
        at, c = self.at, self.ours.model.config
        B, T, D = at.groups * at.samples, at.length, c.head_size
        q, k, v = (torch.randn(B, heads, n, D, device=self.device, dtype=getattr(
            torch, self.dtype)).requires_grad_() for heads, n in (
            (c.heads, T), (c.kv_heads, 2 * T), (c.kv_heads, 2 * T)))
        mask = torch.ones(B, 1, T, 2 * T, dtype=torch.bool, device=self.device).tril(T)
        G, attend = c.heads // c.kv_heads, F.scaled_dot_product_attention
        forms = {
            "as they are": lambda: attend(q, k, v, mask, enable_gqa=True),
            "as tokens": lambda: attend(q.reshape(B, c.kv_heads, G * T, D), k, v,
                                        mask.repeat(1, 1, G, 1)).view(B, c.heads, T, D),
            "copied": lambda: attend(q, *(x.repeat_interleave(G, 1) for x in (k, v)), mask),
            "without a mask": lambda: attend(q, k, v, enable_gqa=True)}
        want = forms["as they are"]().detach()
        return {name: {**self.best(lambda form=form: form().sum().backward()),
                       "differs by": (form() - want).abs().max().item()}
                for name, form in forms.items()}

    def population(self) -> dict:
        with mock.patch.object(bench, "SVF", lambda model: self.svf):
            return self.best(self.ours.population(members=10, shots=8, new=self.at.new))

    def decompositions(self) -> dict:
        """Of the largest matrix: all singular values, and the 128 largest."""
        W = self.ours.model.blocks[0].mlp.up.weight
        return {"all": self.best(lambda: decomposition(W)),
                "128": self.best(lambda: largest(W, min(128, *W.shape)))}

    def merging(self) -> dict:
        return self.best(lambda: self.svf.use(self.svf.neutral()))

    def commands(self) -> dict:
        """Commands of the built-in model, here and on the CPU: what they print of accuracy."""
        found = {}
        for name, args in {"adapt": ["--task", "bus", "--n", "20"], "ask": ["what is 3 + 4 ?"],
                           "train": ["--task", "math", "--steps", "3", "--n", "20"],
                           "pretrain": ["--steps", "2"]}.items():
            for device in ("cpu", self.device):
                with tempfile.TemporaryDirectory() as out:
                    begin = time.perf_counter()
                    done = subprocess.run(
                        [sys.executable, "t2.py", name, *args, "--device", device, "--out", out],
                        cwd=HERE.parent, capture_output=True, text=True, check=False)
                    found[f"{name} on {device}"] = {
                        "seconds": time.perf_counter() - begin, "code": done.returncode,
                        "said": (done.stdout + done.stderr).replace(out, "OUT")[-1500:]}
        return found


def factors(model: GPT) -> dict[str, Factors]:
    """Random ones in the place of an SVD, which would take minutes: only time is of interest."""
    found = {}
    for name, parent, kind in matrices(model):
        W = getattr(parent, kind).weight
        (O, I), R = W.shape, min(W.shape)
        found[name] = (torch.randn(O, R, device=W.device, dtype=W.dtype) * O ** -0.5,
                       torch.ones(R, device=W.device),
                       torch.randn(R, I, device=W.device, dtype=W.dtype) * I ** -0.5)
    return found


CHECKS = ("parity", "replayed", "decode", "rollouts", "step", "attention", "population", "merging",
          "decompositions", "commands")


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("checks", nargs="*", choices=[*CHECKS, []], default=[])
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--tiny", action="store_true", help="small shapes, to rehearse")
    parser.add_argument("--peers", metavar="PYTHON", default="")
    parser.add_argument("--out", type=Path, default=RESULTS / "gpu.json")
    args = parser.parse_args(argv)
    if args.device.startswith("cuda") and not torch.cuda.is_available():
        parser.error("there is no CUDA device; --device cpu --tiny rehearses")
    torch.backends.cuda.enable_cudnn_sdp(False)  # as the commands do
    begin, card = time.perf_counter(), Card(args.device, args.tiny, args.peers)
    found = {"card": torch.cuda.get_device_name() if card.cuda else "cpu", "torch":
             torch.__version__, "cores": os.cpu_count(), "tiny": args.tiny,
             "TFLOP/s": card.flops / 1e12, "GB/s": card.bandwidth / 1e9}
    for name in args.checks or CHECKS:
        start = time.perf_counter()
        try:
            found[name] = getattr(card, name)()
        except Exception as error:  # the next checks are worth their minutes all the same
            found[name] = {"failed": f"{type(error).__name__}: {error}"[:2000]}
        print(f"{name}: {time.perf_counter() - start:.0f} s\n"
              f"{json.dumps(found[name], indent=1)[:3000]}", flush=True)
        write_json(args.out, found)
    print(f"{time.perf_counter() - begin:.0f} s; wrote {args.out}")


if __name__ == "__main__":
    main()

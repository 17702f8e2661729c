"""Speed, measured side by side: the table that tests/results/README shows.

    python -m tests.bench                       # all rows that need no peers
    python -m tests.bench --peers PYTHON        # PYTHON of an environment with transformers, peft
    python -m tests.bench step-4 cem            # some rows; the others stay as they were
    python -m tests.bench --dtype bfloat16      # where the processor has units for it
    python -m tests.bench table                 # what tests/results/README shows, from the JSON

A row is a ratio of medians of interleaved runs, A B A B, after one of each that does not count;
its range is that of the pairs. Both sides are processes of their own with the same number of
threads, on a model of SmolLM2-135M's shape with random weights. "Floor" is what the machine
would need: FLOPs at the rate of a large product and bytes at the rate of a long sum, both measured
when the row begins. Written to tests/results/bench, a file for each machine and dtype.
"""
from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F

import rl
from data import HERE
from data.files import write_json
from data.processes import seeded
from data.run.device import quickest
from model import GPT, Config, generate
from svf import SVF, largest, matrices, mix
from tests.peers import measured, serve, tokens

ROOT = HERE.parent
RESULTS = ROOT / "tests" / "results"
SHAPE = dict(vocab=49152, width=576, layers=30, heads=9, kv_heads=3, head_size=64, hidden=1536,
             context=8192, theta=1e5, tied=True)  # SmolLM2-135M
BEFORE = "a988b21"  # the version that whole commands are held against
FLAGS = "avx2", "avx512_f", "avx512_bf16", "amx_bf16"  # what a processor may have for products
BUSY = "import os\nparent = os.getppid()\nwhile os.getppid() == parent: pass"  # ends with us
PEERS, OURS = ROOT / "tests" / "peers.py", ROOT / "tests" / "bench.py"


# ---------------------------------------------------------------------------------- what is timed

class Ours:
    """t2's side, and what it is measured against where that needs no other package."""

    def __init__(self, shape: dict, dtype: str, device: str) -> None:
        self.device = device
        self.model = GPT(Config(**shape))
        self.model.initialise(seeded("bench"))
        self.model.to(device, getattr(torch, dtype)).eval().requires_grad_(False)
        self.vocab = shape["vocab"]

    def generate(self, rows: int, prompt: int, new: int, samples: int = 1) -> Callable:
        x = tokens(self.vocab, rows, prompt).tolist()
        draws = torch.rand(rows * samples, new) if samples > 1 else None
        return lambda: generate(self.model, x, (), new, draws)

    def step(self, rows: int, length: int, rank: int = 0) -> Callable:
        """A step of next-token training of z, as rl.py runs it: states, the head and the loss in
        pieces, the blocks' backward, AdamW. rank: of so many of the largest singular values."""
        svf = SVF(self.model, factors={
            name: largest(getattr(parent, kind).weight, rank)
            for name, parent, kind in matrices(self.model)} if rank else None)
        z = svf.neutral().double().requires_grad_(True)
        optimizer, x = torch.optim.AdamW([z], lr=1e-4), tokens(self.vocab, rows, length).tolist()
        answers, size = [[rl.Episode(row[:1], row[1:])] for row in x], rl.PIECE // self.vocab or 1

        def work() -> None:
            with svf.adapted(z):
                states, targets, _ = rl.answer_states(self.model, answers)
            leaves = [piece.requires_grad_() for piece in states.detach().split(size)]
            for leaf, target in zip(leaves, targets.split(size)):
                loss = F.cross_entropy(self.model.head(leaf).float(), target)
                (loss * len(leaf) / len(states)).backward()
            states.backward(torch.cat([leaf.grad for leaf in leaves]))
            optimizer.step()
            optimizer.zero_grad()
        return work

    def released_step(self, rows: int, length: int) -> Callable:
        """The same by the released code's recipe, on all matrices: W' = U diag(S*m) V^T composed
        densely twice, m = sigmoid(p), rescaled to the same sum; a row at a time, with dW'."""
        svf = SVF(self.model)
        p = torch.zeros(svf.N, device=self.device, requires_grad=True)
        optimizer, x = torch.optim.AdamW([p], lr=1e-4), tokens(self.vocab, rows, length)
        x, layers = x.to(self.device), list(svf.layers.values())

        def work() -> None:
            with torch.no_grad():
                for layer, part in zip(layers, p.split(svf.sizes)):
                    layer.merged = composed(layer, part.sigmoid())
            for layer in layers:
                layer.merged.requires_grad_(True)
            for row in x[:, None]:
                logits = self.model(row[:, :-1])[0].float()
                (F.cross_entropy(logits, row[0, 1:]) / rows).backward()
            for layer, part in zip(layers, p.split(svf.sizes)):
                composed(layer, part.sigmoid()).backward(layer.merged.grad)
            optimizer.step()
            optimizer.zero_grad()
        return work

    def population(self, members: int, shots: int, new: int, batch: int = 0) -> Callable:
        """One CEM generation: `batch` members at once (0: all), factored. Prompts have 64 tokens,
        48 of which, the solved questions, are common to all."""
        svf, Z, x = self.candidates(members, shots)

        def work() -> None:
            for some in Z.split(batch or members):
                with svf.adapted(some):
                    generate(self.model, x * len(some), (), new, None, len(some), svf.keep)
        return work

    def one_by_one(self, members: int, shots: int, new: int) -> Callable:
        """The same, one member after another, each composed as the released code does."""
        svf, Z, x = self.candidates(members, shots)

        def work() -> None:
            for z in Z:
                self.compose_all(svf, z)
                generate(self.model, x, (), new)
        return work

    def candidates(self, members: int, shots: int) -> tuple[SVF, torch.Tensor, list[list[int]]]:
        svf, (start, *own) = SVF(self.model), tokens(self.vocab, shots + 1, 48).tolist()
        Z = 1 + 0.01 * torch.randn(members, svf.N, generator=seeded("Z"))
        return svf, Z.to(self.device), [start + row[:16] for row in own]

    def compose_all(self, svf: SVF, z: torch.Tensor) -> None:
        with torch.no_grad():
            for layer, part in zip(svf.layers.values(), z.split(svf.sizes)):
                layer.merged = composed(layer, part)

    def compose(self) -> Callable:
        svf = SVF(self.model)
        return lambda: self.compose_all(svf, svf.neutral().to(self.device))

    def switch(self) -> Callable:
        """No weights are written: only S*z."""
        svf = SVF(self.model)
        return lambda: svf.use(svf.neutral()[None])

    def merge(self) -> Callable:
        svf = SVF(self.model)
        return lambda: svf.use(svf.neutral())

    def mixing(self, members: int, experts: int) -> Callable:
        N, g = SVF(self.model).N, seeded("mix")
        Z, alphas = (torch.randn(n, m, generator=g) for n, m in ((experts, N), (members, experts)))
        return lambda: mix(alphas, Z)

    def command(self, of: str, args: list[str]) -> Callable:
        """t2.py as a user runs it, from the folder `of`, in a new output folder each time."""
        def work() -> None:
            with tempfile.TemporaryDirectory() as out:
                subprocess.run([sys.executable, "t2.py", *args, "--out", out], cwd=of, check=True,
                               capture_output=True)
        return work

    def train(self, ranks: int) -> Callable:
        """The seconds that training the reasoning expert takes, with one thread a process."""
        start = [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", str(ranks),
                 "--", "t2.py", "train", "--task", "reasoning", "--n", "30", "--threads", "1"]

        def work() -> float:
            with tempfile.TemporaryDirectory() as out:
                subprocess.run([*start, "--out", out], cwd=ROOT, check=True, capture_output=True)
                row = json.loads((Path(out) / "train.json").read_text())["experts"]["reasoning"]
            return row["seconds"]
        return work


def composed(layer: object, m: torch.Tensor) -> torch.Tensor:
    """W' as the released code's compose_new_params forms it, the (R, R) diagonal included."""
    full = layer.U @ torch.diag_embed(layer.S * m).to(layer.U.dtype) @ layer.Vt
    return full * (layer.S.sum() / (layer.S * m).sum()).to(full.dtype)


# ------------------------------------------------------------------------------------- the rows

@dataclass(frozen=True)
class Row:
    """`ours` and `theirs`: (method, arguments); peers: whether theirs is Peers' or Ours'."""

    work: str
    against: str
    ours: tuple[str, dict]
    theirs: tuple[str, dict]
    reach: str
    peers: bool = False
    flops: float = 0.0
    bytes: float = 0.0
    model: bool = True
    busy: bool = False  # beside a process that keeps a core busy


def counts(shape: dict, rank: int = 0) -> tuple[int, int, int, int, int]:
    """Multiplications a token of the blocks, dense and factored, and of the head; those of
    forming all W'; and N. Matrices of (O, I): sums of O I, R (O + I), V C, O R I, R.
    rank: of so many of the largest singular values."""
    C, D, I = shape["width"], shape["head_size"], shape["hidden"]
    q, k, L = shape["heads"] * D, shape["kv_heads"] * D, shape["layers"]
    all_of = [(q, C), (k, C), (k, C), (C, q), (I, C), (I, C), (C, I)]
    ranks = [min(o, i, rank or o) for o, i in all_of]
    return (L * sum(o * i for o, i in all_of),
            L * sum(r * (o + i) for r, (o, i) in zip(ranks, all_of)), shape["vocab"] * C,
            L * sum(o * i * r for r, (o, i) in zip(ranks, all_of)), L * sum(ranks))


def rows() -> dict[str, Row]:
    dense, thin, head, _, _ = counts(SHAPE)
    found: dict[str, Row] = {}
    for batch in (1, 16, 64):
        size = dict(rows=batch, prompt=64, new=64)
        found[f"generate-{batch}"] = Row(
            f"generation, batch {batch}, 64 + 64 tokens", "transformers generate",
            ("generate", size), ("generate", size), {1: "1.7", 16: "1.4", 64: "1.5"}[batch], True,
            2 * batch * (127 * dense + 64 * head), 4 * 64 * (dense + head))
    size = dict(rows=8, prompt=64, new=64, samples=8)
    found["rollouts"] = Row(
        "rollouts, 8 prompts x 8 samples, 64 + 64 tokens", "transformers num_return_sequences",
        ("generate", size), ("generate", size), "1.6", True,
        2 * ((8 * 64 + 64 * 63) * dense + 64 * 64 * head), 4 * 64 * (dense + head))
    for batch in (4, 16):
        size, n = dict(rows=batch, length=128), batch * 127
        work, flops = f"SVF training step, {batch} x 128 tokens", 4 * n * (thin + head)
        found[f"step-{batch}"] = Row(work, "the released code's recipe", ("step", size),
                                     ("released_step", size), "3", False, flops, 8 * thin)
        found[f"peft-{batch}"] = Row(work, "peft LoRA r = 16 on all linear layers", ("step", size),
                                     ("lora_step", size), "1.0", True, flops, 8 * thin)
    few = counts(SHAPE, 16)[1] + dense  # W is run as well
    found["few-4"] = Row("SVF training step, the 16 largest gains, 4 x 128 tokens",
                         "peft LoRA r = 16 on all linear layers",
                         ("step", dict(rows=4, length=128, rank=16)),
                         ("lora_step", dict(rows=4, length=128)), "1.0", True,
                         4 * 4 * 127 * (few + head), 8 * few)
    size = dict(members=16, shots=8, new=20)
    found["cem"] = Row(
        "a CEM generation, population 16 x 8 shots, 64 + 20 tokens",
        "one after another, composed as released", ("population", size), ("one_by_one", size), "8",
        False, 2 * (16 * (48 + 8 * 16 + 8 * 19) * thin + 128 * 20 * head), 4 * 20 * thin)
    found["switch"] = Row("another mixture, nothing written", "U diag(S*z) V^T anew",
                          ("switch", {}), ("compose", {}), "11")
    found["merge"] = Row("another mixture, merged", "U diag(S*z) V^T anew", ("merge", {}),
                         ("compose", {}), "-")
    size = dict(rows=8, prompt=64, new=16)
    found["busy"] = Row("generation, batch 8, beside a busy core", "as many threads as cores",
                        ("generate", size), ("generate", size), "-", busy=True)
    found["ranks"] = Row("training on 2 ranks, built-in model", "1 rank, one thread each",
                         ("train", {"ranks": 2}), ("train", {"ranks": 1}), "1.6", model=False)
    for name, args in (("adapt", ["adapt", "--few-shot", "8", "--n", "20"]),
                       ("train", ["train", "--task", "reasoning"])):
        found[name] = Row(f"whole `t2.py {' '.join(args)}`", f"version {BEFORE}",
                          ("command", {"of": str(ROOT), "args": args}),
                          ("command", {"of": "BEFORE", "args": args}), "1.5", model=False)
    return found


class Side:
    """A process that serves; see tests/peers.py."""

    def __init__(self, python: str, file: Path, first: dict) -> None:
        command = [python, str(file), *["serve"] * (file == OURS)]
        self.command = f"echo '{json.dumps(first)}' | {' '.join(command)}"
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": str(ROOT)})
        self.say(first)

    def say(self, thing: object) -> None:
        self.process.stdin.write(json.dumps(thing) + "\n")
        self.process.stdin.flush()

    def __call__(self, work: tuple[str, dict]) -> dict:
        try:
            self.say(work)
            while not (line := self.process.stdout.readline()).startswith("{"):
                if not line:
                    raise BrokenPipeError
            return json.loads(line)
        except BrokenPipeError:
            raise SystemExit(f"{work[0]} ended before it was done: run it alone with "
                             f"`{self.command}` and see why") from None

    def __enter__(self) -> Side:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()


def rates(device: str, dtype: str, threads: int) -> tuple[float, float]:
    """FLOP/s of a large product and bytes/s of a long sum: the machine's ceilings now."""
    torch.set_num_threads(threads)
    kind, cuda = getattr(torch, dtype), device.startswith("cuda")
    n = 8192 if cuda else 2048
    a, b = torch.ones(n, n, dtype=kind, device=device), torch.ones(1 << 26, device=device)

    def best(work: Callable[[], object]) -> float:
        return min(measured(work, cuda)["seconds"] for _ in range(5))
    return 2 * n ** 3 / best(lambda: a @ a), 4 * len(b) / best(b.sum)


@contextmanager
def version_before() -> Iterator[str]:
    """A work tree of BEFORE, to run beside this one."""
    with tempfile.TemporaryDirectory() as folder:
        git = ["git", "-C", str(ROOT), "worktree"]
        subprocess.run([*git, "add", "--detach", "--quiet", f"{folder}/before", BEFORE],
                       check=True)
        try:
            yield f"{folder}/before"
        finally:
            subprocess.run([*git, "remove", "--force", f"{folder}/before"], check=False)


def bench(row: Row, args: argparse.Namespace) -> dict:
    """One row: medians, the ratio, its range, the floor, and peaks."""
    shape = SHAPE if row.model else {**SHAPE, "vocab": 99, "layers": 1}
    start = {"shape": shape, "dtype": args.dtype, "device": "cpu", "threads": args.threads}
    flop_rate, byte_rate = rates("cpu", args.dtype, args.threads)
    other = (args.peers, PEERS) if row.peers else (sys.executable, OURS)
    with ExitStack() as stack:
        method, theirs = row.theirs
        if theirs.get("of") == "BEFORE":
            theirs = {**theirs, "of": stack.enter_context(version_before())}
        if row.busy:
            stack.callback(subprocess.Popen([sys.executable, "-c", BUSY]).kill)
        threads = quickest(args.threads) if row.busy else args.threads  # as t2.py chooses them
        a = stack.enter_context(Side(sys.executable, OURS, {**start, "threads": threads}))
        b = stack.enter_context(Side(*other, start))
        a(row.ours), b((method, theirs))  # neither counts
        pairs = [(a(row.ours), b((method, theirs))) for _ in range(args.repeats)]
    seconds = [[side["seconds"] for side in column] for column in zip(*pairs)]
    ours, others = map(statistics.median, seconds)
    each = sorted(y / x for x, y in zip(*seconds))
    size = 4 if args.dtype == "float32" else 2
    floor = max(row.flops / flop_rate, row.bytes * size / 4 / byte_rate)
    return {"work": row.work, "against": row.against, "ours": ours, "theirs": others,
            "ratio": others / ours, "range": [each[0], each[-1]], "reach": row.reach,
            "floor": floor, "peak": [max(side["peak"] for side in column)
                                     for column in zip(*pairs)],
            "gflop": row.flops / 1e9, "gbyte": row.bytes * size / 4 / 1e9, "n": args.repeats,
            "gflops": flop_rate / 1e9, "gbytes": byte_rate / 1e9, "threads": args.threads,
            "dtype": args.dtype}


def machine() -> dict:
    """Which processor, and what it has for products, as torch says; a ratio holds for it alone."""
    has = torch.cpu.get_capabilities()
    return {"processor": has.get("cpu_name") or platform.processor() or platform.machine(),
            "cores": os.cpu_count(), "flags": [flag for flag in FLAGS if has.get(flag)],
            "torch": torch.__version__}


def place(dtype: str) -> Path:
    """Where the results of this machine are kept."""
    m = machine()
    words = [*m["processor"].lower().split(), *m["flags"][-1:], str(m["cores"])]
    return RESULTS / "bench" / ("-".join([*words, *[dtype] * (dtype != "float32")]) + ".json")


def table(results: dict) -> str:
    """The table, from the JSON."""
    m, dtypes = results["machine"], {row["dtype"] for row in results.values() if "dtype" in row}
    lines = [f"{m['processor']} with {', '.join(m['flags'])}; {m['cores']} cores, torch "
             f"{m['torch']}, {', '.join(sorted(dtypes))}:", "",
             "| work | against | s, ours and theirs | ratio | pairs | to reach | GFLOP, GB | "
             "floor / ours | peak, GB |", "|---" * 9 + "|"]
    for name in rows():
        if row := results.get(name):
            low, high = row["range"]
            size = f"{row['gflop']:,.0f}, {row['gbyte']:.1f}" if row["gflop"] else "-"
            floor = f"{row['floor'] / row['ours']:.0%}" if row["floor"] else "-"
            peak = (f"{row['peak'][0] / 1e9:.2f} and {row['peak'][1] / 1e9:.2f}"
                    if name.startswith(("step", "peft")) else "-")
            lines.append(f"| {row['work']} | {row['against']} | {row['ours']:.3g} and "
                         f"{row['theirs']:.3g} | {row['ratio']:.2f} | {low:.2f} to {high:.2f} | "
                         f"{row['reach']} | {size} | {floor} | {peak} |")
    return "\n".join(lines)


def main(argv: list[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("rows", nargs="*", help=", ".join(rows()))
    parser.add_argument("--peers", metavar="PYTHON")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--dtype", default="float32", choices=["float32", "bfloat16", "float16"])
    parser.add_argument("--out", type=Path, help="default: a file of this machine")
    args = parser.parse_args(argv)
    if args.rows == ["table"]:
        print("\n\n".join(table(json.loads(path.read_text()))
                          for path in sorted((RESULTS / "bench").glob("*.json"))))
        return
    args.out = args.out or place(args.dtype)
    results = json.loads(args.out.read_text()) if args.out.exists() else {}
    if unknown := set(args.rows) - set(rows()):
        parser.error(f"unknown rows {', '.join(sorted(unknown))}: expected {', '.join(rows())}")
    results["machine"] = machine()
    wanted = args.rows or list(rows())
    for i, name in enumerate(wanted):
        row, begin = rows()[name], time.perf_counter()
        if row.peers and not args.peers:
            print(f"{name}: skipped, it needs --peers PYTHON (with transformers and peft)")
            continue
        r = results[name] = bench(row, args)
        write_json(args.out, results)
        print(f"{i + 1}/{len(wanted)} {name}: ours {r['ours']:.3g} s, theirs {r['theirs']:.3g} s, "
              f"ratio {r['ratio']:.2f} ({r['range'][0]:.2f} to {r['range'][1]:.2f}), to reach "
              f"{r['reach']}; {time.perf_counter() - begin:.0f} s", flush=True)
    print("\n" + table(results))


if __name__ == "__main__":
    if sys.argv[1:] == ["serve"]:
        serve(Ours)
    else:
        main(sys.argv[1:])

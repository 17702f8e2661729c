#!/usr/bin/env python3
"""Transformer-Squared: a language model that adapts itself to a task in two passes.

    prompt -> pass 1: which expert, or which mixture?  -> z'
           -> pass 2: answer with W' = U diag(S*z') V^T

Pass 1 is one of three strategies (paper, Sec. 3.2): (A) `prompt` asks the model itself to name
the category of the prompt; (B) `classifier` asks an SVF expert trained for that; (C) `few-shot`
searches a mixture of the experts on a few examples with the cross-entropy method. A prompt of
no known category ("others") is answered by the base model, bit for bit.

The heavy imports stand inside the functions, so that --help answers at once.
"""
from __future__ import annotations

import argparse
import inspect
import math
import os
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path

from data import HERE
from data.files import FIRST, alone, remove, write_json
from data.jsonl import CLASSIFIER, chosen, classified, read, which
from data.tasks import DOMAINS, OTHERS, TASKS, UNSEEN, WHICH, trained_on

STARTED = time.monotonic()
STRATEGIES = ("prompt", "classifier", "few-shot")
MOST = 1_000_000  # of what has no bound of its own
ONLY_OPEN = ("chat", "system", "one_line", "dtype")  # what the built-in model has no use for


def option(default: object, text: str, **more: object) -> object:
    """A flag. least, most: the numbers that it takes; the rest is argparse's."""
    return field(default=default, metadata={"help": text, **more})


@dataclass(frozen=True)
class Common:
    out: Path = option(Path("out"), "folder of what is made; what ships is used where it has none")
    seed: int = option(0, "stream of all that is random", least=-2**63, most=2**63)
    device: str = option("cpu", "cpu, cuda or mps")
    threads: int = option(0, "threads that torch uses (default: all, or 1 where other processes "
                          "hold the cores; 1 to train what is built in)", least=0, most=1024)


@dataclass(frozen=True)
class Model(Common):
    weights: str = option("", "folder of open Llama weights, instead of the built-in model",
                          metavar="DIR")
    chat: str = option("auto", "headers around a prompt to open weights; auto: what their folder "
                       "says", choices=["auto", "none", "chatml", "llama3"])
    system: str = option("", "system prompt, where there are chat headers")
    one_line: bool = option(False, "an answer of open weights ends with its line")
    dtype: str = option("float32", "of open weights",
                        choices=["float32", "bfloat16", "float16"])
    max_new_tokens: int = option(0, "tokens an answer may have (default: 72; open weights 128)",
                                 least=0, most=MOST)
    shard: bool = option(False, "torchrun's processes share the model, not the work: for weights "
                         "that outgrow one device")
    batch: int = option(0, "answers written or learned from at once; lower it if memory runs out "
                        "(default: all, 64 to train; open weights 32)", least=0, most=MOST)


@dataclass(frozen=True)
class Adapt(Model):
    """Adapt to tasks that no expert has seen, and print the table of all strategies.

    A row a task: accuracy of the base, of each expert alone, of mixtures that need no search, and
    of the strategies A, B and C, all on the same test prompts. OUT/adapt.json holds it as well.

        python t2.py adapt --few-shot 8
        python t2.py adapt --task story --n 500 --seed 1
        python t2.py adapt --weights DIR --tasks my_tasks.jsonl --few-shot 8
    """

    tasks: str = option("", "your tasks for open weights, a JSON object a line (see README)",
                        metavar="FILE")
    few_shot: int = option(8, "examples that strategy C may look at", least=1, most=200)
    task: str = option("", "one task instead of all the unseen ones", metavar="NAME")
    strategy: str = option("all", "what to run", choices=[*STRATEGIES, "all"])
    n: int = option(100, "test prompts a task", least=1, most=5000)
    per_matrix: bool = option(False, "a coefficient for each matrix and expert, not each expert")


@dataclass(frozen=True)
class Train(Model):
    """Train an expert for each domain (math, code, reasoning) and the classification expert.

    Prints the accuracy of base and expert on test prompts; OUT/train.json holds it as well, and
    OUT/math.pt and the like the experts. Ctrl-C stops after the step in hand; the same command
    goes on from there.

        python t2.py train
        python t2.py train --task math --seed 1 --out out/1
        python t2.py train --weights DIR --tasks my_tasks.jsonl
    """

    tasks: str = option("", "your tasks for open weights, a JSON object a line (see README)",
                        metavar="FILE")
    task: str = option("", "one expert instead of all", metavar="NAME")
    steps: int = option(0, "gradient steps an expert (default: 40; open weights 25)", least=0,
                        most=MOST)
    rate: float = option(0.0, "learning rate (default: 0.02; open weights 0.004)", least=0, most=1)
    n: int = option(600, "test prompts an expert", least=1, most=5000)


@dataclass(frozen=True)
class Pretrain(Common):
    """Make the base model from scratch, on the synthetic corpus.

    Writes OUT/base.pt and OUT/pretrain.json. Ctrl-C stops after the step in hand; the same
    command goes on from there. Experts fit the base that they were trained on: run train next.

        python t2.py pretrain --out out/mine && python t2.py train --out out/mine
    """

    steps: int = option(5000, "gradient steps of 48 documents", least=1, most=MOST)


@dataclass(frozen=True)
class Ask(Model):
    """Show both passes on one prompt: what pass 1 decides, and what base and expert answer.

    Strategies A and B; C needs examples, and so a task (see adapt). OUT/ask.json holds it as well.

        python t2.py ask "What is 12 + 7 - 3?"
        python t2.py ask "Today is monday. Go +3 -2 days. Which day?"
        python t2.py ask --weights DIR "If a pack costs 81 dollars, what do 33 packs cost?"
    """

    prompt: str = option("", "the question", positional=True)


# ------------------------------------------------------------------------------- what is on disk

class Workshop:
    """A base model wrapped by SVF, how it is spoken to, its domains, tasks and experts."""

    def __init__(self, args: Model) -> None:
        self.args, self.device = args, checked_device(args)
        self.sources: dict[str, str] = {}
        if args.weights:
            self.open_weights()
        else:
            self.built_in()
        if args.shard:
            self.svf.shard(self.device)

    def built_in(self) -> None:
        from data.dialect import built_in
        from data.tokenizer import load
        from model import load_model
        from svf import SVF
        for f in (f for f in fields(self.args) if f.name in ("tasks", *ONLY_OPEN)):
            if getattr(self.args, f.name) != f.default:
                raise ValueError(f"--{f.name.replace('_', '-')} goes with --weights DIR: the "
                                 "built-in model reads its own small language alone")
        encoding, base = load(), self.find("base")
        self.svf = SVF(load_model(base, "cpu" if self.args.shard else self.device))
        self.sources["base"] = str(base)
        if self.svf.model.config.vocab != encoding.n_vocab:
            raise ValueError(f"{base} has {self.svf.model.config.vocab} tokens, the tokenizer "
                             f"{encoding.n_vocab}: run `python t2.py pretrain`")
        self.dialect = self.sized(built_in(encoding))
        self.domains, self.which, self.digest = DOMAINS, WHICH, ""
        self.trained = {name: trained_on(name) for name in (*DOMAINS, CLASSIFIER)}
        self.tasks, self.choice = {task.name: task for task in UNSEEN}, TASKS

    def open_weights(self) -> None:
        import torch

        from data.dialect import published
        from model import load_llama
        from svf import SVF, kept_factors
        args, folder = self.args, Path(self.args.weights)
        pools = read(Path(args.tasks)) if getattr(args, "tasks", "") else {}
        model, encoding = load_llama(folder, getattr(torch, args.dtype),
                                     "cpu" if args.shard else self.device)
        self.dialect = self.sized(published(folder, encoding, args.chat, args.system,
                                            args.one_line))
        kept = args.out / "decomposition.svd"
        self.svf = SVF(model, factors=kept_factors(kept, model, Line(
            "decomposing the weights, once", 7 * model.config.layers)))
        self.sources["base"] = str(folder)
        own = sorted(name for name in pools if name != OTHERS)  # pass 1 asks in this order
        found = sorted(path.stem for path in args.out.glob("*.pt") if "." not in path.stem)
        self.domains = tuple(name for name in (own if isinstance(args, Train) else found)
                             if name not in ("base", CLASSIFIER))
        self.which = which(self.domains) + ("" if self.dialect.around != "{}" else "\nAnswer:")
        self.trained = {name: (pools[name],) for name in own}
        if len(pools) > 1:
            self.trained[CLASSIFIER] = (classified(pools, self.which),)
        self.tasks = self.choice = pools
        self.digest = file_digest(Path(args.tasks)) if pools else ""

    def sized(self, dialect: object) -> object:
        """The dialect with the user's own limits."""
        asked = {"max_new": self.args.max_new_tokens, "batch": self.args.batch}
        return replace(dialect, **{key: value for key, value in asked.items() if value})

    def find(self, name: str) -> Path:
        own = self.args.out / f"{name}.pt"
        return own if own.exists() or self.args.weights else HERE / f"{name}.pt"

    def library(self) -> dict:
        """The experts that are there: all domains', and the classifier if there is one."""
        from svf import load_expert
        if not self.domains:
            raise ValueError(f"no experts of these weights in {self.args.out}: run `python t2.py "
                             f"train --weights {self.args.weights} --tasks FILE` first")
        names = [name for name in (*self.domains, CLASSIFIER)
                 if name != CLASSIFIER or self.find(name).exists()]
        self.sources |= {name: str(self.find(name)) for name in names}
        return {name: load_expert(self.find(name), self.svf)[0] for name in names}

    def known(self, name: str) -> dict:
        """What this folder's own file of an expert says of it: nothing if it is of no use."""
        from svf import load_expert
        try:
            return load_expert(self.args.out / f"{name}.pt", self.svf)[1]
        except ValueError:
            return {}  # not there, of another base, or damaged

    def identity(self) -> dict:
        """What a run must share with one that was stopped, to go on with what that has left."""
        return {"seed": self.args.seed, "n": self.args.n, "base_model": self.svf.fingerprint,
                "tasks": self.digest, "max_new": self.dialect.max_new, "stop": self.dialect.stop,
                "prompt": self.dialect.prompt("")}

    def pick(self, name: str, known: dict) -> object:
        if name not in known:
            raise ValueError(f"--task {name}: expected one of {', '.join(known) or 'none'}")
        return known[name]


def file_digest(path: Path) -> str:
    import hashlib
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]


def checked_device(args: Common) -> str:
    """The device, of this process if there are several. Sets the number of threads."""
    import torch
    exact = isinstance(args, Train) and not args.weights  # the same experts, bit for bit
    torch.set_num_threads(args.threads or (1 if exact else quickest(torch.get_num_threads())))
    there = ["cpu", *(f"cuda:{i}" for i in range(torch.cuda.device_count())),
             *["mps"] * torch.backends.mps.is_available()]
    if args.device not in (*there, *["cuda"] * torch.cuda.is_available()):
        raise ValueError(f"--device {args.device:.40} is not there; expected one of "
                         f"{', '.join(there)}")
    if args.device != "cuda" or not torch.distributed.is_initialized():
        return args.device
    torch.cuda.set_device(int(os.environ["LOCAL_RANK"]) % torch.cuda.device_count())
    return f"cuda:{torch.cuda.current_device()}"


def quickest(threads: int) -> int:
    """So many threads, or one: whichever multiplies faster now.

    Threads that wait for one another crawl where another process holds a core.
    """
    import torch
    x, seconds = torch.ones(384, 384), {threads: [], 1: []}
    for n in [threads, 1] * 5 * (threads > 1):
        torch.set_num_threads(n)
        begin = time.perf_counter()
        for _ in range(20):
            x @ x
        seconds[n].append(time.perf_counter() - begin)
    return min(seconds, key=lambda n: sum(seconds[n][1:]))  # the first one wakes them


class Line:
    """A progress line with an ETA: rewritten in place on a terminal, else one every 10 s.

    What is done within 3 s leaves no line where there is no terminal, unless there is an alarm.
    """

    def __init__(self, what: str, steps: int) -> None:
        self.what, self.steps, self.first, self.said = what, steps, None, {""}
        self.start = time.monotonic()
        self.last = self.start - 7

    def __call__(self, step: int, facts: dict) -> None:
        now = time.monotonic()
        if self.steps == 1 or not FIRST:
            return  # done before there is anything to say, or another process says it
        if self.first is None:
            self.first, self.start = step, now
        per = (now - self.start) / max(1, step - self.first)
        self.clear()
        alarm = facts.get("alarm", "")
        text = f"  ! {alarm}" * bool(alarm) + "".join(
            f"  {k} {v:.2f}" if isinstance(v, float) else f"  {k} {v}"
            for k, v in facts.items() if k != "alarm")
        eta = f"ETA {per * (self.steps - 1 - step):.0f} s" if step > self.first else "ETA ..."
        line = f"{self.what} {step + 1}/{self.steps}{text}  {eta}"
        final = step + 1 == self.steps
        if sys.stderr.isatty():
            print(line[:110], end="\n" if final else "", file=sys.stderr, flush=True)
        elif now - self.last > 10 or final and now - self.start > 3 or alarm not in self.said:
            print(line, file=sys.stderr, flush=True)
            self.last = now
        self.said.add(alarm)

    def clear(self) -> None:
        """Makes room on a terminal for what is printed next."""
        if FIRST and sys.stderr.isatty():
            print("\r\033[K", end="", file=sys.stderr, flush=True)


def wilson(share: float, n: int) -> tuple[float, float]:
    """Wilson's 95% interval of a share of n trials.

    >>> [round(x, 3) for x in wilson(0.5, 100)]
    [0.404, 0.596]
    """
    z = 1.959964
    mid, half = share + z * z / (2 * n), z * (share * (1 - share) / n + (z / (2 * n)) ** 2) ** 0.5
    return (mid - half) / (1 + z * z / n), (mid + half) / (1 + z * z / n)


# -------------------------------------------------------------------------- pretrain and train

def pretrain(args: Pretrain) -> None:
    import rl
    from data.dialect import built_in
    from data.tokenizer import load
    from model import GPT, Config, save_model
    if rl.dist.is_initialized():
        raise ValueError("pretrain runs in one process: start it without torchrun")
    encoding, device = load(), checked_device(args)
    model = GPT(Config(vocab=encoding.n_vocab, width=96, kv_heads=4, head_size=24, hidden=256,
                       theta=1000.0))
    model.initialise(rl.stream(args.seed, "init"))
    model.to(device)
    run = {"command": "pretrain", "seed": args.seed, "steps": args.steps}
    state = args.out / "base.state.pt"

    def batches(step: int) -> list:
        return rl.corpus_batch(built_in(encoding), 48, args.seed, step, args.steps)
    log = rl.pretrain(model, batches, args.steps, state, run, Line("pretrain", args.steps), device)
    save_model(model, args.out / "base.pt", **run)
    parameters, seconds = sum(p.numel() for p in model.parameters()), log[-1]["seconds"]
    write_json(args.out / "pretrain.json", {**run, "parameters": parameters, "seconds": seconds,
                                            "log": log[99::100]})
    remove(state)  # last: until here a kill costs nothing
    print(f"wrote {args.out / 'base.pt'}: {parameters:,} parameters, {seconds:.0f} s. The experts "
          "of another base do not fit it: run `python t2.py train` next.")


def train(args: Train) -> None:
    if args.weights and not args.tasks:
        raise ValueError("train --weights DIR needs --tasks FILE: what to train experts for")
    shop = Workshop(args)
    print(f"base: {shop.sources['base']}, {shop.svf.N:,} gains an expert", flush=True)
    if args.task:
        shop.pick(args.task, shop.trained)
    for name in [args.task] if args.task else shop.trained:
        show_expert(name, train_one(shop, name))
        known = {name: shop.known(name).get("row") for name in shop.trained}
        write_json(args.out / "train.json", {"seed": args.seed, "experts": {
            name: row for name, row in known.items() if row}})
    print(f"wrote {args.out / 'train.json'} and the experts beside it")


def recipe(args: Train) -> object:
    """What the user asked for; else what was found to do for either kind of model."""
    from rl import Recipe
    usual = (Recipe(steps=25, prompts=8, batch=32, rate=0.004, validate=5, held=60)
             if args.weights else Recipe())
    return replace(usual, steps=args.steps or usual.steps, rate=args.rate or usual.rate,
                   batch=args.batch or usual.batch)


def train_one(shop: Workshop, name: str) -> dict:
    """Trains one expert, or takes the one that this very run had finished before it stopped."""
    import rl
    from svf import save_expert
    args, tasks, how = shop.args, shop.trained[name], recipe(shop.args)
    state, run = args.out / f"{name}.state.pt", {"expert": name, **shop.identity(), **asdict(how)}
    if (facts := shop.known(name)).get("run") == run:
        return facts["row"]
    z, log = rl.reinforce(shop.svf, shop.dialect, tasks, how, args.seed, state, run,
                          Line(f"train {name}", how.steps))
    problems = [p for t in tasks for p in t.problems(args.n // len(tasks), "test", args.seed)]
    share = {who: accuracy(shop, vector, problems, f"{name}: test of {who}")
             for who, vector in (("base", None), ("expert", z))}
    row = {"n": len(problems), **share, "interval": wilson(share["expert"], len(problems)),
           "parameters": shop.svf.N, "seconds": log[-1]["seconds"], "log": log}
    save_expert(args.out / f"{name}.pt", shop.svf, z, {"run": run, "row": row})
    remove(state)
    return row


def accuracy(shop: Workshop, z: object, problems: list, what: str) -> float:
    import rl
    line = Line(what, math.ceil(len(rl.own(len(problems))) / shop.dialect.batch))
    texts = rl.answers(shop.svf, z, shop.dialect, problems, line)
    return sum(rl.right(problems, texts)) / len(problems)


def show_expert(name: str, row: dict) -> None:
    low, high = row["interval"]
    print(f"{name:<11} n {row['n']}  base {row['base']:.3f}  expert {row['expert']:.3f} "
          f"[{low:.3f}, {high:.3f}]  {row['parameters']:,} gains  {row['seconds']:.0f} s",
          flush=True)


# ---------------------------------------------------------------------------- the two passes

def categorise(shop: Workshop, z: object, prompts: list[str]) -> list[tuple[str, float]]:
    """Pass 1 of A (z None) and B (z of the classifier): (category, its probability) a prompt.

    The model is asked which kind the prompt is. The first domain that its answer names is the
    category, and an answer that names none means "others"; the probability is that of its first
    token.
    """
    import rl
    brief = replace(shop.dialect, max_new=min(8, shop.dialect.max_new))
    done = rl.completions(shop.svf, z, brief, [p + shop.which for p in prompts])
    return [(chosen(brief.text(c.tokens), (*shop.domains, OTHERS)) or OTHERS, math.exp(c.logps[0]))
            for c in done]


def dispatch(shop: Workshop, library: dict, names: list[str], problems: list) -> list[str]:
    """Pass 2 of A and B: the expert named for a prompt answers it; for others, the base."""
    import rl
    texts = [""] * len(problems)
    for name in sorted(set(names)):
        rows = [i for i, chosen in enumerate(names) if chosen == name]
        given = rl.answers(shop.svf, library.get(name), shop.dialect, [problems[i] for i in rows])
        for i, text in zip(rows, given):
            texts[i] = text
    return texts


def adapt(args: Adapt) -> None:
    import rl
    if args.weights and not args.tasks:
        raise ValueError("adapt --weights DIR needs --tasks FILE: what to adapt to")
    start, shop = time.monotonic(), Workshop(args)
    tasks = [shop.pick(args.task, shop.choice)] if args.task else list(shop.tasks.values())
    library = shop.library()
    for name, source in shop.sources.items():
        near = Path(source).is_relative_to(Path.cwd())
        print(f"{name:<11} {Path(source).relative_to(Path.cwd()) if near else source}")
    show_header(args, shop.domains)
    run = {**shop.identity(), "tasks": [shop.digest, *(task.name for task in tasks)],
           "shots": args.few_shot, "strategy": args.strategy, "per_matrix": args.per_matrix,
           "experts": {name: file_digest(Path(shop.sources[name])) for name in library}}
    state, line = args.out / "adapt.state.pt", Line("adapt", len(tasks))
    table = Table(args.out / "adapt.json", {"seed": args.seed, "shots": args.few_shot,
                                            "sources": shop.sources})

    def do(i: int) -> dict:
        row = adapt_task(shop, library, tasks[i])
        line.clear()
        table.add(tasks[i].name, row)
        return {"done": tasks[i].name}

    def report(i: int, facts: dict) -> None:
        if i + 1 < len(tasks):  # after the last row comes the mean, with nothing between
            line(i, facts)
    before = time.monotonic() - start
    log = rl.resumable(state, run, {"table": table}, len(tasks), do, report, every=0)
    remove(state)
    show_mean(table.rows)
    show_seconds(table.rows)
    print(f"{before + log[-1]['seconds']:.0f} s in all; wrote {table.path}")


class Table:
    """The rows of adapt, shown and written as they are made, or found after a stop."""

    def __init__(self, path: Path, facts: dict) -> None:
        self.path, self.facts, self.rows = path, facts, {}

    def add(self, name: str, row: dict) -> None:
        self.rows[name] = row
        show_task(name, row)
        write_json(self.path, {**self.facts, "tasks": self.rows})

    def state_dict(self) -> dict:
        return self.rows

    def load_state_dict(self, rows: dict) -> None:
        for name, row in rows.items():
            self.add(name, row)


def adapt_task(shop: Workshop, library: dict, task: object) -> dict:
    """One row of the table: all strategies and baselines on the same test prompts."""
    import rl
    args = shop.args
    problems = task.problems(args.n, "test", args.seed)
    wanted = STRATEGIES if args.strategy == "all" else (args.strategy,)

    def score(z: object, who: str) -> float:
        return accuracy(shop, z, problems, f"{task.name}: {who}")
    row = {"n": len(problems), "base": score(None, "base"), "seconds": {},
           "experts": {name: score(library[name], name) for name in shop.domains}}
    for strategy in STRATEGIES[:2]:
        if strategy in wanted and (strategy == "prompt" or CLASSIFIER in library):
            z = library[CLASSIFIER] if strategy == "classifier" else None
            begin = time.monotonic()
            names = [name for name, _ in categorise(shop, z, [p.prompt for p in problems])]
            middle = time.monotonic()
            texts = dispatch(shop, library, names, problems)
            row["seconds"][strategy] = [middle - begin, time.monotonic() - middle]
            row[strategy] = sum(rl.right(problems, texts)) / len(problems)
            row.setdefault("named", {})[strategy] = {x: names.count(x) for x in sorted(set(names))}
    if "few-shot" in wanted:
        row.update(adapt_few_shot(shop, library, task, problems, row["seconds"]))
    row["interval"] = {key: wilson(row[key], row["n"]) for key in
                       ("base", "uniform", "random", "search", "prompt", "classifier", "few_shot")
                       if key in row}
    return row


def adapt_few_shot(shop: Workshop, library: dict, task: object, problems: list, seconds: dict
                   ) -> dict:
    """Strategy C beside the mixtures that need no search, or a blind one at the same budget."""
    import torch

    import cem
    import rl
    from svf import mix
    args, svf = shop.args, shop.svf
    experts = torch.stack([library[name] for name in shop.domains])
    shots = task.problems(args.few_shot, "shots", args.seed)
    search = cem.Search(by_matrix=args.per_matrix)

    def score(alpha: object, who: str) -> float:
        z = mix(alpha.to(experts.device), experts, svf.sizes)
        return accuracy(shop, z, problems, f"{task.name}: {who}")

    def streamed(name: str) -> object:
        return rl.stream(name, task.name, args.seed)
    begin = time.monotonic()
    alpha, history = cem.few_shot(svf, shop.dialect, experts, shots, search, streamed("cem"),
                                  Line(f"{task.name}: CEM", search.iterations))
    middle = time.monotonic()
    found = score(alpha, "C")
    seconds["few_shot"] = [middle - begin, time.monotonic() - middle]
    K = len(experts)
    blind = 1 / K + search.sigma * torch.randn(K, 1, generator=streamed("random"))
    best = cem.random_search(svf, shop.dialect, experts, shots, search, streamed("search"))
    return {"uniform": score(torch.full((K, 1), 1 / K), "uniform"),
            "random": score(blind, "random"), "search": score(best, "random search"),
            "few_shot": found, "alpha": alpha.mean(1).tolist(), "cem": history}


COLUMNS = {"uniform": "unif", "random": "rand", "search": "srch", "prompt": "A",
           "classifier": "B", "few_shot": "C"}  # after the base and each expert


def show_header(args: Adapt, domains: tuple[str, ...]) -> None:
    print(f"\nAccuracy on {args.n} test prompts a task; C has seen {args.few_shot} shots. unif: "
          "experts mixed evenly;\nrand: one random mixture; srch: random search, C's budget.\n")
    print(f"{'task':<9}" + "".join(f"{head:>5}" for head in heads(domains))
          + f"  C: 95%   alpha ({' '.join(name[:2] for name in domains)})  1st+2nd pass, s (C)",
          flush=True)


def heads(domains: Iterable[str]) -> list[str]:
    return ["base", *(name[:4] for name in domains), *COLUMNS.values()]


def cells(row: dict) -> list[float | None]:
    return [row["base"], *row["experts"].values(), *(row.get(column) for column in COLUMNS)]


def show_task(name: str, row: dict) -> None:
    text = "".join(" " * 5 if v is None else f"{v:5.2f}" for v in cells(row))
    if "alpha" in row:
        low, high = row["interval"]["few_shot"]
        first, second = row["seconds"]["few_shot"]
        text += (f"  {low:.2f}-{high:.2f}  " + " ".join(f"{a:+.2f}" for a in row["alpha"])
                 + f"  {first:.1f}+{second:.1f}")
    print(f"{name:<9}{text}", flush=True)


def show_mean(rows: dict) -> None:
    table = [cells(row) for row in rows.values()]
    means = [sum(column) / len(column) if None not in column else None for column in zip(*table)]
    print(f"{'mean':<9}" + "".join(" " * 5 if v is None else f"{v:5.2f}" for v in means))


def show_seconds(rows: dict) -> None:
    spent = {}
    for strategy in STRATEGIES:
        pairs = [row["seconds"].get(strategy.replace("-", "_")) for row in rows.values()]
        if None not in pairs:
            spent[strategy] = "{:.1f}+{:.1f}".format(*map(sum, zip(*pairs)))
    print("1st+2nd pass, s, all tasks:  " + "  ".join(f"{k} {v}" for k, v in spent.items()))


def ask(args: Ask) -> None:
    import rl
    from data.tasks import Problem, Said
    from data.tokenizer import tidy
    text = args.prompt if args.weights else tidy(args.prompt)
    if not text.strip():
        raise ValueError("the prompt is empty; expected a question, such as 'What is 12 + 7 - 3?'")
    shop = Workshop(args)
    problem = Problem("ask", OTHERS, "", (Said(text, text, "", ()),))
    print(f"the prompt    {printable(text.strip())}")
    rl.answers(shop.svf, None, replace(shop.dialect, max_new=1), [problem])
    report = {"question": text.strip(), "seed": args.seed,
              "first_token_seconds": time.monotonic() - STARTED}
    print(f"              first token {report['first_token_seconds']:.1f} s after the start")
    begin = time.monotonic()
    report["base"] = rl.answers(shop.svf, None, shop.dialect, [problem])[0].strip()
    print(f"the base      {printable(report['base'])}   ({time.monotonic() - begin:.2f} s)")
    library = shop.library() if shop.domains else {}
    if not library:
        print(f"no experts in {args.out} yet, and so no second pass: see `python t2.py train "
              "--help`")
    for letter, strategy, z in (("A", "prompt", None),
                                ("B", "classifier", library.get(CLASSIFIER))):
        if not library or strategy == "classifier" and z is None:
            continue
        begin = time.monotonic()
        [(name, sure)] = categorise(shop, z, [text])
        middle = time.monotonic()
        said = dispatch(shop, library, [name], [problem])[0].strip()
        seconds = [middle - begin, time.monotonic() - middle]
        report[strategy] = {"category": name, "confidence": sure, "answer": said,
                            "seconds": seconds}
        print(f"{letter} {strategy:<11} pass 1: {name} ({sure:.0%}, {seconds[0]:.2f} s)   "
              f"pass 2: {printable(said)}   ({seconds[1]:.2f} s)")
    write_json(args.out / "ask.json", report)


# ------------------------------------------------------------------------------- command line

COMMANDS = {"adapt": (Adapt, adapt), "train": (Train, train), "pretrain": (Pretrain, pretrain),
            "ask": (Ask, ask)}


def within(kind: type, least: float, most: float) -> Callable[[str], object]:
    """What turns a flag's text into a number of this range, for argparse."""
    def number(text: str) -> object:
        try:
            value = kind(text)
        except ValueError:
            value = math.nan  # which is in no range
        if not least <= value <= most:
            what = "a whole number" if kind is int else "a number"
            raise argparse.ArgumentTypeError(f"{text!r:.40}: expected {what} from {least:,} to "
                                             f"{most:,}")
        return value
    return number


def printable(text: str) -> str:
    r"""Text that came from elsewhere, for a terminal: control characters are spelt out.

    >>> printable("4\n\x1b[2J")
    '4\n\\x1b[2J'
    """
    return "".join(c if c.isprintable() or c in "\n\t" else ascii(c)[1:-1] for c in text)


def complain(message: object) -> None:
    """One line, whatever a user's text or a library's has in it; one write, so that lines of
    several processes stay lines."""
    sys.stderr.write(f"t2.py: {printable(' '.join(str(message).split()))[:1000]}\n")


class Parser(argparse.ArgumentParser):
    def error(self, message: str) -> None:
        """One line and exit code 2; the way out is --help."""
        complain(f"{message} (see `{self.prog} --help`)")
        raise SystemExit(2)


def parser() -> Parser:
    """The command line, made from the dataclasses of the commands."""
    top = Parser(prog="t2.py", description=__doc__.split("\n\nThe heavy")[0],
                 formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, (form, _) in COMMANDS.items():
        text = inspect.cleandoc(form.__doc__)
        sub = commands.add_parser(name, description=text, help=text.split("\n")[0],
                                  epilog=tasks_listed() if form is Adapt else None,
                                  formatter_class=argparse.RawDescriptionHelpFormatter)
        for f in fields(form):
            kind = type(f.default)
            more = dict(f.metadata)
            least, most = more.pop("least", None), more.pop("most", None)
            if more.pop("positional", False):
                sub.add_argument(f.name, **more)
            elif kind is bool:
                sub.add_argument(f"--{f.name.replace('_', '-')}", action="store_true", **more)
            else:
                more["help"] += f" (default: {f.default})" if f.default else ""
                more.setdefault("metavar", None if "choices" in more else f.name.upper())
                sub.add_argument(f"--{f.name.replace('_', '-')}", default=f.default, **more,
                                 type=kind if least is None else within(kind, least, most))
    return top


def tasks_listed() -> str:
    """What --task knows, for the manual page."""
    rows = [f"  {task.name:<9} {task.label:<10} {task.about}" + " (trained on)" * (not task.unseen)
            for task in TASKS.values() if task.label]
    return "\n".join(["tasks:", *rows])


def check_writable(out: Path) -> None:
    """Makes the folder. That nothing can be written there is said now, not when work is done."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=out):
            pass
    except OSError as error:
        raise ValueError(f"--out {out}: can't write there ({error.strerror}); expected a folder "
                         "of yours, or one that can be made") from None


def main(argv: list[str] | None = None) -> int:
    if not FIRST:
        sys.stdout = open(os.devnull, "w")
    if hasattr(sys.stdout, "reconfigure"):  # what a model writes may be no text of this terminal
        sys.stdout.reconfigure(errors="backslashreplace")
    given = vars(parser().parse_args(argv))
    form, command = COMMANDS[given.pop("command")]
    warnings.filterwarnings("ignore", message="Failed to initialize NumPy")  # not needed here
    try:
        check_torch()
        from rl import joined
        check_writable(given["out"])
        with joined(given["device"], given.get("shard", False)), alone(given["out"]):
            command(form(**given))
    except KeyboardInterrupt as stop:
        if FIRST:
            print(f"\n{str(stop) or 'stopped'}; the same command goes on from what is saved",
                  file=sys.stderr)
        return 130
    except (ValueError, OSError) as error:
        complain(error)
        return 2
    except (MemoryError, RuntimeError) as error:
        if not isinstance(error, MemoryError) and "memory" not in str(error):
            raise  # a mistake of ours
        now = f" (now {given['batch']})" if given.get("batch") else ""
        complain(f"out of memory: lower --batch{now}, then --max-new-tokens; with --weights, "
                 "--dtype bfloat16 halves what the model itself takes")
        return 2
    return 0


def check_torch() -> None:
    try:
        import tiktoken  # noqa: F401
        import torch
    except ImportError as error:
        raise ValueError(f"{error}: run `pip install -r requirements.txt` first") from None
    if tuple(map(int, torch.__version__.split(".")[:2])) < (2, 6):
        raise ValueError(f"torch is {torch.__version__}, expected 2.6 or later: run `pip install "
                         "-r requirements.txt`")


if __name__ == "__main__":
    sys.exit(main())

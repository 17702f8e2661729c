"""Everything that a command works with: a base wrapped by SVF, how it is spoken to, its experts.

The same for what ships with the project and for a folder of open weights with a user's tasks.
"""
from __future__ import annotations

import hashlib
import math
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from data import HERE, tokenizer
from data.processes import checked_device, own, share
from data.run.answers import answers
from data.run.checkpoints import kept_factors, load_expert, load_llama, load_model
from data.run.flags import Adapt, Model, Train
from data.run.screen import Line
from data.tasks.families import TASKS, UNSEEN, trained_on
from data.tasks.jsonl import CLASSIFIER, classified, read, which
from data.tasks.problem import DOMAINS, OTHERS, WHICH, Problem
from svf import SVF

ONLY_OPEN = ("tasks", "chat", "system", "one_line", "dtype")  # no use for the built-in model


class Session:
    """A base model wrapped by SVF, how it is spoken to, its domains, tasks and experts."""

    def __init__(self, args: Model) -> None:
        self.args = args
        # What is built in is too small for threads, which crawl where others hold the cores; and
        # with one thread the same seed gives the same experts, bit for bit.
        self.device = checked_device(args.device, args.threads or int(not args.weights))
        self.sources: dict[str, str] = {}
        if args.weights:
            self.open_weights()
        else:
            self.built_in()
        if args.shard:
            share(self.svf, self.device)

    def built_in(self) -> None:
        """What ships, or what `pretrain` and `train` left in the out folder."""
        for f in (f for f in fields(self.args) if f.name in ONLY_OPEN):
            if getattr(self.args, f.name) != f.default:
                raise ValueError(f"--{f.name.replace('_', '-')} goes with --weights DIR: the "
                                 "built-in model reads its own small language alone")
        encoding, base = tokenizer.load(), self.find("base")
        self.svf = SVF(load_model(base, "cpu" if self.args.shard else self.device))
        self.sources["base"] = str(base)
        if self.svf.model.config.vocab != encoding.n_vocab:
            raise ValueError(f"{base} has {self.svf.model.config.vocab} tokens, the tokenizer "
                             f"{encoding.n_vocab}: run `python t2.py pretrain`")
        self.fmt = self.sized(fmt.built_in(encoding))
        self.domains, self.which, self.digest = DOMAINS, WHICH, ""
        self.trained = {name: trained_on(name) for name in (*DOMAINS, CLASSIFIER)}
        self.tasks, self.choice = {task.name: task for task in UNSEEN}, TASKS

    def open_weights(self) -> None:
        """A folder of open weights, and the user's tasks if there are any."""
        args, folder = self.args, Path(self.args.weights)
        wanted = {Adapt: "adapt to", Train: "train experts for"}.get(type(args))
        if wanted and not args.tasks:
            raise ValueError(f"{type(args).__name__.lower()} --weights DIR needs --tasks FILE: "
                             f"what to {wanted}")
        pools = read(Path(args.tasks)) if getattr(args, "tasks", "") else {}
        model, encoding = load_llama(folder, getattr(torch, args.dtype),
                                     "cpu" if args.shard else self.device)
        self.fmt = self.sized(fmt.published(folder, encoding, args.chat, args.system,
                                                    args.one_line))
        kept = args.out / "decomposition.svd"
        self.svf = SVF(model, factors=kept_factors(kept, model, Line(
            "decomposing the weights, once", 7 * model.config.layers)))
        self.sources["base"] = str(folder)
        own = sorted(name for name in pools if name != OTHERS)  # pass 1 asks in this order
        found = sorted(path.stem for path in args.out.glob("*.pt") if "." not in path.stem)
        self.domains = tuple(name for name in (own if isinstance(args, Train) else found)
                             if name not in ("base", CLASSIFIER))
        self.which = which(self.domains) + ("" if self.fmt.around != "{}" else "\nAnswer:")
        self.trained = {name: (pools[name],) for name in own}
        if len(pools) > 1:
            self.trained[CLASSIFIER] = (classified(pools, self.which),)
        self.tasks = self.choice = pools
        self.digest = file_digest(Path(args.tasks)) if pools else ""

    def sized(self, form: fmt.PromptFormat) -> fmt.PromptFormat:
        """The fmt with the user's own limits."""
        asked = {"max_new": self.args.max_new_tokens, "batch": self.args.batch}
        return replace(form, **{key: value for key, value in asked.items() if value})

    def answers(self, z: Tensor | None, problems: list[Problem], what: str) -> list[str]:
        """The answers of one expert z (None: the base), with a progress line."""
        line = Line(what, math.ceil(len(own(len(problems))) / self.fmt.batch))
        return answers(self.svf, z, self.fmt, problems, line)

    def find(self, name: str) -> Path:
        """Where a base or an expert is: in the out folder, else among what ships."""
        own = self.args.out / f"{name}.pt"
        return own if own.exists() or self.args.weights else HERE / f"{name}.pt"

    def library(self) -> dict[str, Tensor]:
        """The experts that are there: all domains', and the classifier if there is one."""
        if not self.domains:
            raise ValueError(f"no experts of these weights in {self.args.out}: run `python t2.py "
                             f"train --weights {self.args.weights} --tasks FILE` first")
        names = [name for name in (*self.domains, CLASSIFIER)
                 if name != CLASSIFIER or self.find(name).exists()]
        self.sources |= {name: str(self.find(name)) for name in names}
        return {name: load_expert(self.find(name), self.svf)[0] for name in names}

    def show_sources(self) -> None:
        """Which files base and experts come from, a line each."""
        for name, source in self.sources.items():
            here = Path(source).is_relative_to(Path.cwd())
            print(f"{name:<11} {Path(source).relative_to(Path.cwd()) if here else source}")

    def known(self, name: str) -> dict:
        """What this folder's own file of an expert says of it: nothing if it is of no use."""
        try:
            return load_expert(self.args.out / f"{name}.pt", self.svf)[1]
        except ValueError:
            return {}  # not there, of another base, or damaged

    def identity(self) -> dict:
        """What a run must share with one that was stopped, to go on with what that has left."""
        return {"seed": self.args.seed, "n": self.args.n, "base_model": self.svf.fingerprint,
                "tasks": self.digest, "max_new": self.fmt.max_new, "stop": self.fmt.stop,
                "prompt": self.fmt.prompt("")}

    def pick(self, name: str, known: dict[str, Any]) -> Any:
        """What goes by that name. ValueError says which names there are."""
        if name not in known:
            raise ValueError(f"--task {name}: expected one of {', '.join(known) or 'none'}")
        return known[name]


def file_digest(path: Path) -> str:
    """16 hex digits of what a file holds."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]

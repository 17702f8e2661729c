"""What a command works with: a base wrapped by SVF, its prompt format, its domains and experts.

The same for what ships with the project and for a folder of open weights with a user's tasks.
"""
from __future__ import annotations

import os
import re
from collections.abc import Collection, Mapping
from dataclasses import fields, replace
from pathlib import Path
from types import MappingProxyType

import torch
from torch import Tensor

from data import HERE, tokenizer
from data.llama import chat
from data.run.checkpoints import (
    about_llama,
    fingerprint,
    gains,
    kept_factors,
    llama,
    load_expert,
    load_model,
)
from data.run.device import checked_device, dtype_of
from data.run.flags import Adapt, Export, Mixed, Model, Play, Train
from data.run.kinds import BETWEEN, SHOWN, WORST, usable
from data.run.mixture import Mixture, chosen, none_yet
from data.run.own import Room, answer_length, check_splits, fitting, own_tasks
from data.run.screen import Line, note
from data.tasks.families import TASKS, UNSEEN, trained_on
from data.tasks.jsonl import CLASSIFIER, classified, which
from data.tasks.problem import DOMAINS, OTHERS, WHICH
from data.tokenizer import PromptFormat, built_in
from model import Config
from svf import SVF

ONLY_OPEN = ("tasks", "shots", "chat", "system", "one_line", "dtype", "rank")  # not for built in
SUFFIX = ".safetensors"


class Session:
    """A base model wrapped by SVF, its prompt format, its domains, tasks and experts.

    base: the fingerprint of the base's weights. which: the question of pass 1. trained: what each
    expert is trained on. tasks: what `adapt` may adapt to. names: the experts or the tasks that
    the command is about, all or the one of --task. mixture: of the experts, if the user named one.
    room: for a prompt and its answer. examples: what each expert was trained on, for strategy A.

    asked: where a prompt of the user's own stands -> the prompt; ValueError if one is too long.
    """

    def __init__(self, args: Model, asked: Mapping[str, str] = MappingProxyType({})) -> None:
        self.args, self.asked = args, asked
        # What is built in is too small for threads, which crawl where others hold the cores; and
        # with one thread the same seed gives the same experts, bit for bit.
        self.device = checked_device(args.device, args.threads or int(not args.weights),
                                     bool(args.weights))
        self.dtype = dtype_of(args.dtype, self.device) if args.weights else "float32"
        self.sources: dict[str, str] = {}
        self.examples: dict[str, list[str]] = {}
        self.base = ""  # not read yet
        if args.weights:
            self.open_weights()
        else:
            self.built_in()

    def built_in(self) -> None:
        """What ships, or what `pretrain` and `train` left in the out folder."""
        for f in (f for f in fields(self.args) if f.name in ONLY_OPEN):
            if getattr(self.args, f.name) != f.default:
                raise ValueError(f"--{f.name.replace('_', '-')} goes with --weights DIR: the "
                                 "built-in model reads its own small language alone")
        encoding, path = tokenizer.load(), self.find("base")
        model = load_model(path, self.device)
        if model.config.vocab != encoding.n_vocab:
            raise ValueError(f"{path} has {model.config.vocab} tokens, the tokenizer "
                             f"{encoding.n_vocab}: run `python t2.py pretrain`")
        self.base, self.svf = fingerprint(model), SVF(model)
        self.sources["base"] = str(path)
        self.fmt = self.sized(built_in(encoding))
        self.domains, self.which = DOMAINS, WHICH
        self.trained = {name: trained_on(name) for name in (*DOMAINS, CLASSIFIER)}
        self.tasks = {name: task for name, task in TASKS.items() if task.label}
        self.mixture = self.mixed()
        self.room = self.roomy(model.config.context)
        self.names = (self.wanted(self.trained, self.trained) if isinstance(self.args, Train)
                      else self.wanted(self.tasks, [task.name for task in UNSEEN]))

    def open_weights(self) -> None:
        """A folder of open weights, and the user's tasks if there are any."""
        args, folder = self.args, Path(self.args.weights)
        settings = self.without_weights(folder)
        note(f"computed in {self.dtype} on {self.device}, see --dtype and --device")
        model = llama(folder, settings, getattr(torch, self.dtype), self.device)
        self.base = fingerprint(model)
        if not isinstance(args, Train):  # before a decomposition takes its time and its place
            self.check_experts(model.config)
        kind = [self.dtype] * (self.dtype != "float32") + [f"top{args.rank}"] * bool(args.rank)
        self.svf = SVF(model, factors=kept_factors(
            args.out / (".".join(["decomposition", *kind]) + SUFFIX), model,
            Line("decomposing the weights, once", 7 * model.config.layers), args.rank
        )) if self.domains else SVF(model, ())  # which answers as the base alone
        self.sources["base"] = str(folder)

    def without_weights(self, folder: Path) -> dict:
        """All that can be known before the weights are read: the settings of a Config, and
        ValueError for what would end the command later.
        """
        args, learns, pools = self.args, isinstance(self.args, Train), own_tasks(self.args)
        own = sorted(name for name in pools if name != OTHERS)  # pass 1 asks in this order
        found = sorted(path.stem for path in args.out.glob(f"*{SUFFIX}") if "." not in path.stem)
        self.domains = tuple(name for name in (own if learns else found)
                             if name not in ("base", "decomposition", CLASSIFIER))
        known = [*own, *[CLASSIFIER] * (len(pools) > 1)] if learns else [*pools]
        self.mixture = self.mixed()
        self.names = self.wanted(known, known)
        settings, encoding, notes = about_llama(folder)
        for line in notes:
            note(line)
        config = Config(**settings)
        if not learns:
            self.check_experts(config)
        fmt = chat.published(folder, encoding, args.chat, args.system, args.one_line)
        note(fmt.why)
        self.which = which(self.domains) + ("" if fmt.around != "{}" else "\nAnswer:")
        self.fmt = self.sized(fmt)
        if not args.max_new_tokens:
            self.fmt = replace(self.fmt, max_new=answer_length(pools, fmt, config.context))
        self.room = self.roomy(config.context)
        self.tasks = fitting(pools, self.room)
        self.trained = {name: (self.tasks[name],) for name in own}
        if len(pools) > 1:
            self.trained[CLASSIFIER] = (classified(self.tasks, self.which),)
        check_splits(args, {name: self.trained[name][0] if learns else self.tasks[name]
                            for name in self.names})
        return settings

    def mixed(self) -> Mixture | None:
        """The one mixture that the user names, if it is known without a search."""
        if not isinstance(self.args, Mixed):
            return None
        return chosen(self.args, self.domains, self.find)

    def wanted(self, known: Collection[str], usual: Collection[str]) -> list[str]:
        """What --task names, else what is usual; nothing where the mixture is known. ValueError
        says which names there are.
        """
        if self.mixture:
            return []
        task = getattr(self.args, "task", "")
        if task and task not in known:
            raise ValueError(f"--task {task}: expected one of {', '.join(known)}")
        return [task] if task else [*usual]

    def roomy(self, context: int) -> Room:
        """The room for a prompt and its answer. ValueError if one of `asked` does not fit it."""
        room = Room(self.fmt, self.which if self.domains else "", context)
        for what, prompt in {**self.asked, "a prompt": ""}.items():
            room.check(prompt, what)
        return room

    def sized(self, fmt: PromptFormat) -> PromptFormat:
        """The prompt format with the user's own limits."""
        asked = {"max_new": self.args.max_new_tokens, "batch": self.args.batch}
        return replace(fmt, **{key: value for key, value in asked.items() if value})

    def find(self, name: str) -> Path:
        """Where a base or an expert is: in the out folder, else among what ships."""
        own = self.args.out / f"{name}{SUFFIX}"
        there = os.path.lexists(own) or old(own)  # a link to nothing is an error, not an absence
        return own if there or self.args.weights else HERE / own.name

    def experts(self) -> list[str]:
        """Those that are there: all domains', and the classifier if there is one. ValueError if
        there is none.
        """
        if not self.domains:
            raise ValueError(none_yet(self.args))
        judge = self.find(CLASSIFIER)
        return [*self.domains, *[CLASSIFIER] * (os.path.lexists(judge) or old(judge))]

    def check_experts(self, config: Config) -> None:
        """ValueError unless all experts fit these settings, and the base once that was read; or if
        there is none and the command is about nothing else.
        """
        if self.domains or isinstance(self.args, (Adapt, Export, Play)):
            for name in self.experts():
                load_expert(self.find(name), gains(config, self.args.rank), self.base)

    def library(self) -> dict[str, Tensor]:
        """The experts, by name."""
        names = self.experts()
        self.sources |= {name: str(self.find(name)) for name in names}
        found = {name: load_expert(self.find(name), self.svf.N, self.base) for name in names}
        kept = {name: found[name][1].get("examples") for name in self.domains}
        if self.args.weights and usable(kept):
            shown = {name: texts[:SHOWN] for name, texts in kept.items()}
            if all(self.room.fits(BETWEEN.join([*texts, WORST])) for texts in shown.values()):
                self.examples = shown
        return {name: z.to(self.device) for name, (z, _) in found.items()}

    def show_sources(self) -> None:
        """Which files base and experts come from, a line each."""
        for name, source in self.sources.items():
            here = Path(source).is_relative_to(Path.cwd())
            print(f"{name:<11} {Path(source).relative_to(Path.cwd()) if here else source}")

    def known(self, name: str) -> tuple[Tensor | None, dict, str]:
        """The out folder's own expert of this name, and its facts; or None, {}, and why not."""
        if not os.path.lexists(path := self.args.out / f"{name}{SUFFIX}"):
            return None, {}, ""
        try:
            return *load_expert(path, self.svf.N, self.base), ""
        except ValueError as error:  # it is of another base, or damaged
            return None, {}, re.split("[:;] (train|delete) it", str(error))[0]

    def identity(self, *trained: str) -> dict:
        """What a run must share with one that was stopped, to go on with what that has left.

        trained: the experts that it trains; their training and validation prompts count.
        """
        read = {name: [pool.digest() for pool in self.trained[name]]
                for name in trained if self.args.weights}
        return {"seed": self.args.seed, "base": self.base, "dtype": self.dtype,
                "device": torch.device(self.device).type, "rank": self.args.rank,
                "max_new": self.fmt.max_new, "stop": self.fmt.stop,
                "prompt": self.fmt.prompt(""), "questions": read}


def old(path: Path) -> bool:
    """Whether it is there in the format of before, of which load() says how to renew it."""
    return path.with_suffix(".pt").exists()

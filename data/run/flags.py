"""What a user may ask for: the commands, their flags, the range and the help of each.

One frozen dataclass a command; argparse's parser is made from its fields. No torch here, so that
--help answers at once.
"""
from __future__ import annotations

import argparse
import inspect
import math
import os
import signal
import tempfile
import textwrap
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from pathlib import Path

from data.run.screen import complain
from data.tasks.families import TASKS

STRATEGIES = ("prompt", "classifier", "few-shot")
MOST = 1_000_000  # of what has no bound of its own


def option(default: object, text: str, **more: object) -> object:
    """A flag. least, most: the numbers that may be typed; the rest is argparse's. A default of 0
    below the least means what its help says."""
    return field(default=default, metadata={"help": text, **more})


@dataclass(frozen=True)
class Common:
    """What goes with every command."""

    out: Path = option(Path("out"), "folder of what is made; what ships is used where it has none")
    seed: int = option(0, "stream of all that is random", least=-2**63, most=2**63)
    device: str = option("auto", "cpu, cuda or mps; auto: the CPU for what is built in, else a "
                         "GPU if there is one")
    threads: int = option(0, "threads that torch uses (default: 1 for what is built in; else all, "
                          "or 1 where other processes hold the cores)", least=1, most=1024)


@dataclass(frozen=True)
class Model(Common):
    """What goes with every command that runs a model."""

    weights: str = option("", "folder of open Llama weights, instead of the built-in model",
                          metavar="DIR")
    chat: str = option("auto", "headers around a prompt to open weights; auto: what their folder "
                       "says", choices=["auto", "none", "chatml", "llama3", "llama3.1", "llama2",
                                        "mistral"])
    system: str = option("", "system prompt, where there are chat headers")
    one_line: bool = option(False, "an answer of open weights ends with its line")
    dtype: str = option("auto", "of open weights; auto: bfloat16 where the hardware has units for "
                        "it, else float32", choices=["auto", "float32", "bfloat16", "float16"])
    rank: int = option(0, "of each matrix of open weights, only so many of the largest singular "
                       "values (default: all, as in the paper)", least=1, most=MOST)
    max_new_tokens: int = option(0, "tokens an answer may have (default: 72; open weights 128, or "
                                 "what their tasks' gold answers need)",
                                 least=1, most=MOST)
    batch: int = option(0, "answers written or learned from at once; lower it if memory runs out "
                        "(default: all, 64 to train; open weights 32)", least=1, most=MOST)


@dataclass(frozen=True)
class Shots(Model):
    """What goes with every command that takes examples of a task."""

    tasks: str = option("", "your tasks for open weights, a JSON object a line (see "
                        "data/README.md)", metavar="FILE")
    shots: str = option("", "examples for strategy C, lines as in --tasks; their prompts are for "
                        "nothing else", metavar="FILE")
    few_shot: int = option(8, "examples that strategy C may look at", least=1, most=200)


@dataclass(frozen=True)
class Adapt(Shots):
    """Adapt to tasks that no expert has seen, and print the table of all strategies.

    A row a task: accuracy of the base, of each expert alone, of mixtures that need no search, and
    of the strategies A, B and C, all on the same test prompts. OUT/adapt.json holds it as well.

        python t2.py adapt --few-shot 8
        python t2.py adapt --task story --n 500 --seed 1
        python t2.py adapt --weights DIR --tasks my_tasks.jsonl --few-shot 8
    """

    task: str = option("", "one task instead of all the unseen ones", metavar="NAME")
    strategy: str = option("all", "what to run", choices=[*STRATEGIES, "all"])
    n: int = option(100, "test prompts a task", least=1, most=5000)


@dataclass(frozen=True)
class Train(Model):
    """Train an expert for each domain (math, code, reasoning) and the classification expert.

    Prints the accuracy of base and expert on test prompts; OUT/train.json holds it as well, and
    OUT/math.safetensors and the like the experts. Ctrl-C stops after the step in hand; the same
    command goes on from there.

        python t2.py train
        python t2.py train --task math --seed 1 --out out/1
        python t2.py train --weights DIR --tasks my_tasks.jsonl
    """

    tasks: str = option("", "your tasks for open weights, a JSON object a line (see "
                        "data/README.md)", metavar="FILE")
    task: str = option("", "one expert instead of all", metavar="NAME")
    steps: int = option(0, "gradient steps an expert (default: 40; open weights 30)", least=1,
                        most=MOST)
    rate: float = option(0.0, "learning rate (default: 0.02; open weights 0.005)", least=1e-9,
                         most=1)
    n: int = option(600, "test prompts an expert", least=1, most=5000)


@dataclass(frozen=True)
class Pretrain(Common):
    """Make the base model from scratch, on the synthetic corpus.

    Writes OUT/base.safetensors and OUT/pretrain.json. Ctrl-C stops after the step in hand; the
    same command goes on from there. Experts fit the base that they were trained on: run train
    next.

        python t2.py pretrain --out out/mine && python t2.py train --out out/mine
    """

    steps: int = option(5000, "gradient steps of 48 documents", least=1, most=MOST)


@dataclass(frozen=True)
class Mixed(Shots):
    """What goes with every command that takes one mixture of the experts."""

    expert: str = option("", "this expert alone; or base", metavar="NAME")
    alpha: str = option("", "this mixture, such as math=0.5,code=0.7; who is not named has 0",
                        metavar="NAME=X,...")
    task: str = option("", "the mixture that strategy C found for this task, in OUT/adapt.json",
                       metavar="NAME")


@dataclass(frozen=True)
class Ask(Mixed):
    """Show both passes on a prompt: what pass 1 decides, and what base and expert answer.

    Strategies A and B, and C where --task says what to take examples from; or the base and the
    mixture of --expert or --alpha. OUT/ask.json holds it as well. Without a prompt, each line that
    is typed or piped in is one, until Ctrl-D.

        python t2.py ask "What is 12 + 7 - 3?"
        python t2.py ask --task day "Today is monday. Go +3 -2 days. Which day?"
        python t2.py ask --alpha math=0.5,code=0.7 --file prompts.jsonl
        python t2.py ask --weights DIR "If a pack costs 8 dollars, what do 3 cost?"
    """

    task: str = option("", "the mixture that strategy C found for this task, in OUT/adapt.json; "
                       "if there is none, it is searched for", metavar="NAME")
    prompt: str | None = option(None, "the question (default: each line that is typed)",
                                positional=True)
    file: str = option("", 'answer all prompts of this file, {"prompt": "..."} a line, into '
                       "OUT/answers.jsonl", metavar="FILE")


@dataclass(frozen=True)
class Play(Shots):
    """Serve a page where alpha moves and the answers change, to this machine alone.

    Prints its link. A prompt, a slider for each expert, and what base and mixture answer, with the
    judge's word on it; the strategies A, B and C, whose search can be watched. Until Ctrl-C.

        python t2.py play
        python t2.py play --weights DIR --tasks my_tasks.jsonl
    """

    port: int = option(8642, "of the page on 127.0.0.1; 0 takes any that is free", least=0,
                       most=65535)


@dataclass(frozen=True)
class Export(Mixed):
    """Write an expert, or a mixture, as a folder that other programs open.

    Merged into the weights, in Hugging Face's layout; or with --lora as an adapter for PEFT. What
    rounding to the dtype of the weights costs, or the rank, is measured and printed: on the test
    prompts of --tasks, or on plain questions. All of it is computed in float32: with --dtype
    bfloat16 it takes half the memory, what is written comes from rounded U and V, and what is
    measured is the rounding of bfloat16 as well, which is said.

        python t2.py export --weights DIR --expert math --to math
        python t2.py export --weights DIR --alpha math=0.5,code=0.7 --lora 64 --to math+code
    """

    dtype: str = option("float32", "of what is computed",
                        choices=["float32", "bfloat16", "float16"])
    to: str = option("", "folder to write, new or empty; needed", metavar="FOLDER")
    lora: int = option(0, "an adapter of this rank instead; more than a matrix has is all of it",
                       least=1, most=MOST, metavar="RANK")


FORMS = {form.__name__.lower(): form for form in (Adapt, Train, Pretrain, Ask, Play, Export)}


def within(kind: type, least: float, most: float) -> Callable[[str], object]:
    """What turns a flag's text into a number of this range, for argparse.

    >>> within(int, 1, 5000)("5,000")
    Traceback (most recent call last):
    argparse.ArgumentTypeError: '5,000': expected a whole number from 1 to 5,000
    """
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


def folder(text: str) -> Path:
    """A path that is not blank, as an unset variable of the shell is: it would mean the folder in
    which the command runs.
    """
    if not text.strip():
        raise argparse.ArgumentTypeError(f"{text!r}: expected the name of a folder")
    return Path(text)


# ------------------------------------------------------------------------------- the parser

class Parser(argparse.ArgumentParser):
    """argparse's, with errors of one line."""

    def error(self, message: str) -> None:
        """One line and exit code 2; the way out is --help."""
        complain(f"{message} (see `{self.prog} --help`)")
        raise SystemExit(2)


def parser(about: str) -> Parser:
    """The command line, made from the dataclasses of the commands; `about`: its first page."""
    top = Parser(prog="t2.py", description=wrapped(about),
                 formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, form in FORMS.items():
        text = inspect.cleandoc(form.__doc__)
        sub = commands.add_parser(name, description=wrapped(text), help=text.split("\n")[0],
                                  epilog=tasks_listed() if form is Adapt else None,
                                  formatter_class=argparse.RawDescriptionHelpFormatter)
        for f in fields(form):
            kind = type(f.default)
            more = dict(f.metadata)
            least, most = more.pop("least", None), more.pop("most", None)
            if more.pop("positional", False):
                sub.add_argument(f.name, nargs="?", **more)
            elif kind is bool:
                sub.add_argument(f"--{f.name.replace('_', '-')}", action="store_true", **more)
            else:
                more["help"] += f" (default: {f.default})" if f.default else ""
                more.setdefault("metavar", None if "choices" in more else f.name.upper())
                kind = folder if kind is type(Path()) else kind
                sub.add_argument(f"--{f.name.replace('_', '-')}", default=f.default, **more,
                                 type=kind if least is None else within(kind, least, most))
    return top


def wrapped(text: str) -> str:
    r"""Paragraphs of at most 79 columns; what is indented stays as it is.

    >>> print(wrapped("What it\ndoes.\n\n    python t2.py"))
    What it does.
    <BLANKLINE>
        python t2.py
    """
    return "\n\n".join(part if part.startswith(" ") else textwrap.fill(part, 79)
                       for part in text.split("\n\n"))


def parsed(argv: list[str] | None, about: str) -> Common:
    """The command that was typed, as its dataclass. A mistake is one line and exit code 2."""
    found, spare = parser(about).parse_known_args(argv)
    given = vars(found)
    command = given.pop("command")
    if spare:
        words = not spare[0].startswith("--") and given.get("prompt") is not None
        Parser(prog=f"t2.py {command}").error(
            f"unrecognized: {' '.join(spare)}" + words * (
                "; a prompt of several words goes in quotes"))
    return FORMS[command](**given)


def tasks_listed() -> str:
    """What --task knows, for the manual page."""
    rows = [f"  {task.name:<9} {task.label:<10} {task.about}" + " (trained on)" * (not task.unseen)
            for task in TASKS.values() if task.label]
    return "\n".join(["tasks:", *rows])


def check_there(args: Common) -> None:
    """ValueError where a command that reads the folder would make it and answer by what ships."""
    reads = isinstance(args, (Ask, Play, Export)) and not args.weights
    if reads and args.out != Common.out and not os.path.lexists(args.out):
        raise ValueError(f"--out {args.out} is not there: expected a folder that train, adapt or "
                         "pretrain has made")


def check_writable(out: Path) -> None:
    """Makes the folder. That nothing can be written there is said now, not when work is done."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=out):
            pass
        taken = [path for path in out.iterdir()
                 if path.suffix in (".safetensors", ".json", ".jsonl") and path.is_dir()]
    except OSError as error:
        raise ValueError(f"--out {out}: can't write there ({error.strerror}); expected a folder "
                         "of yours, or one that can be made") from None
    if taken:
        raise ValueError(f"{taken[0]} is a folder where a file belongs: move it, or name another "
                         "--out")


def check_torch() -> None:
    """ValueError with the way out, where torch or tiktoken is missing or too old."""
    asked: list[int] = []  # Ctrl-C, which torch would swallow while it begins
    before = signal.signal(signal.SIGINT, lambda number, _: asked.append(number))
    try:
        import tiktoken  # noqa: F401
        import torch
    except ImportError as error:
        raise ValueError(f"{error}: run `pip install -r requirements.txt` first") from None
    finally:
        signal.signal(signal.SIGINT, before)
    if asked:
        raise KeyboardInterrupt
    if tuple(map(int, torch.__version__.split(".")[:2])) < (2, 6):
        raise ValueError(f"torch is {torch.__version__}, expected 2.6 or later: run `pip install "
                         "-r requirements.txt`")

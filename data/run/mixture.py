"""The one mixture that a user names: an expert, an alpha, or what strategy C found before.

No torch here and no weights: what can't be is said before they are read.
"""
from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from data.files import file_digest, read_json, show
from data.run.flags import Ask, Mixed, Model
from data.run.screen import note, why
from data.tasks.jsonl import CLASSIFIER

LARGEST = 10  # of a coefficient, with either sign


class Mixture(NamedTuple):
    """alpha, one a domain in the order of the domains, and what it is to people."""

    name: str
    alpha: tuple[float, ...]


def chosen(args: Mixed, domains: Sequence[str], find: Callable[[str], Path]) -> Mixture | None:
    """What --expert, --alpha or --task names, or None. find: where the expert of a name is.

    ValueError for what can't be, and for a --task without a mixture; but `ask` with examples of it
    searches then, and says why if OUT/adapt.json is there.

    >>> chosen(Ask(alpha="code=0.7, math=-1"), ("math", "code", "words"), Path)
    Mixture(name='math=-1,code=0.7', alpha=(-1.0, 0.7, 0.0))
    >>> chosen(Ask(expert="code"), ("math", "code"), Path).alpha
    (0.0, 1.0)
    """
    named = [f"--{key}" for key in ("expert", "alpha", "task") if getattr(args, key)]
    if len(named) > 1:
        raise ValueError(f"{' and '.join(named)} name a mixture each: expected one of them")
    if named and not domains and args.expert != "base":
        raise ValueError(f"{named[0]} {show(getattr(args, named[0][2:]))}: {none_yet(args)}")
    if args.expert:
        if args.expert not in (known := ("base", *domains)):
            raise ValueError(f"--expert {show(args.expert)}: expected one of {', '.join(known)}")
        return Mixture(args.expert, tuple(float(name == args.expert) for name in domains))
    if args.alpha:
        shares = coefficients(args.alpha, domains)
        return Mixture(",".join(f"{name}={shares[name]:g}" for name in domains if name in shares),
                       tuple(shares.get(name, 0.0) for name in domains))
    if not args.task:
        return None
    mixture, reason = found(args, domains, find)
    if not mixture and isinstance(args, Ask) and args.weights and not args.tasks:
        raise ValueError(f"--task {show(args.task)} needs --tasks FILE, which has its examples: "
                         f"{reason or f'there is no adapt.json in {args.out} either'}")
    if not mixture and not isinstance(args, Ask):
        more = f" --weights {args.weights} --tasks FILE" * bool(args.weights)
        raise ValueError(f"--task {show(args.task)}: {reason or 'there is no adapt.json'}; run "
                         f"`python t2.py adapt --task NAME{more} --out {args.out}` first")
    if reason:
        note(f"C searches anew: {reason}")
    return mixture


def none_yet(args: Model) -> str:
    """That there are no experts, and what makes some."""
    weights, out = shlex.quote(args.weights), shlex.quote(str(args.out))
    return (f"no experts of these weights in {args.out}: run `python t2.py train --weights "
            f"{weights} --tasks FILE --out {out}` first")


def coefficients(text: str, domains: Sequence[str]) -> dict[str, float]:
    """Name -> number, of --alpha. ValueError names the part that is wrong.

    >>> coefficients("math=0.5,math=1", ("math", "code"))
    Traceback (most recent call last):
    ValueError: --alpha 'math=1': expected math=X,code=X, each once or not at all, X from -10 to 10
    """
    shares: dict[str, float] = {}
    for part in text.split(","):
        name, _, number = (piece.strip() for piece in part.partition("="))
        try:
            value = float(number)
        except ValueError:
            value = LARGEST + 1.0  # which is too much
        if name not in domains or name in shares or not abs(value) <= LARGEST:
            form = ",".join(f"{one}=X" for one in domains)
            raise ValueError(f"--alpha {show(part)}: expected {form}, each once or not at all, X "
                             f"from {-LARGEST} to {LARGEST}")
        shares[name] = value
    return shares


def searched(args: Mixed, alpha: Sequence[float], place: str = "") -> Mixture:
    """What C found for --task. alpha is 0 where nothing was better, or no shot answered right.

    >>> searched(Ask(task="bus", few_shot=3), (0, 0)).name
    'what C found for bus (3 shots): the base'
    """
    name = f"what C found for {args.task}{place} ({args.few_shot} shots)"
    return Mixture(name + ": the base" * (not any(alpha)), tuple(alpha))


def found(args: Mixed, domains: Sequence[str], find: Callable[[str], Path]
          ) -> tuple[Mixture | None, str]:
    """What C found for --task in OUT/adapt.json, or None and why not ("": no such file).

    It has to be of these experts, of as many shots and of the same seed; and of the same --tasks
    and --shots, where the user names them.
    """
    path = args.out / "adapt.json"
    if not os.path.lexists(path):
        return None, ""
    files = {key: file_digest(Path(name)) for key, name in (
        ("file", args.tasks), ("examples", args.shots)) if name}
    asked = {"seed": args.seed, "shots": args.few_shot, **files,
             "experts": [(name, file_digest(find(name))) for name in domains]}
    try:
        report = read_json(path)
        run, row = report["run"], report["tasks"].get(args.task, {"strategies": {}})
        had = {key: run.get(key) for key in asked} | {"experts": [
            item for item in run["experts"].items() if item[0] != CLASSIFIER]}
        if "few-shot" not in row["strategies"]:
            others = [show(name) for name, one in report["tasks"].items()
                      if "few-shot" in one["strategies"]][:9]
            return None, (f"{path} has nothing that C found for {show(args.task)}"
                          + f", but for {', '.join(others)}" * bool(others))
        if had != asked:
            return None, f"{path} is of another run: {why(had, asked)}"
        alpha = row["strategies"]["few-shot"]["alpha"]
        if len(alpha) == len(domains) and all(
                type(x) in (int, float) and abs(x) <= LARGEST for x in alpha):
            return searched(args, [*map(float, alpha)], f" in {path}"), ""
    except (ValueError, LookupError, TypeError, AttributeError):
        pass  # it is no report of ours
    return None, f"{path} is damaged, or no report of adapt"

"""`t2.py export`: an expert, or a mixture of them, as a folder that other programs open.

    merged   W' = W + U diag(S (z - 1)) V^T in float32, rounded to the dtype that W has on disk
    --lora   W' = W + B A, B = U_k diag(S_k (z_k - 1)) (O, r), A = V_k^T (r, I): the r directions
             of each matrix that move most, which is the best of that rank

Where z = 1 a merged matrix is the source's to the bit, as is all that SVF does not adapt. What
rounding costs, or the rank, is measured on the tensors as they were written: the mean, over the
tokens of the exact expert's greedy answers, of KL(expert || exported). The card says it all.
"""
from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, fields, replace
from pathlib import Path

import torch
from torch import Tensor

from data.files import FIRST, write_whole
from data.llama import out, weights
from data.run.checkpoints import load_expert, weight_shapes
from data.run.flags import Export
from data.run.report import wilson
from data.run.screen import Line, note
from data.run.session import Session
from data.safetensors import Kinds
from model import complete
from rl import Episode, Recipe, answer_states
from svf import ATTENTION, SVFLinear, mix

PROMPTS, TOKENS = 16, 32  # of the measurement, at most
PLAIN = """\
What is 17 + 25?|Why is the sky blue?|Name three animals of Africa.|How do I boil an egg?|Write a
Python function that adds two numbers.|Is a tomato a fruit or a vegetable?|Say "good morning" in
Spanish.|If a pack costs 8 dollars, what do 3 packs cost?""".replace("\n", " ").split("|")
Tensors = Iterator[tuple[str, Tensor]]


def export(args: Export) -> None:
    """`t2.py export`: writes the folder, measures what was lost, and says so."""
    to, source = Path(args.to), Path(args.weights)
    check(args, to, source)
    if not FIRST:
        return
    session = Session(args)
    library, config = session.library(), session.svf.model.config
    session.show_sources()
    experts = torch.stack([library[name] for name in session.domains])
    z = mix(experts.new_tensor(session.mixture.alpha), experts)
    with out.new_folder(to):
        kinds, tensors = low_rank(session, z) if args.lora else merged(session, z)
        out.write_tensors(to, "adapter_model" if args.lora else "model", kinds, tensors,
                          Line("writing", len(kinds)))
        lost = measured(session, z, to)
        write_whole(to / "README.md", lambda file: file.write(card(session, lost).encode()))
        if args.lora:
            out.settle_adapter(to, str(source.resolve()), kinds)
        else:
            dtype, _ = kinds[weights.published("embed.weight", False)]
            out.settle(to, source, asdict(config), dtype, session.fmt.ends)
    size = sum(path.stat().st_size for path in to.iterdir())
    note(f"wrote {to}, {size / 1e6:,.1f} MB: {session.mixture.name}")
    note(lost)
    if not weights.is_hugging_face(source):
        note("peft wants the Hugging Face folder of the base" if args.lora else
             "transformers wants tokenizer.json beside it, from the Hugging Face folder of the "
             "model: Meta has tokenizer.model alone")


def check(args: Export, to: Path, source: Path) -> None:
    """ValueError for what can't be, before there is work."""
    if not args.weights:
        raise ValueError("export goes with --weights DIR: no other program reads the tokenizer of "
                         "the built-in model")
    if not args.to:
        raise ValueError("export needs --to FOLDER, one that is new or empty")
    if not (args.expert or args.alpha or args.task):
        raise ValueError("export needs --expert NAME, --alpha NAME=X,... or --task NAME: which "
                         "expert, or which mixture of them")
    out.check_new(to, source)


# ----------------------------------------------------------------------------------- tensors

def parts(session: Session, z: Tensor) -> dict[str, tuple[SVFLinear, Tensor]]:
    """The name of each weight that SVF adapts -> its layer, and S (z - 1) (R,)."""
    found, svf = {}, session.svf
    split = z.to(session.device).split(svf.sizes)
    for (name, layer), gains in zip(svf.layers.items(), split):
        block, kind = name.split(".")
        room = "attention" if kind in ATTENTION else "mlp"
        found[f"blocks.{block}.{room}.{kind}.weight"] = layer, layer.S * (gains - 1)
    return found


def merged(session: Session, z: Tensor) -> tuple[Kinds, Tensors]:
    """Of each tensor as Hugging Face calls it dtype and shape; and the tensors, one by one."""
    config, moved = session.svf.model.config, parts(session, z)
    shapes, source = weight_shapes(config), Path(session.args.weights)
    meta, pieces = weights.on_disk(source)

    def made() -> Tensors:
        for name, W in weights.tensors(source, asdict(config), shapes, None):
            if name in moved:
                W = shifted(W, *moved[name])
            if not W.isfinite().all():
                raise ValueError(f"{name} is infinite in {W.dtype}: expected a smaller --alpha")
            yield weights.published(name, False), W
    return {weights.published(name, False): (pieces[weights.published(name, meta)][0].dtype, shape)
            for name, shape in shapes.items()}, made()


def shifted(W: Tensor, layer: SVFLinear, change: Tensor) -> Tensor:
    """W + U diag(change) V^T, rounded to W's dtype; W itself where nothing changes."""
    if not change.any():  # -0.0 + 0.0 would be another zero
        return W
    return (W.to(change.device).float()
            + (layer.U.float() * change) @ layer.Vt.float()).to(W.dtype)


def low_rank(session: Session, z: Tensor) -> tuple[Kinds, Tensors]:
    """Of each A and B as peft calls them dtype and shape; and the tensors, one by one."""
    moved = {f"base_model.model.{weights.published(name, False).removesuffix('weight')}lora_": part
             for name, part in parts(session, z).items()}
    ranks = {name: min(session.args.lora, len(change)) for name, (_, change) in moved.items()}

    def made() -> Tensors:
        for name, (layer, change) in moved.items():
            top = change.abs().topk(ranks[name]).indices
            yield f"{name}A.weight", layer.Vt[top].float()  # (r, I)
            yield f"{name}B.weight", layer.U[:, top].float() * change[top]  # (O, r)
    return {f"{name}{which}.weight": (torch.float32, shape) for name, r in ranks.items()
            for O, I in (moved[name][0].weight.shape,)
            for which, shape in (("A", (r, I)), ("B", (O, r)))}, made()


# ------------------------------------------------------------------------------ what was lost

@contextmanager
def opened(session: Session, to: Path) -> Iterator[None]:
    """The model has the matrices of a folder in here: W', or W + B A."""
    pieces = {name: piece for name, (piece,) in weights.safetensors(to).items()}
    with session.svf.adapted(None):
        for name, (layer, _) in parts(session, session.svf.neutral()).items():
            name = weights.published(name, False)
            A, B = (f"base_model.model.{name.removesuffix('weight')}lora_{x}.weight" for x in "AB")
            W = pieces[name].read() if name in pieces else (
                layer.weight.float().cpu() + pieces[B].read() @ pieces[A].read())
            layer.merged = W.to(layer.weight)
        yield


@torch.no_grad()
def measured(session: Session, z: Tensor, to: Path) -> str:
    """A sentence: what the KL to the exact expert is, and on which prompts."""
    args, svf, fmt = session.args, session.svf, session.fmt
    names = [name for name, pool in session.tasks.items() if pool.count("test")]
    names = [name for name in names if name == (args.task or args.expert)] or names
    prompts = [problem.prompt for name in names[:PROMPTS] for problem in session.tasks[
        name].problems(max(1, PROMPTS // len(names)), "test", args.seed)] or PLAIN
    fmt = replace(fmt, max_new=min(fmt.max_new, TOKENS))

    def states() -> Tensor:  # (M, C): the head, which reads them, is the same for all
        return torch.cat([answer_states(svf.model, groups[i:i + fmt.batch])[0]
                          for i in range(0, len(groups), fmt.batch)])

    def kl(found: Tensor) -> float:  # in pieces, for (M, V) might fill the memory
        return torch.cat([divergence(svf.model.head(p), svf.model.head(q)) for p, q in zip(
            exact.split(64), found.split(64))]).mean().item()
    with svf.adapted(z):
        done = complete(svf.model, fmt, prompts, Line("answers", -(-len(prompts) // fmt.batch)))
        groups = [[Episode(fmt.prompt(text), c.tokens)] for text, c in zip(prompts, done)]
        exact = states()
    with opened(session, to):
        lost = kl(states())
    base = kl(states())
    what = f"test prompts of {', '.join(names)}" if names else "plain questions"
    return (f"KL to the exact expert: {lost:.1e} nats a token, where the base's is {base:.1e}; "
            f"over {len(exact)} tokens of its answers to {len(prompts)} {what}")


def divergence(p: Tensor, q: Tensor) -> Tensor:
    """KL(p || q) (n,) in nats, of logits (n, V); in float64, for it is small.

    >>> divergence(torch.tensor([[3., 3.]]), torch.tensor([[9., 9.]])).tolist()
    [0.0]
    """
    p, q = (x.double().log_softmax(-1) for x in (p, q))
    return (p.exp() * (p - q)).sum(-1)


# ------------------------------------------------------------------------------------ the card

def card(session: Session, lost: str) -> str:
    """README.md: what it was made of, from the experts' own files, and how it is opened."""
    args, base = session.args, Path(session.args.weights).resolve()
    base = base.parents[1].name if base.parent.name == "snapshots" else base.name  # a hub's cache
    mixed = {name: x for name, x in zip(session.domains, session.mixture.alpha) if x}
    what = " and ".join(map(plain, mixed)) or "The base"
    what = f"What C found for {plain(args.task)}" if args.task else what
    made = [line for name, x in mixed.items() for line in trained(
        name, x, load_expert(session.find(name), session.svf.N)[1])]
    kind, opens = ("Merged weights of", [
        "from transformers import AutoModelForCausalLM",
        "model = AutoModelForCausalLM.from_pretrained(HERE)  # or: python t2.py ask --weights HERE"
    ]) if not args.lora else (f"A LoRA adapter of rank {args.lora} for", [
        "from peft import PeftModel", "from transformers import AutoModelForCausalLM",
        "model = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(BASE), HERE)"])
    return "\n".join([
        f"# {what} on {plain(base)}", "",
        f"{kind} {plain(base)} (fingerprint {session.base}), adapted by singular value "
        "fine-tuning (Transformer-Squared, arXiv 2501.06252): W' = U diag(S z) V^T, z = 1 + sum "
        "of alpha (z_expert - 1).", "", *made, f"- {lost}", "", "```python", *opens, "```", ""])


def trained(name: str, alpha: float, facts: dict) -> Iterator[str]:
    """Lines on an expert, of what its file says; what it does not say is left out."""
    run, row = (part if isinstance(part := facts.get(key), dict) else {} for key in ("run", "row"))
    told = [f"{key} {run[key]}" for key in ("seed", *(f.name for f in fields(Recipe)))
            if type(run.get(key)) in (int, float)]
    yield f"- expert {plain(name)}, alpha {alpha:g}" + f": {', '.join(told)}" * bool(told)
    n, shares = row.get("n"), [row.get(key) for key in ("base", "expert")]
    if type(n) is int and n > 0 and all(type(x) is float and 0 <= x <= 1 for x in shares):
        base, expert = ("{:.3f} [{:.3f}, {:.3f}]".format(x, *wilson(x, n)) for x in shares)
        yield f"  - right on {n} test prompts: base {base}, expert {expert} (Wilson's 95%)"


def plain(text: str) -> str:
    """Text from elsewhere, in which nothing is Markdown."""
    return re.sub(r"[^\w .,=+-]", "?", text)[:120]

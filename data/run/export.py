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

from data.files import FIRST, new_folder
from data.llama import out, weights
from data.run.checkpoints import load_expert, weight_shapes
from data.run.flags import Export
from data.run.report import wilson
from data.run.screen import Line, note
from data.run.session import Session
from data.safetensors import Kinds
from data.tasks.tally import MUCH
from model import complete
from rl import Episode, Recipe, answer_states
from svf import ATTENTION, SVFLinear, mix

PROMPTS, TOKENS = 16, 32  # of the measurement, at most
PLAIN = """\
What is 17 + 25?|Why is the sky blue?|Name three animals of Africa.|How do I boil an egg?|Write a
Python function that adds two numbers.|Is a tomato a fruit or a vegetable?|Say "good morning" in
Spanish.|If a pack costs 8 dollars, what do 3 packs cost?""".replace("\n", " ").split("|")
OPENS = """
from transformers import AutoModelForCausalLM, AutoTokenizer
tokenizer = AutoTokenizer.from_pretrained("{0}"){1}
model = AutoModelForCausalLM.from_pretrained("{0}")"""
OPENS_LORA = """
from peft import PeftModel
model = PeftModel.from_pretrained(model, ".")"""
Tensors, Parts = Iterator[tuple[str, Tensor]], dict[str, tuple[SVFLinear, Tensor]]


def export(args: Export) -> None:
    """`t2.py export`: writes the folder, measures what was lost, and says so."""
    to = checked(args)
    if not FIRST:
        return
    with new_folder(to) as folder:
        session = Session(args)
        lost = write(session, folder)
    size = sum(path.stat().st_size for path in to.iterdir())
    note(f"wrote {args.to}, {size / 1e6:,.1f} MB: {session.mixture.name}")
    note(lost)
    if not weights.is_hugging_face(Path(args.weights)):
        note("peft wants the Hugging Face folder of the base" if args.lora else
             "transformers wants tokenizer.json beside it, from the Hugging Face folder of the "
             "model: Meta has tokenizer.model alone")


def checked(args: Export) -> Path:
    """Where --to is. ValueError for what can't be, before there is work."""
    needed = {"--weights DIR (what is built in fits no other program)": args.weights,
              "--to FOLDER": args.to, "--expert NAME, --alpha NAME=X,... or --task NAME":
              args.expert or args.alpha or args.task}
    if missing := [what for what, given in needed.items() if not given]:
        raise ValueError(f"export needs {' and '.join(missing)}")
    return out.checked_place(args.to, Path(args.weights))


def write(session: Session, folder: Path) -> str:
    """All that goes into the folder; a sentence on what was lost."""
    args, library, config = session.args, session.library(), session.svf.model.config
    mixed = {name: x for name, x in zip(session.domains, session.mixture.alpha) if x}
    session.sources = {name: session.sources[name] for name in ("base", *mixed)}
    session.show_sources()
    experts = torch.stack([library[name] for name in session.domains])
    z = mix(experts.new_tensor(session.mixture.alpha), experts)
    moved = parts(session, z)
    ranks = {name: min(args.lora, len(change)) for name, (_, change) in moved.items()}
    kinds, tensors = low_rank(moved, ranks) if args.lora else merged(session, moved)
    out.write_tensors(folder, "adapter_model" if args.lora else "model", kinds, tensors,
                      Line("writing", len(kinds)))
    lost = measured(session, z, folder)
    (folder / "README.md").write_bytes(card(session, mixed, lost).encode())
    if args.lora:
        out.write_adapter_config(folder, args.weights, ranks)
    else:
        dtype, _ = kinds[weights.published("embed.weight", False)]
        out.copy_the_rest(folder, Path(args.weights), asdict(config), dtype, session.fmt.ends)
    return lost


# ----------------------------------------------------------------------------------- tensors

def parts(session: Session, z: Tensor) -> Parts:
    """Hugging Face's name of each weight that SVF adapts -> its layer, and S (z - 1) (R,)."""
    found, svf = {}, session.svf
    for (name, layer), gains in zip(svf.layers.items(), z.to(session.device).split(svf.sizes)):
        block, kind = name.split(".")
        part = "attention" if kind in ATTENTION else "mlp"
        name = weights.published(f"blocks.{block}.{part}.{kind}.weight", False)
        found[name] = layer, layer.S * (gains - 1)
    return found


def merged(session: Session, moved: Parts) -> tuple[Kinds, Tensors]:
    """(dtype, shape) by Hugging Face's name; and (name, tensor), one at a time."""
    config, source = session.svf.model.config, Path(session.args.weights)
    shapes, (meta, pieces) = weight_shapes(config), weights.on_disk(source)

    def made() -> Tensors:
        for name, W in weights.tensors(source, asdict(config), shapes, None):
            name = weights.published(name, False)
            if name in moved:
                W = shifted(W, *moved[name])
            if not W.isfinite().all():
                raise ValueError(f"{name} is infinite in {W.dtype}: expected a smaller --alpha")
            yield name, W
    return {weights.published(name, False): (pieces[weights.published(name, meta)][0].dtype, shape)
            for name, shape in shapes.items()}, made()


def shifted(W: Tensor, layer: SVFLinear, change: Tensor) -> Tensor:
    """W + U diag(change) V^T, rounded to W's dtype; W itself where nothing changes."""
    if not change.any():  # -0.0 + 0.0 would be another zero
        return W
    return (W.to(change.device).float()
            + (layer.U.float() * change) @ layer.Vt.float()).to(W.dtype)


def low_rank(moved: Parts, ranks: dict[str, int]) -> tuple[Kinds, Tensors]:
    """(dtype, shape) by peft's name; and (name, tensor), one at a time."""
    def made() -> Tensors:
        for name, (layer, change) in moved.items():
            top = change.abs().topk(ranks[name]).indices
            yield out.lora(name, "A"), layer.Vt[top].float()  # (r, I)
            yield out.lora(name, "B"), layer.U[:, top].float() * change[top]  # (O, r)
    return {out.lora(name, which): (torch.float32, shape) for name, r in ranks.items()
            for O, I in (moved[name][0].weight.shape,)
            for which, shape in (("A", (r, I)), ("B", (O, r)))}, made()


# ------------------------------------------------------------------------------ what was lost

@contextmanager
def as_written(session: Session, folder: Path) -> Iterator[None]:
    """The model has the matrices of a folder in here: W', or W + B A."""
    pieces = {name: piece for name, (piece,) in weights.safetensors(folder).items()}
    with session.svf.adapted(None):
        for name, (layer, _) in parts(session, session.svf.neutral()).items():
            W = pieces[name].read() if name in pieces else layer.weight.float().cpu() + (
                pieces[out.lora(name, "B")].read() @ pieces[out.lora(name, "A")].read())
            layer.merged = W.to(layer.weight)
        yield


def measured(session: Session, z: Tensor, folder: Path) -> str:
    """What the KL to the exact expert is, over what, and how much that is."""
    args, (prompts, what) = session.args, questions(session)
    lost, base, tokens = divergences(session, z, folder, prompts)
    said = (f"KL to the exact expert: {lost:.1e} nats a token, where the base's is {base:.1e}; "
            f"over {tokens} tokens of its answers to {len(prompts)} {what}")
    way = ("a higher" if args.lora else "an adapter of a high") + " --lora keeps more"
    if args.dtype != "float32":
        said += f"; made from U and V in {args.dtype}, and measured in its arithmetic"
        way = "--dtype float32 tells how much of it is arithmetic"
    if lost > MUCH * base > 0:
        said += f". That is {lost / base:.0%} of what the expert changes, in KL: {way}"
    return said


def questions(session: Session) -> tuple[list[str], str]:
    """At most PROMPTS test prompts, of the task or expert if there are such; or PLAIN."""
    args = session.args
    names = [name for name, pool in session.tasks.items() if pool.count("test")]
    names = ([name for name in names if name == (args.task or args.expert)] or names)[:PROMPTS]
    if not names:
        return PLAIN, "plain questions"
    return [problem.prompt for name in names for problem in session.tasks[name].problems(
        PROMPTS // len(names), "test", args.seed)], f"test prompts of {', '.join(names)}"


@torch.no_grad()
def divergences(session: Session, z: Tensor, folder: Path, prompts: list[str]
                ) -> tuple[float, float, int]:
    """KL(exact || what the folder holds), KL(exact || base), over how many tokens of answers."""
    svf, fmt = session.svf, replace(session.fmt, max_new=min(session.fmt.max_new, TOKENS))

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
    with as_written(session, folder):
        lost = kl(states())
    return lost, kl(states()), len(exact)


def divergence(p: Tensor, q: Tensor) -> Tensor:
    """KL(p || q) (n,) in nats, of logits (n, V); in float64, for it is small."""
    p, q = (x.double().log_softmax(-1) for x in (p, q))
    return (p.exp() * (p - q)).sum(-1)


# ------------------------------------------------------------------------------------ the card

def card(session: Session, mixed: dict[str, float], lost: str) -> str:
    """README.md: what it was made of, from the experts' own files, and how it is opened."""
    args, base = session.args, Path(session.args.weights).resolve()
    base = base.parents[1].name if base.parent.name == "snapshots" else base.name  # a hub's cache
    base = without_markdown(re.sub("^models--(.+?)--", r"\1/", base))
    what = " and ".join(map(without_markdown, mixed)) or "The base"
    what = f"What C found for {without_markdown(args.task)}" if args.task else what
    made = [line for name, x in mixed.items() for line in trained(
        name, x, load_expert(session.find(name), session.svf.N)[1])]
    kind, opens = "Merged weights of", OPENS.format(".", "  # tokenizer.json is to be put here" * (
        not weights.is_hugging_face(Path(args.weights))))
    if args.lora:
        kind = f"A LoRA adapter of rank {args.lora} for"
        opens = OPENS.format(base, "  # its folder, or its name on the hub") + OPENS_LORA
    return "\n".join([
        f"# {what} on {base}", "",
        f"{kind} {base} (fingerprint {session.base}), adapted by singular value "
        "fine-tuning (Transformer-Squared, arXiv 2501.06252): W' = U diag(S z) V^T, z = 1 + sum "
        "of alpha (z_expert - 1).", "", *made, f"- {lost}", "", f"```python{opens}", "```", ""])


def trained(name: str, alpha: float, facts: dict) -> Iterator[str]:
    """Lines on an expert, of what its file says; what it does not say is left out."""
    run, row = (part if isinstance(part := facts.get(key), dict) else {} for key in ("run", "row"))
    told = [f"{key} {run[key]}" for key in ("seed", *(f.name for f in fields(Recipe)))
            if type(run.get(key)) in (int, float)]
    about = f": {', '.join(told)}" * bool(told)
    yield f"- expert {without_markdown(name)}, alpha {alpha:g}{about}"
    n, shares = row.get("n"), [row.get(key) for key in ("base", "expert")]
    if type(n) is int and n > 0 and all(type(x) is float and 0 <= x <= 1 for x in shares):
        base, expert = ("{:.3f} [{:.3f}, {:.3f}]".format(x, *wilson(x, n)) for x in shares)
        yield f"  - right on {n} test prompts: base {base}, expert {expert} (Wilson's 95%)"


def without_markdown(text: str) -> str:
    """Text from elsewhere, in which nothing is Markdown."""
    return re.sub(r"[^\w .,=+/-]", "?", text)[:120]

"""`t2.py export`: an expert, or a mixture, as a folder that others open.

    merged   W' = W + U diag(S (z - 1)) V^T in float32, rounded to the dtype that W has on disk
    --lora   W' = W + B A, B = U_k diag(S_k (z_k - 1)) (O, r), A = V_k^T (r, I): the r directions of
             each matrix that move most, which is its change's best approximation of that rank

Where z = 1 a merged matrix is the source's to the bit, as is all that SVF does not adapt. What is
lost by rounding, or by the rank, is measured on what was written:

    KL = mean over the tokens of the exact expert's greedy answers of KL(expert || exported)

Shapes: O, I, R = min(O, I) as in svf.py; N gains, V vocabulary.
"""
from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path

import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from data.files import FIRST, write_json
from data.llama import out, weights
from data.processes import microbatches
from data.run.checkpoints import weight_shapes
from data.run.flags import Export
from data.run.report import card
from data.run.screen import Line, note
from data.run.session import Session
from model import complete
from svf import ATTENTION, Factors, mix

MOST_PROMPTS, MOST_TOKENS = 24, 48  # of the measurement: their logits are held in memory
PLAIN = """\
What is 17 + 25? | Why is the sky blue? | Write a Python function that adds two numbers. | Name
three animals of Africa. | Is a tomato a fruit or a vegetable? | How do I boil an egg? | If a pack
costs 8 dollars, what do 3 packs cost? | Say "good morning" in Spanish.""".replace("\n", " ")


def export(args: Export) -> None:
    """`t2.py export`: writes the folder, measures what was lost, and says so in its card."""
    check(args)
    if not FIRST:
        return
    session = Session(args)
    library = session.library()
    experts = torch.stack([library[name] for name in session.domains])
    z = mix(experts.new_tensor(session.mixture.alpha), experts).cpu()
    with out.new_folder(args.to):
        (write_adapter if args.lora else write_merged)(session, z)
        kl, what = measured(session, z)
        ...


def check(args: Export) -> None:
    """ValueError for what can't be, before there is work."""
    if not args.weights:
        raise ValueError("export goes with --weights DIR: the built-in model's tokenizer is none "
                         "that other programs read; experts of it are used by `python t2.py ask`")
    if not args.to:
        raise ValueError("export needs --to FOLDER, which is new or empty")
    if not (args.expert or args.alpha or args.task):
        raise ValueError("export needs --expert NAME, --alpha NAME=X,... or --task NAME: which "
                         "expert, or which mixture of them")
    out.check_new(Path(args.to), Path(args.weights))

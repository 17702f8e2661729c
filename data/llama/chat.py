"""Prompt formats of open weights: chat headers, and the tokens that end an answer.

Weights that were trained to chat read headers made of special tokens; base models read the bare
prompt. The paper's bases were trained to chat (Sec. 4). Left out: turns after the first, and the
templates that folders carry, which are programs; the headers of two families stand in CHATS.
"""
from __future__ import annotations

import os
import re
from pathlib import Path
from typing import NamedTuple

import tiktoken

from data.llama.bpe import begin
from data.llama.weights import Fields
from data.tokenizer import PromptFormat, fill


class Chat(NamedTuple):
    """Headers of one way to chat; "{}" is the text, the last token of `user`'s turn is `end`."""

    before: str
    system: str
    user: str
    end: str


CHATS = {
    "chatml": Chat("", "<|im_start|>system\n{}<|im_end|>\n",
                   "<|im_start|>user\n{}<|im_end|>\n<|im_start|>assistant\n", "<|im_end|>"),
    "llama3": Chat("<|begin_of_text|>",
                   "<|start_header_id|>system<|end_header_id|>\n\n{}<|eot_id|>",
                   "<|start_header_id|>user<|end_header_id|>\n\n{}<|eot_id|>"
                   "<|start_header_id|>assistant<|end_header_id|>\n\n", "<|eot_id|>"),
}

ENDS = ("<|end_of_text|>", "<|endoftext|>", "</s>")  # of a text, in anybody's tokenizer


def published(folder: Path, encoding: tiktoken.Encoding, chat: str = "auto", system: str = "",
              one_line: bool = False, max_new: int = 128, batch: int = 32) -> PromptFormat:
    """The prompt format of open weights.

    chat: one of CHATS, or "none", as for a base model; "auto" takes the headers whose end of turn
    is a token that the folder's own settings name as an end, else none. system: the system
    prompt. one_line: an answer ends with its first line. ValueError if headers are asked for that
    the tokenizer does not have, or a system prompt where there are no headers to put it in.
    """
    special = encoding._special_tokens
    ends = eos(folder, encoding.n_vocab) + [special[name] for name in ENDS if name in special]
    if chat == "auto":
        fit = [name for name, form in CHATS.items() if special.get(form.end) in ends]
        chat = fit[0] if fit else "none"
    form = CHATS[chat] if chat != "none" else Chat(begin(folder, encoding), "", "{}", "")
    if system and not form.system:
        raise ValueError(f"--system {system[:40]!r}: {folder} has no chat headers to put it in; "
                         f"expected --chat {' or '.join(CHATS)}, or no --system")
    named = re.findall(r"<\|\w+\|>", form.before + form.system + form.user)
    if absent := [name for name in named if name not in special]:
        raise ValueError(f"--chat {chat}: the tokenizer of {folder} has no {absent[0]}; expected "
                         "--chat none")
    before = fill(encoding, form.before, "")
    before += fill(encoding, form.system, system) if system else []
    ends = [special[form.end], *ends] if form.end else ends
    if not ends:
        raise ValueError(f"{folder} names no token that ends an answer; expected eos_token_id in "
                         "config.json")
    if one_line:
        ends += [i for piece, i in encoding._mergeable_ranks.items() if b"\n" in piece]
    return PromptFormat(encoding, tuple(before), form.user, tuple(dict.fromkeys(ends)),
                        "\n" if one_line else "", max_new, batch)


def eos(folder: Path, vocab: int) -> list[int]:
    """eos_token_id of the folder's settings: a number or a list of them, or null."""
    found: list[int] = []
    for name in ("generation_config.json", "config.json"):
        if os.path.lexists(folder / name):  # a link to nothing is an error, not an absence
            fields = Fields(folder / name)
            value = fields.get("eos_token_id", [])
            found += value if isinstance(value, list) else [value]
            if any(type(end) is not int or not 0 <= end < vocab for end in found):
                fields.fail("eos_token_id", value, f"a whole number below {vocab}, or some")
    return found

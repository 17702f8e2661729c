"""How text meets a model: what stands around a prompt, and where an answer ends.

The built-in model reads "begin token, prompt, line break". Open weights that were trained to chat
read headers made of special tokens; base models read the bare prompt. Whatever a user writes is
plain text: the name of a special token in it never becomes that token.

The paper's bases were trained to chat (Sec. 4). Left out: turns after the first, and the templates
that folders carry, which are programs; the headers of two families of models stand in CHATS.
"""
from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import tiktoken

from data.llama.bpe import begin
from data.llama.weights import Fields
from data.tokenizer import BEGIN, END


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


@dataclass(frozen=True)
class PromptFormat:
    r"""ends: the tokens that end an answer, the usual one first. stop: a text that does as well.

    >>> from data.tokenizer import load
    >>> spoken = built_in(load())
    >>> load().decode(spoken.prompt(" what is 12 +7 ?")), load().decode(spoken.answer(" it is 19"))
    ('<|begin_of_text|> what is 12 +7 ?\n', ' it is 19<|end_of_text|>')
    """

    encoding: tiktoken.Encoding
    before: tuple[int, ...]  # tokens before every prompt
    around: str              # what stands around a prompt: "{}" and names of special tokens
    ends: tuple[int, ...]
    stop: str = ""
    max_new: int = 72        # tokens that an answer may have
    batch: int = 10_000      # answers that are written at once

    def prompt(self, text: str) -> list[int]:
        """The tokens of a whole prompt, with all that stands before and around the text."""
        return [*self.before, *fill(self.encoding, self.around, text)]

    def answer(self, text: str) -> list[int]:
        """The tokens of a whole answer, as a target of next-token prediction."""
        return [*self.encoding.encode_ordinary(text), self.ends[0]]

    def text(self, tokens: list[int]) -> str:
        r"""Sampled tokens as text, without special ones; bytes that are no UTF-8 become U+FFFD.

        >>> from data.tokenizer import load
        >>> spoken = built_in(load())
        >>> spoken.text(spoken.answer(" it is 19")), spoken.text([195])
        (' it is 19', '\ufffd')
        """
        special = set(self.encoding._special_tokens.values())
        known = b"".join(self.encoding.decode_single_token_bytes(t) for t in tokens
                         if t not in special and t < self.encoding.n_vocab)
        text = known.decode(errors="replace")
        return text.split(self.stop)[0] if self.stop else text


def fill(encoding: tiktoken.Encoding, template: str, text: str) -> list[int]:
    """Tokens of a template of ours, in which the names of special tokens are these tokens.

    What is put in place of "{}" is plain text whatever it says.

    >>> from data.tokenizer import load
    >>> tokens = fill(load(), "<|end_of_text|>{}", " <|end_of_text|>")
    >>> [load().decode([token]) for token in tokens][:5]
    ['<|end_of_text|>', ' <', '|', 'e', 'n']
    """
    tokens: list[int] = []
    for piece in re.split(r"(<\|\w+\|>)", template):
        if piece in encoding._special_tokens:
            tokens.append(encoding._special_tokens[piece])
        else:
            tokens += encoding.encode_ordinary(piece.replace("{}", text))
    return tokens


def built_in(encoding: tiktoken.Encoding) -> PromptFormat:
    r"""How the model that ships with the project is spoken to.

    >>> from data.tokenizer import load
    >>> built_in(load()).around, load().decode(built_in(load()).ends)
    ('{}\n', '<|end_of_text|>')
    """
    return PromptFormat(encoding, tuple(fill(encoding, BEGIN, "")), "{}\n",
                   (encoding._special_tokens[END],))


def published(folder: Path, encoding: tiktoken.Encoding, chat: str = "auto", system: str = "",
              one_line: bool = False, max_new: int = 128, batch: int = 32) -> PromptFormat:
    """How open weights are spoken to.

    chat "auto" takes the headers whose special tokens the tokenizer has and whose end of turn the
    folder's own settings name as an end; none of them, as for a base model, means "none".
    ValueError if headers are asked for that the tokenizer does not have, or a system prompt where
    there are no headers to put it in.
    """
    special = encoding._special_tokens
    ends = _ends(folder, encoding.n_vocab)
    ends += [special[name] for name in ENDS if name in special]
    if chat == "auto":
        fit = [name for name, form in CHATS.items() if special.get(form.end) in ends]
        chat = fit[0] if fit else "none"
    if chat == "none":
        if system:
            raise ValueError(f"--system {system[:40]!r}: {folder} has no chat headers to put it "
                             f"in; expected --chat {' or '.join(CHATS)}, or no --system")
        before, around = begin(folder, encoding), "{}"
    else:
        form = CHATS[chat]
        named = re.findall(r"<\|\w+\|>", form.before + form.system + form.user)
        if absent := [name for name in named if name not in special]:
            raise ValueError(f"--chat {chat}: the tokenizer of {folder} has no {absent[0]}; "
                             "expected --chat none")
        before, around = form.before, form.user
        ends.insert(0, special[form.end])
    tokens = fill(encoding, before, "")
    if system:
        tokens += fill(encoding, CHATS[chat].system, system)
    if not ends:
        raise ValueError(f"{folder} names no token that ends an answer; expected eos_token_id in "
                         "config.json")
    stop = "\n" if one_line else ""
    if one_line:
        ends += [i for piece, i in encoding._mergeable_ranks.items() if b"\n" in piece]
    return PromptFormat(encoding, tuple(tokens), around, tuple(dict.fromkeys(ends)), stop, max_new,
                   batch)


def _ends(folder: Path, vocab: int) -> list[int]:
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

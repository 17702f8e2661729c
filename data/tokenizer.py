"""Text to tokens and back: a vocabulary of our own on tiktoken, and the format of a prompt.

Every word, every whole number below 100 and every operation (" +7", " *2") is one token with its
leading space, so that " 7" is the same token wherever it stands; whatever else a user types falls
back to bytes and still decodes to itself. The file is in the format of Llama 3's tokenizer.model;
data/tasks/corpus.py makes it. Left out: merges learned by counting pairs, as published
vocabularies have them; what the tasks say is few words, and each is whole. Published tokenizers
are read by data/llama/bpe.py, their prompt formats by data/llama/chat.py.
"""
from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from pathlib import Path

import tiktoken

from data import HERE
from data.files import opened

VOCABULARY = HERE / "tokenizer.model"
PATTERN = r" ?[A-Za-z]+(?:-[A-Za-z]+)?| ?[-+*%]?[0-9]+| ?[^\sA-Za-z0-9]|\s"
BEGIN, END = "<|begin_of_text|>", "<|end_of_text|>"


def load(path: Path = VOCABULARY) -> tiktoken.Encoding:
    """Our own vocabulary as an Encoding. ValueError as in `read_ranks`.

    >>> [load().decode([token]) for token in load().encode_ordinary(" what is 12 +7 ? Oz")]
    [' what', ' is', ' 12', ' +7', ' ?', ' ', 'O', 'z']
    """
    ranks = read_ranks(path)
    special = {BEGIN: len(ranks), END: len(ranks) + 1}
    return tiktoken.Encoding(path.stem, pat_str=PATTERN, mergeable_ranks=ranks,
                             special_tokens=special)


def read_ranks(path: Path) -> dict[bytes, int]:
    """Lines of "base64-of-token rank", the ranks 0, 1, 2, ... (Llama 3's format).

    ValueError names the file and the line that is wrong.
    """
    ranks: dict[bytes, int] = {}
    with opened(path) as file:
        lines = file.read().splitlines()
    for number, line in enumerate(lines):
        try:
            token, rank = line.split()
            token = base64.b64decode(token, validate=True)
            if int(rank) != number or token in ranks or not token:
                raise ValueError
        except (ValueError, binascii.Error):
            raise ValueError(f"{path}, line {number + 1}: expected a new base64 token and rank "
                             f"{number}, got {line[:60]!r}") from None
        ranks[token] = number
    if missing := [b for b in range(256) if bytes([b]) not in ranks]:
        raise ValueError(f"{path}: no token for byte {missing[0]}; every byte needs one")
    return ranks


def tidy(text: str) -> str:
    """A user's text as the corpus writes it: lower case, a space before each word and operation.

    >>> tidy("What is 12 + 7-3?")
    ' what is 12 +7 -3 ?'
    """
    pieces = re.findall(r"[-+*%]\s*\d+|[^\W\d_]+(?:-[^\W\d_]+)?|\d+|[^\w\s]|_", text.lower())
    return "".join(" " + "".join(piece.split()) for piece in pieces)


# ------------------------------------------------------------------- what stands around a prompt

@dataclass(frozen=True)
class PromptFormat:
    r"""What stands around a prompt, and where an answer ends.

    Whatever a user writes is plain text: the name of a special token in it is not that token.

    >>> fmt = built_in(load())
    >>> load().decode(fmt.prompt(" what is 12 +7 ?")), load().decode(fmt.answer(" it is 19"))
    ('<|begin_of_text|> what is 12 +7 ?\n', ' it is 19<|end_of_text|>')
    """

    encoding: tiktoken.Encoding
    before: tuple[int, ...]  # tokens before every prompt
    around: str              # what stands around a prompt: "{}" and names of special tokens
    ends: tuple[int, ...]    # tokens that end an answer, the usual one first
    stop: str = ""           # a text that does as well
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

        >>> fmt = built_in(load())
        >>> fmt.text(fmt.answer(" it is 19")), fmt.text([195])
        (' it is 19', '\ufffd')
        """
        special = set(self.encoding._special_tokens.values())
        known = b"".join(self.encoding.decode_single_token_bytes(t) for t in tokens
                         if t not in special and t < self.encoding.n_vocab)
        text = known.decode(errors="replace")
        return text.split(self.stop)[0] if self.stop else text

    def read(self, tokens: list[int]) -> tuple[str, bool]:
        """The text of an answer, and whether it was cut off: it has no end.

        >>> fmt = built_in(load())
        >>> fmt.read(fmt.answer(" it is 19")), fmt.read(fmt.answer(" it is 19")[:-1])
        ((' it is 19', False), (' it is 19', True))
        """
        return self.text(tokens), tokens[-1] not in self.ends


def fill(encoding: tiktoken.Encoding, template: str, text: str) -> list[int]:
    """Tokens of a template of ours, in which the names of special tokens are these tokens.

    What is put in place of "{}" is plain text whatever it says.

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
    r"""The prompt format of the model that ships with the project: begin, prompt, line break.

    >>> built_in(load()).around, load().decode(built_in(load()).ends)
    ('{}\n', '<|end_of_text|>')
    """
    return PromptFormat(encoding, tuple(fill(encoding, BEGIN, "")), "{}\n",
                        (encoding._special_tokens[END],))

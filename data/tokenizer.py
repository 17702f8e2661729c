"""The tokenizer: tiktoken over a vocabulary of our own, kept in Llama 3's tokenizer.model format.

Every word, every whole number below 100 and every operation (" +7", " *2") is one token with its
leading space, so that " 7" is the same token wherever it stands; whatever else a user types falls
back to bytes and still decodes to itself. `python -m data.tokenizer` makes tokenizer.model anew
from the corpus. Left out: merges learned by counting pairs, as published vocabularies have them;
what the tasks say is few words, and each is whole. Published tokenizers are read by bpe.py.
"""
from __future__ import annotations

import base64
import binascii
import re
from pathlib import Path
from random import Random

import tiktoken

from data import HERE
from data.files import opened, write_whole

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


def make(documents: int = 30_000) -> list[bytes]:
    r"""The 256 bytes, then the corpus's words, most frequent first, then the numbers to 99.

    >>> make(documents=50)[255:260], make(documents=0)[256:258]
    ([b'\xff', b' x', b' ,', b' :', b' .'], [b' 0', b' 1'])
    """
    from collections import Counter

    from data.tasks.corpus import document
    rng, count = Random("vocabulary"), Counter()
    for _ in range(documents):
        count.update(re.findall(PATTERN, "".join(document(rng)) + "\n"))
    words = [w for w, _ in sorted(count.items(), key=lambda item: (-item[1], item[0]))]
    tokens = dict.fromkeys([bytes([b]) for b in range(256)])
    tokens.update(dict.fromkeys(w.encode() for w in words))
    tokens.update(dict.fromkeys(f" {n}".encode() for n in range(100)))
    return list(tokens)


if __name__ == "__main__":
    lines = [base64.b64encode(t) + b" " + str(i).encode() for i, t in enumerate(make())]
    write_whole(VOCABULARY, lambda file: file.write(b"\n".join(lines) + b"\n"))
    print(f"wrote {VOCABULARY}: {len(lines)} tokens")

"""Text to tokens and back on tiktoken: a vocabulary of our own, and the format of a prompt.

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
MOST_SPACES = 500_000


class Encoding:
    r"""Text to ids and back: tiktoken cuts a text into pieces and merges the bytes of each.

    pattern: the regular expression that cuts. ranks: the id of each token's bytes, by which the
    neighbours are merged that make the one of the lowest. special: names and ids of tokens that
    no text becomes, for a name in a text is plain text. added: those that are cut out of a text
    before anything else, the longest first. pieces: id -> bytes, of all of them. begin: the
    special token that stands before a text, "" if none.

    >>> toy = Encoding("toy", r"\w+|\s", {b"a": 0, b"b": 1, b"ab": 2}, {"<s>": 3}, {"<b>": 4})
    >>> toy.encode_ordinary("ab<b>ba"), toy.decode([3, 2, 4]), toy.n_vocab
    ([2, 4, 1, 0], '<s>ab<b>', 5)
    """

    def __init__(self, name: str, pattern: str, ranks: dict[bytes, int], special: dict[str, int],
                 added: dict[str, int] | None = None) -> None:
        self.special, self.added, self.begin = special, added or {}, ""
        self.core = tiktoken.Encoding(name, pat_str=pattern, mergeable_ranks=ranks,
                                      special_tokens={})
        self.pieces = {i: piece for piece, i in ranks.items()}
        self.pieces |= {i: name.encode() for name, i in {**special, **self.added}.items()}
        self.n_vocab = max(self.pieces) + 1
        longest_first = sorted(self.added, key=len, reverse=True)
        self.cuts = re.compile(f"({'|'.join(map(re.escape, longest_first)) or '(?!)'})")

    def encode_ordinary(self, text: str, first: bool = True) -> list[int]:
        """The ids of a text. first: no token stands before it. ValueError as in `fit`."""
        ids: list[int] = []
        for i, part in enumerate(self.cuts.split(fit(text))):  # every second one is a name
            if i % 2:
                ids.append(self.added[part])
            elif part:
                ids += self.plain(part, first and i == 0)
        return ids

    def plain(self, text: str, first: bool) -> list[int]:
        """The ids of a text in which no added token is."""
        return self.core.encode_ordinary(text)

    def decode(self, ids: list[int]) -> str:
        """The text of ids, special ones as their names; bytes that are no UTF-8 become U+FFFD."""
        return b"".join(map(self.pieces.__getitem__, ids)).decode(errors="replace")


def fit(text: str) -> str:
    r"""The text as tiktoken takes it: UTF-16's halves made whole, U+FFFD for a lone one.

    ValueError for a run of spaces that tiktoken's regular expressions have no room for: they crash
    from a million on.

    >>> fit("\ud83d\ude42") == "\U0001f642", fit("\ud83d.") == "\ufffd."
    (True, True)
    """
    if not text.isascii():
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if len(text) > MOST_SPACES < max(map(len, re.findall(r"\s+", text)), default=0):
        raise ValueError(f"more than {MOST_SPACES} spaces in a row")
    return text


def load(path: Path = VOCABULARY) -> Encoding:
    """Our own vocabulary as an Encoding. ValueError as in `read_ranks`.

    >>> [load().decode([token]) for token in load().encode_ordinary(" what is 12 +7 ? Oz")]
    [' what', ' is', ' 12', ' +7', ' ?', ' ', 'O', 'z']
    """
    ranks = read_ranks(path)
    return Encoding(path.stem, PATTERN, ranks, {BEGIN: len(ranks), END: len(ranks) + 1})


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

    encoding: Encoding
    before: tuple[int, ...]  # tokens before every prompt
    around: str              # what stands around a prompt, in the words of `fill`
    ends: tuple[int, ...]    # tokens that end an answer, the usual one first
    stop: str = ""           # a text that does as well
    max_new: int = 72        # tokens that an answer may have
    batch: int = 10_000      # answers that are written at once
    system: str = ""         # the system prompt
    why: str = ""            # which format it is and what says so, for people

    def prompt(self, text: str) -> list[int]:
        """The tokens of a whole prompt, with all that stands before and around the text."""
        return [*self.before, *fill(self.encoding, self.around, text, self.system)]

    def answer(self, text: str) -> list[int]:
        """The tokens of a whole answer, as a target of next-token prediction."""
        return [*self.encoding.encode_ordinary(text), self.ends[0]]

    def text(self, tokens: list[int]) -> str:
        r"""Sampled tokens as text, without special ones; bytes that are no UTF-8 become U+FFFD.

        >>> fmt = built_in(load())
        >>> fmt.text(fmt.answer(" it is 19")), fmt.text([195])
        (' it is 19', '\ufffd')
        """
        special = {*self.encoding.special.values(),
                   *{*self.ends}.intersection(self.encoding.added.values())}
        text = self.encoding.decode([t for t in tokens
                                     if t not in special and t < self.encoding.n_vocab])
        return text.split(self.stop)[0] if self.stop else text

    def pieces(self, tokens: list[int]) -> list[str]:
        """The text as what each token adds to it; a letter of several tokens comes with its last.

        >>> fmt = built_in(load())
        >>> fmt.pieces(fmt.answer(" it is \u00e9"))
        [' it', ' is', ' ', '', '\xe9', '']
        """
        text, ends = self.text(tokens), [0]
        for i in range(1, len(tokens) + 1):
            whole = self.text(tokens[:i]).rstrip("\ufffd")  # of a letter that goes on
            ends.append(min(len(text), len(whole)))
        ends[-1] = len(text)
        return [text[a:b] for a, b in zip(ends, ends[1:])]

    def read(self, tokens: list[int]) -> tuple[str, bool]:
        """The text of an answer, and whether it was cut off: it has no end.

        >>> fmt = built_in(load())
        >>> fmt.read(fmt.answer(" it is 19")), fmt.read(fmt.answer(" it is 19")[:-1])
        ((' it is 19', False), (' it is 19', True))
        """
        return self.text(tokens), tokens[-1] not in self.ends


def fill(encoding: Encoding, template: str, text: str, system: str = "") -> list[int]:
    """Tokens of a template of ours, in which the names of special tokens are these tokens.

    Put in: the text for "{}", "{trim}" (without the white space around it), "{rtrim}" (without
    that after it) and "{ltrim}", the system prompt for "{system}" and "{systemtrim}"; they are
    plain text whatever they say. "{brace}" is "{".

    >>> tokens = fill(load(), "<|end_of_text|>{trim}", "  <|end_of_text|> ")
    >>> [load().decode([token]) for token in tokens][:5]
    ['<|end_of_text|>', '<', '|', 'e', 'n']
    """
    inside = {"{}": text, "{trim}": text.strip(), "{rtrim}": text.rstrip(),
              "{ltrim}": text.lstrip(), "{system}": system, "{systemtrim}": system.strip(),
              "{brace}": "{"}
    tokens: list[int] = []
    names = [name for name in encoding.special if name in template]
    for piece in re.split(f"({'|'.join(map(re.escape, names)) or '(?!)'})", template):
        if piece in encoding.special:
            tokens.append(encoding.special[piece])
        elif piece:
            plain = "".join(inside.get(part, part) for part in re.split(r"(\{\w*\})", piece))
            tokens += encoding.encode_ordinary(plain, first=not tokens)
    return tokens


def built_in(encoding: Encoding) -> PromptFormat:
    r"""The prompt format of the model that ships with the project: begin, prompt, line break.

    >>> built_in(load()).around, load().decode(built_in(load()).ends)
    ('{}\n', '<|end_of_text|>')
    """
    return PromptFormat(encoding, tuple(fill(encoding, BEGIN, "")), "{}\n",
                        (encoding.special[END],))

"""SentencePiece's BPE on tiktoken, with the same ids: Llama 1 and 2, Mistral 7B, TinyLlama.

It merges characters, not bytes, of a whole text in which U+2581 stands for a space; what has no
token is spelt in byte tokens. tiktoken merges bytes by rank, so it is given these ranks, in order:

    the 256 bytes
    the proper beginnings of each character's UTF-8, shortest first; then the characters: so that
        every character is put together before anything else is
    the pieces, in the order in which they are made

and a table from rank to ids, in which bytes and beginnings become byte tokens. Two files say which
pieces: tokenizer.json by a list of merges (that the two orders can't differ is proved by
vocabulary.py), tokenizer.model by a score each. Left out: Unigram models, which merge nothing.
"""
from __future__ import annotations

import struct
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path
from typing import Any

from data.files import opened, show
from data.llama.vocabulary import (
    check_ids,
    check_merges,
    check_settings,
    merges,
    steps,
    with_fillers,
)
from data.tokenizer import Encoding

SPACE = "\u2581"
BYTE_NAMES = [f"<0x{b:02X}>" for b in range(256)]
MOST_BYTES = 100_000_000  # of a tokenizer.model
NORMAL, UNKNOWN, CONTROL, BYTE = 1, 2, 3, 6  # kinds of pieces
SETTINGS = {"type": ("BPE",), "dropout": (None, 0), "ignore_merges": (None, False),
            "continuing_subword_prefix": (None, ""), "end_of_word_suffix": (None, "")}
# tokenizer.json's ways to write spaces: (normalizer, pre_tokenizer), and how a text begins
PREPEND = {"type": "Prepend", "prepend": SPACE}
REPLACE = {"type": "Replace", "pattern": {"String": " "}, "content": SPACE}
METASPACE = {"type": "Metaspace", "replacement": SPACE, "split": False}
WAYS = [([PREPEND, REPLACE], [], "one more"), ([REPLACE], [], "never"),
        *(([], [METASPACE | {"prepend_scheme": scheme, **old}], scheme)
          for scheme in ("always", "first", "never")
          for old in ({}, {"add_prefix_space": scheme != "never"}))]


class SentencePiece(Encoding):
    r"""A text of characters, merged as the ranks say; U+2581 for its spaces.

    ids: of each piece by name. ranks: of what `ranked` gives. prefix: which texts get a space
    before them: "one more": all; "always": those that have none; "first": those of them before
    which no token stands; "never".

    >>> ids = {name: 1000 + b for b, name in enumerate(BYTE_NAMES)}
    >>> ids |= {"\u2581": 0, "a": 1, "é": 2, "\u2581a": 3}
    >>> toy = SentencePiece("toy", ids, ranked("\u2581aé", ["\u2581a"]), {}, prefix="always")
    >>> toy.encode_ordinary("a éb"), toy.decode([3, 0, 2, 1098])
    ([3, 0, 2, 1098], 'a éb')
    """

    def __init__(self, name: str, ids: dict[str, int], ranks: dict[bytes, int],
                 special: dict[str, int], added: dict[str, int] | None = None,
                 prefix: str = "one more") -> None:
        super().__init__(name, "", ranks, special, added)  # no pattern: the text is one piece
        self.prefix, as_bytes = prefix, [ids[name] for name in BYTE_NAMES]
        named = {piece.encode(): i for piece, i in ids.items()
                 if piece not in BYTE_NAMES and piece not in special}
        self.table = [[named[raw]] if raw in named else [as_bytes[b] for b in raw]
                      for raw in ranks]  # rank -> ids
        self.bytes = {i: bytes([b]) for b, i in enumerate(as_bytes)}
        self.pieces = {i: piece.replace(SPACE, " ").encode() for piece, i in
                       {**ids, **special, **self.added}.items()} | self.bytes
        self.n_vocab = max(self.pieces) + 1

    def plain(self, text: str, first: bool) -> list[int]:
        """The ids of a text in which no added token is."""
        text = text.replace(" ", SPACE)
        if self.prefix == "one more" or not text.startswith(SPACE) and (
                self.prefix == "always" or self.prefix == "first" and first):
            text = SPACE + text
        # No text has the byte 0xFF. With it a text that is a token is not looked up, but merged.
        ranks = self.core._encode_single_piece(text.encode() + b"\xff")[:-1]
        return [i for rank in ranks for i in self.table[rank]]

    def decode(self, ids: list[int]) -> str:
        """The text of ids, without the space that it got. Of byte tokens in a row that are no
        UTF-8 each becomes U+FFFD.
        """
        text = ""
        for _, run in groupby(ids, self.bytes.__contains__):
            raw = [*map(self.pieces.__getitem__, run)]
            try:
                text += b"".join(raw).decode()
            except UnicodeDecodeError:
                text += "\ufffd" * len(raw)
        return text.removeprefix(" " if self.prefix != "never" else "")


def ranked(characters: Iterable[str], pieces: Iterable[str] = ()) -> dict[bytes, int]:
    """Ranks of the bytes, the beginnings and the characters, and of pieces in their order.

    >>> [*ranked("aé\u2581", ["aé"])][256:]
    [b'\\xe2\\x96', b'\\xc3\\xa9', b'\\xe2\\x96\\x81', b'a\\xc3\\xa9']
    """
    whole = sorted(character.encode() for character in set(characters))
    begun = {raw[:i] for raw in whole for i in range(2, len(raw))}
    order = [*(bytes([b]) for b in range(256)), *sorted(begun, key=lambda raw: (len(raw), raw)),
             *(raw for raw in whole if len(raw) > 1), *(piece.encode() for piece in pieces)]
    return {raw: rank for rank, raw in enumerate(dict.fromkeys(order))}


def from_json(name: str, document: dict, special: dict[str, int], added: dict[str, int]
              ) -> SentencePiece:
    """A tokenizer.json whose added tokens and ids were checked. ValueError says what is wrong."""
    check_settings(document["model"], SETTINGS)
    found = [steps(document, key, f"{key}s") for key in ("normalizer", "pre_tokenizer")]
    prefix = next((prefix for *way, prefix in WAYS if way == found), None)
    if prefix is None:
        raise ValueError(f"normalizer and pre_tokenizer are {show(found)}; supported with "
                         "byte_fallback are U+2581 for spaces, one before the text or none, by "
                         "Prepend and Replace or by Metaspace without split")
    vocab = document["model"]["vocab"]
    check_byte_names(vocab)
    tokens = {piece: piece.encode() for piece in vocab.keys() - {*BYTE_NAMES, *special, *added}}
    characters = [piece for piece in tokens if len(piece) == 1]
    listed = merges(document["model"], tokens)
    ranks = ranked(characters, [raw.decode() for raw in listed])
    own = [raw for raw in ranked(characters) if len(raw) > 1]  # merges of bytes into characters
    check_merges(ranks, {raw: {raw[:-1]: place} for place, raw in enumerate(own)} | {
        raw: {left: len(own) + place for left, place in ways.items()}
        for raw, ways in listed.items()}, False)
    return SentencePiece(name, vocab, ranks, special, added, prefix)


def check_byte_names(names: Iterable[str]) -> None:
    """ValueError unless every byte has a token."""
    if missing := [name for name in BYTE_NAMES if name not in names]:
        raise ValueError(f"no token for {len(missing)} of the bytes, such as {missing[0]}; with "
                         "byte_fallback each needs one")


# -------------------------------------------------------------------------------- tokenizer.model

def from_model(path: Path, vocab: int) -> SentencePiece:
    """A SentencePiece model, a protobuf. ValueError says what is wrong or not supported."""
    with opened(path) as file:
        model = fields(file.read(MOST_BYTES))
    trainer, normalizer = fields(last(model, 2, b"")), fields(last(model, 3, b""))
    for what, value, wanted in (  # absent fields have the default of the format
            ("model_type", last(trainer, 3, 1), 2), ("byte_fallback", last(trainer, 35, 0), 1),
            ("treat_whitespace_as_suffix", last(trainer, 24, 0), 0),
            ("precompiled_charsmap", last(normalizer, 2, b""), b""),
            ("remove_extra_whitespaces", last(normalizer, 4, 1), 0),
            ("escape_whitespaces", last(normalizer, 5, 1), 1)):
        if value != wanted:
            raise ValueError(f"{what} is {show(value)}, supported: {wanted} (BPE, model_type 2, "
                             "with byte fallback, on the text as it is; Unigram is 1)")
    add_dummy_prefix = last(normalizer, 3, 1)
    ids: dict[str, int] = {}
    special: dict[str, int] = {}
    scores: dict[str, float] = {}
    for i, entry in enumerate(map(fields, model.get(1, []))):
        piece, kind = last(entry, 1, b"").decode(), last(entry, 3, NORMAL)
        if not piece or piece in ids or kind not in (NORMAL, UNKNOWN, CONTROL, BYTE):
            raise ValueError(f"piece {i}, {piece!a:.60}, of kind {kind}: empty, there twice, or "
                             "of a kind that is not supported; a tokenizer.json may do")
        ids[piece] = i
        if kind in (UNKNOWN, CONTROL):
            special[piece] = i
        elif kind == NORMAL:
            scores[piece] = score(last(entry, 2, bytes(4)))
    check_byte_names(ids)
    check_ids(ids, {}, vocab)
    found = SentencePiece(path.parent.name, ids, ranked("".join(scores), by_score(scores)),
                          with_fillers(special, ids.values(), vocab),
                          prefix="one more" if add_dummy_prefix else "never")
    found.begin = "<s>" if "<s>" in special else ""
    return found


def fields(data: object) -> dict[int, list[int | bytes]]:
    r"""A protobuf message: number of a field -> its values, numbers or bytes.

    >>> fields(b"\x08\x96\x01\x12\x02hi\x08\x01")
    {1: [150, 1], 2: [b'hi']}
    """
    if not isinstance(data, bytes):
        raise ValueError("a number is where a message belongs: no SentencePiece model")
    found: dict[int, list[int | bytes]] = {}
    at = 0

    def varint() -> int:
        nonlocal at
        value = shift = 0
        while at < len(data) and shift < 70:
            value |= (data[at] & 127) << shift
            shift, at = shift + 7, at + 1
            if data[at - 1] < 128:
                return value
        raise ValueError(f"a number is cut off or too long at byte {at}: damaged")
    while at < len(data):
        key = varint()
        kind = key & 7
        if kind not in (0, 1, 2, 5):
            raise ValueError(f"a field of kind {kind}, expected 0, 1, 2 or 5: damaged")
        if kind == 0:
            value: int | bytes = varint()
        else:
            size = {1: 8, 5: 4}.get(kind) or varint()
            value, at = data[at:at + size], at + size
            if at > len(data):
                raise ValueError(f"a field of {size} bytes ends after the file: damaged")
        found.setdefault(key >> 3, []).append(value)
    return found


def score(raw: bytes) -> float:
    """4 bytes, little-endian."""
    if len(raw) != 4:
        raise ValueError(f"a score of {len(raw)} bytes, expected 4")
    return struct.unpack("<f", raw)[0]


def last(message: dict[int, list[int | bytes]], field: int, default: Any) -> Any:
    """The last value of a field, which is the one that counts; of the default's type, or
    ValueError.
    """
    value = message.get(field, [default])[-1]
    if type(value) is not type(default):
        raise ValueError(f"field {field} is {show(value)}, expected {type(default).__name__}")
    return value


def by_score(scores: dict[str, float]) -> list[str]:
    """Pieces of two characters and more, the highest score first: SentencePiece merges the pair
    of the highest score, of several the leftmost.

    Of equal scores there may be runs of one character (Mistral's spaces). There the leftmost pair
    is the one that makes the longest run, so that the longest goes first. ValueError for others.

    >>> by_score({"a": 0., "bb": -3., "ab": -2., "bbb": -3.})
    ['ab', 'bbb', 'bb']
    """
    of_score: dict[float, set[str]] = {}
    for piece, score in scores.items():
        if len(piece) > 1:
            of_score.setdefault(score, set()).add(piece)
    for score, pieces in of_score.items():
        if score != score or len(pieces) > 1 and len({*"".join(pieces)}) > 1:
            raise ValueError(f"score {score} is that of {show(sorted(pieces))}, expected one of "
                             "its own for each piece; a tokenizer.json beside it may do")
    return [piece for score in sorted(of_score, reverse=True)
            for piece in sorted(of_score[score], key=len, reverse=True)]

"""Published tokenizers on tiktoken, offline, with the same ids: which it is, and byte-level BPE.

    tokenizer.json    Hugging Face's: byte-level BPE (Llama 3, SmolLM2, Qwen 2.5, Mistral Nemo) is
                      read here, BPE with byte fallback (Llama 2, Mistral 7B) by sentencepiece.py
    tokenizer.model   Llama 3's ranks as Meta publishes them, or a SentencePiece model

All are somebody else's: whatever is wrong in them is one line of ValueError, and so is everything
by which plain text could get other ids. Names of special tokens in a text are plain text here,
always; added tokens that are not special, as Qwen's <tool_call>, are cut out of it, as there.
"""
from __future__ import annotations

import unicodedata
from collections.abc import Collection
from itertools import count
from pathlib import Path

import regex

from data.files import opened, read_json, show
from data.llama import sentencepiece
from data.llama.vocabulary import (
    check_ids,
    check_merges,
    check_settings,
    get,
    merges,
    steps,
    with_fillers,
)
from data.tokenizer import BEGIN, END, Encoding, read_ranks

SHORT = "'s|'t|'re|'ve|'m|'ll|'d"
GPT2 = SHORT + r"| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
# Numbers are cut out first: they take no space along, and spaces before one end like a text does.
DIGITS = SHORT + r"| ?\p{L}+|\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?![^\s\p{N}])|\s+"
LLAMA3 = (f"(?i:{SHORT})" r"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*"
          r"|\s*[\r\n]+|\s+(?!\S)|\s+")
UPPER, LOWER = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]", r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"
TEKKEN = (r"[^\r\n\p{L}\p{N}]?" f"{UPPER}*{LOWER}+" r"|[^\r\n\p{L}\p{N}]?" f"{UPPER}+{LOWER}*"
          r"|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+")

# tokenizer.json's pre-tokenizers (less what can't change ids) and the pattern of each
BYTES = {"type": "ByteLevel", "add_prefix_space": False, "use_regex": True}
PATTERNS = [([BYTES], GPT2), ([BYTES | {"add_prefix_space": True}], GPT2),
            ([{"type": "Digits", "individual_digits": False}, BYTES], DIGITS),
            ([{"type": "Digits", "individual_digits": True}, BYTES],
             DIGITS.replace(r"\p{N}+", r"\p{N}", 1))]
PATTERNS += [([{"type": "Split", "pattern": {"Regex": pattern}, "behavior": "Isolated",
                "invert": False}, BYTES | {"use_regex": False}], pattern)
             for pattern in (LLAMA3, LLAMA3.replace("{1,3}", ""), TEKKEN)]

# settings of plain byte-level BPE (unk_token: see check_bytes)
SETTINGS = {"type": ("BPE",), "dropout": (None, 0), "byte_fallback": (None, False),
            "continuing_subword_prefix": (None, ""), "end_of_word_suffix": (None, ""),
            "ignore_merges": (None, False, True)}

# GPT-2's alphabet: a printable byte is its own character, the others are those from 256 on
PRINTABLE = [*range(33, 127), *range(161, 173), *range(174, 256)]
ALPHABET = {chr(b): b for b in PRINTABLE}
ALPHABET |= {chr(256 + i): b for i, b in enumerate(sorted({*range(256)} - {*PRINTABLE}))}

NAMES = {0: BEGIN, 1: END, 4: "<|finetune_right_pad_id|>", 6: "<|start_header_id|>",
         7: "<|end_header_id|>", 8: "<|eom_id|>", 9: "<|eot_id|>", 10: "<|python_tag|>"}


class ByteLevel(Encoding):
    r"""A text's bytes are all its alphabet. A vocabulary may lack some of them (SmolLM2: control
    characters, planes without characters).

    tiktoken would crash there. Hugging Face splits the text and leaves such bytes out of each
    piece without a word, so that their neighbours in it may merge; so is done here, with the
    regular expressions of `regex`, which tiktoken itself requires (the newest letters of Unicode
    may not be letters in both). nfc: a text is composed first (of Python's Unicode). space: it
    begins with a space, or gets one.

    >>> toy = ByteLevel("toy", r"\w+", {b"a": 0, b"b": 1, b"ab": 2}, {})
    >>> toy.encode_ordinary("ab ba"), toy.encode_ordinary("axb")
    ([2, 1, 0], [2])
    """

    def __init__(self, name: str, pattern: str, ranks: dict[bytes, int], special: dict[str, int],
                 added: dict[str, int] | None = None, nfc: bool = False, space: bool = False
                 ) -> None:
        super().__init__(name, pattern, ranks, special, added)
        self.pattern, self.ranks, self.nfc, self.space = pattern, ranks, nfc, space
        self.lost = bytes(b for b in range(256) if bytes([b]) not in ranks)

    def plain(self, text: str, first: bool) -> list[int]:
        """The ids of a text in which no added token is."""
        text = unicodedata.normalize("NFC", text) if self.nfc else text
        text = " " + text if self.space and not text.startswith(" ") else text
        if not {*self.lost}.intersection(text.encode()):
            return self.core.encode_ordinary(text)
        pieces = (piece.encode().translate(None, self.lost)
                  for piece in regex.findall(self.pattern, text))
        return [token for piece in pieces if piece
                for token in self.core._encode_single_piece(piece)]


def encoding(folder: Path, vocab: int) -> Encoding:
    """The tokenizer in a folder, for a model with `vocab` rows; each row has a token.

    tokenizer.json is preferred to tokenizer.model. ValueError names the file and what is wrong
    or not supported in it.
    """
    path = next((folder / name for name in ("tokenizer.json", "tokenizer.model")
                 if (folder / name).exists()), None)
    if path is None:
        raise ValueError(f"{folder} has neither tokenizer.json nor tokenizer.model")
    if path.suffix == ".model" and (folder / "added_tokens.json").exists():
        raise ValueError(f"{folder / 'added_tokens.json'} adds to tokenizer.model, which is not "
                         "followed here: let transformers save a tokenizer.json beside it")
    with opened(path) as file:
        protobuf = file.read(1) == b"\n"  # its first field; no line of ranks starts so
    read = (from_json if path.suffix == ".json" else
            sentencepiece.from_model if protobuf else llama3)
    try:
        return read(path, vocab)
    except (ValueError, RecursionError) as error:
        told = str(error).startswith(str(folder))
        raise ValueError(str(error) if told else f"{path}: {error}") from None


def llama3(path: Path, vocab: int) -> ByteLevel:
    """tokenizer.model: lines of "base64-of-token rank"; the rows after them are special.

    path: the file. vocab: rows of the model. ValueError says what is wrong.
    """
    ranks, spare = read_ranks(path), count()
    if vocab - len(ranks) < 2:
        raise ValueError(f"{len(ranks)} tokens and at least 2 special ones, but the model has "
                         f"{vocab} rows")
    special = {NAMES.get(i) or f"<|reserved_special_token_{next(spare)}|>": len(ranks) + i
               for i in range(min(vocab - len(ranks), 256))}
    found = ByteLevel(path.parent.name, LLAMA3, ranks,
                      with_fillers(special, ranks.values(), vocab))
    found.begin = BEGIN
    return found


def from_json(path: Path, vocab: int) -> Encoding:
    """tokenizer.json, of either kind. ValueError says what is wrong or not supported."""
    document = read_json(path)
    special, added = added_tokens(document, vocab)
    names = get(get(document, "model", dict), "vocab", dict)
    ids = check_ids(names, {**special, **added}, vocab)
    special = with_fillers(special, ids, vocab)
    read = (sentencepiece.from_json if document["model"].get("byte_fallback") else byte_level)
    found = read(path.parent.name, document, special, added)
    found.begin = template_start(document, special)
    return found


def byte_level(name: str, document: dict, special: dict[str, int], added: dict[str, int]
               ) -> ByteLevel:
    """A tokenizer.json whose added tokens and ids were checked. ValueError says what is wrong."""
    nfc = document.get("normalizer")
    if nfc not in (None, {"type": "NFC"}):
        raise ValueError(f"normalizer is {show(nfc)}, supported: null, NFC, and where there is "
                         "byte_fallback those of SentencePiece")
    pattern, space = split_pattern(document)
    model = document["model"]
    check_settings(model, SETTINGS)
    tokens = vocabulary(model["vocab"], {**special, **added})
    ranks = {token: model["vocab"][key] for key, token in tokens.items()}
    check_bytes(model, tokens, special)
    check_merges(ranks, merges(model, tokens), model.get("ignore_merges") is True)
    return ByteLevel(name, pattern, ranks, special, added, nfc is not None, space)


# ------------------------------------------------------------------------------- tokenizer.json

def split_pattern(document: dict) -> tuple[str, bool]:
    """The regular expression that cuts a text into pieces, and whether it begins with a space.

    ValueError if it is none of PATTERNS.

    >>> step = {"type": "ByteLevel", "add_prefix_space": False}
    >>> split_pattern({"pre_tokenizer": step}) == (GPT2, False)
    True
    """
    found = []
    for step in steps(document, "pre_tokenizer", "pretokenizers"):
        kind = get(step, "type", str)
        default = {"use_regex": True} if kind == "ByteLevel" else {}
        found.append({**default, **{k: v for k, v in step.items() if k != "trim_offsets"}})
    for known, pattern in PATTERNS:
        if found == known:
            return pattern, known[0].get("add_prefix_space") is True
    raise ValueError(f"pre_tokenizer is {show(found)}; supported are ByteLevel, alone or, without "
                     "a prefix space, after Digits, Llama 3's and Tekken's Split")


def added_tokens(document: dict, vocab: int) -> tuple[dict[str, int], dict[str, int]]:
    """Names and ids of the special tokens, and of the added ones that are not special.

    A special one beyond the model's rows is left out (a pad token that was added for training).
    ValueError if a name can't be, or is cut out of a text in a way of its own.

    >>> entries = [{"content": "<end>", "id": 7, "special": True}, {"content": "<b>", "id": 8,
    ...             "special": False, "normalized": False}]
    >>> added_tokens({"added_tokens": entries}, vocab=9)
    ({'<end>': 7}, {'<b>': 8})
    """
    special: dict[str, int] = {}
    added: dict[str, int] = {}
    for entry in get(document, "added_tokens", list):
        name, row = get(entry, "content", str), get(entry, "id", int)
        if not name or name in special or name in added or not name.isprintable():
            raise ValueError(f"added token {name!a:.60} is empty, no text or there twice")
        if entry.get("special") is True:
            special |= {name: row} if row < vocab else {}
            continue
        if odd := [key for key in ("lstrip", "rstrip", "single_word", "normalized")
                   if entry.get(key) and (key != "normalized" or document.get("normalizer"))]:
            raise ValueError(f"added token {name!a:.60} is {odd[0]} and not special, so it would "
                             "change the text beside it; supported are tokens as they stand")
        added[name] = row
    return special, added


def vocabulary(names: Collection[str], others: Collection[str]) -> dict[str, bytes]:
    r"""The bytes of each token that is none of the `others`.

    A name spells the bytes in GPT-2's alphabet, in which U+0120 is a space.

    >>> [*vocabulary(["\u0120a", "<end>"], ["<end>"]).values()]
    [b' a']
    """
    try:
        tokens = {name: bytes(map(ALPHABET.__getitem__, name)) for name in names
                  if name not in others}
    except KeyError as error:
        raise ValueError(f"a token has the character {error.args[0]!a}, which is not in the "
                         "byte-level alphabet") from None
    if "" in tokens:
        raise ValueError("a token is empty")
    return tokens


def check_bytes(model: dict, tokens: dict[str, bytes], special: dict[str, int]) -> None:
    """ValueError if bytes without a token may become one, or pieces be looked up with them.

    >>> check_bytes({"unk_token": "?"}, {}, {})  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ValueError: no token for 256 of the bytes, such as 0; supported only without unk_token ...
    """
    lost = ALPHABET.keys() - tokens.keys()
    if lost and (model.get("unk_token") is not None or model.get("ignore_merges")
                 or lost & special.keys()):
        raise ValueError(f"no token for {len(lost)} of the bytes, such as "
                         f"{min(map(ALPHABET.get, lost))}; supported only without unk_token and "
                         "ignore_merges, and if no special token has such a byte's name")


def template_start(document: dict, special: dict[str, int]) -> str:
    """The special token that a template puts first, "" if none. ValueError for any other template.

    >>> step = {"type": "TemplateProcessing", "special_tokens": {"<s>": {"ids": [1]}},
    ...         "single": [{"SpecialToken": {"id": "<s>"}}, {"Sequence": {"id": "A"}}]}
    >>> template_start({"post_processor": step}, {"<s>": 1})
    '<s>'
    """
    templates = []
    for step in steps(document, "post_processor", "processors"):
        if get(step, "type", str) != "ByteLevel":  # which moves offsets only
            templates.append(step)
    match templates:
        case [] | [{"type": "TemplateProcessing", "single": [{"Sequence": _}]}]:
            return ""
        case [{"type": "TemplateProcessing", "special_tokens": dict(rows),
               "single": [{"SpecialToken": {"id": str(name)}}, {"Sequence": _}]}]:
            row = rows.get(name)
            if name in special and isinstance(row, dict) and row.get("ids") == [special[name]]:
                return name
    raise ValueError(f"post_processor is {show(templates)}; supported is a template of at "
                     "most one special token and then the text")

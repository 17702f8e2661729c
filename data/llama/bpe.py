"""Published tokenizers on tiktoken, offline, with the same ids.

Two files are read: tokenizer.json (Hugging Face's byte-level BPE, as Llama 3, SmolLM2 and Mistral
Nemo have it) and tokenizer.model as Meta publishes Llama 3's. Both are somebody else's: whatever
is wrong in them is one line of ValueError. Of the paper's bases (Sec. 4) this is Llama 3; left out
is SentencePiece, as Mistral 7B and Llama 2 have it, which is no byte-level BPE.

tiktoken merges the two neighbours that together make the token of the lowest rank; Hugging Face
goes by a list of merges. `check_merges` tells when they can't differ, and a file for which that is
not certain is refused, like everything else by which plain text could get other ids. So are added
tokens that are not special: Hugging Face cuts them out of the text, which shifts the splits
beside them. Special tokens' names in a text are plain text here, always.
"""
from __future__ import annotations

import re
from functools import cached_property
from itertools import count, islice
from pathlib import Path
from typing import Any

import regex
import tiktoken

from data.files import read_json, show
from data.tokenizer import BEGIN, END, read_ranks

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
PATTERNS = [([BYTES], GPT2),
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
MOST_SPARE = 10_000  # rows of a model without a token; more, and the two don't belong together
MOST_SPACES = 500_000

Made = dict[bytes, tuple[int, bytes, bytes]]  # token: the rank at which it is made, and of what


class Encoding(tiktoken.Encoding):
    r"""A vocabulary may lack some bytes (SmolLM2: control characters, planes without characters).

    tiktoken would crash there. Hugging Face splits the text and leaves such bytes out of each
    piece without a word, so that their neighbours in it may merge; encode_ordinary does the same,
    with the regular expressions of `regex`, which tiktoken itself requires (the newest letters of
    Unicode may not be letters in both). Nothing here needs encode, which refuses such a text.

    >>> toy = Encoding("toy", pat_str=r"\w+", special_tokens={},
    ...                mergeable_ranks={b"a": 0, b"b": 1, b"ab": 2})
    >>> toy.encode_ordinary("ab ba"), toy.encode_ordinary("axb")
    ([2, 1, 0], [2])
    """

    @cached_property
    def lost(self) -> bytes:
        """The bytes that have no token."""
        return bytes(b for b in range(256) if bytes([b]) not in self._mergeable_ranks)

    def encode_ordinary(self, text: str) -> list[int]:
        """The tokens of a text; special tokens' names in it are text. ValueError as in `fit`."""
        text = fit(text)
        if not {*self.lost}.intersection(text.encode()):
            return super().encode_ordinary(text)
        pieces = (piece.encode().translate(None, self.lost)
                  for piece in regex.findall(self._pat_str, text))
        return [token for piece in pieces if piece for token in self._encode_single_piece(piece)]

    def encode(self, text: str, **special: Any) -> list[int]:
        """tiktoken's own. ValueError as in `fit`, and for a byte without a token.

        >>> build("toy", ".", {b"a": 0}, {}, 1).encode("ab")
        Traceback (most recent call last):
        ValueError: the tokenizer has no token for byte 98
        """
        text = fit(text)
        if bad := {*self.lost}.intersection(text.encode()):
            raise ValueError(f"the tokenizer has no token for byte {min(bad)}")
        return super().encode(text, **special)


def fit(text: str) -> str:
    r"""The text as tiktoken takes it: UTF-16's halves made whole, U+FFFD for a lone one.

    ValueError for a run of spaces that tiktoken's regular expressions have no room for: they crash
    from a million on.

    >>> fit("\ud83d\ude42") == "\U0001f642", fit("\ud83d.") == "\ufffd."
    (True, True)
    """
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if len(text) > MOST_SPACES < max(map(len, re.findall(r"\s+", text)), default=0):
        raise ValueError(f"more than {MOST_SPACES} spaces in a row")
    return text


def encoding(folder: Path, vocab: int) -> tiktoken.Encoding:
    """The tokenizer in a folder, for a model with `vocab` rows; each row has a token.

    tokenizer.json is preferred to tokenizer.model. ValueError names the file and what is wrong
    or not supported in it.
    """
    path = folder / "tokenizer.json"
    if not path.is_file():
        return llama3(folder / "tokenizer.model", vocab)
    document = read_json(path)
    try:
        pattern, special = split_pattern(document), special_tokens(document)
        model = settings(document)
        tokens = vocabulary(get(model, "vocab", dict), special, vocab)
        ranks = {token: model["vocab"][name] for name, token in tokens.items()}
        check_bytes(model, tokens, special)
        check_merges(ranks, merges(model, tokens), model.get("ignore_merges") is True)
        return build(folder.name, pattern, ranks, special, vocab)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path}: {error}") from None


def begin(folder: Path, encoding: tiktoken.Encoding) -> str:
    """The special token that this tokenizer puts before a text, "" if none.

    folder, encoding: as above. ValueError names tokenizer.json if its template is another.
    """
    path = folder / "tokenizer.json"
    if not path.is_file():
        return BEGIN
    document = read_json(path)
    try:
        return template_start(document, encoding._special_tokens)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path}: {error}") from None


def llama3(path: Path, vocab: int) -> tiktoken.Encoding:
    """tokenizer.model: lines of "base64-of-token rank"; the rows after them are special.

    path: the file. vocab: rows of the model. ValueError names the file and what is wrong in it.
    """
    if not path.is_file():
        raise ValueError(f"{path.parent} has neither tokenizer.json nor tokenizer.model")
    with path.open("rb") as file:
        if file.read(1) == b"\n":  # a protobuf's first field; no line of text starts so
            raise ValueError(f"{path} is a SentencePiece model (as Llama 2's); supported are "
                             "Llama 3's tokenizer.model and byte-level tokenizer.json")
    ranks, spare = read_ranks(path), count()
    if vocab - len(ranks) < 2:
        raise ValueError(f"{path}: {len(ranks)} tokens and at least 2 special ones, but the model "
                         f"has {vocab} rows")
    special = {NAMES.get(i) or f"<|reserved_special_token_{next(spare)}|>": len(ranks) + i
               for i in range(min(vocab - len(ranks), 256))}
    try:
        return build(path.parent.name, LLAMA3, ranks, special, vocab)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None


def build(name: str, pattern: str, ranks: dict[bytes, int], special: dict[str, int], vocab: int
          ) -> tiktoken.Encoding:
    """Rows without a token get a special one, so that whatever a model says can be decoded.

    ValueError if there are so many of them that this is not the model's tokenizer.

    >>> build("toy", ".", {b"a": 0}, {"<end>": 2}, vocab=4).decode([0, 1, 2, 3])
    'a<|no token 1|><end><|no token 3|>'
    """
    taken = {*ranks.values(), *special.values()}
    if vocab - len(taken) > MOST_SPARE:
        raise ValueError(f"{len(taken)} tokens for a model with {vocab} rows: not its tokenizer")
    special = dict(special)
    for row in sorted({*range(vocab)} - taken):
        filler = f"<|no token {row}|>"
        while filler in special:
            filler += "|"
        special[filler] = row
    return Encoding(name, pat_str=pattern, mergeable_ranks=ranks, special_tokens=special)


# ------------------------------------------------------------------------------- tokenizer.json

def get(thing: Any, key: str, kind: type) -> Any:
    """thing[key], of exactly this kind: a bool is no int.

    >>> get({"id": True}, "id", int)
    Traceback (most recent call last):
    ValueError: id is True, expected int
    """
    value = thing.get(key) if isinstance(thing, dict) else None
    if type(value) is not kind:
        raise ValueError(f"{key} is {show(value)}, expected {kind.__name__}")
    return value


def steps(document: dict, key: str, inside: str) -> list[dict]:
    """What a pre-tokenizer or post-processor does, one after the other.

    >>> steps({"post_processor": {"type": "ByteLevel"}}, "post_processor", "processors")
    [{'type': 'ByteLevel'}]
    """
    thing = document.get(key)
    if isinstance(thing, dict) and thing.get("type") == "Sequence":
        return get(thing, inside, list)
    return [] if thing is None else [thing]


def split_pattern(document: dict) -> str:
    """The regular expression that cuts a text into pieces. ValueError if it is none of PATTERNS.

    >>> split_pattern({"pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": False}}) == GPT2
    True
    """
    found = []
    for step in steps(document, "pre_tokenizer", "pretokenizers"):
        kind = get(step, "type", str)
        default = {"use_regex": True} if kind == "ByteLevel" else {}
        found.append({**default, **{k: v for k, v in step.items() if k != "trim_offsets"}})
    for known, pattern in PATTERNS:
        if found == known:
            return pattern
    raise ValueError(f"pre_tokenizer is {show(found)}; supported are ByteLevel without a "
                     "prefix space, alone or after Digits, and Llama 3's and Tekken's Split")


def special_tokens(document: dict) -> dict[str, int]:
    """Names and ids of the special tokens. ValueError if an added token is not special.

    >>> special_tokens({"added_tokens": [{"content": "<end>", "id": 7, "special": True}]})
    {'<end>': 7}
    """
    special: dict[str, int] = {}
    for entry in get(document, "added_tokens", list):
        name, row = get(entry, "content", str), get(entry, "id", int)
        if entry.get("special") is not True:
            raise ValueError(f"added token {name!a:.60} is not special, so it would be cut out of "
                             "plain text; supported are special ones")
        if not name or name in special or any("\ud800" <= c <= "\udfff" for c in name):
            raise ValueError(f"added token {name!a:.60} is empty, no text or there twice")
        special[name] = row
    return special


def settings(document: dict) -> dict:
    """The model's part, once nothing in it or beside it changes text or merges in another way.

    >>> settings({"model": {"type": "WordPiece"}})
    Traceback (most recent call last):
    ValueError: model.type is 'WordPiece', supported: 'BPE'
    """
    if document.get("normalizer") is not None:
        raise ValueError(f"normalizer is {show(document['normalizer'])}, supported: null")
    model = get(document, "model", dict)
    for key, allowed in SETTINGS.items():
        if model.get(key) not in allowed:
            raise ValueError(f"model.{key} is {show(model.get(key))}, supported: "
                             f"{allowed[-1]!r}")
    return model


def vocabulary(names: dict[str, int], special: dict[str, int], vocab: int) -> dict[str, bytes]:
    r"""The bytes of each token that is not special; all ids are checked: unique, below vocab.

    A name spells the bytes in GPT-2's alphabet, in which U+0120 is a space.

    >>> [*vocabulary({"\u0120a": 0, "<end>": 1}, {"<end>": 1}, vocab=2).values()]
    [b' a']
    """
    owner: dict[int, str] = {}
    for name, row in [*names.items(), *special.items()]:
        if type(row) is not int or not 0 <= row < vocab:
            raise ValueError(f"token {name!a:.60} has id {show(row)}, expected a whole "
                             f"number below the model's {vocab} rows")
        if owner.setdefault(row, name) != name or special.get(name, row) != row:
            raise ValueError(f"token {name!a:.60} has id {row}, which is another token's")
    try:
        tokens = {name: bytes(map(ALPHABET.__getitem__, name)) for name in names
                  if name not in special}
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


def merges(model: dict, tokens: dict[str, bytes]) -> dict[bytes, dict[bytes, int]]:
    """For each token that a merge makes: {left part: the place of the merge in the list}.

    >>> tokens = {name: name.encode() for name in ("a", "b", "c", "ab", "abc")}
    >>> merges({"merges": ["a b", ["ab", "c"]]}, tokens)
    {b'ab': {b'a': 0}, b'abc': {b'ab': 1}}
    """
    listed: dict[bytes, dict[bytes, int]] = {}
    known = set(tokens.values())
    for place, merge in enumerate(get(model, "merges", list)):
        pair = merge.split(" ") if isinstance(merge, str) else merge
        try:
            left, right = map(tokens.__getitem__, pair if isinstance(pair, list) else ())
        except (KeyError, TypeError, ValueError):
            raise ValueError(f"merge {place} is {show(merge)}, expected two tokens of the "
                             "vocabulary that are not special") from None
        if left + right not in known or left in listed.setdefault(left + right, {}):
            raise ValueError(f"merge {place}, {show(merge)}, makes no token, or is there "
                             "twice")
        listed[left + right][left] = place
    return listed


def check_merges(ranks: dict[bytes, int], listed: dict[bytes, dict[bytes, int]], whole: bool
                 ) -> None:
    """ValueError unless tiktoken's merges by rank and the listed merges always do the same.

    BPE by rank comes to each token by one way only: a stretch of text between two borders that
    were never merged across is merged as if it stood alone. So it is enough that each token's way
    ends in a listed merge, and that these merges are listed in the order of their ranks: then at
    every step both see the same pairs and take the same one. If whole pieces of text are looked up
    before any merge (ignore_merges), a token may have no way; then all its splits must be listed.
    """
    made: Made = {token: (-1, b"", b"") for token in ranks if len(token) == 1}
    last = -1
    for token in sorted(ranks.keys() - made.keys(), key=ranks.__getitem__):
        places = listed.get(token, {})
        ways = [*islice((x for x in places if remains(x, token[len(x):], made, ranks)), 1)]
        if ways:
            made[token] = ranks[token], ways[0], token[len(ways[0]):]
        elif whole and all(token[:i] in places for i in range(1, len(token))
                           if token[:i] in ranks and token[i:] in ranks):
            ways = list(places)
        else:
            raise ValueError(f"token {ranks[token]}, {show(token)}, is not what its merges "
                             "come to; supported are merges in the order of the ids")
        if any(places[x] < last for x in ways):
            raise ValueError(f"the merges of token {ranks[token]}, {show(token)}, come "
                             "before those of a smaller id; supported is the order of the ids")
        last = max([last, *map(places.__getitem__, ways)])


def remains(x: bytes, y: bytes, made: Made, ranks: dict[bytes, int]) -> bool:
    """Whether BPE by rank on the bytes of x + y comes to x and y, given that alone it makes each.

    It does unless two pieces at the border merge before one of them grows. So we go back in time:
    of x's last piece and y's first, the one that was made later is taken apart, and those that
    were neighbours until then must not make a token of a lower rank. At one rank the leftmost
    merge is first: x grows before the border's pair, y after it.

    >>> made = {b"a": (-1, b"", b""), b"bc": (4, b"b", b"c")}
    >>> remains(b"a", b"bc", made, {b"bc": 4}), remains(b"a", b"bc", made, {b"ab": 3, b"bc": 4})
    (True, False)
    """
    if x not in made or y not in made:
        return False
    while len(x) > 1 or len(y) > 1:
        if made[y][0] >= made[x][0]:
            until, y, _ = made[y]
            until += 1
        else:
            until, _, x = made[x]
        if ranks.get(x + y, until) < until:
            return False
    return True


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

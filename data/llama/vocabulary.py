"""What both kinds of tokenizer are held to: their ids, and their merges.

tiktoken merges the two neighbours that together make the token of the lowest rank; Hugging Face
goes by a list of merges. `check_merges` tells when they can't differ, and a file for which that is
not certain is refused.
"""
from __future__ import annotations

from collections.abc import Collection
from typing import Any

from data.files import show

MOST_SPARE = 10_000  # rows of a model without a token; more, and the two don't belong together

Made = dict[bytes, tuple[int, bytes, bytes]]  # token: the rank at which it is made, and of what


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
    """What a normalizer, pre-tokenizer or post-processor does, one after the other.

    >>> steps({"post_processor": {"type": "ByteLevel"}}, "post_processor", "processors")
    [{'type': 'ByteLevel'}]
    """
    thing = document.get(key)
    if isinstance(thing, dict) and thing.get("type") == "Sequence":
        return get(thing, inside, list)
    return [] if thing is None else [thing]


def check_settings(model: dict, allowed: dict[str, tuple]) -> None:
    """ValueError unless each of these settings has one of its values.

    >>> check_settings({"type": "WordPiece"}, {"type": ("BPE",)})
    Traceback (most recent call last):
    ValueError: model.type is 'WordPiece', supported: 'BPE'
    """
    for key, values in allowed.items():
        if model.get(key) not in values:
            raise ValueError(f"model.{key} is {show(model.get(key))}, supported: {values[-1]!r}")


def check_ids(names: dict[str, int], others: dict[str, int], vocab: int) -> list[int]:
    """All ids, of tokens and added ones. ValueError unless they are unique and below `vocab`."""
    owner: dict[int, str] = {}
    for name, row in [*names.items(), *others.items()]:
        if type(row) is not int or not 0 <= row < vocab:
            raise ValueError(f"token {name!a:.60} has id {show(row)}, expected a whole "
                             f"number below the model's {vocab} rows")
        if owner.setdefault(row, name) != name or others.get(name, row) != row:
            raise ValueError(f"token {name!a:.60} has id {row}, which is another token's")
    return [*owner]


def with_fillers(special: dict[str, int], ids: Collection[int], vocab: int) -> dict[str, int]:
    """Rows without a token get a special one, so that whatever a model says can be decoded.

    ids: those of all tokens but some special ones. ValueError if so many rows are without one
    that this is not the model's tokenizer.

    >>> with_fillers({"<end>": 2}, [0], vocab=4)
    {'<end>': 2, '<|no token 1|>': 1, '<|no token 3|>': 3}
    """
    taken = {*ids, *special.values()}
    if vocab - len(taken) > MOST_SPARE:
        raise ValueError(f"{len(taken)} tokens for a model with {vocab} rows: not its tokenizer")
    special = dict(special)
    for row in sorted({*range(vocab)} - taken):
        filler = f"<|no token {row}|>"
        while filler in special:
            filler += "|"
        special[filler] = row
    return special


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
    before any merge (ignore_merges: `whole`), a token may have no way; then all its splits must be
    listed.

    >>> ranks = {b"a": 0, b"b": 1, b"ab": 2, b"bb": 3}
    >>> check_merges(ranks, {b"ab": {b"a": 0}, b"bb": {b"b": 1}}, False)
    >>> check_merges(ranks, {b"ab": {b"a": 1}, b"bb": {b"b": 0}}, False)  # "abb": a bb, or ab b
    Traceback (most recent call last):
    ValueError: the merges of token 3, b'bb', come before those of a smaller id; supported is the \
order of the ids
    """
    made: Made = {token: (-1, b"", b"") for token in ranks if len(token) == 1}
    last = -1
    for token in sorted(ranks.keys() - made.keys(), key=ranks.__getitem__):
        places = listed.get(token, {})
        way = next((x for x in places if remains(x, token[len(x):], made, ranks)), None)
        ways = [way]
        if way is not None:
            made[token] = ranks[token], way, token[len(way):]
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

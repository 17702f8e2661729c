"""Which lines of a user's file are for training, validation, shots and testing.

A hash of the prompt decides, so neither a seed nor the order of lines can move a line. Prompts
that differ in case and white space only are not parted, so that no question is both learned and
asked. From FEW prompts of a domain on, the hash alone is asked, and a prompt has one split for
ever. Of fewer, chance could leave a split without any: there the hash gives the order, and each
split takes its share of it; more lines can then move a prompt into another.
"""
from __future__ import annotations

import zlib
from collections.abc import Collection

from data.tasks.problem import split_of

SPLITS = {"train": 60, "validation": 10, "shots": 10, "test": 20}  # percent
FEW = 200  # prompts of a domain


def canonical(prompt: str) -> str:
    r"""What two prompts have in common that differ in case and white space only.

    >>> canonical("What  is\n2 + 2?")
    'what is 2 + 2?'
    """
    return " ".join(prompt.casefold().split())


def shares(n: int) -> dict[str, int]:
    """How many of n prompts, where they are few, go into each split: 8 are shots if need be.

    >>> shares(17), shares(100)  # doctest: +NORMALIZE_WHITESPACE
    ({'train': 5, 'validation': 1, 'shots': 8, 'test': 3},
     {'train': 60, 'validation': 10, 'shots': 10, 'test': 20})
    """
    part = {"validation": max(n // 10, int(n > 3)),
            "shots": max(n // 10, min(8, (n - 1) // 2)), "test": max(n // 5, int(n > 1))}
    return {"train": n - sum(part.values()), **part}


def dealt(keys: Collection[str]) -> dict[str, str]:
    """canonical prompt -> split, of those of a domain whose lines don't say it."""
    if len(keys) >= FEW:
        return {key: split_of(key, SPLITS) for key in keys}

    def rank(key: str) -> tuple[int, int, str]:  # the order in which split_of parts them
        place = zlib.crc32(key.encode())
        return place % 100, place, key
    splits = [split for split, n in shares(len(keys)).items() for _ in range(n)]
    return dict(zip(sorted(keys, key=rank), splits))


def enough(split: str, least: int) -> int:
    """How many prompts of a domain put that many into a split; where a hash decides, amply.

    >>> enough("shots", 8), enough("shots", 50)
    (17, 750)
    """
    few = (n for n in range(FEW) if shares(n)[split] >= least)
    return next(few, 150 * least // SPLITS[split])

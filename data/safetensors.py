"""The one format on disk, safetensors: tensors by name, in files that anybody's tools open.

    8 bytes   the length of the header, little-endian
    header    JSON: {"__metadata__": {...}, name: {"dtype": "F32", "shape": [2, 3],
              "data_offsets": [0, 24]}, ...}
    data      the tensors side by side, without a hole and without an overlap

Our own files (`save`, `load`) are bases, experts, decompositions and the states of runs: what is
known of the tensors is JSON in the metadata, and its "kind" says which of these it is. The format
has no checksum; ours have the CRC-32 of header and data in the metadata, so that one flipped bit
is noticed. Of strangers' files (data/llama/weights.py) `header` is read: nothing is believed that
the size of the file does not bear out.
"""
from __future__ import annotations

import ctypes
import json
import math
import mmap
import os
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO

import torch
from torch import Tensor

from data.files import MOST_JSON, opened, parse, show, write_whole

FLOATS = {"BF16": torch.bfloat16, "F16": torch.float16, "F32": torch.float32}
DTYPES = FLOATS | {"F64": torch.float64, "I64": torch.int64}  # of our own files
SEAL = b'{"__metadata__":{"crc32":"'  # how the header of ours begins; 8 hex digits follow
Kinds = dict[str, tuple[torch.dtype, tuple[int, ...]]]  # of tensors, by name
DEEPEST = 20  # brackets within brackets in our own metadata


@dataclass(frozen=True)
class Piece:
    """A tensor of one file, or a shard of one: its shape, and what maps it from disk."""

    path: Path
    shape: tuple[int, ...]
    read: Callable[[], Tensor]
    dtype: torch.dtype = torch.float32


# --------------------------------------------------------------------------------- our own files

def save(path: Path, tensors: dict[str, Tensor], meta: dict) -> None:
    """Tensors and what is known of them, whole or not at all. ValueError as in `write_whole`.

    tensors: of DTYPES, none of them empty. meta: what JSON can say, "kind" among it; tuples come
    back as lists, and keys as text.
    """
    assert all(tensor.numel() for tensor in tensors.values())
    begin, places = framed({name: (t.dtype, tuple(t.shape)) for name, t in tensors.items()},
                           {"crc32": "0" * 8, "t2": json.dumps(meta)})

    def write(file: BinaryIO) -> None:
        file.write(begin)
        crc = zlib.crc32(begin[8:])
        for name in places:
            data = raw(tensors[name])
            crc = zlib.crc32(data, crc)
            file.write(data)
        file.seek(8 + len(SEAL))
        file.write(b"%08x" % crc)
    write_whole(path, write)


def framed(kinds: Kinds, metadata: dict[str, str]) -> tuple[bytes, dict[str, int]]:
    """How a file begins, up to its data; and at which of its bytes each tensor does, in order.

    kinds: none of them empty. Those of the largest numbers come first, so that each is aligned.

    >>> begin, places = framed({"b": (torch.int64, (2,)), "w": (torch.float32, (3, 5))}, {})
    >>> len(begin) % 8, [place - len(begin) for place in places.values()]
    (0, [0, 16])
    """
    codes, end = {dtype: code for code, dtype in DTYPES.items()}, 0
    table: dict = {"__metadata__": metadata}
    for name in sorted(kinds, key=lambda name: -kinds[name][0].itemsize):
        dtype, shape = kinds[name]
        start, end = end, end + math.prod(shape) * dtype.itemsize
        table[name] = {"dtype": codes[dtype], "shape": [*shape], "data_offsets": [start, end]}
    header = json.dumps(table, separators=(",", ":")).encode()
    header += b" " * (-len(header) % 8)
    begin = len(header).to_bytes(8, "little") + header
    del table["__metadata__"]
    return begin, {name: len(begin) + one["data_offsets"][0] for name, one in table.items()}


def load(path: Path, kind: str, on_disk: bool = False) -> tuple[dict[str, Tensor], dict]:
    """What `save` wrote: tensors by name, and meta, whose "kind" is this one.

    on_disk: the tensors stay there until they are looked at, and hang on the file. ValueError
    if it is not there, damaged, not ours or of another kind. Whoever needs finite numbers looks.
    """
    old = path.with_suffix(".pt")
    if os.path.exists(old) and not os.path.lexists(path):
        again = "pretrain" if kind == "base" else "train"
        raise ValueError(f"{path} is not there, and {old.name} beside it is in the format of "
                         f"before, which is not read: run `python t2.py {again}` again")
    try:
        pieces, metadata = header(path, DTYPES)
        if not isinstance(metadata, dict) or not isinstance(metadata.get("t2"), str):
            raise ValueError(f"{path} has no metadata of t2: expected a file that t2.py wrote")
        if metadata.get("crc32") != checksum(path):
            raise ValueError(f"{path}: its checksum is wrong, so it is damaged")
        meta = parse(path, metadata["t2"].encode(errors="replace"))
        if deep(meta, DEEPEST):
            raise ValueError(f"{path} has brackets in brackets in its metadata, over {DEEPEST}")
        if meta.get("kind") != kind:
            raise ValueError(f"{path} is of kind {show(meta.get('kind'))}, expected {kind!r}")
    except ValueError as error:
        way = "; delete it and make it again" * os.path.lexists(path)
        raise ValueError(f"{error}{way}") from None
    return {name: piece.read() if on_disk else piece.read().clone()
            for name, piece in pieces.items()}, meta


def raw(tensor: Tensor) -> memoryview:
    """The bytes of a tensor, which are copied only if they are not in order on the CPU.

    >>> raw(torch.tensor([1, 256])[1:]).tolist()
    [0, 1, 0, 0, 0, 0, 0, 0]
    """
    tensor = tensor.detach().cpu().contiguous()
    memory = (ctypes.c_char * tensor.nbytes).from_address(tensor.data_ptr())
    memory.owner = tensor  # which lives as long as somebody looks at its bytes
    return memoryview(memory).cast("B")


def checksum(path: Path) -> str:
    """CRC-32 of all but the first 8 bytes, as if its own 8 digits were zeros."""
    with opened(path) as file:
        file.seek(8)
        crc = zlib.crc32(file.read(len(SEAL)) + b"0" * 8)
        file.seek(8, os.SEEK_CUR)
        while block := file.read(2**20):
            crc = zlib.crc32(block, crc)
    return f"{crc:08x}"


def deep(thing: object, most: int) -> bool:
    """Whether there are more than `most` brackets within brackets.

    >>> deep({"a": [1, [2]]}, 3), deep({"a": [1, [2]]}, 2)
    (False, True)
    """
    if not isinstance(thing, (dict, list)):
        return False
    parts = thing.values() if isinstance(thing, dict) else thing
    return most == 0 or any(deep(part, most - 1) for part in parts)


# ------------------------------------------------------------------------------- anybody's files

def header(path: Path, dtypes: dict[str, torch.dtype] = FLOATS) -> tuple[dict[str, Piece], object]:
    """The tensors that a header tells of, and its metadata as they stand there.

    ValueError if it is none, tells of other dtypes, or its spans do not fill the file.
    """
    with opened(path) as file:
        room = path.stat().st_size - 8
        length = int.from_bytes(file.read(8), "little")
        if not 2 <= length <= min(room, MOST_JSON):
            raise ValueError(f"{path}: a header of {length} bytes in a file of {room + 8}, "
                             "expected a safetensors file: cut off, or something else")
        table = parse(path, file.read(length))
    metadata = table.pop("__metadata__", None)
    spans = sorted((*span(path, name, entry, dtypes), name) for name, entry in table.items())
    position, pieces = 0, {}
    for start, end, name in spans:
        if start != position:
            raise ValueError(f"{path}: {show(name)} begins at byte {start} of the data, expected "
                             f"{position}: no holes and no overlaps")
        position = end
        dtype, shape = dtypes[table[name]["dtype"]], tuple(table[name]["shape"])
        pieces[name] = Piece(path, shape, partial(mapped, path, 8 + length + start, dtype, shape),
                             dtype)
    if position != room - length:
        raise ValueError(f"{path}: {room - length} bytes of data, expected {position}")
    return pieces, metadata


def span(path: Path, name: str, entry: object, dtypes: dict[str, torch.dtype] = FLOATS
         ) -> tuple[int, int]:
    """First byte and the one after the last of an entry of the header, if it makes sense.

    >>> entry = {"dtype": "BF16", "shape": [2, 3], "data_offsets": [8, 20]}
    >>> span(Path("model.safetensors"), "w", entry)
    (8, 20)
    """
    where = f"{path}: {show(name)}"
    if not isinstance(entry, dict) or set(entry) != {"dtype", "shape", "data_offsets"}:
        raise ValueError(f"{where} is {show(entry)}, expected dtype, shape and data_offsets")
    dtype, shape, offsets = entry["dtype"], entry["shape"], entry["data_offsets"]
    if not isinstance(dtype, str) or dtype not in dtypes:
        raise ValueError(f"{where} is of dtype {show(dtype)}, expected {' or '.join(dtypes)}: "
                         "quantised weights are not read")
    for what, values, least in (("shape", shape, 1), ("data_offsets", offsets, 0)):
        if not isinstance(values, list) or len(values) > 8 or any(
                type(value) is not int or value < least for value in values):
            raise ValueError(f"{where}: {what} is {show(values)}, expected whole numbers from "
                             f"{least}")
    size = math.prod(shape) * dtypes[dtype].itemsize
    if len(offsets) != 2 or offsets[1] - offsets[0] != size:
        raise ValueError(f"{where}: data_offsets is {show(offsets)}, expected {size} bytes for "
                         f"{dtype} of shape {show(shape)}")
    return offsets[0], offsets[1]


def mapped(path: Path, start: int, dtype: torch.dtype, shape: tuple[int, ...]) -> Tensor:
    """The tensor that begins at a byte of a file; unmapped when the last reference to it goes."""
    shift, size = start % mmap.ALLOCATIONGRANULARITY, math.prod(shape) * dtype.itemsize
    with opened(path) as file:  # a private copy can be written to, which is what torch wants
        memory = mmap.mmap(file.fileno(), shift + size, access=mmap.ACCESS_COPY,
                           offset=start - shift)
    flat = torch.frombuffer(memory, dtype=torch.uint8, count=size, offset=shift)
    return (flat.clone() if start % dtype.itemsize else flat).view(dtype).view(shape)  # aligned

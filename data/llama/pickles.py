"""Meta's consolidated.*.pth: dense weights by name in a zip archive, as torch.save writes it.

The only pickles that are read, by torch's weights-only loader, so that nothing in them is run. It
looks at no checksum, and believes all that a pickle says of a tensor: both are held against the
archive here. Everything else is safetensors.
"""
from __future__ import annotations

import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch
from torch import Tensor

from data.files import opened, show
from data.safetensors import FLOATS


class Damaged(ValueError):
    """What is wrong with a file, in words of ours."""


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Whatever goes wrong in here is one ValueError that names the file."""
    opened(path).close()
    try:
        yield
    except Exception as error:  # a pickle can break in any way; what it holds is never run
        why = (error if isinstance(error, Damaged)
               else getattr(error, "strerror", None) or type(error).__name__)
        raise ValueError(f"{path} can't be read ({why}): damaged, or not what belongs there; "
                         "delete it and fetch it again") from None


def check_sums(path: Path) -> None:
    """ValueError unless each member of the archive has the CRC-32 that is written beside it."""
    with reading(path), zipfile.ZipFile(path) as archive:
        members = archive.infolist()
        packed = any(member.compress_type != zipfile.ZIP_STORED for member in members)
        if packed or sum(member.file_size for member in members) > path.stat().st_size:
            raise Damaged("it unpacks to more than it is")  # as no file of torch.save does
        if len({member.filename for member in members}) < len(members):
            raise Damaged("a name is there twice")  # of which only one would be looked at
        if name := archive.testzip():
            raise Damaged(f"the checksum of {show(name)} is wrong")


def shard(path: Path) -> dict[str, Tensor]:
    """A file of Meta's, mapped from disk. Its checksums are looked at by `check_sums`.

    ValueError if it holds anything but dense weights by name, or other data than it says.
    """
    with reading(path):
        with zipfile.ZipFile(path) as archive:
            there = sorted(member.file_size for member in archive.infolist()
                           if "/data/" in member.filename and member.file_size)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of torch, on what is refused below
            table = torch.load(path, map_location="cpu", weights_only=True, mmap=True)
        if not isinstance(table, dict):
            raise Damaged(f"it holds a {type(table).__name__}, expected a dictionary of tensors")
        lengths: dict[int, int] = {}  # of the storages, of which tensors may share one
        for name, tensor in table.items():
            if not (isinstance(name, str) and isinstance(tensor, Tensor) and dense(tensor)):
                what = tensor.dtype if isinstance(tensor, Tensor) else type(tensor).__name__
                raise Damaged(f"{show(name)} is {what}, expected dense bfloat16, float16 or "
                              "float32: quantised weights are not read")
            lengths[tensor.untyped_storage().data_ptr()] = tensor.untyped_storage().nbytes()
        if sorted(filter(None, lengths.values())) != there:
            raise Damaged("its tensors are longer or shorter than its data")
        return {name: tensor.detach() for name, tensor in table.items()}


def dense(tensor: Tensor) -> bool:
    """Whether its numbers are in memory, of a dtype that is read, each in a place of its own.

    >>> dense(torch.ones(2)), dense(torch.ones(1).expand(2)), dense(torch.ones(2).to_sparse())
    (True, False, False)
    """
    return (tensor.dtype in FLOATS.values() and tensor.layout == torch.strided
            and tensor.device.type == "cpu" and not tensor.is_nested
            and tensor.nbytes <= tensor.untyped_storage().nbytes())


class Shard:
    """Hands out the tensors of a file, which it maps anew now and then.

    What was read of a mapping stays in memory with it, and to map takes a while: 1/32 is a middle.
    """

    def __init__(self, path: Path) -> None:
        self.path, self.table, self.left = path, {}, 0

    def read(self, name: str) -> Tensor:
        """A tensor of the file, by name; it stays mapped while the caller holds it."""
        if self.left <= 0:
            self.table = {}  # unmaps
            self.table, self.left = shard(self.path), self.path.stat().st_size // 32
        self.left -= self.table[name].nbytes
        return self.table[name].detach()

"""How what is made gets to disk and back: whole, checked, and by one run at a time.

    write_whole   writes beside the file, flushes to disk, renames: whatever happens at whatever
                  moment, a reader finds the old file or the new one
    load_file     holds a file against its checksums, then reads it with nothing in it ever run
    alone         keeps a folder for one run; what killed runs left half written is swept away

Of the processes that torchrun starts, the first alone writes. Nothing of this is in the paper.
Left out: a format of our own. Experts, bases and training states are torch's files, read with
more distrust than torch.load has; reports are JSON.
"""
from __future__ import annotations

import copy
import ctypes
import hashlib
import json
import os
import re
import sqlite3
import warnings
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from reprlib import Repr
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from torch import Tensor

    from model import GPT

FIRST = os.environ.get("WORLD_SIZE", "1") == "1" or os.environ.get("RANK") == "0"
_TEMPORARY = re.compile(r".+\.(pt|svd|json|jsonl|model)\.\d+\.tmp")  # as write_whole names them
_repr = Repr()
_repr.maxstring = _repr.maxother = 80


def write_whole(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """write(file) makes the file's content. ValueError if it can't be written.

    Until all of it is on disk, what `path` held before is there and untouched.
    """
    if not FIRST:
        return
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except (OSError, RuntimeError) as error:
        cause = error if isinstance(error, OSError) else error.__context__  # torch hides it there
        if not isinstance(cause, OSError):
            raise
        raise ValueError(f"{path} can't be written ({cause.strerror}): what it held before is "
                         "untouched; mend that and run the same command again") from None
    finally:
        with suppress(OSError):  # it is rarely there, and neither may its folder be
            temporary.unlink()


def remove(path: Path) -> None:
    """Deletes a file, if it is there."""
    if FIRST:
        path.unlink(missing_ok=True)


def write_json(path: Path, thing: dict) -> None:
    """JSON with one key a line, whole or not at all. ValueError as in `write_whole`."""
    write_whole(path, lambda file: file.write((json.dumps(thing, indent=1) + "\n").encode()))


def save_file(path: Path, thing: dict) -> None:
    """torch.save, whole or not at all. ValueError as in `write_whole`."""
    import torch  # here: t2.py imports this file, and its --help answers at once
    write_whole(path, lambda file: torch.save(thing, file))


def show(value: object) -> str:
    r"""A value from a stranger's file as one short line that can be printed.

    >>> show([1] * 50), show("two\nlines")
    ('[1, 1, 1, 1, 1, 1, ...]', "'two\\nlines'")
    """
    try:
        text = " ".join(_repr.repr(value).split())
    except ValueError:
        text = "a number of thousands of digits"  # which Python does not turn into text
    return text if len(text) <= 160 else f"{text[:157]}..."


def opened(path: Path) -> BinaryIO:
    """The file, to read bytes. ValueError if it is not there or not a file.

    >>> opened(Path("no-such-file"))
    Traceback (most recent call last):
    ValueError: no-such-file is not there
    """
    try:
        if path.is_file():  # a pipe would wait for ever
            return path.open("rb")
        reason = "is not a file" if os.path.lexists(path) else "is not there"
    except OSError as error:
        reason = f"can't be read ({error.strerror})"
    raise ValueError(f"{path} {reason}")


def load_file(path: Path, mmap: bool = False) -> dict:
    """A dictionary that save_file wrote. ValueError if it is not there, damaged or not ours.

    mmap: the tensors stay mapped from disk, instead of being read.
    """
    check_sums(path)
    thing = map_file(path)
    return thing if mmap else copy.deepcopy(thing)


def check_sums(path: Path) -> None:
    """torch.save writes a zip archive with a CRC-32 of each member; torch.load looks at none."""
    with _reading(path), zipfile.ZipFile(path) as archive:
        members = archive.infolist()
        packed = any(member.compress_type != zipfile.ZIP_STORED for member in members)
        if packed or sum(member.file_size for member in members) > path.stat().st_size:
            raise Damaged("it unpacks to more than it is")  # as no file of torch.save does
        if len({member.filename for member in members}) < len(members):
            raise Damaged("a name is there twice")  # of which only one would be looked at
        if name := archive.testzip():
            raise Damaged(f"the checksum of {show(name)} is wrong")


def map_file(path: Path) -> dict:
    """A dictionary that torch.save wrote, its tensors mapped from disk. Checksums: check_sums.

    What a pickle says of a tensor is held against the archive: torch.load believes all of it.
    """
    import torch  # here: t2.py imports this file, and its --help answers at once
    with _reading(path):
        with zipfile.ZipFile(path) as archive:
            there = sorted(member.file_size for member in archive.infolist()
                           if "/data/" in member.filename and member.file_size)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of torch, on what is refused below
            thing = torch.load(path, map_location="cpu", weights_only=True, mmap=True)
        if not isinstance(thing, dict):
            raise Damaged(f"it holds a {type(thing).__name__}, expected a dictionary of tensors")
        lengths: dict[int, int] = {}
        _look(thing, "the whole", lengths, iter(range(path.stat().st_size)))
        if sorted(filter(None, lengths.values())) != there:
            raise Damaged("its tensors are longer or shorter than its data")
    return thing


def fingerprint(model: GPT) -> str:
    """16 hex digits of the config and all weights: an expert fits the base it was trained on.

    Weights are rounded to bfloat16 for it, so that a base is the same base in every dtype.
    """
    digest = hashlib.sha256(repr(model.config).encode())
    for name, p in sorted(model.named_parameters()):
        p = p.detach().bfloat16().cpu().contiguous()
        digest.update(name.encode())
        digest.update(ctypes.string_at(p.data_ptr(), p.numel() * p.element_size()))
    return digest.hexdigest()[:16]


class Damaged(ValueError):
    """What is wrong with a file, in words of ours."""


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    """Whatever goes wrong in here is one line that names the file."""
    opened(path).close()
    try:
        yield
    except Exception as error:  # a pickle can break in any way; what it holds is never run
        why = (error if isinstance(error, Damaged)
               else getattr(error, "strerror", None) or type(error).__name__)
        raise ValueError(f"{path} can't be read ({why}): damaged, or not what belongs there; "
                         "delete it and make or fetch it again") from None


def _look(thing: object, name: object, lengths: dict[int, int], room: Iterator[int],
          depth: int = 0) -> None:
    """Damaged unless it is plain; `lengths` gets address -> bytes of each tensor's storage.

    What it holds takes a byte of the file each: a list of lists of lists that names one of them
    very often has no room.
    """
    import torch
    if next(room, None) is None:
        raise Damaged("it unpacks to more than it is")
    good, what, parts = depth < 20, type(thing).__name__, ()  # nothing is inside itself
    if isinstance(thing, torch.Tensor):
        what = thing.dtype
        if good := _dense(thing):
            lengths[thing.untyped_storage().data_ptr()] = thing.untyped_storage().nbytes()
    elif isinstance(thing, dict):  # an OrderedDict may carry values in the place of its methods
        good, parts = good and {*getattr(thing, "__dict__", ())} <= {"_metadata"}, thing.items()
    elif isinstance(thing, (list, tuple)):
        parts = enumerate(thing)
    else:
        good = thing is None or isinstance(thing, (bool, int, float, str))
    if not good:
        raise Damaged(f"{show(name)} is {what}, expected dense tensors, numbers and text")
    for key, part in parts:
        _look(part, key, lengths, room, depth + 1)


def _dense(tensor: Tensor) -> bool:
    """Real numbers in memory, each in a place of its own."""
    import torch
    return (tensor.layout == torch.strided and tensor.device.type == "cpu"
            and not (tensor.is_nested or tensor.is_quantized or tensor.is_complex())
            and tensor.nbytes <= tensor.untyped_storage().nbytes())


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Keeps `folder` for this process. ValueError if another one has it.

    The lock is a transaction on an empty SQLite file: the system takes it back when the process
    ends, however it ends, on every platform.
    """
    if not FIRST:
        yield
        return
    with closing(sqlite3.connect(folder / ".lock", timeout=0, isolation_level=None)) as lock:
        try:
            lock.execute("PRAGMA journal_mode = MEMORY")  # no journal beside it, left by a kill
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.Error as error:
            why = ("another run is at work there; wait for it" if "locked" in str(error)
                   else f"its file .lock is of no use ({error}); delete it")
            raise ValueError(f"--out {folder}: {why}, or name another folder") from None
        for path in folder.iterdir():
            if _TEMPORARY.fullmatch(path.name):
                path.unlink(missing_ok=True)
        yield

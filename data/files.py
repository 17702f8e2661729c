"""How what is made gets to disk and back: whole, checked, and by one run at a time.

    write_whole   writes beside the file, flushes to disk, renames: whatever happens at whatever
                  moment, a reader finds the old file or the new one
    load_file     holds a file against its checksums, then reads it with nothing in it ever run
    alone         keeps a folder for one run; what killed runs left half written is swept away
"""
from __future__ import annotations

import json
import os
import re
import sqlite3
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import BinaryIO

_TEMPORARY = re.compile(r".+\.(pt|svd|json|jsonl|model)\.\d+\.tmp")  # as write_whole names them


def write_whole(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """write(file) makes the file's content. ValueError if it can't be written.

    Until all of it is on disk, what `path` held before is there and untouched.
    """
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
        temporary.unlink(missing_ok=True)


def write_json(path: Path, thing: dict) -> None:
    write_whole(path, lambda file: file.write((json.dumps(thing, indent=1) + "\n").encode()))


def save_file(path: Path, thing: dict) -> None:
    """torch.save, whole or not at all."""
    import torch  # here: t2.py imports this file, and its --help answers at once
    write_whole(path, lambda file: torch.save(thing, file))


def load_file(path: Path, mmap: bool = False) -> dict:
    """A dictionary that save_file wrote. ValueError if it is not there, damaged or not ours.

    mmap: maps the tensors from disk instead of reading them; who asks for that checks them.
    """
    if not path.is_file():  # a pipe would wait for ever
        raise ValueError(f"{path} " + ("is not a file" if path.exists() else "is not there"))
    import torch
    try:
        if not mmap:
            _check_sums(path)
        thing = torch.load(path, map_location="cpu", weights_only=True, mmap=mmap)
    except Exception as error:  # a pickle can break in any way; what it holds is never run
        why = error.strerror if isinstance(error, OSError) else type(error).__name__
        raise ValueError(f"{path} can't be read ({why}): damaged, or not made by t2.py; delete "
                         "it or make it again") from None
    if not isinstance(thing, dict):
        raise ValueError(f"{path} holds a {type(thing).__name__}, expected a dictionary")
    return thing


def _check_sums(path: Path) -> None:
    """torch.save writes a zip archive with a CRC-32 of each member; torch.load looks at none."""
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
        packed = any(member.compress_type != zipfile.ZIP_STORED for member in members)
        if packed or sum(member.file_size for member in members) > path.stat().st_size:
            raise ValueError("it unpacks to more than it is")  # as no file of torch.save does
        if name := archive.testzip():
            raise ValueError(f"the checksum of {name} is wrong")


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Keeps `folder` for this process. ValueError if another one has it.

    The lock is a transaction on an empty SQLite file: the system takes it back when the process
    ends, however it ends, on every platform.
    """
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

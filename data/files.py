"""How what is made gets to disk and back: whole, checked, and by one run at a time.

    write_whole   writes beside the file, flushes to disk, renames: whatever happens at whatever
                  moment, a reader finds the old file or the new one
    new_folder    the same with a folder and all that is in it
    read_json     a JSON object from anybody, bounded
    alone         keeps a folder for one run; what killed runs left half written is swept away

Of the processes that torchrun starts, the first alone writes. Nothing of this is in the paper.
What the files hold: safetensors (data/safetensors.py), and JSON for reports.
"""
from __future__ import annotations

import hashlib
import json
import math
import os
import re
import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from reprlib import Repr
from typing import BinaryIO

FIRST = os.environ.get("WORLD_SIZE", "1") == "1" or os.environ.get("RANK") == "0"
MOST_JSON = 100_000_000  # bytes; the headers of the largest models have less than a tenth of it
POINTER = b"version https://git-lfs"  # how a file begins that Git LFS has not fetched
_TEMPORARY = re.compile(r".+\.(safetensors|json|jsonl|model)\.\d+\.tmp")  # of write_whole
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
    except OSError as error:
        raise ValueError(f"{path} can't be written ({error.strerror}): what it held before is "
                         "untouched; mend that and run the same command again") from None
    finally:
        with suppress(OSError):  # it is rarely there, and neither may its folder be
            temporary.unlink()


@contextmanager
def new_folder(to: Path) -> Iterator[Path]:
    """A folder beside `to` that takes its place at the end; whatever goes wrong in here, it alone
    is deleted. ValueError where it can't be written, or something came to `to` meanwhile.
    """
    folder = to.with_name(f".{to.name[:50]}.{os.urandom(4).hex()}.tmp")
    try:
        folder.mkdir(parents=True)
        yield folder
        with suppress(FileNotFoundError):
            to.rmdir()  # if it is empty; Windows renames to what is not there alone
        folder.rename(to)
    except BaseException as error:
        shutil.rmtree(folder, ignore_errors=True)
        if (not isinstance(error, OSError) or isinstance(error, BrokenPipeError)
                or error.filename and not str(error.filename2 or error.filename).startswith(
                    (str(folder), str(to)))):
            raise  # it is about what is read or printed
        raise ValueError(f"{to} can't be written ({error.strerror}): what was there is untouched; "
                         "mend that and run the same command again") from None


def remove(path: Path) -> None:
    """Deletes a file, if it is there."""
    if FIRST:
        path.unlink(missing_ok=True)


def write_json(path: Path, thing: dict) -> None:
    """JSON with one key a line, whole or not at all. ValueError as in `write_whole`."""
    write_whole(path, lambda file: file.write((json.dumps(thing, indent=1) + "\n").encode()))


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
    """The file, to read bytes. ValueError if it is not there, not a file or not downloaded.

    >>> opened(Path("no-such-file"))
    Traceback (most recent call last):
    ValueError: no-such-file is not there
    """
    try:
        if path.is_file():  # a pipe would wait for ever
            file = path.open("rb")
            if not file.peek().startswith(POINTER):
                return file
            file.close()
            reason = f"is not downloaded: run `git lfs pull` in {path.parent}"
        else:
            reason = "is not a file" if os.path.lexists(path) else "is not there"
    except OSError as error:
        reason = f"can't be read ({error.strerror})"
    raise ValueError(f"{path} {reason}")


def file_digest(path: Path) -> str:
    """16 hex digits of what a file holds. ValueError as in `opened`."""
    with opened(path) as file:
        return hashlib.sha256(file.read()).hexdigest()[:16]


def read_json(path: Path) -> dict:
    """A file that holds one JSON object. ValueError as in `opened` and `parse`."""
    with opened(path) as file:
        return parse(path, file.read(MOST_JSON + 1))


def parse(path: Path, raw: bytes) -> dict:
    """A JSON object. ValueError if it is none, is too long or too deep, or names a key twice.

    >>> parse(Path("config.json"), b'{"vocab_size": 8, "vocab_size": 9}')
    Traceback (most recent call last):
    ValueError: config.json: expected a JSON object: 'vocab_size' stands there more than once
    """
    def unique(pairs: list[tuple[str, object]]) -> dict:
        if len(table := dict(pairs)) < len(pairs):
            (twice, _), = Counter(key for key, _ in pairs).most_common(1)
            raise ValueError(f"{show(twice)} stands there more than once")
        return table
    try:
        if len(raw) > MOST_JSON:
            raise ValueError(f"more than {MOST_JSON} bytes")
        table = json.loads(raw.decode(), object_pairs_hook=unique,  # a million digits take minutes
                           parse_int=lambda d: int(d) if len(d) < 21 else math.inf)
        if not isinstance(table, dict):
            raise ValueError(f"it holds {show(table)}")
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path}: expected a JSON object: {error}") from None
    return table


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Keeps `folder` for this process. ValueError if another one has it.

    The lock is a transaction on an empty SQLite file: the system takes it back when the process
    ends, however it ends, on every platform.
    """
    if not FIRST:
        yield
        return
    try:
        lock = sqlite3.connect(folder / ".lock", timeout=0, isolation_level=None)
        lock.execute("PRAGMA journal_mode = MEMORY")  # no journal beside it, left by a kill
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.Error as error:
        why = ("another run is at work there; wait for it" if "locked" in str(error)
               else f"its file .lock is of no use ({error}); delete it")
        raise ValueError(f"--out {folder}: {why}, or name another folder") from None
    with closing(lock):
        for path in folder.iterdir():
            if _TEMPORARY.fullmatch(path.name):
                path.unlink(missing_ok=True)
        yield

"""Nothing is lost: files are whole or not there, and one run has a folder."""
from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import torch

import t2
from data import HERE, files
from data.files import alone, parse, read_json, remove, write_json, write_whole
from data.safetensors import load, save


def test_a_write_that_fails_leaves_the_old_file_and_nothing_beside_it(tmp_path: Path) -> None:
    write_json(path := tmp_path / "a.json", {"old": 1})

    def half(error: Exception) -> Callable:
        def write(file: object) -> None:
            file.write(b"{")
            raise error
        return write
    with pytest.raises(ValueError, match=r"a\.json can't be written \(No space left"):
        write_whole(path, half(OSError(28, "No space left on device")))
    with pytest.raises(RuntimeError, match="ours"):
        write_whole(path, half(RuntimeError("ours, and no full disk")))
    assert path.read_text() == '{\n "old": 1\n}\n' and os.listdir(tmp_path) == ["a.json"]
    with pytest.raises(ValueError, match="can't be written"):
        write_json(path / "b.json", {})  # in a folder that is a file


def test_a_file_is_on_disk_before_it_has_its_name(tmp_path: Path,
                                                  monkeypatch: pytest.MonkeyPatch) -> None:
    done, fsync, rename = [], os.fsync, os.replace
    monkeypatch.setattr("os.fsync", lambda fd: (done.append("flush"), fsync(fd)))
    monkeypatch.setattr("os.replace", lambda a, b: (done.append("rename"), rename(a, b)))
    save(path := tmp_path / "new" / "a.safetensors", {"x": torch.ones(1)}, {"kind": "state"})
    assert done == ["flush", "rename"] and load(path, "state")[0]["x"] == 1


def test_of_several_processes_the_first_alone_writes(tmp_path: Path,
                                                     monkeypatch: pytest.MonkeyPatch) -> None:
    write_json(path := tmp_path / "a.json", {"x": 1})
    monkeypatch.setattr(files, "FIRST", False)
    write_json(path, {"x": 2})
    remove(path)
    with alone(tmp_path):
        assert os.listdir(tmp_path) == ["a.json"] and read_json(path) == {"x": 1}


@contextmanager
def no_room(size: int) -> Iterator[None]:
    """No file may have more bytes than this, as if the disk were full."""
    resource = pytest.importorskip("resource", reason="file sizes can't be limited here")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_is_one_clear_line_and_the_old_files_stay(tmp_path: Path) -> None:
    a, b, meta = tmp_path / "a.safetensors", tmp_path / "b.json", {"kind": "state"}
    save(a, {"x": torch.zeros(100)}, meta)
    write_json(b, {"x": 1})
    with no_room(50_000):
        for write in (lambda: save(a, {"x": torch.ones(100_000)}, meta),
                      lambda: write_json(b, {"x": "y" * 100_000})):
            with pytest.raises(ValueError, match=r"can't be written \(File too large\)"):
                write()
    assert load(a, "state")[0]["x"].sum() == 0 and read_json(b) == {"x": 1}
    assert sorted(os.listdir(tmp_path)) == ["a.safetensors", "b.json"]


@pytest.mark.slow
def test_a_full_disk_stops_train_in_one_line_and_it_goes_on_later(
        tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    args = ["train", "--task", "classifier", "--steps", "2", "--n", "9", "--out", str(tmp_path)]
    with no_room(9000):
        assert t2.main(args) == 2
    assert "can't be written (File too large)" in capsys.readouterr().err.splitlines()[-1]
    assert not list(tmp_path.glob("*.safetensors*"))
    assert t2.main(args) == 0 and (tmp_path / "classifier.safetensors").exists()


# ------------------------------------------------------------------------------------- one folder

def test_a_second_run_in_a_folder_says_so_and_stops(tmp_path: Path,
                                                    capsys: pytest.CaptureFixture) -> None:
    with alone(tmp_path):
        assert t2.main(["ask", "hello", "--out", str(tmp_path)]) == 2
    error, = capsys.readouterr().err.strip().splitlines()
    assert "another run is at work there" in error and not (tmp_path / "ask.json").exists()


def test_a_killed_run_leaves_no_lock(tmp_path: Path) -> None:
    code = ("import sys, time\nfrom pathlib import Path\nfrom data.files import alone\n"
            "with alone(Path(sys.argv[1])):\n    print('mine', flush=True)\n    time.sleep(60)")
    with subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], cwd=HERE.parent, text=True,
                          stdout=subprocess.PIPE) as other:
        assert other.stdout.readline() == "mine\n"
        with pytest.raises(ValueError, match="another run"), alone(tmp_path):
            pass
        other.kill()
    start = time.monotonic()
    with alone(tmp_path):
        assert time.monotonic() - start < 5


def test_leftovers_of_killed_runs_are_swept_and_nothing_else(tmp_path: Path) -> None:
    keep = {"notes.tmp", "math.safetensors", "math.safetensors.tmp", "photo.jpg.12.tmp",
            "a.json.x.tmp"}
    sweep = {"math.safetensors.123.tmp", "math.state.safetensors.9.tmp", "adapt.json.1.tmp"}
    for name in keep | sweep:
        (tmp_path / name).write_text("x")
    with alone(tmp_path):
        assert set(os.listdir(tmp_path)) == keep | {".lock"}


@pytest.mark.parametrize("make", [lambda path: path.write_bytes(b"not a database" * 100),
                                  lambda path: path.mkdir()])
def test_a_lock_that_is_none_is_one_clear_line(make: Callable, tmp_path: Path) -> None:
    make(tmp_path / ".lock")
    with pytest.raises(ValueError, match=r"\.lock is of no use .* delete it"), alone(tmp_path):
        pass


# ------------------------------------------------------------------------------------------- JSON

@pytest.mark.parametrize("raw, says", [
    (b"", "Expecting value"), (b"{", "Expecting"), (b"[1]", "it holds [1]"), (b"null", "it holds"),
    (b"\xff\xfe{", "utf-8"), (b"\xef\xbb\xbf{}", "BOM"), (b"[" * 100_000, "recursion"),
    (b'{"a": {"b": 1, "c": 2, "b": 1}}', "'b' stands there more than once"),
    (b'{"a":' * 100_000, "recursion")])
def test_json_that_is_none(tmp_path: Path, raw: bytes, says: str) -> None:
    (path := tmp_path / "a.json").write_bytes(raw)
    with pytest.raises(ValueError) as caught:
        read_json(path)
    text = str(caught.value)
    assert text.startswith(f"{path}: expected a JSON object: ") and says in text
    assert "\n" not in text and len(text) < 400


def test_json_that_is_too_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert parse(tmp_path, b'{"a": ' + b"9" * 1_000_000 + b"}") == {"a": float("inf")}  # at once
    monkeypatch.setattr(files, "MOST_JSON", 20)
    with pytest.raises(ValueError, match="more than 20 bytes"):
        parse(tmp_path, b'{"text": "' + b"x" * 20 + b'"}')

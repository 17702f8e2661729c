"""Nothing is lost: files are whole or not there, checked when read, and one run has a folder."""
from __future__ import annotations

import os
import struct
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from data import HERE
from data.files import alone, load_file, save_file, write_json, write_whole

ROOT = HERE.parent


def python(code: str, *args: object) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, "-c", code, *map(str, args)], cwd=ROOT, text=True,
                          capture_output=True, timeout=120)


def test_a_write_that_fails_leaves_the_old_file_and_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    write_json(path, {"old": 1})

    def half(file: object) -> None:
        file.write(b"{")
        raise OSError(28, "No space left on device")
    with pytest.raises(ValueError, match=r"a\.json can't be written \(No space left"):
        write_whole(path, half)
    def mistaken(file: object) -> None:
        raise RuntimeError("ours, and no full disk")
    with pytest.raises(RuntimeError, match="ours"):
        write_whole(path, mistaken)
    assert path.read_text() == '{\n "old": 1\n}\n' and os.listdir(tmp_path) == ["a.json"]


def test_a_folder_that_is_a_file_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a file")
    with pytest.raises(ValueError, match="can't be written"):
        write_json(tmp_path / "a" / "b.json", {})
    done = subprocess.run([sys.executable, "-m", "data.tasks.english", str(tmp_path / "a" / "b")],
                          cwd=ROOT, text=True, capture_output=True)
    assert done.returncode == 1 and len(done.stderr.splitlines()) == 1


def test_a_file_is_on_disk_before_it_has_its_name(tmp_path: Path,
                                                  monkeypatch: pytest.MonkeyPatch) -> None:
    done = []
    fsync, rename = os.fsync, os.replace
    monkeypatch.setattr("os.fsync", lambda fd: (done.append("flush"), fsync(fd)))
    monkeypatch.setattr("os.replace", lambda a, b: (done.append("rename"), rename(a, b)))
    save_file(tmp_path / "new" / "a.pt", {"x": 1})
    assert done == ["flush", "rename"] and load_file(tmp_path / "new" / "a.pt") == {"x": 1}


def test_every_flipped_bit_of_a_tensor_is_noticed(tmp_path: Path) -> None:
    path, x = tmp_path / "a.pt", torch.arange(40.0)
    save_file(path, {"x": x})
    whole = path.read_bytes()
    at = whole.index(struct.pack("<f", 7.0))
    for bit in range(0, 32, 5):
        damaged = bytearray(whole)
        damaged[at + bit // 8] ^= 1 << bit % 8
        path.write_bytes(damaged)
        with pytest.raises(ValueError, match="damaged"):
            load_file(path)
        torch.load(path, weights_only=True)  # which by itself says nothing


FULL = """
import resource, sys, torch
from pathlib import Path
from data.files import load_file, save_file, write_json
path = Path(sys.argv[1])
save_file(path / "a.pt", {"x": torch.zeros(100)})
write_json(path / "a.json", {"x": 1})
resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
for write in (lambda: save_file(path / "a.pt", {"x": torch.ones(100_000)}),
              lambda: write_json(path / "a.json", {"x": "y" * 100_000})):
    try:
        write()
    except ValueError as error:
        print(error)
print(load_file(path / "a.pt")["x"].sum().item(), (path / "a.json").read_text().split())
"""


def test_a_full_disk_is_one_clear_line_and_the_old_files_stay(tmp_path: Path) -> None:
    pytest.importorskip("resource", reason="the size of files can't be limited here")
    said = python(FULL, tmp_path).stdout.splitlines()
    assert len(said) == 3 and all("can't be written (File too large)" in line for line in said[:2])
    assert said[2] == "0.0 ['{', '\"x\":', '1', '}']"
    assert sorted(os.listdir(tmp_path)) == ["a.json", "a.pt"]


def test_a_full_disk_stops_train_in_one_line_and_it_goes_on_later(tmp_path: Path) -> None:
    pytest.importorskip("resource", reason="the size of files can't be limited here")
    args = ["train", "--task", "classifier", "--steps", "2", "--n", "9", "--out", str(tmp_path)]
    code = "import sys, t2; sys.exit(t2.main(sys.argv[1:]))"
    done = python("import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, (9000, 9000))\n"
                  + code, *args)
    assert done.returncode == 2 and not list(tmp_path.glob("*.pt*"))
    assert "can't be written (File too large)" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr
    assert python(code, *args).returncode == 0 and (tmp_path / "classifier.pt").exists()


def test_a_second_run_in_a_folder_says_so_and_stops(tmp_path: Path) -> None:
    def ask() -> subprocess.CompletedProcess:
        return python("import sys, t2; sys.exit(t2.main(sys.argv[1:]))", "ask", "hello", "--out",
                      tmp_path)
    with alone(tmp_path):
        done = ask()
    assert done.returncode == 2 and "another run is at work there" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1 and not (tmp_path / "ask.json").exists()
    assert ask().returncode == 0


def test_a_killed_run_leaves_no_lock(tmp_path: Path) -> None:
    code = ("import sys, time\nfrom pathlib import Path\nfrom data.files import alone\n"
            "with alone(Path(sys.argv[1])):\n    print('mine', flush=True)\n    time.sleep(60)")
    with subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, text=True,
                          stdout=subprocess.PIPE) as other:
        assert other.stdout.readline() == "mine\n"
        with pytest.raises(ValueError, match="another run"), alone(tmp_path):
            pass
        other.kill()
    start = time.monotonic()
    with alone(tmp_path):
        assert time.monotonic() - start < 5


def test_leftovers_of_killed_runs_are_swept_and_nothing_else(tmp_path: Path) -> None:
    keep = {"notes.tmp", "math.pt", "math.pt.tmp", "photo.jpg.12.tmp", "a.json.x.tmp"}
    sweep = {"math.pt.123.tmp", "math.state.pt.9.tmp", "decomposition.svd.77.tmp",
             "adapt.json.1.tmp"}
    for name in keep | sweep:
        (tmp_path / name).write_text("x")
    with alone(tmp_path):
        assert set(os.listdir(tmp_path)) == keep | {".lock"}


def test_a_lock_that_is_none_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / ".lock").write_bytes(b"not a database" * 100)
    with pytest.raises(ValueError, match=r"\.lock is of no use .* delete it"), alone(tmp_path):
        pass

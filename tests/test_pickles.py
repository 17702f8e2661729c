"""Meta's files come from strangers: no pickle is run, and none is believed."""
from __future__ import annotations

import io
import os
import pickle
import warnings
import zipfile
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
import torch
from torch import Tensor, nn

from data.llama.pickles import check_sums, shard
from tests.published import raw


def refused(path: Path, says: str) -> None:
    """One line that names the file, and no warning."""
    with warnings.catch_warnings(), pytest.raises(ValueError) as caught:
        warnings.simplefilter("error")
        check_sums(path)
        shard(path)
    text = str(caught.value)
    assert text.startswith(f"{path} can't be read (") and says in text, text
    assert text.isprintable() and len(text) < 500


def archive(members: dict[str, bytes]) -> bytes:
    """A zip archive as torch.save writes it, but for the padding."""
    with zipfile.ZipFile(file := io.BytesIO(), "w") as made, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, content in members.items():
            made.writestr(name, content)
    return file.getvalue()


def test_dense_weights_are_read_and_storages_may_be_shared(tmp_path: Path) -> None:
    path, W = tmp_path / "a.pth", torch.rand(3, 5)
    torch.save({"W": W, "rows": W[1:], "p": nn.Parameter(W.half()), "b": W.bfloat16().T}, path)
    check_sums(path)
    table = shard(path)
    assert torch.equal(table["W"], W) and torch.equal(table["rows"], W[1:])
    assert torch.equal(table["b"], W.bfloat16().T) and not table["p"].requires_grad


@pytest.mark.parametrize("how, says", [
    ("deflated", "unpacks to more"), ("packed", "unpacks to more"), ("twice", "there twice"),
    ("overlapping", "unpacks to more")])
def test_an_archive_that_is_a_bomb(tmp_path: Path, how: str, says: str) -> None:
    """Small on disk, and all of it in its place but for how it is packed."""
    torch.save({"W": torch.rand(40)}, path := tmp_path / "a.pth")  # no smaller for being packed
    with zipfile.ZipFile(path) as file:
        members = {name: file.read(name) for name in file.namelist()}
    packed = zipfile.ZIP_DEFLATED if how in ("deflated", "packed") else zipfile.ZIP_STORED
    with zipfile.ZipFile(path, "w", packed) as made:
        for name, content in members.items():
            made.writestr(name, content)
        if how == "deflated":
            made.writestr("archive/bomb", bytes(10**7))
        made.filelist += made.filelist[:1] * {"twice": 1, "overlapping": 99}.get(how, 0)
    refused(path, says)


class Runs:
    """Calls something when its pickle is run."""

    def __init__(self, call: Callable, text: str) -> None:
        self.call, self.text = call, text

    def __reduce__(self) -> tuple:
        return self.call, (self.text,)


@pytest.mark.parametrize("call, text", [(os.system, "echo > {}"), (eval, "open({!r}, 'w')"),
                                        (os.mkdir, "{}")])
def test_a_pickle_that_runs_code_is_not_run(call: Callable, text: str, tmp_path: Path) -> None:
    marker, path = tmp_path / "marker", tmp_path / "a.pth"
    torch.save({"z": Runs(call, text.format(str(marker)))}, path)
    refused(path, "UnpicklingError")
    assert not marker.exists()
    torch.load(path, weights_only=False)
    assert marker.exists()  # it is one that would have run


class Storage(NamedTuple):
    kind: type
    key: str
    numel: int


class Said(NamedTuple):
    """What a pickle says of a tensor, be it true or not."""

    size: tuple
    stride: tuple = (1,)
    offset: int = 0
    storage: Storage = Storage(torch.FloatStorage, "0", 40)

    def __reduce__(self) -> tuple:
        return torch._utils._rebuild_tensor_v2, (self.storage, self.offset, self.size, self.stride,
                                                 False, OrderedDict())


class Pickler(pickle.Pickler):
    def persistent_id(self, thing: object) -> tuple | None:
        if isinstance(thing, Storage):
            return "storage", thing.kind, thing.key, "cpu", thing.numel


def said(path: Path, thing: object, data: bytes) -> None:
    Pickler(file := io.BytesIO(), 2).dump(thing)
    path.write_bytes(archive({"a/data.pkl": file.getvalue(), "a/byteorder": b"little",
                              "a/data/0": data, "a/version": b"3\n"}))


FLOATS, N = torch.FloatStorage, 40
CLAIMS = [
    *(Said((N,), storage=Storage(FLOATS, "0", n)) for n in (N + 1, N - 1, 10**9, 2**62, -1)),
    *(Said((N,), storage=Storage(FLOATS, key, N)) for key in ("9", "../version", "")),
    *(Said((N,), storage=Storage(kind, "0", N)) for kind in (torch.DoubleStorage, int)),
    *(Said((N,), (stride,)) for stride in (-1, 2, 2**50, "1")),
    *(Said((N,), (1,), offset) for offset in (1, -1, 2**40)),
    *(Said((size,)) for size in (N + 1, -N, 2**40, "x")),
    Said((2**62, 8), (8, 1)), Said((2**40,), (0,)), Said((N, 2**40), (1, 0))]


@pytest.mark.parametrize("claim", CLAIMS, ids=range(len(CLAIMS)))
def test_a_tensor_that_is_not_where_its_pickle_says(claim: Said, tmp_path: Path) -> None:
    path, values = tmp_path / "a.pth", torch.rand(N)
    said(path, {"W": Said((N,))}, raw(values))
    assert torch.equal(shard(path)["W"], values)
    said(path, {"W": claim}, raw(values))
    refused(path, "")


DENSE = "expected dense bfloat16, float16 or float32: quantised weights are not read"


@pytest.mark.parametrize("thing, says", [
    ([torch.ones(2)], "it holds a list, expected a dictionary of tensors"),
    (torch.ones(2), "it holds a Tensor"), (None, "it holds a NoneType"),
    *(({"W": wrong}, f"'W' is {what}, {DENSE}") for wrong, what in (
        (torch.ones(2).double(), "torch.float64"), (torch.ones(2).to(torch.int8), "torch.int8"),
        (torch.ones(2) > 0, "torch.bool"), (torch.ones(2) + 1j, "torch.complex64"),
        (torch.ones(1).expand(42), "torch.float32"), (torch.ones(2).to_sparse(), "torch.float32"),
        (torch.ones(2).to("meta"), "torch.float32"), ("text", "str"), (b"1", "bytes"),
        ({"W": torch.ones(2)}, "dict"), ([torch.ones(2)], "list"), ({1, 2}, "set"),
        (None, "NoneType"))),
    ({5: torch.ones(2)}, f"5 is torch.float32, {DENSE}")])
def test_what_is_no_dictionary_of_dense_weights(thing: object, says: str, tmp_path: Path) -> None:
    torch.save(thing, path := tmp_path / "a.pth")
    refused(path, says)


@pytest.mark.filterwarnings("ignore")  # of torch, when it makes them
@pytest.mark.parametrize("make", [
    lambda z: z.view(6, 7).to_sparse_csr(), lambda z: torch.nested.nested_tensor([z, z[1:]]),
    lambda z: torch.quantize_per_tensor(z, 0.1, 0, torch.qint8)])
def test_tensors_that_torch_warns_of(make: Callable[[Tensor], Tensor], tmp_path: Path) -> None:
    torch.save({"W": make(torch.ones(42))}, path := tmp_path / "a.pth")
    refused(path, "")


@pytest.mark.parametrize("whole", [b"", b"PK\3\4", b"\x80\x02}q\0.", b"not a zip" * 100,
                                   archive({}), archive({"a/data.pkl": b"\x80\x02}q\0."})])
def test_what_is_no_archive_of_torch(whole: bytes, tmp_path: Path) -> None:
    (path := tmp_path / "a.pth").write_bytes(whole)
    refused(path, "")

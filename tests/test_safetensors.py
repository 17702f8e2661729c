"""What is saved comes back to the bit; what is damaged, or made with intent, is one line."""
from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import nn

from data.safetensors import DTYPES, SEAL, header, load, save
from tests.published import framed, packed, raw, unframed

META = {"kind": "state", "log": [{"step": 1, "loss": 0.1}], "said": "caf\u00e9\n", "none": None}
TENSORS = {"z": torch.tensor([1.0, -0.0, float("nan")]), "step": torch.tensor(7),
           "m": torch.rand(2, 3, dtype=torch.float64), "half": torch.rand(5).half(),
           "b": torch.rand(4).bfloat16()}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    save(tmp_path / "a.safetensors", TENSORS, META)
    return tmp_path / "a.safetensors"


def refused(path: Path, says: str, read: Callable = lambda path: load(path, "state")) -> None:
    """One line that names the file."""
    with pytest.raises(ValueError) as caught:
        read(path)
    text = str(caught.value)
    assert text.startswith(str(path)) and text.isprintable() and len(text) < 600
    assert says in text, text


def sealed(table: dict, data: bytes = b"") -> bytes:
    """A file made by hand whose checksum is right."""
    table = {"__metadata__": {"crc32": "0" * 8, **table.pop("__metadata__", {})}, **table}
    text = json.dumps(table, separators=(",", ":")).encode()
    crc = b"%08x" % zlib.crc32(text + data)
    return framed(text.replace(SEAL + b"0" * 8, SEAL + crc, 1), data)


# --------------------------------------------------------------------------------- there and back

def test_what_is_saved_comes_back_to_the_bit(path: Path) -> None:
    for on_disk in (False, True):
        found, meta = load(path, "state", on_disk)
        assert meta == META and {*found} == {*TENSORS}
        for name, tensor in TENSORS.items():
            assert (found[name].dtype, found[name].shape) == (tensor.dtype, tensor.shape)
            assert raw(found[name]) == raw(tensor)
            assert found[name].data_ptr() % tensor.itemsize == 0


def test_tensors_of_every_layout_are_saved_as_they_read(tmp_path: Path) -> None:
    W = torch.rand(4, 6)
    given = {"T": W.T, "part": W[1:3, ::2], "p": nn.Parameter(W), "wide": W[:1].expand(3, 6)}
    save(path := tmp_path / "a.safetensors", given, {"kind": "x", "pair": (1, 2), "row": {1: 2}})
    found, meta = load(path, "x")
    assert all(torch.equal(found[name], tensor) for name, tensor in given.items())
    assert type(found["p"]) is torch.Tensor and not found["p"].requires_grad
    assert meta == {"kind": "x", "pair": [1, 2], "row": {"1": 2}}  # what JSON makes of them


def test_anybody_can_read_it_by_the_letter_of_the_format(path: Path) -> None:
    for n in range(8):
        save(path, TENSORS, {**META, "said": n * "x"})
        assert int.from_bytes(path.read_bytes()[:8], "little") % 8 == 0
    save(path, TENSORS, META)
    table, data = unframed(path.read_bytes())
    metadata = table.pop("__metadata__")
    assert all(isinstance(value, str) for value in metadata.values())
    assert json.loads(metadata["t2"]) == META
    for name, entry in table.items():
        start, end = entry["data_offsets"]
        assert data[start:end] == raw(TENSORS[name]) and start % TENSORS[name].itemsize == 0
        assert DTYPES[entry["dtype"]] == TENSORS[name].dtype


def test_what_was_read_does_not_hang_on_the_file(path: Path) -> None:
    found = load(path, "state")[0]["m"]
    with path.open("r+b") as file:
        file.write(bytes(path.stat().st_size))
    assert torch.equal(found, TENSORS["m"])


# --------------------------------------------------------------------------------------- damage

@pytest.mark.parametrize("step", [29, pytest.param(1, marks=pytest.mark.slow)])
def test_every_flipped_bit_is_noticed(path: Path, step: int) -> None:
    """At the desk each 29th, which are all eight of a byte's in turn."""
    whole = path.read_bytes()
    for bit in range(0, 8 * len(whole), step):
        changed = bytearray(whole)
        changed[bit // 8] ^= 1 << bit % 8
        path.write_bytes(changed)
        refused(path, "")


def test_every_place_to_cut_it_off_and_to_let_it_grow(path: Path) -> None:
    whole = path.read_bytes()
    for end in range(len(whole)):
        path.write_bytes(whole[:end])
        refused(path, "")
    path.write_bytes(whole + b"\0")
    refused(path, "bytes of data, expected")


def test_what_is_not_there_or_of_before(tmp_path: Path) -> None:
    path = tmp_path / "math.safetensors"
    refused(path, "is not there")
    (tmp_path / "math.pt").touch()
    refused(path, "math.pt beside it is in the format of before, which is not read: run "
            "`python t2.py train` again")
    refused(path, "run `python t2.py pretrain` again", lambda path: load(path, "base"))
    path.mkdir()
    refused(path, "is not a file")


@pytest.mark.parametrize("metadata, says", [
    (None, "has no metadata of t2"), ([], "has no metadata of t2"),
    ({}, "has no metadata of t2"), ({"format": "pt"}, "has no metadata of t2"),
    ({"t2": {"kind": "state"}}, "has no metadata of t2"),
    ({"t2": '{"kind": "expert"}'}, "is of kind 'expert', expected 'state'"),
    ({"t2": "{}"}, "is of kind None, expected 'state'"),
    ({"t2": '{"kind": ["state"]}'}, "is of kind ['state'], expected 'state'"),
    ({"t2": '["state"]'}, "expected a JSON object: it holds ['state']"),
    ({"t2": ""}, "expected a JSON object: Expecting value"),
    ({"t2": "{'kind': 'state'}"}, "expected a JSON object"),
    ({"t2": '{"kind": "state", "kind": "state"}'}, "'kind' stands there more than once"),
    ({"t2": '{"kind": "\ud800"}'}, "is of kind '?'"),
    ({"t2": '{"kind": "state", "log": ' + "[" * 25 + "]" * 25 + "}"}, "brackets in brackets"),
    ({"t2": '{"kind": ' + '{"a":' * 25 + "1" + "}" * 26}, "brackets in brackets"),
    ({"t2": "[" * 100_000 + "]" * 100_000}, "expected a JSON object"),
    ({"t2": '{"kind": "state"}', "crc32": "1"}, "its checksum is wrong"),
    ({"t2": '{"kind": "state"}', "crc32": None}, "its checksum is wrong")])
def test_metadata_made_with_intent(tmp_path: Path, metadata: object, says: str) -> None:
    path, z = tmp_path / "a.safetensors", {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}
    path.write_bytes(framed({"__metadata__": metadata, "z": z}, bytes(4))
                     if not isinstance(metadata, dict) else
                     sealed({"__metadata__": metadata, "z": z}, bytes(4)))
    refused(path, says)
    path.write_bytes(sealed({"__metadata__": {"t2": '{"kind": "state"}'}, "z": z}, bytes(4)))
    assert load(path, "state")[0]["z"].tolist() == [0.0]  # made by hand it is as good


# ------------------------------------------------------------------------------- anybody's header

W = {"a": torch.rand(4, 6), "w": torch.rand(5, 6), "z": torch.rand(2, 6)}  # w: bytes 96 to 216


def change(**values: object) -> Callable[[dict], object]:
    return lambda table: table["w"].update(values)


def shifted(by: int) -> Callable[[dict], object]:
    """Moves all spans from w's on."""
    def move(table: dict) -> None:
        for name in ("w", "z"):
            table[name]["data_offsets"] = [x + by for x in table[name]["data_offsets"]]
    return move


@pytest.mark.parametrize("wrong, says", [
    *((change(dtype=dtype), f"is of dtype {dtype!r}, expected BF16 or F16 or F32: quantised")
      for dtype in ("I8", "F64", "I64", ["F32"], None, "f32")),
    (change(dtype="F16"), "expected 60 bytes for F16"),
    (change(shape=[5, 7]), "expected 140 bytes for F32 of shape [5, 7]"),
    *((change(shape=shape), f"shape is {shape!r}, expected whole numbers from 1")
      for shape in ([True, 30], [-5, -6], [0, 6], [5.0, 6], "30", None)),
    (change(shape=[5, 6] + [1] * 9), "shape is"), (change(shape=[10**30, 6]), "shape is [inf, 6]"),
    (change(shape=[2**62, 4]), "expected 73786976294838206464 bytes"),
    (change(shape=[2**19] * 8), "expected 2283596308329535"),
    *((change(data_offsets=at), f"data_offsets is {at}, expected whole numbers from 0")
      for at in ([False, 120], [0.0, 120.0], [-120, 0], {"0": 120})),
    *((change(data_offsets=at), f"data_offsets is {at}, expected 120 bytes")
      for at in ([0], [120, 0], [96, 220], [96, 216, 216])),
    (change(data_offsets=[0, 120]), "no holes and no overlaps"),
    (change(data_offsets=[2**63, 2**63 + 120]), "begins at byte 216 of the data, expected 96"),
    (change(more=1), "expected dtype, shape and data_offsets"),
    (lambda table: table.update(w=5), "is 5, expected dtype"),
    (lambda table: table["w"].pop("shape"), "expected dtype, shape"),
    (shifted(4), "no holes and no overlaps"), (shifted(-4), "no holes and no overlaps"),
    (lambda table: table.pop("w"), "no holes and no overlaps"),
    (lambda table: table.pop("z"), "bytes of data, expected 216")])
def test_a_header_that_can_not_be(tmp_path: Path, wrong: Callable, says: str) -> None:
    table, data = packed(W)
    wrong(table)
    (path := tmp_path / "a.safetensors").write_bytes(framed(table, data))
    refused(path, says, header)


@pytest.mark.parametrize("whole", [
    b"", b"\0" * 7, b"\0" * 8, (2**63).to_bytes(8, "little") + b"{}", b"\xff" * 16,
    (3).to_bytes(8, "little") + b"{}", (1).to_bytes(8, "little") + b"{}",
    b"version https://git-lfs", framed(b"[]"), framed(b"null"), framed(b"{}x"), framed(b"\x80"),
    framed(b"{}", b"x"), framed(b"[" * 100_000), framed(b'{"a":' * 100_000),
    framed(b'{"a": 1, "a": 1}'), framed(b'{"a": ' + b"9" * 100_000 + b"}")])
def test_a_file_that_is_no_safetensors(tmp_path: Path, whole: bytes) -> None:
    (path := tmp_path / "a.safetensors").write_bytes(whole)
    refused(path, "", header)
    refused(path, "")

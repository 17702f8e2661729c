"""Every file that a user can give, damaged in thousands of ways.

A mutant is refused by one line that names it, or it loads; never a traceback, a warning, a hang,
or memory because a file says so. What loads is what the intact file holds, to the last bit, where
a checksum can tell ("sealed"); elsewhere a changed file may be another valid one, and what it
gives has to be fit for use. Of a stranger's safetensors only headers are mutated: the format has
no checksum, so that a changed weight can't be noticed, but NaN and infinity can.
"""
from __future__ import annotations

import base64
import io
import json
import os
import signal
import sys
import time
import warnings
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from functools import cache
from pathlib import Path
from random import Random
from typing import NamedTuple
from unittest import mock

import pytest
import torch
from torch import Tensor

from data import tokenizer
from data.llama import bpe
from data.llama.chat import published as prompt_format
from data.llama.sentencepiece import SPACE, SentencePiece
from data.llama.weights import ONLY
from data.run.checkpoints import (
    kept_factors,
    load_expert,
    load_llama,
    load_model,
    save_expert,
    save_model,
)
from data.safetensors import SEAL, load, save
from data.tasks import jsonl, rows
from data.tokenizer import Encoding
from model import GPT, Config
from svf import matrices
from tests import published
from tests.published import framed, raw, unframed
from tests.test_bpe import kept as kept_text
from tests.test_pickles import archive

try:
    import resource
except ImportError:  # Windows
    resource = None

SECONDS, MEGABYTES, LETTERS = 2, 200, 500  # that a mutant may take, and its message have
FIXTURES = Path(__file__).parent / "fixtures"
TEXTS = ["", "What is 12 + 7?\n", "  a\tb\r\n\r\n", "<|begin_of_text|>the </s>", "\0\x7f",
         "\u00e9\u4e2d\U0001f600 \ud7ff", "".join(map(chr, range(0x250)))]


# --------------------------------------------------------------------- the intact files, all tiny

FUZZ = {"vocab_size": 600, "hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2,
        "num_key_value_heads": 1, "intermediate_size": 6, "eos_token_id": 3, **ONLY,
        "rope_scaling": {**published.LLAMA3, "rope_type": "llama3", "factor": 8.0}}
META = {**FUZZ, "hidden_size": 12, "intermediate_size": 48}
LINES = [
    {"prompt": "7 plus 5?", "answer": 12, "check": "number", "domain": "sums"},
    {"prompt": "Is ice hot?", "answer": "no", "check": "choice", "choices": ["yes", "no"]},
    {"prompt": "Write f(x) = x + 1.", "check": "python", "tests": ["f(1) == 2", "f(-1) == 0"]},
    {"prompt": "Write g.", "check": "python", "tests": ["assert g([1], 'a') == ([], True)"],
     "answer": "def g(x, y):\n    return ([], True)", "domain": "code"},
    {"question": "Ann has 3 pens and 4 more.", "answer": "3 + 4 = 7 #### 7"},
    {"prompt": "Say caf\u00e9.", "answer": "caf\u00e9", "domain": "words", "split": "shots"},
    {"messages": [{"role": "system", "content": "Add."}, {"role": "user", "content": "2 + 2?"},
                  {"role": "assistant", "content": "It is #### 4"}], "id": 7},
    {"prompt": "3 + 3?", "completion": "6", "source": None},
    {"text": "Double.", "code": "def g(x):\n    return 2 * x", "test_list": ["assert g(1) == 2"],
     "test_setup_code": "", "challenge_test_list": [], "task_id": 2},
    {"prompt": "def h(x):\n", "canonical_solution": "    return x\n", "entry_point": "h",
     "test": "def check(one):\n    assert one(3) == 3\n"}]
N, BASE = 42, "0123456789abcdef"


@cache
def tiny() -> GPT:
    model = GPT(Config(vocab=11, width=8, layers=1, heads=2, kv_heads=1, head_size=4, hidden=6,
                       context=16, scaling=(8.0, 1.0, 4.0, 16.0)))
    model.initialise(torch.Generator().manual_seed(0))
    return model.requires_grad_(False)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one of each."""
    shelf = tmp_path_factory.mktemp("shelf")
    z, row = torch.linspace(0.5, 1.5, N), {"n": 3, "log": [{"step": 1, "seconds": 0.5}] * 2}
    save_expert(shelf / "expert.safetensors", z, BASE, {"run": {"seed": 0}, "row": row})
    save(shelf / "math.state.safetensors", {"z": z.double(), "best": z, "step": torch.tensor(2)},
         {"kind": "state", "run": {"seed": 0, "prompt": [1, 2]}, "log": row["log"]})
    save_model(tiny(), shelf / "base.safetensors", seed=0)
    kept_factors(shelf / "decomposition.safetensors", tiny(), lambda i, metrics: None)
    (shelf / "tasks.jsonl").write_bytes(b"".join(json.dumps(x).encode() + b"\n" for x in LINES))
    ranks = b"".join(base64.b64encode(token) + b" %d\n" % i for i, token in enumerate(
        [*(bytes([b]) for b in range(256)), b"th", b"the", b" the", b"12", b"\r\n", b"  "]))
    (shelf / "vocabulary.model").write_bytes(ranks)
    with mock.patch.dict(published.VARIANTS, fuzz=FUZZ, meta=META,
                         indexed={**FUZZ, "files": 3}):
        for name in ("fuzz", "indexed", "meta"):
            (folder := shelf / name).mkdir()
            if name != "meta":
                published.write_hugging_face(folder, name)
                (folder / "tokenizer.json").write_bytes(
                    (FIXTURES / "llama3" / "tokenizer.json").read_bytes())
                (folder / "generation_config.json").write_text('{"eos_token_id": [3, 5]}')
        published.write_meta(folder, "meta")
    params = json.loads((folder / "params.json").read_text())
    params |= {"vocab_size": 600, "multiple_of": 2, "ffn_dim_multiplier": 1.5}
    (folder / "params.json").write_text(json.dumps(params))
    (folder / "tokenizer.model").write_bytes(ranks)
    for name, file in (("pieces", "tokenizer.json"), ("scores", "tokenizer.model")):
        (shelf / name).mkdir()
        (shelf / name / file).write_bytes((FIXTURES / "sentencepiece" / file).read_bytes())
    return shelf


# ------------------------------------------------------------------------------------- mutators

def bytes_changed(rng: Random, whole: bytes, others: list[bytes]) -> bytes:
    """One change at one place, which is more often than not near an end: there are the headers."""
    span = rng.choice([len(whole), len(whole), min(len(whole), 600)])
    i = rng.randrange(span) + rng.choice([0, len(whole) - span])
    j = min(len(whole), i + rng.choice([1, 1, 2, 8, 64, 500]))
    a, chunk, b = whole[:i], whole[i:j], whole[j:]
    k, other = rng.randrange(len(b) + 1), rng.choice(others)
    at = rng.randrange(len(other))
    return rng.choice([
        a + bytes([chunk[0] ^ 1 << rng.randrange(8)]) + chunk[1:] + b, a, a + b,
        a + bytes([rng.choice([0, 255, 10, 32, rng.randrange(256)])] * len(chunk)) + b,
        a + rng.randbytes(len(chunk)) + chunk + b, a + chunk + chunk + b,
        a + b[:k] + chunk + b[k:], a + other[at:at + rng.choice([4, 40, 400])] + b])


HUGE = "1" + "0" * 400
NASTY = ["null", "true", "false", "NaN", "-Infinity", "1e999", "-1", "0", "1", "2", "0.5", "1.0",
         "1e-320", "1e300", "4096", str(2**63), HUGE, "9" * 5000, '""', r'"\u0000"', r'"\ud800"',
         r'"a\nb\u001b[31m"', '"' + "x" * 5000 + '"', "[]", "{}", "[1, [2, [3, [4, [5]]]]]",
         '{"a": {"b": null}}', "[" * 100_000 + "]" * 100_000, '{"a":' * 3000 + "1" + "}" * 3000,
         '{"a": 1, "a": 2}', "[" + "0.5, " * 500 + "1]", "1_000", "'x'", "", '"F16"', '"llama3"',
         "[" + ", ".join(["[" + ", ".join(['"%s"' % ("y" * 99)] * 9) + "]"] * 9) + "]"]
MARK = "@mark@"


def compact(table: dict) -> bytes:
    return json.dumps(table, separators=(",", ":")).encode()


def places(thing: object) -> list[tuple]:
    """(container, key) of each value in it."""
    keys = {dict: iter, list: lambda rows: range(len(rows))}.get(type(thing), lambda rows: ())
    return [place for key in keys(thing) for place in ((thing, key), *places(thing[key]))]


def json_changed(rng: Random, whole: bytes | str) -> bytes:
    """One to three values of an object are replaced, dropped, swapped or named otherwise."""
    thing, texts = json.loads(whole), []
    for _ in range(rng.choice([1, 1, 1, 2, 3])):
        box, key = rng.choice(places(thing) or [({"x": 1}, "x")])
        other = rng.choice([*box] if isinstance(box, dict) else range(len(box)))
        match rng.randrange(6):
            case 0:
                box.pop(key)
            case 1 if isinstance(box, dict):
                name = rng.choice(["x", key[1:], f"{key}_", "\x1b\ud800", other, "x" * 999])
                box[name] = box.pop(key)
            case 2:
                box[key], box[other] = box[other], box[key]
            case _:
                was, same = box[key], json.dumps(box[key])
                again = f'{same}, "{rng.choice(["x", "rope_theta", "prompt"])}": {same}'
                near = ([was + 1, was * 2, -was, float(was), str(was), was / 2]
                        if type(was) in (int, float) else [[was], str(was).upper(), f"{was} "])
                near, box[key] = json.dumps(rng.choice(near)), MARK
                texts.append(rng.choice([again, near, *rng.sample(NASTY, 4)]))
    text = compact(thing).decode()
    for new in texts:
        text = text.replace(f'"{MARK}"', new, 1)
    return text.encode()


def tensors_changed(rng: Random, whole: bytes, others: list[bytes]) -> tuple[bytes, bool]:
    """Bytes anywhere, of a stranger's header alone; or a header or our metadata, as JSON.

    The checksum of ours is right then.
    """
    table, data = unframed(whole)
    ours, share = "t2" in table["__metadata__"], rng.random()
    if share < 0.4:
        n = len(whole) if ours else len(whole) - len(data)
        return bytes_changed(rng, whole[:n], others) + whole[n:], ours
    if share < 0.7 and ours:
        table["__metadata__"]["t2"] = json_changed(rng, table["__metadata__"]["t2"]).decode()
        text = compact(table)
    else:
        text = json_changed(rng, compact(table))
    if text.startswith(SEAL):
        rest = text[len(SEAL) + 8:]
        text = SEAL + b"%08x" % zlib.crc32(SEAL + b"0" * 8 + rest + data) + rest
    return framed(text, data), False


def archive_changed(rng: Random, whole: bytes, others: list[bytes]) -> tuple[bytes, bool]:
    """Any bytes; or a member, mostly the pickle, and then the checksums are right."""
    if rng.random() < 0.4:
        return bytes_changed(rng, whole, others), True
    with zipfile.ZipFile(io.BytesIO(whole)) as file:
        members = {name: file.read(name) for name in file.namelist()}
    pickled = next(name for name in members if name.endswith("data.pkl"))
    name = rng.choice([*members, *[pickled] * len(members)])
    members[name] = bytes_changed(rng, members[name] or b"\0", others)
    return archive(members), False


def text_changed(rng: Random, whole: bytes, others: list[bytes]) -> tuple[bytes, bool]:
    """One line of JSON, or bytes anywhere."""
    lines = whole.splitlines()
    i = rng.randrange(len(lines))
    if rng.random() < 0.4 or lines[i][:1] != b"{":
        return bytes_changed(rng, whole, others), False
    lines[i] = json_changed(rng, lines[i])
    return b"\n".join(lines), False


# --------------------------------------------------------------- how each is loaded and looked at

def plain(thing: object) -> object:
    """Tensors as bytes, so that two of anything can be compared."""
    if isinstance(thing, dict):
        return {key: plain(part) for key, part in thing.items()}
    if isinstance(thing, (list, tuple)):
        return [*map(plain, thing)]
    if isinstance(thing, Tensor):
        return str(thing.dtype), [*thing.shape], raw(thing).hex()
    return f"{type(thing).__name__} {hex(thing) if type(thing) is int else ascii(thing)}"


def expert(path: Path) -> object:
    z, facts = load_expert(path, N, BASE)
    assert z.shape == (N,) and z.dtype == torch.float32 and type(z) is Tensor
    assert z.isfinite().all() and not z.requires_grad and json.dumps(facts)
    return plain((z, facts))


def state(path: Path) -> object:
    tensors, meta = load(path, "state")
    table, data = unframed(path.read_bytes())  # by the letter of the format
    for name, tensor in tensors.items():
        assert raw(tensor) == data[slice(*table[name]["data_offsets"])]
    assert {*tensors, "__metadata__"} == {*table} and meta["kind"] == "state" and json.dumps(meta)
    return plain((tensors, meta))


def usable(model: GPT) -> object:
    weights = dict(model.named_parameters())
    assert all(p.isfinite().all() and p.dtype == torch.float32 and not p.requires_grad
               for p in weights.values()) and model.cos.isfinite().all()
    return plain((weights, asdict(model.config)))


def kept(path: Path) -> object:
    factors = kept_factors(path, tiny(), lambda i, metrics: None)
    for name, parent, kind in matrices(tiny()):
        U, S, Vt = factors[name]
        torch.testing.assert_close((U * S) @ Vt, getattr(parent, kind).weight, atol=1e-4, rtol=0)
    return plain(factors)


def parsed(text: bytes) -> object:
    """JSON in which no key stands twice, for nobody knows which of the two is meant."""
    def once(pairs: list) -> dict:
        assert len(table := dict(pairs)) == len(pairs)
        return table
    return json.loads(text, object_pairs_hook=once, parse_int=lambda digits: int(digits[:4000]))


def tasks(path: Path) -> object:
    """Each line is there, as it says, and its own answer is right."""
    pools = jsonl.read(path)
    lines = [{key: value for key, value in parsed(line).items() if value is not None}
             for line in path.read_bytes().removeprefix(b"\xef\xbb\xbf").splitlines()
             if line.strip()]
    said = {rows.ours(line)[0]["prompt"]: line for line in lines[::-1]}
    for label, pool in pools.items():
        for q in pool.questions:
            line = said.pop(q.prompt)
            row, source = rows.ours(line)
            assert q.label == label == row.get("domain", "tasks").lower()
            number = type(row.get("answer")) in (int, float)
            assert q.check == row.get("check", "number" if number else "exact")
            assert q.split == row.get("split", q.split) and q.split in jsonl.SPLITS
            assert q.gold.strip().endswith(q.answer)
            assert q.gold == str(row.get("answer", "")) or number
            assert source or not q.answer or q.judge(q.answer).right is not False
            assert bool(q.needs) == bool(q.tests) == (q.check == "python")
            assert json.dumps(asdict(q), ensure_ascii=False).encode()  # no half characters
    assert all(map(rows.is_code, said.values()))  # whose own answers are wrong
    assert all(note.isprintable() and len(note) < LETTERS for note in pools.notes), pools.notes
    return [plain(asdict(q)) for pool in pools.values() for q in pool.questions]


def spoken(encoding: Encoding) -> list:
    """The ids of sample texts, which come back as they were, less bytes that have no token."""
    found, lost = [], getattr(encoding, "lost", b"")
    for text in TEXTS:
        found.append(ids := encoding.encode_ordinary(text))
        assert all(0 <= i < encoding.n_vocab for i in ids)
        assert encoding.decode(ids) == (
            text.replace(SPACE, " ") if isinstance(encoding, SentencePiece) else
            kept_text(text, encoding) if isinstance(encoding, bpe.ByteLevel) else text)
    assert {*map(encoding.pieces.get, range(encoding.n_vocab))} >= {
        bytes([byte]) for byte in {*range(256)} - {*lost}}
    return found


def ranked(path: Path, encoding: object) -> list:
    """Each line is a token, and its number is the one that stands there."""
    lines = [line.split() for line in path.read_bytes().splitlines()]
    special = {*encoding.special.values()}
    assert {raw: i for i, raw in encoding.pieces.items() if i not in special} == {
        base64.b64decode(a): int(b) for a, b in lines}
    return spoken(encoding)


def llama(path: Path) -> object:
    """What a file's folder gives: weights, settings, tokens, and the prompt format."""
    model, encoding = load_llama(path.parent)
    fmt = prompt_format(path.parent, encoding)
    assert all(0 <= i < model.config.vocab for i in (*fmt.ends, *fmt.prompt("hello")))
    if path.suffix == ".json" and path.is_file():
        settings = parsed(path.read_bytes())
        assert all(settings.get(key) in (None, value) for key, value in ONLY.items())
    return usable(model), spoken(encoding), fmt.prompt("hello"), fmt.ends


class Kind(NamedTuple):
    file: str
    load: Callable[[Path], object]
    mutate: Callable[[Random, bytes, list[bytes]], tuple[bytes, bool]] = text_changed


KINDS = {
    "expert": Kind("expert.safetensors", expert, tensors_changed),
    "state": Kind("math.state.safetensors", state, tensors_changed),
    "base": Kind("base.safetensors", lambda path: usable(load_model(path)), tensors_changed),
    "kept": Kind("decomposition.safetensors", kept, tensors_changed),
    "tasks": Kind("tasks.jsonl", tasks),
    "vocabulary": Kind("vocabulary.model", lambda path: ranked(path, tokenizer.load(path))),
    "tokenizer.model": Kind("meta/tokenizer.model", lambda path: ranked(
        path, bpe.encoding(path.parent, 600))),
    "tokenizer.json": Kind("fuzz/tokenizer.json", lambda path: (
        spoken(encoding := bpe.encoding(path.parent, 600)), encoding.begin)),
    "pieces.json": Kind("pieces/tokenizer.json", lambda path: spoken(
        bpe.encoding(path.parent, 640))),
    "pieces.model": Kind("scores/tokenizer.model", lambda path: spoken(
        bpe.encoding(path.parent, 640))),
    "config.json": Kind("fuzz/config.json", llama), "params.json": Kind("meta/params.json", llama),
    "generation_config.json": Kind("fuzz/generation_config.json", llama),
    "model.safetensors": Kind("fuzz/model.safetensors", llama, tensors_changed),
    "index": Kind("indexed/model.safetensors.index.json", llama),
    "consolidated": Kind("meta/consolidated.00.pth", llama, archive_changed)}


# ------------------------------------------------------------------------------------ the oracle

@contextmanager
def in_time(seconds: int = 10) -> Iterator[None]:
    """A SystemExit, which no loader catches, where something waits for ever."""
    if not hasattr(signal, "SIGALRM"):
        yield
        return
    before = signal.signal(signal.SIGALRM, lambda *_: sys.exit(f"more than {seconds} s"))
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def peak() -> float:
    """The most memory that this process ever had, in MB."""
    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss if resource else 0
    return size / (2**20 if sys.platform == "darwin" else 2**10)


def outcome(load: Callable[[Path], object], path: Path) -> object:
    """What it gives, or the ValueError, held to what every error here has to be."""
    start, before = time.process_time(), peak()
    with warnings.catch_warnings(record=True) as said, in_time():
        warnings.simplefilter("always")
        warnings.simplefilter("ignore", DeprecationWarning)  # as without pytest
        try:
            got = load(path)
        except ValueError as error:
            got, text, place = error, str(error), str(path.parent)
            assert text.replace(place, "").isprintable() and place in text, text
            assert len(text.replace(place, "")) < LETTERS, text
    assert not said, said[0]
    assert time.process_time() - start < SECONDS
    assert peak() - before < MEGABYTES
    return got


@pytest.mark.parametrize("mutants", [20, pytest.param(1000, marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", KINDS)
def test_a_mutant_is_refused_in_a_line_or_is_what_it_says(
        name: str, mutants: int, shelf: Path, capfd: pytest.CaptureFixture) -> None:
    kind, counts = KINDS[name], Counter()
    others = [(shelf / other.file).read_bytes() for other in KINDS.values()]
    path = shelf / kind.file
    whole, intact = path.read_bytes(), kind.load(path)
    try:
        for i in range(mutants):
            try:
                changed, sealed = kind.mutate(Random(f"{name} {i}"), whole, others)
                path.write_bytes(changed)
                got = outcome(kind.load, path)
                refused, same = isinstance(got, ValueError), got == intact
                assert refused or same or not sealed, "another content, and no word"
                counts.update(refused=refused, same=same)
            except BaseException as error:
                raise AssertionError(f"{name}, mutant {i}: {error!r:.300}") from error
    finally:
        path.write_bytes(whole)
    assert capfd.readouterr() == ("", "")
    assert counts["refused"] > mutants / 5 and (counts["same"] or mutants < 1000), counts


@pytest.mark.parametrize("name", KINDS)
def test_what_is_no_file_or_in_another_encoding(name: str, shelf: Path) -> None:
    kind = KINDS[name]
    path = shelf / kind.file
    whole, intact, put = path.read_bytes(), kind.load(path), path.write_bytes
    nodes = [lambda: path.mkdir(), lambda: put(b""), lambda: put(b"\0"), lambda: put(b"{"),
             lambda: put(b"\xef\xbb\xbf" + whole), lambda: put(whole.replace(b"\n", b"\r\n")),
             lambda: put(whole.decode("latin-1").encode("utf-16"))]
    if os.name == "posix":
        nodes += [lambda: os.mkfifo(path), lambda: path.symlink_to(path),
                  lambda: path.symlink_to("nowhere"), lambda: path.symlink_to("/dev/null")]
    for i, make in enumerate(nodes):
        path.unlink()
        try:
            make()
            got = outcome(kind.load, path)
            assert isinstance(got, ValueError) or got == intact, i
        finally:
            path.rmdir() if path.is_dir() else path.unlink(missing_ok=True)
            path.write_bytes(whole)


def test_weights_too_large_for_the_dtype_asked_for(shelf: Path) -> None:
    path = shelf / "indexed" / "model-00001-of-00003.safetensors"
    path.write_bytes(path.read_bytes()[:-4] + raw(torch.tensor([1e5])))
    llama(path)
    got = outcome(lambda path: load_llama(path.parent, torch.float16), path)
    assert "infinity in torch.float16" in str(got)


@pytest.mark.parametrize("test", [r"f('\d') == 1", "f(1) is 1", "f(1) == 1if 1else 2"])
def test_a_test_that_makes_the_parser_warn_says_nothing(test: str, tmp_path: Path) -> None:
    path = tmp_path / "tasks.jsonl"
    path.write_text(json.dumps({"prompt": "Write f.", "check": "python", "tests": [test]}))
    with pytest.warns(Warning):
        compile(test, "", "eval")
    outcome(jsonl.read, path)

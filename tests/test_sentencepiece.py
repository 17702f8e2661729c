"""SentencePiece's BPE on tiktoken: ids and texts are those of `tokenizers` and `sentencepiece`."""
from __future__ import annotations

import copy
import json
import struct
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from data.llama import bpe, sentencepiece
from data.llama.sentencepiece import BYTE_NAMES, SPACE, SentencePiece, by_score, fields, ranked
from tests.oracle_tokens import FIXTURES, VARIANTS, changed
from tests.test_bpe import ROWS, TOKENS, document, lowest, refused, single, written

FOLDER = FIXTURES / "sentencepiece"
MODEL = (FOLDER / "tokenizer.model").read_bytes()
SETTINGS = {name: changes for name, (old, changes) in VARIANTS.items() if old == "sentencepiece"}


def model(folder: Path, content: bytes) -> Path:
    (folder / "tokenizer.model").write_bytes(content)
    return folder


def same(encoding: SentencePiece, name: str, start: Callable[[str], str]) -> None:
    """Ids are the library's, and what they decode to is the text."""
    for line, ids in zip(TOKENS["lines"], TOKENS["ids"][name], strict=True):
        assert encoding.encode_ordinary(line) == ids, ascii(line)
        assert encoding.decode(ids) == start(line.replace(SPACE, " ")), ascii(line)


def test_ids_are_those_of_tokenizers() -> None:
    same(bpe.encoding(FOLDER, ROWS), "sentencepiece", str)


def test_ids_are_those_of_sentencepiece(tmp_path: Path) -> None:
    """Whose runs of spaces have one score: the leftmost pair is merged first."""
    same(bpe.encoding(model(tmp_path, MODEL), ROWS), "model", str)
    ids = TOKENS["ids"]
    assert ids["model"] != ids["sentencepiece"]
    assert bpe.encoding(tmp_path, ROWS).begin == "<s>"


@pytest.mark.parametrize("name", SETTINGS)
def test_each_way_to_begin_a_text(tmp_path: Path, name: str) -> None:
    encoding = bpe.encoding(written(tmp_path, changed(document("sentencepiece"), SETTINGS[name])),
                            ROWS)
    for line, ids in zip(TOKENS["lines"], TOKENS["ids"][name], strict=True):
        assert encoding.encode_ordinary(line) == ids, ascii(line)
    assert TOKENS["ids"][name] != TOKENS["ids"]["sentencepiece"]
    spaced = encoding.prefix != "never"
    assert encoding.decode(encoding.encode_ordinary(" a")) == ("a" if spaced else " a")
    after = encoding.encode_ordinary("a", first=False)  # a special token stands before it
    assert (after == encoding.encode_ordinary("a")) == (encoding.prefix != "first")


def test_bytes_that_are_no_text() -> None:
    """Of byte tokens in a row that are no UTF-8 each becomes U+FFFD, those that are one do not."""
    encoding = bpe.encoding(FOLDER, ROWS)
    a, b, c = (document("sentencepiece")["model"]["vocab"][f"<0x{x}>"] for x in ("E2", "82", "AC"))
    word = encoding.encode_ordinary("the")
    assert encoding.decode([a, b, c]) == "€" and encoding.decode([a, b]) == "\ufffd\ufffd"
    assert encoding.decode([*word, a, b, c, *word, c, a, b, c]) == "the€ the" + "\ufffd" * 4
    assert encoding.encode_ordinary("€", first=False)[-3:] == [a, b, c]
    assert encoding.decode([1, *word]) == "<s> the"


def test_special_names_are_text_and_rows_without_a_token_decode() -> None:
    encoding = bpe.encoding(FOLDER, ROWS)
    assert encoding.begin == "<s>" and encoding.n_vocab == ROWS
    assert not {0, 1, 2} & {*encoding.encode_ordinary("<s> a </s> <unk>")}
    assert encoding.decode([ROWS - 1]) == f"<|no token {ROWS - 1}|>"


def test_a_vocabulary_without_an_ascii_letter_or_a_beginning() -> None:
    """Characters that are no pieces are bytes, also those whose beginning another one shares."""
    ids = {name: 500 + b for b, name in enumerate(BYTE_NAMES)} | {"日": 1, SPACE: 2, "b": 3}
    toy = SentencePiece("toy", ids, ranked("日b" + SPACE), {}, prefix="never")
    assert toy.encode_ordinary("日b a旤") == [1, 3, 2, 500 + 97, *(500 + x for x in "旤".encode())]


# ------------------------------------------------------------- scores that several pieces have

@pytest.mark.parametrize("rounds", [60, pytest.param(2000, marks=pytest.mark.slow)])
def test_merging_by_score_is_sentencepieces(rounds: int) -> None:
    """Which merges the pair of the best score, the leftmost of several; runs share a score."""
    rng, tied = Random("scores"), 0
    for _ in range(rounds):
        made, scores = [*"ab", SPACE], {}
        for _ in range(rng.randint(1, 12)):
            piece = rng.choice(made[-6:]) + rng.choice(made[-6:])
            if rng.random() < 0.5:
                piece = rng.choice("ab") * rng.randint(2, 7)
            if piece not in scores and len(piece) < 20:
                made.append(piece)
                run = len({*piece}) == 1
                scores[piece] = -100.0 - ord(piece[0]) if run else -rng.random()
        tied += len({*scores.values()}) < len(scores)
        ids = {name: 500 + b for b, name in enumerate(BYTE_NAMES)}
        ids |= {piece: i for i, piece in enumerate(made)}
        toy = SentencePiece("toy", ids, ranked("ab" + SPACE, by_score(scores)), {}, prefix="never")
        for _ in range(20):
            text = "".join(rng.choice("ab" + SPACE) * rng.randint(1, 9)
                           for _ in range(rng.randint(1, 6)))
            expected = lowest([*text], lambda x, y, scores=scores: (
                -scores[x + y] if x + y in scores else None))
            assert toy.encode_ordinary(text) == [ids[piece] for piece in expected], (scores, text)
    assert tied > rounds / 3


def test_scores_that_do_not_say_which_is_first() -> None:
    with pytest.raises(ValueError, match=r"score -1.0 is that of \['ab', 'ba'\], expected one"):
        by_score({"ab": -1.0, "ba": -1.0})
    with pytest.raises(ValueError, match="score nan"):
        by_score({"ab": float("nan")})


# -------------------------------------------------------------------------------- untrusted files

def protobuf(*parts: tuple[int, object]) -> bytes:
    """A message of these fields: numbers, floats, texts and messages."""
    out = b""
    for number, value in parts:
        raw = value.encode() if isinstance(value, str) else value
        if isinstance(raw, int):
            out += bytes([number << 3 & 127 | 128, number >> 4, raw])
        elif isinstance(raw, float):
            out += bytes([number << 3 | 5]) + struct.pack("<f", raw)
        else:
            size = len(raw)
            out += bytes([number << 3 | 2, size & 127 | 128, size >> 7]) + raw
    return out


TRAINER, NORMALIZER = protobuf((3, 2), (35, 1)), protobuf((4, 0))
BYTES = [protobuf((1, name), (2, 0.0), (3, 6)) for name in BYTE_NAMES]


def small(*more: bytes, trainer: bytes = TRAINER, normalizer: bytes = NORMALIZER,
          pieces: list[bytes] = BYTES) -> bytes:
    """A model of byte tokens, "a", and what else there is."""
    return protobuf(*((1, piece) for piece in [*pieces, protobuf((1, "a"), (2, -1.0)), *more]),
                    (2, trainer), (3, normalizer))


def test_a_model_of_our_own_making(tmp_path: Path) -> None:
    whole = bpe.encoding(model(tmp_path, small(protobuf((1, "aa"), (2, -2.0)))), 300)
    assert whole.encode_ordinary("aaa\n") == [*SPACE.encode(), 257, 256, 10]


@pytest.mark.parametrize("content, says", [
    (small(trainer=protobuf((3, 1), (35, 1))), "model_type is 1, supported: 2"),
    (small(trainer=protobuf((35, 1))), "model_type is 1"),  # what leaving it out means
    (small(trainer=protobuf((3, 2))), "byte_fallback is 0"),
    (small(trainer=TRAINER + protobuf((24, 1))), "treat_whitespace_as_suffix is 1"),
    (small(normalizer=protobuf()), "remove_extra_whitespaces is 1, supported: 0"),
    (small(normalizer=NORMALIZER + protobuf((2, "x"))), "precompiled_charsmap is b'x'"),
    (small(normalizer=NORMALIZER + protobuf((5, 0))), "escape_whitespaces is 0"),
    (small(pieces=BYTES[1:]), "no token for 1 of the bytes, such as <0x00>"),
    (small(protobuf((1, "a"))), "piece 257, 'a', of kind 1: empty, there twice"),
    (small(protobuf((1, ""))), "piece 257, ''"), (small(b""), "piece 257, ''"),
    (small(protobuf((1, "<x>"), (3, 4))), "piece 257, '<x>', of kind 4"),
    (small(protobuf((1, 7))), "field 1 is 7, expected bytes"),
    (small(protobuf((1, "b"), (2, 3))), "field 2 is 3, expected bytes"),
    (small(protobuf((1, "b"), (2, "abc"))), "a score of 3 bytes, expected 4"),
    (small(protobuf((1, b"\xff"))), "utf-8"),
    (small() + protobuf((1, 7)), "a number is where a message belongs"),
    (small() + b"\x0b", "a field of kind 3, expected 0, 1, 2 or 5"),
    (small() + b"\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", "cut off or too long"),
    (small() + b"\x0a\x05abc", "a field of 5 bytes ends after the file")])
def test_models_that_are_refused(tmp_path: Path, content: bytes, says: str) -> None:
    with pytest.raises(ValueError, match=says) as error:
        bpe.encoding(model(tmp_path, content), 400)
    assert str(error.value).startswith(f"{tmp_path / 'tokenizer.model'}: ")
    assert "\n" not in str(error.value) and len(str(error.value)) < 900


def test_more_pieces_than_rows_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="token 'a' has id 256, expected a whole number below"):
        bpe.encoding(model(tmp_path, small()), 256)


def test_a_damaged_model_is_one_line_or_another_model(tmp_path: Path) -> None:
    rng, done = Random("damage"), 0
    for i in range(300):
        content = bytearray(MODEL)
        if i % 3:
            for _ in range(rng.randint(1, 4)):
                content[rng.randrange(1, len(content))] = rng.randrange(256)
        else:
            del content[rng.randrange(1, len(content)):]
        try:
            encoding = bpe.encoding(model(tmp_path, bytes(content)), ROWS)
        except ValueError as error:
            assert str(error).startswith(str(tmp_path)) and "\n" not in str(error)
            done += 1
        else:
            assert encoding.decode(encoding.encode_ordinary("the stone")) == "the stone"
    assert done > 150


def edited(*path: object, value: object) -> dict:
    """The fixture's tokenizer.json with another value there; None takes it out."""
    thing = copy.deepcopy(document("sentencepiece"))
    part = thing
    for step in path[:-1]:
        part = part[step]
    if value is None:
        del part[path[-1]]
    else:
        part[path[-1]] = value
    return thing


PREPEND, REPLACE = sentencepiece.PREPEND, sentencepiece.REPLACE
METASPACE = sentencepiece.METASPACE | {"prepend_scheme": "first"}


@pytest.mark.parametrize("path, value, says", [
    (("normalizer",), {"type": "NFC"}, "normalizer and pre_tokenizer are"),
    (("normalizer",), {"type": "Sequence", "normalizers": [REPLACE, PREPEND]}, "normalizer and"),
    (("normalizer",), {"type": "Sequence", "normalizers": 3}, "normalizers is 3, expected list"),
    (("pre_tokenizer",), METASPACE, "normalizer and pre_tokenizer are"),
    (("pre_tokenizer",), "Metaspace", "normalizer and pre_tokenizer are"),
    (("model", "type"), "Unigram", "model.type is 'Unigram', supported: 'BPE'"),
    (("model", "ignore_merges"), True, "model.ignore_merges is True"),
    (("model", "dropout"), 0.5, "model.dropout is 0.5"),
    (("model", "end_of_word_suffix"), "</w>", "model.end_of_word_suffix is"),
    (("model", "vocab", "<0x0A>"), None, "no token for 1 of the bytes, such as <0x0A>"),
    (("model", "vocab", "new"), 640, None),
    (("model", "vocab", "new"), 5, "token 'new' has id 5, which is another token's"),
    (("model", "merges", 0), ["<0x41>", "a"], "merge 0 is .*expected two tokens"),
    (("model", "merges", 0), ["<s>", "a"], "merge 0 is .*expected two tokens"),
    (("post_processor",), single(), "post_processor is")])
def test_json_that_is_refused(tmp_path: Path, path: tuple, value: object, says: str | None
                              ) -> None:
    thing = edited(*path, value=value)
    if says is None:  # a token that nothing makes is never said
        assert bpe.encoding(written(tmp_path, thing), ROWS).pieces[640] == b"new"
    else:
        refused(written(tmp_path, thing), says)


def test_merges_in_another_order_than_they_can_be_held_to(tmp_path: Path) -> None:
    thing = document("sentencepiece")
    thing["model"]["merges"].reverse()
    refused(written(tmp_path, thing), "is not what its merges come to|come before those of a sm")


def test_the_reader_of_protobufs() -> None:
    assert fields(protobuf((1, 5), (2, "x" * 200), (9, 1.5))) == {
        1: [5], 2: [b"x" * 200], 9: [struct.pack("<f", 1.5)]}
    assert fields(b"\x09" + bytes(8)) == {1: [bytes(8)]} and json.dumps([*fields(MODEL)])

"""The ids are those of the libraries that made fixtures/tokens.json (see oracle_tokens.py)."""
from __future__ import annotations

import base64
import json
import unicodedata
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest

from data.llama import bpe, vocabulary
from tests.oracle_tokens import FIXTURES, VARIANTS, changed

TOKENS = json.loads((FIXTURES / "tokens.json").read_text())
BEGINS = {"gpt2": "<s>", "digits": "", "smollm": "", "llama3": "<|begin_of_text|>",
          "one_digit": "<s>", "tekken": "<s>"}
ROWS = 650  # more than any of the vocabularies has


def document(name: str = "gpt2") -> dict:
    return json.loads((FIXTURES / name / "tokenizer.json").read_text())


def kept(line: str, encoding: bpe.ByteLevel) -> str:
    """What comes back of a line: composed, after its space, without the bytes that have no token.
    """
    line = unicodedata.normalize("NFC", line) if encoding.nfc else line
    line = " " + line if encoding.space and line and not line.startswith(" ") else line
    return line.encode().translate(None, encoding.lost).decode(errors="replace")


@pytest.mark.parametrize("name", BEGINS)
def test_ids_are_the_librarys(name: str) -> None:
    encoding = bpe.encoding(FIXTURES / name, ROWS)
    for line, ids in zip(TOKENS["lines"], TOKENS["ids"][name], strict=True):
        assert encoding.encode_ordinary(line) == ids, ascii(line)
        assert encoding.decode(ids) == kept(line, encoding)


@pytest.mark.parametrize("name", [name for name, (old, _) in VARIANTS.items() if old in BEGINS])
def test_ids_are_the_librarys_in_other_settings(tmp_path: Path, name: str) -> None:
    """Text that is composed first, a space before it, added tokens that are not special."""
    old, changes = VARIANTS[name]
    encoding = bpe.encoding(written(tmp_path, changed(document(old), changes)), ROWS)
    for line, ids in zip(TOKENS["lines"], TOKENS["ids"][name], strict=True):
        assert encoding.encode_ordinary(line) == ids, ascii(line)
        assert name == "nfc" or encoding.decode(ids) == kept(line, encoding)
    assert TOKENS["ids"][name] != TOKENS["ids"][old]
    if name == "nfc":  # what is cut out is no special token: an answer keeps it
        assert encoding.decode(encoding.encode_ordinary("a<think>")) == "a<think>"
        assert encoding.added.keys().isdisjoint(encoding.special)


@pytest.mark.parametrize("name", BEGINS)
def test_special_tokens(name: str) -> None:
    encoding = bpe.encoding(FIXTURES / name, ROWS)
    special = {t["content"]: t["id"] for t in document(name)["added_tokens"]}
    assert encoding.begin == BEGINS[name]
    for content, row in special.items():
        assert encoding.special[content] == row
        assert not {*encoding.encode_ordinary(f"x {content}")} & {*special.values()}
    assert encoding.n_vocab == ROWS  # rows without a token decode too
    assert len({encoding.decode([row]) for row in range(ROWS - 30, ROWS)}) == 30


def test_a_special_token_that_the_model_has_no_row_for_is_never_met(tmp_path: Path) -> None:
    """A pad token that was added beyond the rows; one that is cut out of texts may not be."""
    thing = document()
    thing["added_tokens"].append(SPECIAL | {"id": ROWS})
    assert "<new>" not in bpe.encoding(written(tmp_path, thing), ROWS).special
    thing["added_tokens"][-1]["special"] = False
    refused(written(tmp_path, thing), "token '<new>' has id 650, expected")


def test_fixtures_cover_what_is_supported() -> None:
    patterns = [bpe.split_pattern(document(name)) for name in BEGINS] + [(bpe.GPT2, True)]
    assert [*map(bpe.split_pattern, [changed(document("gpt2"), VARIANTS["space"][1])])] == [
        patterns[-1]]
    assert sorted(pattern for pattern, _ in patterns) == sorted(p for _, p in bpe.PATTERNS)
    assert [name for name in BEGINS if bpe.encoding(FIXTURES / name, ROWS).lost] == [
        "smollm", "one_digit"]


def test_bytes_without_a_token_are_left_out_after_the_split() -> None:
    encoding = bpe.encoding(FIXTURES / "smollm", ROWS)
    for text, pieces in [("!\x04=", [b"!="]), ("th\x04e", [b"th", b"e"]), ("the", [b"the"]),
                         ("\x04\x1d", []), ("\U00050000", [b"\x90", b"\x80", b"\x80"])]:
        assert [*map(encoding.pieces.get, encoding.encode_ordinary(text))] == pieces


@pytest.mark.parametrize("one", [True, False])
def test_numbers_take_no_neighbour_along(one: bool) -> None:
    """Even where the vocabulary has tokens across the border, which no fixture has."""
    steps = [{"type": "Digits", "individual_digits": one}, bpe.BYTES]
    pattern = next(pattern for known, pattern in bpe.PATTERNS if known == steps)
    tokens = [bytes([b]) for b in range(256)] + [b" 5", b"5 ", b"a5", b"5a", b"'5", b"55", b"  "]
    encoding = bpe.ByteLevel("numbers", pattern, {t: i for i, t in enumerate(tokens)}, {})
    pieces = map(encoding.pieces.get, encoding.encode_ordinary("a5a 5  5 '55"))
    assert [*pieces] == [b"a", b"5", b"a", b" ", b"5", b"  ", b"5", b" ", b"'",
                      *([b"5", b"5"] if one else [b"55"])]


def test_a_filler_never_takes_the_name_of_a_special_token_and_json_is_preferred(
        tmp_path: Path) -> None:
    ranks_file(tmp_path, [bytes([b]) for b in range(256)])
    thing = document()
    thing["added_tokens"].append({"content": "<|no token 645|>", "id": 640, "special": True})
    encoding = bpe.encoding(written(tmp_path, thing), ROWS)
    assert encoding.decode([640]) == "<|no token 645|>" != encoding.decode([645])


# ----------------------------------------------------------------------- Llama 3's tokenizer.model

def ranks_file(folder: Path, tokens: list[bytes]) -> Path:
    lines = [base64.b64encode(token) + b" %d\n" % i for i, token in enumerate(tokens)]
    (folder / "tokenizer.model").write_bytes(b"".join(lines))
    return folder


def test_llama3_ranks_have_the_ids_of_its_json(tmp_path: Path) -> None:
    names = document("llama3")["model"]["vocab"]
    tokens = [bytes(map(bpe.ALPHABET.__getitem__, name)) for name in sorted(names, key=names.get)]
    n = len(tokens)
    encoding = bpe.encoding(ranks_file(tmp_path, tokens), n + 256)
    for line, ids in zip(TOKENS["lines"], TOKENS["ids"]["llama3"], strict=True):
        assert encoding.encode_ordinary(line) == ids
        assert encoding.decode(ids) == line
    assert [encoding.decode([n + i]) for i in (0, 1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 255)] == [
        "<|begin_of_text|>", "<|end_of_text|>", "<|reserved_special_token_0|>",
        "<|finetune_right_pad_id|>", "<|reserved_special_token_2|>", "<|start_header_id|>",
        "<|end_header_id|>", "<|eom_id|>", "<|eot_id|>", "<|python_tag|>",
        "<|reserved_special_token_3|>", "<|reserved_special_token_247|>"]
    assert encoding.begin == "<|begin_of_text|>"
    assert bpe.encoding(tmp_path, n + 300).decode([n + 256]) == f"<|no token {n + 256}|>"


@pytest.mark.parametrize("content, rows, says", [
    (b"\n\x0e\n\x05<unk>\x15\x00\x00\x00\x00\x18\x02", 300, "model_type is 1, supported: 2"),
    (b"", 300, "no token for byte 0"),
    (b"AA== 1\n", 300, "line 1: expected a new base64 token and rank 0"),
    (b"PK\x03\x04\xff\xfe", 300, "line 1: expected"),
    (None, 257, "256 tokens and at least 2 special ones, but the model has 257 rows"),
    (None, 10 ** 12, "not its tokenizer"),
])
def test_unusable_ranks_are_refused(tmp_path: Path, content: bytes | None, rows: int, says: str
                                    ) -> None:
    ranks_file(tmp_path, [bytes([b]) for b in range(256)])
    if content is not None:
        (tmp_path / "tokenizer.model").write_bytes(content)
    with pytest.raises(ValueError, match=says) as error:
        bpe.encoding(tmp_path, rows)
    assert "tokenizer.model" in str(error.value) and "\n" not in str(error.value)
    (tmp_path / "tokenizer.model").unlink()
    with pytest.raises(ValueError, match="neither tokenizer.json nor tokenizer.model"):
        bpe.encoding(tmp_path, rows)


# --------------------------------------------------------------------- merges against brute force

Ranks, Listed = dict[bytes, int], dict[bytes, dict[bytes, int]]


def lowest(pieces: list[bytes], order: Callable[[bytes, bytes], int | None]) -> list[bytes]:
    """Merges the pair of the lowest order, the leftmost of those, as long as there is one."""
    while True:
        pairs = [(order(*pieces[i:i + 2]), i) for i in range(len(pieces) - 1)]
        pairs = [pair for pair in pairs if pair[0] is not None]
        if not pairs:
            return pieces
        i = min(pairs)[1]
        pieces = [*pieces[:i], pieces[i] + pieces[i + 1], *pieces[i + 2:]]


def by_rank(text: bytes, ranks: Ranks) -> list[bytes]:
    return [text] if text in ranks else lowest([bytes([b]) for b in text],
                                               lambda x, y: ranks.get(x + y))


def by_list(text: bytes, ranks: Ranks, listed: Listed, whole: bool) -> list[bytes]:
    return [text] if whole and text in ranks else lowest(
        [bytes([b]) for b in text], lambda x, y: listed.get(x + y, {}).get(x))


def small_vocabulary(rng: Random, whole: bool) -> tuple[Ranks, Listed]:
    """Up to 9 tokens over a, b, c; sometimes merges that don't fit the ids, or too few."""
    ranks = {letter: i for i, letter in enumerate((b"a", b"b", b"c"))}
    pairs = []
    for _ in range(rng.randint(1, 9)):
        x, y = (rng.choice([*ranks][-6:]) for _ in "xy")
        ranks.setdefault(x + y, len(ranks))
        pairs.append((x, y))
    pairs = list(dict.fromkeys(pairs))
    if whole or rng.random() < 0.3:
        pairs = [(t[:i], t[i:]) for t in ranks for i in range(1, len(t))
                 if t[:i] in ranks and t[i:] in ranks]
    if rng.random() < 0.3:
        i, j = (rng.randrange(len(pairs)) for _ in "ij")
        pairs[i], pairs[j] = pairs[j], pairs[i]
    if rng.random() < 0.2:
        pairs.pop(rng.randrange(len(pairs)))
    listed: Listed = {}
    for place, (x, y) in enumerate(pairs):
        listed.setdefault(x + y, {})[x] = place
    return ranks, listed


@pytest.mark.parametrize("rounds", [200, pytest.param(5000, marks=pytest.mark.slow)])
@pytest.mark.parametrize("whole", [False, True])
def test_what_is_accepted_is_exact(whole: bool, rounds: int) -> None:
    """Every vocabulary in which the two ways differ on some text is refused."""
    rng, counts = Random(f"small {whole}"), {(a, b): 0 for a in (0, 1) for b in (0, 1)}
    for _ in range(rounds):
        ranks, listed = small_vocabulary(rng, whole)
        texts = [*ranks, *(x + y for x in ranks for y in ranks if len(x + y) < 14),
                 *(bytes(rng.choices(b"abc", k=rng.randint(3, 9))) for _ in range(15))]
        try:
            vocabulary.check_merges(ranks, listed, whole)
            taken = True
        except ValueError:
            taken = False
        same = all(by_rank(t, ranks) == by_list(t, ranks, listed, whole) for t in texts)
        assert same or not taken, (ranks, listed)
        counts[taken, same] += 1
    assert min(counts[True, True], counts[False, False]) > rounds / 6
    if not whole:  # nearly all that could be accepted is
        assert counts[False, True] < 0.35 * counts[True, True], counts


def test_remains_is_what_bpe_comes_to() -> None:
    rng, seen = Random("remains"), set()
    for _ in range(300):
        ranks = {bytes([b]): i for i, b in enumerate(b"ab")}
        made: vocabulary.Made = {token: (-1, b"", b"") for token in ranks}
        for _ in range(12):
            x, y = (rng.choice([*ranks]) for _ in "xy")
            expected = lowest([bytes([b]) for b in x + y],
                              lambda x, y, ranks=ranks: ranks.get(x + y))
            if x + y in ranks or len(x + y) > 24:
                continue
            assert vocabulary.remains(x, y, made, ranks) == (expected == [x, y]), (x, y, ranks)
            seen.add(expected == [x, y])
            if expected == [x, y]:
                made[x + y] = len(ranks), x, y
                ranks[x + y] = len(ranks)
    assert seen == {True, False}


def test_a_token_that_no_merge_makes_is_only_a_whole_piece() -> None:
    model = document("llama3")["model"]
    tokens = {name: bytes(map(bpe.ALPHABET.__getitem__, name)) for name in model["vocab"]}
    ranks = {tokens[name]: row for name, row in model["vocab"].items()}
    listed = vocabulary.merges(model, tokens)
    vocabulary.check_merges(ranks, listed, True)
    with pytest.raises(ValueError, match="is not what its merges come to"):
        vocabulary.check_merges(ranks, listed, False)


# ------------------------------------------------------------------------------ untrusted files

def written(folder: Path, thing: object) -> Path:
    (folder / "tokenizer.json").write_text(json.dumps(thing))
    return folder


def refused(folder: Path, says: str, rows: int = ROWS) -> None:
    with pytest.raises(ValueError, match=says) as error:
        bpe.encoding(folder, rows)
    text = str(error.value)
    assert text.startswith(f"{folder / 'tokenizer.json'}: ") and "\n" not in text
    assert len(text) < len(str(folder)) + 700


def test_a_file_that_is_no_tokenizer_is_refused(tmp_path: Path) -> None:
    for content, says in ((b"[]", "expected a JSON object"), (b"{}", "added_tokens is"),
                          (b"[" * 200_000, "recursion")):
        (tmp_path / "tokenizer.json").write_bytes(content)
        refused(tmp_path, says)


BYTES = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
SPLIT = {"type": "Split", "pattern": {"Regex": bpe.LLAMA3}, "behavior": "Isolated",
         "invert": False}
SPECIAL = {"content": "<new>", "id": 640, "special": True}


def sequence(*parts: object) -> dict:
    return {"type": "Sequence", "pretokenizers": [*parts]}


def single(*parts: object, **rest: object) -> dict:
    return {"type": "TemplateProcessing", "single": [*parts], **rest}


S, TEXT = {"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}


SPLIT_ONLY = BYTES | {"use_regex": False}
BROKEN: dict[str, list[tuple[Any, str]]] = {  # what is changed: to what, and what the message says
    "model": [(None, "model is None, expected dict")],
    "model.type": [("WordPiece", "model.type is 'WordPiece', supported: 'BPE'"),
                   (["BPE"], "model.type is")],
    "model.dropout": [(0.1, "model.dropout is 0.1")],
    "model.byte_fallback": [(True, "normalizer and pre_tokenizer are"), (1, "normalizer and pre"),
                            ("no", "normalizer and pre_tokenizer are")],
    "model.continuing_subword_prefix": [("##", "model.continuing_subword_prefix is '##'")],
    "model.end_of_word_suffix": [("</w>", "model.end_of_word_suffix is '</w>'")],
    "model.ignore_merges": [("yes", "model.ignore_merges is 'yes'")],
    "model.vocab": [([], "vocab is .*expected dict"), ({}, "merge 0 is")],
    "model.merges": [(None, "merges is None, expected list")],
    "normalizer": [({"type": "NFKC"}, "normalizer is {'type': 'NFKC'}, supported: null, NFC"),
                   ({"type": "NFC", "more": 1}, "normalizer is"), ([], "normalizer is")],
    "pre_tokenizer": [
        (None, "pre_tokenizer is"), ("ByteLevel", "type is None, expected str"),
        ([BYTES], "type is None, expected str"),
        ({"type": "Metaspace", "replacement": "\u2581"}, "Metaspace"),
        (sequence({"type": "Digits", "individual_digits": True},
                  BYTES | {"add_prefix_space": True}), "'add_prefix_space': True"),
        (BYTES | {"add_prefix_space": 1.5}, "'add_prefix_space': 1.5"),
        (SPLIT_ONLY, "'use_regex': False"), (sequence(BYTES, BYTES), "pre_tokenizer is"),
        ({"type": "Sequence", "pretokenizers": 3}, "pretokenizers is 3"),
        (sequence(SPLIT, BYTES), "pre_tokenizer is"),
        *((sequence(SPLIT | part, SPLIT_ONLY), says) for part, says in (
            ({"invert": True}, "pre_tokenizer is"), ({"behavior": "Removed"}, "pre_tokenizer is"),
            ({"pattern": {"Regex": "\\w+"}}, r"w\+")))],
    "added_tokens": [
        ({}, "added_tokens is"), ([3], "content is None"),
        *(([SPECIAL | part], says) for part, says in (
            ({"id": True}, "id is True, expected int"), ({"content": ""}, "is empty"),
            ({"special": False, "lstrip": True}, "'<new>' is lstrip and not special"),
            ({"special": "yes", "single_word": True}, "'<new>' is single_word and not special"),
            ({"content": "a\nb"}, "no text"), ({"special": False, "id": 300}, "another token's"),
            ({"content": "\ud800"}, "no text"), ({"content": "Ġthe"}, "which is another token's"),
            ({"id": -1}, "has id -1, expected a whole number below the model's 650"),
            ({"id": 300}, "token '<new>' has id 300, which is another token's"))),
        ([SPECIAL] * 2, "there twice")],
    "model.vocab.new": [(-1, "has id -1"), (True, "has id True, expected"), (None, "has id None"),
                        (640.0, "has id 640.0"), (10 ** 30, "has id inf"), (300, "another token"),
                        (640, "token 640, b'new', is not what its merges come to")],
    "model.vocab.a b": [(640, "a token has the character ' '")],
    "model.vocab.\ud800": [(640, r"a token has the character '\\ud800'")],
    "model.vocab.\x85": [(640, r"a token has the character '\\x85'")],
    "model.vocab.": [(640, "a token is empty")],
    "model.merges.-1": [
        ("a", "is 'a', expected two tokens"), ("a b c", "is 'a b c', expected two tokens"),
        (["a", ["b"]], "expected two tokens"), (["a", 3], "expected two tokens"),
        ({"a": 1, "b": 2}, "expected two tokens"), (None, "is None, expected two tokens"),
        (["<s>", "a"], "expected two tokens of the vocabulary that are not"),
        (["Q", "Z"], "makes no token"), (document()["model"]["merges"][0], "there twice")],
    "post_processor": [
        ({"type": "RobertaProcessing"}, "post_processor is"), (3, "type is None"),
        *((single(*parts), "post_processor is") for parts in ((), (S, TEXT))),
        *((single(S, TEXT, *more, special_tokens={"<s>": row}), "post_processor is")
          for more, row in (((), {"ids": [5]}), ((), [0]), ((S,), {"ids": [0]})))]}


@pytest.mark.parametrize("key, value, says", [
    (key, value, says) for key, cases in BROKEN.items() for value, says in cases])
def test_unsupported_or_broken_parts_are_refused(tmp_path: Path, key: str, value: Any, says: str
                                                 ) -> None:
    thing = part = document()
    *path, last = key.split(".", 2)
    for step in path:
        part = part[step]
    part[int(last) if isinstance(part, list) else last] = value
    refused(written(tmp_path, thing), says)


@pytest.mark.parametrize("name, change, says", [
    *(("smollm", lambda thing, part=part: thing["model"].update(part),
       "no token for 3 of the bytes, such as 4; supported only")
      for part in ({"unk_token": "<s>"}, {"ignore_merges": True})),
    ("smollm", lambda thing: thing["added_tokens"].append(SPECIAL | {"content": "Ą"}),
     "no special token has such a byte's name"),
    ("gpt2", lambda thing: thing["model"]["merges"].insert(10, thing["model"]["merges"].pop(11)),
     "come before those of a smaller id")])
def test_what_would_give_other_ids_is_refused(tmp_path: Path, name: str, change: Callable,
                                              says: str) -> None:
    change(thing := document(name))
    refused(written(tmp_path, thing), says)


def test_a_model_with_other_rows_is_refused(tmp_path: Path) -> None:
    written(tmp_path, document())
    refused(tmp_path, "expected a whole number below the model's 500 rows", rows=500)
    refused(tmp_path, "not its tokenizer", rows=10 ** 12)


@pytest.mark.parametrize("name", BEGINS)
def test_a_text_that_would_crash_tiktoken_is_mended_or_refused(name: str) -> None:
    encoding = bpe.encoding(FIXTURES / name, ROWS)
    assert encoding.decode(encoding.encode_ordinary("a\ud800b")) == "a\ufffdb"
    text = "a" * 600_000 + " " * 400_000 + "b"
    assert encoding.decode(encoding.encode_ordinary(text)) == text
    with pytest.raises(ValueError, match="more than 500000 spaces in a row"):
        encoding.encode_ordinary(" " * 3_000_000 + "b")

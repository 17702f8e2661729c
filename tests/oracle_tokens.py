"""Tokenizer fixtures, and a comparison at large, by the library that data/llama/bpe.py follows.

    python -m tests.oracle_tokens make               tests/fixtures/*/tokenizer.json, tokens.json
    python -m tests.oracle_tokens compare FOLDER     a published tokenizer.json, many lines

For development only, in an environment with `tokenizers` and tiktoken; no test imports this. The
fixtures are small vocabularies, one for each supported pre-tokenizer, trained on made-up text.
"""
from __future__ import annotations

import json
import sys
import sysconfig
import time
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from data.llama import bpe

if TYPE_CHECKING:
    from tokenizers import Tokenizer

FIXTURES = Path(__file__).parent / "fixtures"
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
         "the the  the", *left_out("\x04", "\x1d"), *left_out("\U00050000", "\x04")]


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


def oracle(document: str) -> Tokenizer:
    from tokenizers import Tokenizer
    tokenizer = Tokenizer.from_str(document)
    tokenizer.encode_special_tokens = True  # their names in a text are plain text
    return tokenizer


def make() -> None:
    rng = Random("lines")
    lines = FIXED + [made_up(rng, 6) for _ in range(30)] + [noise(rng) for _ in range(40)]
    ids: dict[str, list] = {}
    for name, (steps, options) in shapes().items():
        document = trained(steps, **options)
        tokenizer = oracle(json.dumps(document))
        ids[name] = [tokenizer.encode(line, add_special_tokens=False).ids for line in lines]
        path = FIXTURES / name / "tokenizer.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(document, separators=(",", ":")))
    text = json.dumps({"lines": lines, "ids": ids}, separators=(",", ":"))
    (FIXTURES / "tokens.json").write_text(text)
    print(len(lines), "lines;", {p.parent.name: p.stat().st_size
                                 for p in sorted(FIXTURES.glob("*/*.json"))}, len(text))


def agree(tokenizer: Tokenizer, ours: bpe.Encoding, lines: list[str]
          ) -> tuple[int, int, list[str]]:
    """How many lines have the same ids, how many we refuse, and those that differ."""
    same, refused, differ = 0, 0, []
    for line in lines:
        ids = tokenizer.encode(line, add_special_tokens=False).ids
        try:
            got = ours.encode_ordinary(line)
        except ValueError:
            refused += 1
            continue
        same += got == ids
        if got != ids or ours.decode_bytes(got) != line.encode().translate(None, ours.lost):
            differ.append(line)
    return same, refused, differ


def compare(folder: Path) -> None:
    """Random lines, the lines of this Python's library, and every character there is."""
    tokenizer = oracle((folder / "tokenizer.json").read_text())
    start = time.perf_counter()
    ours = bpe.encoding(folder, tokenizer.get_vocab_size())
    print(f"{len(ours._mergeable_ranks)} tokens in {time.perf_counter() - start:.2f} s; starts "
          f"with {bpe.begin(folder, ours)!r}")
    rng = Random("compare")
    files = sorted(Path(sysconfig.get_paths()["stdlib"]).glob("*.py"))[:40]
    source = [line for file in files for line in file.read_text().splitlines(keepends=True)]
    chunks = [file.read_text()[:20_000] for file in files]
    characters = [f"a{chr(c)}b {chr(c)}'{chr(c)}1{chr(c)} \n{chr(c)}{chr(c)}{chr(c)}."
                  for c in range(0x110000) if not 0xd800 <= c < 0xe000]
    lost = [*map(chr, range(256)), "\U00050000", "\U0009ffff"]
    pairs = [line for c in lost for d in lost for line in left_out(c, d)]
    for name, lines in {"fixed": FIXED, "made up": [made_up(rng, 30) for _ in range(3000)],
                        "noise": [noise(rng) for _ in range(6000)],
                        "Python": source, "whole files": chunks, "left out": pairs,
                        "characters": characters}.items():
        same, refused, differ = agree(tokenizer, ours, lines)
        print(f"{name}: {len(lines)} lines, {same} agree, {refused} refused, {len(differ)} differ",
              *map(ascii, differ[:5]))


def main(argv: list[str]) -> None:
    works = {("make", 1): make, ("compare", 2): compare}
    if (*argv[:1], len(argv)) not in works:
        raise SystemExit(f"{' '.join(argv) or 'nothing'}: expected `make` or `compare FOLDER`")
    works[argv[0], len(argv)](*map(Path, argv[1:]))


if __name__ == "__main__":
    main(sys.argv[1:])

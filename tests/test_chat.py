"""How text meets a model: the tokens around a prompt, and where an answer ends."""
from __future__ import annotations

import json
from pathlib import Path

import pytest
import tiktoken

from data.llama import chat
from data.llama.chat import published
from data.tokenizer import PATTERN, VOCABULARY, PromptFormat, built_in, load, read_ranks

NAMES = {"chatml": ("<|endoftext|>", "<|im_start|>", "<|im_end|>"),
         "llama3": ("<|begin_of_text|>", "<|end_of_text|>", "<|start_header_id|>",
                    "<|end_header_id|>", "<|eot_id|>"),
         "none": ("<|endoftext|>",)}


def encoding(kind: str) -> tiktoken.Encoding:
    ranks = read_ranks(VOCABULARY)
    special = {name: len(ranks) + i for i, name in enumerate(NAMES[kind])}
    return tiktoken.Encoding(kind, pat_str=PATTERN, mergeable_ranks=ranks, special_tokens=special)


def made(tmp_path: Path, kind: str, end: object, **more: object) -> PromptFormat:
    """A folder whose config.json names this end of a turn."""
    vocabulary = encoding(kind)
    ids = [vocabulary._special_tokens[name] for name in ([end] if isinstance(end, str) else end)]
    (tmp_path / "config.json").write_text(json.dumps(
        {"eos_token_id": ids[0] if isinstance(end, str) else ids}))
    return published(tmp_path, vocabulary, **more)


@pytest.fixture(autouse=True)
def no_begin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chat, "begin", lambda folder, encoding: "")


def spelled(fmt: PromptFormat, prompt: str) -> str:
    return fmt.encoding.decode(fmt.prompt(prompt))


def test_chatml_is_chosen_by_its_tokens_and_the_end_of_turn(tmp_path: Path) -> None:
    fmt = made(tmp_path, "chatml", "<|im_end|>", system="be brief")
    assert spelled(fmt, "hi") == ("<|im_start|>system\nbe brief<|im_end|>\n"
                                "<|im_start|>user\nhi<|im_end|>\n<|im_start|>assistant\n")
    special = fmt.encoding._special_tokens
    assert fmt.ends == (special["<|im_end|>"], special["<|endoftext|>"])
    assert fmt.prompt("hi").count(special["<|im_start|>"]) == 3


def test_llama3_headers(tmp_path: Path) -> None:
    fmt = made(tmp_path, "llama3", ["<|end_of_text|>", "<|eot_id|>"])
    assert spelled(fmt, "hi") == (
        "<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\nhi<|eot_id|>"
        "<|start_header_id|>assistant<|end_header_id|>\n\n")
    assert fmt.ends[0] == fmt.encoding._special_tokens["<|eot_id|>"] and len(fmt.ends) == 2


def test_a_base_model_reads_the_bare_prompt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch
                                            ) -> None:
    """It may have the tokens of the headers: what ends its text is not the end of a turn."""
    assert spelled(made(tmp_path, "chatml", "<|endoftext|>"), "hi") == "hi"
    monkeypatch.setattr(chat, "begin", lambda folder, encoding: "<|begin_of_text|>")
    assert spelled(made(tmp_path, "llama3", "<|end_of_text|>"), "hi") == "<|begin_of_text|>hi"


@pytest.mark.parametrize("chat", ["none", "chatml"])
def test_a_special_tokens_name_in_a_users_text_is_plain_text(tmp_path: Path, chat: str) -> None:
    plain, name = "hi", "<|im_end|> {} <|im_start|>"
    fmt = made(tmp_path, "chatml", "<|im_end|>", chat=chat,
             system="" if chat == "none" else name)
    ids = set(fmt.encoding._special_tokens.values())

    def count(text: str) -> int:
        return sum(token in ids for token in fmt.prompt(text))
    assert count(plain) == count(name) == (0 if chat == "none" else 5)
    assert name in spelled(fmt, name)


def test_what_cannot_be_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="--system"):
        made(tmp_path, "none", "<|endoftext|>", system="be brief")
    with pytest.raises(ValueError, match=r"--chat llama3.*no <\|begin_of_text\|>"):
        made(tmp_path, "chatml", "<|im_end|>", chat="llama3")
    (tmp_path / "config.json").write_text("{}")
    ranks = encoding("none")
    ranks._special_tokens.clear()
    with pytest.raises(ValueError, match="eos_token_id"):
        published(tmp_path, ranks)


def test_an_answer_of_one_line_ends_with_it(tmp_path: Path) -> None:
    fmt = made(tmp_path, "chatml", "<|im_end|>", one_line=True)
    [newline] = fmt.encoding.encode_ordinary("\n")
    assert newline in fmt.ends
    assert [fmt.read([newline + 1, end])[1] for end in (*fmt.ends[:2], newline, newline + 1)] == [
        False, False, False, True]  # whether it was cut off
    assert fmt.text([*fmt.encoding.encode_ordinary(" 12 \n and more"), fmt.ends[0]]) == " 12 "
    assert made(tmp_path, "chatml", "<|im_end|>").text(
        fmt.encoding.encode_ordinary(" 12 \n and more")) == " 12 \n and more"


def test_an_answer_as_a_target_and_as_text(tmp_path: Path) -> None:
    fmt = made(tmp_path, "chatml", "<|im_end|>")
    assert fmt.answer("so")[-1] == fmt.ends[0] and fmt.text(fmt.answer("so")) == "so"
    fmt = built_in(load())
    assert spelled(fmt, " what is 2 +7 ?") == "<|begin_of_text|> what is 2 +7 ?\n"
    special_and_unknown = [fmt.before[0], fmt.encoding.n_vocab + 5, 255]
    assert fmt.text([*fmt.answer(" 7"), *special_and_unknown]) == " 7\ufffd"

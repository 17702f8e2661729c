"""How text meets a model: the tokens around a prompt, and where an answer ends."""
from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path

import pytest

from data.llama import bpe, chat
from data.llama.chat import published
from data.run.flags import Model
from data.tokenizer import PATTERN, VOCABULARY, Encoding, PromptFormat, built_in, load, read_ranks
from tests.oracle_tokens import CHATS, FIXTURES, chat_folder
from tests.test_bpe import ROWS

NAMES = {"chatml": ("<|endoftext|>", "<|im_start|>", "<|im_end|>"),
         "llama3": ("<|begin_of_text|>", "<|end_of_text|>", "<|start_header_id|>",
                    "<|end_header_id|>", "<|eot_id|>"),
         "none": ("<|endoftext|>",)}


def encoding(kind: str) -> Encoding:
    ranks = read_ranks(VOCABULARY)
    special = {name: len(ranks) + i for i, name in enumerate(NAMES[kind])}
    made = Encoding(kind, PATTERN, ranks, special)
    made.begin = "<|begin_of_text|>" * (kind == "llama3")
    return made


def made(tmp_path: Path, kind: str, end: object, **more: object) -> PromptFormat:
    """A folder whose config.json names this end of a turn."""
    vocabulary = encoding(kind)
    ids = [vocabulary.special[name] for name in ([end] if isinstance(end, str) else end)]
    (tmp_path / "config.json").write_text(json.dumps(
        {"eos_token_id": ids[0] if isinstance(end, str) else ids}))
    return published(tmp_path, vocabulary, **more)


def spelled(fmt: PromptFormat, prompt: str) -> str:
    return fmt.encoding.decode(fmt.prompt(prompt))


@pytest.mark.parametrize("name", CHATS)
def test_ids_are_those_of_transformers(tmp_path: Path, name: str) -> None:
    """With a system prompt and without, and white space around both."""
    encoding, wanted = bpe.encoding(chat_folder(tmp_path, name), ROWS), json.loads(
        (FIXTURES / "chats.json").read_text())[name]
    for system, text, ids in wanted:
        fmt = published(tmp_path, encoding, system=system)
        assert fmt.prompt(text) == ids, (fmt.why, encoding.decode(fmt.prompt(text)))
        assert fmt.why.startswith("prompts: as its chat_template writes them: ")
        assert fmt.ends[0] == encoding.special[CHATS[name][2]]


@pytest.mark.parametrize("name", ["chatml", "llama3", "llama3.1", "llama2", "mistral"])
def test_the_forms_for_folders_without_a_template_are_those_of_the_templates(
        tmp_path: Path, name: str) -> None:
    encoding = bpe.encoding(chat_folder(tmp_path, name), ROWS)
    for system in ("", " be\n brief \n"):
        asked, read = (published(tmp_path, encoding, how, system) for how in (name, "auto"))
        around = read.around.replace("<s> [INST]", "<s>[INST]")  # a space that later ones have not
        assert asked.around == around
        assert asked.ends == read.ends and asked.why == f"prompts: {name}, as --chat says"


def test_which_it_is_and_why_is_said(tmp_path: Path) -> None:
    """And what can't be followed is said, not taken for a base model in silence."""
    file = chat_folder(tmp_path, "chatml") / "tokenizer_config.json"
    plain, vocabulary = json.loads(file.read_text())["chat_template"], bpe.encoding(tmp_path, ROWS)
    for content, why in (
            ("{% macro x() %}{% endmacro %}", "bare, for its chat_template is not followed: "),
            ("hello", "bare, for its chat_template is not followed: it writes prompt 0 times"),
            ("{{ messages[0].content }}" * 2, "bare, for its chat_template is not followed: "),
            ("{{ messages[0].content.lstrip('\\n ') }}", "bare, for its chat_template is not "),
            ([{"name": "x"}, {"name": "default", "template": plain}], "as its chat_template "),
            (None, "chatml, for its settings end an answer with <|im_end|>; it has no chat_tem")):
        file.write_text(json.dumps({"chat_template": content}))
        assert published(tmp_path, vocabulary).why.startswith(f"prompts: {why}"), content
    for content in (3, [{"name": "x", "template": plain}]):
        file.write_text(json.dumps({"chat_template": content}))
        with pytest.raises(ValueError, match="chat_template is .*, expected a text"):
            published(tmp_path, vocabulary)
    (tmp_path / "chat_template.jinja").write_text("{{ messages[0].content }}<|im_end|>")
    file.write_text(json.dumps({"chat_template": plain}))
    assert "'{}<|im_end|>'" in published(tmp_path, vocabulary).why  # the file comes first
    with pytest.raises(ValueError, match="--system .* has no place for it .*writes prompt 0"):
        published(tmp_path, vocabulary, system="x")
    assert published(tmp_path, vocabulary, "none").why == "prompts: none, as --chat says"
    (tmp_path / "chat_template.jinja").unlink()
    (tmp_path / "config.json").write_text('{"eos_token_id": 0}')  # what ends a text is no turn's
    fmt = published(tmp_path, vocabulary)
    assert "for <|im_end|>, which ends a turn of its" in fmt.why and fmt.around == "{}"


def test_headers_that_are_added_and_not_special_are_tokens_too(tmp_path: Path) -> None:
    """And what ends an answer is not part of it."""
    chat_folder(tmp_path, "chatml")
    thing = json.loads((tmp_path / "tokenizer.json").read_text())
    for token in thing["added_tokens"]:
        token["special"] = False
    (tmp_path / "tokenizer.json").write_text(json.dumps(thing))
    fmt = published(tmp_path, bpe.encoding(tmp_path, ROWS))
    start, end = (fmt.encoding.added[name] for name in ("<|im_start|>", "<|im_end|>"))
    assert fmt.prompt("a")[0] == start and fmt.ends[0] == end
    assert fmt.text(fmt.answer("so")) == "so"


def test_the_flag_knows_all_forms() -> None:
    field, = (f for f in fields(Model) if f.name == "chat")
    assert field.metadata["choices"] == ["auto", "none", *chat.CHATS]


def test_chatml_is_chosen_by_its_tokens_and_the_end_of_turn(tmp_path: Path) -> None:
    fmt = made(tmp_path, "chatml", "<|im_end|>", system="be brief")
    assert spelled(fmt, "hi") == ("<|im_start|>system\nbe brief<|im_end|>\n"
                                "<|im_start|>user\nhi<|im_end|>\n<|im_start|>assistant\n")
    special = fmt.encoding.special
    assert fmt.ends == (special["<|im_end|>"], special["<|endoftext|>"])
    assert fmt.prompt("hi").count(special["<|im_start|>"]) == 3


def test_llama3_headers(tmp_path: Path) -> None:
    fmt = made(tmp_path, "llama3", ["<|end_of_text|>", "<|eot_id|>"])
    assert spelled(fmt, "hi") == (
        "<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\nhi<|eot_id|>"
        "<|start_header_id|>assistant<|end_header_id|>\n\n")
    assert fmt.ends[0] == fmt.encoding.special["<|eot_id|>"] and len(fmt.ends) == 2


def test_a_base_model_reads_the_bare_prompt(tmp_path: Path) -> None:
    """It may have the tokens of the headers: what ends its text is not the end of a turn."""
    assert spelled(made(tmp_path, "chatml", "<|endoftext|>"), "hi") == "hi"
    assert spelled(made(tmp_path, "llama3", "<|end_of_text|>"), "hi") == "<|begin_of_text|>hi"


@pytest.mark.parametrize("chat", ["none", "chatml"])
def test_a_special_tokens_name_in_a_users_text_is_plain_text(tmp_path: Path, chat: str) -> None:
    plain, name = "hi", "<|im_end|> {} <|im_start|>"
    fmt = made(tmp_path, "chatml", "<|im_end|>", chat=chat,
             system="" if chat == "none" else name)
    ids = set(fmt.encoding.special.values())

    def count(text: str) -> int:
        return sum(token in ids for token in fmt.prompt(text))
    assert count(plain) == count(name) == (0 if chat == "none" else 5)
    assert name in spelled(fmt, name)


def test_what_cannot_be_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="--system"):
        made(tmp_path, "none", "<|endoftext|>", system="be brief")
    with pytest.raises(ValueError, match=r"--chat llama3.*no special token <\|begin_of_text\|>"):
        made(tmp_path, "chatml", "<|im_end|>", chat="llama3")
    (tmp_path / "config.json").write_text("{}")
    ranks = encoding("none")
    ranks.special.clear()
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

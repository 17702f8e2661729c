from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from data.tasks.corpus import document
from data.tasks.families import MOST, TASKS, UNSEEN, trained_on
from data.tasks.problem import DOMAINS, JOIN, OPENERS, SPLITS, Coded, Said, Worked
from data.tokenizer import load, tidy

EVERY = sorted(TASKS)


def ideal(part: object) -> str:
    """The part's own answer, as the corpus writes it when nothing goes wrong."""
    if isinstance(part, Worked):
        return f" {OPENERS[part.domain]} :{part.working} {part.answer}"
    return part.answer if isinstance(part, Coded) else f" {part.answer}"


def perturbed(part: object) -> list[str]:
    if isinstance(part, Worked):
        wrong = [f" it is {near}" for near in part.near]
        return [*wrong, "", part.astray, f" it is {part.answer} or so"]
    if isinstance(part, Said):
        return ["", f" {part.answer} {part.answer}"]
    return [part.javascript, part.astray, "", part.answer.replace("return", "retur")]


@pytest.mark.parametrize("name", EVERY)
def test_own_answers_are_rewarded_and_perturbed_ones_are_not(name: str) -> None:
    for problem in TASKS[name].problems(40, "test", 1):
        right = [ideal(part) for part in problem.parts]
        assert problem.reward(JOIN.join(right)) == 1
        for i, part in enumerate(problem.parts):
            for wrong in perturbed(part):
                assert problem.reward(JOIN.join([*right[:i], wrong, *right[i + 1:]])) == -1


@pytest.mark.parametrize("name", EVERY)
def test_each_operation_names_its_own_place(name: str) -> None:
    """No two of a worked answer have the same size, and no sum leaves what the base has read."""
    for problem in TASKS[name].problems(60, "test", 3):
        for part in problem.parts:
            if isinstance(part, Worked):
                moves = part.key.split()[1:]
                signed = [move for move in moves if move[0] in "+-"]
                assert len({abs(int(move)) for move in signed}) == len(signed)
                assert len(set(moves)) == len(moves)
                numbers = [int(w) for w in f"{part.working} {part.answer}".split() if w.isdigit()]
                assert max(numbers, default=0) <= MOST


def test_splits_are_disjoint_whatever_the_seed() -> None:
    """By part: a test prompt's content is in no other family's training prompts either."""
    keys: dict[str, set[str]] = {split: set() for split in SPLITS}
    for task in TASKS.values():
        for split in SPLITS:
            for seed in (0, 1):
                for problem in task.problems(30, split, seed):
                    keys[split].update(part.key for part in problem.parts)
    for a in SPLITS:
        for b in SPLITS:
            assert a == b or not keys[a] & keys[b]


@pytest.mark.parametrize("name", EVERY)
def test_a_family_has_tens_of_thousands_of_prompts(name: str) -> None:
    """Birthday: 600 draws from 10,000 or more keys collide 18 times at most on average."""
    task, rng = TASKS[name], Random(7)
    keys = {tuple(make(rng).key for make in task.makers) for _ in range(600)}
    assert len(keys) > 600 - 60


def test_problems_repeat_with_their_seed_and_differ_from_each_other() -> None:
    def prompts(seed: int) -> list[str]:
        return [p.prompt for p in TASKS["chain"].problems(50, "test", seed)]
    assert prompts(1) == prompts(1) != prompts(-1)
    assert len(set(prompts(1))) == 50


def test_each_domain_has_families_of_both_kinds() -> None:
    for domain in DOMAINS:
        assert len(trained_on(domain)) >= 3
        assert sum(t.label == domain and len(t.makers) == 1 for t in UNSEEN) >= 2
    assert sum(len(t.makers) == 2 for t in UNSEEN) >= 2


def test_the_corpus_repeats_with_its_seed() -> None:
    assert [document(Random(3)) for _ in range(3)] == [document(Random(3)) for _ in range(3)]
    assert document(Random(3)) != document(Random(4))


def test_encode_then_decode_is_the_identity() -> None:
    encoding, rng = load(), Random(0)
    texts = ["".join(document(rng)) for _ in range(300)]
    texts += ["", " ", "naïve 🙂 \x00\t\n  x", "<|end_of_text|>", "汉字 العربية", "1234567 + 8"]
    for text in texts:
        assert encoding.decode(encoding.encode_ordinary(text)) == text


def test_words_numbers_and_operations_are_one_token() -> None:
    encoding = load()
    for text in (" thursday", " 7", " 42", " +7", " *3", " red-blue", " def", " ("):
        assert len(encoding.encode_ordinary(text)) == 1


def test_a_special_tokens_name_in_a_prompt_is_plain_text() -> None:
    encoding = load()
    assert not set(encoding.encode_ordinary("<|end_of_text|>")) & set(
        encoding._special_tokens.values())


def test_tidy_writes_as_the_corpus_does() -> None:
    assert tidy("What is 12+7 - 3?") == " what is 12 +7 -3 ?"


@pytest.mark.parametrize("line", ["zzz", "AA== 1\n", "AA== 0\nAA== 1", "!!!! 0", "AA== 0"])
def test_a_damaged_vocabulary_is_a_clear_error(tmp_path: Path, line: str) -> None:
    path = tmp_path / "t.model"
    path.write_text(line)
    with pytest.raises(ValueError, match=r"t\.model"):
        load(path)

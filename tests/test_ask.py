"""`ask` put to use: mixtures that are named, many prompts from a file, one a line from a terminal.
"""
from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

import t2
from data import HERE
from data.files import file_digest
from data.run.ask import typed
from data.run.flags import Ask, Mixed
from data.run.mixture import Mixture, chosen
from data.run.session import Session
from model import complete
from svf import mix
from tests.conftest import Patch, Said
from tests.test_t2 import Run, run  # noqa: F401  (a fixture)

EXPERTS = ("math", "code", "reasoning")


def shipped(name: str) -> Path:
    return HERE / f"{name}.safetensors"


def report(out: Path, **change: object) -> dict:
    """OUT/adapt.json as a run of adapt leaves it, as far as it is looked at."""
    cem = [{"best": 1.0, "mean": 0.5, "sigma": 0.1, "mu": [0.5] * 3, "sigmas": [0.1] * 3}]
    one = {"accuracy": 0.5, "interval": [0.4, 0.6], "seconds": [0.1, 0.2], "alpha": [0, 0, 0],
           "answers": {"right": 1, "wrong": 1, "not judged": 0, "cut": 0}}
    found = {**one, "alpha": [0.6, 0.7, -0.1], "signal": True, "cem": cem, "shots": 8}
    experts = {name: file_digest(shipped(name)) for name in (*EXPERTS, "classifier")}
    made = {"run": {"seed": 0, "shots": 8, "experts": experts, "file": "", "examples": ""},
            "tasks": {"story": {"n": 5, "strategies": {"base": one, "few-shot": found}}}}
    (out / "adapt.json").write_text(json.dumps(made))
    return made


# ------------------------------------------------------------------------- which mixture is named

@pytest.mark.parametrize("named, name, alpha", [
    ({}, None, None), ({"expert": "base"}, "base", (0, 0, 0)),
    ({"expert": "reasoning"}, "reasoning", (0, 0, 1)),
    ({"alpha": "reasoning=-1e-1 , math = 2"}, "math=2,reasoning=-0.1", (2, 0, -0.1)),
    ({"task": "story"}, "what C found for story in OUT/adapt.json (8 shots)", (0.6, 0.7, -0.1))])
def test_a_mixture_is_what_was_named_in_the_order_of_the_experts(
        named: dict, name: str | None, alpha: tuple | None, tmp_path: Path) -> None:
    report(tmp_path)
    for form in (Ask, Mixed):
        got = chosen(form(out=tmp_path, **named), EXPERTS, shipped)
        name = name and name.replace("OUT", str(tmp_path))
        assert got == (name and Mixture(name, alpha))


@pytest.mark.parametrize("named, says", [
    ({"expert": "math", "alpha": "math=1"}, "--expert and --alpha name a mixture each"),
    ({"alpha": "math=1", "task": "story"}, "--alpha and --task name"),
    ({"expert": "classifier"}, "'classifier': expected one of base, math, code, reasoning"),
    ({"expert": "Math\n"}, "expected one of base"),
    *(({"alpha": text}, f"--alpha {part!r}: expected math=X,code=X,reasoning=X, each once")
      for text, part in (("math", "math"), ("=1", "=1"), ("math=", "math="), ("math=1,,", ""),
                         ("math=nan", "math=nan"), ("math=inf", "math=inf"), (",", ""),
                         ("math=1,math=1", "math=1"), ("math=10.1", "math=10.1"),
                         ("base=1", "base=1"), ("math=1=2", "math=1=2")))])
def test_what_is_no_mixture_is_one_clear_line(named: dict, says: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError) as error:
        chosen(Ask(out=tmp_path, **named), EXPERTS, shipped)
    assert says in str(error.value) and "\n" not in str(error.value)


def damaged(change: Callable[[dict], object]) -> Callable[[Path], object]:
    """A report in which something was changed."""
    def write(out: Path) -> None:
        made = report(out)
        change(made)
        (out / "adapt.json").write_text(json.dumps(made))
    return write


@pytest.mark.parametrize("change, reason", [
    (lambda made: made["run"].update(seed=1), "of another run: seed is 0, and was 1"),
    (lambda made: made["run"].update(shots=4), "shots is 8, and was 4"),
    (lambda made: made["run"]["experts"].update(code="0" * 16), "its experts changed"),
    (lambda made: made["run"]["experts"].pop("code"), "its experts changed"),
    (lambda made: made["run"].update(experts=dict(sorted(made["run"]["experts"].items()))),
     "its experts changed"),  # alpha has another order
    (lambda made: made["tasks"]["story"]["strategies"].pop("few-shot"), "nothing that C found"),
    (lambda made: made["tasks"].pop("story"), "nothing that C found for 'story'"),
    (lambda made: made["tasks"]["story"].pop("strategies"), "is damaged"),
    (lambda made: made.pop("run"), "is damaged"), (lambda made: made.update(tasks=3), "damaged"),
    *((lambda made, alpha=alpha: made["tasks"]["story"]["strategies"]["few-shot"].update(
        alpha=alpha), "is damaged") for alpha in (
            [0.5, 0.5], [1, 2, 3, 4], [0, 0, float("nan")], [0, 0, 11], "123", [0, 0, "1"], None)),
])
def test_a_report_that_does_not_fit_is_not_taken(change: Callable, reason: str, tmp_path: Path,
                                                 capsys: Said) -> None:
    """`ask` says why it searches then; where no search can follow, it is an error."""
    damaged(change)(tmp_path)
    assert chosen(Ask(out=tmp_path, task="story"), EXPERTS, shipped) is None
    said = " ".join(capsys.readouterr().out.split())
    assert said.startswith("C searches anew: ") and reason in said
    with pytest.raises(ValueError) as error:
        chosen(Mixed(out=tmp_path, task="story"), EXPERTS, shipped)
    assert reason in str(error.value) and "run `python t2.py adapt --task NAME" in str(error.value)


def test_without_a_report_ask_searches_without_a_word(tmp_path: Path, capsys: Said) -> None:
    assert chosen(Ask(out=tmp_path, task="story"), EXPERTS, shipped) is None
    assert capsys.readouterr().out == ""
    with pytest.raises(ValueError, match="there is no adapt.json; run `python t2.py adapt --task "
                                         "NAME --weights DIR --tasks FILE --out"):
        chosen(Mixed(out=tmp_path, task="story", weights="DIR"), EXPERTS, shipped)


def test_a_file_of_tasks_that_is_named_has_to_be_the_one_of_the_report(tmp_path: Path) -> None:
    report(tmp_path)
    (mine := tmp_path / "mine.jsonl").write_text("{}\n")
    asked = Ask(out=tmp_path, task="story", tasks=str(mine))
    assert chosen(asked, EXPERTS, shipped) is None
    damaged(lambda made: made["run"].update(file="ca3d163bab055381"))(tmp_path)  # of SHA-256
    assert chosen(asked, EXPERTS, shipped).alpha == (0.6, 0.7, -0.1)


# ----------------------------------------------------------------------------- and what it answers

PEN = " tom has x pens , buys 3 , loses 4 . how many pens , as f ( x ) ?"


def no_search(monkeypatch: Patch) -> None:
    for name in ("search", "categorise"):
        monkeypatch.setattr(t2, name, lambda *given: pytest.fail("nothing is asked or searched"))


def by(alpha: tuple[float, ...], prompt: str) -> str:
    """What a mixture of the experts that ship answers, by the book."""
    session = Session(Ask(out=HERE / "nowhere"))
    Z = torch.stack([session.library()[name] for name in EXPERTS])
    with session.svf.adapted(mix(torch.tensor(alpha), Z)):
        done, = complete(session.svf.model, session.fmt, [prompt])
    return session.fmt.text(done.tokens).strip()


@pytest.mark.parametrize("flags, name, alpha", [
    (["--expert", "code"], "code", (0.0, 1.0, 0.0)),
    (["--alpha", "math=0.6,code=0.7"], "math=0.6,code=0.7", (0.6, 0.7, 0.0))])
def test_the_base_and_the_mixture_that_is_named_answer_without_a_search(
        flags: list[str], name: str, alpha: tuple, run: Run, tmp_path: Path,  # noqa: F811
        monkeypatch: Patch) -> None:
    no_search(monkeypatch)
    code, out, _ = run("ask", *flags, PEN)
    found = json.loads((tmp_path / "ask.json").read_text())
    assert code == 0 and list(found)[3:] == ["base", "mixture"]
    assert found["mixture"]["alpha"] == list(alpha)
    assert found["mixture"]["answer"] == by(alpha, PEN) != found["base"]["answer"]
    assert f"\nmixture       {name}\n  pass 1      math {alpha[0]:+.2f}" in out
    out = run("ask", "--expert", "base", PEN)[1]
    assert "mixture" not in out and list(json.loads((tmp_path / "ask.json").read_text()))[3:] == [
        "base"]  # which needs no pass 1


@pytest.mark.slow
def test_what_c_found_before_is_taken_where_it_is_of_these_experts(
        run: Run, tmp_path: Path, monkeypatch: Patch) -> None:  # noqa: F811
    assert run("adapt", "--task", "story", "--n", 1, "--few-shot", 2, "--strategy", "few-shot"
               )[0] == 0
    row = json.loads((tmp_path / "adapt.json").read_text())["tasks"]["story"]["strategies"]
    searches = []
    monkeypatch.setattr(t2, "search", lambda *given: searches.append(1) or (
        torch.zeros(3), {"shots": 2, "signal": True, "cem": []}))
    for more, says, n in (
            ([], f"what C found for story in {tmp_path / 'adapt.json'} (2 shots)", 0),
            (["--seed", "1"], "has seen 2 shots", 1)):
        code, out, _ = run("ask", "--task", "story", "--few-shot", 2, *more, PEN)
        found = json.loads((tmp_path / "ask.json").read_text())
        assert code == 0 and f"\nC few-shot    {says}\n" in out and len(searches) == n
        assert list(found)[3:] == ["base", "prompt", "classifier", "few-shot"]
        assert (found["few-shot"]["alpha"] == row["few-shot"]["alpha"]) is not more
        assert ("C searches anew: " in out and "seed is 1, and was 0" in out) is bool(more)


# ------------------------------------------------------------------------------------ many prompts

LINES = ['{"id": 1e400, "prompt": "What is 12 + 7 - 3?", "more": {"x": null, "é": [1.50]}}',
         "", json.dumps({"prompt": PEN}), '  {"prompt": "What is 12 + 7 - 3?"} ',
         '{"prompt": "Write f(x): do +3 -15 in this order."}']


def test_a_file_of_prompts_is_answered_line_by_line(run: Run, tmp_path: Path  # noqa: F811
                                                    ) -> None:
    """As one at a time; and what else stands in a line is kept to the letter."""
    (file := tmp_path / "mine.jsonl").write_text("\ufeff" + "\n".join(LINES), encoding="utf-8")
    alone = []
    for prompt in [json.loads(line)["prompt"] for line in LINES if line]:
        assert run("ask", prompt, "--max-new-tokens", 15)[0] == 0
        alone.append(json.loads((tmp_path / "ask.json").read_text()))
    code, out, err = run("ask", "--file", file, "--max-new-tokens", 15)
    assert (code, err) == (0, "")
    made = (tmp_path / "answers.jsonl").read_text(encoding="utf-8").splitlines()
    given = [line.strip() for line in LINES if line]
    assert [line.partition(', "answers": ')[0] + "}" for line in made] == given
    for line, one in zip(made, alone):
        found = json.loads(line)["answers"]
        assert list(found) == ["base", "prompt", "classifier"]
        for name, got in found.items():
            assert got == {key: pytest.approx(value, abs=1e-5) if key == "sure" else
                           dict(zip(EXPERTS, value)) if key == "alpha" else value
                           for key, value in one[name].items() if key != "seconds"}
    assert [one["classifier"]["named"] for one in alone] == ["math"] * 3 + ["code"]
    assert out.splitlines() == ["4 prompts; cut off: base 2, prompt 2, classifier 2",
                                "... an answer was cut off: raise --max-new-tokens (now 15)",
                                f"wrote {tmp_path / 'answers.jsonl'}"]
    code, out, _ = run("ask", "--file", file, "--alpha", "math=1")
    assert code == 0 and out.startswith("4 prompts; cut off: base 0, mixture 0\n")


def test_answers_that_were_not_finished_leave_the_old_ones(run: Run, tmp_path: Path,  # noqa: F811
                                                           monkeypatch: Patch) -> None:
    (tmp_path / "mine.jsonl").write_text("\n".join(LINES))
    (tmp_path / "answers.jsonl").write_text("of before")

    def some(session: object, experts: object, alpha: object, problems: list, what: str) -> list:
        if what.endswith("base"):
            return [("", False)] * len(problems)
        raise KeyboardInterrupt
    monkeypatch.setattr(t2, "answer", some)
    assert run("ask", "--file", tmp_path / "mine.jsonl")[0] == 130
    assert (tmp_path / "answers.jsonl").read_text() == "of before"


@pytest.mark.parametrize("line, says", [
    ('{"id": 3}', 'line 2: "prompt" is missing'), ('{"prompt": " "}', "line 2: prompt ' '"),
    ('{"prompt": ["a"]}', "line 2: prompt ['a']: expected text"),
    ("hello", "line 2: expected one JSON object a line"),
    ('{"prompt": "a", "prompt": "b"}', "line 2: keys"), ('["a"]', "line 2: line ['a']"),
    (f'{{"prompt": "a", "id": {"1" * 100_000}}}', "line 2: a number of 100,000 digits: exp"),
    ('{"prompt": "a", "answers": 1}', "line 2: keys ['prompt', 'answers']: expected none named"),
    (json.dumps({"prompt": "a " * 300}), "line 2: the prompt and 72 tokens for its answer")])
def test_a_bad_line_is_one_clear_line_before_there_is_work(
        line: str, says: str, run: Run, tmp_path: Path, monkeypatch: Patch) -> None:  # noqa: F811
    monkeypatch.setattr(t2, "passes", lambda *given: pytest.fail("is at work"))
    (file := tmp_path / "mine.jsonl").write_text(f'{{"prompt": "a"}}\n{line}\n{{"prompt": "b"}}')
    code, _, err = run("ask", "--file", file)
    assert code == 2 and f"{file}, {says}" in err and len(err.splitlines()) == 1


@pytest.mark.parametrize("args, says", [
    (["--file", "no.jsonl"], "no.jsonl is not there"), (["--file", "EMPTY"], "has no lines"),
    (["--file", "EMPTY", "hello"], "a prompt and --file"), ([""], "the prompt is empty"),
    (["--expert", "chess", "hi"], "expected one of base, math"),
    (["--expert", "math", "--task", "bus", "hi"], "expected one of them"),
    (["--task", "classifier", "hi"], "--task classifier: expected one of chain, shop, product"),
    (["--alpha", "math=x", "hi"], "--alpha 'math=x'"), (["a " * 300], "the prompt and 72 tokens")])
def test_what_ask_can_not_do_is_one_clear_line(args: list[str], says: str, run: Run,  # noqa: F811
                                               tmp_path: Path, monkeypatch: Patch) -> None:
    monkeypatch.setattr(t2, "passes", lambda *given: pytest.fail("is at work"))
    (tmp_path / "EMPTY").write_text("\n \n")
    code, _, err = run("ask", *(str(tmp_path / x) if x == "EMPTY" else x for x in args))
    assert code == 2 and says in err and len(err.splitlines()) == 1


def test_a_damaged_expert_is_said_before_anything_is_answered(run: Run,  # noqa: F811
                                                              tmp_path: Path) -> None:
    (tmp_path / "math.safetensors").write_bytes(b"of no use")
    code, out, err = run("ask", PEN)
    assert (code, out) == (2, "") and "math.safetensors" in err and err.count("\n") == 1


# ----------------------------------------------------------------------------- a prompt a line

def test_prompts_that_are_typed_are_answered_until_the_end(run: Run, tmp_path: Path,  # noqa: F811
                                                           monkeypatch: Patch) -> None:
    """By one model and one search; a prompt that can't be is a line of complaint."""
    whole, searches = t2.search, []
    monkeypatch.setattr(t2, "search", lambda *given: searches.append(1) or whole(*given))
    monkeypatch.setattr("sys.stdin", io.StringIO(f"7 plus 5?\n\n \n{'a ' * 300}\n{PEN}"))
    code, out, err = run("ask", "--task", "story", "--few-shot", 2)
    assert code == 0 and len(searches) == 1 and ">" not in out and "first token" not in out
    assert out.count("the prompt    ") == 2 and out.count("C few-shot    ") == 2
    assert out.index("has seen 2 shots") < out.index("what C found for story (2 shots)")
    assert "do not fit" in err and len(err.splitlines()) == 1
    last = json.loads((tmp_path / "ask.json").read_text())
    assert last["question"] == PEN.strip()
    assert last["few-shot"]["answer"] == by(tuple(last["few-shot"]["alpha"]), PEN)


def test_ctrl_c_ends_it_and_a_sign_asks_on_a_terminal_alone(run: Run,  # noqa: F811
                                                            monkeypatch: Patch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True
    shown = []
    for stream in (Terminal("a\nb\n"), io.StringIO("a\nb\n")):
        monkeypatch.setattr("sys.stdin", stream)
        with monkeypatch.context() as patch:
            patch.setattr("builtins.input", lambda sign, stream=stream: shown.append(
                sign) or stopped(stream.readline()))
            assert [line.strip() for line in typed()] == ["a", "b"]
    assert shown == ["> "] * 3 + [""] * 3

    def interrupted(sign: str) -> str:
        raise KeyboardInterrupt
    monkeypatch.setattr("builtins.input", interrupted)
    code, _, err = run("ask")
    assert (code, err) == (130, "\nstopped\n")


def stopped(line: str) -> str:
    """As input() ends."""
    if not line:
        raise EOFError
    return line


def test_a_prompt_of_bytes_that_are_no_text_is_one_all_the_same(run: Run,  # noqa: F811
                                                                tmp_path: Path) -> None:
    code, out, err = run("ask", "--expert", "base", "caf\udce9 ?")  # as Python reads such bytes
    assert (code, err) == (0, "") and "caf \ufffd ?" in out.splitlines()[0]
    assert json.loads((tmp_path / "ask.json").read_text())["question"] == "caf \ufffd ?"


def test_a_closed_stdin_is_one_clear_line_before_there_is_work(run: Run,  # noqa: F811
                                                               monkeypatch: Patch) -> None:
    monkeypatch.setattr("sys.stdin", None)
    monkeypatch.setattr("data.run.ask.Session", lambda *given: pytest.fail("is at work"))
    code, _, err = run("ask")
    assert code == 2 and "stdin is closed: expected a prompt" in err
    assert len(err.splitlines()) == 1


def test_bytes_that_are_no_text_are_no_end(monkeypatch: Patch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"caf\xe9\nb"), "utf-8"))
    assert [*typed()] == ["caf\ufffd", "b"]

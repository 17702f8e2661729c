"""The page of `t2.py play`, asked as a browser asks it, and as nobody should."""
from __future__ import annotations

import http.client
import json
import math
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import parse_qs

import pytest
import torch

import t2
from data import HERE
from data.run import serve
from data.run.ask import read
from data.run.checkpoints import fingerprint, load_llama, save_expert
from data.run.flags import Play
from data.run.play import EXAMPLES, PAGE, Desk
from data.tasks.families import TASKS
from data.tasks.problem import DOMAINS
from svf import SVF, mix
from tests.conftest import Patch, Said
from tests.test_open_weights import folder  # noqa: F401  (a fixture)
from tests.test_t2 import Run, run  # noqa: F401  (a fixture)

ROOT = HERE.parent
HTML = PAGE.read_text(encoding="utf-8")
FUNCTIONS = t2.categorise, t2.search


class Site:
    """A page that is served in this process, and a browser's way to ask it."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.server = desk, serve.Server(0, HTML)
        self.port = self.server.server_port
        self.host = f"127.0.0.1:{self.port}"
        threading.Thread(target=self.server.serve, args=[desk], daemon=True).start()

    def ask(self, way: str, method: str = "POST", body: bytes | None = None,
            headers: dict | None = None, **question: object) -> tuple[int, dict | str]:
        """The status, and what was answered."""
        own = {"Host": self.host, "Origin": f"http://{self.host}", **(headers or {})}
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        line.putrequest(method, way, skip_host=True, skip_accept_encoding=True)
        if method == "POST":
            body = json.dumps(question).encode() if body is None else body
            own.setdefault("Content-Length", str(len(body)))
        for name, value in own.items():
            if value is not None:
                line.putheader(name, value)
        line.endheaders(body)
        reply = line.getresponse()
        text = reply.read().decode()
        line.close()
        self.headers = reply.headers
        return reply.status, json.loads(text) if "json" in reply.headers["Content-Type"] else text

    def told(self, way: str, **question: object) -> dict:
        """What is answered to what can be."""
        status, found = self.ask(f"/{way}", **question)
        assert status == 200, found
        return found

    def raw(self, *pieces: bytes, pause: float = 0) -> bytes:
        """What comes back for these bytes, until the other side hangs up."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as line:
            try:
                for piece in pieces:
                    line.sendall(piece)
                    time.sleep(pause)
                return b"".join(iter(lambda: line.recv(1 << 16), b""))
            except ConnectionError:  # it hung up while there was more to say
                return b""


@pytest.fixture(scope="module")
def site() -> Site:
    """What ships."""
    return Site(Desk(Play(out=ROOT / "no such folder"), *FUNCTIONS))


def text(said: dict) -> str:
    return "".join(piece for piece, _ in said["tokens"])


def right(found: dict) -> int:
    return sum(one["right"] is True for one in found["said"])


# ----------------------------------------------------- its numbers are those of the other commands

@pytest.mark.parametrize("prompt", ["What is 12 + 7 - 3?", "Write f(x): do +3 -15 in this order."])
def test_answers_and_pass_1_are_those_of_ask(prompt: str, site: Site, run: Run,  # noqa: F811
                                             tmp_path: Path) -> None:
    for seed, more in ((0, ()), (3, ("--alpha", "math=0.7,reasoning=-0.2"))):
        assert run("ask", prompt, "--seed", seed, *more)[0] == 0
        report = json.loads((tmp_path / "ask.json").read_text())
        for name, way in (("base", ""), ("prompt", "A"), ("classifier", "B"), ("mixture", "")):
            if one := report.get(name):
                alpha = ",".join(f"{k}={x!r}" for k, x in zip(DOMAINS, one["alpha"]) if x)
                said, = site.told("answer", prompt=prompt, alpha=alpha, seed=seed)["said"]
                assert (text(said).strip(), said["cut"]) == (one["answer"], one["cut"])
                assert said["right"] is None and "your own" in said["verdict"]
                if way:
                    assert site.told(way, prompt=prompt) == {"named": one["named"],
                                                             "sure": one["sure"]}
    assert set(report) >= {"base", "mixture"}


@pytest.mark.slow
def test_c_and_what_it_finds_are_those_of_adapt(site: Site, run: Run,  # noqa: F811
                                                tmp_path: Path) -> None:
    """On the prompts that the page offers, which are the first that adapt tests."""
    assert run("adapt", "--task", "month", "--n", EXAMPLES, "--strategy", "few-shot", "--seed",
               5)[0] == 0
    row = json.loads((tmp_path / "adapt.json").read_text())["tasks"]["month"]["strategies"]
    found = site.told("C", task="month", seed=5)
    assert found["alpha"] == row["few-shot"]["alpha"]
    for step, mine in zip(row["few-shot"]["cem"], found["steps"], strict=True):
        assert step == {key: mine[key] for key in step}
        elites = torch.tensor(mine["alphas"])[mine["elites"]]
        assert elites.mean(0).tolist() == mine["mu"] and elites.std(0).tolist() == mine["sigmas"]
    about = site.told("about", task="month", seed=5)
    for name in ("base", "uniform", "few-shot"):
        alpha = ",".join(f"{k}={x!r}" for k, x in zip(about["domains"], row[name]["alpha"]) if x)
        marks = [site.told("answer", task="month", seed=5, prompt=one, alpha=alpha)["said"][0]
                 for one in about["examples"]]
        assert sum(one["right"] for one in marks) / EXAMPLES == row[name]["accuracy"]
    shots = site.told("answer", task="month", seed=5)["said"]
    assert [one["prompt"] for one in shots] == [
        p.prompt for p in TASKS["month"].problems(about["shots"], "shots", 5)]


def test_a_token_comes_with_its_probability_and_a_shot_with_the_judges_word(site: Site) -> None:
    found = site.told("answer", task="chain", alpha="math=1")["said"]
    for one, problem in zip(found, TASKS["chain"].problems(8, "shots", 0)):
        verdict = problem.judge(text(one))
        assert (one["right"], one["verdict"]) == (verdict.right, str(verdict))
        tokens = [*site.desk.session.fmt.encoding.encode_ordinary(text(one)), 0]
        assert len(one["tokens"]) == len(tokens) and all(0 < p <= 1 for _, p in one["tokens"])
    own, = site.told("answer", task="chain", prompt="what is 2 +3 ?")["said"]
    with torch.no_grad():
        fmt, model = site.desk.session.fmt, site.desk.session.svf.model
        logits = model(torch.tensor([fmt.prompt(" what is 2 +3 ?")]))[0, -1]
    assert own["tokens"][0][1] == pytest.approx(logits.softmax(-1).max().item(), rel=1e-4)


def test_every_example_is_found_again_by_its_text(site: Site) -> None:
    for name, task in site.desk.session.tasks.items():
        shown = site.told("about", task=name, seed=1)["examples"]
        problems = task.problems(EXAMPLES, "test", 1)
        assert [read(site.desk.session.args, prompt) for prompt in shown] == [
            problem.prompt for problem in problems]
    said, = site.told("answer", task=name, seed=1, prompt=f" {shown[3]} ")["said"]
    assert said["right"] and said["prompt"] == problems[3].prompt


def test_inside_is_what_the_layer_holds(site: Site) -> None:
    svf, library = site.desk.session.svf, site.desk.library
    Z = torch.stack([library[name] for name in DOMAINS])
    z = dict(zip(svf.layers, mix(torch.tensor([0.5, 0, -1]), Z).split(svf.sizes)))["2.down"]
    S = svf.layers["2.down"].S
    found = site.told("inside", matrix="2.down", alpha="math=0.5,reasoning=-1")
    assert found == {"S": S.tolist(), "adapted": (S * z).tolist()}
    found = site.told("inside", matrix="2.down")
    assert found["adapted"] == found["S"]
    one, other = (site.told("inside", matrix="2.down", alpha="math=1", shuffled=shuffled)
                  for shuffled in (False, True))
    gains = [torch.tensor(found["adapted"]) / S for found in (one, other)]
    assert not torch.equal(*gains)
    assert torch.allclose(gains[0].sort().values, gains[1].sort().values, atol=1e-5)


def lessons() -> list[dict]:
    """What the links of the page ask."""
    links = re.findall(r'href="#([^"]+)"', HTML)
    return [{key: value == "true" if key == "shuffled" else value
             for key, [value] in parse_qs(link).items()} for link in links]


@pytest.mark.slow
def test_each_lesson_shows_what_it_says(site: Site) -> None:
    def shots(alpha: str, lesson: dict) -> int:
        return right(site.told("answer", **{**lesson, "alpha": alpha, "prompt": ""}))
    mixture, story, opposite, shuffled, much = lessons()
    assert shots(mixture["alpha"], mixture) == 8
    assert [shots(one, mixture) for one in ("", "math=1", "code=1", "reasoning=1")] == [0] * 4
    prompt = site.told("about", **story)["examples"][0]
    assert site.told("A", prompt=prompt)["named"] == "math"
    found = ",".join(map("{}={}".format, DOMAINS, site.told("C", **story)["alpha"]))
    for alpha, n in (("math=1", 2), (found, 8)):
        said, = site.told("answer", **story, prompt=prompt, alpha=alpha)["said"]
        assert (shots(alpha, story), said["right"]) == (n, n == 8)
    found = ",".join(map("{}={}".format, DOMAINS, site.told("C", task=opposite["task"])["alpha"]))
    sure = []
    for alpha in ("", found):
        said = site.told("answer", **{**opposite, "alpha": alpha, "prompt": ""})["said"]
        sure.append(sum(math.log(p) for one in said for _, p in one["tokens"]))
        assert all(one["right"] for one in said) and len(said) == 8
    assert sure[0] < sure[1]
    assert shots(shuffled["alpha"], shuffled) <= shots("", shuffled) <= 2
    assert shots(shuffled["alpha"], {**shuffled, "shuffled": False}) == 8
    for alpha, n in ((much["alpha"], 4), ("reasoning=1", 8)):
        said, = site.told("answer", **{**much, "alpha": alpha})["said"]
        assert (shots(alpha, much), said["right"]) == (n, n == 8)


def test_an_answer_takes_no_longer_than_a_glance(site: Site) -> None:
    """150 ms of one core from a key to the answer; the least of ten, of the processor's time."""
    spent, lesson = [], lessons()[0]
    lesson["prompt"] = site.told("about", **lesson)["examples"][0]
    for _ in range(10):
        begin = time.process_time()
        site.told("answer", **lesson)
        spent.append(time.process_time() - begin)
    assert min(spent) < 0.15


def test_open_weights_with_tasks_of_ones_own_and_without(folder: Path, tmp_path: Path  # noqa: F811
                                                         ) -> None:
    args = dict(weights=str(folder), out=tmp_path, max_new_tokens=3, few_shot=2)
    with pytest.MonkeyPatch.context() as patch, pytest.raises(
            ValueError, match="no experts of these weights"):
        patch.setattr("data.run.session.llama", lambda *_: pytest.fail("reads them first"))
        Desk(Play(**args), *FUNCTIONS)
    model, _ = load_llama(folder)
    base, svf = fingerprint(model), SVF(model)
    save_expert(tmp_path / "sums.safetensors", svf.neutral() + 0.5, base, {})
    site = Site(Desk(Play(**args), *FUNCTIONS))
    about = site.told("about")
    assert (about["domains"], about["tasks"], about["examples"]) == (["sums"], {}, [])
    assert about["ways"] == ["about", "answer", "A", "C", "inside"]
    assert text(site.told("answer", prompt="Hot?", alpha="sums=1")["said"][0])
    assert site.ask("/C", prompt="Hot?")[0] == site.ask("/B", prompt="Hot?")[0] == 400
    site = Site(Desk(Play(**args, tasks=str(folder / "tasks.jsonl")), *FUNCTIONS))
    about = site.told("about", task="words")
    assert list(about["tasks"]) == ["words", "sums"] and len(about["examples"]) == 8
    said, = site.told("answer", task="words", prompt=about["examples"][3])["said"]
    assert "your own" not in said["verdict"]
    assert len(site.told("answer", task="words")["said"]) == 2
    assert len(site.told("C", task="words")["alpha"]) == 1


# --------------------------------------------------------------------- the newest question wins

def test_the_newest_question_wins_at_once(site: Site) -> None:
    found: list[tuple[int, dict]] = []
    searching = threading.Thread(target=lambda: found.append(Site.ask(
        SimpleNamespace(port=site.port, host=site.host), "/C", task="cups")))
    searching.start()
    while not site.desk.lock.locked():
        time.sleep(0.001)
    time.sleep(0.1)
    assert site.told("answer", prompt="what is 1 +1 ?")["said"]
    assert not site.desk.lock.locked()
    searching.join()
    assert found == [(202, {"error": "a newer question came first"})]


# ------------------------------------------------------------------------- what nobody should ask

@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("headers", [
    {"Host": "example.com"}, {"Host": "127.0.0.1"}, {"Host": "127.0.0.1:1"}, {"Host": None},
    {"Host": "127.0.0.1.example.com:{port}"}, {"Host": "127.0.0.2:{port}"},
    {"Origin": "http://example.com"}, {"Origin": "null"}, {"Origin": "https://127.0.0.1:{port}"},
    {"Origin": "http://127.0.0.1:1"}, {"Origin": ""}, {"Origin": "http://localhost:{port}"}])
def test_another_host_or_origin_is_refused(headers: dict, method: str, site: Site) -> None:
    given = {key: value and value.format(port=site.port) for key, value in headers.items()}
    way = "/" if method == "GET" else "/about"
    status, found = site.ask(way, method, headers=given)
    assert status == 403 and "as Host" in found["error"] + "as Host" * ("Origin" in given)
    assert site.ask(way, method)[0] == 200


def test_a_question_needs_an_origin_and_a_visit_does_not(site: Site) -> None:
    assert site.ask("/about", headers={"Origin": None})[0] == 403
    assert site.ask("/", "GET", headers={"Origin": None})[0] == 200
    name = f"localhost:{site.port}"
    assert site.ask("/about", headers={"Host": name, "Origin": f"http://{name}"})[0] == 200


@pytest.mark.parametrize("way", [
    "/../t2.py", "/..%2ft2.py", "//x", "/index.html", "/play.html", "/?", "/data/base.safetensors",
    "http://example.com/", "/about", "*"])
def test_nothing_but_the_page_is_served(way: str, site: Site) -> None:
    status, found = site.ask(way, "GET")
    assert (status, found) == (404, {"error": "there is nothing but the page, /"})
    assert site.ask(way + "/../__init__")[0] == 400
    assert site.ask("/", "PUT")[0] == site.ask("/", "HEAD")[0] == 501


@pytest.mark.parametrize("length", ["10000000", "20001", "-1", "1e3", "\u00b2", "", "9" * 5000,
                                    None])
def test_what_is_too_large_or_has_no_length_is_refused_unread(length: str | None, site: Site
                                                              ) -> None:
    size = "" if length is None else f"Content-Length: {length}\r\n"
    said = site.raw(f"POST /about HTTP/1.1\r\nHost: {site.host}\r\nOrigin: http://{site.host}\r\n"
                    f"{size}\r\n".encode("latin-1"))
    assert said.startswith(b"HTTP/1.0 413 ") and b"at most 20,000 bytes" in said
    assert site.told("about")


def test_ten_megabytes_are_not_taken(site: Site) -> None:
    head = (f"POST /about HTTP/1.1\r\nHost: {site.host}\r\nOrigin: http://{site.host}\r\n"
            "Content-Length: 10000000\r\n\r\n")
    assert b" 200 " not in site.raw(head.encode(), b"{" + b" " * 10_000_000)
    for line in (b"GET /" + b"a" * 10_000_000, b"GET / HTTP/1.1\r\nHost: " + b"a" * 10_000_000,
                 b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 1_000_000):
        assert b" 200 " not in site.raw(line)
    assert site.told("about")


@pytest.mark.parametrize("pieces, pause", [
    ([b"GET / HT"], 0), ([b""], 0), ([b"GET / HTTP/1.1\r\nHost: 127"], 0),
    ([b"G"] * 100, 0.05), ([b"GET / HTTP/1.1\r\n", *[b"A: b\r\n"] * 90], 0.05),
    ([b"POST /about HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\n",
      b"Content-Length: 99\r\n\r\n{"], 0)])
def test_half_a_line_is_waited_for_a_while_and_no_longer(pieces: list[bytes], pause: float,
                                                         site: Site, monkeypatch: Patch) -> None:
    """Nor what comes a byte at a time, each in time."""
    monkeypatch.setattr(serve, "SECONDS", 0.5)
    begin = time.monotonic()
    said = site.raw(*(piece.replace(b"{host}", site.host.encode()) for piece in pieces),
                    pause=pause)
    assert b" 200 " not in said and 0.4 < time.monotonic() - begin < 4.5
    monkeypatch.undo()
    assert site.told("about")


@pytest.mark.slow
def test_an_answer_that_nobody_takes_holds_no_thread_for_long(monkeypatch: Patch, capsys: Said
                                                              ) -> None:
    """Nor is it worth a word that somebody hangs up."""
    monkeypatch.setattr(serve, "AT_ONCE", 1)
    monkeypatch.setattr(serve, "SECONDS", 1)
    site = Site(lambda way, question: {"long": "x" * 50_000_000 * (way == "long")})
    question = (f"POST /long HTTP/1.1\r\nHost: {site.host}\r\nOrigin: http://{site.host}\r\n"
                "Content-Length: 2\r\n\r\n{}").encode()
    with socket.create_connection(("127.0.0.1", site.port)) as line:
        line.sendall(question)
        assert site.told("short") == {"long": ""}
    with socket.create_connection(("127.0.0.1", site.port)) as line:
        line.sendall(question)
        line.recv(100)
    assert site.told("short") and capsys.readouterr().err == ""


def test_each_thread_of_the_server_computes_with_as_many_as_the_command(site: Site) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(site.desk, "threads", 3)
        patch.setitem(site.desk.ways, "A", lambda asked: {"n": torch.get_num_threads()})
        assert [site.told("A")["n"] for _ in range(9)] == [3] * 9
    assert site.told("inside", matrix="0.q") and torch.get_num_threads() == 1


@pytest.mark.slow
def test_a_thousand_at_once_are_answered_by_a_few_threads(site: Site) -> None:
    body = json.dumps({"prompt": "what is 1 +1 ?"})
    request = (f"POST /answer HTTP/1.1\r\nHost: {site.host}\r\nOrigin: http://{site.host}\r\n"
               f"Content-Length: {len(body)}\r\n\r\n{body}").encode()
    lines, most = [], 0
    for _ in range(1000):
        lines.append(socket.create_connection(("127.0.0.1", site.port), timeout=60))
        lines[-1].sendall(request)
        most = max(most, threading.active_count())
    found = Counter()
    for line in lines:
        with line:
            found[b"".join(iter(lambda: line.recv(1 << 16), b""))[:12]] += 1  # noqa: B023
    assert set(found) <= {b"HTTP/1.0 200", b"HTTP/1.0 202"} and found[b"HTTP/1.0 200"] >= 1
    assert sum(found.values()) == 1000 and most < 100
    assert site.told("about")


BAD = [
    (b"", "expected a JSON object"), (b"[]", "expected a JSON object"), (b"\xff", "a JSON object"),
    (b"[" * 19_000, "a JSON object"), (b'{"seed": 1, "seed": 2}', "more than once"),
    (b'{"seed": "1"}', "'seed': '1': expected the like of"), (b'{"seed": 1.5}', "'seed': 1.5"),
    (b'{"seed": true}', "'seed': True"), (b'{"seed": ' + b"9" * 5000 + b"}", "'seed': inf"),
    (b'{"alpha": {"math": 1}}', "'alpha'"), (b'{"__class__": "x"}', "'__class__': 'x'"),
    (b'{"task": "nonsense"}', "'nonsense': expected one of chain, shop"),
    (b'{"task": "../base"}', "'../base': expected one of"), (b"{}", "'': expected one of chain"),
    (b'{"prompt": "hi", "alpha": "math"}', "--alpha 'math': expected math=X"),
    (b'{"prompt": "hi", "alpha": "math=nan"}', "--alpha 'math=nan'"),
    (b'{"prompt": "hi", "alpha": "math=1e9"}', "--alpha 'math=1e9'"),
    (b'{"prompt": "  "}', "the prompt is empty"),
    (b'{"prompt": "' + b"a " * 300 + b'"}', "do not fit the 256")]


@pytest.mark.parametrize("body, says", BAD, ids=range(len(BAD)))
def test_a_bad_question_is_one_clear_line(body: bytes, says: str, site: Site) -> None:
    status, found = site.ask("/answer", body=body)
    assert status == 400 and says in found["error"]
    assert "\n" not in found["error"] and len(found["error"]) < 700


@pytest.mark.parametrize("way", ["answers", "__init__", "session", "set", "", "answer?x", "%41"])
def test_only_what_the_page_asks_can_be_asked(way: str, site: Site) -> None:
    status, found = site.ask(f"/{way}", prompt="hi")
    assert status == 400 and "expected one of about, answer, A, C, inside, B" in found["error"]
    status, found = site.ask("/inside", matrix="9.q")
    assert status == 400 and "expected one of 0.q, 0.k" in found["error"]


def test_html_in_a_prompt_stays_text(site: Site) -> None:
    """It goes out as JSON that nobody takes for a page; the page puts text in as text alone, and
    has no code that would run but its own."""
    shout = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    said, = site.told("answer", prompt=shout)["said"]
    assert "<" in said["prompt"]
    assert site.headers["Content-Type"] == "application/json"
    assert site.headers["X-Content-Type-Options"] == "nosniff"
    status, page = site.ask("/", "GET")
    policy = site.headers["Content-Security-Policy"]
    nonce = re.search(r"script-src 'nonce-(\S+)'", policy)[1]
    assert status == 200 and page == HTML.replace("NONCE", nonce) and len(nonce) > 20
    assert policy.startswith("default-src 'none'; ") and "unsafe" not in policy
    assert re.findall(r"<(?:script|style)[^>]*>", HTML) == [
        '<style nonce="NONCE">', '<script nonce="NONCE">']
    for way_in in ("innerHTML", "outerHTML", "insertAdjacent", "document.write", "eval(",
                   "DOMParser", "Function(", " onclick=\"", "srcdoc", "javascript:"):
        assert way_in not in HTML
    assert re.findall(r"https?://[^\s\"'`]+", HTML) == ["http://www.w3.org/2000/svg"]


# ------------------------------------------------------------------------------------ the command

def test_a_busy_port_is_one_line_with_the_way_out(site: Site, run: Run) -> None:  # noqa: F811
    code, _, error = run("play", "--port", site.port)
    assert code == 2 and error.count("\n") == 1
    assert f"t2.py: --port {site.port}: " in error and "another, or 0 for any" in error


@pytest.fixture
def process(tmp_path: Path) -> Iterator[subprocess.Popen]:
    """The command, as a user types it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    made = subprocess.Popen([sys.executable, "t2.py", "play", "--port", "0", "--out", tmp_path],
                            cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    signal.signal(signal.SIGINT, before)  # what a shell runs in the background ignores it
    yield made
    made.kill()
    made.wait()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="there no signal is sent to one process")
def test_ctrl_c_ends_it_at_once_in_the_midst_of_a_search(process: subprocess.Popen) -> None:
    link = process.stdout.readline().split()[0]
    port = int(re.fullmatch(r"http://127\.0\.0\.1:(\d+)/", link)[1])
    site = SimpleNamespace(port=port, host=f"127.0.0.1:{port}")
    assert Site.ask(site, "/", "GET")[0] == 200
    asking = threading.Thread(target=lambda: pytest.raises(
        (http.client.HTTPException, OSError), Site.ask, site, "/C", task="sum+code"))
    asking.start()
    time.sleep(0.5)
    begin = time.monotonic()
    process.send_signal(signal.SIGINT)
    _, error = process.communicate(timeout=20)
    assert process.returncode == 130 and time.monotonic() - begin < 2
    assert error == "\nstopped\n"
    asking.join()


def test_it_listens_on_this_machine_alone_and_is_as_small_as_it_says(site: Site) -> None:
    assert site.server.socket.getsockname()[0] == "127.0.0.1"
    assert len(HTML.splitlines()) <= 350 and max(map(len, HTML.splitlines())) <= 120
    assert len(Path(serve.__file__).read_text(encoding="utf-8").splitlines()) <= 130

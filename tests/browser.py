"""The page of `t2.py play` in a real browser: every lesson, by mouse and keyboard.

    python -m tests.browser             # needs Chromium, say apt-get install chromium
    python -m tests.browser --to DIR    # where its screenshots go (out/browser)

Headless Chromium is driven over its own pipe, by the standard library. Each line printed is a
check that held; the screenshots, of three widths in light and dark, are for somebody to look at.
Exit status: 0 all held, 1 one did not, 2 there is no Chromium.
"""
from __future__ import annotations

import argparse
import base64
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from data import HERE

ROOT = HERE.parent
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync",
         "--disable-background-networking", "--disable-component-update",
         "--remote-debugging-pipe"]
WIDTHS, README_WIDTH = (360, 900, 1600), 1200
PICTURE = ROOT / "tests" / "results" / "play.png"
CONTRAST = """(() => {
  const light = colour => colour.slice(0, 3).map(v => v / 255).map(v =>
    v <= .04 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4).reduce((sum, v, i) =>
    sum + v * [.2126, .7152, .0722][i], 0);
  const style = (e, name) => [...getComputedStyle(e)[name].match(/[\\d.]+/g).map(Number), 1];
  const behind = e => {
    if (!e) return [255, 255, 255];
    const [r, g, b, a] = style(e, "backgroundColor"), under = a < 1 ? behind(e.parentElement) : [];
    return a < 1 ? [r, g, b].map((v, i) => v * a + under[i] * (1 - a)) : [r, g, b];
  };
  const texts = [...document.querySelectorAll("body *")].filter(e => e.offsetParent
    && [...e.childNodes].some(node => node.nodeType === 3 && node.data.trim()));
  return Math.min(...texts.map(e => {
    const [a, b] = [light(style(e, "color")), light(behind(e))].sort();
    return (b + .05) / (a + .05);
  }));
})()"""  # the least contrast of any text with what it stands on (WCAG asks for 4.5)


class Browser:
    """One page of a headless Chromium, and all that it logged and asked for."""

    def __init__(self, chromium: str, profile: str) -> None:
        read, theirs = os.pipe()
        ours, write = os.pipe()
        self.process = subprocess.Popen(
            ["sh", "-c", f'exec "$@" 3<&{ours} 4>&{theirs}', "sh", chromium, *FLAGS,
             f"--user-data-dir={profile}"], pass_fds=(ours, theirs), stderr=subprocess.DEVNULL)
        os.close(ours)
        os.close(theirs)
        self.input, self.output = os.fdopen(write, "wb"), os.fdopen(read, "rb")
        self.count, self.session, self.events, self.rest = 0, None, [], b""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target,
                                 flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")
        self.call("Emulation.setScrollbarsHidden", hidden=True)

    def call(self, method: str, **params: object) -> dict:
        """A command of the DevTools protocol, and its result; events meanwhile are kept."""
        self.count += 1
        message = {"id": self.count, "method": method, "params": params}
        message |= {"sessionId": self.session} if self.session else {}
        self.input.write(json.dumps(message).encode() + b"\0")
        self.input.flush()
        while True:
            while b"\0" not in self.rest:
                self.rest += os.read(self.output.fileno(), 1 << 20)
            raw, _, self.rest = self.rest.partition(b"\0")
            found = json.loads(raw)
            if found.get("id") == self.count:
                assert "error" not in found, (method, found)
                return found["result"]
            self.events.append(found)

    def value(self, code: str) -> object:
        """What an expression of JavaScript is, there and now."""
        found = self.call("Runtime.evaluate", expression=code, returnByValue=True,
                          awaitPromise=True)
        assert "exceptionDetails" not in found, (code, found)
        return found["result"].get("value")

    def until(self, code: str, seconds: float = 60) -> None:
        """Waits until an expression is true."""
        end = time.monotonic() + seconds
        while not self.value(code):
            assert time.monotonic() < end, f"never: {code}; the page: {self.value(SHOWN)}"
            time.sleep(0.02)

    def key(self, name: str, code: int) -> None:
        """Presses and lets go a key, as a user does."""
        for kind in ("rawKeyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=name, code=name,
                      windowsVirtualKeyCode=code)

    def size(self, width: int, dark: bool, height: int = 900) -> None:
        """A window of this width, in light or dark."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height,
                  deviceScaleFactor=1, mobile=width < 600)
        self.call("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])

    def asked(self) -> list[str]:
        """The addresses of all its requests."""
        return [event["params"]["request"]["url"] for event in self.events
                if event["method"] == "Network.requestWillBeSent"]

    def logged(self) -> list[dict]:
        """All that a developer's console shows."""
        kinds = ("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded")
        return [event["params"] for event in self.events if event["method"] in kinds]

    def picture(self, path: Path, **more: object) -> None:
        """Writes a screenshot of the whole page."""
        path.parent.mkdir(parents=True, exist_ok=True)
        found = self.call("Page.captureScreenshot", captureBeyondViewport=True, **more)
        path.write_bytes(base64.b64decode(found["data"]))


@contextmanager
def opened(chromium: str, folder: str) -> Iterator[Browser]:
    """A browser, until the end."""
    browser = Browser(chromium, f"{folder}/profile")
    try:
        yield browser
    finally:
        browser.process.terminate()
        browser.process.wait()


SHOWN = "document.body.innerText"
SETTLED = "(async () => { for (let last; last !== line;) await (last = line); return true; })()"
RIGHT = "Number($('accuracy').textContent.match(/^\\d+/))"
BASE = "Number($('accuracy').textContent.match(/\\d+$/))"
ALPHA = "Object.fromEntries(about.domains.map((name, k) => [name, shares()[k]]))"
DRAG = """(async () => {
  const slider = $("alpha-code"), plain = fetch, sent = [];
  let open = 0, most = 0;
  fetch = async (...asked) => {
    most = Math.max(most, ++open);
    sent.push(asked[0]);
    try { return await plain(...asked); } finally { open--; }
  };
  for (let i = 0; i < 60; i++) {
    slider.value = i / 100;
    slider.dispatchEvent(new Event("input"));
    await new Promise(done => setTimeout(done, 16));
  }
  const queued = sent.filter(way => way === "answer").length, let_go = performance.now();
  for (let last; last !== line;) await (last = line);
  fetch = plain;
  return {most, queued, after: performance.now() - let_go, alpha: shares()[1]};
})()"""  # a slider that is dragged for a second


def check(what: str, held: bool, more: object = "") -> None:
    """Prints it; AssertionError if it did not hold."""
    print(f"{'ok ' if held else 'NOT'} {what}{f': {more}' if more != '' else ''}", flush=True)
    assert held, what


@contextmanager
def served(folder: str) -> Iterator[tuple[subprocess.Popen, str]]:
    """`t2.py play` in a process of its own, and its link."""
    process = subprocess.Popen([sys.executable, ROOT / "t2.py", "play", "--port", "0"],
                               cwd=folder, stdout=subprocess.PIPE, text=True)
    try:
        yield process, process.stdout.readline().split()[0]
    finally:
        process.kill()
        process.wait()


class Reader:
    """Somebody who follows the lessons."""

    def __init__(self, browser: Browser, link: str) -> None:
        self.browser, self.value = browser, browser.value
        browser.size(1200, dark=False)
        browser.call("Page.navigate", url=link)
        browser.until("typeof place !== 'undefined' && place !== ''")
        self.value(SETTLED)

    def lesson(self, number: int) -> None:
        """Takes its link."""
        self.value("since = 0")
        self.value(f"document.querySelectorAll('ol a')[{number - 1}].click()")
        self.browser.until("since > 0")
        self.value(SETTLED)

    def press(self, *names: str) -> None:
        """Buttons, one after another."""
        for name in names:
            self.value(f"[...document.querySelectorAll('button')].find(one => one.textContent "
                       f"=== {json.dumps(name)}).click()")
            self.value(SETTLED)

    def right(self) -> int:
        """How many of eight shots the page says are right."""
        return self.value(RIGHT)

    def mark(self) -> str:
        """What it says of the adapted answer: right, or wrong and why."""
        return self.value("$('adapted-mark').textContent.replace(/^[✓✗] /, '')")


def lessons(reader: Reader) -> None:
    """Each shows what it says."""
    reader.lesson(1)
    check("1: the mixture answers all shots", reader.right() == 8 and reader.mark() == "right")
    for one in ("base", "math", "code", "reasoning"):
        reader.press(one)
        check(f"1: {one} alone answers none", reader.right() == 0 and reader.mark() != "right")
    reader.lesson(2)
    reader.press("A")
    check("2: A says math, which is wrong", "says math" in reader.value("$('told').textContent")
          and reader.mark() != "right" and reader.right() <= 2, reader.right())
    reader.press(*["C"] * 5)
    alpha = reader.value(ALPHA)
    check("2: C finds code, which is right", max(alpha, key=alpha.get) == "code"
          and reader.mark() == "right" and reader.right() == 8, alpha)
    reader.lesson(3)
    check("3: the base is right", reader.value(BASE) == 8)
    reader.press(*["C"] * 5)
    alpha = reader.value(ALPHA)
    check("3: what C adds leaves all right", any(alpha.values()) and reader.right() == 8, alpha)
    reader.lesson(4)
    check("4: shuffled gains are no better than the base",
          reader.right() <= reader.value(BASE) <= 2, reader.right())
    reader.press("gains shuffled")
    check("4: in order all is right", reader.right() == 8)
    reader.lesson(5)
    check("5: too much is wrong", reader.right() == 4 and reader.mark() != "right")
    reader.value("$('alpha-reasoning').focus()")
    while reader.value("shares()[2]") > 1:
        reader.browser.key("ArrowLeft", 37)
    reader.value(SETTLED)
    check("5: at 1, by keyboard, all is right", reader.right() == 8 and reader.mark() == "right")


def processor(pid: int) -> float:
    """Seconds of the processor that a process has had (Linux)."""
    times = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return sum(map(int, times)) / os.sysconf("SC_CLK_TCK")


def speed(reader: Reader, pid: int) -> None:
    """From a key to the new answer, and a slider that is dragged."""
    reader.lesson(1)
    reader.value("$('alpha-code').focus()")
    waits, before = [], processor(pid)
    for _ in range(20):
        reader.value("$('time').textContent = ''")
        reader.browser.key("ArrowRight", 39)
        reader.browser.until("$('time').textContent")
        waits.append(reader.value("parseInt($('time').textContent)"))
    spent = round(1000 * (processor(pid) - before) / len(waits))
    reader.value(SETTLED)
    check("from a key to the answer, ms of the server's processor", spent <= 150,
          f"{spent}; by the clock {min(waits)} to {max(waits)}, median {sorted(waits)[10]}")
    found = reader.value(DRAG)
    check("dragged: one question at a time, and the last one is answered",
          found["most"] == 1 and found["alpha"] == 0.59 and found["queued"] < 60, found)


def looks(browser: Browser, to: Path) -> None:
    """Three widths in light and dark."""
    for width in WIDTHS:
        for dark in (False, True):
            browser.size(width, dark)
            wide, contrast = browser.value("document.documentElement.scrollWidth"), browser.value(
                CONTRAST)
            name = f"{width}-{'dark' if dark else 'light'}"
            browser.picture(to / f"{name}.png")
            check(f"{name}: nothing sticks out, all text can be read",
                  wide <= width and contrast >= 4.5, f"contrast {contrast:.1f}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--to", type=Path, default=Path("out/browser"), metavar="DIR",
                        help="folder of the screenshots (default: out/browser)")
    parser.add_argument("--readme", action="store_true", help="make README's picture anew as well")
    args = parser.parse_args()
    chromium = next(filter(None, map(shutil.which, NAMES)), None)
    if not chromium:
        print(f"none of {', '.join(NAMES)} is there: `apt-get install chromium`, or your system's "
              "own way", file=sys.stderr)
        return 2
    with (tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
          served(folder) as (server, link), opened(chromium, folder) as browser):
        try:
            everything(browser, server, link, args)
        except AssertionError as error:
            print(error, file=sys.stderr)
            return 1
    return 0


def everything(browser: Browser, server: subprocess.Popen, link: str,
               args: argparse.Namespace) -> None:
    """All checks, in order; the last one ends the server."""
    reader = Reader(browser, link)
    lessons(reader)
    speed(reader, server.pid)
    reader.value("change({prompt: '<img src=x onerror=alert(1)> what is 1 +2 ?'})")
    reader.value(SETTLED)
    check("a prompt of one's own is text, and not judged", reader.mark().endswith("your own")
          and not reader.value("document.images.length"), reader.mark())
    reader.lesson(1)
    reader.press("C")
    looks(browser, args.to)
    if args.readme:
        browser.value("document.activeElement.blur()")
        browser.size(README_WIDTH, dark=False)
        browser.picture(PICTURE, clip={"x": 0, "y": 0, "width": README_WIDTH, "height": 1330,
                                       "scale": 0.75})
    check("no request left the machine", all(url.startswith((link, "data:"))
                                             for url in browser.asked()))
    check("nothing on the console", not browser.logged(), browser.logged())
    server.kill()
    server.wait()
    reader.press("base")
    check("without the server it says so", "server has gone" in reader.value(SHOWN))
    print(f"screenshots in {args.to}")


if __name__ == "__main__":
    sys.exit(main())

"""One page for this machine alone, and the questions it asks, by the standard library's HTTP.

    GET /           the page, and nothing else
    POST /name      JSON in, JSON out: what answer(name, question) gives, or {"error": a line}

It listens on 127.0.0.1. Requests that a browser sends for pages of other sites are known by their
Host and Origin, and refused. A request has few bytes and comes within seconds; a few threads take
what comes, and the system queues the rest. The page may load and run nothing but its own code.
"""
from __future__ import annotations

import json
import secrets
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from socket import SHUT_RD

from data.files import parse

MOST, SECONDS, AT_ONCE = 20_000, 5, 16  # bytes of a question; until it is there; threads
NONCE = secrets.token_urlsafe()  # in the page: marks its own style and code
POLICY = (f"default-src 'none'; script-src 'nonce-{NONCE}'; style-src 'nonce-{NONCE}'; img-src "
          "data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")


class Refused(Exception):
    """(status of HTTP, why): a question that gets no answer."""


class Handler(BaseHTTPRequestHandler):
    """One request; a connection has no other."""

    def handle(self) -> None:
        """Answers what is there in time, to whoever takes it."""
        def stop() -> None:
            with suppress(OSError):  # who asks may be gone
                self.connection.shutdown(SHUT_RD)
        self.connection.settimeout(SECONDS)  # of one read or write; and of all reads:
        late = threading.Timer(SECONDS, stop)
        late.start()
        try:
            super().handle()
        finally:
            late.cancel()

    def do_GET(self) -> None:
        """The page."""
        self.reply(self.page, "text/html; charset=utf-8")

    def do_POST(self) -> None:
        """The answer to a question."""
        self.reply(self.told, "application/json")

    def page(self) -> str:
        """The page. Refused under any other name."""
        if self.path != "/":
            raise Refused(404, "there is nothing but the page, /")
        return self.server.page.replace("NONCE", NONCE)

    def told(self) -> str:
        """The answer to the question."""
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit() and len(length) < 9 and int(length) <= MOST):
            raise Refused(413, f"expected a Content-Length of at most {MOST:,} bytes")
        question = parse(Path("the question"), self.rfile.read(int(length)))
        return json.dumps(self.server.answer(self.path[1:], question))

    def reply(self, make: Callable[[], str], kind: str) -> None:
        """What make() gives, or in one line why there is nothing."""
        status = 200
        try:
            self.check()
            text = make()
        except (Refused, ValueError) as error:
            status, why = error.args if isinstance(error, Refused) else (400, str(error))
            text, kind = json.dumps({"error": why}), "application/json"
        self.send_response(status)
        for name, value in (("Content-Type", kind), ("Content-Length", len(text.encode())),
                            ("Content-Security-Policy", POLICY), ("Cache-Control", "no-store"),
                            ("X-Content-Type-Options", "nosniff")):
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(text.encode())

    def check(self) -> None:
        """Refused unless it is meant for this server; and asked, where it asks, by its own page.

        A site whose name was turned to 127.0.0.1 gives that name as Host; any other, as Origin.
        """
        host = self.headers.get("Host", "")
        name, _, port = host.partition(":")
        here = name in ("127.0.0.1", "localhost")
        if not here or (port or "80") != str(self.server.server_port):
            raise Refused(403, "expected this machine's own address as Host")
        own = f"http://{host}"
        if self.headers.get("Origin", own if self.command == "GET" else "") != own:
            raise Refused(403, f"expected {own} as Origin")

    log_message = staticmethod(lambda *_: None)  # nothing is said of each request


class Server(HTTPServer):
    """A page (HTML) on this port; 0 takes any that is free. ValueError if it is not to be had."""

    allow_reuse_address = sys.platform != "win32"  # where two programs could share a port
    request_queue_size = 1000

    def __init__(self, port: int, page: str) -> None:
        self.page, self.answer = page, None
        try:
            super().__init__(("127.0.0.1", port), Handler)
        except OSError as e:
            raise ValueError(f"--port {port}: {e.strerror}; name another, or 0 for any") from None

    def serve(self, answer: Callable[[str, dict], dict]) -> None:
        """Until Ctrl-C. Each thread takes the next request that comes."""
        self.answer = answer
        for _ in range(AT_ONCE):
            threading.Thread(target=self.serve_forever, daemon=True).start()
        while not threading.Event().wait(1):
            pass

    def handle_error(self, request: object, address: object) -> None:
        """Who hangs up is no mistake of ours."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, address)

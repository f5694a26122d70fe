"""A wiki on this machine: answers in the shape of the MediaWiki API, so that the pipeline runs without a network."""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from os import PathLike
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from suprank_edu._checks import check_count

_MOST_TITLES = 50


@dataclass(frozen=True)
class Fault:
    """One answer that goes wrong: a status, a body and headers instead of the wiki's own.

    Example:
        >>> Fault(429, headers={"Retry-After": "2"}).status
        429
    """

    status: int = 200
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def api_error(cls, code: str, info: str, headers: Mapping[str, str] | None = None) -> Fault:
        """Return an error as the API sends it: status 200, the code in the body."""
        return cls(200, json.dumps({"error": {"code": code, "info": info}}), headers or {})


def read_pages(path: str | PathLike[str]) -> dict[str, Any]:
    """Read the pages of a wiki from JSON: ``{"pages": [...], "redirects": [...]}``, both as the API writes them.

    Raises:
        ValueError: the file is no such JSON.
    """
    try:
        content = json.loads(Path(path).read_text(encoding="utf-8"))
        pages = {page["title"]: page.get("categories", []) for page in content["pages"]}
        redirects = {move["from"]: move["to"] for move in content.get("redirects", [])}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(
            f"{path}: got no pages of a wiki ({error!r}), expected {{'pages': [...]}} as the API"
        ) from None
    return {"pages": pages, "redirects": redirects}


class LocalWiki:
    """A server on this machine that answers ``action=query&prop=categories`` as a MediaWiki does.

    It has the rules that a client meets outside: a user agent is required, at most 50 titles a request, long answers
    come in pieces with ``continue``, hidden categories go with ``clshow=!hidden``, redirects are followed, and too
    many requests a second get 429.

    Args:
        pages: title → titles of its parents, or the path of a JSON file for :func:`read_pages`.
        redirects: title → the title it leads to.
        answer_size: categories in one answer (500 outside); the rest comes by ``continue``.
        rate_limit: requests a second before the server answers 429; None for no limit.
        faults: answers that go wrong, one for each of the first requests; None stands for a right answer.

    Attributes:
        url: the API's address.
        requests: the parameters of each request so far.

    Example:
        >>> import requests
        >>> with LocalWiki({"Category:Eltz Castle": ["Category:Castles"]}) as wiki:
        ...     query = "action=query&prop=categories&titles=Category:Eltz_Castle&format=json&formatversion=2"
        ...     answer = requests.get(f"{wiki.url}?{query}", headers={"User-Agent": "example (me@example.org)"})
        >>> answer.json()["query"]["pages"][0]["categories"]
        [{'ns': 14, 'title': 'Category:Castles'}]
    """

    def __init__(
        self,
        pages: Mapping[str, Sequence[str]] | str | PathLike[str],
        *,
        redirects: Mapping[str, str] | None = None,
        answer_size: int = 500,
        rate_limit: int | None = None,
        faults: Iterable[Fault | None] = (),
    ) -> None:
        check_count("answer_size", answer_size)
        if rate_limit is not None:
            check_count("rate_limit", rate_limit)
        if isinstance(pages, Mapping):
            self.pages = {t: [{"ns": 14, "title": parent} for parent in parents] for t, parents in pages.items()}
            self.redirects = dict(redirects or {})
        else:
            read = read_pages(pages)
            self.pages, self.redirects = read["pages"], read["redirects"] | dict(redirects or {})
        self.answer_size, self.rate_limit = answer_size, rate_limit
        self.faults = deque(faults)
        self.requests: list[dict[str, str]] = []
        self._times: deque[float] = deque()
        self._numbers = {title: number for number, title in enumerate(self.pages, 1)}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/w/api.php"

    def __enter__(self) -> LocalWiki:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, query: Mapping[str, str], agent: str) -> Fault:
        """Return status, body and headers of the answer to one request."""
        self.requests.append(dict(query))
        fault = self.faults.popleft() if self.faults else None
        if fault is not None:
            return fault
        if not agent or agent.startswith("python-requests"):
            return Fault(403, "Please set a user agent that says who you are.")
        if self._too_fast():
            return Fault(429, "Too many requests.", {"Retry-After": "1"})
        if query.get("action") != "query" or query.get("prop") != "categories":
            return Fault.api_error("badvalue", "This wiki only answers action=query&prop=categories.")
        titles = query.get("titles", "").split("|")
        if len(titles) > _MOST_TITLES:
            return Fault.api_error("toomanyvalues", f'Too many values supplied for parameter "titles": {len(titles)}.')
        return Fault(200, json.dumps(self._result(titles, query)))

    def _too_fast(self) -> bool:
        if self.rate_limit is None:
            return False
        now = time.monotonic()
        while self._times and now - self._times[0] >= 1.0:
            self._times.popleft()
        if len(self._times) >= self.rate_limit:
            return True
        self._times.append(now)
        return False

    def _result(self, titles: Sequence[str], query: Mapping[str, str]) -> dict[str, Any]:
        """Return the pages asked for, with as many categories as one answer holds, from where the last one ended."""
        normal = {title: _normalised(title) for title in titles}
        moved = {t: self.redirects[t] for t in normal.values() if t in self.redirects and "redirects" in query}
        ends = dict.fromkeys(moved.get(title, title) for title in normal.values())
        known = [title for title in ends if title in self.pages]
        rows = [
            (title, category)
            for title in sorted(known, key=self._numbers.__getitem__)
            for category in self.pages[title]
            if not (query.get("clshow") == "!hidden" and category.get("hidden"))
        ]
        start = int(query["clcontinue"].rpartition("|")[2]) if "clcontinue" in query else 0
        stop = start + self.answer_size
        pages: list[dict[str, Any]] = []
        for title in ends:
            page: dict[str, Any] = {"ns": 14, "title": title}
            if title not in self.pages:
                pages.append({**page, "missing": True})
                continue
            shown = [{"ns": 14, "title": c["title"]} for owner, c in rows[start:stop] if owner == title]
            pages.append({"pageid": self._numbers[title], **page, **({"categories": shown} if shown else {})})
        result: dict[str, Any] = {"pages": pages}
        if any(a != b for a, b in normal.items()):
            result["normalized"] = [{"fromencoded": False, "from": a, "to": b} for a, b in normal.items() if a != b]
        if moved:
            result["redirects"] = [{"from": a, "to": b} for a, b in moved.items()]
        if stop < len(rows):
            going_on = {"clcontinue": f"{self._numbers[rows[stop][0]]}|{stop}", "continue": "||"}
            return {"continue": going_on, "query": result}
        return {"batchcomplete": True, "query": result}


def _normalised(title: str) -> str:
    name = " ".join(title.replace("_", " ").split()).removeprefix("Category:").strip()
    return f"Category:{name[:1].upper()}{name[1:]}"


def _handler(wiki: LocalWiki) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._reply(urlsplit(self.path).query)

        def do_POST(self) -> None:
            self._reply(self.rfile.read(int(self.headers.get("Content-Length", 0))).decode())

        def _reply(self, query: str) -> None:
            answer = wiki.answer(dict(parse_qsl(query)), self.headers.get("User-Agent", ""))
            body = answer.body.encode()
            self.send_response(answer.status)
            for name, value in {"Content-Type": "application/json", **answer.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Keep silent: a notebook shows what is printed."""

    return Handler

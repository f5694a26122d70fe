"""A wiki on this machine: answers in the shape of the MediaWiki API, so that the pipeline runs without a network."""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from os import PathLike
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl
from wsgiref.simple_server import WSGIRequestHandler, make_server

from suprank_edu._checks import check_count
from suprank_edu.data.labelling.practice.pages import Pages, categories_answer, read_pages

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

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


class LocalWiki:
    """A server on this machine that answers `action=query&prop=categories` as a MediaWiki does.

    It has the rules that a client meets outside: a user agent is required, at most 50 titles a request, long answers
    come in pieces with `continue`, hidden categories go with `clshow=!hidden`, and redirects are followed.

    Args:
        pages: title → titles of its parents, or the path of a JSON file for `read_pages`.
        redirects: title → the title it leads to.
        answer_size: categories in one answer (500 outside); the rest comes by `continue`.
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
        faults: Iterable[Fault | None] = (),
    ) -> None:
        check_count("answer_size", answer_size)
        if isinstance(pages, Mapping):
            made = {t: [{"ns": 14, "title": parent} for parent in parents] for t, parents in pages.items()}
            self.pages = Pages(made, dict(redirects or {}))
        else:
            read = read_pages(pages)
            self.pages = Pages(read.categories, read.redirects | dict(redirects or {}))
        self.answer_size = answer_size
        self.faults = deque(faults)
        self.requests: list[dict[str, str]] = []
        self._server = make_server("127.0.0.1", 0, self._serve, handler_class=_Silent)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self.url = f"http://127.0.0.1:{self._server.server_port}/w/api.php"

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
        if query.get("action") != "query" or query.get("prop") != "categories":
            return Fault.api_error("badvalue", "This wiki only answers action=query&prop=categories.")
        count = query.get("titles", "").count("|") + 1
        if count > _MOST_TITLES:
            return Fault.api_error("toomanyvalues", f'Too many values supplied for parameter "titles": {count}.')
        return Fault(200, json.dumps(categories_answer(self.pages, query, self.answer_size)))

    def _serve(self, environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        length = int(environ.get("CONTENT_LENGTH") or 0)
        query = environ["QUERY_STRING"] or environ["wsgi.input"].read(length).decode()
        answer = self.answer(dict(parse_qsl(query)), environ.get("HTTP_USER_AGENT", ""))
        headers = {"Content-Type": "application/json", **answer.headers}
        start_response(f"{answer.status} {HTTPStatus(answer.status).phrase}", list(headers.items()))
        return [answer.body.encode()]


class _Silent(WSGIRequestHandler):
    def log_message(self, *args: object) -> None:
        """Keep silent: a notebook shows what is printed."""

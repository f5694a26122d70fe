"""Step (b): the parent categories of Wikimedia categories, from the MediaWiki action API.

The client keeps the manners that the API asks for (mediawiki.org, "API:Etiquette"): one request at a time, up to 50
titles in each, a user agent that says who asks, `maxlag`, and waits when it is told to. What was fetched lies in
a cache on disk, so that a run that breaks off goes on where it stopped.
"""

# urllib3's Retry only reads the Retry-After header here. In an adapter of requests it would never see the answers of
# status 200 in which the API says that it is busy; it tries again at once the first time; and it cuts a wait short that
# is longer than its limit, where this client ends the run.

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from os import PathLike
from typing import Any

from suprank_edu._checks import check_count, check_number
from suprank_edu._extras import needs
from suprank_edu.data.labelling.wiki_cache import WikiCache

COMMONS_API = "https://commons.wikimedia.org/w/api.php"
MOST_TITLES = 50
"""Titles that the API takes in one request."""

_RETRY_STATUSES = {429, 500, 502, 503, 504}
_RETRY_CODES = ("maxlag", "ratelimited", "readonly", "internal_api_error")
_TIMEOUT = 30.0


class WikimediaError(OSError):
    """The API could not be reached or refused; the message says which address and what to do."""


class WikimediaClient:
    """A client of the MediaWiki API that fetches parent categories, patiently and only once.

    Args:
        cache: file that keeps what was fetched (SQLite); made when missing.
        user_agent: who asks, with an address to write to, such as `"my-labels/1.0 (me@example.org)"`. Wikimedia
            refuses requests without one.
        url: the API's address.
        retries: attempts after the first before a request is given up; after 1 s, 2 s, 4 s, …
        maxlag: seconds of lag at which the servers may turn us away.
        longest_wait: seconds; a server that asks for more ends the run.
        wait: how to wait, `time.sleep`; tests put something faster here.

    Raises:
        ValueError: a user agent without a name and a contact, or a number out of range.

    Example:
        >>> import tempfile
        >>> from suprank_edu.data.labelling import LocalWiki
        >>> with LocalWiki({"Category:Eltz Castle": ["Category:Castles in Rhineland-Palatinate"]}) as wiki:
        ...     with tempfile.TemporaryDirectory() as folder:
        ...         agent = "suprank-edu-example/1.0 (me@example.org)"
        ...         with WikimediaClient(f"{folder}/parents.sqlite", agent, url=wiki.url) as client:
        ...             client.parents(["Category:Eltz Castle", "Category:No such castle"])
        {'Category:Eltz Castle': ['Category:Castles in Rhineland-Palatinate'], 'Category:No such castle': None}
    """

    def __init__(
        self,
        cache: str | PathLike[str],
        user_agent: str,
        *,
        url: str = COMMONS_API,
        retries: int = 6,
        maxlag: int = 5,
        longest_wait: float = 300.0,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        if not isinstance(user_agent, str) or ("@" not in user_agent and "://" not in user_agent):
            raise ValueError(
                f"`user_agent`: got {user_agent!r}, expected a name and an address to write to, "
                "such as 'my-labels/1.0 (me@example.org)'"
            )
        check_count("maxlag", maxlag)
        check_number("retries", retries, 0)
        check_number("longest_wait", longest_wait, 0)
        with needs("data"):
            import requests

        self.url, self.retries, self.maxlag = url, retries, maxlag
        self.longest_wait, self.wait = longest_wait, wait
        self.session = requests.Session()
        # POST has no limit on the length of 50 titles; the second header tells Wikimedia that nothing is written.
        self.session.headers.update({"User-Agent": user_agent, "Promise-Non-Write-API-Action": "true"})
        self.cache = WikiCache(cache, url)

    def __enter__(self) -> WikimediaClient:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection and the cache."""
        self.session.close()
        self.cache.close()

    def parents(
        self, titles: Iterable[str], progress: Callable[[int, int], None] | None = None
    ) -> dict[str, list[str] | None]:
        """Return title → titles of its parent categories, hidden ones left out; None where there is no such page.

        Args:
            titles: titles of categories, `"Category:..."`; those in the cache are not asked for again.
            progress: called after each batch with the titles known and the titles wanted.

        Raises:
            WikimediaError: the API cannot be reached, or refuses. What was fetched before stays in the cache.
            ValueError: a title that holds `|`, which separates titles, or nothing at all.
        """
        wanted = list(dict.fromkeys(titles))
        for title in wanted:
            if not title.strip() or "|" in title:
                raise ValueError(f"`titles`: got {title!r}, expected the title of a page, without '|'")
        found = self.cache.get(wanted)
        left = [title for title in wanted if title not in found]
        for start in range(0, len(left), MOST_TITLES):
            batch = self._fetch(left[start : start + MOST_TITLES])
            self.cache.put(batch)
            found |= batch
            if progress is not None:
                progress(len(found), len(wanted))
        return {title: found[title] for title in wanted}

    def _fetch(self, titles: list[str]) -> dict[str, list[str] | None]:
        """Ask for one batch, through all its continuations."""
        query = {
            "action": "query",
            "prop": "categories",
            "titles": "|".join(titles),
            "cllimit": "max",
            "clshow": "!hidden",
            "redirects": "1",
            "maxlag": str(self.maxlag),
            "format": "json",
            "formatversion": "2",
        }
        names: dict[str, str] = {}  # as asked → as normalised → after redirects
        parents: dict[str, list[str] | None] = {}
        more: dict[str, str] = {}
        while True:
            answer = self._ask(query | more)
            try:
                _read(answer.get("query", {}), names, parents)
            except (AttributeError, KeyError, TypeError) as error:
                what = f"an answer of another shape ({error!r})"
                raise self._error(what, "check `url`: it must be the api.php of a MediaWiki") from error
            if "continue" not in answer:
                break
            if answer["continue"] == more:
                raise self._error("the answer's 'continue' does not advance", "report it to the operators of the API")
            more = answer["continue"]
        return {title: parents[self._resolve(title, names, parents)] for title in titles}

    def _resolve(self, title: str, names: dict[str, str], pages: dict[str, list[str] | None]) -> str:
        seen = {title}
        name = title
        while name not in pages:
            name = names.get(name, "")
            if not name or name in seen:
                raise self._error(f"the answer says nothing of {title!r}", "look at that title in a browser")
            seen.add(name)
        return name

    def _ask(self, query: dict[str, str]) -> dict[str, Any]:
        """Send one request until it is answered; wait longer after each failure, and as long as the server says."""
        problem, retry_after = "", 0.0
        for attempt in range(self.retries + 1):
            if attempt:
                pause = max(2.0 ** (attempt - 1), retry_after)
                if retry_after > self.longest_wait:
                    raise self._error(f"{problem}; the server asks for {retry_after:g} s", "run again after that time")
                self.wait(min(pause, max(retry_after, self.longest_wait)))
            answer, problem, retry_after = self._try(query)
            if answer is not None:
                return answer
        raise self._error(
            f"{problem}, after {self.retries + 1} attempts",
            "run again later: what was fetched is kept in the cache and is not fetched again",
        )

    def _try(self, query: dict[str, str]) -> tuple[dict[str, Any] | None, str, float]:
        """Return the answer, or None, what went wrong, and the seconds that the server asks us to wait."""
        with needs("data"):
            import requests

        try:
            response = self.session.post(self.url, data=query, timeout=_TIMEOUT)
        except requests.exceptions.RequestException as error:
            return None, f"no answer ({error})", 0.0
        retry_after = _retry_after(response.headers.get("Retry-After"))
        if response.status_code in _RETRY_STATUSES:
            return None, f"HTTP {response.status_code} {response.reason}", retry_after
        if response.status_code != 200:
            advice = "name yourself in `user_agent`" if response.status_code == 403 else "check `url`"
            raise self._error(f"HTTP {response.status_code} {response.reason}", advice)
        try:
            answer = response.json()
        except ValueError:
            return None, "an answer that is no JSON", retry_after
        if not isinstance(answer, dict):
            return None, "an answer that is no JSON object", retry_after
        if "error" not in answer:
            return answer, "", 0.0
        refusal = answer["error"] if isinstance(answer["error"], dict) else {"info": answer["error"]}
        code, info = str(refusal.get("code", "unknown")), refusal.get("info", "")
        if code.startswith(_RETRY_CODES):
            return None, f"the API says {code!r}: {info}", retry_after
        raise self._error(f"the API says {code!r}: {info}", "correct the request; asking again would not help")

    def _error(self, what: str, advice: str) -> WikimediaError:
        return WikimediaError(f"{self.url}: {what}; {advice}")


def _read(result: dict[str, Any], names: dict[str, str], parents: dict[str, list[str] | None]) -> None:
    """Add what one answer says to the names that lead from title to title, and to the parents."""
    for step in ("normalized", "redirects"):
        names |= {move["from"]: move["to"] for move in result.get(step, [])}
    for page in result.get("pages", []):
        _add(parents, page)


def _add(parents: dict[str, list[str] | None], page: dict[str, Any]) -> None:
    """Add what one answer says of a page: a continued answer brings its categories in pieces."""
    title = page["title"]
    if page.get("missing") or page.get("invalid"):
        parents[title] = None
        return
    so_far = parents.setdefault(title, [])
    if so_far is not None:
        so_far += [category["title"] for category in page.get("categories", [])]


def _retry_after(value: str | None) -> float:
    """Return the seconds of a `Retry-After` header, which is a number or a date; 0 where it is neither."""
    with needs("data"):
        from urllib3.exceptions import InvalidHeader
        from urllib3.util import Retry

    try:
        return float(Retry().parse_retry_after(value or ""))
    except InvalidHeader:
        return 0.0

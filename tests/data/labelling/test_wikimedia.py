"""The client of the MediaWiki API against a server on this machine that answers, and misbehaves, in its shape."""

import json
import subprocess
import sys
import textwrap
import time
from email.utils import formatdate
from pathlib import Path

import pytest

from suprank_edu.data.labelling import Fault, LocalWiki, WikiCache, WikimediaClient, WikimediaError

AGENT = "suprank-edu-tests/1.0 (tests@example.org)"
PAGES = {f"Category:Castle {i}": [f"Category:Castles in place {i}", "Category:Castles"] for i in range(120)}


class Waits(list):
    """How long the client wanted to wait; nobody waits."""

    def __call__(self, seconds: float) -> None:
        self.append(seconds)


def client(wiki: LocalWiki, cache: Path | str = ":memory:", **options) -> WikimediaClient:
    options.setdefault("wait", Waits())
    return WikimediaClient(cache, AGENT, url=wiki.url, **options)


def test_asks_in_batches_of_fifty_in_the_shape_of_the_api() -> None:
    progress = []
    with LocalWiki(PAGES) as wiki, client(wiki) as api:
        found = api.parents([*PAGES, *PAGES], progress=lambda done, of: progress.append((done, of)))
    assert found == PAGES
    assert [len(query["titles"].split("|")) for query in wiki.requests] == [50, 50, 20]
    assert progress == [(50, 120), (100, 120), (120, 120)]
    asked = {key: value for key, value in wiki.requests[0].items() if key != "titles"}
    assert asked == {
        "action": "query",
        "prop": "categories",
        "cllimit": "max",
        "clshow": "!hidden",
        "redirects": "1",
        "maxlag": "5",
        "format": "json",
        "formatversion": "2",
    }


@pytest.mark.parametrize("answer_size", [1, 3, 7, 500])
def test_answers_in_pieces_are_put_together(answer_size: int) -> None:
    pages = {f"Category:P{i}": [f"Category:Parent {i}.{j}" for j in range(i % 5)] for i in range(12)}
    with LocalWiki(pages, answer_size=answer_size) as wiki, client(wiki) as api:
        assert api.parents(pages) == pages
    rows = sum(map(len, pages.values()))
    assert len(wiki.requests) == max(1, -(-rows // answer_size))


def test_redirects_other_spellings_and_missing_pages() -> None:
    wiki = LocalWiki(
        {"Category:Eltz Castle": ["Category:Castles"]}, redirects={"Category:Burg Eltz": "Category:Eltz Castle"}
    )
    with wiki, client(wiki) as api:
        asked = [
            "Category:Burg Eltz",
            "Category:burg_Eltz",
            "Category:Eltz_Castle",
            "Category:Eltz Castle",
            "Category:Gone",
        ]
        assert api.parents(asked) == {**{title: ["Category:Castles"] for title in asked[:4]}, "Category:Gone": None}
    assert len(wiki.requests) == 1


def test_hidden_categories_stay_away(tmp_path: Path) -> None:
    path = tmp_path / "pages.json"
    shown, hidden = (
        {"ns": 14, "title": "Category:Castles"},
        {"ns": 14, "title": "Category:Pages with maps", "hidden": True},
    )
    path.write_text(json.dumps({"pages": [{"ns": 14, "title": "Category:A", "categories": [hidden, shown]}]}))
    with LocalWiki(path) as wiki, client(wiki) as api:
        assert api.parents(["Category:A"]) == {"Category:A": ["Category:Castles"]}


def test_an_invalid_title_is_a_page_that_is_not_there() -> None:
    body = json.dumps({"query": {"pages": [{"title": "A[", "invalidreason": "bad characters", "invalid": True}]}})
    with LocalWiki({}, faults=[Fault(200, body)]) as wiki, client(wiki) as api:
        assert api.parents(["A["]) == {"A[": None}


MAXLAG = Fault.api_error("maxlag", "Waiting for a database server: 6.2 seconds lagged", {"Retry-After": "5"})


@pytest.mark.parametrize(
    ("faults", "waits"),
    [
        ([Fault(429, headers={"Retry-After": "7"})], [7]),
        ([Fault(429)], [1]),
        ([Fault(500), Fault(502), Fault(503), Fault(504)], [1, 2, 4, 8]),
        ([MAXLAG, MAXLAG], [5, 5]),
        ([Fault(500), Fault(500), Fault(500), Fault(503, headers={"Retry-After": "2"})], [1, 2, 4, 8]),
        ([Fault.api_error("ratelimited", "You've exceeded your rate limit.")], [1]),
        ([Fault.api_error("readonly", "The wiki is in read-only mode.")], [1]),
        ([Fault.api_error("internal_api_error_DBQueryTimeoutError", "[x] Caught exception")], [1]),
        ([Fault(200, "<html>Our servers are under maintenance</html>")], [1]),
        ([Fault(200, '{"query": {"pages": [')], [1]),
        ([Fault(200, "[]")], [1]),
        ([Fault(429, headers={"Retry-After": "soon"})], [1]),
    ],
)
def test_passing_trouble_is_waited_out(faults: list[Fault], waits: list[float]) -> None:
    slept = Waits()
    with LocalWiki(PAGES, faults=faults) as wiki, client(wiki, wait=slept) as api:
        assert api.parents(["Category:Castle 3"]) == {"Category:Castle 3": PAGES["Category:Castle 3"]}
    assert slept == waits
    assert len(wiki.requests) == len(faults) + 1


def test_retry_after_may_be_a_date() -> None:
    slept = Waits()
    fault = Fault(503, headers={"Retry-After": formatdate(time.time() + 90, usegmt=True)})
    with LocalWiki(PAGES, faults=[fault]) as wiki, client(wiki, wait=slept) as api:
        api.parents(["Category:Castle 3"])
    assert 80 < slept[0] <= 90


def test_trouble_in_the_middle_of_a_continuation_repeats_only_that_piece() -> None:
    pages = {"Category:A": [f"Category:{i}" for i in range(6)]}
    with LocalWiki(pages, answer_size=2, faults=[None, Fault(500), None]) as wiki, client(wiki) as api:
        assert api.parents(["Category:A"]) == pages
    assert [query.get("clcontinue") for query in wiki.requests] == [None, "1|2", "1|2", "1|4"]


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (Fault(404), r"HTTP 404 .*; check `url`"),
        (Fault(403), r"HTTP 403 .*; name yourself in `user_agent`"),
        (Fault.api_error("badvalue", "Unrecognized value"), r"the API says 'badvalue': Unrecognized value; correct"),
        (Fault(200, '{"query": {"pages": []}}'), r"the answer says nothing of 'Category:Castle 1'; look at that title"),
        (Fault(429, headers={"Retry-After": "3600"}), r"HTTP 429 .*; the server asks for 3600 s; run again after"),
        (Fault(200, '{"query": []}'), r"an answer of another shape .*; check `url`: it must be the api.php"),
        (Fault(200, '{"query": {"pages": {"12": {}}}}'), r"an answer of another shape"),
        (Fault(200, '{"error": "no"}'), r"the API says 'unknown': no; correct the request"),
        (Fault(200, '{"continue": {}, "query": {}}'), r"'continue' does not advance"),
    ],
)
def test_lasting_trouble_is_told_with_the_address_and_what_to_do(fault: Fault, message: str) -> None:
    with LocalWiki(PAGES, faults=[fault]) as wiki, client(wiki) as api:
        with pytest.raises(WikimediaError, match=message) as error:
            api.parents(["Category:Castle 1"])
        assert str(error.value).startswith(wiki.url)
    assert len(wiki.requests) == 1


def test_a_server_that_stays_broken_is_given_up() -> None:
    slept = Waits()
    message = r"HTTP 500 .*, after 5 attempts; run again later: what was fetched"
    with LocalWiki(PAGES, faults=[Fault(500)] * 9) as wiki:
        api = client(wiki, wait=slept, retries=4, longest_wait=5)
        with api, pytest.raises(WikimediaError, match=message):
            api.parents(["Category:Castle 1"])
    assert slept == [1, 2, 4, 5]
    assert len(wiki.requests) == 5


def test_a_server_that_is_not_there() -> None:
    api = WikimediaClient(":memory:", AGENT, url="http://127.0.0.1:9/w/api.php", retries=1, wait=Waits())
    with api, pytest.raises(WikimediaError, match=r"^http://127.0.0.1:9/w/api.php: no answer .*after 2 attempts"):
        api.parents(["Category:A"])


def test_what_is_in_the_cache_is_not_asked_for_again(tmp_path: Path) -> None:
    titles = [*PAGES, "Category:Gone"]
    with LocalWiki(PAGES) as wiki:
        with client(wiki, tmp_path / "new" / "c.sqlite") as api:
            first = api.parents(titles)
        asked = len(wiki.requests)
        with client(wiki, tmp_path / "new" / "c.sqlite") as api:
            assert api.parents(titles) == first
            assert list(api.parents(titles[::-1])) == titles[::-1]
        assert len(wiki.requests) == asked
    assert first["Category:Gone"] is None


def test_after_an_error_the_batches_before_it_are_kept(tmp_path: Path) -> None:
    with LocalWiki(PAGES, faults=[None, Fault(404)]) as wiki:
        with client(wiki, tmp_path / "c.sqlite") as api, pytest.raises(WikimediaError):
            api.parents(PAGES)
        with client(wiki, tmp_path / "c.sqlite") as api:
            assert api.parents(PAGES) == PAGES
    assert [len(query["titles"].split("|")) for query in wiki.requests] == [50, 50, 50, 20]
    assert wiki.requests[2]["titles"] == wiki.requests[1]["titles"]


@pytest.mark.slow
def test_a_run_that_is_killed_goes_on_where_it_stopped(tmp_path: Path) -> None:
    cache = tmp_path / "c.sqlite"
    script = textwrap.dedent(
        """
        import os, signal, sys
        from suprank_edu.data.labelling import WikimediaClient

        def kill(done, wanted):
            if done == 100:
                os.kill(os.getpid(), signal.SIGKILL)

        client = WikimediaClient(sys.argv[1], "killed/1.0 (me@example.org)", url=sys.argv[2])
        client.parents([f"Category:Castle {i}" for i in range(120)], progress=kill)
        """
    )
    with LocalWiki(PAGES) as wiki:
        run = subprocess.run([sys.executable, "-c", script, str(cache), wiki.url], check=False, capture_output=True)
        assert run.returncode == -9, run.stderr
        assert len(wiki.requests) == 2
        with client(wiki, cache) as api:
            assert api.parents(PAGES) == PAGES
    assert [len(query["titles"].split("|")) for query in wiki.requests] == [50, 50, 20]


def test_two_wikis_share_a_cache_without_mixing(tmp_path: Path) -> None:
    one, two = WikiCache(tmp_path / "c.sqlite", "one"), WikiCache(tmp_path / "c.sqlite", "two")
    one.put({"A": ["B"]})
    assert (one.get(["A"]), two.get(["A"]), len(one), len(two)) == ({"A": ["B"]}, {}, 1, 0)


def test_a_batch_reaches_the_cache_whole_or_not_at_all() -> None:
    cache = WikiCache(":memory:", "one")
    with pytest.raises(TypeError):
        cache.put({"A": ["B"], "C": [object()]})  # type: ignore[list-item]
    assert len(cache) == 0


def test_a_cache_of_many_titles_is_read_in_steps() -> None:
    cache = WikiCache(":memory:", "one")
    many = {str(i): [str(i + 1)] for i in range(1_700)}
    cache.put(many)
    assert cache.get(list(many)) == many


def test_a_file_that_is_no_cache_is_refused(tmp_path: Path) -> None:
    (tmp_path / "c.sqlite").write_bytes(b"landmark_id,category\n" * 100)
    with pytest.raises(ValueError, match=r"c\.sqlite: this is no cache of a wiki .*; delete it or name another file"):
        WikiCache(tmp_path / "c.sqlite", "one")


@pytest.mark.parametrize("agent", ["", "python", None, "my bot"])
def test_a_user_agent_must_say_whom_to_write_to(agent) -> None:
    with pytest.raises(ValueError, match=r"^`user_agent`: got .* expected a name and an address"):
        WikimediaClient(":memory:", agent)


@pytest.mark.parametrize(("option", "value"), [("retries", -1), ("maxlag", 0), ("longest_wait", float("nan"))])
def test_numbers_out_of_range_are_refused(option: str, value: float) -> None:
    with pytest.raises(ValueError, match=rf"^`{option}`: got {value}"):
        WikimediaClient(":memory:", AGENT, **{option: value})


@pytest.mark.parametrize("title", ["", " ", "Category:A|Category:B"])
def test_titles_that_cannot_be_asked_for_are_refused(title: str) -> None:
    with WikimediaClient(":memory:", AGENT) as api, pytest.raises(ValueError, match=r"^`titles`: got .* without '\|'"):
        api.parents(["Category:A", title])

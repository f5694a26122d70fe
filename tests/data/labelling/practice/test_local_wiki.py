"""The local wiki keeps the rules of the real one."""

import json
from pathlib import Path

import pytest
import requests

from suprank_edu.data.labelling import Fault, LocalWiki, read_pages

QUERY = {"action": "query", "prop": "categories", "format": "json", "formatversion": "2", "cllimit": "max"}


def ask(wiki: LocalWiki, agent: str = "tests (me@example.org)", **more: str) -> requests.Response:
    return requests.get(wiki.url, params=QUERY | more, headers={"User-Agent": agent}, timeout=300)


def test_get_and_post_give_the_same_answer() -> None:
    with LocalWiki({"Category:A": ["Category:B"]}) as wiki:
        by_get = ask(wiki, titles="Category:A|Category:X").json()
        data = QUERY | {"titles": "Category:A|Category:X"}
        by_post = requests.post(
            wiki.url, data=data, headers={"User-Agent": "tests (me@example.org)"}, timeout=300
        ).json()
    assert by_get == by_post
    assert by_get == {
        "batchcomplete": True,
        "query": {
            "pages": [
                {"pageid": 1, "ns": 14, "title": "Category:A", "categories": [{"ns": 14, "title": "Category:B"}]},
                {"ns": 14, "title": "Category:X", "missing": True},
            ]
        },
    }


def test_a_continued_answer_names_where_to_go_on() -> None:
    with LocalWiki({"Category:A": ["Category:B", "Category:C"]}, answer_size=1) as wiki:
        first = ask(wiki, titles="Category:A").json()
        second = ask(wiki, titles="Category:A", **first["continue"]).json()
    assert "batchcomplete" not in first
    assert first["query"]["pages"][0]["categories"] == [{"ns": 14, "title": "Category:B"}]
    assert second["query"]["pages"][0]["categories"] == [{"ns": 14, "title": "Category:C"}]
    assert second["batchcomplete"] is True


def test_redirects_are_followed_only_when_asked() -> None:
    with LocalWiki({"Category:A": []}, redirects={"Category:Old": "Category:A"}) as wiki:
        followed = ask(wiki, titles="Category:old", redirects="1").json()["query"]
        assert "missing" in ask(wiki, titles="Category:Old").json()["query"]["pages"][0]
    assert followed["normalized"] == [{"fromencoded": False, "from": "Category:old", "to": "Category:Old"}]
    assert followed["redirects"] == [{"from": "Category:Old", "to": "Category:A"}]
    assert followed["pages"] == [{"pageid": 1, "ns": 14, "title": "Category:A"}]


def test_the_rules_of_the_house() -> None:
    with LocalWiki({"Category:A": []}) as wiki:
        assert ask(wiki, agent="python-requests/2", titles="Category:A").status_code == 403
        assert ask(wiki, titles="|".join(map(str, range(51)))).json()["error"]["code"] == "toomanyvalues"
        assert ask(wiki, titles="Category:A", prop="info").json()["error"]["code"] == "badvalue"
        assert ask(wiki, titles="Category:A").status_code == 200


def test_faults_come_first_and_in_order() -> None:
    faults = [None, Fault(429, "Too many requests.", {"Retry-After": "7"})]
    with LocalWiki({"Category:A": []}, faults=faults) as wiki:
        right, wrong, again = (ask(wiki, titles="Category:A") for _ in range(3))
    assert (wrong.status_code, wrong.reason, wrong.headers["Retry-After"]) == (429, "Too Many Requests", "7")
    assert wrong.text == "Too many requests."
    assert right.json() == again.json()


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"pages": [{"ns": 14}]}', '{"pages": 3}', '{"pages": [3]}'])
def test_a_file_that_holds_no_pages_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "pages.json"
    path.write_text(content)
    with pytest.raises(ValueError, match=r"pages\.json: got no pages of a wiki .* expected {'pages'"):
        read_pages(path)


def test_pages_and_redirects_come_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "pages.json"
    page = {"ns": 14, "title": "Category:A", "categories": [{"ns": 14, "title": "Category:B"}]}
    path.write_text(json.dumps({"pages": [page], "redirects": [{"from": "Category:O", "to": "Category:A"}]}))
    assert read_pages(path) == ({"Category:A": page["categories"]}, {"Category:O": "Category:A"})
    path.write_text(path.read_text(), encoding="utf-8-sig")  # as some editors save it
    assert read_pages(path).redirects == {"Category:O": "Category:A"}


def test_an_answer_holds_at_least_one_category() -> None:
    with pytest.raises(ValueError, match=r"^`answer_size`: got 0, expected an integer of at least 1"):
        LocalWiki({}, answer_size=0)

"""The pages of a wiki, and what the MediaWiki API answers when it is asked for their categories."""

from collections.abc import Mapping, Sequence
from os import PathLike
from typing import Any, NamedTuple

from suprank_edu._files import read_json


class Pages(NamedTuple):
    """Title → its categories, as the API writes them, and title → the title it redirects to."""

    categories: dict[str, list[dict[str, Any]]]
    redirects: dict[str, str]


def read_pages(path: str | PathLike[str]) -> Pages:
    """Read the pages of a wiki from JSON: `{"pages": [...], "redirects": [...]}`, both as the API writes them.

    Raises:
        ValueError: the file is no such JSON.
    """
    try:
        content = read_json(path)
        categories = {page["title"]: page.get("categories", []) for page in content["pages"]}
        redirects = {move["from"]: move["to"] for move in content.get("redirects", [])}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(
            f"{path}: got no pages of a wiki ({error!r}), expected {{'pages': [...]}} as the API"
        ) from None
    return Pages(categories, redirects)


def categories_answer(pages: Pages, query: Mapping[str, str], size: int) -> dict[str, Any]:
    """Return the answer to `action=query&prop=categories`, from where the last one ended.

    Args:
        pages: of the wiki.
        query: the parameters; `titles`, `clshow`, `redirects` and `clcontinue` count.
        size: categories in one answer.

    Example:
        >>> pages = Pages({"Category:Eltz Castle": [{"ns": 14, "title": "Category:Castles"}]}, {})
        >>> categories_answer(pages, {"titles": "Category:Eltz Castle"}, 500)["query"]["pages"][0]["categories"]
        [{'ns': 14, 'title': 'Category:Castles'}]
    """
    normal = {title: _normalised(title) for title in query.get("titles", "").split("|")}
    moved = {t: pages.redirects[t] for t in normal.values() if t in pages.redirects and "redirects" in query}
    ends = dict.fromkeys(moved.get(title, title) for title in normal.values())
    numbers = {title: number for number, title in enumerate(pages.categories, 1)}
    rows = [
        (title, category)
        for title in sorted(ends.keys() & numbers.keys(), key=numbers.__getitem__)
        for category in pages.categories[title]
        if not (query.get("clshow") == "!hidden" and category.get("hidden"))
    ]
    start = int(query["clcontinue"].rpartition("|")[2]) if "clcontinue" in query else 0
    stop = start + size
    found = [_page(title, numbers.get(title), rows[start:stop]) for title in ends]
    result: dict[str, Any] = {"pages": found}
    if any(a != b for a, b in normal.items()):
        result["normalized"] = [{"fromencoded": False, "from": a, "to": b} for a, b in normal.items() if a != b]
    if moved:
        result["redirects"] = [{"from": a, "to": b} for a, b in moved.items()]
    if stop < len(rows):
        return {"continue": {"clcontinue": f"{numbers[rows[stop][0]]}|{stop}", "continue": "||"}, "query": result}
    return {"batchcomplete": True, "query": result}


def _page(title: str, number: int | None, rows: Sequence[tuple[str, dict[str, Any]]]) -> dict[str, Any]:
    if number is None:
        return {"ns": 14, "title": title, "missing": True}
    shown = [{"ns": 14, "title": category["title"]} for owner, category in rows if owner == title]
    return {"pageid": number, "ns": 14, "title": title, **({"categories": shown} if shown else {})}


def _normalised(title: str) -> str:
    name = " ".join(title.replace("_", " ").split()).removeprefix("Category:").strip()
    return f"Category:{name[:1].upper()}{name[1:]}"

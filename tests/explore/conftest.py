"""What the tests of this folder share: the toys, and the book's explorers, whose frames are computed once."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from suprank_edu.data.contact_sheet import read_contact_sheet
from suprank_edu.explore import (
    Explorer,
    batch_memory,
    calibration,
    cost_calculator,
    decomposability_gap,
    level_pulls,
    pull_on_a_pair,
    query_by_query,
    relevance_weights,
    search_in_lists,
    telling_queries,
)
from suprank_edu.training.study import NAMES, load_rankings, results_folder


def results_by_query() -> Explorer:
    """The explorer of chapter 15, from the stored results."""
    drawings = read_contact_sheet(results_folder("omniglot-drawings"))
    ranks = ("sup-", "smooth-", "roadmap", "happier")
    rankings = load_rankings(results_folder("omniglot"), seeds=3)
    found = {NAMES[loss]: kept for loss, kept in rankings.items() if loss.startswith(ranks)}
    return query_by_query(drawings, found, telling_queries(drawings, found), "Sup-AP", "HAPPIER")


# Those that need no data and store their frames; each is named as its function.
MAKE = {
    make.__name__: make
    for make in (
        decomposability_gap,
        relevance_weights,
        cost_calculator,
        calibration,
        level_pulls,
        batch_memory,
        pull_on_a_pair,
        search_in_lists,
    )
}


@pytest.fixture(scope="session")
def explorers() -> dict[str, Explorer]:
    """The explorers of the book by name; each keeps its payload."""
    return {name: make() for name, make in MAKE.items()} | {"results_by_query": results_by_query()}


@pytest.fixture(params=MAKE)
def explorer(request: pytest.FixtureRequest, explorers: dict[str, Explorer]) -> Explorer:
    """Each explorer that needs no data in turn."""
    return explorers[request.param]

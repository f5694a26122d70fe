"""What the tests of this folder share: the toys, and the book's explorers, whose frames are computed once."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from suprank_edu.explore import (
    Explorer,
    batch_memory,
    calibration,
    cost_calculator,
    decomposability_gap,
    level_pulls,
    rank_a_gallery,
    relevance_weights,
    surrogate_bounds,
)


@pytest.fixture(scope="session")
def explorers() -> dict[str, Explorer]:
    """The explorers of the book by name; each keeps its payload."""
    return {
        "surrogate_bounds": surrogate_bounds(),
        "rank_a_gallery": rank_a_gallery(),
        "relevance_weights": relevance_weights(),
        "decomposability_gap": decomposability_gap(),
        "cost_calculator": cost_calculator(),
        "calibration": calibration(),
        "level_pulls": level_pulls(),
        "batch_memory": batch_memory(),
    }


@pytest.fixture(
    params=[
        "surrogate_bounds",
        "rank_a_gallery",
        "decomposability_gap",
        "relevance_weights",
        "cost_calculator",
        "calibration",
        "level_pulls",
        "batch_memory",
    ]
)
def explorer(request: pytest.FixtureRequest, explorers: dict[str, Explorer]) -> Explorer:
    """Each explorer of the book in turn."""
    return explorers[request.param]

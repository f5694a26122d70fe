"""The tables of all results hold what the files of the runs hold, worked out in plain loops."""

import json
import math
from statistics import mean, stdev

import pytest
import suprank_results

from suprank_edu.training.study import NAMES

T = {2: 12.7062, 5: 2.776445, 10: 2.262157}  # Student's t, 97.5 %, one degree of freedom less


@pytest.mark.parametrize("folder", ["groceries", "omniglot", "rendered-landmarks", "groceries-ablations"])
def test_a_row_is_the_mean_of_the_seeds_of_a_loss(folder: str) -> None:
    found: dict[str, list[float]] = {}
    for path in (suprank_results.RESULTS / folder / "test").glob("*_seed*.json"):
        run = json.loads(path.read_text())
        found.setdefault(NAMES[run["loss"]], []).append(run["metrics"]["mAP@R/column0"])
    head, *rows = suprank_results.rows_of_results(folder)
    at = head.index("mAP@R")
    assert {row[0] for row in rows} == set(found)
    for name, count, *_ in rows:
        values = found[name]
        half = T[len(values)] * stdev(values) / math.sqrt(len(values))
        (cell,) = [row[at] for row in rows if row[0] == name]
        assert (int(count), cell) == (len(values), f"{mean(values):.3f}\u00a0±\u00a0{half:.3f}")
    assert [float(row[at][:5]) for row in rows] == sorted((float(row[at][:5]) for row in rows), reverse=True)


def test_each_claim_has_a_verdict_of_each_set_or_none() -> None:
    head, *rows = suprank_results.rows_of_claims()
    claims = (suprank_results.RESULTS / "claims.md").read_text().partition("## Claims")[2].partition("##")[0]
    assert len(rows) == sum(line.startswith("| ") for line in claims.splitlines()) - 1  # its own head
    assert all(len(row) == len(head) and row[2][0] in "✓~✕" for row in rows)
    (row,) = [row for row in rows if row[0].split() == ["Sup-AP", "\\>", "multi-similarity"]]
    assert row[2].startswith("✕ −0.055")
    assert [cell[0] for cell in row[2:]] == ["✕", "✕", "~", "✕"]


def test_stages_are_those_of_the_file() -> None:
    assert ["decode and resize", "5,421", "2.2"] in suprank_results.rows_of_stages()

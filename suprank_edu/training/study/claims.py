"""Claims of the papers, written down before the results, and what the results say of them.

`book/results/claims.md` holds the claims and the rules; the runs of a data set lie beside it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, NamedTuple

from suprank_edu._checks import check_one_of
from suprank_edu.metrics import holm
from suprank_edu.metrics.comparison import Ends, verdict_of
from suprank_edu.metrics.seeds import Difference, level_together
from suprank_edu.training.study.evaluations import Runs, difference_of, evaluations_of, go_together
from suprank_edu.training.study.measures import STORED
from suprank_edu.training.study.named_losses import LOSSES

SETS = ("omniglot", "rendered-landmarks", "groceries", "groceries-fine-tune")
"""The folders of results that claims are tested on."""

RELATIONS = ("higher", "lower", "not lower")
MARGIN = 0.01
"""What `not lower` leaves open."""

Word = Literal["supported", "not told apart", "contradicted", "not run"]
_WORDS: dict[str, Word] = {"better": "supported", "worse": "contradicted", "not told apart": "not told apart"}


class Claim(NamedTuple):
    """A sentence that numbers can contradict: `first` is higher (lower, not lower) than `second` in a metric.

    Example:
        >>> print(Claim("sup-ap", "higher", "smooth-ap", "mAP@R/column0", "a paper"))
        sup-ap higher than smooth-ap in mAP@R/column0
    """

    first: str
    relation: str
    second: str
    metric: str
    says: str

    def __str__(self) -> str:
        return f"{self.first} {self.relation} than {self.second} in {self.metric}"


@dataclass(frozen=True)
class Finding:
    """What the runs of a data set say of a claim.

    Attributes:
        claim: the claim.
        difference: the mean of the first minus that of the second, NaN where it was not run.
        interval: its ends; the intervals of all claims of a table hold together.
        p_value: that the claim is on its edge, corrected by Holm for all claims of the table.
        word: the verdict.
        seeds: of the first and of the second.
        paired: whether they were compared seed by seed.
    """

    claim: Claim
    difference: float = math.nan
    interval: Ends = (math.nan, math.nan)
    p_value: float = math.nan
    word: Word = "not run"
    seeds: tuple[int, int] = (0, 0)
    paired: bool = False


def read_claims(path: Path) -> dict[str, list[Claim]]:
    """Read the tables of a file of claims, by heading.

    Raises:
        ValueError: a row that is no claim; the message names it.
    """
    found: dict[str, list[Claim]] = {}
    heading = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            heading = line.lstrip("# ")
        cells = [cell.strip() for cell in line.strip("| ").split("|")]
        if not line.startswith("|") or cells[0] == "first" or set(line) <= set("|-: "):
            continue
        if len(cells) != len(Claim._fields):
            raise ValueError(f"{path}: got {line!r}, expected the cells {', '.join(Claim._fields)}")
        claim = Claim(*cells)
        check_one_of(f"{path}: relation", claim.relation, RELATIONS)
        check_one_of(f"{path}: metric", claim.metric, STORED)
        for name in (claim.first, claim.second):
            check_one_of(f"{path}: loss", name.partition(" in ")[0], LOSSES)
        found.setdefault(heading, []).append(claim)
    return found


def judge_claims(results: Path, name: str, claims: Sequence[Claim]) -> list[Finding]:
    """Judge the claims of one table by the runs of a data set, over seeds and classes.

    Args:
        results: the folder of all results.
        name: the data set's folder in it; `batch-32` of a claim is the folder `name-batch-32`.
        claims: tested together, as one family.

    Returns:
        A finding for each claim, in the same order.

    Raises:
        ValueError: runs of different queries.
    """
    losses = dict.fromkeys(loss for claim in claims for loss in (claim.first, claim.second))
    runs: Mapping[str, Runs] = {loss: evaluations_of(*place_of(results, name, loss)) for loss in losses}
    there = [claim for claim in claims if min(len(runs[claim.first]), len(runs[claim.second])) > 1]
    paired = {metric: go_together(runs, metric) for metric in {claim.metric for claim in there}}
    found = {
        claim: difference_of(runs, claim.first, claim.second, claim.metric, paired=paired[claim.metric])
        for claim in there
    }
    level = level_together([*found.values()])
    edges = {claim: _from_edge(claim, each) for claim, each in found.items()}
    p_values = dict(zip(there, holm([each.p_value for each in edges.values()]).tolist(), strict=True))
    return [
        Finding(
            claim,
            found[claim].mean,
            found[claim].interval(level),
            p_values[claim],
            _WORDS[verdict_of(edges[claim].interval(level))],
            (len(runs[claim.first]), len(runs[claim.second])),
            paired[claim.metric],
        )
        if claim in found
        else Finding(claim)
        for claim in claims
    ]


def as_markdown(findings: Sequence[Finding]) -> str:
    """Return a table in Markdown, and under it how many claims came out how."""
    lines = [
        "| first | is | than second | in | seeds | difference | interval | p | verdict |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for each in findings:
        low, high = each.interval
        seeds = f"{each.seeds[0]}, {each.seeds[1]}{' paired' if each.paired else ''}"
        numbers = [seeds, f"{each.difference:+.4f}", f"{low:+.4f} to {high:+.4f}", f"{each.p_value:.2g}"]
        cells = [*each.claim[:4], *(numbers if each.word != "not run" else [""] * 4), each.word]
        lines.append(f"| {' | '.join(cells)} |")
    words = [each.word for each in findings]
    counts = ", ".join(f"{word}: {words.count(word)}" for word in (*_WORDS.values(), "not run") if word in words)
    return "\n".join([*lines, "", f"{len(findings)} claims; {counts}."])


def place_of(results: Path, name: str, loss: str) -> tuple[Path, str]:
    """Return the folder of a loss as a claim names it, and the name that it has there.

    Example:
        >>> folder, loss = place_of(Path("results"), "groceries", "sup-ap in batch-32")
        >>> folder.name, loss
        ('groceries-batch-32', 'sup-ap')
    """
    own, _, variant = loss.partition(" in ")
    return results / (f"{name}-{variant}" if variant else name), own


def _from_edge(claim: Claim, found: Difference) -> Difference:
    """Return how far a difference is on the side of its claim."""
    mean = -found.mean if claim.relation == "lower" else found.mean
    return replace(found, mean=mean + MARGIN if claim.relation == "not lower" else mean)

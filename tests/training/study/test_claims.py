"""Claims and their verdicts, on small made-up runs whose differences are known."""

import math
from pathlib import Path

import numpy as np
import pytest

from suprank_edu.data.folders import shipped_folder
from suprank_edu.metrics import Evaluation, compare_seeds, holm
from suprank_edu.training.__main__ import main
from suprank_edu.training.study.claims import Claim, as_markdown, judge_claims, read_claims

HEAD = "# Claims\n\nWords | between.\n\n## Main\n\n| first | is | than second | in | says |\n|---|---|---|---|---|\n"
CLASSES = np.repeat(np.arange(40), 4)
DIFFICULTY = np.random.default_rng(0).uniform(0.2, 0.6, size=40)[CLASSES]


def write_runs(folder: Path, loss: str, shift: float, seeds: int = 5, noise: float = 0.01, shared: float = 0.0) -> None:
    """Runs whose H-AP is `shift` above the difficulty of a class; `shared` is what a seed does to every loss."""
    (folder / "test").mkdir(parents=True, exist_ok=True)
    draw = np.random.default_rng(sum(map(ord, f"{folder.name}{loss}")))
    for seed in range(seeds):
        common = shared * np.random.default_rng(seed).normal()
        values = DIFFICULTY + shift + common + noise * draw.normal() + noise * draw.normal(size=40)[CLASSES]
        of_queries = Evaluation({"H-AP": values, "gap": 1 - values}, classes=CLASSES)
        of_queries.save(folder / "test" / f"{loss}_seed{seed}-queries.npz", np.float16)


def claim(first: str, relation: str, second: str, metric: str = "H-AP") -> Claim:
    return Claim(first, relation, second, metric, "a paper")


def test_the_verdicts_of_known_differences(tmp_path: Path) -> None:
    for loss, shift in (("sup-ap", 0.1), ("smooth-ap", 0.0), ("triplet", 0.0005), ("fastap", 0.2)):
        write_runs(tmp_path / "here", loss, shift)
    write_runs(tmp_path / "here-batch-32", "sup-ap", 0.05)
    claims = [
        claim("sup-ap", "higher", "smooth-ap"),
        claim("sup-ap", "higher", "fastap"),
        claim("triplet", "higher", "smooth-ap"),
        claim("sup-ap", "lower", "smooth-ap"),
        claim("sup-ap", "lower", "smooth-ap", "gap"),
        claim("smooth-ap", "not lower", "sup-ap"),
        claim("sup-ap", "higher", "sup-ap in batch-32"),
        claim("sup-ap", "higher", "csl"),
        claim("sup-ap in rho-0", "higher", "sup-ap"),
    ]
    found = judge_claims(tmp_path, "here", claims)
    assert [each.claim for each in found] == claims
    assert [each.word for each in found] == [
        "supported",
        "contradicted",
        "not told apart",
        "contradicted",
        "supported",
        "contradicted",
        "supported",
        "not run",
        "not run",
    ]
    assert [each.difference for each in found[:2]] == pytest.approx([0.1, -0.1], abs=0.02)
    assert found[3].difference == found[0].difference  # first minus second, whatever is claimed
    assert found[0].seeds == (5, 5)
    assert all(each.interval[0] < each.difference < each.interval[1] for each in found[:7])
    assert all(math.isnan(each.difference) for each in found[7:])


def test_not_lower_leaves_a_hundredth_open(tmp_path: Path) -> None:
    for loss, shift in (("sup-ap", 0.0), ("smooth-ap", -0.005), ("fastap", -0.03)):
        write_runs(tmp_path / "here", loss, shift, noise=0.001)
    for loss, not_lower, higher in (
        ("smooth-ap", "supported", "contradicted"),
        ("fastap", "contradicted", "contradicted"),
    ):
        both = judge_claims(tmp_path, "here", [claim(loss, "not lower", "sup-ap"), claim(loss, "higher", "sup-ap")])
        assert [each.word for each in both] == [not_lower, higher]


def test_numbers_are_those_of_a_comparison_over_seeds_and_classes(tmp_path: Path) -> None:
    for loss, shift in (("sup-ap", 0.01), ("smooth-ap", 0.0)):
        write_runs(tmp_path / "here", loss, shift, seeds=4)
    (alone,) = judge_claims(tmp_path, "here", [claim("sup-ap", "higher", "smooth-ap")])
    sides = [
        [Evaluation.load(tmp_path / "here" / "test" / f"{loss}_seed{seed}-queries.npz") for seed in range(4)]
        for loss in ("sup-ap", "smooth-ap")
    ]
    expected = compare_seeds(*sides, keys=["H-AP"])
    assert alone.difference == pytest.approx(expected.difference["H-AP"])
    assert alone.interval == pytest.approx(expected.interval["H-AP"], rel=0.01)
    assert alone.p_value == pytest.approx(expected.p_value["H-AP"])


def test_many_claims_have_wider_intervals_and_larger_p_values(tmp_path: Path) -> None:
    losses = ("sup-ap", "smooth-ap", "triplet", "fastap", "contrastive", "arcface")
    for loss in losses:
        write_runs(tmp_path / "here", loss, 0.0)
    every = [claim(one, "higher", other) for one in losses for other in losses if one < other]
    together = judge_claims(tmp_path, "here", every)
    alone = [judge_claims(tmp_path, "here", [each])[0] for each in every]
    assert [each.p_value for each in together] == pytest.approx(holm([each.p_value for each in alone]).tolist())
    for wide, narrow in zip(together, alone, strict=True):
        assert wide.interval[1] - wide.interval[0] > 1.2 * (narrow.interval[1] - narrow.interval[0])


def test_seeds_are_paired_where_they_go_together(tmp_path: Path) -> None:
    losses = ("sup-ap", "smooth-ap", "triplet", "fastap")
    for loss in losses:
        write_runs(tmp_path / "alike", loss, 0.02 * (loss == "sup-ap"), noise=0.002, shared=0.1)
        write_runs(tmp_path / "apart", loss, 0.02 * (loss == "sup-ap"), noise=0.05)
    claims = [claim("sup-ap", "higher", other) for other in losses[1:]]
    alike, apart = (judge_claims(tmp_path, name, claims) for name in ("alike", "apart"))
    assert {(each.word, each.paired) for each in alike} == {("supported", True)}
    assert {(each.word, each.paired) for each in apart} == {("not told apart", False)}
    assert "| 5, 5 paired |" in as_markdown(alike)


def test_runs_of_other_queries_are_not_compared(tmp_path: Path) -> None:
    write_runs(tmp_path / "here", "sup-ap", 0.0)
    write_runs(tmp_path / "here", "triplet", 0.0)
    path = tmp_path / "here" / "test" / "triplet_seed3-queries.npz"
    Evaluation({"H-AP": DIFFICULTY}, classes=CLASSES[::-1].copy()).save(path)
    with pytest.raises(ValueError, match="`other`: got queries of other classes, expected the same"):
        judge_claims(tmp_path, "here", [claim("sup-ap", "higher", "triplet")])


def test_the_command_prints_every_claim(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for loss, shift in (("sup-ap", 0.1), ("smooth-ap", 0.0)):
        write_runs(tmp_path / "here", loss, shift)
    rows = "".join(f"| {' | '.join(claim('sup-ap', 'higher', other))} |\n" for other in ("smooth-ap", "fastap"))
    (tmp_path / "claims.md").write_text(HEAD + rows + rows.replace("higher", "lower"))
    assert main(["claims", str(tmp_path), "--sets", "here", "there"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:3] == [
        "## here: Main",
        "",
        "| first | is | than second | in | seeds | difference | interval | p | verdict |",
    ]
    assert lines[4].startswith("| sup-ap | higher | smooth-ap | H-AP | 5, 5 | +0.1")
    assert lines[4].endswith("| supported |")
    assert lines[5] == "| sup-ap | higher | fastap | H-AP |  |  |  |  | not run |"
    assert lines[6].endswith("| contradicted |")
    assert "4 claims; supported: 1, contradicted: 1, not run: 2." in lines
    assert "4 claims; not run: 4." in lines


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("| sup-ap | higher | smooth-ap | H-AP |", r"expected the cells first, relation, second, metric, says"),
        ("| sup-ap | above | smooth-ap | H-AP | x |", r"relation`: got 'above', expected 'higher', 'lower' or 'not l"),
        ("| sup-ap | higher | best | H-AP | x |", r"loss`: got 'best', expected 'sup-ap'"),
        ("| sup-ap | higher | csl in batch-32 | AP | x |", r"metric`: got 'AP', expected 'R@1/column0'"),
    ],
)
def test_a_row_that_is_no_claim_is_named(row: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "claims.md").write_text(HEAD + row + "\n")
    with pytest.raises(ValueError, match=rf"claims\.md.*{message}"):
        read_claims(tmp_path / "claims.md")


def test_the_books_claims_can_be_read_and_none_stands_twice() -> None:
    found = read_claims(shipped_folder("book/results") / "claims.md")
    assert list(found) == ["Claims", "Ablations"]
    every = [each[:4] for claims in found.values() for each in claims]
    assert len(every) == len(set(every)) > 40
    for claims in found.values():
        assert f"{len(claims)} claims; not run: {len(claims)}." in as_markdown(judge_claims(Path("."), "-", claims))

"""The page of questions: its answers hold what the runs say, worked out here in loops over the files."""

import json
import re
from pathlib import Path
from statistics import fmean

import numpy as np
import pytest

from suprank_edu.explore.results.which_loss import WhichLoss, which_loss
from suprank_edu.explore.results.which_loss_evidence import KNOW_LEVELS
from suprank_edu.metrics import Evaluation
from suprank_edu.training.study import LOSSES, NAMES, results_folder

RESULTS = results_folder("groceries").parent


@pytest.fixture(scope="module")
def which() -> WhichLoss:
    """The page's questions, of the results that come with the book."""
    return which_loss(RESULTS)


def means(name: str, metric: str) -> dict[str, float]:
    """The mean of a metric over the seeds of every loss, from the JSON files alone."""
    found: dict[str, list[float]] = {}
    for path in (RESULTS / name / "test").glob("*_seed*.json"):
        run = json.loads(path.read_text())
        found.setdefault(run["loss"], []).append(run["metrics"][metric])
    return {loss: fmean(values) for loss, values in found.items()}


@pytest.mark.parametrize("labels", ["levels", "one"])
def test_the_first_loss_has_the_highest_mean_of_those_allowed(which: WhichLoss, labels: str) -> None:
    reached = means("groceries", "mAP@R/column0")
    allowed = [loss for loss in reached if labels == "levels" or loss not in KNOW_LEVELS]
    best = max(allowed, key=lambda loss: reached[loss])
    (answer,) = [piece for piece in which.answer({"labels": labels, "reports": "mAP@R"}) if piece.headline]
    assert answer.headline.startswith(f"Start with {NAMES[best]}. ")
    assert answer.rows[1][:2] == (NAMES[best], f"{reached[best]:.3f}")
    order = sorted(allowed, key=lambda loss: -reached[loss])[:5]
    assert [row[0] for row in answer.rows[1:]] == [NAMES[loss] for loss in order]


def test_the_command_has_the_rates_of_the_runs(which: WhichLoss) -> None:
    reached = means("groceries", "H-AP")
    best = max(reached, key=lambda loss: reached[loss])
    recipe = json.loads((RESULTS / "groceries" / "test" / f"{best}_seed3.json").read_text())["recipe"]
    (answer,) = [piece for piece in which.answer({"reports": "H-AP"}) if piece.headline]
    assert f" {best} " in answer.command
    assert f"lr={recipe['lr']:g}" in answer.command
    assert ("loss_lr=" in answer.command) == LOSSES[best].proxies


def test_a_hierarchy_is_needed_for_metrics_of_one(which: WhichLoss) -> None:
    (answer,) = [piece for piece in which.answer({"labels": "one", "reports": "H-AP"}) if piece.headline]
    assert answer.headline.startswith("No answer")
    assert answer.rows == ()


@pytest.mark.parametrize("size", [32, 64, 128, 256])
def test_a_size_of_batch_says_what_its_runs_reached(which: WhichLoss, size: int) -> None:
    name = "groceries" if size == 128 else f"groceries-batch-{size}"
    reached = means(name, "mAP@R/column0")
    (piece,) = [piece for piece in which.answer({"batch": str(size)}) if piece.title.startswith("A batch")]
    assert [row[1] for row in piece.rows[1:]] == [f"{reached[loss]:.3f}" for loss in ("sup-ap", "roadmap-proxies")]


def test_every_set_of_answers_has_one_headline_and_says_how_far_it_reaches(which: WhichLoss) -> None:
    asked = {question.name: question.choices for question in which.questions}
    for learns in asked["learns"]:
        for labels in asked["labels"]:
            for reports in asked["reports"]:
                found = which.answer({"learns": learns, "labels": labels, "reports": reports})
                assert len([piece for piece in found if piece.headline]) == 1
                assert any(piece.title.startswith("How far") for piece in found)
                assert any(piece.title.startswith("What contradicts") for piece in found)


def test_questions_and_choices_that_there_are_not_are_refused(which: WhichLoss) -> None:
    with pytest.raises(ValueError, match=r"got reports = 'AP', expected 'R@1'"):
        which.answer({"reports": "AP"})
    with pytest.raises(ValueError, match=r"got 'colour', expected names of questions"):
        which.answer({"colour": "red"})


def test_without_a_script_every_piece_is_there_under_its_own_title(which: WhichLoss) -> None:
    html = which._repr_html_()
    titles = re.findall(r"<summary[^>]*>(.*?)</summary>", html)
    assert len(titles) == len(set(titles)) == len(which.pieces)
    assert "<form hidden" in html
    assert html.count("<fieldset>") == html.count("<legend>") == len(which.questions)
    assert all(json.loads(value.replace("&#34;", '"')) for value in re.findall(r'data-when="([^"]*)"', html))


def test_results_without_the_metrics_of_each_query_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"expected results with the metrics of each query"):
        which_loss(tmp_path)


def test_a_difference_that_is_known_becomes_the_answer(tmp_path: Path) -> None:
    """Names follow from the numbers: with other runs the page gives another answer."""
    for name in ("groceries", "groceries-batch-32", "groceries-batch-64", "groceries-batch-256", "groceries-tau"):
        (tmp_path / name / "test").mkdir(parents=True)
    (tmp_path / "claims.md").write_text((RESULTS / "claims.md").read_text())
    draw, classes = np.random.default_rng(0), np.repeat(np.arange(20), 3)
    for path in sorted(RESULTS.glob("groceries*/test/*_seed[0-3].json")):
        folder = tmp_path / path.parent.parent.name
        if not folder.exists() or path.name.split("_")[0] not in (
            "sup-ap",
            "roadmap-proxies",
            "triplet",
            "sup-ap-tau0.1",
        ):
            continue
        (folder / "test" / path.name).write_text(path.read_text())
        lead = 0.3 if path.name.startswith("triplet") else 0.1
        values = {
            key: lead + 0.01 * draw.random(60) for key in ("R@1/column0", "mAP@R/column0", "H-AP", "NDCG", "ASI", "gap")
        }
        Evaluation(values, classes=classes).save(folder / "test" / f"{path.stem}-queries.npz", np.float16)
    found = which_loss(tmp_path)
    assert next(piece.headline for piece in found.answer({})).startswith("Start with triplet. All others are worse")

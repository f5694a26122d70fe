"""SupRank at work: ranks, losses and forces against plain loops and finite differences."""

import pytest
import torch

from suprank_edu import naive
from suprank_edu.data import load_samples, sample_embeddings
from suprank_edu.explore import Explorer, suprank_at_work
from suprank_edu.explore.ranks.forces import SIGMOID, SUPRANK

SCORES = (0.72, 0.70, 0.57, 0.56, 0.47, 0.31)
RELEVANT = (0, 1, 1, 0, 1, 0)


@pytest.fixture(scope="module")
def work() -> Explorer:
    queries, gallery = load_samples("groceries", "test"), load_samples("groceries", "train")
    products = gallery.labels[:, 0].tolist()
    same = [i for i, product in enumerate(products) if product == queries.labels[0, 0]]
    items = [-1 if is_relevant else 100 + i for i, is_relevant in enumerate(RELEVANT)]
    items = [same.pop() if item < 0 else item for item in items]
    return suprank_at_work(queries, 0, gallery, items, torch.tensor(SCORES))


def moved(place: int, score: float) -> list[float]:
    return [score if i == place else other for i, other in enumerate(SCORES)]


@pytest.mark.parametrize(("loss", "naive_loss"), [(SUPRANK, naive.sup_ap), (SIGMOID, naive.smooth_ap)])
@pytest.mark.parametrize(("place", "score"), [(0, 0.72), (4, 0.6), (1, 0.333), (5, 0.65)])
def test_the_arrows_are_minus_the_slope_of_the_loss(work, loss, naive_loss, place, score) -> None:
    option = work.controls[0].values[place]
    drawn = work.figure.describe(item=option, score=score, loss=loss)
    at, small = moved(place, score), 1e-6
    shown = drawn["data"][-1]["text"]
    for i in range(len(at)):
        ends = [naive_loss([s + sign * small * (j == i) for j, s in enumerate(at)], RELEVANT) for sign in (1, -1)]
        force = -(ends[0] - ends[1]) / (2 * small)
        words = shown[i].split("<br>")[1]
        if abs(force) < 1e-4:
            assert words == "no force"
        else:
            told = float(words.removeprefix("force ").replace("−", "-").replace(" × 10⁻⁴", "e-4"))
            assert told == pytest.approx(force, rel=0.06)
    heads = dict(zip(drawn["data"][2]["y"], drawn["data"][2]["marker"]["symbol"], strict=True))
    assert all((symbol == "triangle-right") == bool(RELEVANT[row]) for row, symbol in heads.items())


def test_the_numbers_are_those_of_the_definitions(work) -> None:
    option = work.controls[0].values[4]
    text = work.readout(item=option, score=0.6, loss=SUPRANK)
    at = moved(4, 0.6)
    ap, loss = naive.average_precision(at, RELEVANT), naive.sup_ap(at, RELEVANT)
    assert text.startswith("AP = 1/3 (1/2 + 2/3 + 3/4)")
    assert f"= {ap:.3f}\n" in text
    assert f"= {loss:.3f}, at least 1 − AP = {1 - ap:.3f}" in text
    assert loss >= 1 - ap


def test_each_mark_can_be_dragged_and_lies_at_its_score(work) -> None:
    drawn = work.figure.describe(**work.parameters)["data"]
    scores = [drawn[drag.trace]["x"][drag.point] for drag in work.drags]
    assert scores == list(SCORES)
    assert len(set(mark_traces_of(work))) == len(SCORES)


def mark_traces_of(work: Explorer) -> list[tuple[int, int]]:
    return [(drag.trace, drag.point) for drag in work.drags]


def test_far_mistakes_feel_the_sup_step_and_not_the_sigmoid(work) -> None:
    option = work.controls[0].values[4]
    words = {
        loss: work.figure.describe(item=option, score=0.44, loss=loss)["data"][-1]["text"][4]
        for loss in (SUPRANK, SIGMOID)
    }
    assert "force +" in words[SUPRANK]
    assert words[SIGMOID].endswith("no force")


def test_the_page_of_real_scores_stays_small() -> None:
    queries, gallery = load_samples("groceries", "test"), load_samples("groceries", "train")
    embedded = [torch.nn.functional.normalize(sample_embeddings("groceries", part)) for part in ("test", "train")]
    scores = embedded[0][7] @ embedded[1].T
    best = scores.argsort(descending=True)[:8].tolist()
    if len({bool(gallery.labels[i, 0] == queries.labels[7, 0]) for i in best}) == 1:
        best[-1] = int(scores.argmin())
    assert len(suprank_at_work(queries, 7, gallery, best, scores[best]).html()) < 150_000


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"query": 10_000}, r"`query`: got position 10000"),
        ({"scores": torch.tensor([0.5])}, r"`scores`: got shape \(1,\), expected \(2,\)"),
        ({"scores": torch.tensor([0.5, float("nan")])}, r"`scores`: got NaN or infinity"),
        ({"items": [0, 0]}, r"`items`: got [02] of 2 relevant, expected both kinds"),
    ],
)
def test_bad_arguments_are_refused(change, message) -> None:
    queries, gallery = load_samples("groceries", "test"), load_samples("groceries", "train")
    arguments = {"query": 0, "items": [0, 100], "scores": torch.tensor([0.5, 0.4])} | change
    with pytest.raises(ValueError, match=message):
        suprank_at_work(queries, arguments["query"], gallery, arguments["items"], arguments["scores"])

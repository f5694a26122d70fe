"""The threshold against every threshold there is, counted in plain loops."""

from pathlib import Path

import pytest
import torch
from search.shops import index_of, photographs_of, shop

from suprank_edu.data import VectorDataset
from suprank_edu.search import IVFPQ, PhotoIndex, choose_threshold, threshold_of
from suprank_edu.training import LinearHead


def counted(value: float, with_class: list[float], without: list[float], share: float) -> tuple[float, float]:
    """Precision and recall of a threshold, by counting."""
    recall = sum(score >= value for score in with_class) / len(with_class)
    false_alarms = sum(score >= value for score in without) / len(without)
    found = (1 - share) * recall + share * false_alarms
    return (1 - share) * recall / found if found else 1.0, recall


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("precision", [None, 0.6, 0.8])
def test_no_other_threshold_does_better(precision: float | None, share: float) -> None:
    draw = torch.Generator().manual_seed(0)
    with_class, without = 0.7 + 0.1 * torch.randn(60, generator=draw), 0.5 + 0.1 * torch.randn(40, generator=draw)
    chosen = threshold_of(with_class, without, precision, share)
    both = with_class.tolist(), without.tolist()
    assert (chosen.precision, chosen.recall) == pytest.approx(counted(chosen.value, *both, share))
    found = [counted(value, *both, share) for value in both[0]]
    if precision is None:
        best = max(2 * p * r / (p + r) for p, r in found)
        assert 2 * chosen.precision * chosen.recall / (chosen.precision + chosen.recall) == pytest.approx(best)
    else:
        assert chosen.precision >= precision
        assert chosen.recall == pytest.approx(max(r for p, r in found if p >= precision))


def test_a_precision_out_of_reach_and_shares_that_are_none_are_refused() -> None:
    scores = torch.tensor([0.5, 0.6])
    with pytest.raises(ValueError, match="`precision`: got 0.9, expected at most 0.500"):
        threshold_of(scores, torch.tensor([0.7]), precision=0.9)
    with pytest.raises(ValueError, match=r"`share_without`: got 1.5, expected a share of 0\.\.1"):
        threshold_of(scores, scores, share_without=1.5)
    with pytest.raises(ValueError, match="`share_without`: got None, expected a finite number"):
        threshold_of(scores, scores, share_without=None)
    with pytest.raises(ValueError, match=r"`without`: got shape \(0,\)"):
        threshold_of(scores, scores[:0])
    with pytest.raises(ValueError, match="`with_class`: got no finite score"):
        threshold_of(torch.full((2,), -torch.inf), scores)


def test_each_query_is_asked_with_its_class_and_without_and_judged_on_other_classes() -> None:
    """Four classes in a plane at four angles: what each query finds is known from the angles."""
    angles = torch.tensor([0.0, 0.5, 1.5, 2.6])
    gallery, labels = torch.stack([angles.cos(), angles.sin()], dim=1), torch.arange(4)
    near = angles + torch.tensor([0.1, -0.1, 0.2, 0.05])
    queries = VectorDataset(torch.stack([near.cos(), near.sin()], dim=1).numpy(), labels.numpy())
    index = PhotoIndex(Same(), VectorDataset(gallery.numpy(), labels.numpy()), gallery)
    with_class = [max(torch.cos(near[q] - a).item() for a in angles) for q in range(4)]
    without = [max(torch.cos(near[q] - angles[i]).item() for i in range(4) if i != q) for q in range(4)]
    for seed in range(4):
        chosen = choose_threshold(index, queries, seed=seed)
        assert chosen.queries == 2
        pairs = [(a, b) for a in range(4) for b in range(a)]
        expected = [
            counted(chosen.value, [with_class[q] for q in pair], [without[q] for q in pair], 0.5) for pair in pairs
        ]
        assert any((chosen.precision, chosen.recall) == pytest.approx(one) for one in expected)
        assert any(chosen.value == pytest.approx(score, abs=1e-6) for score in with_class)


def test_an_approximate_index_chooses_among_the_scores_that_it_shows() -> None:
    """Two classes of queries, one of which is in each half: all that is told is known from the answers of searches."""
    draw = torch.Generator().manual_seed(0)
    gallery = torch.nn.functional.normalize(torch.randn(600, 16, generator=draw))
    asked = torch.nn.functional.normalize(torch.randn(40, 16, generator=draw))
    labels, own = torch.arange(600) % 20, torch.arange(40) % 2
    index = PhotoIndex(Same(16), VectorDataset(gallery.numpy(), labels.numpy()), gallery, approximate=IVFPQ(16, 1))
    queries = VectorDataset(asked.numpy(), own.numpy())
    shown = [index.search(query)[0].score for query in asked]
    others = []
    for query, label in zip(asked, own, strict=True):
        others.append(next(hit.score for hit in index.search(query, 600) if labels[hit.position] != label))
    assert shown != [index.search(query, exact=True)[0].score for query in asked]
    for seed in range(4):
        chosen = choose_threshold(index, queries, seed=seed)
        measured = [
            counted(chosen.value, shown[c::2], others[c::2], 0.5) for c in range(2) if chosen.value in shown[1 - c :: 2]
        ]
        assert measured == [pytest.approx((chosen.precision, chosen.recall))]


class Same(LinearHead):
    """A head that changes nothing."""

    def __init__(self, size: int = 2) -> None:
        super().__init__(size, size)
        with torch.no_grad():
            self.head.weight.copy_(torch.eye(size))
            self.head.bias.zero_()


def test_photographs_from_another_day_choose_a_threshold(tmp_path: Path) -> None:
    index, queries = index_of(shop(tmp_path / "shop")), photographs_of(shop(tmp_path / "other", first=50))
    chosen = choose_threshold(index, queries)
    assert chosen.recall > 0.5
    assert chosen.precision > 0.5
    index.threshold = chosen.value
    assert index.search(queries.items[0]).threshold == chosen.value


def test_queries_that_cannot_choose_are_refused(tmp_path: Path) -> None:
    index = index_of(shop(tmp_path / "shop"))
    with pytest.raises(ValueError, match="got the columns column 0, expected those of the index, class, parent"):
        choose_threshold(index, VectorDataset(torch.eye(8).numpy(), range(8)))
    with pytest.raises(ValueError, match="`queries`: got 1 classes that are in the index, expected at least 2"):
        choose_threshold(index, index.photographs.subset([0, 1]))
    with pytest.raises(ValueError, match="`column`: got 2"):
        choose_threshold(index, index.photographs, column=2)
    with pytest.raises(ValueError, match="`seed`: got -1, expected an integer of at least 0"):
        choose_threshold(index, index.photographs, seed=-1)

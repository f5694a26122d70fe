"""Ranking code that lies: known disagreements with other code, each stated with the value that the definition gives.

The libraries are pytorch-metric-learning 2.9.0 and torchmetrics 1.9.0. When an upgrade makes one of the first tests
fail, the trap is gone: say so in chapter 03 and delete the test. What the authors' published code does is derived
again here, from its description, in a few lines.
"""

from importlib.metadata import version

import pytest
import pytorch_metric_learning.losses
import torch
from torch.nn.functional import normalize, one_hot
from torchmetrics.functional.retrieval import (
    retrieval_average_precision,
    retrieval_hit_rate,
    retrieval_normalized_dcg,
    retrieval_recall,
)

from suprank_edu import metrics, naive
from suprank_edu.losses import CalibrationLoss, SmoothAPLoss, SupAPLoss, SupRecallLoss, sup_ap, sup_h_ap
from suprank_edu.steps import PUBLISHED, PUBLISHED_INAT, SupStep


def fixed(library, known):
    return f"{library} {version(library)} no longer does what {known} did: the trap is gone"


PML = fixed("pytorch-metric-learning", "2.9.0")
TORCHMETRICS = fixed("torchmetrics", "1.9.0")


# pytorch-metric-learning ---------------------------------------------------------------------------------------------


def nearly_perfect_batch(classes, per_class):
    """Classes on orthogonal axes, their members a thousandth apart: nothing is misranked."""
    labels = torch.arange(classes).repeat_interleave(per_class)
    noise = torch.randn(len(labels), 8, generator=torch.Generator().manual_seed(0))
    return normalize(one_hot(labels, 8) + 0.001 * noise, dim=1), labels


with_smooth_ap = pytest.mark.skipif(not hasattr(pytorch_metric_learning.losses, "SmoothAPLoss"), reason="none in 2.5")


@with_smooth_ap
def test_smooth_ap_of_pytorch_metric_learning_swaps_classes_and_samples_per_class():
    from pytorch_metric_learning.losses import SmoothAPLoss as TheirSmoothAP

    embeddings, labels = nearly_perfect_batch(classes=8, per_class=4)
    assert SmoothAPLoss()(embeddings, labels).item() == pytest.approx(0, abs=1e-3)
    assert TheirSmoothAP()(embeddings, labels).item() == pytest.approx(0.32, abs=0.01), PML


@with_smooth_ap
def test_smooth_ap_of_pytorch_metric_learning_depends_on_the_order_of_the_rows():
    from pytorch_metric_learning.losses import SmoothAPLoss as TheirSmoothAP

    embeddings, labels = nearly_perfect_batch(classes=8, per_class=4)
    order = torch.randperm(len(labels), generator=torch.Generator().manual_seed(0))
    shuffled = embeddings[order], labels[order]
    assert SmoothAPLoss()(*shuffled).item() == pytest.approx(0, abs=1e-3)
    assert TheirSmoothAP()(*shuffled) > TheirSmoothAP()(embeddings, labels) + 0.2, PML


@with_smooth_ap
def test_as_many_classes_as_samples_per_class_hide_the_swap():
    """Why a test on a square batch of sorted rows does not notice."""
    from pytorch_metric_learning.losses import SmoothAPLoss as TheirSmoothAP

    embeddings, labels = nearly_perfect_batch(classes=4, per_class=4)
    assert TheirSmoothAP()(embeddings, labels).item() == pytest.approx(0, abs=1e-3), PML


def test_the_contrastive_loss_of_pytorch_metric_learning_takes_a_single_pair_for_none():
    """Calibration is that loss (E20): two images that should be alike and are not, listed as one pair, cost nothing."""
    embeddings, labels = torch.eye(2), torch.tensor([0, 0])
    assert naive.calibration([0.0, 0.0], [1, 1]) == naive.calibration([0.0], [1]) == pytest.approx(0.9)
    assert CalibrationLoss()(embeddings, labels).item() == pytest.approx(0.9)  # both ways round: two pairs
    nothing, one = torch.tensor([], dtype=torch.long), torch.tensor([1])
    listed = CalibrationLoss()(embeddings, labels, (torch.tensor([0]), one, nothing, nothing))
    assert listed.item() == 0, PML


# torchmetrics --------------------------------------------------------------------------------------------------------

SCORES, RELEVANT = torch.tensor([0.1, -0.5, -0.2, -0.3]), torch.tensor([1, 1, 0, 0])


def test_average_precision_of_torchmetrics_drops_relevant_items_with_a_score_of_at_most_0():
    """Cosine similarities are negative as a matter of course."""
    assert metrics.average_precision(SCORES[None], RELEVANT[None]).item() == pytest.approx(0.75)
    assert naive.average_precision(SCORES.tolist(), RELEVANT.tolist()) == pytest.approx(0.75)
    assert retrieval_average_precision(SCORES, RELEVANT).item() == pytest.approx(1.0), TORCHMETRICS
    # the same order, all scores above 0: now they agree
    assert retrieval_average_precision(SCORES + 1, RELEVANT).item() == pytest.approx(0.75), TORCHMETRICS


def test_recall_of_torchmetrics_drops_them_too():
    assert metrics.recall_at_k(SCORES[None], RELEVANT[None], 4).item() == 1
    assert retrieval_recall(SCORES, RELEVANT, top_k=4).item() == pytest.approx(0.5), TORCHMETRICS


def test_ndcg_of_torchmetrics_takes_the_level_itself_as_the_gain():
    """E5 takes 2^level − 1, as retrieval papers do: with more than one level the two are different metrics."""
    scores, levels = torch.tensor([0.9, 0.8, 0.7]), torch.tensor([1, 3, 2])
    theirs = retrieval_normalized_dcg(scores, levels)
    by_definition = naive.ndcg(scores.tolist(), levels.tolist())
    assert metrics.ndcg(scores[None], levels[None]).item() == pytest.approx(by_definition)
    assert abs(theirs.item() - by_definition) > 0.05, TORCHMETRICS
    with_gains = retrieval_normalized_dcg(scores, 2**levels - 1)
    assert with_gains.item() == pytest.approx(by_definition), TORCHMETRICS


def test_recall_of_torchmetrics_divides_by_all_positives_however_small_k_is():
    """Two conventions of one name: with min(k, R) a perfect list has recall 1 at every k."""
    scores, relevant = torch.tensor([0.9, 0.8, 0.7]), torch.tensor([1, 1, 0])
    assert metrics.recall_at_k(scores[None], relevant[None], 1).item() == 1
    assert retrieval_recall(scores, relevant, top_k=1).item() == 0.5, TORCHMETRICS


def test_torchmetrics_gives_0_to_a_query_without_positives_where_there_is_nothing_to_measure():
    scores, nothing = torch.tensor([0.9, 0.8]), torch.tensor([0, 0])
    assert metrics.average_precision(scores[None], nothing[None]).isnan().all()
    assert retrieval_average_precision(scores, nothing).item() == 0, TORCHMETRICS


# hit rate and recall share a name ------------------------------------------------------------------------------------


def test_what_papers_print_as_recall_is_the_hit_rate():
    scores, relevant = torch.tensor([[0.9, 0.8, 0.7, 0.6]]), torch.tensor([[1, 0, 0, 1]])
    assert metrics.hit_rate_at_k(scores, relevant, 2).item() == 1
    assert metrics.recall_at_k(scores, relevant, 2).item() == 0.5
    assert retrieval_hit_rate(scores[0], relevant[0], top_k=2).item() == 1


# conventions of the published code, derived again from their description ---------------------------------------------


def test_counting_the_query_as_its_own_first_positive_flatters_ap():
    """A query whose only other positive comes last of 4 has AP ¼; with itself in front, (1 + 2/5) / 2."""
    scores, relevant = [0.9, 0.8, 0.7, 0.1], [0, 0, 0, 1]
    assert naive.average_precision(scores, relevant) == 0.25
    assert naive.average_precision([1.0, *scores], [1, *relevant]) == pytest.approx(0.7)


def test_the_losses_count_it_only_when_told_to():
    embeddings = normalize(torch.tensor([[1.0, 0.0], [0.0, 1.0], [0.9, 0.3], [0.8, 0.6]]), dim=1)
    labels = torch.tensor([0, 0, 1, 1])
    rows = (embeddings @ embeddings.T).tolist()
    levels = (labels[:, None] == labels[None, :]).int().tolist()
    with_self = [naive.sup_ap(row, of) for row, of in zip(rows, levels, strict=True)]
    without = [
        naive.sup_ap(row[:i] + row[i + 1 :], of[:i] + of[i + 1 :])
        for i, (row, of) in enumerate(zip(rows, levels, strict=True))
    ]
    published = SupAPLoss(include_self=True, reduction="none")(embeddings, labels)
    ours = SupAPLoss(reduction="none")(embeddings, labels)
    assert published.tolist() == pytest.approx(with_self, abs=1e-5)
    assert ours.tolist() == pytest.approx(without, abs=1e-5)
    assert (ours[:2] > published[:2] + 0.1).all()


def test_a_query_without_another_positive_counts_as_perfect_in_the_published_mean():
    embeddings = normalize(torch.tensor([[1.0, 0.0], [0.0, 1.0], [0.9, 0.3]]), dim=1)
    labels = torch.tensor([0, 0, 1])  # the last is alone
    published, ours = SupAPLoss(include_self=True)(embeddings, labels), SupAPLoss()(embeddings, labels)
    one_by_one = SupAPLoss(reduction="none")(embeddings, labels)
    assert one_by_one[2] == 0
    assert ours.item() == pytest.approx(one_by_one[:2].mean().item())  # over the queries that have a positive
    assert published < ours


def ndcg_with_the_ideal_of_the_retrieved(levels_by_place, k):
    def dcg(levels):
        discounts = torch.log2(torch.arange(2.0, len(levels) + 2))
        return ((2.0 ** torch.tensor(levels) - 1) / discounts).sum().item()

    retrieved = levels_by_place[:k]
    return dcg(retrieved) / dcg(sorted(retrieved, reverse=True))


def test_ndcg_at_k_must_take_its_ideal_from_the_whole_gallery():
    levels = [0, 1, 1, 1, 1]
    scores = [0.9, 0.8, 0.7, 0.6, 0.5]
    assert ndcg_with_the_ideal_of_the_retrieved(levels, 2) == pytest.approx(0.631, abs=1e-3)
    assert naive.ndcg(scores, levels, at=2) == pytest.approx(0.387, abs=1e-3)
    found = metrics.ndcg(torch.tensor([scores]), torch.tensor([levels]), at=2)
    assert found.item() == pytest.approx(0.387, abs=1e-3)


def test_a_recall_loss_that_folds_positives_into_a_rectangle_needs_equally_many_per_query():
    """Of 1 and 3 positives it makes 2 and 2, and mixes the queries without a word; of 1 and 2 it makes nothing."""
    scores = torch.tensor([[0.9, 0.8, 0.7, 0.6], [0.9, 0.8, 0.7, 0.6]])
    levels = torch.tensor([[1, 0, 0, 0], [0, 1, 1, 1]])
    ranks = torch.arange(1.0, 5).expand(2, 4)
    folded = ranks[levels > 0].view(2, -1)
    assert folded.tolist() == [[1, 2], [3, 4]]  # the first query now has a positive of the second
    with pytest.raises(RuntimeError, match="invalid for input of size"):
        ranks[:, :3][levels[:, :3] > 0].view(2, -1)
    embeddings = normalize(torch.randn(7, 4, generator=torch.Generator().manual_seed(0)), dim=1)
    labels = torch.tensor([0, 0, 1, 1, 1, 1, 2])
    rows = (embeddings @ embeddings.T).tolist()
    found = SupRecallLoss(reduction="none")(embeddings, labels)
    for i, row in enumerate(rows):
        level = [int(label == labels[i]) for j, label in enumerate(labels) if j != i]
        assert found[i].item() == pytest.approx(naive.sup_recall(row[:i] + row[i + 1 :], level), abs=1e-4)
    assert naive.sup_recall(scores[0].tolist(), levels[0].tolist()) < naive.sup_recall([0.9, 0.8], [0, 1])


def ranks_by_sorting(scores):
    """The usual two argsorts: equal scores get the ranks of the order in which they happen to lie."""
    return scores.argsort(descending=True, stable=True).argsort() + 1


def test_ranks_of_ties_from_a_sort_depend_on_the_order_of_the_gallery():
    scores = torch.tensor([0.5, 0.5, 0.1])
    assert ranks_by_sorting(scores).tolist() == [1, 2, 3]
    assert naive.rank(scores.tolist()) == [2, 2, 3]
    for relevant in ([1, 0, 0], [0, 1, 0]):  # the same query, its tied items listed the other way round
        assert metrics.average_precision(scores[None], torch.tensor([relevant])).item() == 0.5
    by_sort = [1 / ranks_by_sorting(scores)[relevant.index(1)].item() for relevant in ([1, 0, 0], [0, 1, 0])]
    assert by_sort == [1, 0.5]


def test_the_inaturalist_setting_is_no_upper_bound_up_to_delta():
    scores, levels = torch.tensor([[0.5, 0.51]]), torch.tensor([[1, 0]])
    assert not PUBLISHED_INAT.upper_bounds_heaviside
    assert sup_ap(scores, levels, step=PUBLISHED_INAT).item() < 0.5 - 0.05  # 1 − AP is ½
    assert sup_ap(scores, levels, step=PUBLISHED).item() > 0.5


def test_the_published_offset_falls_at_delta():
    """A negative that climbs past δ costs less there: the loss goes down as the mistake grows."""
    levels = torch.tensor([[1, 0]])
    before, after = torch.tensor([[0.0, 0.0499]]), torch.tensor([[0.0, 0.0501]])
    assert sup_ap(after, levels, step=PUBLISHED) < sup_ap(before, levels, step=PUBLISHED)
    assert sup_ap(after, levels, step=SupStep()) > sup_ap(before, levels, step=SupStep())


def published_step(t):
    """The published code compares with > where E6 has ≥: the only difference is at exactly 0."""
    return naive.sigmoid(0.0) if t == 0 else naive.sup_step(t, offset=1.44)


def test_at_an_exact_tie_the_published_step_counts_one_half_and_its_bound_breaks():
    scores, levels = [0.5, 0.5], [1, 0]
    exact = 1 - naive.average_precision(scores, levels)
    assert published_step(0.0) == 0.5 < naive.heaviside(0.0)
    assert naive.sup_ap(scores, levels, published_step) < exact
    assert naive.sup_ap(scores, levels) >= exact
    assert sup_ap(torch.tensor([scores]), torch.tensor([levels])).item() >= exact


def test_relevance_can_make_a_coarse_item_worth_more_than_a_fine_one():
    """10 fine items of ⅒, 2 coarse ones of ¼: with the coarse first H-AP is 1, and Sup-H-AP still pushes them down."""
    scores = torch.tensor([[0.1 + 0.001 * i for i in range(10)] + [0.9, 0.8]])
    levels = torch.tensor([[2] * 10 + [1] * 2])
    relevances = naive.relevance(levels[0].tolist())
    assert relevances[-1] > relevances[0]
    assert metrics.h_ap(scores, levels).item() == pytest.approx(1)
    scores.requires_grad_()
    loss = sup_h_ap(scores, levels)
    loss.sum().backward()
    assert loss.item() > 0.3
    assert (scores.grad[0, -2:] > 0).all()  # descent lowers the very items that H-AP wants first


def test_a_decomposability_gap_can_be_negative():
    """It is at least 0 only when every batch is ranked perfectly: here the second is not."""
    scores, relevant = [0.9, 0.8, 0.7, 0.6], [1, 1, 0, 1]
    assert naive.gap(scores, relevant, [[0, 1], [2, 3]], naive.average_precision) == pytest.approx(0.75 - 11 / 12)

"""What losses on embeddings refuse and warn of, and how they print."""

import pytest
import torch
from every_loss import EVERY_MODULE, MODULES, random_batch
from torch.nn.functional import normalize

from suprank_edu.losses import (
    AtColumn,
    CalibrationLoss,
    ProxyLoss,
    RankLoss,
    SmoothAPLoss,
    SmoothHAPLoss,
    SmoothNDCGLoss,
    SmoothRecallLoss,
    SupAPLoss,
    SupHAPLoss,
    SupNDCGLoss,
    SupRecallLoss,
    happier,
    road_ndcg,
    road_recall,
    roadmap,
)
from suprank_edu.steps import PUBLISHED, Sigmoid, SupStep

pytestmark = pytest.mark.filterwarnings("ignore:`labels`. no query of the batch:UserWarning")


ONE = torch.tensor([1])


@EVERY_MODULE
@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"embeddings": torch.zeros(0, 8), "labels": torch.zeros(0, dtype=torch.long)},
         r"`embeddings`: got shape \(0, 8\), expected at least one row and one column"),
        ({"embeddings": torch.zeros(8)}, r"`embeddings`: got shape \(8,\), expected \(N, D\)"),
        ({"embeddings": [[1.0]]}, r"`embeddings`: got list, expected a torch.Tensor of shape \(N, D\)"),
        ({"embeddings": torch.zeros(12, 8, dtype=torch.long)}, r"`embeddings`: got dtype torch.int64, expected a fl"),
        ({"embeddings": torch.full((12, 8), float("nan"))}, r"`embeddings`: got NaN or infinity in 12 of 12 rows"),
        ({"labels": torch.arange(11)}, r"`labels`: got shape \(11,\), expected \(12,\) or \(12, L\), one row per emb"),
        ({"labels": torch.zeros(12)}, r"`labels`: got dtype torch.float32, expected an integer dtype"),
        ({"labels": list(range(12))}, r"`labels`: got list, expected an integer torch.Tensor"),
        ({"labels": torch.tensor([[0, 0], [0, 1]] * 6)}, r"`labels`: got class 0 of column 0 under two classes"),
        ({"ref_emb": torch.eye(8)}, r"`ref_labels`: got None, expected `ref_emb` and `ref_labels` together"),
        ({"ref_labels": torch.arange(8)}, r"`ref_emb`: got None, expected `ref_emb` and `ref_labels` together"),
        ({"ref_emb": torch.eye(4), "ref_labels": torch.zeros(4, 2, dtype=torch.long)},
         r"`ref_emb`: got shape \(4, 4\), expected \(G, 8\), as wide as `embeddings`"),
        ({"ref_emb": torch.eye(8), "ref_labels": torch.zeros(7, 2, dtype=torch.long)},
         r"`ref_labels`: got shape \(7, 2\), expected \(8,\) or \(8, L\)"),
        ({"ref_emb": torch.eye(8), "ref_labels": torch.arange(8)}, r"`ref_labels`: got 1 columns, expected 2"),
        ({"ref_emb": torch.eye(8) / 0, "ref_labels": torch.zeros(8, 2, dtype=torch.long)},
         r"`ref_emb`: got NaN or infinity in 8 of 8 rows, expected finite values"),
        ({"valid": torch.ones(12, 11, dtype=torch.bool)}, r"`valid`: got shape \(12, 11\), expected \(12, 12\)"),
        ({"valid": torch.ones(12, 12)}, r"`valid`: got torch.float32, expected a bool torch.Tensor"),
        ({"indices_tuple": (torch.arange(2), torch.arange(2))}, r"`indices_tuple`: got 2 entries, expected 4 index"),
        ({"indices_tuple": 5}, r"`indices_tuple`: got int, expected 4 index tensors"),
        ({"indices_tuple": (ONE, ONE, [0])}, r"`indices_tuple`: got 3 entries, expected 4 index tensors"),
        ({"indices_tuple": (ONE, ONE + 11, ONE)}, r"`indices_tuple`: got row numbers that do not exist, expected anc"),
        ({"indices_tuple": (ONE - 2, ONE, ONE)}, r"`indices_tuple`: got row numbers that .* anchors in 0\.\.11 and"),
        ({"indices_tuple": (ONE, ONE.repeat(2), ONE)}, r"`indices_tuple`: got 1 anchors for 2 items, expected as many"),
        ({"indices_tuple": (ONE, ONE, ONE.float())}, r"`indices_tuple`: got torch.float32 of shape \(1,\), expec"),
        ({"indices_tuple": (ONE, ONE, ONE[None])}, r"`indices_tuple`: got torch.int64 of shape \(1, 1\), expected int"),
    ],
)  # fmt: skip
def test_bad_arguments_are_named(name, change, message):
    module, _ = MODULES[name]
    embeddings, labels = random_batch()
    with pytest.raises(ValueError, match=message):
        module()(**{"embeddings": embeddings, "labels": labels, **change})


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: SupAPLoss(column=-1), r"`column`: got -1, expected"),
        (lambda: SupAPLoss(step=SupStep(tau=0.0)), r"`tau`: got 0.0, expected a finite number above 0"),
        (lambda: SmoothAPLoss(tau=-1.0), r"`tau`: got -1.0, expected"),
        (lambda: SupAPLoss(reduction="sum"), r"`reduction`: got 'sum', expected 'mean' or 'none'"),
        (lambda: SupRecallLoss(ks=[0]), r"`ks`: got \(0,\), expected one or more integers of at least 1"),
        (lambda: SupRecallLoss(temperature=0.0), r"`temperature`: got 0.0, expected"),
        (lambda: SupHAPLoss(alpha=-1.0), r"`alpha`: got -1.0, expected a number in 0..20"),
        (lambda: SupHAPLoss(weights=[0.0, 0.0]), r"`weights`: got \(0.0, 0.0\), expected"),
        (lambda: CalibrationLoss(pos_margin=float("nan")), r"`pos_margin`: got nan, expected a finite number"),
        (lambda: CalibrationLoss(column=-1), r"`column`: got -1, expected"),
        (lambda: ProxyLoss(0, 8), r"`num_classes`: got 0, expected an integer of at least 1"),
        (lambda: ProxyLoss(4, 0), r"`embedding_size`: got 0, expected an integer of at least 1"),
        (lambda: ProxyLoss(4, 8, temperature=0.0), r"`temperature`: got 0.0, expected a finite number above 0"),
        (
            lambda: RankLoss(SupAPLoss, CalibrationLoss()),
            r"`rank_loss`: got the class SupAPLoss, expected a torch.nn.Mod",
        ),
        (lambda: RankLoss(SupAPLoss(), None), r"`decomposability_loss`: got None, expected a torch.nn.Module"),
        (lambda: AtColumn(torch.sum, column=0), r"`loss`: got <built-in method sum.*expected a torch.nn.Module"),
        (lambda: RankLoss(SupAPLoss(), CalibrationLoss(), weight=1.5), r"`weight`: got 1.5, expected at most 1"),
        (lambda: RankLoss(SupAPLoss(), CalibrationLoss(), weight=-0.1), r"`weight`: got -0.1, expected at least 0"),
        (lambda: roadmap(num_classes=4), r"`embedding_size`: got None, expected `num_classes` and `embedding_size`"),
        (lambda: roadmap(embedding_size=4), r"`num_classes`: got None, expected `num_classes` and `embedding_size`"),
    ],
)
def test_bad_options_are_named(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize("module", [SupAPLoss, SupRecallLoss, SmoothAPLoss, SmoothRecallLoss, CalibrationLoss])
def test_a_label_column_that_does_not_exist_is_named(module):
    with pytest.raises(ValueError, match=r"`column`: got 2, expected a label column in 0\.\.1"):
        module(column=2)(*random_batch())


def test_a_memory_without_the_classes_of_a_batch_is_no_reason_to_warn():
    import warnings

    embeddings = torch.eye(8)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        loss = SupAPLoss()(embeddings, torch.arange(8), ref_emb=embeddings, ref_labels=torch.arange(8, 16))
    assert loss == 0


def test_batches_without_a_positive_warn_once():
    """Of 16 images of 1,000 classes, plainly shuffled, 232 batches of 250 had none, and the loss was 0 without a word."""
    import warnings

    embeddings, apart, paired = torch.eye(4), torch.arange(4), torch.tensor([0, 0, 1, 1])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        loss = SupAPLoss()
        loss(embeddings, paired)
        with pytest.raises(UserWarning, match=r"no query of the batch has a positive.*MPerClassBatches"):
            loss(embeddings, apart)
        assert loss(embeddings, apart) == 0
        SupHAPLoss()(embeddings, torch.stack([apart, paired], dim=1))  # positives at the coarser column alone
        with pytest.raises(UserWarning, match="no query"):
            SupAPLoss()(embeddings, paired, valid=torch.zeros(4, 4, dtype=torch.bool))


@EVERY_MODULE
@pytest.mark.filterwarnings("ignore:`embeddings`:UserWarning")
def test_embeddings_whose_scores_overflow_are_refused(name):
    module, _ = MODULES[name]
    embeddings, labels = random_batch()
    with pytest.raises(ValueError, match=r"`embeddings`: got norms of 1\.8e\+19 or more, whose scores overflow"):
        module()(1e20 * embeddings, labels)
    assert module()(1e20 * embeddings.double(), labels).isfinite()


@pytest.mark.cpu
def test_embeddings_that_are_not_unit_vectors_warn_once():
    import warnings

    embeddings, labels = random_batch()
    loss = SupAPLoss()
    with pytest.warns(UserWarning, match=r"`embeddings`: a norm is off 1 by 1, expected unit vectors") as caught:
        loss(2 * embeddings, labels)
    assert caught[0].filename == __file__
    with pytest.warns(UserWarning, match="unit vectors") as caught:
        RankLoss(SupAPLoss(), CalibrationLoss())(2 * embeddings, labels)
    assert caught[0].filename == __file__, "also from deeper inside"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        loss(2 * embeddings, labels)
        SupAPLoss()(embeddings * 1.0005, labels)  # within a thousandth


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_rounding_to_half_precision_is_no_reason_to_warn(dtype):
    embeddings, labels = random_batch(items=96)
    SupAPLoss()(normalize(embeddings.to(dtype), dim=1), labels)


@pytest.mark.parametrize("loss", [CalibrationLoss(), AtColumn(CalibrationLoss().loss, 0), roadmap()])
def test_pairs_of_rows_that_do_not_exist_are_refused(loss):
    """A single one of them: pytorch-metric-learning takes so few pairs for none and looks at no number."""
    row = torch.tensor([0])
    with pytest.raises(ValueError, match="`indices_tuple`: got row numbers that do not exist"):
        loss(torch.eye(3), torch.arange(3), (row, row + 99, row))


@pytest.mark.parametrize("step", [Sigmoid(), None, 0.01])
@pytest.mark.parametrize(
    "make",
    [
        *(SupAPLoss, SupRecallLoss, SupNDCGLoss, SupHAPLoss),
        *(roadmap, road_recall, road_ndcg, lambda **options: happier(3, 8, **options)),
    ],
)
def test_a_sup_loss_takes_no_other_step(make, step):
    """A Sigmoid has a tau too, and once became a SupStep of that tau."""
    with pytest.raises(ValueError, match="`step`: got .* expected a SupStep"):
        make(step=step)


@pytest.mark.parametrize(
    "loss",
    [
        SupAPLoss(SupStep(tau=0.02, offset=1.44), column=1, include_self=True),
        SupRecallLoss(ks=(1, 10), temperature=0.5, reduction="none"),
        SupNDCGLoss(PUBLISHED),
        SupHAPLoss(alpha=2.0, weights=(0.7, 0.3)),
    ],
    ids=lambda loss: type(loss).__name__,
)
def test_a_loss_prints_the_call_that_makes_it_again(loss):
    assert vars(eval(repr(loss))) == vars(loss)


@pytest.mark.parametrize("module", [SmoothAPLoss, SmoothRecallLoss, SmoothNDCGLoss, SmoothHAPLoss])
def test_a_smooth_loss_prints_its_step(module):
    assert "step=Sigmoid(tau=0.05)" in repr(module(tau=0.05))


def test_sums_and_held_losses_print_what_they_were_made_with():
    assert repr(roadmap(weight=0.25)).count("weight=0.25") == 1
    assert "\n  (rank_loss): SupAPLoss(column=0, include_self=False" in repr(roadmap())
    assert repr(CalibrationLoss(0.8, 0.5, 2)).startswith("CalibrationLoss(\n  pos_margin=0.8, neg_margin=0.5, column=2")
    assert repr(ProxyLoss(4, 8, 0.1)).startswith(
        "ProxyLoss(\n  num_classes=4, embedding_size=8, column=0, temperature=0.1"
    )
    assert repr(AtColumn(torch.nn.Identity(), 1)).startswith("AtColumn(\n  column=1")

"""Every message of the input checks: the argument, what came, what was expected."""

import ast
import inspect
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

from suprank_edu import _checks, _embedding_checks, _label_checks, data, losses, metrics, relevance, whole_set

UNIT = torch.eye(3)
LABELS = torch.tensor([[0, 0], [1, 0], [2, 1]])
NAN = float("nan")

# (function, arguments, the message as a regular expression)
REFUSED = [
    (_checks.check_floating, ("x", [1.0], 1), r"`x`: got list, expected a torch.Tensor of shape \(N,\)"),
    (_checks.check_floating, ("x", torch.zeros(2), 2), r"`x`: got shape \(2,\), expected \(N, D\)"),
    (_checks.check_floating, ("scores", torch.zeros(2), 2), r"`scores`: got shape \(2,\), expected \(Q, G\)"),
    (_checks.check_floating, ("x", LABELS, 2), r"`x`: got dtype torch.int64, expected a floating-point dtype"),
    (
        _checks.check_floating,
        ("x", torch.zeros(0, 2), 2),
        r"`x`: got shape \(0, 2\), expected at least one row and one",
    ),
    (_checks.check_scores, (UNIT / 0,), r"`scores`: got NaN or infinity, expected finite values"),
    (_checks.check_scores, (UNIT * NAN,), r"`scores`: got NaN or infinity, expected finite values"),
    (
        _checks.check_ranking,
        (UNIT, LABELS),
        r"`levels`: got shape \(3, 2\), expected \(3, 3\), the shape of the scores",
    ),
    (_checks.check_ranking, (UNIT, torch.full((3, 3), -1)), r"`levels`: got levels from -1 to -1, expected 0..62"),
    (_checks.check_ranking, (UNIT, torch.full((3, 3), 63)), r"`levels`: got levels from 63 to 63, expected 0..62"),
    (_checks.check_ranking, (UNIT * NAN, UNIT.bool()), r"`scores`: got NaN or infinity, expected finite values"),
    (
        _checks.check_levels,
        (UNIT.to(torch.uint16), UNIT),
        r"`levels`: got dtype torch.uint16, expected integers or bools",
    ),
    (_checks.check_ks, (5,), r"`ks`: got 5, expected one or more integers of at least 1, such as \(5,\)"),
    (
        _embedding_checks.check_embeddings,
        (UNIT * NAN,),
        r"`embeddings`: got NaN or infinity in 3 of 3 rows, expected finite",
    ),
    (
        _embedding_checks.check_embeddings,
        (torch.tensor([[1.0, 0.0], [float("inf"), 0.0]]),),
        r"`embeddings`: got NaN or infinity in 1 of 2 rows, expected finite values",
    ),
    (_label_checks.check_labels, ([0, 1], 2), r"`labels`: got list, expected an integer torch.Tensor"),
    (
        _label_checks.check_labels,
        (torch.arange(31), 32),
        r"`labels`: got shape \(31,\), expected \(32,\) or \(32, L\), one row per embedding",
    ),
    (
        _label_checks.check_labels,
        (torch.zeros(2, 2, 2).long(), 2),
        r"`labels`: got shape \(2, 2, 2\), expected \(2,\) or",
    ),
    (
        _label_checks.check_labels,
        (torch.zeros(2, 0).long(), 2),
        r"`labels`: got shape \(2, 0\), expected \(2,\) or \(2, L\)",
    ),
    (_label_checks.check_labels, (torch.zeros(2), 2), r"`labels`: got dtype torch.float32, expected an integer dtype"),
    (
        _label_checks.check_labels,
        (torch.zeros(2).bool(), 2),
        r"`labels`: got dtype torch.bool, expected an integer dtype",
    ),
    (
        _label_checks.check_tree,
        (torch.tensor([[4, 1], [5, 1], [4, 2]]),),
        r"`labels`: got class 4 of column 0 under two classes of column 1 \(1 and 2\), expected a tree",
    ),
    (
        _label_checks.check_tree,
        (torch.tensor([[0, 3, 7], [1, 3, 8]]),),
        r"`labels`: got class 3 of column 1 under two classes of column 2 \(7 and 8\), expected a tree",
    ),
    (_embedding_checks.check_batch, (UNIT, LABELS[:2]), r"`labels`: got shape \(2, 2\), expected \(3,\) or \(3, L\)"),
    (
        _embedding_checks.check_batch,
        (UNIT, torch.tensor([[0, 0], [0, 1], [2, 1]])),
        r"`labels`: got class 0 of column 0 under",
    ),
    (
        _embedding_checks.check_batch,
        (UNIT, LABELS, UNIT, torch.tensor([[0, 1], [1, 0], [2, 1]])),
        r"`labels`: got class 0 of column 0 under two classes of column 1 \(0 and 1\), expected a tree",
    ),
    (
        _embedding_checks.check_batch,
        (UNIT, LABELS, UNIT),
        r"`ref_labels`: got None, expected `ref_emb` and `ref_labels` together",
    ),
    (
        _embedding_checks.check_batch,
        (UNIT, LABELS, None, LABELS),
        r"`ref_emb`: got None, expected `ref_emb` and `ref_labels` together",
    ),
    (
        _embedding_checks.check_batch,
        (UNIT, LABELS, torch.eye(4), LABELS),
        r"`ref_emb`: got shape \(4, 4\), expected \(G, 3\), as wide as `embeddings`",
    ),
    (
        _embedding_checks.check_batch,
        (UNIT, LABELS, UNIT, LABELS[:2]),
        r"`ref_labels`: got shape \(2, 2\), expected \(3,\) or",
    ),
    (
        _embedding_checks.check_batch,
        (UNIT, LABELS, UNIT, LABELS[:, 0]),
        r"`ref_labels`: got 1 columns, expected 2, the levels of `labels`",
    ),
    (_embedding_checks.check_batch, (UNIT * NAN, LABELS), r"`embeddings`: got NaN or infinity in 3 of 3 rows"),
    (
        _embedding_checks.check_batch,
        (UNIT, LABELS, UNIT * NAN, LABELS),
        r"`ref_emb`: got NaN or infinity in 3 of 3 rows",
    ),
    (_embedding_checks.check_batch, (UNIT, LABELS.to("meta")), r"`labels`: got device meta, expected cpu"),
    (_checks.check_levels, ([[1]], UNIT), r"`levels`: got list, expected an integer torch.Tensor"),
    (_checks.check_levels, (LABELS, UNIT), r"`levels`: got shape \(3, 2\), expected \(3, 3\), the shape of the scores"),
    (_checks.check_levels, (UNIT, UNIT), r"`levels`: got dtype torch.float32, expected integers or bools"),
    (_checks.check_levels, (UNIT.long().to("meta"), UNIT), r"`levels`: got device meta, expected cpu"),
    (_checks.check_valid, ([True], (1, 1)), r"`valid`: got list, expected a bool torch.Tensor"),
    (_checks.check_valid, (UNIT, (3, 3)), r"`valid`: got torch.float32, expected a bool torch.Tensor"),
    (
        _checks.check_valid,
        (UNIT > 0, (3, 4)),
        r"`valid`: got shape \(3, 3\), expected \(3, 4\), queries by gallery items",
    ),
    (_checks.check_count, ("size", 0), r"`size`: got 0, expected an integer of at least 1"),
    (_checks.check_count, ("size", 1.0), r"`size`: got 1.0, expected an integer of at least 1"),
    (_checks.check_count, ("size", True), r"`size`: got True, expected an integer of at least 1"),
    (_checks.check_index, ("level", -1), r"`level`: got -1, expected an integer of at least 0"),
    (_checks.check_index, ("level", "0"), r"`level`: got '0', expected an integer of at least 0"),
    (
        _checks.check_metric_keys,
        ("path", ["H-AP", "R@1/level0"]),
        r"`path`: got the metric 'R@1/level0', .*expected 'R@1/column0'",
    ),
    (
        _checks.usable_device,
        ("a machine",),
        r"`device`: got 'a machine', expected one that torch has here",
    ),
    (_checks.check_column, (2, 2), r"`column`: got 2, expected a label column in 0\.\.1"),
    (_checks.check_column, (-1, 2), r"`column`: got -1, expected a label column in 0\.\.1"),
    (_checks.check_positive, ("tau", 0), r"`tau`: got 0, expected a finite number above 0"),
    (_checks.check_positive, ("tau", float("inf")), r"`tau`: got inf, expected a finite number above 0"),
    (_checks.check_positive, ("tau", NAN), r"`tau`: got nan, expected a finite number above 0"),
    (_checks.check_positive, ("tau", "1"), r"`tau`: got '1', expected a finite number above 0"),
    (_checks.check_number, ("rho", NAN), r"`rho`: got nan, expected a finite number"),
    (_checks.check_number, ("rho", None), r"`rho`: got None, expected a finite number"),
    (_checks.check_positive, ("tau", 1e-40), r"`tau`: got 1e-40, expected .* in 1e-18\.\.1e\+18"),
    (_checks.check_number, ("rho", 10**400), r"`rho`: got 10+, expected a finite number of at most 1e\+18 in size"),
    (_checks.check_plain_number, ("answer", 10**400), r"`answer`: got 10+, expected a finite number"),
    (_checks.check_count, ("k", 1 << 63), r"`k`: got 9223372036854775808, expected an integer of at least 1"),
    (_checks.check_ks, ([1 << 63],), r"`ks`: got .*, expected one or more integers of at least 1"),
    (_checks.check_one_of, ("ap", np.array(["a", "b"]), ("a",)), r"`ap`: got array.*, expected 'a'"),
    (_checks.as_array, ("labels", [[1], [1, 2]]), r"`labels`: got no array \(.*\), expected rows of equal length"),
    (_checks.as_array, ("labels", UNIT.bfloat16()), r"`labels`: got no array \(.*BFloat16\), expected"),
    (_embedding_checks.check_embeddings, (1e25 * UNIT,), r"`embeddings`: got norms of 1\.8e\+19 or more"),
    (_checks.check_number, ("rho", -1, 0), r"`rho`: got -1, expected at least 0"),
    (_checks.check_plain_number, ("answer", np.float32(1)), r"`answer`: got .*1.0.*, expected a finite number"),
    (_checks.check_plain_number, ("answer", True), r"`answer`: got True, expected a finite number"),
    (_checks.check_plain_number, ("answer", NAN), r"`answer`: got nan, expected a finite number"),
    (_checks.check_text, ("title", " "), r"`title`: got ' ', expected a text that is not empty"),
    (_checks.check_text, ("title", 3), r"`title`: got 3, expected a text that is not empty"),
    (_checks.check_module, ("loss", torch.nn.Linear), r"`loss`: got the class Linear, expected a torch.nn.Module"),
    (_checks.check_alpha, (21,), r"`alpha`: got 21, expected a number in 0..20"),
    (_checks.check_min_level, (63,), r"`min_level`: got 63, expected a level in 1..62"),
    (_checks.check_scores, (UNIT.to_sparse(),), r"`scores`: got layout torch.sparse_coo, expected a dense tensor"),
    (_checks.check_module, ("loss", None), r"`loss`: got None, expected a torch.nn.Module"),
    (_checks.check_step, (0.01,), r"`step`: got 0.01, expected a step of suprank_edu.steps, or one with their methods"),
    (_checks.check_one_of, ("loss", "best", {"a": 1, "b": 2}), r"`loss`: got 'best', expected 'a' or 'b'"),
    (_checks.check_one_of, ("split", ["a"], "abc"), r"`split`: got \['a'\], expected 'a', 'b' or 'c'$"),
    (_checks.check_ks, ([],), r"`ks`: got \(\), expected one or more integers of at least 1"),
    (_checks.check_ks, ([1, 0],), r"`ks`: got \(1, 0\), expected one or more integers of at least 1"),
    (_checks.check_ks, ([1.5],), r"`ks`: got \(1.5,\), expected one or more integers of at least 1"),
    (_checks.check_device, ("labels", LABELS.to("meta"), UNIT), r"`labels`: got device meta, expected cpu"),
]


@pytest.mark.parametrize(("check", "arguments", "message"), REFUSED)
def test_bad_input_is_refused_by_name(check, arguments, message):
    with pytest.raises(ValueError, match=message):
        check(*arguments)


def test_no_message_is_left_untested():
    """Run all of the above and see that each `raise` of the three modules was reached."""
    sources = [Path(inspect.getfile(module)) for module in (_checks, _label_checks, _embedding_checks)]
    trees = {path: ast.walk(ast.parse(path.read_text(encoding="utf-8"))) for path in sources}
    raises = {(path, node.lineno) for path, tree in trees.items() for node in tree if isinstance(node, ast.Raise)}
    reached = set()
    for check, arguments, _ in REFUSED:
        with pytest.raises(ValueError, match="`: got ") as caught:
            check(*arguments)
        reached.add((caught.traceback[-1].path, caught.traceback[-1].lineno + 1))
    assert reached == raises


GOOD = [
    (_label_checks.check_labels, (torch.arange(3).to(torch.uint16), 3)),
    (_checks.check_ranking, (torch.tensor([[1e60, 0.0]], dtype=torch.float64), torch.tensor([[62, 0]]))),
    (_checks.check_ranking, (UNIT, UNIT.bool())),
    (_checks.check_count, ("size", np.int64(1))),
    (_checks.check_index, ("level", np.int32(0))),
    (_checks.check_column, (np.int64(1), 2)),
    (_checks.check_positive, ("tau", np.float32(1))),
    (_checks.check_number, ("rho", np.float32(0), 0)),
    (_checks.check_ks, (np.array([1, 2]),)),
    (_checks.check_scores, (torch.tensor([[1e30, -1e30]]),)),
    (_embedding_checks.check_embeddings, (UNIT,)),
    (_label_checks.check_labels, (torch.arange(3, dtype=torch.int32), 3)),
    (_label_checks.check_tree, (LABELS,)),
    (_label_checks.check_tree, (LABELS[:, :1],)),
    (_embedding_checks.check_batch, (UNIT, LABELS, UNIT.repeat(2, 1), LABELS.repeat(2, 1))),
    (_checks.check_levels, (UNIT.bool(), UNIT)),
    (_checks.check_valid, (None, (3, 3))),
    (_checks.check_valid, (UNIT > 0, [3, 3])),
    (_checks.check_count, ("size", 1)),
    (_checks.check_index, ("level", 0)),
    (_checks.check_column, (1, 2)),
    (_checks.check_min_level, (62,)),
    (_checks.check_alpha, (np.float32(20),)),
    (_checks.check_positive, ("tau", 1)),
    (_checks.check_number, ("rho", 0, 0)),
    (_checks.check_one_of, ("loss", "a", ("a", "b"))),
    (_checks.check_ks, (range(1, 3),)),
]


@pytest.mark.parametrize(("check", "arguments"), GOOD)
def test_good_input_passes(check, arguments):
    check(*arguments)


def test_what_the_checks_return():
    assert _label_checks.check_labels(torch.arange(3), 3).shape == (3, 1)
    assert _checks.check_ks(range(1, 3)) == (1, 2)
    assert [type(k) for k in _checks.check_ks(np.array([1, 2]))] == [int, int]
    assert _label_checks.check_labels(torch.arange(3).to(torch.uint16), 3).dtype == torch.int64
    assert _embedding_checks.check_embeddings(2 * UNIT) == pytest.approx(1)
    batch = _embedding_checks.check_batch(UNIT, LABELS, 3 * UNIT, LABELS)
    assert batch.norm_error == pytest.approx(2)
    assert torch.equal(batch.labels, LABELS)
    assert torch.equal(batch.ref_labels, LABELS)


def test_large_but_finite_embeddings_are_not_called_infinite():
    """Scores overflow in float32 from norms of 1.8e19 on; a diverging network gets there, its values are finite."""
    for check in (_embedding_checks.check_embeddings, lambda x: _embedding_checks.check_batch(x, LABELS)):
        with pytest.raises(ValueError, match=r"`embeddings`: got norms of 1\.8e\+19 or more, whose scores overflow"):
            check(1e25 * UNIT)
    _embedding_checks.check_batch(1e60 * UNIT.double(), LABELS)
    with pytest.raises(ValueError, match=r"`ref_emb`: got norms of 1e\+154 or more, whose scores overflow"):
        _embedding_checks.check_batch(UNIT.double(), LABELS, 1e200 * UNIT.double(), LABELS)


def test_scores_beyond_the_range_of_float32_are_finite_in_float64():
    _checks.check_scores(torch.tensor([[1e60, 0.0]], dtype=torch.float64))


@pytest.mark.parametrize("columns", [1, 2, 4])
def test_a_tree_passes_in_any_order_and_any_cut_of_it_too(columns):
    generator = torch.Generator().manual_seed(0)
    fine = torch.randperm(40, generator=generator) % 20
    tree = torch.stack([fine // 2**level for level in range(columns)], dim=1)
    _label_checks.check_tree(tree)
    _label_checks.check_tree(tree[:7])
    assert _label_checks.split_classes(tree).item() == 0


NAMES = ["apple", "apple", "pear"]
DOORS = [
    lambda names: losses.SupAPLoss()(UNIT, names),
    lambda names: losses.SupHAPLoss()(UNIT, np.array(names)),
    lambda names: losses.CalibrationLoss()(UNIT, pd.Series(names)),
    lambda names: losses.ProxyLoss(2, 3)(UNIT, tuple(names)),
    lambda names: losses.as_metric_learning_loss(losses.SupAPLoss())(UNIT, names),
    lambda names: losses.roadmap()(UNIT, LABELS, ref_emb=UNIT, ref_labels=names),
    lambda names: metrics.evaluate(UNIT, names),
    lambda names: metrics.evaluate(UNIT, LABELS, UNIT, np.array([names, names]).T),
    lambda names: relevance.shared_levels(names),
    lambda names: relevance.shared_levels(LABELS, names),
    lambda names: whole_set.for_every_query(losses.sup_ap, UNIT, names),
    lambda names: data.RetrievalDataset(
        [b""] * 3, names, column_names=["fruit"], class_names=[NAMES[1:]], licence="", source=""
    ),
]


@pytest.mark.parametrize("door", DOORS)
def test_labels_that_are_names_are_told_how_to_become_numbers(door) -> None:
    advice = r"numpy.unique(names, return_inverse=True)[1] numbers names"
    with pytest.raises(ValueError, match=rf"labels`: got .*{re.escape(advice)}$"):
        door(NAMES)
    codes = torch.from_numpy(np.unique(NAMES, return_inverse=True)[1])
    assert losses.SupAPLoss()(UNIT, codes) >= 0, "what the advice gives is what is asked for"

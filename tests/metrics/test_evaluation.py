"""What `evaluate` returns: its files, what damage does to them, its tables."""

import contextlib
import json
import math

import numpy as np
import pytest
import torch
from evaluations import same_bits

from suprank_edu.metrics import Evaluation, evaluate

NAN = math.nan


def test_a_saved_evaluation_comes_back_bit_for_bit(crowd, tmp_path):
    result = evaluate(*crowd, map_at=(5,))
    result.save(tmp_path / "result")
    back = Evaluation.load(tmp_path / "result")
    same_bits(back, result)
    assert back.settings == result.settings
    assert back.mean == result.mean
    assert back.classes.tolist() == result.classes.tolist() == crowd[1][:, 0].tolist()
    assert result.settings == {
        "ks": [1, 2, 4, 8], "map_at": [5], "alpha": 1.0, "ap": "step", "queries": 700, "gallery": 700, "levels": 2,
    }  # fmt: skip
    assert [path.name for path in tmp_path.iterdir()] == ["result"]


def test_half_the_digits_and_some_of_the_keys(crowd, tmp_path):
    result = evaluate(*crowd)
    result.only(["H-AP", "mAP/column0", "P@99/column0"]).save(tmp_path / "result", np.float16)
    back = Evaluation.load(tmp_path / "result")
    assert list(back.per_query) == ["H-AP", "mAP/column0"]
    for key, values in back.per_query.items():
        np.testing.assert_allclose(values, result.per_query[key], atol=2.5e-4)
    assert back.mean["H-AP"] == pytest.approx(result.mean["H-AP"], abs=1e-5)


def test_classes_are_those_of_the_queries_and_a_copy():
    labels = torch.tensor([[3, 1], [3, 1], [5, 1]])
    result = evaluate(torch.eye(3), labels, torch.eye(3)[:2], torch.tensor([[3, 1], [3, 1]]))
    labels[:] = 0
    assert result.classes.tolist() == [3, 3, 5]


def test_an_interrupted_save_leaves_the_old_file(tmp_path, monkeypatch):
    old = Evaluation({"H-AP": np.array([0.5])})
    old.save(tmp_path / "result.npz")

    def fail(file, **arrays):
        file.write(b"half")
        raise OSError("disk full")

    monkeypatch.setattr(np, "savez_compressed", fail)
    with pytest.raises(OSError, match="disk full"):
        Evaluation({"H-AP": np.array([0.7])}).save(tmp_path / "result.npz")
    assert [path.name for path in tmp_path.iterdir()] == ["result.npz"]
    assert Evaluation.load(tmp_path / "result.npz").mean == {"H-AP": 0.5}


def _write_garbage(path):
    path.write_bytes(b"not a file of ours")


def _write_half(path):
    Evaluation({"H-AP": np.linspace(0, 1, 1000)}).save(path)
    path.write_bytes(path.read_bytes()[:500])


def _write_pickle(path):
    with path.open("wb") as file:
        np.savez(file, header=np.array({"format": "x"}, dtype=object), values=np.zeros((0, 0)))


def _write_other_arrays(path):
    with path.open("wb") as file:
        np.savez(file, weights=np.zeros(3))


def _write_one_array(path):
    with path.open("wb") as file:
        np.save(file, np.zeros(3))


def _write_newer(path):
    with path.open("wb") as file:
        header = {"format": "suprank_edu.Evaluation/9", "keys": [], "settings": None}
        np.savez(file, header=np.array(json.dumps(header)), values=np.zeros((0, 0)))


@pytest.mark.parametrize(
    "write", [_write_garbage, _write_half, _write_pickle, _write_other_arrays, _write_one_array, _write_newer]
)
def test_a_file_that_is_no_evaluation_is_named(write, tmp_path):
    write(tmp_path / "result.npz")
    with pytest.raises(ValueError, match=r"`path`: got .* expected"):
        Evaluation.load(tmp_path / "result.npz")


def test_a_file_of_a_version_with_other_names_is_refused(tmp_path):
    Evaluation({"H-AP": np.ones(2), "R@1/level0": np.ones(2)}).save(tmp_path / "old.npz")
    with pytest.raises(
        ValueError, match=r"old.npz`: got the metric 'R@1/level0', .*older version, expected 'R@1/column0'"
    ):
        Evaluation.load(tmp_path / "old.npz")


def test_a_missing_file_is_missing(tmp_path):
    with pytest.raises(FileNotFoundError):
        Evaluation.load(tmp_path / "nothing.npz")


def test_whatever_damage_does_to_a_saved_result_is_a_value_error(tmp_path):
    """zlib, the tokenizer of array headers and the directory of the archive each raise an error of their own."""
    path, rng = tmp_path / "result.npz", np.random.default_rng(0)
    Evaluation({"H-AP": rng.random(50)}, {"ks": [1]}).save(path)
    good = np.frombuffer(path.read_bytes(), dtype=np.uint8)
    loaded = 0
    for _ in range(500):
        bad = good.copy()
        bad[rng.integers(len(bad), size=3)] = rng.integers(256, size=3)
        path.write_bytes(bad.tobytes())
        with contextlib.suppress(ValueError):
            Evaluation.load(path)
            loaded += 1
    assert loaded < 100


def of(**values):
    return Evaluation({key: np.array(value, dtype=np.float64) for key, value in values.items()})


RESULT = Evaluation({
    "R@1/column0": np.array([1.0, 0.0, NAN]),
    "mAP/column0": np.array([0.5, 0.25, NAN]),
    "R@1/column1": np.array([1.0, 1.0, 1.0]),
    "mAP/column1": np.array([1.0, 1.0, 0.5]),
    "H-AP": np.array([0.5, 0.5, 0.25]),
})  # fmt: skip


def test_the_plain_table():
    assert repr(RESULT).splitlines() == [
        "Evaluation of 3 queries",
        "      column0  column1  all levels",
        "R@1    0.5000   1.0000",
        "mAP    0.3750   0.8333",
        "H-AP                        0.4167",
        "left out: 1 of 3 queries from column0",
    ]
    assert "left out" not in repr(of(ap=[1.0]))


def test_the_table_of_a_notebook():
    html = RESULT._repr_html_()
    assert '<tr><th scope="row" style="white-space:nowrap">mAP</th><td>0.3750</td><td>0.8333</td><td></td></tr>' in html
    assert "<figcaption>3 queries; left out: 1 of 3 queries from column0</figcaption>" in html
    assert "<script>" not in Evaluation({"<script>": np.array([1.0])})._repr_html_()


def test_the_frames():
    frame = RESULT.to_frame()
    assert frame.loc["mAP/column0"].tolist() == [0.375, 2, 1]
    assert list(frame.columns) == ["mean", "queries", "skipped"]
    queries = RESULT.to_frame(per_query=True)
    assert queries.shape == (3, 5)
    assert queries.loc[1, "mAP/column0"] == 0.25


EMBEDDINGS, LABELS = torch.eye(3), torch.tensor([[0, 0], [0, 0], [1, 1]])

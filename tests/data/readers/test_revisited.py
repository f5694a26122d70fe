"""Queries, boxes, the protocol against the naive loops, and pickles that are after something else."""

import math
import os
import pickle
import pickletools
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from miniature import REVISITED, revisited

from suprank_edu import naive
from suprank_edu.data import RevisitedTruth, read, read_revisited_truth, revisited_map


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_queries_are_cut_to_their_boxes(tmp_path: Path, protocol: int) -> None:
    revisited(tmp_path, protocol=protocol)
    query, gallery = (read("roxford5k", tmp_path, split) for split in ("query", "gallery"))
    assert [image.size for image in query] == [(4, 4), (8, 3)]
    assert query.subset([1])[0].size == (8, 3)
    assert {image.size for image in gallery} == {(8, 6)}
    assert query.class_names == gallery.class_names == [["all_souls", "oxford", "radcliffe_camera"]]
    assert query.labels[:, 0].tolist() == [0, 2]
    assert gallery.labels[:, 0].tolist() == [0, 0, 2, 1, 1]
    assert "a part" in query.source


def test_masks_of_the_protocols(tmp_path: Path) -> None:
    revisited(tmp_path)
    truth = read_revisited_truth("roxford5k", tmp_path)
    positive, counts = zip(*(truth.masks(name) for name in ("Easy", "Medium", "Hard")), strict=True)
    assert [mask[0].nonzero().ravel().tolist() for mask in positive] == [[0], [0, 1, 3], [1, 3]]
    assert [(~mask[0]).nonzero().ravel().tolist() for mask in counts] == [[1, 3, 4], [4], [0, 4]]
    assert truth.masks("Hard", 7)[1][0].tolist() == [False, True, True, True, False, True, True]
    with pytest.raises(ValueError, match=r"`protocol`: got 'hard', expected 'Easy', 'Medium' or 'Hard'"):
        truth.masks("hard")
    with pytest.raises(ValueError, match="`gallery_size`: got 4, expected at least 5"):
        truth.masks("Hard", 4)


def by_loops(scores: list[list[float]], truth: RevisitedTruth, positive: list[str], ignored: list[str]) -> float:
    """The definition: drop what is ignored, trapezoid AP of each query that has a positive, their mean."""
    values = []
    for q, row in enumerate(scores):
        drop = {int(i) for kind in ignored for i in getattr(truth, kind)[q]}
        hits = {int(i) for kind in positive for i in getattr(truth, kind)[q]}
        kept = [i for i in range(len(row)) if i not in drop]
        if hits:
            values.append(naive.trapezoid_ap([row[i] for i in kept], [int(i in hits) for i in kept]))
    return sum(values) / len(values) if values else math.nan


@given(st.integers(0, 10_000))
def test_the_protocol_against_the_loops(seed: int) -> None:
    rng = np.random.default_rng(seed)
    size, distractors, queries = int(rng.integers(1, 9)), int(rng.integers(0, 4)), int(rng.integers(1, 4))
    kinds = rng.integers(0, 4, (queries, size))  # 0: negative
    easy, hard, junk = ([np.flatnonzero(row == kind) for row in kinds] for kind in (1, 2, 3))
    truth = RevisitedTruth(easy, hard, junk, size)
    scores = rng.permuted(np.arange(queries * (size + distractors)).reshape(queries, -1) / 100, axis=1)
    found = revisited_map(torch.from_numpy(scores), truth)
    rows = scores.tolist()
    expected = {
        "mAP-Easy": by_loops(rows, truth, ["easy"], ["hard", "junk"]),
        "mAP-Medium": by_loops(rows, truth, ["easy", "hard"], ["junk"]),
        "mAP-Hard": by_loops(rows, truth, ["hard"], ["easy", "junk"]),
    }
    assert found == pytest.approx(expected, abs=1e-12, nan_ok=True)


def test_scores_of_another_shape(tmp_path: Path) -> None:
    revisited(tmp_path)
    truth = read_revisited_truth("roxford5k", tmp_path)
    for shape in ((2, 4), (3, 5), (5,)):
        with pytest.raises(ValueError, match=r"`scores`: got shape .* expected \(2, 5\), or more columns"):
            revisited_map(torch.zeros(shape), truth)


class Hostile:
    """Runs a command when it is unpickled."""

    def __reduce__(self) -> tuple:
        return os.system, ("touch pwned",)


HOSTILE = {
    "reduce": pickle.dumps({**REVISITED, "extra": Hostile()}),
    "reduce at protocol 0": pickle.dumps(Hostile(), protocol=0),
    "builtins": b'cbuiltins\neval\n(S\'open("pwned", "w")\'\ntR.',
    "inst": b"(S'touch pwned'\nios\nsystem\n.",
    "stack_global": pickle.dumps(os.system, protocol=4),
    "numpy": pickle.dumps({**REVISITED, "extra": np.arange(3)}),
    "persistent": b"Pos.system\n.",
    "extension": b"\x82\x01.",
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_pickle_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: str) -> None:
    revisited(tmp_path)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "gnd_roxford5k.pkl").write_bytes(HOSTILE[case])
    for opening in (lambda: read("roxford5k", tmp_path, "query"), lambda: read_revisited_truth("roxford5k", tmp_path)):
        with pytest.raises(ValueError, match=r"gnd_roxford5k\.pkl: got a pickle that was refused .*; get Revisited Ox"):
            opening()
    assert not (tmp_path / "pwned").exists()


def test_plain_pickles_ask_for_nothing_by_name(tmp_path: Path) -> None:
    revisited(tmp_path)
    names = {opcode.name for opcode, _, _ in pickletools.genops((tmp_path / "gnd_roxford5k.pkl").read_bytes())}
    assert not names & {"GLOBAL", "STACK_GLOBAL", "REDUCE", "INST", "OBJ", "NEWOBJ"}  # what the refusal rests on


@pytest.mark.parametrize("keep", [0, 1, 0.5, -1])
def test_a_truncated_pickle(tmp_path: Path, keep: float) -> None:
    revisited(tmp_path)
    whole = (tmp_path / "gnd_roxford5k.pkl").read_bytes()
    (tmp_path / "gnd_roxford5k.pkl").write_bytes(whole[: int(keep * len(whole)) if keep == 0.5 else int(keep)])
    with pytest.raises(ValueError, match="got a pickle that was refused"):
        read("roxford5k", tmp_path, "gallery")


GOOD = REVISITED["gnd"][0]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"imlist": None}, "got another imlist, expected a list of names"),
        ({"qimlist": [1, 2]}, "got another qimlist"),
        ({"gnd": [GOOD]}, "got another gnd, expected one entry for each of qimlist"),
        ({"gnd": [GOOD, {"bbx": []}]}, r"entry 2: got the gnd .* expected a dict of bbx, easy, hard and junk"),
        ({"gnd": [{**GOOD, "bbx": [1, 2, 3]}, GOOD]}, r"entry 1: got the bbx \[1, 2, 3\], expected four numbers"),
        ({"gnd": [{**GOOD, "easy": [5]}, GOOD]}, r"entry 1: got easy \[5\], expected positions in 0\.\.4"),
        ({"gnd": [{**GOOD, "junk": [-1]}, GOOD]}, r"entry 1: got junk \[-1\]"),
        ({"gnd": [{**GOOD, "hard": ["a"]}, GOOD]}, r"entry 1: got \['a'\], expected a list of numbers"),
        ({"gnd": [{**GOOD, "hard": [1.5]}, GOOD]}, r"entry 1: got \[1\.5\], expected a list of numbers"),
    ],
)
def test_other_content(tmp_path: Path, changes: dict, message: str) -> None:
    revisited(tmp_path)
    (tmp_path / "gnd_roxford5k.pkl").write_bytes(pickle.dumps({**REVISITED, **changes}))
    with pytest.raises(ValueError, match=message):
        read("roxford5k", tmp_path, "query")


def test_content_that_would_never_be_printed(tmp_path: Path) -> None:
    """Each list holds the one before it twice: a few hundred bytes, and a repr of 2^40 brackets."""
    revisited(tmp_path)
    nested: list = []
    for _ in range(40):
        nested = [nested, nested]
    (tmp_path / "gnd_roxford5k.pkl").write_bytes(pickle.dumps({**REVISITED, "gnd": [{**GOOD, "bbx": nested}, GOOD]}))
    with pytest.raises(ValueError, match=r"entry 1: got .*\.\.\..*, expected a list of numbers"):
        read("roxford5k", tmp_path, "query")


def test_content_that_is_no_dict(tmp_path: Path) -> None:
    revisited(tmp_path)
    (tmp_path / "gnd_roxford5k.pkl").write_bytes(pickle.dumps([1]))
    with pytest.raises(ValueError, match="got other content, expected a dict of imlist, qimlist and gnd"):
        read("roxford5k", tmp_path, "query")
    with pytest.raises(ValueError, match="`name`: got 'oxford', expected 'roxford5k' or 'rparis6k'"):
        read_revisited_truth("oxford", tmp_path)

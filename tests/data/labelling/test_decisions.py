"""The review: every decision on the disk, and the same labelling each time the file is replayed."""

from pathlib import Path

import pytest

from suprank_edu.data.labelling import Candidate, Decision, Labelling, Review, ReviewLog, labelling_of, replay

CASTLE = Candidate("k1", "castle", ("castle", "moated castle"), 40)
FORT = Candidate("k2", "fort", ("fort", "sea fort"), 20)
LAKE = Candidate("k3", "lake", ("lake",), 10)
BUILDING = Candidate("k4", "building completed", ("building completed",), 9)
CASTELLO = Candidate("k5", "castello", ("castello",), 2)
ALL = [CASTLE, FORT, LAKE, BUILDING, CASTELLO]
HEADER = "candidate,suggested,action,value,natural_or_human_made\n"

STORY = [
    Decision("k1", "accept", "", "human-made"),
    Decision("k2", "rename", 'fortress, "sea" <b>', "human-made"),
    Decision("k4", "reject"),
    Decision("k5", "merge", "k1"),
    Decision("k3", "accept", "", "human-made"),
    Decision("k3", "undo"),
    Decision("k3", "accept", "", "natural"),
]
END = Labelling(
    {
        "castle": "castle",
        "moated castle": "castle",
        "fort": 'fortress, "sea" <b>',
        "sea fort": 'fortress, "sea" <b>',
        "lake": "lake",
        "castello": "castle",
    },
    {"castle": "human-made", 'fortress, "sea" <b>': "human-made", "lake": "natural"},
    (),
)


def test_a_replay_gives_the_labelling_of_the_review(tmp_path: Path) -> None:
    path = tmp_path / "decisions.csv"
    log = ReviewLog(path, ALL)
    for decision in STORY:
        log.decide(decision)
    assert log.review.labelling() == END
    assert replay(path, ALL) == END
    assert replay(path, ALL[::-1]).supercategory == END.supercategory
    assert labelling_of(ALL, STORY) == END


def test_every_decision_is_in_the_file_at_once(tmp_path: Path) -> None:
    path = tmp_path / "decisions.csv"
    log = ReviewLog(path, ALL)
    assert not path.exists()
    for count, decision in enumerate(STORY, 1):
        log.decide(decision)
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        assert lines[0] == HEADER
        assert len(lines) == count + 1
    assert lines[1] == "k1,castle,accept,,human-made\n"
    assert lines[2] == 'k2,fort,rename,"fortress, ""sea"" <b>",human-made\n'
    assert lines[4] == "k5,castello,merge,k1,\n"


@pytest.mark.parametrize("stop", range(len(STORY)))
def test_a_review_goes_on_where_it_stopped(tmp_path: Path, stop: int) -> None:
    path = tmp_path / "decisions.csv"
    first = ReviewLog(path, ALL)
    for decision in STORY[:stop]:
        first.decide(decision)
    second = ReviewLog(path, ALL)
    assert second.review.decided == first.review.decided
    for decision in STORY[stop:]:
        second.decide(decision)
    assert replay(path, ALL) == END


def test_what_is_not_decided_is_told() -> None:
    labelling = labelling_of(ALL, [Decision("k4", "reject"), Decision("k3", "accept", "", "natural")])
    assert labelling == Labelling({"lake": "lake"}, {"lake": "natural"}, ("k1", "k2", "k5"))


def test_two_candidates_may_come_to_one_supercategory() -> None:
    labelling = labelling_of(
        [CASTLE, FORT], [Decision("k1", "accept", "", "human-made"), Decision("k2", "rename", "castle", "human-made")]
    )
    assert set(labelling.supercategory.values()) == {"castle"}


ACCEPTED = "k1,castle,accept,,human-made\n"


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (ACCEPTED + "k9,x,reject,,\n", r"line 3: `candidate`: got 'k9', expected a key of the 5 candidates; decisions"),
        (ACCEPTED + "k2,fort,keep,,\n", r"line 3: `action`: got 'keep', expected 'accept', 'rename', 'merge', 'reject' or 'undo'"),
        (ACCEPTED + ACCEPTED, r"line 3: `action`: got 'accept' for 'castle' \(k1\) after 'accept', expected 'undo' first"),
        (ACCEPTED + "k1,castle,reject,,\n", r"line 3: `action`: got 'reject' for 'castle' \(k1\) after 'accept'"),
        ("k1,castle,undo,,\n", r"line 2: `action`: got 'undo' for 'castle' \(k1\), expected one that was decided"),
        (ACCEPTED + "k2,fort,merge,k1,\nk1,castle,undo,,\n", r"line 4: .*'undo' for 'castle' \(k1\), into which 'fort' \(k2\) was merged"),
        ("k1,castle,accept,,\n", r"line 2: `natural_or_human_made`: got '', expected 'natural' or 'human-made'"),
        ("k1,castle,accept,,stone\n", r"line 2: `natural_or_human_made`: got 'stone'"),
        ("k1,castle,reject,,natural\n", r"line 2: `natural_or_human_made`: got 'natural' with 'reject', expected nothing"),
        (ACCEPTED + "k2,fort,rename,castle,natural\n", r"line 3: `natural_or_human_made`: got 'natural' for 'castle', which is 'human-made' already"),
        ("k1,castle,accept,burg,human-made\n", r"line 2: `value`: got 'burg' with 'accept', expected nothing"),
        ("k1,castle,rename, ,human-made\n", r"line 2: `value`: got '' with 'rename', expected the new name"),
        ("k1,castle,merge,,\n", r"line 2: `value`: got '' with 'merge', expected the key of another candidate"),
        ("k1,castle,merge,k2,\n", r"line 2: `value`: got 'k2' with 'merge', expected the key of a candidate accepted"),
        ("k1,castle,merge,k1,\n", r"line 2: `value`: got 'k1' with 'merge'"),
        ("k2,fort,reject,,\nk1,castle,merge,k2,\n", r"line 3: `value`: got 'k2' with 'merge'"),
        ("k1,castle,accept,human-made\n", r"line 2: got 4 fields, expected 5"),
        (ACCEPTED + "k2,fort,rej", r"line 3: the row is cut off; complete it or delete it"),
    ],
)  # fmt: skip
def test_a_row_that_does_not_fit_is_named(tmp_path: Path, rows: str, message: str) -> None:
    path = tmp_path / "decisions.csv"
    path.write_text(HEADER + rows, encoding="utf-8")
    for read in (replay, ReviewLog):
        with pytest.raises(ValueError, match=rf"decisions\.csv, {message}"):
            read(path, ALL)


def test_another_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "d.csv").write_text("landmark_id,category\n")
    with pytest.raises(ValueError, match=r"d\.csv, line 1: got 'landmark_id,category', expected 'candidate,suggested"):
        replay(tmp_path / "d.csv", ALL)
    with pytest.raises(FileNotFoundError, match="none"):
        replay(tmp_path / "none.csv", ALL)


def test_an_empty_file_is_a_review_not_begun(tmp_path: Path) -> None:
    path = tmp_path / "d.csv"
    path.touch()
    ReviewLog(path, ALL).decide(STORY[0])
    assert path.read_text() == HEADER + ACCEPTED


def test_a_refused_decision_is_not_written(tmp_path: Path) -> None:
    log = ReviewLog(tmp_path / "d.csv", ALL)
    log.decide(STORY[0])
    before = log.path.read_bytes()
    with pytest.raises(ValueError, match="expected 'undo' first"):
        log.decide(STORY[0])
    assert log.path.read_bytes() == before
    assert log.review.decided == {"k1": STORY[0]}


def test_of_another_clustering_nothing_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "d.csv"
    ReviewLog(path, ALL).decide(STORY[0])
    with pytest.raises(
        ValueError, match=r"line 2: `candidate`: got 'k1'.*the same phrases, number of clusters and seed"
    ):
        replay(path, [Candidate("other", "castle", ("castle",), 3)])


def test_a_merge_follows_a_later_change_of_name() -> None:
    review = Review(ALL)
    for decision in (STORY[0], Decision("k2", "merge", "k1"), Decision("k2", "undo"), Decision("k1", "undo")):
        review.apply(decision)
    assert review.decided == {}
    review.apply(Decision("k1", "rename", "stronghold", "human-made"))
    review.apply(Decision("k2", "merge", "k1"))
    assert review.name_of("k2") == "stronghold"
    assert review.name_of("k3") == ""


def test_a_file_that_holds_a_mark_alone_is_begun(tmp_path: Path) -> None:
    path = tmp_path / "decisions.csv"
    path.write_bytes(b"\xef\xbb\xbf\r\n")
    ReviewLog(path, ALL).decide(Decision(ALL[0].key, "reject"))
    assert replay(path, ALL).undecided == tuple(candidate.key for candidate in ALL[1:])

from pathlib import Path

import pytest
from miniature import GLDV2_CLEAN, GLDV2_HEADER, WIKI, gldv2, gldv2_path, write

from suprank_edu.data import RetrievalDataset, load_samples, read, samples_folder
from suprank_edu.data.readers import gldv2 as reader

SAMPLES = samples_folder()


def test_landmarks_supercategories_and_natural_or_not(tmp_path: Path) -> None:
    gldv2(tmp_path)
    train = read("gldv2", tmp_path)
    assert train.column_names == ("landmark", "supercategory", "natural_or_human_made")
    # In the order of their parents: human-made before natural, bridge before castle.
    assert train.class_names == [
        ["Pont du Gard, Gard", "Château de Chillon", "Matterhorn"],
        ["bridge", "castle", "mountain"],
        ["human-made", "natural"],
    ]
    assert train.labels.tolist() == [[0, 0, 0], [0, 0, 0], [1, 1, 0], [2, 2, 1], [2, 2, 1]]
    assert [train.name_of(i) for i in (0, 4)] == [
        str(gldv2_path(tmp_path, "train", name)) for name in ("0123456789abcdef", "aaaaaaaaaaaaaaab")
    ]


def test_landmarks_without_a_label_are_left_out(tmp_path: Path) -> None:
    gldv2(tmp_path)
    everything = read("gldv2", tmp_path, "train-all")
    assert len(everything) == 5  # not the image of landmark 2
    assert everything.labels.tolist() == read("gldv2", tmp_path).labels.tolist()
    mined = read("gldv2", tmp_path, supercategory="supercategory")
    assert mined.class_names[1] == ["aqueduct", "water castle"]
    assert len(mined) == 3
    with pytest.raises(
        ValueError, match="`supercategory`: got 'kind', expected 'supercategory' or 'hierarchical_label'"
    ):
        read("gldv2", tmp_path, supercategory="kind")


def test_landmarks_alone(tmp_path: Path) -> None:
    gldv2(tmp_path)
    everything = read("gldv2", tmp_path, "train-all", hierarchy=False)
    assert everything.column_names == ("landmark",)
    assert everything.class_names == [["landmark 2", "landmark 4", "landmark 9", "Pont du Gard"]]
    assert everything.labels[:, 0].tolist() == [3, 3, 1, 2, 2, 0]
    (tmp_path / "train_label_to_category.csv").unlink()
    (tmp_path / "train_label_to_hierarchical.csv").unlink()
    assert read("gldv2", tmp_path, hierarchy=False).class_names == [["landmark 4", "landmark 9", "landmark 17"]]


def test_queries_have_the_ids_of_the_index(tmp_path: Path) -> None:
    gldv2(tmp_path)
    query, index = (read("gldv2", tmp_path, split) for split in ("query", "index"))
    assert (
        query.class_names
        == index.class_names
        == [["Tower Bridge", "Etna"], ["bridge", "volcano"], ["human-made", "natural"]]
    )
    assert index.labels.tolist() == [[1, 1, 1], [1, 1, 1], [0, 0, 0]]
    assert query.labels.tolist() == [[1, 1, 1], [0, 0, 0]]  # not the ignored one, nor that of the unlabelled landmark
    assert query.name_of(0) == str(gldv2_path(tmp_path, "test", "9999999999999999"))
    assert index.name_of(0) == str(gldv2_path(tmp_path, "index", "1111111111111111"))
    alone = read("gldv2", tmp_path, "query", hierarchy=False)
    assert alone.labels[:, 0].tolist() == [2, 0, 1]


def test_ids_of_uneven_length(tmp_path: Path) -> None:
    gldv2(tmp_path)
    write(tmp_path / "train_clean.csv", "landmark_id,images", "17,abc abcde", "9,abcdefg")
    paths = [gldv2_path(tmp_path, "train", name) for name in ("abc", "abcde", "abcdefg")]
    assert list(read("gldv2", tmp_path, check_files=False).items) == [str(path) for path in paths]


def test_many_pieces_make_one_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gldv2(tmp_path)
    before = {split: list(read("gldv2", tmp_path, split).items) for split in reader.SPLITS}
    monkeypatch.setattr("suprank_edu.data.readers._landmark_lists._PIECE", 2)
    assert {split: list(read("gldv2", tmp_path, split).items) for split in reader.SPLITS} == before


@pytest.mark.parametrize(
    ("file", "lines", "split", "message"),
    [
        ("train_clean.csv", ["landmark_id,images", "x,0123456789abcdef"], "train", "line 2: got 'x,0123456789abcdef', expected landmark_id,images"),
        ("train_clean.csv", ["landmark_id,images", GLDV2_CLEAN[0], "4,"], "train", "line 3: got '4,', expected"),
        ("train_clean.csv", ["landmark_id,images", "4,0123456789abcdef ab"], "train", "line 2: got the image id 'ab', expected three"),
        ("train_clean.csv", ["landmark_id,images", "4,a b"], "train", "line 2: got the image id 'a', expected three"),
        ("train_clean.csv", ["landmark_id,pictures"], "train", "line 1: got the header 'landmark_id,pictures'"),
        ("train_clean.csv", ["landmark_id,images", "x," + "0" * 100], "train", "line 2: got 'x,0{78}…', expected"),
        ("train.csv", ["id,url,landmark_id", "0123456789abcdef,http://x,one"], "train-all", "line 2: got '0123456789abcdef,http://x,one'"),
        ("train.csv", ["id,url,landmark_id", "0123456789abcdef,17"], "train-all", "line 2: got '0123456789abcdef,17'"),
        ("index_image_to_landmark.csv", ["id,landmark_id", "17"], "index", "line 2: got '17', expected id,landmark_id"),
        ("index_image_to_landmark.csv", ["id,landmark_id", "1111111111111111,70"], "query", r"solution_v2.1.csv, line 2: got the index image '2222222222222222', expected one of"),
        ("retrieval_solution_v2.1.csv", ["id,images,Usage", "1,2"], "query", "line 2: got '1,2', expected id,images,Usage"),
        ("train_label_to_hierarchical.csv", [GLDV2_HEADER, f"17,{WIKI}:A,b,c,"], "train", "line 2: got an empty natural_or_human_made"),
        ("train_label_to_hierarchical.csv", [GLDV2_HEADER, f"a,{WIKI}:A,b,c,d"], "train", "line 2: got the landmark_id 'a'"),
        ("train_label_to_hierarchical.csv", [GLDV2_HEADER], "train", "train_clean.csv: got no image of the train split, expected at least one"),
    ],
)  # fmt: skip
def test_malformed_lists(tmp_path: Path, file: str, lines: list[str], split: str, message: str) -> None:
    gldv2(tmp_path)
    write(tmp_path / file, *lines)
    with pytest.raises(ValueError, match=rf"{message}.*; get Google Landmarks v2 from https"):
        read("gldv2", tmp_path, split)


@pytest.mark.parametrize(("split", "parts"), [("train", ["train", "train-all"]), ("test", ["index", "query"])])
def test_mini_landmarks_is_read_as_by_its_own_reader(split: str, parts: list[str]) -> None:
    """Two readers that share no code: the names of each picture's classes agree."""

    def named(data: RetrievalDataset) -> dict[str, list[str]]:
        rows = zip((Path(data.name_of(i)).stem for i in range(len(data))), data.labels.tolist(), strict=True)
        return {stem: [names[i] for names, i in zip(data.class_names, row, strict=True)] for stem, row in rows}

    expected = named(load_samples("mini_landmarks", split))
    found = [named(read("gldv2", SAMPLES, part)) for part in parts]
    assert found[0] | found[1] == expected

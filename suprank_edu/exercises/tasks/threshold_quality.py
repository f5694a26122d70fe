"""Chapter 17: precision and recall of the answer "found", for a share of queries that have nothing to find."""

from collections.abc import Callable

import torch
from torch import Tensor

from suprank_edu.exercises.engine.spec import Exercise, Function, Mistake, case


def _quality(on_shelf: Tensor, not_there: Tensor, threshold: float, without: float) -> Tensor:
    recall = sum(score >= threshold for score in on_shelf.tolist()) / len(on_shelf)
    false = sum(score >= threshold for score in not_there.tolist()) / len(not_there)
    right, wrong = (1 - without) * recall, without * false
    return torch.tensor([right / (right + wrong), recall], dtype=torch.float64)


_Rule = Callable[[Tensor, Tensor, float], tuple[Tensor, Tensor]]


def _of(rule: _Rule, strict: bool = False) -> Function:
    """Return `[precision, recall]` by a rule on the marks of what is found."""

    def answer(on_shelf: Tensor, not_there: Tensor, threshold: float, without: float) -> Tensor:
        found = [(s > threshold) if strict else (s >= threshold) for s in (on_shelf, not_there)]
        return torch.stack(rule(found[0].double(), found[1].double(), without))

    return answer


def _precision(found: Tensor, false: Tensor, without: float) -> Tensor:
    right, wrong = (1 - without) * found.mean(), without * false.mean()
    return torch.div(right, right + wrong)


def _counted(found: Tensor, false: Tensor) -> Tensor:
    return torch.div(found.sum(), found.sum() + false.sum())


_SHARE = (
    "Your precision is that of these queries, as many of either kind as were given. In use the share `without` of all "
    "who ask has nothing to find: weigh the two kinds by that."
)
_SHARE_MORE = (
    "Of all who ask, `(1 - without) * recall` find something that is there, and `without` times the share of the "
    "others that reach the threshold find something though it is not."
)

THRESHOLD_QUALITY = Exercise(
    name="threshold_quality",
    arguments=("on_shelf", "not_there", "threshold", "without"),
    returns="(2,), precision and recall",
    truth=_quality,
    cases=(
        case("five and three queries", [0.9, 0.8, 0.7, 0.55, 0.35], [0.75, 0.5, 0.3], 0.6, 0.2),
        case(
            "four and six queries, of which most have nothing",
            [0.8, 0.6, 0.5, 0.3],
            [0.7, 0.55, 0.4, 0.35, 0.2, 0.1],
            0.45,
            0.7,
        ),
        case("a score at the threshold in either kind", [0.75, 0.5, 0.25, 0.875], [0.5, 0.25, 0.625], 0.5, 0.375),
        case("two scores at the threshold", [0.25, 0.875, 0.125, 0.25, 0.0625], [0.25, 0.5, 0.125, 0.0], 0.25, 0.25),
        case("scores below 0", [-0.1, -0.4, 0.2, -0.2], [-0.3, -0.5, -0.15], -0.25, 0.4),
    ),
    mistakes=(
        Mistake("normaliser", _SHARE, _of(lambda f, w, s: (_counted(f, w), f.mean())), _SHARE_MORE),
        Mistake(
            "normaliser",
            "Your precision weighs both kinds alike, as if half of all who ask had nothing to find. That share is "
            "`without`.",
            _of(lambda f, w, s: (_precision(f, w, 0.5), f.mean())),
            _SHARE_MORE,
        ),
        Mistake(
            "normaliser",
            "The weights of the two kinds are exchanged: `without` is the share of those that have *nothing* to find.",
            _of(lambda f, w, s: (_precision(f, w, 1 - s), f.mean())),
            _SHARE_MORE,
        ),
        Mistake(
            "normaliser",
            "You weigh the counts. With other numbers of queries they would change; weigh the shares of each kind.",
            _of(lambda f, w, s: (torch.div((1 - s) * f.sum(), (1 - s) * f.sum() + s * w.sum()), f.mean())),
            _SHARE_MORE,
        ),
        Mistake(
            "order",
            "The two are exchanged: precision comes first, then recall.",
            _of(lambda f, w, s: (f.mean(), _precision(f, w, s))),
        ),
        Mistake(
            "ties",
            "A score that is just the threshold counts as found: *reaches* is ≥.",
            _of(lambda f, w, s: (_precision(f, w, s), f.mean()), strict=True),
        ),
        Mistake(
            "other-metric",
            "Your recall is a share of all who ask. Recall looks only at those whose product is on the shelf.",
            _of(lambda f, w, s: (_precision(f, w, s), (1 - s) * f.mean())),
        ),
        Mistake(
            "other-metric",
            "Your recall counts those whose product is not there as well. It looks only at those on the shelf.",
            _of(lambda f, w, s: (_precision(f, w, s), torch.cat([f, w]).mean())),
        ),
        Mistake(
            "other-metric",
            "In the place of precision stands the share of all who ask that are answered rightly. Precision looks only "
            "at those who get an answer.",
            _of(lambda f, w, s: ((1 - s) * f.mean() + s * (1 - w.mean()), f.mean())),
        ),
        Mistake(
            "other-metric",
            "In the place of precision stands the share of those who find something though there is nothing.",
            _of(lambda f, w, s: (w.mean(), f.mean())),
        ),
        Mistake(
            "sign",
            "You count those below the threshold. Found are those that reach it.",
            _of(lambda f, w, s: (_precision(1 - f, 1 - w, s), (1 - f).mean())),
        ),
        Mistake(
            "other-metric",
            "That is one minus the precision: the share of the answers that are wrong.",
            _of(lambda f, w, s: (1 - _precision(f, w, s), f.mean())),
        ),
    ),
    praise="Recall is a matter of the scores; precision is one of who asks, too. So say with every "
    "precision what share of queries it supposes.",
    advice={
        "non-finite": "Something is always found here, so the sum you divide by is above 0. What else do you divide by?"
    },
    further={"shape": "Two numbers in one tensor: `torch.stack([precision, recall])`."},
)

"""Chapter 08: the average over the batches of a gallery, from scores."""

import torch
from torch import Tensor

from suprank_edu import naive
from suprank_edu.exercises.engine.spec import Exercise, Function, Mistake, case
from suprank_edu.exercises.tasks.common import above, at_least, counted, everyone, ranked


def _batch_average(scores: Tensor, relevant: Tensor, batch: Tensor) -> Tensor:
    averages = []
    for row, flags in zip(scores.tolist(), relevant.tolist(), strict=True):
        values = []
        for number in sorted(set(batch.tolist())):
            members = [k for k, own in enumerate(batch.tolist()) if own == number]
            if any(flags[k] for k in members):
                values.append(naive.average_precision([row[k] for k in members], [int(flags[k]) for k in members]))
        averages.append(sum(values) / len(values))
    return torch.tensor(averages, dtype=torch.float64)


def _numbers(batch: Tensor) -> list[int]:
    return sorted(set(batch.tolist()))


def _aps(scores: Tensor, relevant: Tensor, batch: Tensor, step: Function, whole_ranks: bool) -> tuple[Tensor, Tensor]:
    """Return `(Q, B)` APs of the batches, 0 without a positive, and `(Q, B)` positives."""
    values, positives = [], []
    every = everyone(scores)
    for number in _numbers(batch):
        inside = (batch == number).expand(scores.shape)
        among = every if whole_ranks else inside.to(torch.float64)
        rank = counted(scores, among, step)
        plus = counted(scores, among * relevant, step)
        hits = relevant & inside
        values.append((plus / rank * hits).sum(1) / hits.sum(1).clamp(min=1))
        positives.append(hits.sum(1))
    return torch.stack(values, 1), torch.stack(positives, 1)


def _averaged(how: str, step: Function = at_least, whole_ranks: bool = False) -> Function:
    def rule(scores: Tensor, relevant: Tensor, batch: Tensor) -> Tensor:
        aps, positives = _aps(scores, relevant, batch, step, whole_ranks)
        has = (positives > 0).to(torch.float64)
        sizes = torch.stack([(batch == number).sum() for number in _numbers(batch)]).to(torch.float64)
        totals: dict[str, Tensor] = {
            "mean": aps.sum(1) / has.sum(1),
            "zeros": aps.mean(1),
            "ones": (aps + 1 - has).mean(1),
            "positives": (aps * positives).sum(1) / positives.sum(1),
            "sizes": (aps * has * sizes).sum(1) / (has * sizes).sum(1),
            "sum": aps.sum(1),
            "first": aps[:, 0],
            "last": aps[:, -1],
        }
        return totals[how]

    return rule


def _others_at_0(scores: Tensor, relevant: Tensor, batch: Tensor) -> Tensor:
    one = torch.zeros_like(batch)
    every = [batch == number for number in _numbers(batch)]
    found = [_aps(scores * inside, relevant & inside, one, at_least, whole_ranks=False) for inside in every]
    aps, positives = (torch.cat(each, dim=1) for each in zip(*found, strict=True))  # (Q, B)
    return aps.sum(1) / (positives > 0).sum(1)


def _negatives_of_all(scores: Tensor, relevant: Tensor, batch: Tensor) -> Tensor:
    values = []
    for number in _numbers(batch):
        hits = relevant & (batch == number)
        ranks = ranked(at_least)(scores)
        plus = counted(scores, hits.to(torch.float64), at_least)
        values.append(torch.where(hits.any(1), (plus / ranks * hits).sum(1) / hits.sum(1), torch.nan))
    return torch.stack(values).nanmean(0)


def _whole(scores: Tensor, relevant: Tensor, batch: Tensor) -> Tensor:
    return _averaged("mean")(scores, relevant, torch.zeros_like(batch))


_OWN = "Within a batch only the batch is ranked. You take the ranks among all items and average those by batch."

BATCH_AVERAGE = Exercise(
    name="batch_average",
    arguments=("scores", "relevant", "batch"),
    returns="(Q,), one average per query",
    truth=_batch_average,
    cases=(
        case(
            "two queries, nine items, three batches",
            [[0.9, 0.7, 0.8, 0.6, 0.5, 0.3, 0.4, 0.2, 0.1], [-0.3, 0.3, -0.4, 0.2, 0.4, -0.1, -0.2, 0.1, -0.15]],
            [
                [False, True, False, False, True, True, False, True, False],
                [True, False, False, True, False, True, True, False, False],
            ],
            [0, 1, 1, 0, 2, 1, 1, 0, 2],
        ),
        case(
            "a query without a positive in one batch",
            [[0.9, 0.8, 0.7, 0.6, 0.5, 0.4]],
            [[False, True, False, False, True, False]],
            [1, 1, 4, 4, 2, 2],
        ),
        case(
            "two queries, scores below 0, two batches",
            [[-0.6, -0.2, -0.4, -0.1, -0.5, -0.35, -0.25], [-0.1, -0.7, -0.3, -0.45, -0.2, -0.6, -0.15]],
            [[True, True, False, False, True, True, False], [False, True, False, True, False, True, True]],
            [7, 3, 7, 3, 3, 7, 7],
        ),
        case(
            "three queries, each without a positive somewhere",
            [[0.8, 0.3, 0.6, 0.1], [0.2, 0.5, 0.9, 0.7], [0.4, 0.1, 0.3, 0.95]],
            [[False, False, True, False], [True, False, False, False], [False, False, False, True]],
            [5, 5, 9, 9],
        ),
        case(
            "two queries, ties within batches",
            [[0.4, 0.4, 0.4, 0.2, 0.7, 0.2], [0.1, 0.3, 0.1, 0.6, 0.5, 0.6]],
            [[True, False, True, True, False, False], [True, False, False, True, True, False]],
            [0, 0, 0, 1, 1, 1],
        ),
        case("a tie within a batch", [[0.5, 0.5, 0.9, 0.1]], [[True, False, True, False]], [0, 0, 1, 1]),
    ),
    mistakes=(
        Mistake(
            "no-positive",
            "A batch without a positive has no AP. Leave it out of the query's average; you count it as 0.",
            _averaged("zeros"),
        ),
        Mistake(
            "no-positive",
            "A batch without a positive has no AP. Leave it out of the query's average; you count it as perfect.",
            _averaged("ones"),
        ),
        Mistake("batches", "You weigh the batches by their positives. E17 weighs them alike.", _averaged("positives")),
        Mistake("batches", "You weigh the batches by their size. E17 weighs them alike.", _averaged("sizes")),
        Mistake("batches", _OWN, _averaged("mean", whole_ranks=True), "Rank `scores[:, batch == b]`, not `scores`."),
        Mistake(
            "batches",
            "The negatives of all batches are still in the list. Within a batch only the batch is ranked.",
            _negatives_of_all,
            "Rank `scores[:, batch == b]`, not `scores`.",
        ),
        Mistake(
            "other-metric",
            "That is the gap. Asked is its first half, the average over the batches.",
            lambda s, r, b: _averaged("mean")(s, r, b) - _whole(s, r, b),
        ),
        Mistake("batches", "That is the AP of the first batch alone. Go on to the others.", _averaged("first")),
        Mistake(
            "batches",
            "That is the AP of the last batch alone: collect the values, each pass overwrites the one before.",
            _averaged("last"),
        ),
        Mistake("normaliser", "The sum over the batches is not divided by their number.", _averaged("sum")),
        Mistake(
            "negative-scores",
            "You set the scores of the other batches to 0, which is not low enough: a cosine may be negative. Leave "
            "them out.",
            _others_at_0,
            "Rank `scores[:, batch == b]`.",
        ),
        Mistake(
            "ties",
            "A positive that ties with a negative of its batch stands behind it, as H(0) = 1 says.",
            _averaged("mean", step=above),
        ),
        Mistake("other-metric", "That is the AP on the whole set: the batches make no difference to it.", _whole),
    ),
    praise="This is the number in a training log. The next cells say what it is worth.",
    advice={
        "non-finite": "A batch without a positive has no AP: 0/0 is NaN, and so is a mean with a NaN in it. Leave such "
        "batches out of the mean of that query."
    },
    further={"shape": "One average per query: average over the batches, and keep the queries apart."},
)

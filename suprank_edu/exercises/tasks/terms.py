"""Chapter 16: how many terms a rank loss has."""

from collections.abc import Callable

import torch

from suprank_edu.exercises.engine.spec import Exercise, Function, Mistake, case


def _three(rule: Callable[[int, int, int], tuple[int, int, int]]) -> Function:
    """Turn three counts into the tensor that is asked for."""
    return lambda queries, positives, gallery: torch.tensor(rule(queries, positives, gallery), dtype=torch.float64)


def _int32(number: int) -> int:
    """Return what 32 bits keep of a number."""
    return (number + 2**31) % 2**32 - 2**31


TERMS = Exercise(
    name="terms",
    arguments=("queries", "positives", "gallery"),
    returns="(3,): terms of the dense form, terms of the direct form, items of the sorted one",
    truth=_three(lambda q, p, g: (q * g * g, q * p * (g - p), q * g)),
    cases=(
        case("64 queries, a large gallery", 64, 5_000, 60_000),
        case("a batch of 256", 256, 3, 256),
        case("1,000 queries", 1_000, 50, 20_000),
        case("one query", 1, 2, 7),
    ),
    mistakes=(
        Mistake(
            "pairs",
            "The dense form looks at every pair of gallery items, k and j, for each query. Yours has one term for each "
            "item.",
            _three(lambda q, p, g: (q * g, q * p * (g - p), q * g)),
        ),
        Mistake(
            "pairs",
            "You left out the pairs of an item with itself. The dense form computes the whole G × G table, its "
            "diagonal included, and masks it afterwards.",
            _three(lambda q, p, g: (q * g * (g - 1), q * p * (g - p), q * g)),
        ),
        Mistake(
            "pairs",
            "The direct form compares a positive with the negatives only, of which there are G − P. You compare it "
            "with the whole gallery.",
            _three(lambda q, p, g: (q * g * g, q * p * g, q * g)),
            "Positives are counted by a sort, exactly and without a surrogate: `rank⁺` needs no pairs.",
        ),
        Mistake(
            "positives",
            "The direct form needs a sum for each *positive*: a rank of a negative enters no loss. Yours has a sum for "
            "every negative, against all negatives.",
            _three(lambda q, p, g: (q * g * g, q * (g - p) ** 2, q * g)),
        ),
        Mistake(
            "sum",
            "The sorted form sees positives and negatives once each. Their product is what it saves.",
            _three(lambda q, p, g: (q * g * g, q * p * (g - p), q * p * (g - p))),
        ),
        Mistake(
            "sum",
            "You count the positives twice: G counts them too.",
            _three(lambda q, p, g: (q * g * g, q * p * (g - p), q * (p + g))),
        ),
        Mistake(
            "sum",
            "The positives take part in the sort too, as the rows.",
            _three(lambda q, p, g: (q * g * g, q * p * (g - p), q * (g - p))),
        ),
        Mistake(
            "pairs",
            "You count each pair of the dense form once. Its table holds k against j, j against k, and the diagonal.",
            _three(lambda q, p, g: (q * g * (g - 1) // 2, q * p * (g - p), q * g)),
        ),
        Mistake(
            "pairs",
            "Your dense form compares all items of all queries with one another. Each query has a table of its own.",
            _three(lambda q, p, g: ((q * g) ** 2, q * p * (g - p), q * g)),
        ),
        Mistake(
            "positives",
            "G counts the positives too; you add them to it once more, as if G were the negatives alone.",
            _three(lambda q, p, g: (q * (g + p) ** 2, q * p * g, q * (g + p))),
        ),
        Mistake(
            "positives",
            "Your direct form compares positives with positives. It compares each positive with each negative.",
            _three(lambda q, p, g: (q * g * g, q * p * p, q * g)),
        ),
        Mistake(
            "pairs",
            "Your direct form adds positives and negatives. It compares each with each: that is a product.",
            _three(lambda q, p, g: (q * g * g, q * g, q * g)),
        ),
        Mistake(
            "product",
            "The number of sorted items is that of one query. Multiply it by Q.",
            _three(lambda q, p, g: (q * g * g, q * p * (g - p), g)),
        ),
        Mistake(
            "rounding",
            "Numbers beyond two billion came out wrong: int32 ends there. Count in int64 or in Python's own numbers.",
            _three(lambda q, p, g: (_int32(q * g * g), _int32(q * p * (g - p)), _int32(q * g))),
        ),
        Mistake(
            "product",
            "These are the numbers of one query. Multiply each by Q.",
            _three(lambda q, p, g: (g * g, p * (g - p), g)),
        ),
        Mistake(
            "order",
            "The right numbers, from the smallest to the largest. Asked are dense, direct, sorted.",
            _three(lambda q, p, g: (q * g, q * p * (g - p), q * g * g)),
        ),
    ),
    praise="Two factors of G become one, and then none but the reading of the scores: that is the whole chapter.",
    advice={"type": "Return three numbers as one tensor: `torch.tensor([dense, direct, items])`."},
    further={"shape": "Three numbers are asked for: `torch.tensor([dense, direct, items])`."},
    floating=False,
    rtol=1e-9,
)

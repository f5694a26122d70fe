"""Chapter 03: is the first photograph right, once those of the query's own visit are out of the gallery?"""

import torch
from torch import Tensor

from suprank_edu import naive
from suprank_edu.exercises.engine.spec import Case, Exercise, Function, Mistake, case, forms
from suprank_edu.exercises.tasks.common import on_circle


def _hits(scores: Tensor, products: Tensor, visits: Tensor) -> Tensor:
    rows, names, days = scores.tolist(), products.tolist(), visits.tolist()
    hits = []
    for q, row in enumerate(rows):
        rest = [j for j in range(len(row)) if days[j] != days[q]]
        hits.append(naive.hit_rate_at_k([row[j] for j in rest], [int(names[j] == names[q]) for j in rest], 1))
    return torch.tensor(hits, dtype=torch.float64)


def _one_visit(visits: Tensor) -> Tensor:
    """Return `(N, N)`: whether two photographs are of one visit."""
    return visits[:, None] == visits[None, :]


def _itself(scores: Tensor) -> Tensor:
    return torch.eye(len(scores), dtype=torch.bool)


def _first_is_right(out: Function, low: float = float("-inf"), place: int = 0, sign: int = 1) -> Function:
    """Return hits at `place` once the pairs that `out(scores, products, visits)` marks score `low`."""

    def rule(scores: Tensor, products: Tensor, visits: Tensor) -> Tensor:
        left = (sign * scores.to(torch.float64)).masked_fill(out(scores, products, visits), low)
        first = left.argsort(dim=1, descending=True, stable=True)[:, place]
        return (products[first] == products).to(torch.float64)

    return rule


def _same_visit(scores: Tensor, products: Tensor, visits: Tensor) -> Tensor:
    return _one_visit(visits)


def _only_itself(scores: Tensor, products: Tensor, visits: Tensor) -> Tensor:
    return _itself(scores)


def _its_twins(scores: Tensor, products: Tensor, visits: Tensor) -> Tensor:
    return _one_visit(visits) & (products[:, None] == products[None, :])


def _other_visits(scores: Tensor, products: Tensor, visits: Tensor) -> Tensor:
    return ~_one_visit(visits) | _itself(scores)


def _number_for_product(scores: Tensor, products: Tensor, visits: Tensor) -> Tensor:
    first = scores.masked_fill(_one_visit(visits), float("-inf")).argmax(1)
    return (first == products).to(torch.float64)


def _visit_for_product(scores: Tensor, products: Tensor, visits: Tensor) -> Tensor:
    first = scores.masked_fill(_itself(scores), float("-inf")).argmax(1)
    return ((products[first] == products) & (visits[first] != visits)).to(torch.float64)


def _scene(label: str, degrees: list[float], products: list[int], visits: list[int]) -> Case:
    points = on_circle(*degrees)
    return case(label, points @ points.T, products, visits)


_BELOW_ALL = "Give what may not be found the score `float('-inf')`, not 0."

HITS_ACROSS_VISITS = Exercise(
    name="hits_across_visits",
    arguments=("scores", "products", "visits"),
    returns="(N,), 1 for a hit and 0 for a miss",
    truth=_hits,
    cases=(
        _scene(
            "eight photographs of three products",
            [18, 91, 59, 77, 29, 276, 1, 43],
            [1, 2, 1, 2, 0, 0, 1, 0],
            [1, 2, 2, 1, 0, 1, 1, 2],
        ),
        _scene(
            "nine photographs of three products",
            [19, 31, 172, 41, 316, 32, 17, 46, 26],
            [0, 3, 3, 1, 1, 3, 0, 1, 3],
            [0, 0, 1, 1, 2, 1, 1, 1, 2],
        ),
        _scene(
            "six photographs, two visits, scores below 0",
            [129, 155, 46, 205, 174, 308],
            [1, 1, 1, 2, 2, 2],
            [1, 2, 1, 2, 2, 1],
        ),
        _scene(
            "eight photographs of two products",
            [109, 78, 258, 80, 23, 110, 28, 75],
            [0, 2, 0, 0, 2, 0, 2, 2],
            [0, 0, 0, 1, 1, 0, 1, 2],
        ),
    ),
    mistakes=(
        Mistake(
            "self-positive",
            "Each photograph finds itself first, at score 1: the answer is 1 whatever the embeddings are.",
            lambda scores, products, visits: torch.ones(len(scores), dtype=torch.float64),
        ),
        *forms(
            "self-positive",
            "Only the query itself has left the gallery. Its twins of the same visit are still there, and they are "
            "what it finds.",
            _first_is_right(_only_itself),
            _first_is_right(_only_itself, 0.0),
        ),
        Mistake(
            "negative-scores",
            "Nearly: where all photographs of other visits score below 0, one of the query's own visit is found "
            "after all, for 0 is not low enough.",
            _first_is_right(_same_visit, 0.0),
            _BELOW_ALL,
        ),
        Mistake(
            "wrong",
            "You leave out the twins of the same product only. Whatever else was photographed at that visit has the "
            "query's light and shelf too: all of the visit leaves the gallery.",
            _first_is_right(_its_twins),
        ),
        Mistake(
            "wrong",
            "The mask is turned round: what is left in the gallery is the query's own visit.",
            _first_is_right(_other_visits),
        ),
        Mistake(
            "wrong",
            "You search among all and count a hit of the query's own visit as a miss. It should never have been in "
            "the gallery: look at the best of what is left without it.",
            _visit_for_product,
        ),
        Mistake(
            "wrong",
            "You compare the number of the first photograph with a product. What it shows is what counts.",
            _number_for_product,
        ),
        Mistake(
            "off-by-one",
            "You look at the second of the list. With the query's own visit gone, the first counts.",
            _first_is_right(_same_visit, place=1),
        ),
        Mistake(
            "sign",
            "You look at the least similar photograph. The first of the list has the highest score.",
            _first_is_right(_same_visit, sign=-1),
        ),
        Mistake(
            "sign",
            "That marks the misses: a hit is 1.",
            lambda scores, products, visits: 1 - _first_is_right(_same_visit)(scores, products, visits),
        ),
    ),
    praise="Neither the query nor its visit can be found any more. `evaluate` takes queries and gallery apart for the "
    "same reason.",
    advice={"non-finite": "Every product is there at another visit too, so something is always left to find."},
    further={"shape": "One number per photograph: take the first of each row, dim 1."},
    floating=False,
)

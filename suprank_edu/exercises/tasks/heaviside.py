"""Chapter 05: the exact step, 1 at a tie."""

import torch

from suprank_edu import naive
from suprank_edu.exercises.engine.spec import Exercise, Mistake, case, forms
from suprank_edu.exercises.tasks.common import by_element

HEAVISIDE = Exercise(
    name="heaviside",
    arguments=("t",),
    returns="one value per entry of `t`, 0 or 1",
    truth=by_element(naive.heaviside),
    cases=(
        case("differences of both signs", [[-0.7, 0.2, -0.01], [0.4, -0.3, 1.5]]),
        case("a difference of exactly 0", [-0.5, 0.0, 0.5]),
        case("tiny differences", [-1e-5, 2e-5, -1e-3, 0.0]),
        case("float64, and two differences of exactly 0", torch.tensor([[0.0, -1e-9], [3.0, -0.0]]).double()),
    ),
    mistakes=(
        Mistake(
            "ties",
            "Two equal scores give t = 0, and this book takes H(0) = 1: an item that ties counts as ahead.",
            lambda t: (t > 0).to(t.dtype),
            "Compare with `>=`, not with `>`.",
        ),
        Mistake(
            "ties",
            "At t = 0 you give ½. This book takes H(0) = 1: a tie counts in full against the ranking.",
            lambda t: (t.sign() + 1) / 2,
        ),
        Mistake(
            "sign",
            "It is 1 where t is negative. H counts the items that score at least as high, that is t = s_j − s_k ≥ 0.",
            lambda t: (t <= 0).to(t.dtype),
        ),
        Mistake("sign", "It is 1 where t is negative; H is 1 from 0 on.", lambda t: (t < 0).to(t.dtype)),
        *forms(
            "wrong",
            "That is the sign, −1 or 1. H counts items, so it is 0 or 1.",
            lambda t: t.sign(),
            lambda t: 2 * (t >= 0).to(t.dtype) - 1,
        ),
        Mistake("wrong", "That is a ramp, which grows with t. H jumps from 0 to 1 and stays there.", torch.relu),
        Mistake("wrong", "That is a ramp up to 1. H jumps from 0 to 1 at t = 0.", lambda t: t.clamp(0, 1)),
        Mistake("wrong", "That is the sigmoid. H jumps from 0 to 1 at t = 0: compare, then convert.", torch.sigmoid),
    ),
    praise="Summed over the gallery, this step counts who stands at least as high: that count is the rank.",
    same_dtype=True,
    advice={
        "dtype": "A comparison gives true and false. Turn them into numbers of the dtype of `t`, so that they can be "
        "summed with other floats."
    },
)

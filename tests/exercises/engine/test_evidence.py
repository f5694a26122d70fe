"""How sure a hint may be: as a fact on three numbers of two inputs that all agree, else as a question, or not at all."""

import pytest
import torch

from suprank_edu.exercises.engine.diagnosis import diagnose
from suprank_edu.exercises.engine.spec import Case, Exercise, Mistake


def exercise(*cases: torch.Tensor, mistakes: tuple[Mistake, ...]) -> Exercise:
    return Exercise(
        name="double",
        arguments=("x",),
        returns="(N,)",
        truth=lambda x: 2 * x.double(),
        cases=tuple(Case(f"input {i}", (x,)) for i, x in enumerate(cases)),
        mistakes=mistakes,
        praise="Right.",
    )


SQUARED = Mistake("term", "You square it.", lambda x: x.double() ** 2)
THREE = torch.tensor([1.0, 3.0, 5.0])  # at 0 and at 2 a square is twice the number
FLAT = torch.tensor([0.0, 2.0])


def test_a_mistake_that_explains_enough_is_a_fact() -> None:
    result = diagnose(exercise(THREE, torch.tensor([7.0]), mistakes=(SQUARED,)), lambda x: x**2)
    assert (result.hint, result.sure, result.message) == ("term", True, "You square it.")


@pytest.mark.parametrize(
    "cases",
    [
        (THREE,),  # one input
        (torch.tensor([3.0]), torch.tensor([5.0])),  # two numbers
        (THREE, FLAT),  # the second input says nothing
    ],
)
def test_on_less_it_is_a_question(cases) -> None:
    result = diagnose(exercise(*cases, mistakes=(SQUARED,)), lambda x: x**2)
    assert (result.hint, result.sure) == ("term", False)
    assert result.message == "Could it be this? You square it."
    assert result.title == "not the expected numbers, and a question"


def test_two_that_give_the_same_numbers_are_both_asked() -> None:
    power = Mistake("product", "You multiply it by itself.", lambda x: x.double() * x)
    result = diagnose(exercise(THREE, torch.tensor([7.0]), mistakes=(SQUARED, power)), lambda x: x**2)
    assert not result.sure
    assert result.message == "Could it be this? You square it. Or this: You multiply it by itself."


def test_forms_of_one_mistake_are_one() -> None:
    again = Mistake("term", "You square it.", lambda x: x.double() * x)
    assert diagnose(exercise(THREE, torch.tensor([7.0]), mistakes=(SQUARED, again)), lambda x: x**2).sure


def test_one_input_that_fits_by_chance_names_nothing() -> None:
    """A mistake that fits one or two numbers of one input, and no other input, is not mentioned."""
    result = diagnose(exercise(torch.tensor([3.0]), THREE, mistakes=(SQUARED,)), lambda x: x + 6)
    assert result.hint == "wrong"


def test_a_mistake_that_the_learner_did_not_make_elsewhere_is_not_asked() -> None:
    many = torch.arange(3.0, 12.0)
    result = diagnose(
        exercise(many, torch.tensor([3.0, 5.0]), mistakes=(SQUARED,)),
        lambda x: x**2 if len(x) > 2 else 2 * x,
    )
    assert result.hint == "wrong"


def test_two_mistakes_at_once_are_asked_one_by_one() -> None:
    many = torch.arange(3.0, 12.0)
    result = diagnose(
        exercise(many, THREE, torch.tensor([-1.0, -2.0]), mistakes=(SQUARED,)),
        lambda x: x**2 if (x > 0).all() else x,
    )
    assert (result.hint, result.sure) == ("term", False)

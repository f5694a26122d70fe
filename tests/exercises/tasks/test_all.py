"""The specifications themselves: every truth stands on its own, every wrong mistake is one and gets its own hint."""

import pytest
import torch

from suprank_edu.exercises import EXERCISES, HINTS, check
from suprank_edu.exercises.engine.spec import Exercise, Mistake

MISTAKES = [
    pytest.param(exercise, mistake, id=f"{exercise.name}-{i}-{mistake.hint}")
    for exercise in EXERCISES.values()
    for i, mistake in enumerate(exercise.mistakes)
]


@pytest.mark.parametrize("name", EXERCISES)
def test_inputs_and_words_are_there(name: str) -> None:
    exercise = EXERCISES[name]
    assert exercise.praise.endswith(".")
    assert len({case.label for case in exercise.cases}) == len(exercise.cases) >= 2
    for case in exercise.cases:
        truth = exercise.truth(*case.args)
        assert truth.dtype == torch.float64
        assert truth.isfinite().all()
        if exercise.compared:
            assert exercise.compared(*case.args).shape == truth.shape


@pytest.mark.parametrize(("exercise", "mistake"), MISTAKES)
def test_each_wrong_reading_gets_its_own_hint(exercise: Exercise, mistake: Mistake) -> None:
    result = check(exercise.name, mistake.values)
    assert (result.hint, result.message, result.more) == (mistake.hint, mistake.text, mistake.more), repr(result)


@pytest.mark.parametrize(("exercise", "mistake"), MISTAKES)
def test_each_wrong_reading_differs_from_the_truth(exercise: Exercise, mistake: Mistake) -> None:
    assert mistake.hint in HINTS
    assert mistake.hint != "right"
    for case in exercise.cases:
        assert mistake.values(*case.args).shape == exercise.truth(*case.args).shape
    assert not check(exercise.name, mistake.values).passed


@pytest.mark.parametrize("name", EXERCISES)
def test_advice_is_for_hints_that_exist(name: str) -> None:
    own = {"zero-gradient", "non-finite-gradient"}
    assert set(EXERCISES[name].advice) <= set(HINTS) | own

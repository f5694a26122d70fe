"""The specifications themselves: every truth stands on its own, every wrong reading is one and gets its own hint."""

import pytest
import torch

from suprank_edu.exercises import EXERCISES, LADDER, check
from suprank_edu.exercises.spec import Exercise, Reading

READINGS = [
    pytest.param(exercise, reading, id=f"{exercise.name}-{i}-{reading.hint}")
    for exercise in EXERCISES.values()
    for i, reading in enumerate(exercise.readings)
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


@pytest.mark.parametrize(("exercise", "reading"), READINGS)
def test_each_wrong_reading_gets_its_own_hint(exercise: Exercise, reading: Reading) -> None:
    result = check(exercise.name, reading.values)
    assert (result.hint, result.message, result.more) == (reading.hint, reading.text, reading.more), repr(result)


@pytest.mark.parametrize(("exercise", "reading"), READINGS)
def test_each_wrong_reading_differs_from_the_truth(exercise: Exercise, reading: Reading) -> None:
    assert reading.hint in LADDER
    assert reading.hint != "right"
    for case in exercise.cases:
        assert reading.values(*case.args).shape == exercise.truth(*case.args).shape
    assert not check(exercise.name, reading.values).passed


@pytest.mark.parametrize("name", EXERCISES)
def test_advice_is_for_hints_that_exist(name: str) -> None:
    own = {"zero-gradient", "non-finite-gradient"}
    assert set(EXERCISES[name].advice) <= set(LADDER) | own

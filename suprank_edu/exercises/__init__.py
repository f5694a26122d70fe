"""Exercises that answer: checks of a learner's own code with graded hints, and quizzes with feedback in the page.

Example:
    >>> import torch
    >>> def ex_heaviside(t):
    ...     return (t > 0).to(t.dtype)
    >>> result = check("heaviside", ex_heaviside)
    >>> result.passed, result.hint
    (False, 'ties')
"""

import difflib
from typing import Any

from suprank_edu._checks import alternatives
from suprank_edu.exercises.engine.by_hand import ByHand
from suprank_edu.exercises.engine.diagnosis import diagnose
from suprank_edu.exercises.engine.predict import Predict
from suprank_edu.exercises.engine.quiz import Quiz
from suprank_edu.exercises.engine.result import Result
from suprank_edu.exercises.engine.titles import HINTS
from suprank_edu.exercises.tasks import EXERCISES

__all__ = ["EXERCISES", "HINTS", "ByHand", "Predict", "Quiz", "Result", "check"]


def check(name: str, fn: Any) -> Result:
    """Check a learner's own function and say the one next step.

    Whatever the function does, the answer is a `Result`: an unfinished stub is told so, an exception is shown with
    the learner's own traceback, and a wrong number is compared with what typical mistakes give.

    Args:
        name: the name of the exercise, one of `EXERCISES`.
        fn: the learner's function, not its result.

    Returns:
        A `Result` that shows itself in a notebook; `.passed`, and `.hint`, one of `HINTS`.

    Raises:
        ValueError: there is no exercise of that name.

    Example:
        >>> check("heaviside", lambda t: (t >= 0).to(t.dtype)).passed
        True
        >>> check("heaviside", lambda t: ...)
        heaviside: not attempted yet
        Put your own lines in the place of `...` in `ex_heaviside`, return the result, and run this cell again.
    """
    if not isinstance(name, str) or name not in EXERCISES:
        near = difflib.get_close_matches(name, EXERCISES, n=1) if isinstance(name, str) else []
        meant = f" (did you mean {near[0]!r}?)" if near else ""
        raise ValueError(f"`name`: got {name!r}{meant}, expected {alternatives(EXERCISES)}")
    return diagnose(EXERCISES[name], fn)

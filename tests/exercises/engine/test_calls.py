"""Calls of a learner's function: whatever it raises is told with the learner's own lines, and nobody else's."""

import pytest
import torch
from exercises.learners import stub_of

from suprank_edu.exercises import check


def test_the_traceback_starts_at_the_learners_frame() -> None:
    def helper(scores):
        return scores.no_such_method()  # the learner's own line

    def ex_rank(scores):
        return helper(scores)

    result = check("rank", ex_rank)
    assert result.hint == "exception"
    lines = result.traceback.splitlines()
    assert lines[0] == "Traceback (most recent call last):"
    assert "in ex_rank" in lines[1]
    assert "return scores.no_such_method()  # the learner's own line" not in lines[2]
    assert "scores.no_such_method()" in result.traceback
    assert "in helper" in result.traceback
    assert lines[-1] == "AttributeError: 'Tensor' object has no attribute 'no_such_method'"
    assert "suprank_edu" not in result.traceback
    assert isinstance(result.exception, AttributeError)
    assert "AttributeError" in repr(result)


def test_a_notebook_cell_is_named_as_such() -> None:
    source = "def ex_rank(scores):\n    return 1 / 0\n"
    namespace: dict = {}
    exec(compile(source, "/somewhere/ipykernel_1234/987654.py", "exec"), namespace)
    result = check("rank", namespace["ex_rank"])
    assert 'File "<your cell>", line 2, in ex_rank' in result.traceback
    assert "ipykernel" not in repr(result)


def test_causes_are_kept() -> None:
    def ex_rank(scores):
        try:
            return [][0]
        except IndexError as error:
            raise KeyError("k") from error

    result = check("rank", ex_rank)
    assert "IndexError: list index out of range" in result.traceback
    assert "direct cause" in result.traceback
    assert result.traceback.endswith("KeyError: 'k'")


@pytest.mark.parametrize(
    "body",
    [
        "raise SystemExit(3)",
        "assert False, 'no'",
        "return ex_rank(scores)",
        "raise StopIteration",
        "import no_such_module_at_all",
        "return scores @ scores",
        "return torch.stack([])",
        "raise type('Odd', (Exception,), {'__str__': lambda self: 1 / 0})()",
    ],
)
def test_every_exception_is_told(body: str) -> None:
    result = check("rank", stub_of("rank", body))
    assert result.hint == "exception", repr(result)
    assert "ex_rank" in result.traceback


def test_torchs_own_not_implemented_is_news() -> None:
    def ex_rank(scores):
        return torch.nn.Module()(scores)  # raises NotImplementedError inside torch

    result = check("rank", ex_rank)
    assert result.hint == "exception", repr(result)
    assert "NotImplementedError" in result.traceback


def test_a_bad_index_is_no_stub() -> None:
    result = check("rank", lambda scores: [1, 2][scores])
    assert result.hint == "exception", repr(result)


def test_the_keyboard_still_interrupts() -> None:
    def ex_rank(scores):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        check("rank", ex_rank)


def test_the_input_is_shown() -> None:
    def ex_rank(scores):
        if scores.shape[1] == 1:
            raise ValueError("too small")
        return (scores[:, None, :] >= scores[:, :, None]).sum(2)

    result = check("rank", ex_rank)
    assert "a gallery of one: `scores = [[0.4]]`" in result.message

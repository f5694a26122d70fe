"""The looks in their order: whatever a learner hands in, one clear answer comes back and nothing is raised."""

import sys
import warnings

import pytest
import torch
from exercises.learners import stub_of

from suprank_edu.exercises import EXERCISES, HINTS, check


def test_an_unknown_name_lists_the_names() -> None:
    with pytest.raises(ValueError, match=r"`name`: got 'rnak' \(did you mean 'rank'\?\), expected 'unit_norm'"):
        check("rnak", None)
    with pytest.raises(ValueError, match=r"`name`: got \['rank'\], expected 'unit_norm'"):
        check(["rank"], None)


UNFINISHED = [
    "...",
    "pass",
    "return",
    "return ...",
    "return None",
    "raise NotImplementedError",
    "raise NotImplementedError('to be done')",
    "x = ...; return 1 - x",
    "x = ...; return torch.sigmoid(x)",
    "x = ...; return x.sum()",
    "return NotImplemented",
]


@pytest.mark.parametrize("name", EXERCISES)
@pytest.mark.parametrize("body", UNFINISHED)
def test_an_unfinished_stub_is_told_so(name: str, body: str) -> None:
    result = check(name, stub_of(name, body))
    assert result.hint == "not-attempted", repr(result)
    assert not result.passed
    assert f"ex_{name}" in result.message


def test_no_function_at_all_is_not_attempted() -> None:
    assert check("rank", None).hint == "not-attempted"
    assert check("rank", ...).hint == "not-attempted"


ODD = [
    ("'ranks'", "a `str`"),
    ("b'1'", "a `bytes`"),
    ("(1, 2)", "a `tuple` of 2"),
    ("[[1, 2]]", "a `list` of 1"),
    ("{}", "a `dict`"),
    ("object()", "an `object`"),
    ("np.ones((2, 5))", "a `numpy.ndarray`"),
    ("lambda: 3", "a `function`"),
    ("(x for x in ())", "a `generator`"),
    ("torch.float32", "a `torch.dtype`"),
    ("torch.eye(2).to_sparse()", "a `torch.Tensor`"),
    ("torch.empty(2, 5, device='meta')", "a `torch.Tensor`"),
    ("torch.quantize_per_tensor(torch.ones(2, 5), 0.1, 0, torch.quint8)", "a `torch.Tensor`"),
    ("True", "a `bool`"),
    ("type", "a `type`"),
]


@pytest.mark.parametrize("name", EXERCISES)
@pytest.mark.parametrize(("expression", "kind"), ODD)
def test_odd_results_are_named(name: str, expression: str, kind: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        result = check(name, stub_of(name, f"return {expression}"))
    assert result.hint == "type", repr(result)
    if "type" not in EXERCISES[name].advice:
        assert kind in result.message


@pytest.mark.parametrize("name", EXERCISES)
@pytest.mark.parametrize(
    ("expression", "hint"),
    [
        ("3", None),
        ("3.0", None),
        ("float('nan')", None),
        ("torch.tensor(float('nan'))", None),
        ("torch.zeros(0)", "shape"),
        ("torch.zeros(1, 2, 3, 4)", "shape"),
        ("torch.zeros(7, 1, dtype=torch.complex64)", "shape"),
    ],
)
def test_numbers_and_wrong_shapes(name: str, expression: str, hint: str | None) -> None:
    result = check(name, stub_of(name, f"return {expression}"))
    assert result.hint in HINTS
    assert not result.passed
    if hint:
        assert result.hint == hint, repr(result)


def test_none_on_one_path_only_is_not_unfinished() -> None:
    def ex_rank(scores):
        if len(scores) > 1:
            return (scores[:, None, :] >= scores[:, :, None]).sum(2)

    result = check("rank", ex_rank)
    assert result.hint == "type"
    assert "every path" in result.message


def test_a_forgotten_return_is_told() -> None:
    def ex_rank(scores):
        """The exact rank."""
        above = scores[:, None, :] >= scores[:, :, None]
        ranks = above.sum(dim=2)  # noqa: F841

    result = check("rank", ex_rank)
    assert result.hint == "no-return", repr(result)
    assert "returned `None`" in result.message
    assert "no line of it gives the result back" in result.message


def test_a_print_in_the_place_of_a_return_is_told(capsys) -> None:
    def ex_rank(scores):
        above = scores[:, None, :] >= scores[:, :, None]
        print(above.sum(dim=2))

    result = check("rank", ex_rank)
    assert result.hint == "no-return", repr(result)
    assert "It prints its result" in result.message
    assert "[[1, 5, 3, 4, 2]" in capsys.readouterr().out.replace("tensor(", "")


def test_a_stub_with_its_given_lines_is_still_a_stub() -> None:
    def ex_sup_step(t):
        """The upper bound H⁻ of the step (E6)."""
        tau, rho, delta = 0.01, 100.0, 0.05  # noqa: F841
        ...

    assert check("sup_step", ex_sup_step).hint == "not-attempted"


def test_the_result_instead_of_the_function() -> None:
    result = check("rank", torch.ones(2, 5))
    assert result.hint == "not-a-function"
    assert 'check("rank", ex_rank)' in result.message
    assert check("rank", "ex_rank").hint == "not-a-function"


def test_wrong_arguments_are_told_before_the_call() -> None:
    result = check("rank_plus", lambda scores: scores)
    assert result.hint == "signature"
    assert "def ex_rank_plus(scores, relevant):" in result.message
    assert check("rank", lambda *args, **kwargs: None).hint == "not-attempted"
    assert check("rank", lambda scores, ties="pessimistic": None).hint == "not-attempted"


class TestOrder:
    """What is looked at earlier is told first, whatever else is wrong as well."""

    def told(self, *wrong: str) -> str:
        def ex_sup_rank(scores, relevant):
            from suprank_edu.ranking import sup_rank

            value = sup_rank(scores, relevant)[0]
            if "exception" in wrong:
                raise ValueError("no")
            if "wrong-gradient" in wrong:
                value = 2 * value - value.detach()
            if "no-gradient" in wrong:
                value = value.detach()
            if "in-place" in wrong:
                relevant.logical_not_()
            if "wrong" in wrong:
                value = value * 1.37
            if "off-by-one" in wrong:
                value = value + 1
            if "non-finite" in wrong:
                value = value / 0
            if "dtype" in wrong:
                value = value.detach().long()
            if "shape" in wrong:
                value = value[0]
            if "type" in wrong:
                value = value.tolist()
            return value

        return check("sup_rank", ex_sup_rank).hint

    def test_each_before_the_next(self) -> None:
        hints = [
            "exception",
            "type",
            "shape",
            "dtype",
            "non-finite",
            "off-by-one",
            "in-place",
            "no-gradient",
            "wrong-gradient",
        ]
        for i, first in enumerate(hints):
            assert self.told(*hints[i:]) == first
        assert self.told("in-place", "wrong") == "in-place"
        assert self.told("wrong", "wrong-gradient") == "wrong"
        assert self.told("wrong", "no-gradient") == "wrong", "no word on gradients while the values are wrong"
        assert self.told() == "right"

    def test_the_hints_are_listed_in_this_order(self) -> None:
        told = "not-attempted exception type shape dtype non-finite off-by-one ties self-positive sign"
        told += " no-gradient wrong-gradient in-place wrong right"
        assert [key for key in HINTS if key in told.split()] == told.split()


def test_of_two_mistakes_at_once_one_is_asked() -> None:
    """Ranks from 0 that also give a tie its middle place: where nothing ties only the first mistake shows."""

    def ex_rank(scores):
        d = scores[:, None, :] - scores[:, :, None]
        return ((d > 0).double() + (d >= 0).double()).sum(2) / 2 - 0.5

    result = check("rank", ex_rank)
    assert (result.hint, result.sure) == ("off-by-one", False)
    assert result.message.startswith("Could it be this?")


def test_a_wrong_number_shows_input_result_and_expectation() -> None:
    def ex_rank(scores):
        return scores * 0 + 7.25

    result = check("rank", ex_rank)
    assert result.hint == "wrong"
    assert result.example == (
        "three items that tie\n"
        "  scores   = [[0.3, 0.3, 0.3]]\n"
        "  came     = [[7.25, 7.25, 7.25]]\n"
        "  expected = [[3, 3, 3]]"
    )


def test_entries_nobody_looks_at_are_dots() -> None:
    result = check("rank_plus", lambda scores, relevant: scores * 0 + 9)
    assert "came     = [[9, ·, 9, 9]]\n  expected = [[2, ·, 2, 3]]" in result.example


@pytest.mark.parametrize("grad", [torch.no_grad, torch.inference_mode])
def test_it_works_where_gradients_are_switched_off(grad) -> None:
    with grad():
        assert check("unit_norm", lambda x: torch.nn.functional.normalize(x, dim=1)).passed


def test_it_leaves_the_random_state_alone() -> None:
    before = torch.random.get_rng_state()
    check("sup_ap", lambda scores, relevant: scores.sum(1))
    assert torch.equal(before, torch.random.get_rng_state())


def test_nothing_carries_over_from_one_check_to_the_next() -> None:
    def ex_rank(scores):
        scores.zero_()
        return scores

    first = repr(check("rank", ex_rank))
    assert repr(check("rank", ex_rank)) == first
    assert check("rank", lambda s: (s[:, None, :] >= s[:, :, None]).sum(2)).passed


@pytest.mark.skipif(sys.platform == "win32", reason="one interpreter more")
def test_importing_the_exercises_stays_light() -> None:
    import subprocess

    heavy = "plotly ipywidgets pandas faiss pytorch_metric_learning IPython matplotlib accelerate"
    code = f"import sys; import suprank_edu.exercises; print([m for m in '{heavy}'.split() if m in sys.modules])"
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert output.strip() == "[]"

"""Results as they show themselves: escaped, told by words, and the same in a notebook and in a terminal."""

import pytest
from exercises.learners import stub_of

from suprank_edu.exercises import EXERCISES, check


def test_html_is_escaped() -> None:
    def ex_rank(scores):
        raise ValueError("<script>alert('&')</script>")

    html = check("rank", ex_rank)._repr_html_()
    assert "<script>" not in html
    assert "&lt;script&gt;alert(&#39;&amp;&#39;)" in html


def test_names_from_the_learner_are_escaped() -> None:
    odd = type("<b>Odd</b>", (), {})
    result = check("rank", lambda scores: odd())
    assert "<b>" not in result._repr_html_()
    assert "Odd" in result._repr_html_()


def test_text_and_html_say_the_same() -> None:
    result = check("rank", lambda scores: (scores[:, None, :] > scores[:, :, None]).sum(2) + 1)
    bundle = result._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/html"}
    assert bundle["text/plain"] == repr(result)
    for part in ("rank", "right, until two scores tie", "expected"):
        assert part in bundle["text/plain"]
        assert part in bundle["text/html"]
    assert 'data-hint="ties"' in bundle["text/html"]


def test_a_verdict_is_a_word_not_only_a_colour() -> None:
    right = check("rank", lambda s: (s[:, None, :] >= s[:, :, None]).sum(2))
    assert "✓ Right" in right._repr_html_()
    assert bool(right)
    assert "○ To do" in check("rank", None)._repr_html_()
    assert "→ Not yet" in check("rank", lambda s: s)._repr_html_()


def test_a_further_hint_is_folded_in_html_and_kept_back_in_text() -> None:
    result = check("rank", lambda s: s.argsort(dim=1, descending=True, stable=True))
    assert result.more
    assert result.more not in repr(result)
    assert ".more" in repr(result)
    assert "<details" in result._repr_html_()


LONG = [
    "return torch.rand(3000) if True else None",
    "raise ValueError('x' * 50_000)",
    "return type('N' * 5000, (), {})()",
    "return list(range(100_000))",
    "return 10 ** 4000",
    "raise ValueError('\\n'.join(map(str, range(5000))))",
    "return torch.zeros([1] * 60)",
]


@pytest.mark.parametrize("name", EXERCISES)
@pytest.mark.parametrize("body", LONG)
def test_no_answer_gets_a_long_message(name: str, body: str) -> None:
    result = check(name, stub_of(name, body))
    assert len(repr(result)) <= 2_000
    assert len(result.message) <= 900


def test_the_middle_of_a_long_traceback_is_cut() -> None:
    result = check("rank", stub_of("rank", "a = lambda n: b(n)\n    b = lambda n: a(n)\n    return a(1)"))
    assert "RecursionError" in result.traceback
    assert "  …" in result.traceback.splitlines()
    assert len(repr(result)) <= 2_000


@pytest.mark.parametrize("name", EXERCISES)
def test_no_hint_is_long(name: str) -> None:
    exercise = EXERCISES[name]
    for rule in (*(mistake.values for mistake in exercise.mistakes), lambda *args: exercise.truth(*args) * 1.37 + 0.11):
        result = check(name, rule)
        assert len(repr(result)) <= 2_000
        assert len(result.message) < 850, "longer messages are cut"
        assert len(result.more) <= 600

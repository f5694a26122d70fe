"""A loop without end is stopped, in any thread, whatever it does, and nothing is stopped that has come back."""

import _thread
import contextlib
import threading
import time

import pytest
from exercises.learners import stub_of

from suprank_edu.exercises import EXERCISES, check
from suprank_edu.exercises.engine import limit
from suprank_edu.steps import SupStep


@pytest.fixture(autouse=True)
def short_limit(monkeypatch) -> None:
    monkeypatch.setattr(limit, "SECONDS", 0.2)


ENDLESS = [
    "while True: pass",
    "while True: scores = scores @ scores.T @ scores / 9",
    "x = scores\n    while x.sum() < 10**9: x = torch.sigmoid(x)",
    "while True:\n        try:\n            while True: pass\n        except Exception: pass",
    "n = 0\n    for i in iter(int, 1): n += i",
    "while True:\n        with torch.no_grad(): scores = scores.sort(1).values",
]


@pytest.mark.parametrize("body", ENDLESS)
def test_a_loop_without_end_is_stopped(body: str) -> None:
    result = check("rank", stub_of("rank", body))
    assert result.hint == "time", repr(result)
    assert "0.2 seconds" in result.message
    assert "two queries, five items" in result.message


def test_the_line_is_named() -> None:
    def ex_rank(scores):
        count = 0
        while count >= 0:
            count += 1
        return count

    result = check("rank", ex_rank)
    assert "at `while count >= 0:`" in result.message or "at `count += 1`" in result.message


def test_a_bare_except_does_not_keep_it_alive() -> None:
    def ex_rank(scores):
        for _ in range(3):
            try:
                while True:
                    pass
            except:  # noqa: E722
                pass
        while True:
            pass

    assert check("rank", ex_rank).hint == "time"


def test_off_the_main_thread_too() -> None:
    found = []
    thread = threading.Thread(target=lambda: found.append(check("rank", stub_of("rank", ENDLESS[0]))), daemon=True)
    thread.start()
    thread.join(timeout=60)
    assert [result.hint for result in found] == ["time"]


def test_a_backward_without_end_is_stopped() -> None:
    def ex_sup_step(t):
        if t.requires_grad:
            while True:
                pass
        return SupStep()(t)

    result = check("sup_step", ex_sup_step)
    assert result.hint == "time"
    assert "gradient" in result.message


def test_nothing_is_raised_after_the_call(monkeypatch) -> None:
    """The answer comes back just when the time is up; whatever wins, no exception reaches the caller later."""
    monkeypatch.setattr(limit, "AGAIN", 0.0005)

    def busy(count: int) -> int:
        return sum(1 for _ in range(count))

    for i in range(400):
        with contextlib.suppress(limit.TimeUp):
            assert limit.call_within(0.0005 + 0.00001 * (i % 50), busy, [20_000]) == 20_000
        busy(3_000)
    time.sleep(0.01)
    busy(100_000)
    assert _thread._count() < 50, "every watch has ended"


def test_it_goes_with_a_profiler_and_a_debugger() -> None:
    """Both slow the interpreter down to single steps, in which a sloppy limit never gets to an end."""
    import cProfile
    import sys

    with cProfile.Profile():
        assert check("rank", stub_of("rank", ENDLESS[0])).hint == "time"
        assert check("heaviside", lambda t: (t >= 0).to(t.dtype)).passed
    before = sys.gettrace()
    sys.settrace(lambda *_: None)
    try:
        assert check("rank", stub_of("rank", ENDLESS[0])).hint == "time"
    finally:
        sys.settrace(before)


def test_the_keyboard_still_interrupts() -> None:
    with pytest.raises(KeyboardInterrupt):
        check("rank", stub_of("rank", "raise KeyboardInterrupt"))


@pytest.mark.parametrize("name", EXERCISES)
def test_every_exercise_stops(name: str, monkeypatch) -> None:
    monkeypatch.setattr(limit, "SECONDS", 0.05)
    assert check(name, stub_of(name, "while True: pass")).hint == "time"


def test_an_import_is_not_cut_in_two(tmp_path, monkeypatch) -> None:
    (tmp_path / "slow_to_come.py").write_text("import time\nfor _ in range(60):\n    time.sleep(0.01)\nwhole = True\n")
    monkeypatch.syspath_prepend(tmp_path)

    def imports() -> bool:
        import slow_to_come

        return slow_to_come.whole

    assert limit.call_within(0.1, imports, [])

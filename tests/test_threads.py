import threading

import pytest

from suprank_edu._threads import in_threads


@pytest.mark.parametrize("count", [0, 1, 16, 17, 100])
def test_results_come_in_order(count: int) -> None:
    assert in_threads(lambda number: 3 * number, count, "tripling") == [3 * number for number in range(count)]


def test_what_no_thread_has_begun_is_dropped_when_one_fails() -> None:
    failed = threading.Event()
    begun = []

    def work(number: int) -> None:
        if number == 0:
            raise OSError("0.jpg: cut off")
        begun.append(number)
        failed.wait(0.01)

    with pytest.raises(OSError, match=r"^0\.jpg: cut off$"):
        in_threads(work, 16_000, "reading")
    assert len(begun) < 8_000

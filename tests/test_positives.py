"""The positives of each query and how many there are, against the levels themselves."""

import pytest
import torch
from looks import Looks

from suprank_edu.positives import as_widths, count_by_level, find_positives


@pytest.mark.parametrize("top", [1, 2, 5])
def test_widths_of_all_levels_are_read_from_the_device_at_once(top: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """One look however many levels, where they were three for each; none where they are known."""
    levels = torch.arange(20) % (top + 1)
    scores = torch.rand(4, 20)
    with Looks(monkeypatch) as looks:
        found = find_positives(scores, levels.expand(4, 20))
        assert looks.seen == ["tolist"]
        widths = as_widths(count_by_level(levels.expand(4, 20), top)[1].tolist())
        assert looks.seen == ["tolist"] * 2
        again = find_positives(scores, levels.expand(4, 20), widths=widths)
        assert looks.seen == ["tolist"] * 2
    assert found.widths.above == again.widths.above == [int((levels >= level).sum()) for level in range(top + 1)]
    assert widths.at == [int((levels == level).sum()) for level in range(top + 1)]


def test_counts_of_each_query_leave_out_what_is_hidden() -> None:
    above, numbers = count_by_level(torch.tensor([[2, -1, 0], [1, 1, -1]]), 3)
    assert above.tolist() == [[2, 1, 1, 0], [2, 2, 0, 0]]
    widths = as_widths(numbers.tolist())
    assert widths.at == [1, 2, 1]  # level 3 does not occur
    assert widths.above == [2, 2, 1]

"""The sorted engine for cards with slow float64: how many of its operations are left, and that no digit is lost."""

import math
from typing import Any

import pytest
import torch
from hypothesis import example, given
from hypothesis import strategies as st
from pair_sums import STEPS, by_loops, dense, gradients, padded_pairs
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from suprank_edu.pairwise import costs, direct_sums, sorted_sums
from suprank_edu.pairwise.sorted import bins, engine, piecewise
from suprank_edu.pairwise.sorted.prefix import Prefix, size_of
from suprank_edu.steps import PUBLISHED_INAT, Heaviside, Sigmoid, SupStep

INFINITY = float("inf")
TOLERANCE = 2e-6  # as with float64: of a rank, and of the largest entry of a query's gradient
EVERY = [*STEPS, PUBLISHED_INAT, Sigmoid(), SupStep(tau=1e-4), Sigmoid(1e-6), SupStep(tau=2.0)]


def few(rows: torch.Tensor, columns: torch.Tensor, step: Any) -> torch.Tensor:
    return sorted_sums(rows, columns, step, few_float64=True)


def worst(found: torch.Tensor, expected: torch.Tensor) -> float:
    """The largest error of a rank, 1 + a sum, as a part of it."""
    return float(((found.double() - expected).abs() / (1 + expected.abs())).max())


def worst_gradient(found: list[torch.Tensor], expected: list[torch.Tensor]) -> float:
    """The largest error of a gradient, both sides of it, as a part of the query's largest entry."""
    largest = torch.maximum(*(part.abs().amax(dim=1) for part in expected))
    error = torch.maximum(*((a - b).abs().amax(dim=1) for a, b in zip(found, expected, strict=True)))
    return float((error / largest.clamp(min=1e-30)).max())


@given(pairs=padded_pairs(), step=st.sampled_from(EVERY))
def test_sums_are_those_of_the_loops(pairs: tuple[torch.Tensor, torch.Tensor], step: Any) -> None:
    rows, columns = (part.float() for part in pairs)
    assert worst(few(rows, columns, step), by_loops(rows, columns, step)) <= TOLERANCE


@given(
    seed=st.integers(0, 1000),
    width=st.sampled_from([0.0, 1e-4, 0.01, 0.1, 1.0]),
    grid=st.sampled_from([0.0, 0.0, 0.01, 1 / 64]),
    offset=st.sampled_from([0.0, 0.0, -3.0, 1000.0]),
    step=st.sampled_from(EVERY),
    cells=st.booleans(),
)
@example(0, 0.1, 0.01, 0.0, SupStep(), True)  # the edges of bins, 0 and δ all lie on the grid
@example(0, 0.0, 0.0, 0.0, SupStep(), True)  # everything tied with everything
@example(0, 0.1, 0.0, 1000.0, SupStep(), True)  # scores far from 0, few of which float32 tells apart
def test_values_and_gradients_are_those_of_float64(
    seed: int, width: float, grid: float, offset: float, step: Any, cells: bool
) -> None:
    draw = torch.Generator().manual_seed(seed)
    rows, columns = (offset + width * torch.randn(2, n, generator=draw) for n in (80, 300))
    if grid:
        rows, columns = (rows / grid).round() * grid, (columns / grid).round() * grid
    rows[1, 41:], columns[0, :100] = INFINITY, -INFINITY
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(piecewise, "_ITEMS_WORTH_CELLS", 0.0 if cells else INFINITY)
        expected = sorted_sums(rows, columns, step, few_float64=False).double()
        assert worst(few(rows, columns, step), expected) <= TOLERANCE
        if step != Heaviside():
            mine, theirs = (
                gradients(lambda r, c, f=f: sorted_sums(r, c, step, few_float64=f), rows, columns)
                for f in (True, False)
            )
            assert worst_gradient(mine, theirs) <= TOLERANCE


@pytest.mark.parametrize("step", [SupStep(), Sigmoid(), SupStep(rho=0.0)])
@pytest.mark.parametrize("distance", [0, 5, 20, 30])
def test_sixty_thousand_columns_near_and_in_the_far_tail(step: Any, distance: int) -> None:
    """Prefix sums of 60,000 in float32 would be off by 1e-3; the tail is 1e-12 of them."""
    draw = torch.Generator().manual_seed(distance)
    rows = 0.5 + 1e-3 * torch.randn(1, 8, generator=draw)
    columns = 0.5 - distance * 0.01 + 0.02 * torch.randn(1, 60_000, generator=draw)
    wide = rows.double(), columns.double()
    assert worst(few(rows, columns, step), dense(*wide, step)) <= TOLERANCE
    found = gradients(lambda r, c: few(r, c, step), rows, columns)
    expected = gradients(lambda r, c: direct_sums(r, c, step), *wide)
    assert worst_gradient([part.double() for part in found], expected) <= TOLERANCE


@pytest.mark.parametrize("size", [1e-30, 1.0, 1e20])
def test_gradients_of_any_size_and_of_both_signs(size: float) -> None:
    draw = torch.Generator().manual_seed(0)
    rows, columns = 0.1 * torch.randn(3, 50, generator=draw), 0.1 * torch.randn(3, 400, generator=draw)
    weights = torch.randn(3, 50, generator=draw) * 10 ** torch.randn(3, 50, generator=draw)
    weights[1] = 0
    found = []
    for dtype, each in ((torch.float32, True), (torch.float64, False)):
        leaf = columns.detach().to(dtype).requires_grad_()
        sums = sorted_sums(rows.to(dtype), leaf, SupStep(), few_float64=each)
        found += [part.double() for part in torch.autograd.grad(sums, leaf, weights.to(dtype) * size)]
    assert not found[0][1].any()
    assert ((found[0] - found[1]).abs().amax(dim=1) <= TOLERANCE * found[1].abs().amax(dim=1)).all()


def test_a_gradient_that_is_not_a_number_stays_so() -> None:
    columns = torch.rand(2, 30).requires_grad_()
    weights = torch.ones(2, 20)
    weights[0, 3] = torch.nan
    few(torch.rand(2, 20), columns, SupStep()).backward(weights)
    assert columns.grad[0].isnan().all()
    assert columns.grad[1].isfinite().all()


def test_scores_in_float64_are_summed_in_float64_whatever_is_asked() -> None:
    rows, columns = torch.rand(2, 30, dtype=torch.float64), torch.rand(2, 90, dtype=torch.float64)
    assert torch.equal(few(rows, columns, SupStep()), sorted_sums(rows, columns, SupStep(), few_float64=False))


def test_scores_are_placed_to_the_last_digit() -> None:
    """In cells of a power of 2 nothing is rounded: what lies in float32 lies in float64."""
    draw = torch.Generator().manual_seed(0)
    narrow = [0.3 * torch.randn(3, n, generator=draw).sort(dim=1).values for n in (40, 200)]
    # τ and δ that float64 has to the last digit too
    mine, exact = (
        bins.put_into_bins(*narrow, bins.Window(1 / 128, 3 / 64, 45.0, bins.CELLS, dtype))
        for dtype in (torch.float32, torch.float64)
    )
    for one, other in ((mine.rows, exact.rows), (mine.columns, exact.columns)):
        assert torch.equal(one.number, other.number)
        torch.testing.assert_close(one.position.double(), other.position, rtol=0, atol=2e-7)


def test_sums_of_whole_numbers_lose_nothing() -> None:
    """A million numbers that float32 would lose beside the first."""
    numbers = torch.full((1, 1, 1 << 20), 2.0**-40)
    numbers[..., 0], numbers[..., 1] = 0, 1
    found = Prefix.of(numbers)
    first, last = torch.tensor([1]), torch.tensor([numbers.shape[2] - 1])
    assert found.between(first, last).item() == (numbers.shape[2] - 2) * 2.0**-40


def test_the_size_of_a_number_is_a_power_of_2_above_it() -> None:
    for value in (1e-38, 3e-5, 0.5, 1.0, 7.0, 1e38):
        size = float(size_of(torch.tensor([-value])))
        assert math.frexp(size)[0] == 0.5
        assert value < size * (1 + 1e-6)
        assert size <= 2 * value * (1 + 1e-6)


class Float64(TorchDispatchMode):
    """Counts what units of float64 do: sums and products, and conversions between 64 bits and 32.

    A product of matrices counts each of its terms twice. What only moves numbers counts nothing.
    """

    MOVES = ("view", "slice", "select", "gather", "index", "expand", "permute", "clone", "copy", "empty", "new_empty")
    MOVES += ("unsqueeze", "reshape", "cat", "stack", "constant_pad", "transpose", "t", "alias", "detach", "zeros")
    MOVES += ("_unsafe_view", "scatter", "lift_fresh", "split", "zero", "fill", "full", "resize", "flip")

    def __init__(self) -> None:
        super().__init__()
        self.operations = self.conversions = 0

    def __torch_dispatch__(self, operation: Any, types: Any, arguments: Any = (), keywords: Any = None) -> Any:
        result = operation(*arguments, **(keywords or {}))
        name = operation.name().removeprefix("aten::").partition(".")[0].rstrip("_")
        given = [x for x in tree_leaves((arguments, keywords)) if isinstance(x, torch.Tensor)]
        made = [x for x in tree_leaves(result) if isinstance(x, torch.Tensor)]
        if name in ("_to_copy", "copy") and given[-1].dtype != made[0].dtype:
            floats = [x.dtype for x in (given[-1], made[0])]
            if any(x.is_floating_point for x in floats) and any(x.itemsize == 8 for x in floats):
                self.conversions += made[0].numel()
        elif name in ("mm", "bmm", "addmm") and made[0].dtype == torch.float64:
            self.operations += 2 * made[0].numel() * given[-1].shape[-2]
        elif name not in self.MOVES and any(x.dtype == torch.float64 for x in [*given, *made]):
            self.operations += max(x.numel() for x in [*given, *made])
        return result


def counted(queries: int, copies: int, few_float64: bool) -> Float64:
    """Count forward and backward, of scores that lie in the same bins however many there are of each."""
    rows = torch.linspace(0.1, 0.9, 1000).repeat(queries, copies).requires_grad_()
    columns = torch.linspace(0.0, 1.0, 4000).repeat(queries, copies).requires_grad_()
    with Float64() as found:
        sorted_sums(rows, columns, SupStep(), few_float64=few_float64).sum().backward()
    return found


def test_no_operation_of_float64_is_left_for_a_row_or_a_column() -> None:
    """Four times as many add nothing but a bin in reach, which grows with their logarithm."""
    once, often = counted(2, 1, True), counted(2, 4, True)
    assert often.operations < 1.02 * once.operations
    items = 2 * 3 * 5000  # as many more
    assert (often.conversions - once.conversions) / items <= 15  # forward and backward
    # Where float64 is fast: dozens for each.
    assert (counted(2, 4, False).operations - counted(2, 1, False).operations) / items > 80


def test_those_that_are_left_are_for_bins() -> None:
    """Of width 1/64: 52 bins of rows and 64 of columns in each query, and the matrices once."""
    one, two, three = (counted(queries, 1, True).operations for queries in (1, 2, 3))
    assert two - one == three - two
    assert (two - one) / (52 + 64) < 25_000  # forward and backward
    assert one - (two - one) < 500_000


@pytest.mark.parametrize(
    ("capability", "slow"),
    [((7, 5), True), ((8, 6), True), ((8, 9), True), ((12, 0), True), ((9, 0), False), ((8, 0), False)],
)
def test_the_capability_of_a_card_decides(
    monkeypatch: pytest.MonkeyPatch, capability: tuple[int, int], slow: bool
) -> None:
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device: capability)
    assert costs.has_slow_float64(torch.device("cuda")) is slow
    assert not costs.has_slow_float64(torch.device("cpu"))


def test_a_device_is_asked_where_nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    rows, columns = torch.rand(2, 300), torch.rand(2, 900)
    found = []
    for slow in (True, False):
        monkeypatch.setattr(engine, "has_slow_float64", lambda device, slow=slow: slow)
        with Float64() as count:
            sums = sorted_sums(rows, columns, SupStep())
        assert torch.equal(sums, sorted_sums(rows, columns, SupStep(), few_float64=slow))
        found.append(count.operations)
    assert found[0] != found[1]

"""The sorted engine against sums over every pair, in float64: values, gradients, ties, tails, tiny temperatures."""

from dataclasses import dataclass

import hypothesis.strategies as st
import pytest
import torch
from hypothesis import example, given
from pair_sums import STEPS, by_loops, dense, gradients, padded_pairs

from suprank_edu.pairwise import direct_sums, sorted_sums
from suprank_edu.pairwise.sorted import bins, bridges, engine, piecewise
from suprank_edu.steps import PUBLISHED_INAT, Heaviside, Sigmoid, SupStep

D = torch.float64
INFINITY = float("inf")
TOLERANCE = 2e-6  # of a rank, and of the largest entry of a query's gradient
EVERY = [*STEPS, PUBLISHED_INAT, Sigmoid(), SupStep(tau=1e-4), SupStep(tau=1e-6), Sigmoid(1e-6), SupStep(tau=2.0)]
WITH_GRADIENT = [step for step in EVERY if step != Heaviside()]


def worst(found, expected):
    """The largest error of a rank, 1 + a sum, as a part of it."""
    return float(((found - expected).abs() / (1 + expected)).max())


def worst_gradient(found, expected, step):
    """The largest error of a gradient, both sides of it, as a part of the query's largest entry."""
    largest = torch.maximum(*(part.abs().amax(dim=1) for part in expected))
    error = torch.maximum(*((a - b).abs().amax(dim=1) for a, b in zip(found, expected, strict=True)))
    # Where σ is 1 the slope σ(1 - σ)/τ, computed from pairs, is itself known to 1e-16/τ only.
    return float((error / largest.clamp(min=1e-9 / getattr(step, "tau", 1.0))).max())


def assert_same(rows, columns, step):
    for least in (0.0, INFINITY):  # items per bin from which on bins have cells: always, never
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(piecewise, "_ITEMS_WORTH_CELLS", least)
            assert_same_now(rows, columns, step)


def assert_same_now(rows, columns, step):
    assert worst(sorted_sums(rows, columns, step), direct_sums(rows, columns, step)) <= TOLERANCE
    found, expected = (
        gradients(lambda r, c, engine=engine: engine(r, c, step), rows, columns)
        for engine in (sorted_sums, direct_sums)
    )
    assert worst_gradient(found, expected, step) <= TOLERANCE


@given(pairs=padded_pairs(), step=st.sampled_from(EVERY))
def test_sums_are_those_of_the_loops(pairs, step):
    assert worst(sorted_sums(*pairs, step), by_loops(*pairs, step)) <= TOLERANCE


@given(pairs=padded_pairs(), step=st.sampled_from(WITH_GRADIENT))
def test_gradients_are_those_of_the_dense_form(pairs, step):
    found = gradients(lambda r, c: sorted_sums(r, c, step), *pairs)
    expected = gradients(lambda r, c: dense(r, c, step), *pairs)
    assert worst_gradient(found, expected, step) <= TOLERANCE


@dataclass(frozen=True)
class World:
    """How scores lie: spread about 0, in clusters of some width, or rounded to a grid."""

    spread: float
    clusters: int
    width: float
    grid: float
    seed: int

    def scores(self, queries, items, generator):
        centres = torch.randn(self.clusters, dtype=D, generator=generator) * self.spread
        which = torch.randint(self.clusters, (queries, items), generator=generator)
        values = centres[which] + self.width * torch.randn(queries, items, dtype=D, generator=generator)
        return (values / self.grid).round() * self.grid if self.grid else values


WORLDS = st.builds(
    World,
    spread=st.sampled_from([0.0, 0.05, 0.3, 1.0]),
    clusters=st.integers(1, 6),
    width=st.sampled_from([0.0, 1e-7, 1e-4, 0.01, 0.2]),
    grid=st.sampled_from([0.0, 0.0, 0.01, 0.05, 1 / 64]),
    seed=st.integers(0, 1000),
)


@given(world=WORLDS, step=st.sampled_from(EVERY), rows=st.integers(1, 80), columns=st.integers(1, 300))
@example(World(0.3, 1, 0.2, 0.01, 0), SupStep(), 80, 300)  # the edges of bins, 0 and δ all lie on the grid
@example(World(0.3, 4, 1e-7, 0.0, 0), SupStep(tau=1e-6), 80, 300)  # clusters that a bin holds, many bins apart
@example(World(0.0, 1, 0.0, 0.0, 0), SupStep(), 80, 300)  # everything tied with everything
def test_random_clustered_and_tied_scores(world, step, rows, columns):
    generator = torch.Generator().manual_seed(world.seed)
    r, c = world.scores(2, rows, generator), world.scores(2, columns, generator)
    r[1, rows // 2 + 1 :] = INFINITY
    c[0, : columns // 3] = -INFINITY
    assert_same(r, c, step)


@pytest.mark.parametrize("step", [SupStep(), Sigmoid(), SupStep(rho=0.0)])
@pytest.mark.parametrize("distance", [20, 24, 27, 30])
def test_sixty_thousand_columns_in_the_far_tail(step, distance):
    generator = torch.Generator().manual_seed(distance)
    rows = 0.5 + 1e-3 * torch.randn(1, 8, dtype=D, generator=generator)
    columns = 0.5 - distance * 0.01 + 0.02 * torch.randn(1, 60_000, dtype=D, generator=generator)
    assert_same(rows, columns, step)


def test_one_near_column_does_not_hide_the_gradient_of_a_crowd_further_down():
    columns = torch.cat([torch.tensor([-0.1]), torch.full((60_000,), -0.271)]).double()[None]
    assert_same(torch.zeros(1, 1, dtype=D), columns, SupStep())


@pytest.mark.parametrize("grid", [100, 20, 1000])
@given(seed=st.integers(0, 1000))
def test_scores_on_a_grid_are_decided_as_in_the_direct_engine(grid, seed):
    """In float32 a difference of 0.05 comes out on either side of δ; here each decision is worth 3 or 40 in a sum."""
    generator = torch.Generator().manual_seed(seed)
    rows = torch.randint(-grid, grid, (2, 30), generator=generator) / grid
    columns = torch.randint(-grid, grid, (2, 200), generator=generator) / grid
    for step in [SupStep(tau=1e-5, rho=0.0, start=3.0, offset=40.0), SupStep(tau=1e-5, rho=10.0, start=3.0, offset=40)]:
        found, expected = sorted_sums(rows, columns, step), direct_sums(rows, columns, step)
        torch.testing.assert_close(found, expected, rtol=1e-5, atol=0.1)


def test_work_is_bounded_whatever_the_temperature():
    """Only bins that hold something are kept, and a row looks at as many of them for any τ much below δ."""
    generator = torch.Generator().manual_seed(0)
    rows, columns = (torch.rand(3, n, dtype=D, generator=generator).sort(dim=1).values for n in (50, 400))
    windows = [bins.Window(tau, 47 * tau, 47.0) for tau in (1e-4, 1e-6, 1e-8)]
    assert len({window.bins_below for window in windows}) == 1
    for window in windows:
        binned = bins.put_into_bins(rows, columns, window)
        assert len(binned.rows.key) <= rows.numel()
        assert len(binned.columns.key) <= columns.numel()


def placed(found, window):
    """Scores back from bins, of equal cells and the positions in them, counted from some bin of the query; `(Q, N)`."""
    number = found.key[found.cell // found.cells] - found.stride * torch.arange(len(found.position))[:, None]
    return window.width * (number + (found.cell % found.cells + (1 + found.position) / 2) / found.cells)


@given(pairs=padded_pairs(), cells=st.sampled_from([1, bins.CELLS]), dtype=st.sampled_from([torch.float32, D]))
def test_items_lie_in_their_bins_mirrored_too(pairs, cells, dtype):
    rows, columns = (part.sort(dim=1).values for part in pairs)
    columns[:, 0] = columns[:, 0].nan_to_num(neginf=-2.0)  # scores are placed from the bin of the lowest column on
    columns = columns.sort(dim=1).values
    lowest = columns.nan_to_num(neginf=INFINITY).amin(dim=1, keepdim=True)
    window = bins.Window(0.01, 0.05, 45.0, cells, dtype)
    assert window.width == (1 / 64 if dtype == torch.float32 else 0.02)
    first = (lowest / window.width).floor() * window.width
    binned = bins.put_into_bins(rows, columns, window)
    for found, scores in ((binned.rows, rows + window.cut), (binned.columns, columns)):
        at, mirror = placed(found, window), placed(found.mirrored(), window)
        inside = scores.isfinite() & (scores >= lowest) & (scores <= columns.amax(dim=1, keepdim=True))
        close = {"rtol": 0, "atol": 1e-9 if dtype == D else 1e-6}
        torch.testing.assert_close(at[inside].double(), (scores - first)[inside], **close)
        assert (found.position.abs() <= 1 + 1e-9).all()
        # The mirror image: every item at the same distance from one fixed place.
        torch.testing.assert_close(at + mirror.flip(1), (at + mirror.flip(1))[:1, :1].expand_as(at), **close)


def test_what_an_item_does_to_itself_cancels():
    """Alone, or with others far off, an item that counts itself has no gradient: not one of the size of an error."""
    for others in ([], [0.3], [-0.2], [0.05], [1e-3]):
        scores = torch.tensor([[0.1, *others]], dtype=D).requires_grad_()
        (alone,) = torch.autograd.grad(sorted_sums(scores, scores, Sigmoid())[0, 0], scores)
        (expected,) = torch.autograd.grad(direct_sums(scores, scores, Sigmoid())[0, 0], scores)
        torch.testing.assert_close(alone, expected, rtol=2e-6, atol=1e-12)


@pytest.mark.parametrize(("items", "rows_at_a_time"), [(1, 1), (1000, 7)])
def test_results_do_not_depend_on_the_blocks(monkeypatch, items, rows_at_a_time):
    generator = torch.Generator().manual_seed(0)
    rows, columns = torch.rand(5, 40, generator=generator), torch.rand(5, 90, generator=generator)
    rows[1, 3:] = rows[3] = INFINITY
    columns[2] = columns[0, 5:50] = -INFINITY
    whole = [
        sorted_sums(rows, columns, SupStep()),
        *gradients(lambda r, c: sorted_sums(r, c, SupStep()), rows, columns),
    ]
    monkeypatch.setitem(engine._ITEMS_AT_A_TIME, "cpu", items)
    monkeypatch.setitem(bridges._ROWS_AT_A_TIME, "cpu", rows_at_a_time)
    parts = [
        sorted_sums(rows, columns, SupStep()),
        *gradients(lambda r, c: sorted_sums(r, c, SupStep()), rows, columns),
    ]
    for one, other in zip(whole, parts, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-6, atol=0)


def test_a_gradient_for_one_side_only():
    rows, columns = torch.tensor([[0.2]], requires_grad=True), torch.tensor([[0.5]])
    sorted_sums(rows, columns, SupStep()).sum().backward()
    assert rows.grad.item() == -100
    rows, columns = torch.tensor([[0.2]]), torch.tensor([[0.5]], requires_grad=True)
    sorted_sums(rows, columns, SupStep()).sum().backward()
    assert columns.grad.item() == 100


def test_the_exact_step_has_no_gradient():
    rows, columns = torch.rand(2, 3, dtype=D), torch.rand(2, 4, dtype=D)
    for part in gradients(lambda r, c: sorted_sums(r, c, Heaviside()), rows, columns):
        assert not part.any()


@pytest.mark.parametrize("shape", [(0, 0), (0, 3), (3, 0)])
def test_no_rows_or_no_columns(shape):
    rows, columns = torch.zeros(2, shape[0]), torch.zeros(2, shape[1])
    assert torch.equal(sorted_sums(rows, columns, SupStep()), torch.zeros(2, shape[0]))
    for part in gradients(lambda r, c: sorted_sums(r, c, SupStep()), rows, columns):
        assert not part.any()


def test_a_step_of_another_kind_is_refused():
    with pytest.raises(ValueError, match=r"`step`: got str, expected Heaviside, Sigmoid or SupStep"):
        sorted_sums(torch.zeros(1, 1), torch.zeros(1, 1), "H")


def test_nothing_of_the_size_of_all_pairs_is_kept_for_backward():
    kept = []
    rows, columns = torch.rand(2, 50, requires_grad=True), torch.rand(2, 60, requires_grad=True)
    with torch.autograd.graph.saved_tensors_hooks(lambda t: kept.append(t.numel()) or t, lambda t: t):
        sorted_sums(rows, columns, SupStep())
    assert max(kept) <= 2 * 60


@pytest.mark.parametrize("step", [SupStep(), Sigmoid()])
def test_many_items_are_summed_as_all_their_pairs(step):
    generator = torch.Generator().manual_seed(0)
    rows, columns = torch.rand(3, 500, dtype=D, generator=generator), torch.rand(3, 4000, dtype=D, generator=generator)
    torch.testing.assert_close(sorted_sums(rows, columns, step), dense(rows, columns, step))
    for one, other in zip(
        gradients(lambda r, c: sorted_sums(r, c, step), rows, columns),
        gradients(lambda r, c: dense(r, c, step), rows, columns),
        strict=True,
    ):
        torch.testing.assert_close(one, other)

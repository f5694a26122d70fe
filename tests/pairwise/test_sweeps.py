"""The sums in few sweeps against the step itself, pair by pair; any other step goes by its own value and slope."""

import pytest
import torch
from pair_sums import STEPS, dense, gradients

from suprank_edu.pairwise import direct_sums
from suprank_edu.pairwise.sweeps import Sweeps
from suprank_edu.steps import PUBLISHED_INAT, SupStep

ALL = [*STEPS, PUBLISHED_INAT, SupStep(start=0.25, offset=3.0, delta=0.1)]


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("step", ALL, ids=str)
def test_values_and_slopes_are_those_of_the_step_at_its_seams_and_far_out(step, dtype):
    seams = torch.tensor([0.0, -0.0, 0.05, 0.1, -0.3, 0.3, -1.0, 2.0, -1e30], dtype=dtype)
    around = [seams, seams.nextafter(torch.tensor(9.0, dtype=dtype)), seams.nextafter(torch.tensor(-9.0, dtype=dtype))]
    t = torch.cat(around).reshape(3, -1, 1)  # (q, p, 1): one pair a sum
    sweeps, spare = Sweeps(step), torch.empty_like(t)
    torch.testing.assert_close(sweeps.values(t.clone(), spare), step(t)[..., 0], rtol=1e-6, atol=1e-6)
    torch.testing.assert_close(sweeps.slopes(t.clone(), spare) * sweeps.slope_unit, step.slope(t), rtol=1e-5, atol=1e-5)


class Cubic:
    """A step that no engine knows: ``max(t + 1, 0)³``."""

    upper_bounds_heaviside = True

    def __call__(self, t):
        return (t + 1).clamp(min=0) ** 3

    def slope(self, t):
        return 3 * (t + 1).clamp(min=0) ** 2


def test_a_step_of_ones_own():
    rows = torch.tensor([[0.3, 0.1], [0.2, float("inf")]], dtype=torch.float64)
    columns = torch.tensor([[0.5, 0.2, -float("inf")], [0.1, 0.4, 0.9]], dtype=torch.float64)
    torch.testing.assert_close(direct_sums(rows, columns, Cubic()), dense(rows, columns, Cubic()))
    found, expected = (gradients(lambda r, c, f=f: f(r, c, Cubic()), rows, columns) for f in (direct_sums, dense))
    for mine, theirs in zip(found, expected, strict=True):
        torch.testing.assert_close(mine, theirs)


def test_unequal_numbers_of_rows_in_many_chunks(monkeypatch):
    from suprank_edu.pairwise import direct

    monkeypatch.setitem(direct.PAIRS_AT_A_TIME, "cpu", 60)
    generator = torch.Generator().manual_seed(0)
    rows = torch.rand(7, 9, dtype=torch.float64, generator=generator).mul(0.3)
    columns = torch.rand(7, 20, dtype=torch.float64, generator=generator).mul(0.3)
    for query, used in enumerate([9, 0, 3, 1, 9, 2, 5]):
        rows[query, used:] = float("inf")
    found, expected = (gradients(lambda r, c, f=f: f(r, c, SupStep()), rows, columns) for f in (direct_sums, dense))
    for mine, theirs in zip(found, expected, strict=True):
        torch.testing.assert_close(mine, theirs)

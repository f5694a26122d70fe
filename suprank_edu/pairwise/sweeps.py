"""What a step adds over a chunk of pairs, in few sweeps over two buffers that the engine uses again and again.

On a CPU core a sweep over floats takes 0.1 to 0.2 ns a pair, one over bools, or that mixes bools and floats, several
times that, and new memory more than either. So the pieces of a step are summed one by one, comparisons are written as 0
and 1 among the floats, and nothing is allocated.
"""

import math

import torch
from torch import Tensor

from suprank_edu.pairwise.pieces import Pieces, pieces_of
from suprank_edu.steps import Step


class Sweeps:
    """The values and the slopes of a step at score differences.

    Args:
        step: any step; those of `suprank_edu.steps` allocate nothing.

    Example:
        >>> from suprank_edu.steps import SupStep
        >>> t, spare = torch.tensor([[[-0.1, 0.0, 0.1]]]), torch.empty(1, 1, 3)
        >>> SupStep()(t).sum(dim=2), SupStep().slope(t)
        (tensor([[7.4934]]), tensor([[[4.5396e-03, 2.5000e+01, 1.0000e+02]]]))
        >>> sweeps = Sweeps(SupStep())
        >>> sweeps.values(t, spare)
        tensor([[7.4934]])
        >>> sweeps.slopes(torch.tensor([[[-0.1, 0.0, 0.1]]]), spare) * sweeps.slope_unit
        tensor([[[4.5396e-03, 2.5000e+01, 1.0000e+02]]])
    """

    def __init__(self, step: Step) -> None:
        self.step, self.pieces = step, pieces_of(step)
        # The unit of slopes, 1/τ for a step with a temperature: whoever sums them multiplies fewer numbers.
        self.start = 0.0 if self.pieces is None else self.pieces.start
        self.slope_unit = 1.0 if self.pieces is None or self.pieces.tau is None else 1 / self.pieces.tau

    def finite(self, rows: Tensor, columns: Tensor) -> tuple[Tensor, Tensor]:
        """Return rows and columns whose padding, `+inf` and `-inf`, is very large instead."""
        if self.pieces is None:  # a step of one's own is 0 at minus infinity, and maybe nowhere else
            return rows, columns
        large = torch.finfo(rows.dtype).max / 4
        return rows.clamp(max=large), columns.clamp(min=-large)

    def values(self, t: Tensor, spare: Tensor, with_start: bool = True) -> Tensor:
        """Sum the values over the last dimension.

        Args:
            t: `(q, p, M)` score differences, finite for a step of `suprank_edu.steps`.
            spare: another buffer of that shape.
            with_start: whether to count what is added from `t = 0` on; a sort counts many pairs faster.

        Returns:
            `(q, p)` sums; in `t` and `spare` the parts are left that `slopes` can begin with.
        """
        pieces = self.pieces
        if pieces is None:
            return self.step(t).sum(dim=2)
        if pieces.start and with_start:
            sums = torch.ge(t, 0, out=spare).sum(dim=2).mul_(pieces.start)
        else:
            sums = t.new_zeros(t.shape[:2])
        if pieces.tau is None:
            return sums
        self._take_apart(t, spare, pieces)
        sums += spare.sum(dim=2)
        if pieces.delta < math.inf:
            sums.add_(t.sum(dim=2), alpha=pieces.rho)
            if pieces.jump:
                sums.add_(torch.sign(t).sum(dim=2), alpha=pieces.jump)
        return sums

    def slopes(self, t: Tensor, spare: Tensor, taken_apart: bool = False) -> Tensor:
        """Return `(q, p, M)` slopes at `t` in units of `slope_unit`, in `spare`; `t` is left without use.

        Args:
            t: `(q, p, M)` score differences, finite for a step of `suprank_edu.steps`.
            spare: another buffer of that shape.
            taken_apart: whether both are as `values` has left them.
        """
        pieces = self.pieces
        if pieces is None:
            return self.step.slope(t)
        if pieces.tau is None:
            return spare.zero_()
        if not taken_apart:
            self._take_apart(t, spare, pieces)
        spare.addcmul_(spare, spare, value=-1)  # σ(1 - σ)
        if pieces.delta < math.inf:
            spare.lerp_(t.new_tensor(pieces.rho * pieces.tau), t.sign_())  # beyond δ
        return spare

    @staticmethod
    def _take_apart(t: Tensor, spare: Tensor, pieces: Pieces) -> None:
        """Leave `σ(min(t, δ)/τ)` in `spare`, and in `t` how far it lies beyond δ, exactly 0 up to there."""
        assert pieces.tau is not None
        if pieces.delta < math.inf:
            torch.clamp(t, max=pieces.delta, out=spare)
            torch.sub(t, spare, out=t)
            spare.mul_(1 / pieces.tau).sigmoid_()
        else:
            torch.mul(t, 1 / pieces.tau, out=spare).sigmoid_()

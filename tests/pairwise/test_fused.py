"""The fused engine on the CPU, where torch.compile makes C++ of the kernels that it makes Triton of on CUDA."""

import shutil
import sys
import warnings

import pytest
import torch
from memory import grown_gib
from torch import Tensor

from suprank_edu import naive
from suprank_edu.pairwise import direct_sums, fused
from suprank_edu.pairwise.fused import can_fuse, fused_sums
from suprank_edu.steps import PUBLISHED, Sigmoid, Step, SupStep

INF = float("inf")
needs_compiler = pytest.mark.skipif(not any(map(shutil.which, ("g++", "clang++", "cl"))), reason="no C++ compiler")
pytestmark = pytest.mark.slow


def problem(dtype: torch.dtype = torch.float64) -> tuple[Tensor, Tensor, Tensor]:
    """Ragged rows and columns, and a gradient of the sums."""
    draw = torch.Generator().manual_seed(0)
    rows = 0.1 * torch.randn(4, 7, generator=draw, dtype=torch.float64)
    columns = 0.1 * torch.randn(4, 50, generator=draw, dtype=torch.float64)
    rows[1, 5:] = rows[3] = INF
    columns[2, 40:] = columns[0, 3] = -INF
    columns[0, 7], columns[0, 8] = rows[0, 0], rows[0, 1] + 0.05  # a tie, and a difference of δ
    grad = torch.randn(4, 7, generator=draw, dtype=torch.float64).masked_fill(rows.isinf(), 0)
    return rows.to(dtype).requires_grad_(), columns.to(dtype).requires_grad_(), grad.to(dtype)


@needs_compiler
def test_sums_are_those_of_plain_loops() -> None:
    rows, columns, _ = problem()
    sums = fused_sums(rows, columns, SupStep())
    for query in range(4):
        for slot in range(7):
            row = rows[query, slot].item()
            others = [] if row == INF else [c for c in columns[query].tolist() if c > -INF]
            expected = sum(naive.sup_step(c - row) for c in others)
            assert sums[query, slot].item() == pytest.approx(expected, rel=1e-12, abs=1e-12)


@needs_compiler
@pytest.mark.parametrize("step", [SupStep(), PUBLISHED, Sigmoid(0.02)], ids=["sup", "published", "sigmoid"])
def test_value_and_gradient_are_those_of_the_direct_engine(step: Step) -> None:
    rows, columns, grad = problem()
    found, expected = fused_sums(rows, columns, step), direct_sums(rows, columns, step)
    assert torch.allclose(found, expected, rtol=1e-12, atol=1e-12)
    for one, other in zip(
        torch.autograd.grad(found, (rows, columns), grad),
        torch.autograd.grad(expected, (rows, columns), grad),
        strict=True,
    ):
        assert torch.allclose(one, other, rtol=1e-10, atol=1e-10)


@needs_compiler
@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_half_precision_is_summed_in_single(dtype: torch.dtype) -> None:
    rows, columns, grad = problem(dtype)
    found = fused_sums(rows, columns, SupStep())
    assert found.dtype == torch.float32
    wide = (rows.detach().float().requires_grad_(), columns.detach().float().requires_grad_())
    expected = direct_sums(*wide, SupStep())
    assert torch.allclose(found, expected, rtol=1e-5, atol=1e-6)
    for one, other in zip(
        torch.autograd.grad(found, (rows, columns), grad.float()),
        torch.autograd.grad(expected, wide, grad.float()),
        strict=True,
    ):
        assert one.dtype == dtype
        assert torch.allclose(one.float(), other, rtol=1e-2, atol=1e-2 * other.abs().max().item())


@needs_compiler
def test_many_queries_are_taken_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    rows, columns, grad = problem()
    whole = fused_sums(rows, columns, SupStep())
    expected = torch.autograd.grad(whole, (rows, columns), grad)
    monkeypatch.setattr(fused, "_PAIRS_AT_A_TIME", 2 * 7 * 50)
    parts = fused_sums(rows, columns, SupStep())
    assert torch.equal(parts, whole)
    for one, other in zip(torch.autograd.grad(parts, (rows, columns), grad), expected, strict=True):
        assert torch.equal(one, other)


@needs_compiler
def test_two_runs_give_the_same_bits() -> None:
    rows, columns, grad = problem(torch.float32)
    runs = [torch.autograd.grad(fused_sums(rows, columns, SupStep()), (rows, columns), grad) for _ in range(2)]
    for one, other in zip(*runs, strict=True):
        assert torch.equal(one, other)


@needs_compiler
def test_a_compiler_is_found_without_a_warning() -> None:
    can_fuse.cache_clear()
    with warnings.catch_warnings():
        warnings.filterwarnings("error", message="the fused engine")
        assert can_fuse("cpu")


@pytest.mark.cpu
def test_without_a_compiler_it_warns_once_and_says_no(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(step: Step) -> None:
        raise RuntimeError("no compiler here\nand a long trace")

    monkeypatch.setattr(fused, "_kernels", refuse)
    can_fuse.cache_clear()
    with pytest.warns(
        UserWarning, match=r"cannot be compiled on cpu \(no compiler here\); the direct engine"
    ) as caught:
        assert not can_fuse("cpu")
    assert caught[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert not can_fuse("cpu")
    can_fuse.cache_clear()


BEFORE = """
import torch
from suprank_edu.pairwise.fused import fused_sums
from suprank_edu.steps import SupStep
def work(queries, rows, columns):
    r, c = torch.randn(queries, rows, requires_grad=True), torch.randn(queries, columns, requires_grad=True)
    fused_sums(r, c, SupStep()).sum().backward()
work(3, 5, 9)
"""


@needs_compiler
@pytest.mark.skipif(sys.platform == "win32", reason="no resource module")
def test_nothing_of_the_size_of_the_pairs_is_kept() -> None:
    # 4 x 512 x 32,768 pairs would be 256 MiB in float32; inputs, outputs and gradients are 1.
    assert grown_gib(BEFORE, "work(4, 512, 32768)") * 1024 < 100


def test_on_a_card_it_keeps_no_pairs(card: torch.device) -> None:
    assert can_fuse("cuda")
    large = [torch.randn(16, n, device=card, requires_grad=True) for n in (1024, 65536)]
    fused_sums(*large, SupStep()).sum().backward()
    torch.cuda.reset_peak_memory_stats()
    before = torch.cuda.memory_allocated()
    fused_sums(*large, SupStep()).sum().backward()
    assert torch.cuda.max_memory_allocated() - before < 64 << 20  # the pairs would be 4 GiB

"""Learning rates of a table: which to try, which was best on the validation images, and what lies beyond the tried."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

from suprank_edu._checks import check_one_of
from suprank_edu.training.study.experiment import PROXY_RATE
from suprank_edu.training.study.named_losses import LOSSES

CHOSEN_BY = "mAP@R/column0"
"""The metric on the validation images by which the learning rate of every loss is chosen."""

_LOWEST, _HIGHEST = 1e-7, 100.0  # beyond these nothing learns, and a search that gets there has gone wrong


def chosen_lr(results: Iterable[dict[str, Any]], loss: str) -> float:
    """Return the learning rate of a loss with the best `CHOSEN_BY` on the validation classes; see `chosen_rates`."""
    return chosen_rates(results, loss)[0]


def chosen_rates(results: Iterable[dict[str, Any]], loss: str) -> tuple[float, float]:
    """Return the learning rate of a loss, and how many times faster its proxies learn, best on the validation classes.

    Raises:
        ValueError: the loss has no validation run with a value of `CHOSEN_BY`; NaN is none.

    Example:
        >>> runs = [{"loss": "arcface", "on": "validation", "lr": 1e-3, "metrics": {CHOSEN_BY: 0.4}}]
        >>> chosen_rates([*runs, runs[0] | {"lr": 2e-3, "proxy_rate": 10, "metrics": {CHOSEN_BY: 0.5}}], "arcface")
        (0.002, 10.0)
    """
    runs = _validation(results, loss)
    measured = [run for run in runs if not math.isnan(run["metrics"][CHOSEN_BY])]
    if not measured:
        without = f"whose {len(runs)} validation runs have no {CHOSEN_BY}" if runs else "which has no validation run"
        raise ValueError(f"`loss`: got {loss!r}, {without}, expected one or more")
    return _rates_of(max(measured, key=lambda run: float(run["metrics"][CHOSEN_BY])))


def rates_to_try(loss: str, lrs: Sequence[float], proxy_rates: Sequence[float]) -> list[tuple[float, float]]:
    """Return each learning rate with each rate of proxies, where the loss has some."""
    check_one_of("loss", loss, LOSSES)
    return [(lr, times) for lr in lrs for times in (proxy_rates if LOSSES[loss].proxies else (PROXY_RATE,))]


def rates_beyond(results: Iterable[dict[str, Any]], loss: str) -> list[tuple[float, float]]:
    """Return the rates to try next where the best of a loss lies at an edge of those tried; none where it does not.

    The next rate continues the last step of the tried ones (2, 5, 10: then 20); it is tried with the best of the
    other rate and that one's neighbours.

    Example:
        >>> runs = [
        ...     {"loss": "sup-ap", "on": "validation", "lr": lr, "metrics": {CHOSEN_BY: value}}
        ...     for lr, value in ((1e-3, 0.3), (2e-3, 0.4), (5e-3, 0.5))
        ... ]
        >>> rates_beyond(runs, "sup-ap"), rates_beyond([*runs, runs[0] | {"lr": 0.012}], "sup-ap")
        ([(0.013, 50.0)], [])
    """
    runs = _validation(results, loss)
    best = chosen_rates(runs, loss)
    tried = [sorted({_rates_of(run)[which] for run in runs}) for which in (0, 1)]
    beyond: list[tuple[float, float]] = []
    if (lr := _next(tried[0], best[0])) is not None:
        beyond += [(lr, times) for times in _around(tried[1], best[1])]
    if (times := _next(tried[1], best[1])) is not None:
        beyond += [(lr, times) for lr in _around(tried[0], best[0])]
    return beyond


def _validation(results: Iterable[dict[str, Any]], loss: str) -> list[dict[str, Any]]:
    return [run for run in results if run["loss"] == loss and run["on"] == "validation"]


def _rates_of(run: dict[str, Any]) -> tuple[float, float]:
    return float(run["lr"]), float(run.get("proxy_rate", PROXY_RATE))


def _next(tried: Sequence[float], best: float) -> float | None:
    """Return the rate beyond the edge at which `best` lies, if it does."""
    if len(tried) < 2 or best not in (tried[0], tried[-1]):
        return None
    edge, neighbour = (tried[0], tried[1]) if best == tried[0] else (tried[-1], tried[-2])
    beyond = float(f"{edge * edge / neighbour:.2g}")
    return beyond if _LOWEST <= beyond <= _HIGHEST * PROXY_RATE else None


def _around(tried: Sequence[float], best: float) -> Sequence[float]:
    at = tried.index(best)
    return tried[max(0, at - 1) : at + 2]

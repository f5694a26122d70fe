"""Losses with one parameter changed: the step of SupRank, λ of the sums, α and the weights of Sup-H-AP, and τ of all.

Each takes the rates of the loss that it varies, so that a difference is that of the parameter. Parameters that are not
varied are as published; the published values themselves are among those varied, under the name of the loss.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from torch import Tensor, nn

from suprank_edu.losses import (
    SmoothAPLoss,
    SmoothNDCGLoss,
    SmoothRecallLoss,
    SupAPLoss,
    SupHAPLoss,
    SupNDCGLoss,
    SupRecallLoss,
    roadmap,
)
from suprank_edu.steps import PUBLISHED, PUBLISHED_INAT, SupStep
from suprank_edu.training.study.named_loss import NamedLoss

CONTINUOUS = SupStep()
"""The published step without its fall at δ; what ρ, δ and τ are varied on, since each would need another offset."""

_STEPS = {
    "continuous": ("continuous step", CONTINUOUS),
    "inat": ("step of iNaturalist: no bound", PUBLISHED_INAT),
    # A step that is a sigmoid as far as scores can differ, with rank⁺ still exact: what H⁻ adds to σ.
    "sigmoid": ("σ for H⁻", SupStep(start=0.0, delta=2.0)),
    **{f"rho{rho:g}": (f"ρ = {rho:g}", replace(CONTINUOUS, rho=rho)) for rho in (0.0, 10.0, 30.0, 300.0, 1000.0)},
    **{f"delta{delta:g}": (f"δ = {delta:g}", replace(CONTINUOUS, delta=delta)) for delta in (0.0, 0.02, 0.1, 0.2)},
    **{f"tau{tau:g}": (f"τ = {tau:g}", replace(CONTINUOUS, tau=tau)) for tau in (0.001, 0.003, 0.03, 0.1, 0.3, 1.0)},
}
_TAUS = (0.03, 0.1, 0.3, 1.0)
_OF_TAU: dict[str, tuple[str, Callable[[float], nn.Module]]] = {
    "sup-recall": ("Sup-R@k", lambda tau: SupRecallLoss(step=replace(CONTINUOUS, tau=tau))),
    "sup-ndcg": ("Sup-NDCG", lambda tau: SupNDCGLoss(replace(CONTINUOUS, tau=tau))),
    "sup-h-ap": ("Sup-H-AP", lambda tau: SupHAPLoss(step=replace(CONTINUOUS, tau=tau))),
    "smooth-ap": ("SmoothAP", SmoothAPLoss),
    "smooth-recall": ("Smooth-R@k", SmoothRecallLoss),
    "smooth-ndcg": ("Smooth-NDCG", SmoothNDCGLoss),
}
_WEIGHTS = (0.0, 0.3, 0.5, 0.7, 0.9)
_ALPHAS = (0.0, 0.5, 2.0, 4.0)
_COLUMNS = {
    "fine": (1.0, 0.0, 0.0),
    "middle": (0.0, 1.0, 0.0),
    "coarse": (0.0, 0.0, 1.0),
    "even": (1 / 3, 1 / 3, 1 / 3),
}


def _sup_ap(labels: Tensor, dim: int, step: SupStep, *, varied: SupStep) -> nn.Module:
    return SupAPLoss(varied)


def _of_tau(labels: Tensor, dim: int, step: SupStep, *, tau: float, make: Callable[[float], nn.Module]) -> nn.Module:
    return make(tau)


def _sup_h_ap(
    labels: Tensor, dim: int, step: SupStep, *, alpha: float = 1.0, weights: tuple[float, ...] | None = None
) -> nn.Module:
    return SupHAPLoss(alpha, step, weights)


def _roadmap(labels: Tensor, dim: int, step: SupStep, *, weight: float) -> nn.Module:
    return roadmap(weight=weight, step=PUBLISHED)


def _roadmap_proxies(labels: Tensor, dim: int, step: SupStep, *, weight: float) -> nn.Module:
    return roadmap(int(labels[:, 0].max()) + 1, dim, weight=weight, step=PUBLISHED)


def _variants(
    base: str, title: str, makers: dict[str, tuple[str, Callable[[Tensor, int, SupStep], nn.Module]]], proxies: bool
) -> dict[str, NamedLoss]:
    return {
        f"{base}-{name}": NamedLoss(f"{title}, {words}", make, proxies, base) for name, (words, make) in makers.items()
    }


ABLATIONS = {
    **_variants(
        "sup-ap",
        "Sup-AP",
        {name: (words, partial(_sup_ap, varied=step)) for name, (words, step) in _STEPS.items()},
        False,
    ),
    **_variants(
        "roadmap",
        "ROADMAP, pairs",
        {f"weight{w:g}": (f"λ = {w:g}", partial(_roadmap, weight=w)) for w in _WEIGHTS},
        False,
    ),
    **_variants(
        "roadmap-proxies",
        "ROADMAP, proxies",
        {f"weight{w:g}": (f"λ = {w:g}", partial(_roadmap_proxies, weight=w)) for w in _WEIGHTS},
        True,
    ),
    **_variants(
        "sup-h-ap", "Sup-H-AP", {f"alpha{a:g}": (f"α = {a:g}", partial(_sup_h_ap, alpha=a)) for a in _ALPHAS}, False
    ),
    **_variants(
        "sup-h-ap",
        "Sup-H-AP",
        {f"{name}": (f"weights {name}", partial(_sup_h_ap, weights=weights)) for name, weights in _COLUMNS.items()},
        False,
    ),
    **{
        name: loss
        for base, (title, make) in _OF_TAU.items()
        for name, loss in _variants(
            base, title, {f"tau{t:g}": (f"τ = {t:g}", partial(_of_tau, tau=t, make=make)) for t in _TAUS}, False
        ).items()
    },
}
"""Variants by name: the loss they vary, then what is changed."""

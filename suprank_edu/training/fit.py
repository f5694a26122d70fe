"""The training loop: CPU, one GPU or many, the same code."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import torch
from torch import nn

from suprank_edu._extras import needs
from suprank_edu._progress import is_static
from suprank_edu.data import MPerClassBatches, RetrievalDataset, VectorDataset
from suprank_edu.data.samplers import Batches
from suprank_edu.training import checkpoint
from suprank_edu.training.arguments import check_arguments, hash_labels
from suprank_edu.training.callbacks import Callback, TrainingLog, started
from suprank_edu.training.checkpoint import Checkpoints
from suprank_edu.training.device import make_accelerator, own_random_state, same_bits
from suprank_edu.training.learner import Learner, Loss
from suprank_edu.training.loop import Loop
from suprank_edu.training.networks.embed import check_channels, features
from suprank_edu.training.networks.embedding_network import EmbeddingNetwork, LinearHead
from suprank_edu.training.networks.models import SmallCNN, warn_of_live_batch_norm
from suprank_edu.training.recipe import Recipe
from suprank_edu.training.validation import Validation


@dataclass(frozen=True)
class FitResult:
    """The result of training.

    Args:
        model: the trained network, in evaluation mode.
        history: one entry a step with `step, loss, lr` and `seconds` since the start.
        evaluations: one entry an evaluation of the `Validation` with `step` and every metric.
    """

    model: nn.Module
    history: list[dict[str, float]]
    evaluations: list[dict[str, float]] = field(default_factory=list)


def fit(
    recipe: Recipe,
    dataset: RetrievalDataset,
    loss: Loss,
    *,
    model: nn.Module | None = None,
    batches: Batches | None = None,
    validation: Validation | None = None,
    checkpoints: Checkpoints | None = None,
    callbacks: Iterable[Callback] = (),
    device: str | torch.device | None = None,
    progress: bool = True,
) -> FitResult:
    """Train a network with a loss on embeddings.

    The same recipe, data and loss give the same weights, bit for bit on one CPU with one number of threads, also when
    the run was broken and continued in between. Under `accelerate launch` or `notebook_launcher` each process
    embeds its share of the batch, and all rank the whole of it. The global random state is left as it was.

    Args:
        recipe: every setting but the loss.
        dataset: images and labels to train on; or a `VectorDataset`, on whose vectors a head is trained.
        loss: called as `loss(embeddings, labels)` with `(B, D)` float32 unit vectors and `(B, L)` labels,
            returns a scalar; with a memory also with `ref_emb` and `ref_labels`. Wrap a loss of
            pytorch-metric-learning in `losses.AtColumn`. The parameters of a module (proxies) are trained along,
            without weight decay.
        model: the network to train, in place; None makes a `SmallCNN` from the recipe, or a `LinearHead` for vectors.
            It takes `(B, C, S, S)` images with values in 0..1, or `(B, C)` vectors, and returns `(B, D)` unit vectors.
        batches: which images make batch t, such as `data.HierarchicalBatches`; None takes `per_class` of the
            recipe with `data.MPerClassBatches`.
        validation: what to evaluate on along the way. An epoch of it is one of `batches`, by default as many whole
            batches as the data set has images for.
        checkpoints: where to keep the run; one that is there is continued.
        callbacks: each called after every step with its number, from 1, and its metrics (as in the history, and after
            an evaluation also those metrics); in the first of several processes only. On a card the next step is then
            on its way, but after an evaluation or a checkpoint. An `Observer`, such as
            `TensorBoard`, is also told when the run begins, goes on and ends.
        device: `"cpu"`, `"cuda"`, or None for the best there is.
        progress: show a bar; it stays silent under `SUPRANK_EDU_STATIC=1`.

    Returns:
        The trained network, the history and the evaluations.

    Raises:
        ValueError: an argument is of another kind, the data set has no image or too few classes for a batch, the
            model wants images of another size, the batch does not divide among the processes, the loss takes no
            memory, no query of the validation has a positive, or the checkpoint is of another run.
        OSError: an image cannot be read, at the beginning where all fit into memory, else when its turn comes: mend
            the file, and the run goes on from its last checkpoint.
        TrainingError: the loss, an embedding or a weight becomes NaN or infinite, memory runs out, or a checkpoint
            cannot be written; the checkpoint before it stays. The loss is read after its step, on a card a step later:
            the network is of no use then, and the message names the step that it was.

    Example:
        >>> from suprank_edu.data import read
        >>> from suprank_edu.losses import SupAPLoss
        >>> recipe = Recipe(steps=2, batch_size=16, image_size=16, channels=(8, 8))
        >>> result = fit(recipe, read("standin"), SupAPLoss(), device="cpu", progress=False)
        >>> [entry["step"] for entry in result.history]
        [1, 2]
    """
    with needs("train"):  # before anything is made
        from tqdm.auto import tqdm
    check_arguments(dataset, loss, validation, checkpoints, callbacks)
    accelerator, where = make_accelerator(device, recipe.precision)
    if validation is not None:
        validation = validation.in_steps(len(batches) if batches else max(1, len(dataset) // recipe.batch_size))
    batches = batches or MPerClassBatches(
        dataset.labels, recipe.batch_size, recipe.per_class, num_batches=recipe.steps, seed=recipe.seed
    )
    with own_random_state(recipe.seed, where), same_bits(recipe.deterministic):
        model = _check_model(model, recipe, dataset) if model is not None else _default_model(recipe, dataset)
        if recipe.head_only == 1:
            if accelerator.num_processes > 1:
                raise ValueError(
                    f"`head_only`: got 1 in {accelerator.num_processes} processes, expected one process: a head on "
                    "frozen features takes seconds"
                )
            dataset, validation = _freeze_features(model, dataset, validation, where)
        identity = {"data": hash_labels(dataset), "batches": f"{len(batches)} of {type(batches).__name__}"}
        learner = Learner(recipe, accelerator, where, model, loss, dataset.labels.shape[1], identity)
        warn_of_live_batch_norm(model, accelerator.num_processes, recipe.embed_at_once is not None)
        log = TrainingLog()
        if checkpoints is not None and checkpoints.last.exists():
            log = checkpoint.restore(learner, checkpoint.load(checkpoints.last), checkpoints.last)
        loop = Loop(learner, dataset, batches, validation, checkpoints, log)
        loop.check()
        monitor = validation.monitor if validation is not None else None
        silent = not progress or is_static() or not accelerator.is_main_process
        with (
            started(callbacks if accelerator.is_main_process else (), recipe, log, monitor) as running,
            tqdm(total=recipe.steps, initial=len(log.history), disable=silent, desc="training", unit="step") as bar,
        ):
            for metrics in loop.steps_left():
                for callback in running:
                    callback(int(metrics["step"]), dict(metrics))
                bar.set_postfix(loss=f"{metrics['loss']:.3f}", refresh=False)
                bar.update()
    return FitResult(learner.network.eval(), log.history, log.evaluations)


def _default_model(recipe: Recipe, dataset: RetrievalDataset) -> nn.Module:
    if isinstance(dataset, VectorDataset):
        return LinearHead(dataset.vectors.shape[1], recipe.embedding_size)
    return SmallCNN.of(recipe, dataset.channels)


def _freeze_features(
    model: nn.Module, dataset: RetrievalDataset, validation: Validation | None, device: torch.device
) -> tuple[RetrievalDataset, Validation | None]:
    """Return the same with features in the place of images, each computed once."""
    if isinstance(model, LinearHead):
        return dataset, validation
    if not isinstance(model, EmbeddingNetwork):
        raise ValueError(
            f"`head_only`: got 1 with a {type(model).__name__}, expected a network with features apart, such as "
            "pretrained(embedding_size=...)"
        )
    dataset = features(model, dataset, device=device)
    if validation is not None:
        validation = replace(validation, dataset=validation.protocol.features(model, device))
    return dataset, validation


def _check_model(model: nn.Module, recipe: Recipe, dataset: RetrievalDataset) -> nn.Module:
    check_channels(model, dataset)
    expected = getattr(model, "image_size", recipe.image_size)
    if not isinstance(dataset, VectorDataset) and expected != recipe.image_size:
        raise ValueError(
            f"`model`: takes images of {expected} pixels, expected image_size = {recipe.image_size} of the recipe"
        )
    return model

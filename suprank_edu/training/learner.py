"""One optimiser step: what a batch changes.

A ranking loss couples all images of a batch, so its graph holds all of them. Where that is too much memory, the step
makes two passes: embed everything without a graph; take the gradient of the loss at the embeddings, which is small;
then embed again, a few images at a time with a graph, and send each its part of that gradient. By the chain rule the
result is the same (GradCache, Gao et al., RepL4NLP 2021), as long as no image changes the embedding of another, which
batch norm in training mode does.
"""

import contextlib
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from suprank_edu._looks import look, together
from suprank_edu.losses.one_look import called
from suprank_edu.pairwise.threads import one_thread
from suprank_edu.training.device import Arriving, is_out_of_memory, memory_layout, random_state, set_random_state
from suprank_edu.training.gather import broadcast_parameters, from_first_process, gather_with_gradient
from suprank_edu.training.memory import MemoryBank
from suprank_edu.training.networks.models import freeze_batch_norm, in_evaluation_mode
from suprank_edu.training.optimizer import lr_factor, make_optimizer, parameter_groups
from suprank_edu.training.recipe import Recipe

Loss = Callable[..., Tensor]


class TrainingError(RuntimeError):
    """Training cannot go on; the message says at which step, on which batch and what to try."""


class Learner:
    """A network, a loss, their optimiser and the memory: what one step changes."""

    def __init__(
        self,
        recipe: Recipe,
        accelerator: Any,
        device: torch.device,
        model: nn.Module,
        loss: Loss,
        num_columns: int,
        identity: dict[str, str],
    ) -> None:
        self.recipe, self.accelerator, self.device = recipe, accelerator, device
        self.identity = identity  # what tells these data and batches from others
        self.loss = loss.to(device) if isinstance(loss, nn.Module) else loss
        if isinstance(loss, nn.Module):
            broadcast_parameters(loss)
        self.memory: MemoryBank | None = None
        self._num_columns = num_columns
        self._tried_memory = not recipe.memory_size
        self.layout = memory_layout(device)
        model.to(device, memory_format=self.layout).train()  # type: ignore[call-overload]  # torch's stubs lack it
        if recipe.freeze_batch_norm:
            freeze_batch_norm(model)
        of_loss = list(loss.parameters()) if isinstance(loss, nn.Module) else []
        groups = parameter_groups(recipe, model, of_loss)
        self._of_backbone = [
            parameter for group in groups if group["of"] == "backbone" for parameter in group["params"]
        ]
        self.optimizer = make_optimizer(recipe, groups, device)
        self.scaler = torch.amp.GradScaler(device.type, enabled=recipe.precision == "fp16")
        self.model = accelerator.prepare(model)
        self._forward = torch.compile(self.model) if recipe.compile else self.model

    @property
    def network(self) -> nn.Module:
        """The network itself, without what shares it among processes."""
        network: nn.Module = self.accelerator.unwrap_model(self.model)
        return network

    def step(self, step: int, batch: list[int], images: Tensor, labels: Tensor) -> tuple[float, Arriving]:
        """Change the weights by one batch; return the learning rate and the loss, which is on its way.

        The library waits for the device once, where the loss looks at its input, and at that of the memory with it.

        Args:
            step: number of the step, from 0.
            batch: the indices of the whole batch, for messages.
            images: `(B/W, C, S, S)`, the share of this one of W processes.
            labels: `(B, L)`, of the whole batch.
        """
        for group in self.optimizer.param_groups:
            group["lr"] = group["peak_lr"] * lr_factor(step, self.recipe)
        self.optimizer.zero_grad()
        at_once = self.recipe.embed_at_once or len(images)
        if at_once >= len(images):
            value = self._loss_of(self._embed(images), step, batch, labels)
        else:
            value = self._two_passes(images.split(at_once), step, batch, labels)  # type: ignore[no-untyped-call]
        self._limit(step)
        self.scaler.step(self.optimizer)
        self.scaler.update()
        return float(self.optimizer.param_groups[0]["lr"]), value

    def _embed(self, images: Tensor) -> Tensor:
        dtype = torch.float16 if self.recipe.precision == "fp16" else torch.bfloat16
        with torch.autocast(self.device.type, dtype, enabled=self.recipe.precision != "fp32"):
            embeddings: Tensor = self._forward(images.to(memory_format=self.layout) if images.ndim == 4 else images)
        # Losses run in float32, or better, whatever the network runs in.
        return embeddings if embeddings.dtype == torch.float64 else embeddings.float()

    def _two_passes(self, pieces: tuple[Tensor, ...], step: int, batch: list[int], labels: Tensor) -> Arriving:
        states = []
        with torch.no_grad():
            embedded = []
            for piece in pieces:
                states.append(random_state(piece.device))
                embedded.append(self._embed(piece))
        embeddings = torch.cat(embedded).requires_grad_()
        value = self._loss_of(embeddings, step, batch, labels)
        assert embeddings.grad is not None
        gradients = embeddings.grad.split([len(piece) for piece in pieces])  # type: ignore[no-untyped-call]
        after = random_state(embeddings.device)
        for number, (piece, state, gradient) in enumerate(zip(pieces, states, gradients, strict=True)):
            set_random_state(state, piece.device)  # the same dropout as in the first pass
            last = number == len(pieces) - 1
            with contextlib.nullcontext() if last else self.accelerator.no_sync(self.model):
                torch.autograd.backward(self._embed(piece), gradient)
        set_random_state(after, embeddings.device)
        return value

    def _loss_of(self, own: Tensor, step: int, batch: list[int], labels: Tensor) -> Arriving:
        """Return the loss of the whole batch, after it has left its gradient at this process's embeddings."""
        embeddings = gather_with_gradient(own)  # (B, D)
        try:
            loss = self._rank_losses(embeddings, step, labels)
        except ValueError as error:
            if embeddings.isfinite().all():
                raise
            raise not_finite(f"embeddings ({error})", step, batch, labels) from error
        _check_value(loss)
        value = Arriving(loss)
        torch.autograd.backward(self.scaler.scale(loss))
        if self.memory is not None:
            self.memory.add(embeddings, labels, checked=True)
        return value

    def _rank_losses(self, embeddings: Tensor, step: int, labels: Tensor) -> Tensor:
        memory = self.make_memory(embeddings.shape[1]) if self.recipe.memory_size else None
        if memory is None or not len(memory) or step < self.recipe.memory_start * self.recipe.steps:
            loss = self.loss(embeddings, labels)
            if not self._tried_memory:
                self._try_memory(embeddings.detach(), labels)
            return loss
        # As published: the batch's own loss and that against the memory, weights 1 and 1.
        own = called(self.loss, embeddings, labels)
        against = called(self.loss, embeddings, labels, ref_emb=memory.embeddings, ref_labels=memory.labels)
        with one_thread(len(embeddings) * len(memory), embeddings.device):
            losses: list[Tensor] = look(together([own, against]))
        return losses[0] + losses[1]

    def _try_memory(self, embeddings: Tensor, labels: Tensor) -> None:
        """Rank the first batch against itself, so that a loss that takes no memory is known before it is needed."""
        with torch.no_grad(), torch.random.fork_rng([self.device] if self.device.type == "cuda" else []):
            try:
                self.loss(embeddings, labels, ref_emb=embeddings, ref_labels=labels)
            except Exception as error:  # of whatever kind a loss of others has for it
                if is_out_of_memory(error):
                    raise
                raise ValueError(
                    f"`memory_size`: got {self.recipe.memory_size}, but the loss ranks no memory ({error}), expected "
                    "0, or a loss that takes `ref_emb` and `ref_labels`"
                ) from error
        self._tried_memory = True

    def make_memory(self, embedding_size: int) -> MemoryBank:
        """Return the memory, made when the size of an embedding is known."""
        if self.memory is None:
            self.memory = MemoryBank(self.recipe.memory_size, embedding_size, self._num_columns).to(self.device)
        return self.memory

    def _limit(self, step: int) -> None:
        """Drop or shorten gradients as the recipe says, between backward and the optimiser's step."""
        if step < self.recipe.head_only * self.recipe.steps:
            for parameter in self._of_backbone:
                parameter.grad = None
        if self.recipe.max_grad_norm is not None:
            self.scaler.unscale_(self.optimizer)
            nn.utils.clip_grad_norm_(self.model.parameters(), self.recipe.max_grad_norm)

    @torch.no_grad()
    def check_result(self, step: int, batch: list[int], images: Tensor, labels: Tensor) -> None:
        """See that the network of a step can be kept: finite, and with it what it makes of a few images of the batch.

        Args:
            step, batch, images, labels: as in `step`, which was taken.

        Raises:
            TrainingError: the step made it useless.
        """
        states = [module.state_dict().values() for module in (self.network, self.loss) if isinstance(module, nn.Module)]
        finite = [value.isfinite().all() for values in states for value in values]
        with in_evaluation_mode(self.network):
            norms = self._embed(images[:8]).norm(dim=1)
        # A norm of 0 is that of a vector whose square was infinite, after its division by it.
        finite.append((norms.isfinite() & (norms > 0)).all())
        if not from_first_process(bool(torch.stack(finite).all())):  # the device is read once
            raise not_finite("network that the step has made", step, batch, labels)


def _check_value(loss: Any) -> None:
    """Refuse what a loss gave back unless it is one number with a gradient."""
    if not isinstance(loss, Tensor):
        raise ValueError(f"`loss`: gave {loss!r:.80}, expected a tensor of one number")
    if loss.numel() != 1:
        raise ValueError(
            f"`loss`: gave shape {tuple(loss.shape)}, expected one number: the mean, not one value for each query"
        )
    if not loss.requires_grad:
        raise ValueError("`loss`: gave a number without gradient, expected one that depends on the embeddings")


def not_finite(what: str, step: int, batch: list[int], labels: Tensor) -> TrainingError:
    """Return what to raise where numbers of a step are none."""
    classes = torch.unique(labels[:, 0]).tolist()
    return TrainingError(
        f"step {step + 1}: NaN or infinity in the {what}, on the batch of images {_shorten(batch)} of classes "
        f"{_shorten(classes)}; try a lower `lr` or a longer `warmup`, and look at these images"
    )


def _shorten(values: list[int], most: int = 8) -> str:
    return f"[{', '.join(map(str, values[:most]))}{', ...' if len(values) > most else ''}]"

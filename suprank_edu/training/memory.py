"""Cross-batch memory: embeddings of past batches, to be ranked along with the present one."""

import torch
from torch import Tensor, nn

from suprank_edu._checks import check_count
from suprank_edu._embedding_checks import check_embeddings
from suprank_edu._label_checks import check_labels


class MemoryBank(nn.Module):
    """The last `size` embeddings and their labels, the oldest overwritten first (cross-batch memory).

    A batch sees few of a query's positives; the memory shows it more, at the price of embeddings that are some steps
    old. It may hold an image twice, and an older embedding of an image of the batch: both count as any other does.
    All of it is buffers: it moves with `to(device)` and is saved with `state_dict`.

    Args:
        size: embeddings kept.
        embedding_size: dimensions D.
        num_columns: columns L of the labels.

    Raises:
        ValueError: a number below 1.

    References:
        Wang, Zhang, Huang and Scott, "Cross-Batch Memory for Embedding Learning", CVPR 2020.

    Example:
        >>> bank = MemoryBank(size=3, embedding_size=2)
        >>> bank.add(torch.eye(2), torch.tensor([[7], [8]]))
        >>> bank.add(-torch.eye(2), torch.tensor([[9], [10]]))
        >>> len(bank), bank.labels[:, 0].tolist()  # 7, the oldest, is gone
        (3, [10, 8, 9])
    """

    # Buffers, which mypy cannot see.
    stored_embeddings: Tensor
    stored_labels: Tensor
    added: Tensor

    def __init__(self, size: int, embedding_size: int, num_columns: int = 1) -> None:
        super().__init__()
        for name, value in (("size", size), ("embedding_size", embedding_size), ("num_columns", num_columns)):
            check_count(name, value)
        self.register_buffer("stored_embeddings", torch.zeros(size, embedding_size))
        self.register_buffer("stored_labels", torch.zeros(size, num_columns, dtype=torch.int64))
        self.register_buffer("added", torch.zeros((), dtype=torch.int64))
        self._added = 0  # the same, so that no device is asked for it
        self.register_load_state_dict_post_hook(_read_added)  # type: ignore[no-untyped-call]

    def extra_repr(self) -> str:
        """Return the arguments, for `repr`."""
        size, dim = self.stored_embeddings.shape
        return f"size={size}, embedding_size={dim}, num_columns={self.stored_labels.shape[1]}"

    def __len__(self) -> int:
        return min(self._added, len(self.stored_embeddings))

    @property
    def embeddings(self) -> Tensor:
        """The `(M, D)` embeddings kept, M at most `size`."""
        return self.stored_embeddings[: len(self)]

    @property
    def labels(self) -> Tensor:
        """The `(M, L)` labels of `embeddings`."""
        return self.stored_labels[: len(self)]

    @torch.no_grad()
    def add(self, embeddings: Tensor, labels: Tensor, *, checked: bool = False) -> None:
        """Store `(B, D)` embeddings, without their graph, and `(B, L)` integer labels; of more than `size` the last.

        Args:
            embeddings: the embeddings.
            labels: their labels.
            checked: that the embeddings are finite is known, as from a loss: then nothing waits for the device.

        Raises:
            ValueError: embeddings or labels of another shape or dtype, or embeddings that are not finite.
        """
        size, dim = self.stored_embeddings.shape
        if not checked:
            check_embeddings(embeddings)
        labels = check_labels(labels, len(embeddings))  # (B, L)
        columns = self.stored_labels.shape[1]
        if embeddings.shape[1] != dim:
            raise ValueError(f"`embeddings`: got shape {tuple(embeddings.shape)}, expected (B, {dim})")
        if labels.shape[1] != columns:
            raise ValueError(f"`labels`: got shape {tuple(labels.shape)}, expected ({len(embeddings)}, {columns})")
        embeddings, labels = embeddings[-size:], labels[-size:]
        where = (self._added + torch.arange(len(embeddings), device=self.added.device)) % size  # (B,)
        self.stored_embeddings[where] = embeddings.to(self.stored_embeddings)
        self.stored_labels[where] = labels.to(self.stored_labels)
        self.added += len(embeddings)
        self._added += len(embeddings)


def _read_added(module: nn.Module, _: object) -> None:
    assert isinstance(module, MemoryBank)
    module._added = int(module.added)

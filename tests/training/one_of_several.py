"""One of the processes of test_distributed.py: trains three steps and stores its weights."""

import sys
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).parents[1]))

from training.small_networks import GroupNormNet, weights

from suprank_edu.data import read
from suprank_edu.losses import roadmap
from suprank_edu.training import Recipe, SmallCNN, fit


def main(folder: Path, *options: str) -> None:
    settings = dict(option.split("=") for option in options)
    recipe = Recipe(
        steps=3,
        batch_size=32,
        image_size=16,
        lr=1e-2,
        embed_at_once=int(settings["embed_at_once"]) if "embed_at_once" in settings else None,
    )
    torch.manual_seed(0)
    live = settings.get("network") == "batch_norm"
    model = SmallCNN(image_size=16, channels=(8, 8), embedding_size=8) if live else GroupNormNet()
    start, shares = weights(model), []
    model.register_forward_pre_hook(lambda module, args: shares.append(len(args[0])) if module.training else None)
    result = fit(recipe, read("standin"), roadmap(), model=model, device="cpu", progress=False)
    distributed = torch.distributed.is_initialized()
    rank = torch.distributed.get_rank() if distributed else 0
    processes = torch.distributed.get_world_size() if distributed else 1
    passes = 2 if recipe.embed_at_once else 1
    torch.save(
        {
            "weights": weights(result.model),
            "start": start,
            "processes": processes,
            "share": sum(shares) // (recipe.steps * passes),
            "losses": [entry["loss"] for entry in result.history],
        },
        folder / f"rank{rank}.pt",
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])

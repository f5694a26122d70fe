"""A run that takes a second."""

SMALL = ["--set", "steps=3", "batch_size=16", "image_size=16", "channels=(4,8)", "embedding_size=8"]

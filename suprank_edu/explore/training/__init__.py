"""What explorers show of training: its curves, its memory, its cost."""

"""What explorers show of ranks: a gallery, its metrics, and the surrogates of the step."""

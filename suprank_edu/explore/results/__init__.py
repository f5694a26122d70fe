"""What explorers show of results: every seed of every loss, and losses query by query."""

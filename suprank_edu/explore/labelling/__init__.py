"""What explorers show of the labelling pipeline: the table that a person reviews."""

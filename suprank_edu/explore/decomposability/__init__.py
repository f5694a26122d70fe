"""What explorers show of the gap between batches and the whole set, and of calibration."""

"""What runs on a machine with a card: `make cuda` and `make cuda-runs`, and their rehearsal on a CPU."""

"""Readers of published sets, each in its own layout on disk. They list files and check them; nothing is decoded."""

"""Speed and memory of the library, each against a named rival in the same run."""

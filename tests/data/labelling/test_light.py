"""Importing the pipeline imports nothing heavy: each step brings what it needs."""

import subprocess
import sys

HEAVY = ("pandas", "sklearn", "scipy", "requests", "transformers", "PIL", "faiss", "plotly", "ipywidgets")


def test_the_pipeline_is_light_to_import() -> None:
    script = f"import suprank_edu.data.labelling, sys; print([name for name in {HEAVY!r} if name in sys.modules])"
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert answer.stdout.strip() == "[]", answer.stdout + answer.stderr

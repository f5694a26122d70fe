"""Write the thumbnails of the explorer of chapter 15: `python book/results/omniglot_drawings.py`.

All drawings of Omniglot's test alphabets at 32 × 32 pixels, the size that the networks see, in black and white, a row
for each character: so chapter 15 shows what was retrieved without the data set. Omniglot is under the MIT licence; its
notice lies beside the picture.
"""

from pathlib import Path

from suprank_edu.data import read
from suprank_edu.data.contact_sheet import write_contact_sheet

TO = Path(__file__).parent / "omniglot-drawings"

if __name__ == "__main__":
    print(write_contact_sheet(read("omniglot", split="test"), TO))

"""Write Mini-Landmarks to a folder: `python -m suprank_edu.data.landmarks OUT`."""

import argparse

from suprank_edu.data.landmarks.write import photos, write


def main() -> None:
    """Read the command line and write the set."""
    parser = argparse.ArgumentParser(prog="python -m suprank_edu.data.landmarks", description=__doc__)
    parser.add_argument("out", help="the folder to write to, such as data_samples/mini_landmarks")
    folder = parser.parse_args().out
    print(f"{folder}: {len(photos()):,} pictures, tables and contact sheet, {write(folder) / 1e6:.2f} MB")


if __name__ == "__main__":
    main()

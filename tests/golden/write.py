"""Rewrite the golden files: `make golden`. A clinician reviews the diff."""

from __future__ import annotations

from tests.golden.stories import FOLDER, golden_files


def main() -> None:
    """Replace all golden files."""
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.iterdir():
        old.unlink()
    for path, text in golden_files():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()

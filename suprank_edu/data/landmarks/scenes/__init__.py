"""One function a supercategory, from front to back: each paints its landmark and what it stands on."""

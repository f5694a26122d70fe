"""The commands of the search, each adding its own arguments to the parser."""

"""The commands of the command line, each adding its own arguments to the parser."""

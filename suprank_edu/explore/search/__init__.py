"""What explorers show of a search: the list of one photograph, by one network and by another."""

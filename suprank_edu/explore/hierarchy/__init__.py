"""What explorers show of levels: relevance, hierarchical rankings, and the hierarchy itself."""

"""What figures are drawn with: colours, traces, lists of pictures, words."""

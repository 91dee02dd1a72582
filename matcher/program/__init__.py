"""One sparse mixed-integer program as a labelled value, and how it is built."""

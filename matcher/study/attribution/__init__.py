"""Which single change between two assumptions turns which membership."""

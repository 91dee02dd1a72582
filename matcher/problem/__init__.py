"""The problem in numbers: ids become indices, tables become read-only arrays."""

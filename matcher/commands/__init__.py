"""The commands, and what they share: options, exit codes and ways to speak."""

"""Plans of several assumptions side by side, and which differences are ties."""

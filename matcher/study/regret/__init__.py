"""What plans lose where another assumption comes true than their own."""

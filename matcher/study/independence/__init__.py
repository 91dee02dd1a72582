"""What rests on direct EU money, and what regional money could win back."""

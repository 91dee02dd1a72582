"""What people and other programs get to see: folders, tables, views, progress."""

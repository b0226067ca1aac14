"""What people write in a repair application."""

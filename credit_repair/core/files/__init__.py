"""What is looked at in a file before it is kept; core.uploads asks for all of it."""

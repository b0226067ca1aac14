"""Who people are and what they may do: users, memberships, mandates, and the access functions."""

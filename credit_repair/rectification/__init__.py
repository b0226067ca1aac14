"""Orders to put right 责令整改, and the interviews 约谈 that follow where they are not obeyed.

Also what a subject did of its own accord: training, a credit report, work for the public.
"""

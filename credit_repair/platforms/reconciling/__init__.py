"""Reconciliation 对账: what a platform shows beside what it should, every day and on demand.

A run walks the platform's list beside the register, both in the order of their UUIDs, so that a million
records take no more memory than a thousand. It is worked off in portions, each of which goes on from the
last checkpoint, whoever was killed in between; one at a time is at work on a platform.

walking   both sides as one sequence of pairs
judging   what a pair means, and what is done about it: under the record's lock, and asked again
proving   the lines of the proof as the run goes, and the file at its end
running   the run itself
settling  what a person says to a difference that was raised

What follows from a difference:

- A record that should be gone and is shown goes back to REMOVING, though the platform had confirmed its
  removal: nothing counts as removed that can be seen, and a case that is not completed yet waits on. Its
  removal is sent once more. Where the platform confirms that too and shows the record still, nothing more is
  sent by itself: a person talks to the platform. The same where a person had given the removal up.
- A record that should be shown and is not is published once more, in the same way.
- What has messages on their way is not judged: the next run sees what came of them.
- A publication without a receipt, of which the platform itself says that it does not show the record, becomes
  REMOVED with the run as its evidence.
"""

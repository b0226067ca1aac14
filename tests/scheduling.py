"""Which tests of a parallel run stay together on one worker.

Those of a file do, for what they share is then made once. Whoever drives a browser shares a demonstration
with other files besides; a few files are so heavy that each of their tests is handed out by itself.
"""

from xdist.scheduler import LoadScopeScheduling

#: Folders whose files share what takes long to start; the longest beginning that fits counts.
TOGETHER = ("tests/brokers/", "tests/browser/", "tests/browser/walks/")
APART = (
    "tests/test_url_roles.py",
    "tests/repairs/test_walks.py",
    "tests/faults/",
)


class ByFile(LoadScopeScheduling):
    """Hands out whole files, or what belongs together or apart by the lists above."""

    def _split_scope(self, nodeid: str) -> str:
        if nodeid.startswith(APART):
            return nodeid
        folders = [folder for folder in TOGETHER if nodeid.startswith(folder)]
        return max(folders, key=len, default=nodeid.partition("::")[0])

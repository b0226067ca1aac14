"""What others rule about a record once it is there.

Its authority changes or revokes the penalty 处罚变更撤销;
a court approves a plan in bankruptcy 破产重整.
"""

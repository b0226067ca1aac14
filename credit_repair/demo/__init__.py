"""The demonstration: invented offices and people, a stand-in platform, and the whole way in one command.

seed        loads fixtures/ into an empty database, once
cases       plays the cases that it begins with, one at each stage
standin     starts the stand-in platform, a separate program
supervisor  serves the site with all its parts, and stops them cleanly
journey     walks the whole way without a browser, through the same services
"""

"""The reading process: a request and files on standard input, facts as JSON on standard output.

The request is one line of JSON, {"task": …, "sizes": […], …}; the bytes of the files follow, one after
another.
"""

import json
import sys

from credit_repair.cases.inspecting.limits import take_limits


def main() -> None:
    """Answer one request."""
    take_limits()
    source = sys.stdin.buffer
    request = json.loads(source.readline())
    files = [source.read(size) for size in request.pop("sizes")]
    # Loaded under the limits: these bring the native code.
    from credit_repair.cases.inspecting.reading import TASKS

    answer = TASKS[request.pop("task")](*files, **request)
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()

"""The reading process: a request and files on standard input, facts as JSON on standard output.

Started with the word "draw" it may write more, and what it writes is a page as a picture (PNG).

The request is one line of JSON, {"task": …, "sizes": […], …}; the bytes of the files follow, one after
another.
"""

import json
import sys

from credit_repair.cases.inspecting.limits import MOST_ANSWER, MOST_DRAWING, take_limits


def main() -> None:
    """Answer one request."""
    drawing = sys.argv[1:] == ["draw"]
    take_limits(most_answer=MOST_DRAWING if drawing else MOST_ANSWER)
    source = sys.stdin.buffer
    request = json.loads(source.readline())
    files = [source.read(size) for size in request.pop("sizes")]
    # Loaded under the limits: these bring the native code.
    if drawing:
        from credit_repair.cases.inspecting.drawing import draw

        sys.stdout.buffer.write(draw(*files, **request))
        return
    from credit_repair.cases.inspecting.reading import TASKS

    answer = TASKS[request.pop("task")](*files, **request)
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()

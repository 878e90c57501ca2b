"""One request a line on standard input, one answer a line on standard output, in order."""
import json
import sys
import time
import traceback


def serve(answer):
    """Answers every line. What `answer` raises is trouble of the harness, not a refusal."""
    out = sys.stdout
    # Libraries print; only answers may reach standard output.
    sys.stdout = sys.stderr
    for line in sys.stdin:
        if not line.strip():
            continue
        try:
            reply = answer(json.loads(line))
        except Exception as error:  # noqa: BLE001
            traceback.print_exc()
            reply = {"failed": "{}: {}".format(type(error).__name__, error)}
        out.write(json.dumps(reply) + "\n")
        out.flush()


def timed(work, seconds):
    """How often `work` was done in about that many seconds, after a warm-up."""
    for _ in range(3):
        work()
    start = time.perf_counter()
    count = 0
    while True:
        work()
        count += 1
        elapsed = time.perf_counter() - start
        if elapsed >= seconds:
            return {"count": count, "seconds": elapsed}

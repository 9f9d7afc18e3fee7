"""Times a job and prints it as the line of JSON that `crates/pets-bench` prints."""

import json
import resource
import time


def measure(job, items, repeats, run):
    """Runs the job once without the clock, then `repeats` times with it."""
    run()
    before = resource.getrusage(resource.RUSAGE_SELF)
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - start)
    after = resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    measurement = {
        "job": job,
        "items": items,
        "seconds": seconds,
        "cpu_seconds": cpu / repeats,
        "peak_mib": after.ru_maxrss // 1024,
    }
    print(json.dumps(measurement), flush=True)

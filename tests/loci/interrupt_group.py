# SPDX-License-Identifier: MIT
"""The interrupt key ends a whole group: a creator, its loci, and theirs. usage: interrupt_group.py LOKO PROGRAM"""
import os, signal, subprocess, sys, time

def state(pid):
    try:
        return open("/proc/%d/stat" % pid).read().rsplit(")", 1)[1].split()[0]
    except OSError:
        return "gone"

creator = subprocess.Popen([sys.argv[1], "--program", sys.argv[2]], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, start_new_session=True,
                           preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler))
pids = [int(creator.stdout.readline()) for _ in range(4)]
os.killpg(creator.pid, signal.SIGINT)
status = creator.wait(timeout=60)
for _ in range(500):
    left = [pid for pid in pids if state(pid) not in ("gone", "Z", "X")]
    if not left:
        break
    time.sleep(0.02)
good = status != 0 and not left
print("1 passed, 0 failed" if good else "FAIL: status %d, left %s\n0 passed, 1 failed" % (status, left))

# SPDX-License-Identifier: MIT
# SIGTERM at random moments while a program writes consecutive numbers to a pipe that is read: all that arrives is in order, nothing comes twice, the last line may be
# cut; the status is 143. Then to one that is blocked in a read. Prints "N passed, N failed".
# usage: ending.py LOKO WRITER.sps
import os, random, signal, subprocess, sys, time

loko, source = sys.argv[1:3]
program = os.path.join(os.environ.get("TMPDIR", "/tmp"), "loko-ending-%d" % os.getpid())
subprocess.run([loko, "--compile", source, "--output", program], check=True)
failures = []

def end_while_writing(seconds):
    p = subprocess.Popen([program], stdout=subprocess.PIPE)
    fd, data = p.stdout.fileno(), os.read(p.stdout.fileno(), 65536)
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        data += os.read(fd, 65536)
    p.send_signal(signal.SIGTERM)
    while part := os.read(fd, 65536):
        data += part
    if p.wait() != 143:
        return "status %d" % p.returncode
    lines = data.split(b"\n")
    for i, line in enumerate(lines[:-1]):
        if line != b"%d" % (1000000 + i):
            return "line %d is %r" % (i, line[:40])
    return None if (b"%d" % (1000000 + len(lines) - 1)).startswith(lines[-1]) else "the last line is %r" % lines[-1]

def end_while_reading():
    p = subprocess.Popen([program, "read"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    os.read(p.stdout.fileno(), 10)
    time.sleep(0.05)
    p.send_signal(signal.SIGTERM)
    try:
        return None if p.wait(10) == 143 else "status %d" % p.returncode
    except subprocess.TimeoutExpired:
        p.kill()
        return "it does not end while it reads"

for i in range(60):
    failures.append(end_while_writing(random.random() * 0.004))
failures.append(end_while_reading())
os.unlink(program)
failures = [f for f in failures if f]
for f in failures[:3]:
    print("FAIL: SIGTERM:", f)
print("%d passed, %d failed" % (61 - len(failures), len(failures)))

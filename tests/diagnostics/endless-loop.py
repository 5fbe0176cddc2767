# SPDX-License-Identifier: MIT
# Drives the REPL on a pseudo-terminal: an endless loop is interrupted with control-C, the session goes on.
# Input is sent when the prompt is there.  usage: endless-loop.py LOKO
import os, pty, select, sys, time

pid, fd = pty.fork()
if pid == 0:
    os.environ['TERM'] = 'dumb'
    os.execv(sys.argv[1], ['loko'])
out = b''

def until(text, seconds=30):
    global out
    start, end = len(out), time.time() + seconds
    while text not in out[start:] and time.time() < end:
        if select.select([fd], [], [], 0.1)[0]:
            try:
                data = os.read(fd, 4096)
            except OSError:
                return
            if not data:
                return
            out += data

until(b'> ')
os.write(fd, b'(define kept 42)\n'); until(b'> ')
os.write(fd, b'(let loop () (loop))\n'); until(b'\n'); time.sleep(0.5)
os.write(fd, b'\x03'); until(b'> ')
os.write(fd, b'kept\n'); until(b'> '); time.sleep(0.5)
os.write(fd, b'\x03'); until(b'> ')
os.write(fd, b'(car kept)\n'); until(b'> ')
os.write(fd, b'\x04'); until(b'no more output', 3)
sys.stdout.write(out.decode().replace('\r', ''))
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))

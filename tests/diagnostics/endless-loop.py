# SPDX-License-Identifier: MIT
# Drives the REPL on a pseudo-terminal: an endless loop is interrupted with control-C, the session goes on.
# Input is sent when the prompt is there.  usage: endless-loop.py LOKO
import sys, time

sys.path.insert(0, '../support')
from terminal import Terminal

repl = Terminal(sys.argv[1], TERM='dumb')
repl.until(b'> ')
repl.send(b'(define kept 42)\n', b'> ')
repl.send(b'(let loop () (loop))\n', b'\n'); time.sleep(0.5)
repl.send(b'\x03', b'> ')
repl.send(b'kept\n', b'> '); time.sleep(0.5)
repl.send(b'\x03', b'> ')
repl.send(b'(car kept)\n', b'> ')
repl.send(b'\x04', b'no more output', 3)
sys.stdout.write(repl.out.decode().replace('\r', ''))
sys.exit(repl.status())

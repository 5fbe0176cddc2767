# SPDX-License-Identifier: MIT
#
# The REPL at a terminal while fibers run: they run while it waits for a line, and the interrupt key returns to the prompt
# whatever the main program waits for. usage: repl.py LOKO
import os, pty, select, sys, time

loko = sys.argv[1]
pid, fd = pty.fork()
if pid == 0:
    os.execv(loko, [loko])
passed = failed = 0


def expect(text, what):
    """Reads until the text has come, for at most a minute."""
    global passed, failed
    got, end = b"", time.time() + 60
    while text.encode() not in got and time.time() < end:
        if select.select([fd], [], [], 1)[0]:
            try:
                got += os.read(fd, 4096)
            except OSError:
                break
    if text.encode() in got:
        passed += 1
    else:
        failed += 1
        print("FAIL:", what, "; got:", got.decode(errors="replace"))


def enter(line):
    os.write(fd, line.encode() + b"\n")


expect("> ", "prompt")
enter("(import (loko system fibers))")
expect("> ", "import")
enter("(begin (spawn-fiber (lambda () (let loop ((i 0)) (loop (+ i 1))))) (display (list 1 'x 2)))")
expect("(1 x 2)", "a fiber in an endless loop")
enter("(begin (spawn-fiber (lambda () (sleep 0.01) (display (list 3 'woke)) (newline))) 'ok)")
expect("(3 woke)", "a fiber that wakes while the prompt waits")
for line in ["(let loop () (loop))", "(sleep 100000)", "(get-message (make-channel))",
             "(fiber-join (spawn-fiber (lambda () (let loop () (loop)))))"]:
    enter("(begin (display (list 'be 'gin)) (newline)" + line + ")")
    expect("(be gin)", line)
    time.sleep(0.05)
    os.write(fd, b"\x03")
    expect(";; interrupted", "interrupt of " + line)
enter("(display (list 4 'there))")
expect("(4 there)", "the REPL goes on")
enter("(spawn-fiber (lambda () (car '())) 'bad)")
expect("(bad)", "report of an uncaught condition")
enter("(exit)")
os.waitpid(pid, 0)
print(f"{passed} passed, {failed} failed")

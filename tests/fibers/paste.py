# SPDX-License-Identifier: MIT
#
# A megabyte pasted into a terminal while another fiber computes: lines come whole to a program that reads them, and forms to the
# REPL; the other fiber goes on. usage: paste.py LOKO [BYTES]
import os, pty, select, sys, tempfile, time, tty

loko, size = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1000000
passed = failed = 0


def check(name, good, what=""):
    global passed, failed
    if good:
        passed += 1
    else:
        failed += 1
        print("FAIL:", name, what)


def converse(arguments, text, end, raw):
    """Writes the text as fast as the terminal takes it, reads until `end` comes; what was read."""
    pid, fd = pty.fork()
    if pid == 0:
        os.execv(loko, [loko] + arguments)
    if raw:
        tty.setraw(fd)
    os.set_blocking(fd, False)
    got, deadline = b"", time.time() + 100
    while end not in got[-4000:] and time.time() < deadline:
        readable, writable, _ = select.select([fd], [fd] if text else [], [], 1)
        if writable:
            try:
                text = text[os.write(fd, text[:4096]):]
            except BlockingIOError:
                pass
        if readable:
            try:
                got += os.read(fd, 65536)
            except OSError:
                break
    os.kill(pid, 9)
    os.waitpid(pid, 0)
    os.close(fd)
    return got.decode(errors="replace")


lines, total = [], 0
i = 0
while total < size:
    lines.append("line %d %s" % (i, chr(97 + i % 26) * (i % 71)))
    total += len(lines[-1]) + 1
    i += 1
checksum = 0
for line in lines:
    for c in line:
        checksum = (checksum * 31 + ord(c)) % 1000003
program = """(import (rnrs) (loko system fibers))
(define turns 0)
(spawn-fiber (lambda () (let loop ((i 0)) (if (= (mod i 1000000) 0) (set! turns (+ turns 1))) (loop (+ i 1)))))
(let loop ((n 0) (sum 0))
  (let ((line (get-line (current-input-port))))
    (if (string=? line "the end")
        (begin (display (list n sum (> turns 0))) (newline) (display "done") (newline) (exit))
        (loop (+ n 1)
              (let add ((i 0) (sum sum))
                (if (= i (string-length line)) sum
                    (add (+ i 1) (mod (+ (* sum 31) (char->integer (string-ref line i))) 1000003))))))))
"""
with tempfile.NamedTemporaryFile("w", suffix=".sps") as f:
    f.write(program)
    f.flush()
    got = converse(["--program", f.name], ("\n".join(lines) + "\nthe end\n").encode(), b"done", True)
    check("lines to a program", "(%d %d #t)" % (len(lines), checksum) in got, got[-200:])

forms, total = ["(import (loko system fibers))", "(define sum 0)",
                "(spawn-fiber (lambda () (let loop ((i 0)) (loop (+ i 1)))))"], 0
count = 0
while total < size / 4:                       # each is compiled
    count += 1
    forms.append("(begin (set! sum (+ sum %d)) \"%s\")" % (count, "x" * 2000))
    total += len(forms[-1]) + 1
forms.append("(begin (display (list 'sum sum)) (newline) 'fini)")
got = converse(["--quiet"], ("\n".join(forms) + "\n").encode(), b"(sum %d)" % (count * (count + 1) // 2), False)
check("forms to the REPL", "(sum %d)" % (count * (count + 1) // 2) in got, got[-300:])
print(f"{passed} passed, {failed} failed")

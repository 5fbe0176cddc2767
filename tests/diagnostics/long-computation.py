# SPDX-License-Identifier: MIT
# Drives the REPL on a pseudo-terminal: products, quotients and the decimal text of huge integers are left at
# control-C long before they are done, and the session goes on.  usage: long-computation.py LOKO
# Prints a line for each.
import os, pty, select, sys, time

pid, fd = pty.fork()
if pid == 0:
    os.environ['TERM'] = 'dumb'
    os.execv(sys.argv[1], ['loko'])
out = b''

def until(text, seconds=40):
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
os.write(fd, b'(define a (expt 7 (expt 10 8)))\n'); until(b'> ')
for form in [b'(number->string a 10)', b'(exact-integer-sqrt (* a a a))', b'(quotient (* a a a) (+ a 1))',
             b'(expt 1+2i (expt 10 9))', b'(string->number (make-string 100000000 #\\7))']:
    at = len(out)
    os.write(fd, b'(begin ' + form + b' (quote done))\n'); until(b'\n'); time.sleep(0.2)
    os.write(fd, b'\x03'); until(b'\n> ')
    print(form.decode(), 'interrupted' if b'interrupted' in out[at:] and b'\ndone' not in out[at:] else out[at:])
at = len(out)
os.write(fd, b'(= (quotient a 7) (expt 7 (- (expt 10 8) 1)))\n'); until(b'\n> ')
print('then', b'#t' in out[at:])
os.write(fd, b'\x04'); until(b'no more output', 3)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))

# SPDX-License-Identifier: MIT
# Drives the REPL on a pseudo-terminal: products, quotients and the decimal text of huge integers are left at
# control-C long before they are done, and the session goes on.  usage: long-computation.py LOKO
# Prints a line for each.
import sys, time

sys.path.insert(0, '../support')
from terminal import Terminal

repl = Terminal(sys.argv[1], TERM='dumb')
repl.until(b'> ')
repl.send(b'(define a (expt 7 (expt 10 8)))\n', b'> ', 40)
for form in [b'(number->string a 10)', b'(exact-integer-sqrt (* a a a))', b'(quotient (* a a a) (+ a 1))',
             b'(expt 1+2i (expt 10 9))', b'(string->number (make-string 100000000 #\\7))']:
    at = len(repl.out)
    repl.send(b'(begin ' + form + b' (quote done))\n', b'\n'); time.sleep(0.2)
    repl.send(b'\x03', b'\n> ', 40)
    out = repl.out[at:]
    print(form.decode(), 'interrupted' if b'interrupted' in out and b'\ndone' not in out else out)
at = len(repl.out)
repl.send(b'(= (quotient a 7) (expt 7 (- (expt 10 8) 1)))\n', b'\n> ', 40)
print('then', b'#t' in repl.out[at:])
repl.send(b'\x04', b'no more output', 3)
sys.exit(repl.status())

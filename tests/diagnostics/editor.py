# SPDX-License-Identifier: MIT
# Drives the line editor of the REPL on a pseudo-terminal: each step sends keys and waits for a text in the output.
# usage: editor.py LOKO
import fcntl, os, pty, re, sys, tempfile, termios, time

sys.path.insert(0, '../support')
from terminal import Terminal

loko = os.path.abspath(sys.argv[1])
history = tempfile.mktemp()
passed = failed = 0


class Session(Terminal):
    def __init__(self, columns=80):
        super().__init__(loko, columns, without=['INSIDE_EMACS'], TERM='xterm', LOKO_HISTORY=history, NO_COLOR='1')
        self.until(b'> ')

    def step(self, name, keys, expected):
        """Sends keys; the expected text must come, then a new prompt."""
        global passed, failed
        self.out = b''
        for part in re.split('(?<=\t)', keys):
            os.write(self.fd, part.encode())
            time.sleep(0.05 if '\t' in part else 0)
        if self.until(expected.encode(), 20, 0):
            passed += 1
        else:
            failed += 1
            print('FAIL: %s: wanted %r in %r' % (name, expected, self.out.decode(errors='replace')[-300:]))
        end = time.time() + 5
        while self.read(0.1) and time.time() < end:
            pass

    def end(self):
        end = time.time() + 10
        while self.read(0.5) and time.time() < end:
            pass
        return self.status()


UP, DOWN, LEFT, RIGHT = '\x1b[A', '\x1b[B', '\x1b[D', '\x1b[C'
s = Session()
s.step('a line', '(+ 1000 1)\r', '\n1001')
s.step('left and insertion', '(list 1 3)' + LEFT * 2 + '2 \r', '\n(1 2 3)')
s.step('home, end', '+ 2000 2)\x01(\x05\r', '\n2002')
s.step('backspace, delete', '(list 1x\x7f 22)' + LEFT * 2 + '\x1b[3~\r', '\n(1 2')
s.step('close it', ')\r', '')
s.step('kill and yank', 'abc (list 5 5)\x01\x1bd\x05 \x15\x19\r', '\n(5 5)')
s.step('history', UP + UP + UP + '\x05\x7f 7)\r', '7)')
s.step('up and down', UP + UP + DOWN + DOWN + '(list 8 8)\r', '\n(8 8)')
s.step('search', '\x12 1000\r', '\n1001')
s.step('UTF-8', '(string-length "äλ漢")' + LEFT * 3 + 'ß\r', '\n4')
s.step('completion', '(string-leng\t "four")\r', '\n4')
s.step('choice of completions', '(string-app\t\t', 'string-append')
s.step('given up', '\x03', '> ')
s.step('two lines', '(list 1\r2)\r', '\n(1 2)')
s.step('a paste', '(define (f x)\n\t(if x\n\t\t1\n\t\t2))\n(list (f #t) (f #f))\n', '\n(1 2)')
s.step('transpose', '(lsit 3 3)\x01\x06\x06\x06\x14\r', '\n(3 3)')
s.step('unknown sequences', '\x1b[99;99R\x1b[Z\x1bq\x00(list 4 4)\r', '\n(4 4)')
s.step('bracket match', '(vector (car (list 1)))', '\x1b[')
s.step('enter', '\r', '#(1)')
s.step('an error', '(car 5)\r', 'expected a pair')
s.step('the session goes on', '(f #t)\r', '\n1')
s.step('interrupt', '(let loop () (loop))\r', '\n')
time.sleep(0.3)
s.step('interrupted', '\x03', 'interrupted')
for name, expression in (('a macro transformer', '(define-syntax m (lambda (x) (let loop () (loop))))\r(m)'),
                         ('a bignum computation', '(expt 7 (expt 10 9))'), ('a deep recursion', '(let f ((n 0)) (+ 1 (f n)))'),
                         ('sorting', '(list-sort (lambda (a b) (let loop () (loop))) (list 1 2))')):
    s.step(name, expression + '\r', '\n')
    time.sleep(0.5)
    s.step('interrupt in ' + name, '\x03', 'interrupted')
    s.step('afterwards', "(list 'still 'here)\r", '\n(still here)')
s.step('read a line of input', '(begin (display (get-line (current-input-port))) 77)\r', '\n')
s.step('the program reads', 'a line\r', 'a line77')
before = Session(40)
before.step('wrapped', '(string-length "' + 'x' * 100 + '")' + LEFT * 60 + 'y' * 5 + '\r', '\n105')
before.step('history of another session', '\x12list 4\r', '\n(4 4)')
os.write(before.fd, b'\x04')
status = before.end()
os.write(s.fd, b'(exit 7)\r')
status7 = s.end()
for name, good in (('end of file', status == 0), ('exit', status7 == 7),
                   ('history file', b'(list 4 4)' in open(history, 'rb').read())):
    passed += good
    failed += not good
    if not good:
        print('FAIL: ' + name)

# the terminal's settings while a program runs and after the end are what they were: asked in the session's shell
master, slave = pty.openpty()
settings = termios.tcgetattr(slave)
pid = os.fork()
if pid == 0:
    os.setsid()
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    for fd in (0, 1, 2):
        os.dup2(slave, fd)
    os.environ.update(TERM='xterm', LOKO_HISTORY='')
    os.execv(loko, ['loko'])
time.sleep(0.5)
raw = termios.tcgetattr(slave) != settings
os.write(master, b'(exit 3)\r')
os.waitpid(pid, 0)
good = raw and termios.tcgetattr(slave) == settings
passed += good
failed += not good
if not good:
    print('FAIL: settings of the terminal: raw while a line is edited %s, restored %s' % (raw, termios.tcgetattr(slave) == settings))
if os.path.exists(history):
    os.unlink(history)
print('%d passed, %d failed' % (passed, failed))
sys.exit(failed != 0)

#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Ports on a pseudo-terminal (terminal.sps). Prints "N passed, M failed".  usage: terminal.py LOKO
import os, subprocess, sys, tempfile, termios, tty

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'support'))
from terminal import Terminal

passed = failed = 0


def check(name, good, terminal):
    global passed, failed
    if good:
        passed += 1
    else:
        failed += 1
        print(f'FAIL: {name}: {terminal.out[-300:]!r}')


loko = os.path.abspath(sys.argv[1])
here = os.path.dirname(os.path.abspath(__file__))
with tempfile.TemporaryDirectory() as directory:
    program, ready, fifo = (os.path.join(directory, n) for n in ('program', 'ready', 'wait'))
    subprocess.run([loko, '--compile', os.path.join(here, 'terminal.sps'), '--output', program], check=True)
    os.mkfifo(fifo)
    t = Terminal(program, arguments=[directory])
    check('a prompt is flushed', t.until(b'name? '), t)
    check('a line', t.send(b'world\n', b'hello, world\r\n'), t)
    check('whole lines are written', t.until(b'whole line\r\n', since=0), t)
    with open(fifo, 'w') as f:   # opens when the program does, which has written all it is going to
        while t.read(0.1):
            pass
        check('the rest is held back', os.path.exists(ready) and b'held back' not in t.out, t)
        f.write('go\n')
    check('and written with the next line end', t.until(b'held back; shown\r\n', since=0), t)
    check('nothing to read', t.until(b'ready no\r\n', since=0), t)
    check('char-ready? when a line comes, and peeking', t.send(b'xyz\n', b'peeked x\r\n'), t)
    check('what was peeked is read', t.until(b'line xyz\r\n', since=0), t)
    check('prompt', t.until(b'first? ', since=0), t)
    check('end of file by ^D', t.send(b'\x04', b'got eof\r\nsecond? '), t)
    check('it is peeked and read', t.send(b'\x04', b'peeked eof, got eof\r\nthird? '), t)
    check('and reading goes on', t.send(b'more\n', b'got more\r\n'), t)
    check('^D in a line gives what is there', t.until(b'fourth? ', since=0) and t.send(b'(a\n b) tail\x04\n', b'got (a b) and  tail\r\n'), t)
    check('prompt for bytes', t.until(b'raw?', since=0), t)
    mode = termios.tcgetattr(t.fd)
    tty.setraw(t.fd)
    check('raw bytes', t.send(b'\xff\x00\x04\x03\r\n\x80', b'bytes 255 #vu8(0 4 3 13 10 128)'), t)
    check('prompt for text', t.until(b'text?', since=0), t)
    check('damaged text', t.send(b'a\xff\xce\xbb\xe2\x82b', b'codes (97 65533 955 65533 98)'), t)
    termios.tcsetattr(t.fd, termios.TCSANOW, mode)
    check('much output', t.until(b'x' * 20000 + b'end', since=0), t)
    check('the last words are written at exit', t.until(b'bye', since=0), t)
    while t.read(1):
        pass
    check('status', t.status() == 0, t)
print(f'{passed} passed, {failed} failed')
sys.exit(failed != 0)

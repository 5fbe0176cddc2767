#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# A terminal that is hung up while a program reads from it or writes to it, and signals that end programs: what was written is flushed, a clean
# end of file or a condition comes, nobody spins. Prints "N passed, M failed".  usage: hangup.py LOKO
import os, resource, signal, subprocess, sys, tempfile, time, pty, select

passed = failed = 0


def check(name, good, shown=''):
    global passed, failed
    if good:
        passed += 1
    else:
        failed += 1
        print(f'FAIL: {name}: {shown!r}')


def on_terminal(arguments, ignored):
    """The process, and the terminal's other side."""
    pid, fd = pty.fork()
    if pid == 0:
        signal.signal(signal.SIGHUP, signal.SIG_IGN if ignored else signal.SIG_DFL)
        os.execv(arguments[0], arguments)
    return pid, fd


def until(fd, text):
    out, end = b'', time.time() + 60
    while text not in out and time.time() < end:
        if select.select([fd], [], [], 0.1)[0]:
            out += os.read(fd, 65536)
    return text in out


def ended(pid, seconds=60):
    """The status, or None after the time; and the seconds of CPU."""
    end = time.time() + seconds
    while time.time() < end:
        done, status, usage = os.wait4(pid, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status), usage.ru_utime + usage.ru_stime
        time.sleep(0.02)
    os.kill(pid, signal.SIGKILL)
    _, _, usage = os.wait4(pid, 0)
    return None, usage.ru_utime + usage.ru_stime


def said(file):
    try:
        with open(file) as f:
            return f.read()
    except FileNotFoundError:
        return None


loko = os.path.abspath(sys.argv[1])
here = os.path.dirname(os.path.abspath(__file__))
with tempfile.TemporaryDirectory() as directory:
    program = os.path.join(directory, 'program')
    subprocess.run([loko, '--compile', os.path.join(here, 'hangup.sps'), '--output', program], check=True)

    def hang_up(mode, ignored):
        file = os.path.join(directory, f'{mode}-{ignored}')
        pid, fd = on_terminal([program, mode, file], ignored)
        ready = until(fd, b'ready')
        if mode == 'write':
            os.write(fd, b'go\n')
            until(fd, b'more')
        os.close(fd)
        return ready, ended(pid), said(file)

    # a process that ignores the hang-up, as under nohup
    for mode, answers in (('read', ('eof', '"input/output error"')), ('bytes', ('eof', '"input/output error"')), ('write', ('"input/output error"',))):
        ready, (status, cpu), answer = hang_up(mode, True)
        check(f'{mode}, ignored', ready and answer in answers, answer)
        check(f'{mode}, ignored: ends', status is not None and cpu < 5, (status, cpu))
    # the others end by it, with the status of the signal, or 70 if what is left could not be written
    for mode in ('read', 'write', 'die'):
        ready, (status, cpu), answer = hang_up(mode, False)
        check(f'{mode}: ends by the signal or sees it', ready and status in (128 + signal.SIGHUP, -signal.SIGHUP, 0, 3, 70), (status, answer))
        check(f'{mode}: without spinning', cpu < 5, cpu)
    # the REPL
    for ignored in (True, False):
        pid, fd = on_terminal([loko, '--quiet'], ignored)
        time.sleep(0.3)
        os.write(fd, b'(list 1 2)\n')
        ready = until(fd, b'(1 2)')
        os.close(fd)
        status, cpu = ended(pid)
        check(f'REPL, ignored: {ignored}', ready and status is not None and cpu < 5, (ready, status, cpu))

    # signals: what is in the buffers of standard output and of files is written, then the signal's status
    source = os.path.join(directory, 'signal.sps')
    with open(source, 'w') as f:
        f.write('''(import (rnrs))
(define p (open-file-output-port (cadr (command-line)) (file-options) (buffer-mode block) (native-transcoder)))
(put-string p "in a file")
(display "partial")
(call-with-output-file (caddr (command-line)) (lambda (p) (display "ready" p)))
(get-char (current-input-port))
''')
    subprocess.run([loko, '--compile', source, '--output', program], check=True)
    for s in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        file, ready = (os.path.join(directory, f'{s.name}-{n}') for n in 'ab')
        p = subprocess.Popen([program, file, ready], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        end = time.time() + 60
        while said(ready) != 'ready' and time.time() < end:
            time.sleep(0.02)
        p.send_signal(s)
        try:
            status = p.wait(60)
        except subprocess.TimeoutExpired:
            status = None
            p.kill()
        out, err = p.stdout.read(), p.stderr.read()
        check(f'{s.name}: standard output', out == b'partial', (out, err))
        check(f'{s.name}: file', said(file) == 'in a file', said(file))
        check(f'{s.name}: status', status in (128 + s, -s), (status, err))
print(f'{passed} passed, {failed} failed')
sys.exit(failed != 0)

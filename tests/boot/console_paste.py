#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Pastes lines into the console of an emulated PC whose program reads them beside a fiber that computes, and checks that all
arrive in order; then presses the interrupt key in the middle of a long computation, which ends the program.
usage: console_paste.py BYTES KERNEL    The kernel says "ready", after the line "end" it gives the number of characters and
their checksum, then it computes for ever."""
import os, socket, subprocess, sys, tempfile, threading

count, kernel = int(sys.argv[1]), sys.argv[2]
lines, size = [], 0
while size < count:
    line = ''.join(chr(33 + (len(lines) * 7 + i * i) % 90) for i in range(len(lines) % 120))
    lines.append(line)
    size += len(line) + 1
checksum = 0
for line in lines:
    for c in line:
        checksum = (checksum * 31 + ord(c)) % 1000003
wanted = '%d %d' % (sum(map(len, lines)), checksum)
path = os.path.join(tempfile.mkdtemp(), 'serial')
listener = socket.socket(socket.AF_UNIX)
listener.bind(path)
listener.listen(1)
qemu = subprocess.Popen(['qemu-system-x86_64', '-m', '256', '-display', 'none', '-no-reboot', '-serial', 'unix:' + path,
                         '-device', 'isa-debug-exit,iobase=0xf4,iosize=0x04', '-kernel', kernel, '-append', 'CONSOLE=debug'],
                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
port, _ = listener.accept()
port.settimeout(100)
got = b''


def wait_for(text):
    global got
    while text not in got:
        piece = port.recv(65536)
        if not piece:
            raise ConnectionError('the line has ended')
        got += piece


try:
    wait_for(b'ready')
    data = ''.join(line + '\r' for line in lines) + 'end\r'
    threading.Thread(target=lambda: port.sendall(data.encode()), daemon=True).start()
    wait_for(b'computing')
    port.sendall(b'\x03')
    while port.recv(65536):
        pass
    status = qemu.wait(30)
except (socket.timeout, ConnectionError) as problem:
    print(problem)
    qemu.kill()
    status = None
text = got.decode(errors='replace')
good = status == (2 * 130 + 1) % 256 and wanted in text
if not good:
    print('wanted %s and status 5, got status %s and %s' % (wanted, status, text[-200:]))
sys.exit(0 if good else 1)

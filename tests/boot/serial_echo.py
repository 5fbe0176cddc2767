#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Sends bytes to the second serial port of an emulated PC and checks that they come back, all and in order.
usage: serial_echo.py BYTES KERNEL QEMU_ARGUMENT...      The kernel writes "ready" there first."""
import os, socket, subprocess, sys, tempfile, threading

count, kernel = int(sys.argv[1]), sys.argv[2]
data = bytes((i * 7919 + (i >> 8)) & 255 for i in range(count))
path = os.path.join(tempfile.mkdtemp(), 'serial')
listener = socket.socket(socket.AF_UNIX)
listener.bind(path)
listener.listen(1)
qemu = subprocess.Popen(['qemu-system-x86_64', '-m', '128', '-display', 'none', '-no-reboot', '-serial', 'null',
                         '-serial', 'unix:' + path, '-device', 'isa-debug-exit,iobase=0xf4,iosize=0x04',
                         '-kernel', kernel, '-append', '-- %d' % count] + sys.argv[3:], stdin=subprocess.DEVNULL)
port, _ = listener.accept()
port.settimeout(60)
got = b''
try:
    while not got.startswith(b'ready'):
        got += port.recv(5 - len(got))
    got = b''
    threading.Thread(target=lambda: port.sendall(data), daemon=True).start()
    while len(got) < count:
        piece = port.recv(65536)
        if not piece:
            break
        got += piece
except (socket.timeout, ConnectionError) as problem:
    print(problem)
status = qemu.wait(30) if got == data else qemu.kill()
same = next((i for i in range(min(len(got), count)) if got[i] != data[i]), min(len(got), count))
print('%d of %d bytes came back, the first %d as they were sent' % (len(got), count, same))
sys.exit(0 if got == data else 1)

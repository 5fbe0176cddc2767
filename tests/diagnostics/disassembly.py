# SPDX-License-Identifier: MIT
# Disassembles many procedures of the library and compares lengths and mnemonics with objdump's. usage: disassembly.py LOKO
import os, re, subprocess, sys, tempfile

PROGRAM = '''
(define (sample a b v s) (let loop ((i 0) (x 1.5)) (if (fx<? i (vector-length v))
  (loop (fx+ i 1) (fl+ (fl* x 0.5) (flsqrt (fl- 2.0 x)))) (list x (string-ref s i) (fxdiv a b) (flround x) (fxarithmetic-shift a b)))))
(disassemble sample)
(for-each (lambda (name) (guard (c (#t #f)) (let ((v (eval name (interaction-environment)))) (if (procedure? v) (disassemble v)))))
  (environment-symbols (interaction-environment)))
'''
CONDITIONS = {'z': 'e', 'nz': 'ne', 'nb': 'ae', 'nbe': 'a', 'nl': 'ge', 'nle': 'g'}


def expected(mnemonic):
    """objdump's name for one of ours."""
    for prefix in ('set', 'cmov', 'j'):
        rest = mnemonic[len(prefix):]
        if mnemonic.startswith(prefix) and rest in CONDITIONS:
            return prefix + CONDITIONS[rest]
    return {'frame': 'nop', 'cmpsd': 'cmp'}.get(mnemonic, mnemonic)


out = subprocess.run([sys.argv[1], '--quiet'], input=PROGRAM, capture_output=True, text=True, timeout=120).stdout
ours, code = [], bytearray()
for line in out.splitlines():
    m = re.match(r'   [0-9A-F]+ ([0-9A-F]+) +\((\S+?)[ )]', line)
    if m:
        data = bytes.fromhex(m.group(1))
        ours.append((len(code), m.group(2)))
        code += data + bytes(4 if m.group(2) == 'frame' else 0)
with tempfile.NamedTemporaryFile(delete=False) as f:
    f.write(code)
theirs = {}
listing = subprocess.run(['objdump', '-D', '-b', 'binary', '-mi386:x86-64', '-Mintel', '-w', f.name], capture_output=True, text=True).stdout
os.unlink(f.name)
for line in listing.splitlines():
    m = re.match(r' *([0-9a-f]+):\t[0-9a-f ]+\t(\S+)', line)
    if m:
        theirs[int(m.group(1), 16)] = m.group(2)
wrong = 0
for offset, mnemonic in ours:
    got, want = expected(mnemonic), theirs.get(offset, 'nothing')
    if not (want == got or want == got + 'abs' or (got == 'cmp' and want.startswith('cmp'))):
        wrong += 1
        if wrong <= 10:
            print('at %x: %s, but objdump says %s' % (offset, mnemonic, want))
print('%d instructions, %d wrong' % (len(ours), wrong))
sys.exit(wrong != 0 or len(ours) < 10000 or len(ours) != len(theirs))

# SPDX-License-Identifier: MIT
#
# gdb commands for processes of Loko Scheme (layout: src/tables/abi.h).
#   source tools/gdb/loko-gdb.py
#   scheme EXPR        print a Scheme value, e.g.  scheme $rax   (honours `set print elements`)
#   scheme-backtrace   frames of the Scheme stack, from $rsp in compiled code and from the context in the runtime
# Only memory is read: no function of the process is called.
import struct
import gdb

CONTEXT = 0x10000000
SCHEME_SP, STACK_BASE = 32, 40
IMAGE_CODE, IMAGE_DATA, RUN_CODE, LOW_END = 0x14000000, 0x2c000000, 0x51000000, 0x58000000
SYMBOL, CODE_INFO = 3, 0x1d
VECTOR, STRING1, BYTEVECTOR, STRING_WIDE = 1, 2, 5, 0x0a  # those and STRING4; + 0x10: immutable


def word(address):
    data = gdb.selected_inferior().read_memory(address, 8)
    return struct.unpack('<Q', bytes(data))[0]


def half(address):
    data = gdb.selected_inferior().read_memory(address, 4)
    return struct.unpack('<I', bytes(data))[0]


def signed(n):
    return n - (1 << 64) if n >> 63 else n


def limit():
    n = gdb.parameter('print elements')
    return n if n else 1 << 30


def is_code(address):
    return IMAGE_CODE <= address < IMAGE_DATA or RUN_CODE <= address < LOW_END


def flonum(bits):
    n = (bits >> 4 | bits << 60) & (1 << 64) - 1
    n = (n - 0x1010000000000000) & (1 << 64) - 1
    return repr(struct.unpack('<d', struct.pack('<Q', n))[0])


IMMEDIATES = {0x02: '#f', 0x0a: '#t', 0x12: '()', 0x1a: '#!eof', 0x32: '#<unbound>', 0x3a: '#!default',
              0x42: '#<raise>', 0x4a: '#<deleted>'}


def text(header, address):
    kind, n = header & 0x1f, header >> 8
    if kind == STRING_WIDE:
        wide = word(address + 8) & ~7
        return text(word(wide), wide)
    m = min(n, limit())
    data = bytes(gdb.selected_inferior().read_memory(address + 8, m * (1 if kind & 15 == STRING1 else 4))) if m else b''
    s = data.decode('latin-1' if kind & 15 == STRING1 else 'utf-32-le', 'replace')
    return s + ('...' if m < n else '')


def show(bits, depth=6):
    """The external form of a value."""
    tag = bits & 7
    if tag == 0:
        return str(signed(bits) >> 3)
    if tag in (1, 4, 5):
        return flonum(bits)
    if tag == 2:
        if bits & 0xff == 0x22:
            return '#\\x%x' % (bits >> 8)
        if bits & 0xff == 0x2a:
            return '#<void>'
        return IMMEDIATES.get(bits, '#<immediate %#x>' % bits)
    if depth == 0:
        return '...'
    address = bits & ~7
    try:
        if tag == 3:
            return show_list(bits, depth)
        if tag == 6:
            return '#<procedure %s>' % (code_name(word(address)) or hex(word(address)))
        return show_typed(word(address), address, depth)
    except gdb.MemoryError:
        return '#<bad reference %#x>' % bits


def show_list(bits, depth):
    parts, count = [], 0
    while bits & 7 == 3 and count < limit():
        parts.append(show(word(bits - 3), depth - 1))
        bits = word(bits + 5)
        count += 1
    if bits & 7 == 3:
        parts.append('...')
    elif bits != 0x12:
        parts += ['.', show(bits, depth - 1)]
    return '(' + ' '.join(parts) + ')'


def elements(address, n, depth):
    m = min(n, limit())
    parts = [show(word(address + 8 * i), depth - 1) for i in range(m)]
    return ' '.join(parts + (['...'] if m < n else []))


def show_typed(header, address, depth):
    if header & 7 == 7:  # a record: the header is its rtd, whose fields begin size, name
        rtd = header & ~7
        return '#[%s %s]' % (show(word(rtd + 16), 1), elements(address + 8, signed(word(rtd + 8)) >> 3, depth))
    kind, n = header & 0x1f, header >> 8
    if kind & 15 == VECTOR:
        return '#(' + elements(address + 8, n, depth) + ')'
    if kind & 3 == STRING1:
        return '"' + text(header, address) + '"'
    if kind & 15 == BYTEVECTOR:
        m = min(n, limit())
        data = bytes(gdb.selected_inferior().read_memory(address + 8, m)) if m else b''
        return '#vu8(' + ' '.join(map(str, data)) + (' ...' if m < n else '') + ')'
    if kind == SYMBOL:
        name = word(address + 16) & ~7
        return text(word(name), name)
    if kind == 8:
        value = sum(word(address + 8 + 8 * i) << 64 * i for i in range(n))
        return str(-value if header & 0x20 else value)
    if kind == 9:
        return show(word(address + 8), depth) + '/' + show(word(address + 16), depth)
    if kind == 0x0b:
        return repr(struct.unpack('<d', struct.pack('<Q', word(address + 8)))[0])
    if kind == 0x0c:
        return '#&' + show(word(address + 8), depth - 1)
    names = {0x0d: 'complex', 0x04: 'continuation', 0x10: 'weak-pair', 0x13: 'ephemeron', 0x14: 'guardian', 0x19: 'syntax',
             0x1c: 'handle', CODE_INFO: 'code-information'}
    return '#<%s %#x>' % (names.get(kind, 'object of kind %d' % kind), address)


def info_fields(slot):
    """Name, file and line of the code information in a slot, or None."""
    if not slot:
        return None
    info = word(slot)
    address = info & ~7
    if info & 7 != 7 or word(address) & 0x1f != CODE_INFO:
        return None
    name, file, line = word(address + 8), word(address + 16), word(address + 24)
    return (None if name == 2 else show(name), None if file == 2 else show(file).strip('"'), line >> 3)


def code_name(entry):
    if not is_code(entry):
        return None
    fields = info_fields(half(entry - 16))
    return fields[0] if fields else None


class SchemeCommand(gdb.Command):
    """Print a Scheme value: scheme EXPR"""

    def __init__(self):
        super().__init__('scheme', gdb.COMMAND_DATA)

    def invoke(self, argument, from_tty):
        value = gdb.parse_and_eval(argument)
        print(show(int(value.cast(gdb.lookup_type('unsigned long long')))))


class SchemeBacktrace(gdb.Command):
    """Print the frames of the Scheme stack, innermost first."""

    def __init__(self):
        super().__init__('scheme-backtrace', gdb.COMMAND_STACK)

    def invoke(self, argument, from_tty):
        base = word(CONTEXT + STACK_BASE)
        sp = word(CONTEXT + SCHEME_SP)
        here = int(gdb.parse_and_eval('(unsigned long long)$rsp'))
        pc = int(gdb.parse_and_eval('(unsigned long long)$pc'))
        if is_code(pc):  # the frame of the running procedure has no descriptor here: find the next return address
            sp = here
            while sp < base and not self.returns_to(word(sp)):
                sp += 8
        count = 0
        while sp < base and count < limit():
            address = word(sp)
            if not self.returns_to(address) and not self.descriptor(address):
                print('#%d  %#x (no descriptor)' % (count, address))
                return
            d = half(address + 3)
            fields = info_fields(half(d + 8)) or (None, None, 0)
            place = half(d + 12)
            where = '%s:%d:%d' % (fields[1], place >> 10, place & 1023) if fields[1] and place else fields[1] or ''
            print('#%d  %#x %s %s' % (count, address, fields[0] or '(anonymous)', where))
            sp += 8 * (1 + half(d + 4))
            count += 1

    @staticmethod
    def descriptor(address):
        try:
            return bytes(gdb.selected_inferior().read_memory(address, 3)) == b'\x0f\x1f\x80'
        except gdb.MemoryError:
            return False

    def returns_to(self, address):
        return is_code(address) and self.descriptor(address)


SchemeCommand()
SchemeBacktrace()

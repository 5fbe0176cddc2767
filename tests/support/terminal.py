# SPDX-License-Identifier: MIT
# A REPL on a pseudo-terminal, as a user has it.
import fcntl, os, pty, select, struct, termios, time


class Terminal:
    """Runs loko, or another program, with changes to the environment; `out` is what it has written (bytes)."""

    def __init__(self, loko, columns=80, without=(), arguments=(), **environment):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.environ.update(environment)
            for name in without:
                os.environ.pop(name, None)
            os.execv(loko, ['loko', *arguments])
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack('HHHH', 24, columns, 0, 0))
        self.out = b''

    def read(self, seconds):
        """Takes what is written within the time; whether there was anything, None at the end."""
        if not select.select([self.fd], [], [], seconds)[0]:
            return False
        try:
            data = os.read(self.fd, 65536)
        except OSError:
            return None
        self.out += data
        return True if data else None

    def until(self, text, seconds=30, since=None):
        """Reads until the text comes, by default after what was read before; whether it came."""
        start, end = len(self.out) if since is None else since, time.time() + seconds
        while text not in self.out[start:] and time.time() < end:
            if self.read(0.1) is None:
                break
        return text in self.out[start:]

    def send(self, keys, text=None, seconds=30):
        """Types, and waits for a text in what is written from then on."""
        start = len(self.out)
        os.write(self.fd, keys)
        return text is None or self.until(text, seconds, start)

    def status(self):
        """The exit status, once the process has ended."""
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])

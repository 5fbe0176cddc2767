# SPDX-License-Identifier: MIT
"""The Scheme systems that compare.py measures: how each compiles an R7RS program, in safe mode, and runs it."""
import os, re, resource, shutil, subprocess, sys, tempfile, time

HERE = os.path.dirname(os.path.abspath(__file__))
FRAME = '(report-statistics)\n'


class Run:
    """One finished process: CPU and wall seconds, peak memory in KB, page faults, output."""

    def __init__(self, command, stdin, cwd, limit, env=None):
        out = tempfile.TemporaryFile()
        start = time.monotonic()
        process = subprocess.Popen(command, stdin=stdin, stdout=out, stderr=subprocess.STDOUT, cwd=cwd, env=env,
                                   preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (limit, limit)))
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = status
        self.wall = time.monotonic() - start
        self.cpu = usage.ru_utime + usage.ru_stime
        self.memory, self.faults = usage.ru_maxrss, usage.ru_minflt
        self.status = status
        out.seek(0)
        self.output = out.read().decode('utf-8', 'replace')

    def ok(self):
        return self.status == 0 and '+!CSVLINE!+' in self.output and 'INCORRECT' not in self.output

    def statistic(self, index):
        found = re.search(r'\+!STATS!\+(\d+),(\d+)', self.output)
        return found.group(index) if found else ''


class Peer:
    """How one system compiles a program (text → command to run it)."""

    def __init__(self, name, work):
        self.name, self.work = name, os.path.join(work, name)
        os.makedirs(self.work, exist_ok=True)
        self.base = 0.0

    def prepare(self, name, text):
        """Compiles; the command that runs the program, or None."""
        path = os.path.join(self.work, name + '.scm')
        with open(path, 'w') as f:
            f.write(self.prelude() + text)
        start = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = self.compile(path, path[:-4])
        end = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.compile_seconds = end.ru_utime + end.ru_stime - start.ru_utime - start.ru_stime
        return done

    def call(self, *command, text=None, **more):
        done = subprocess.run(command, input=text, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=600, **more)
        if done.returncode and os.environ.get('BENCH_DEBUG'):
            print(done.stdout, file=sys.stderr)
        return done.returncode == 0

    def prelude_file(self):
        with open(os.path.join(HERE, 'peers', self.name + '.scm')) as f:
            return f.read()


IMPORT = r'^\(import ((?:\([^()]*(?:\([^()]*\)[^()]*)*\)\s*)+)\)'


def one_import(path, definitions=''):
    """Makes one import form of all in a program, with definitions after it."""
    with open(path) as f:
        text = f.read()
    sets = ' '.join(re.findall(IMPORT, text, re.M))
    with open(path, 'w') as f:
        f.write('(import %s)\n%s%s' % (sets, definitions, re.sub(IMPORT, '', text, flags=re.M)))


class Loko(Peer):
    program = None

    def prelude(self):
        return '(import (only (loko) bytes-allocated collections))\n'

    def compile(self, path, out):
        one_import(path, '(define (this-scheme-implementation-name) "loko")\n'
                   '(define (report-statistics) (display "+!STATS!+") (display (bytes-allocated)) (display ",") '
                   '(display (collections)) (newline))\n')
        return [out] if self.call(self.program, '-std=r7rs', *self.flags, '--compile', path, '--output', out) else None

    flags = []


class Unchecked(Loko):
    """The same compiler without checks of operands: what these cost."""
    flags = ['--without-checks']


class Chez(Peer):
    program = shutil.which('chezscheme') or shutil.which('scheme')

    def prelude(self):
        return '(import (only (scheme peer) this-scheme-implementation-name report-statistics))\n'

    def compile(self, path, out):
        one_import(path)
        libraries = os.path.join(self.work, 'libraries')
        if not os.path.isdir(libraries):
            shutil.copytree(os.path.join(HERE, 'peers', 'chez'), libraries)
        program = ('(optimize-level 2) (compile-imported-libraries #t) (library-directories "%s") '
                   '(compile-program "%s" "%s.so")' % (libraries, path, out))
        if not self.call(self.program, '-q', '--libdirs', libraries, text=program) or not os.path.exists(out + '.so'):
            return None
        return [self.program, '--libdirs', libraries, '--program', out + '.so']


class Guile(Peer):
    program = shutil.which('guild')

    def prelude(self):
        return self.prelude_file()

    def compile(self, path, out):
        if not self.call(self.program, 'compile', '-O3', '--r7rs', path, '-o', out + '.go'):
            return None
        return ['env', 'GC_INITIAL_HEAP_SIZE=100000000', 'guile', '--r7rs', '-c', '(load-compiled "%s.go")' % out]


def without_imports(path):
    with open(path) as f:
        text = f.read()
    with open(path, 'w') as f:
        f.write(re.sub(r'^\(import \(scheme [^\n]*(?:\n +\([^\n]*)*', '', text, flags=re.M))


class ToExecutable(Peer):
    """Compiles programs without imports to executables."""

    def prelude(self):
        return self.prelude_file()

    def compile(self, path, out):
        without_imports(path)
        return [out] if self.call(self.program, *self.flags, '-o', out, path) else None


class Racket(Peer):
    """Racket's R6RS under the names of R7RS, as a module language."""
    program = shutil.which('raco')

    def prelude(self):
        return ''

    def compile(self, path, out):
        with open(path) as f:
            text = re.sub(IMPORT, '', f.read(), flags=re.M)
        with open(out + '.rkt', 'w') as f:
            f.write('(module program peer/language\n%s\n)\n' % text)
        environment = ['env', 'PLTCOLLECTS=%s:' % os.path.join(HERE, 'peers', 'racket'),
                       'PLTCOMPILEDROOTS=%s:' % os.path.join(self.work, 'compiled')]
        if not self.call(*environment, self.program, 'make', out + '.rkt'):
            return None
        return environment + ['racket', out + '.rkt']


class MIT(Peer):
    program = shutil.which('mit-scheme')

    def prelude(self):
        return self.prelude_file()

    def compile(self, path, out):
        one_import(path, self.prelude_file())
        if not self.call(self.program, '--quiet', '--heap', '100000', '--eval', '(begin (cf "%s") (exit 0))' % path):
            return None
        return [self.program, '--quiet', '--heap', '400000', '--load', out + '.com', '--eval', '(exit 0)']


class Gambit(ToExecutable):
    program = shutil.which('gsc')
    flags = ['-exe']


class Chicken(ToExecutable):
    program = shutil.which('csc')
    flags = ['-O3', '-block']


PEERS = {'loko': Loko, 'unchecked': Unchecked, 'chez': Chez, 'guile': Guile, 'gambit': Gambit, 'racket': Racket, 'chicken': Chicken, 'mit': MIT}

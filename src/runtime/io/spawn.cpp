// SPDX-License-Identifier: MIT
//
// Starting a program: vfork and execve. The child runs on this stack while the parent is stopped, so it may only make
// system calls, and what it stores in `failure` is seen by the parent.
#include "os/platform.h"
#include "runtime/memory/heap.h"

namespace loko {

namespace {

constexpr u64 kDupCloexec = 1030;  // F_DUPFD_CLOEXEC
constexpr int kSignals = 64;

struct Plan {
  const u8* path;
  u8** arguments;
  u8** environment;
  const u8* directory;  // or null
  u64 standard[3];      // descriptors that become 0, 1, 2
  volatile i64 failure;
};

/// A null-terminated array of the addresses of a list's bytevectors, in a fresh bytevector; #f if it is no such list.
Value pointers(Value list) {
  u64 n = 0;
  for (Value l = list; is_pair(l); l = cdr(l), ++n)
    if (!is_bytevector(car(l)) || length_of(car(l)) == 0 || bytes_of(car(l))[length_of(car(l)) - 1] != 0) return False;
  Value array = make_bytevector(8 * (n + 1));
  u8** to = reinterpret_cast<u8**>(bytes_of(array));
  for (Value l = list; is_pair(l); l = cdr(l)) *to++ = bytes_of(car(l));
  return array;
}

bool prepare_child(const Plan* plan) {
  struct { u64 handler, flags, restorer, mask; } action{};
  for (int signal = 1; signal <= kSignals; ++signal)  // handlers would go by themselves; ignored ones must be reset
    os::system_call(os::kSysRtSigaction, static_cast<u64>(signal), reinterpret_cast<u64>(&action), 0, 8);
  u64 none = 0;
  os::system_call(os::kSysRtSigprocmask, 2, reinterpret_cast<u64>(&none), 0, 8);
  u64 high[3];
  for (int i = 0; i < 3; ++i) {
    i64 fd = os::system_call(os::kSysFcntl, plan->standard[i], kDupCloexec, 10);
    if (fd < 0) return const_cast<Plan*>(plan)->failure = fd, false;
    high[i] = static_cast<u64>(fd);
  }
  for (u64 i = 0; i < 3; ++i) os::system_call(os::kSysDup2, high[i], i);
  if (plan->directory) {
    i64 r = os::system_call(os::kSysChdir, reinterpret_cast<u64>(plan->directory));
    if (r < 0) return const_cast<Plan*>(plan)->failure = r, false;
  }
  return true;
}

[[noreturn, gnu::noinline]] void run_child(Plan* plan) {
  if (prepare_child(plan))
    plan->failure = os::system_call(os::kSysExecve, reinterpret_cast<u64>(plan->path), reinterpret_cast<u64>(plan->arguments),
                                    reinterpret_cast<u64>(plan->environment));
  for (;;) os::system_call(os::kSysExit, 127);
}

[[gnu::noinline]] i64 start(Plan* plan) {
  i64 pid = os::system_call(os::kSysVfork);
  if (pid == 0) run_child(plan);
  return pid;
}

}  // namespace

/// (%os-spawn path arguments environment directory descriptors): path and the elements of the two lists end with NUL; directory
/// is such a bytevector or #f; descriptors is a list of three that become the child's 0, 1, 2. The child's number, or the
/// negative error number.
Value os_spawn(Value path, Value arguments, Value environment, Value directory, Value descriptors) {
  if (!is_bytevector(path)) return raise_assertion("%os-spawn", "expected a path", path);
  if (directory != False && !is_bytevector(directory)) return raise_assertion("%os-spawn", "expected a path", directory);
  Value argv = pointers(arguments), envp = pointers(environment);
  if (argv == False || envp == False) return raise_assertion("%os-spawn", "expected a list of bytevectors", arguments);
  Plan plan{bytes_of(path), reinterpret_cast<u8**>(bytes_of(argv)), reinterpret_cast<u8**>(bytes_of(envp)),
            directory == False ? nullptr : bytes_of(directory), {}, 0};
  for (u64& fd : plan.standard) {
    if (!is_pair(descriptors) || !is_fixnum(car(descriptors))) return raise_assertion("%os-spawn", "expected three descriptors", descriptors);
    fd = static_cast<u64>(fixnum_value(car(descriptors)));
    descriptors = cdr(descriptors);
  }
  u64 all = ~u64{0}, old = 0;  // no handler may run in the child
  os::system_call(os::kSysRtSigprocmask, 0, reinterpret_cast<u64>(&all), reinterpret_cast<u64>(&old), 8);
  i64 pid = start(&plan);
  os::system_call(os::kSysRtSigprocmask, 2, reinterpret_cast<u64>(&old), 0, 8);
  if (pid > 0 && plan.failure) {
    int status = 0;
    os::system_call(os::kSysWait4, static_cast<u64>(pid), reinterpret_cast<u64>(&status), 0, 0);
    return fixnum(plan.failure);
  }
  return fixnum(pid);
}

}  // namespace loko

// SPDX-License-Identifier: MIT
//
// The Linux system call interface as Scheme libraries: (loko arch amd64 linux-numbers) and linux-syscalls, from the kernel's
// headers. Input: the macros that the preprocessor knows after including them (c++ -dM -E tools/linux/headers.h). Those with
// the prefixes below whose value is an integer constant expression become constants; __NR_name also becomes (sys_name …).
// usage: linux_uapi MACROS NUMBERS_SLS SYSCALLS_SLS
#include <cctype>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <optional>
#include <string>

namespace {

std::map<std::string, std::string> macros;

/// Evaluates C integer constant expressions: || && | ^ & == != < > <= >= << >> + - * / % unary - ~ ! ( ) numbers macros.
class Evaluator {
 public:
  explicit Evaluator(const std::string& text, int depth) : p_(text.c_str()), depth_(depth) {}

  std::optional<int64_t> run() {
    int64_t v = binary(0);
    skip();
    if (failed_ || *p_) return std::nullopt;
    return v;
  }

 private:
  struct Operator {
    const char* text;
    int precedence;
  };

  void skip() {
    while (isspace(static_cast<unsigned char>(*p_))) ++p_;
  }
  bool take(const char* s) {
    skip();
    size_t n = 0;
    while (s[n]) ++n;
    if (std::string(p_).compare(0, n, s) != 0) return false;
    p_ += n;
    return true;
  }
  int64_t fail() {
    failed_ = true;
    return 0;
  }

  int64_t binary(int least) {
    static constexpr Operator kOperators[] = {{"||", 1}, {"&&", 2}, {"==", 6}, {"!=", 6}, {"<<", 8}, {">>", 8}, {"<=", 7}, {">=", 7},
                                              {"|", 3},  {"^", 4},  {"&", 5},  {"<", 7},  {">", 7},  {"+", 9},  {"-", 9},  {"*", 10},
                                              {"/", 10}, {"%", 10}};
    int64_t a = unary();
    for (;;) {
      skip();
      const Operator* found = nullptr;
      for (const Operator& o : kOperators)
        if (std::string(p_).compare(0, std::string(o.text).size(), o.text) == 0) {
          found = &o;
          break;
        }
      if (failed_ || !found || found->precedence <= least) return a;
      take(found->text);
      a = apply(found->text, a, binary(found->precedence));
    }
  }

  int64_t apply(const std::string& o, int64_t a, int64_t b) {
    if (o == "||") return a || b;
    if (o == "&&") return a && b;
    if (o == "|") return a | b;
    if (o == "^") return a ^ b;
    if (o == "&") return a & b;
    if (o == "==") return a == b;
    if (o == "!=") return a != b;
    if (o == "<") return a < b;
    if (o == ">") return a > b;
    if (o == "<=") return a <= b;
    if (o == ">=") return a >= b;
    if (o == "<<") return b >= 0 && b < 64 ? static_cast<int64_t>(static_cast<uint64_t>(a) << b) : fail();
    if (o == ">>") return b >= 0 && b < 64 ? a >> b : fail();
    if (o == "+") return a + b;
    if (o == "-") return a - b;
    if (o == "*") return a * b;
    if (b == 0) return fail();
    return o == "/" ? a / b : a % b;
  }

  int64_t unary() {
    if (take("-")) return -unary();
    if (take("~")) return ~unary();
    if (take("!")) return !unary();
    if (take("(")) {
      int64_t v = binary(0);
      return take(")") ? v : fail();
    }
    skip();
    if (isdigit(static_cast<unsigned char>(*p_))) {
      char* end;
      uint64_t v = strtoull(p_, &end, 0);
      p_ = end;
      while (*p_ == 'u' || *p_ == 'U' || *p_ == 'l' || *p_ == 'L') ++p_;
      return static_cast<int64_t>(v);
    }
    std::string name;
    while (isalnum(static_cast<unsigned char>(*p_)) || *p_ == '_') name += *p_++;
    auto it = macros.find(name);
    if (it == macros.end() || depth_ > 20) return fail();
    std::optional<int64_t> v = Evaluator(it->second, depth_ + 1).run();
    return v ? *v : fail();
  }

  const char* p_;
  int depth_;
  bool failed_ = false;
};

bool wanted(const std::string& name) {
  static const char* const kPrefixes[] = {
      "__NR_", "O_", "S_I", "AT_", "F_", "FD_", "LOCK_", "SEEK_", "R_OK", "PROT_", "MAP_", "MADV_", "MREMAP_", "MS_", "MCL_", "MFD_",
      "SIG", "SA_", "SS_", "POLL", "EPOLL", "EFD_", "TFD_", "SFD_", "IN_", "CLOCK_", "TIMER_", "ITIMER_", "RLIMIT_", "RUSAGE_",
      "PRIO_", "SCHED_", "CLONE_", "FUTEX_", "PR_", "GRND_", "RWF_", "STATX_", "DT_", "XATTR_", "FALLOC_FL_", "RENAME_", "RESOLVE_",
      "TC", "TIO", "FIO", "EAGAIN", "AF_", "PF_", "SOCK_", "SOL_", "SO_", "MSG_", "SHUT_", "IPPROTO_", "IPV6_", "IP_", "TCP_",
      "WNOHANG", "WUNTRACED", "WEXITED", "WSTOPPED", "WCONTINUED", "WNOWAIT", "PATH_MAX", "NAME_MAX", "PIPE_BUF", "UIO_",
      "LINUX_REBOOT_", "MNT_", "UMOUNT_", "SPLICE_F_", "INADDR_", "ECHO", "ICANON", "ISIG", "IXON", "ICRNL", "OPOST", "VMIN", "VTIME"};
  for (const char* prefix : kPrefixes)
    if (name.rfind(prefix, 0) == 0) return true;
  // error numbers: E and capital letters or digits
  if (name.size() < 3 || name[0] != 'E') return false;
  for (char c : name)
    if (!isupper(static_cast<unsigned char>(c)) && !isdigit(static_cast<unsigned char>(c))) return false;
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return 64;
  std::ifstream in(argv[1]);
  for (std::string line; std::getline(in, line);) {
    if (line.rfind("#define ", 0) != 0) continue;
    size_t end = line.find(' ', 8);
    std::string name = line.substr(8, end == std::string::npos ? end : end - 8);
    if (name.find('(') != std::string::npos || end == std::string::npos) continue;
    std::string text = line.substr(end + 1);
    static const char* const kCasts[] = {"(__force __poll_t)", "(__poll_t)", "(__u32)", "(__u64)", "(int)", "(unsigned)", "(unsigned int)"};
    for (const char* cast : kCasts)
      for (size_t at; (at = text.find(cast)) != std::string::npos;) text.erase(at, std::string(cast).size());
    macros[name] = text;
  }
  std::map<std::string, int64_t> values;
  for (const auto& [name, text] : macros)
    if (wanted(name))
      if (std::optional<int64_t> v = Evaluator(text, 0).run(); v && *v > -(int64_t{1} << 60) && *v < int64_t{1} << 60) values[name] = *v;
  std::ofstream numbers(argv[2]), calls(argv[3]);
  numbers << ";; SPDX-License-Identifier: MIT\n;;\n;; Constants of the Linux system call interface, generated by tools/linux/linux_uapi.cpp from the\n"
             ";; kernel's headers. Call numbers are __NR_name.\n(library (loko arch amd64 linux-numbers)\n  (export linux-error-name";
  for (const auto& [name, v] : values) numbers << "\n    " << name;
  numbers << ")\n  (import (loko core syntax) (loko core primitives))\n";
  for (const auto& [name, v] : values) numbers << "  (define " << name << " " << v << ")\n";
  numbers << "\n  ;; (linux-error-name n): the symbol of the error number n > 0, or #f.\n  (define (linux-error-name n)\n    (case n\n";
  std::map<int64_t, std::string> errors;
  for (const auto& [name, v] : values)
    if (name[0] == 'E' && name.rfind("EPOLL", 0) != 0 && name.rfind("EFD_", 0) != 0 && name.rfind("ECHO", 0) != 0 && v > 0 && v < 4096 &&
        name != "EWOULDBLOCK" && name != "EDEADLOCK" && name != "ENOTSUP")
      errors.emplace(v, name);
  for (const auto& [v, name] : errors) numbers << "      ((" << v << ") '" << name << ")\n";
  numbers << "      (else #f))))\n";
  calls << ";; SPDX-License-Identifier: MIT\n;;\n;; The system calls of Linux, generated by tools/linux/linux_uapi.cpp: (sys_name argument ...), see\n"
           ";; (loko arch amd64 linux-call).\n(library (loko arch amd64 linux-syscalls)\n  (export syscall-error? syscall-error-name "
           "syscall-error-number &syscall make-syscall-error";
  for (const auto& [name, v] : values)
    if (name.rfind("__NR_", 0) == 0) calls << "\n    sys_" << name.substr(5);
  calls << ")\n  (import (loko core syntax) (loko arch amd64 linux-call))\n";
  for (const auto& [name, v] : values)
    if (name.rfind("__NR_", 0) == 0) calls << "  (define-system-call sys_" << name.substr(5) << " " << name.substr(5) << " " << v << ")\n";
  calls << ")\n";
  return numbers.good() && calls.good() ? 0 : 1;
}

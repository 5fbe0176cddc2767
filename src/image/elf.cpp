// SPDX-License-Identifier: MIT
//
// See elf.h. Layout of the result: the base file unchanged but for its program headers and the image place,
// padding to a page, then the segments, each page aligned in the file as in memory. Headers stay sorted by
// address, as the kernel expects.
#include "image/elf.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

namespace loko::image {
namespace {

constexpr u64 kPage = 4096;
/// The magic of the image place, in two halves: this file's own constants must not look like the place.
constexpr char kPlaceFront[] = "LOKO-IMA", kPlaceBack[] = "GE-PLACE";

u64 round_page(u64 n) { return (n + kPage - 1) & ~(kPage - 1); }

/// Loadable headers sorted by address; everything else behind them, as it was.
void sort_headers(Elf64_Phdr* headers, unsigned count) {
  std::stable_sort(headers, headers + count, [](const Elf64_Phdr& a, const Elf64_Phdr& b) {
    bool la = a.p_type == PT_LOAD, lb = b.p_type == PT_LOAD;
    if (la != lb) return la;
    return la && a.p_vaddr < b.p_vaddr;
  });
}

/// Takes the segment at `address` out of the file: its header becomes unused, what lies behind moves down by
/// whole pages, so that offsets still agree with addresses. Section headers are given up (nothing that runs needs
/// them). False if there is no such segment, or it is not made of whole pages.
bool drop_segment(std::vector<u8>& file, u64 address) {
  Elf64_Ehdr ehdr;
  memcpy(&ehdr, file.data(), sizeof ehdr);
  auto* headers = reinterpret_cast<Elf64_Phdr*>(file.data() + ehdr.e_phoff);
  Elf64_Phdr* victim = std::find_if(headers, headers + ehdr.e_phnum, [&](const Elf64_Phdr& h) { return h.p_type == PT_LOAD && h.p_vaddr == address; });
  if (victim == headers + ehdr.e_phnum) return false;
  u64 start = victim->p_offset, length = victim->p_filesz;
  if (start % kPage != 0 || length % kPage != 0 || start < ehdr.e_phoff + ehdr.e_phnum * sizeof(Elf64_Phdr) || start + length > file.size())
    return false;
  *victim = Elf64_Phdr{};
  victim->p_type = PT_NULL;
  for (unsigned i = 0; i < ehdr.e_phnum; ++i)
    if (headers[i].p_offset >= start + length) headers[i].p_offset -= length;
  ehdr.e_shoff = 0;
  ehdr.e_shnum = ehdr.e_shstrndx = 0;
  memcpy(file.data(), &ehdr, sizeof ehdr);
  file.erase(file.begin() + static_cast<std::ptrdiff_t>(start), file.begin() + static_cast<std::ptrdiff_t>(start + length));
  return true;
}

/// The file without what no program header covers at its end: the section headers and their strings.
void trim(std::vector<u8>& file) {
  Elf64_Ehdr ehdr;
  memcpy(&ehdr, file.data(), sizeof ehdr);
  u64 end = ehdr.e_phoff + ehdr.e_phnum * sizeof(Elf64_Phdr);
  auto* headers = reinterpret_cast<const Elf64_Phdr*>(file.data() + ehdr.e_phoff);
  for (unsigned i = 0; i < ehdr.e_phnum; ++i)
    if (headers[i].p_type != PT_NULL) end = std::max<u64>(end, headers[i].p_offset + headers[i].p_filesz);
  if (end < file.size()) file.resize(end);
}

}  // namespace

std::vector<u8> append_segments(const std::vector<u8>& base, const std::vector<Segment>& segments, u64 image_header,
                                std::string* error, const std::vector<u64>& drop) {
  std::vector<u8> out = base;
  if (out.size() < sizeof(Elf64_Ehdr) || memcmp(out.data(), ELFMAG, SELFMAG) != 0) {
    *error = "not an ELF file";
    return {};
  }
  for (u64 address : drop) {
    if (drop_segment(out, address)) continue;
    *error = "the base program has no segment to drop";
    return {};
  }
  if (!drop.empty()) trim(out);
  Elf64_Ehdr ehdr;
  memcpy(&ehdr, out.data(), sizeof ehdr);
  auto headers = [&] { return reinterpret_cast<Elf64_Phdr*>(out.data() + ehdr.e_phoff); };
  auto place = out.begin();
  do {
    if (place != out.begin()) ++place;
    place = std::search(place, out.end(), kPlaceFront, kPlaceFront + 8);
  } while (place != out.end() && (out.end() - place < 24 || memcmp(&*place + 8, kPlaceBack, 8) != 0));
  if (place == out.end()) {
    *error = "the base program has no place for an image";
    return {};
  }
  memcpy(&*place + 16, &image_header, 8);
  std::size_t next_spare = 0;
  for (const Segment& segment : segments) {
    unsigned spare = ehdr.e_phnum;
    for (unsigned i = 0; i < ehdr.e_phnum; ++i)
      if (headers()[i].p_type == PT_NOTE) spare = i;
    if (spare == ehdr.e_phnum) {
      *error = "the base program has no spare program header (needed " + std::to_string(segments.size()) + ", found " +
               std::to_string(next_spare) + ")";
      return {};
    }
    ++next_spare;
    out.resize(round_page(out.size()));
    Elf64_Phdr& header = headers()[spare];
    header.p_type = PT_LOAD;
    header.p_flags = PF_R | (segment.writable ? PF_W : 0) | (segment.executable ? PF_X : 0);
    header.p_offset = out.size();
    header.p_vaddr = header.p_paddr = segment.address;
    header.p_filesz = header.p_memsz = segment.bytes.size();
    header.p_align = kPage;
    out.insert(out.end(), segment.bytes.begin(), segment.bytes.end());
  }
  sort_headers(headers(), ehdr.e_phnum);
  return out;
}

std::vector<Segment> image_segments(const std::vector<u8>& file, std::string* error) {
  std::vector<Segment> segments;
  Elf64_Ehdr ehdr;
  if (file.size() < sizeof ehdr || memcmp(file.data(), ELFMAG, SELFMAG) != 0) {
    *error = "not an ELF file";
    return segments;
  }
  memcpy(&ehdr, file.data(), sizeof ehdr);
  for (unsigned i = 0; i < ehdr.e_phnum; ++i) {
    Elf64_Phdr h;
    u64 at = ehdr.e_phoff + i * sizeof h;
    if (at + sizeof h > file.size()) break;
    memcpy(&h, file.data() + at, sizeof h);
    if (h.p_type != PT_LOAD || h.p_vaddr < kImageCodeBase || h.p_vaddr >= kImageDataEnd) continue;
    if (h.p_offset > file.size() || h.p_filesz > file.size() - h.p_offset) {
      *error = "the file is cut off";
      return {};
    }
    segments.push_back({h.p_vaddr, {file.begin() + static_cast<i64>(h.p_offset), file.begin() + static_cast<i64>(h.p_offset + h.p_filesz)},
                        (h.p_flags & PF_W) != 0, (h.p_flags & PF_X) != 0});
  }
  if (segments.empty()) *error = "not a program compiled by loko";
  return segments;
}

std::vector<u8> read_file(const std::string& path, std::string* error) {
  std::vector<u8> bytes;
  int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    *error = path + ": " + strerror(errno);
    return bytes;
  }
  struct stat st {};
  if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) errno = EISDIR, *error = path + ": " + strerror(errno);
  else {
    bytes.reserve(st.st_size > 0 ? static_cast<std::size_t>(st.st_size) : 0);
    u8 buffer[65536];
    for (;;) {
      ssize_t n = read(fd, buffer, sizeof buffer);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) *error = path + ": " + strerror(errno);
      if (n <= 0) break;
      bytes.insert(bytes.end(), buffer, buffer + n);
    }
  }
  close(fd);
  return bytes;
}

std::string write_executable(const std::string& path, const std::vector<u8>& bytes) {
  struct stat st {};
  bool special = stat(path.c_str(), &st) == 0 && !S_ISREG(st.st_mode);  // a device or pipe is written, not replaced
  std::string temporary = special ? path : path + ".tmp" + std::to_string(getpid());
  int fd = open(temporary.c_str(), O_WRONLY | O_CREAT | (special ? 0 : O_TRUNC) | O_CLOEXEC, 0777);
  if (fd < 0) return path + ": " + strerror(errno);
  std::size_t done = 0;
  std::string message;
  while (done < bytes.size() && message.empty()) {
    ssize_t n = write(fd, bytes.data() + done, bytes.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) message = path + ": " + strerror(errno);
    else done += static_cast<std::size_t>(n);
  }
  if (close(fd) != 0 && message.empty()) message = path + ": " + strerror(errno);
  if (special) return message;
  if (message.empty() && rename(temporary.c_str(), path.c_str()) != 0) message = path + ": " + strerror(errno);
  if (!message.empty()) unlink(temporary.c_str());
  return message;
}

}  // namespace loko::image

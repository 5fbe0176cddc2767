// SPDX-License-Identifier: MIT
// The same in C: fork and wait, and round trips over a pair of stream sockets between two processes.
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

static void all(int fd, char* b, long n, int out) {
  while (n > 0) {
    long k = out ? write(fd, b, n) : read(fd, b, n);
    if (k <= 0) _exit(0);
    b += k;
    n -= k;
  }
}

static double best_trip(int fd, char* b, long n, int trips) {
  double best = 1e30;
  for (int run = 0; run < 10; ++run) {
    double start = now();
    for (int i = 0; i < trips; ++i) {
      all(fd, b, n, 1);
      all(fd, b, n, 0);
    }
    double t = (now() - start) / trips;
    if (t < best) best = t;
  }
  return best;
}

int main(void) {
  long sizes[] = {17, 1000000};
  int trips[] = {1000, 2};
  for (int k = 0; k < 2; ++k) {
    int fds[2];
    socketpair(AF_UNIX, SOCK_STREAM, 0, fds);
    char* b = calloc(1, sizes[k]);
    if (fork() == 0) {
      close(fds[0]);
      for (;;) {
        all(fds[1], b, sizes[k], 0);
        all(fds[1], b, sizes[k], 1);
      }
    }
    close(fds[1]);
    printf("raw round trip of %ld bytes: %.1f µs\n", sizes[k], best_trip(fds[0], b, sizes[k], trips[k]));
    close(fds[0]);
    wait(NULL);
  }
}

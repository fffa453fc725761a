/* A disk that is full from the nth write on: loaded before the C library.
 *
 * `disk_arm(folder, n, error)` lets every write into `folder` fail with `error`, from
 * the nth one on; with n = 0 they are only counted. `disk_writes()` says how many
 * there were. What reads, shrinks or deletes goes on as on a real disk.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static char place[PATH_MAX];
static size_t length;
static long first, writes;
static int number = ENOSPC;

void disk_arm(const char *folder, long nth, int error) {
    strncpy(place, folder, sizeof place - 1);
    length = strlen(place);
    first = nth;
    number = error;
    writes = 0;
}

long disk_writes(void) { return writes; }

static int full(const char *path) {
    if (!length || !path || strncmp(path, place, length)) return 0;
    long now = __sync_add_and_fetch(&writes, 1);
    if (!first || now < first) return 0;
    errno = number;
    return 1;
}

static int full_fd(int fd) {
    char link[64], path[PATH_MAX];
    if (!length) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t size = readlink(link, path, sizeof path - 1);
    if (size < 0) return 0;
    path[size] = 0;
    return full(path);
}

static int grows(int fd, off_t size) {
    struct stat now;
    return !fstat(fd, &now) && size > now.st_size;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

#define BY_FD(type, name, takes, gives)                                              \
    type name takes { return full_fd(fd) ? -1 : REAL(name) gives; }

BY_FD(ssize_t, write, (int fd, const void *from, size_t size), (fd, from, size))
BY_FD(ssize_t, writev, (int fd, const struct iovec *from, int many), (fd, from, many))
BY_FD(ssize_t, pwrite, (int fd, const void *from, size_t size, off_t to),
      (fd, from, size, to))
BY_FD(ssize_t, pwrite64, (int fd, const void *from, size_t size, off64_t to),
      (fd, from, size, to))

int ftruncate(int fd, off_t size) {
    return grows(fd, size) && full_fd(fd) ? -1 : REAL(ftruncate)(fd, size);
}

int ftruncate64(int fd, off64_t size) {
    return grows(fd, size) && full_fd(fd) ? -1 : REAL(ftruncate64)(fd, size);
}

int posix_fallocate(int fd, off_t at, off_t size) {
    return full_fd(fd) ? number : REAL(posix_fallocate)(fd, at, size);
}

int posix_fallocate64(int fd, off64_t at, off64_t size) {
    return full_fd(fd) ? number : REAL(posix_fallocate64)(fd, at, size);
}

ssize_t copy_file_range(int from, off64_t *at, int fd, off64_t *to, size_t size,
                        unsigned flags) {
    return full_fd(fd) ? -1 : REAL(copy_file_range)(from, at, fd, to, size, flags);
}

ssize_t sendfile64(int fd, int from, off64_t *at, size_t size) {
    return full_fd(fd) ? -1
                       : ((ssize_t(*)(int, int, off64_t *, size_t))dlsym(
                             RTLD_NEXT, "sendfile64"))(fd, from, at, size);
}

int mkdir(const char *path, mode_t mode) {
    return full(path) ? -1 : REAL(mkdir)(path, mode);
}

int rename(const char *from, const char *to) {
    return full(to) ? -1 : REAL(rename)(from, to);
}

#define OPENS(name)                                                                  \
    int name(const char *path, int flags, ...) {                                     \
        va_list more;                                                                \
        va_start(more, flags);                                                       \
        mode_t mode = va_arg(more, mode_t);                                          \
        va_end(more);                                                                \
        if (flags & O_CREAT && access(path, F_OK) && full(path)) return -1;          \
        return REAL(name)(path, flags, mode);                                        \
    }

OPENS(open)
OPENS(open64)

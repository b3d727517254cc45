/* Makes writes fail, as a full or broken disk does. tests/verifier/faults.rs loads it with LD_PRELOAD.
 *
 * Only files below $FAULTS_DIR are concerned. $FAULTS_CONTROL is a file of four 64-bit integers, shared with the test:
 * how many more calls succeed (negative: all of them), how many fail after that, with which errno, and how many calls
 * there were. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct control {
    int64_t succeed, fail, error, calls;
};

static struct control *control;
static const char *directory;

__attribute__((constructor)) static void load(void) {
    const char *path = getenv("FAULTS_CONTROL");
    directory = getenv("FAULTS_DIR");
    int fd = path && directory ? open(path, O_RDWR | O_CLOEXEC) : -1;
    if (fd < 0)
        return;
    void *map = mmap(NULL, sizeof(struct control), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (map != MAP_FAILED)
        control = map;
    close(fd);
}

/* Whether a call on `fd` is to fail now; sets errno. */
static int fails(int fd) {
    char link[64], path[4096];
    if (!control)
        return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0 || (path[length] = 0, strncmp(path, directory, strlen(directory)) != 0))
        return 0;
    __atomic_add_fetch(&control->calls, 1, __ATOMIC_SEQ_CST);
    int64_t succeed = __atomic_load_n(&control->succeed, __ATOMIC_SEQ_CST);
    if (succeed != 0) {
        if (succeed > 0)
            __atomic_sub_fetch(&control->succeed, 1, __ATOMIC_SEQ_CST);
        return 0;
    }
    if (__atomic_sub_fetch(&control->fail, 1, __ATOMIC_SEQ_CST) <= 0)
        __atomic_store_n(&control->succeed, -1, __ATOMIC_SEQ_CST);
    errno = (int)control->error;
    return 1;
}

#define INTERPOSE(type, name, parameters, arguments)                                                                   \
    type name parameters {                                                                                             \
        static type(*real) parameters;                                                                                 \
        if (!real)                                                                                                     \
            real = (type(*) parameters)dlsym(RTLD_NEXT, #name);                                                        \
        return fails(fd) ? -1 : real arguments;                                                                        \
    }

INTERPOSE(ssize_t, write, (int fd, const void *bytes, size_t count), (fd, bytes, count))
INTERPOSE(ssize_t, pwrite, (int fd, const void *bytes, size_t count, off_t at), (fd, bytes, count, at))
INTERPOSE(ssize_t, pwrite64, (int fd, const void *bytes, size_t count, off64_t at), (fd, bytes, count, at))
INTERPOSE(int, ftruncate, (int fd, off_t length), (fd, length))
INTERPOSE(int, ftruncate64, (int fd, off64_t length), (fd, length))
INTERPOSE(int, fsync, (int fd), (fd))
INTERPOSE(int, fdatasync, (int fd), (fd))

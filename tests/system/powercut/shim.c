/* Records every change a process makes below POWERCUT_ROOT, in the one true order of all processes.
 *
 * Loaded by LD_PRELOAD.  Each change is made and written down under a lock between processes, as one record in
 * POWERCUT_JOURNAL; see replay.py for what is made of them.  Syncs are written down and not carried out: the
 * machine's own disk has no part in the test.
 *
 * Record: op, length of first path, length of second path, inode, offset, length of data; then paths and data.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

struct __attribute__((packed)) head { char op; uint16_t path, other; uint64_t ino; int64_t offset; uint32_t size; };

static pthread_mutex_t threads = PTHREAD_MUTEX_INITIALIZER;
static const char *root;
static size_t root_length;
static int journal = -1, lock = -1;
static pid_t opened_by;

static void set_up(void) {
    if (opened_by == getpid()) return;
    root = getenv("POWERCUT_ROOT");
    root_length = root ? strlen(root) : 0;
    const char *file = getenv("POWERCUT_JOURNAL");
    char name[PATH_MAX];
    if (!root || !file) abort();
    snprintf(name, sizeof name, "%s.lock", file);
    /* opened anew after each fork: a lock belongs to a process; numbers out of the way of those that close all */
    int flags = O_CREAT | O_CLOEXEC | O_RDWR;
    int one = syscall(SYS_openat, AT_FDCWD, file, flags | O_APPEND, 0600);
    int two = syscall(SYS_openat, AT_FDCWD, name, flags, 0600);
    if (one < 0 || two < 0) abort();
    journal = fcntl(one, F_DUPFD_CLOEXEC, 500);
    lock = fcntl(two, F_DUPFD_CLOEXEC, 500);
    syscall(SYS_close, one);
    syscall(SYS_close, two);
    opened_by = getpid();
}

static void enter(void) {
    pthread_mutex_lock(&threads);
    set_up();
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    while (syscall(SYS_fcntl, lock, F_SETLKW, &whole) < 0)
        if (errno != EINTR) abort();
}

static void leave(void) {
    int kept = errno;
    struct flock whole = {.l_type = F_UNLCK, .l_whence = SEEK_SET};
    syscall(SYS_fcntl, lock, F_SETLK, &whole);
    pthread_mutex_unlock(&threads);
    errno = kept;
}

static int is_watched(const char *path) {
    if (!root) {
        root = getenv("POWERCUT_ROOT");
        root_length = root ? strlen(root) : 0;
    }
    return root && !strncmp(path, root, root_length) && path[root_length] == '/';
}

static int path_of(int fd, char *path) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return is_watched(path) && !(length > 10 && !strcmp(path + length - 10, " (deleted)"));
}

static int path_at(int folder, const char *name, char *path) {
    if (name[0] == '/') {
        snprintf(path, PATH_MAX, "%s", name);
    } else {
        char base[PATH_MAX];
        if (folder == AT_FDCWD) {
            if (!getcwd(base, sizeof base)) return 0;
        } else {
            char link[64];
            snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
            ssize_t length = readlink(link, base, sizeof base - 1);
            if (length < 0) return 0;
            base[length] = 0;
        }
        if (snprintf(path, PATH_MAX, "%s/%s", base, name) >= PATH_MAX) return 0;
    }
    return is_watched(path);
}

static void note(char op, const char *path, const char *other, uint64_t ino, int64_t offset, const void *data,
                 size_t size) {
    struct head head = {op, strlen(path), other ? strlen(other) : 0, ino, offset, size};
    struct iovec parts[] = {{&head, sizeof head}, {(void *)path, head.path}, {(void *)other, head.other},
                            {(void *)data, size}};
    ssize_t whole = sizeof head + head.path + head.other + size;
    if (syscall(SYS_writev, journal, parts, 4) != whole) abort();
}

static uint64_t inode(int fd, struct stat *status) { return fstat(fd, status) ? 0 : status->st_ino; }

static ssize_t do_write(int fd, const void *data, size_t size, int64_t offset, int placed) {
    char path[PATH_MAX];
    struct stat status;
    int watched = fd > 2 && path_of(fd, path);
    if (!watched)
        return placed ? syscall(SYS_pwrite64, fd, data, size, offset) : syscall(SYS_write, fd, data, size);
    enter();
    uint64_t ino = inode(fd, &status);
    if (!placed) offset = fcntl(fd, F_GETFL) & O_APPEND ? status.st_size : lseek(fd, 0, SEEK_CUR);
    ssize_t written = placed ? syscall(SYS_pwrite64, fd, data, size, offset) : syscall(SYS_write, fd, data, size);
    if (written > 0) note('W', path, NULL, ino, offset, data, written);
    leave();
    return written;
}

ssize_t write(int fd, const void *data, size_t size) { return do_write(fd, data, size, 0, 0); }
ssize_t pwrite(int fd, const void *data, size_t size, off_t at) { return do_write(fd, data, size, at, 1); }
ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at) { return do_write(fd, data, size, at, 1); }

static int do_truncate(int fd, off_t length) {
    char path[PATH_MAX];
    struct stat status;
    if (!path_of(fd, path)) return syscall(SYS_ftruncate, fd, length);
    enter();
    int done = syscall(SYS_ftruncate, fd, length);
    if (!done) note('T', path, NULL, inode(fd, &status), length, NULL, 0);
    leave();
    return done;
}

int ftruncate(int fd, off_t length) { return do_truncate(fd, length); }
int ftruncate64(int fd, off64_t length) { return do_truncate(fd, length); }

static int do_sync(int fd) {
    char path[PATH_MAX];
    struct stat status;
    if (!path_of(fd, path)) return 0;
    enter();
    uint64_t ino = inode(fd, &status);
    note(S_ISDIR(status.st_mode) ? 'D' : 'S', path, NULL, ino, 0, NULL, 0);
    leave();
    return 0;
}

int fsync(int fd) { return do_sync(fd); }
int fdatasync(int fd) { return do_sync(fd); }

static int do_open(int folder, const char *name, int flags, mode_t mode) {
    char path[PATH_MAX];
    int changes = (flags & O_CREAT) || (flags & O_TRUNC);
    if (!changes || !path_at(folder, name, path)) return syscall(SYS_openat, folder, name, flags, mode);
    enter();
    struct stat before, status;
    int there = !syscall(SYS_newfstatat, AT_FDCWD, path, &before, 0);
    int fd = syscall(SYS_openat, folder, name, flags, mode);
    if (fd >= 0 && !there) note('C', path, NULL, inode(fd, &status), 0, NULL, 0);
    else if (fd >= 0 && (flags & O_TRUNC)) note('T', path, NULL, inode(fd, &status), 0, NULL, 0);
    leave();
    return fd;
}

#define MODE mode_t mode = 0; if (flags & O_CREAT) { va_list more; va_start(more, flags); mode = va_arg(more, int); va_end(more); }
int open(const char *name, int flags, ...) { MODE return do_open(AT_FDCWD, name, flags, mode); }
int open64(const char *name, int flags, ...) { MODE return do_open(AT_FDCWD, name, flags, mode); }
int openat(int folder, const char *name, int flags, ...) { MODE return do_open(folder, name, flags, mode); }
int openat64(int folder, const char *name, int flags, ...) { MODE return do_open(folder, name, flags, mode); }

static int do_rename(int from, const char *name, int to, const char *other) {
    char path[PATH_MAX], target[PATH_MAX];
    if (!path_at(from, name, path) || !path_at(to, other, target)) return syscall(SYS_renameat, from, name, to, other);
    enter();
    int done = syscall(SYS_renameat, from, name, to, other);
    if (!done) note('R', path, target, 0, 0, NULL, 0);
    leave();
    return done;
}

int rename(const char *name, const char *other) { return do_rename(AT_FDCWD, name, AT_FDCWD, other); }
int renameat(int from, const char *name, int to, const char *other) { return do_rename(from, name, to, other); }

static int do_unlink(int folder, const char *name, int flags) {
    char path[PATH_MAX];
    if (!path_at(folder, name, path)) return syscall(SYS_unlinkat, folder, name, flags);
    enter();
    int done = syscall(SYS_unlinkat, folder, name, flags);
    if (!done && !(flags & AT_REMOVEDIR)) note('U', path, NULL, 0, 0, NULL, 0);
    leave();
    return done;
}

int unlink(const char *name) { return do_unlink(AT_FDCWD, name, 0); }
int unlinkat(int folder, const char *name, int flags) { return do_unlink(folder, name, flags); }

/* What the recorder does not follow must not pass unseen. */
static int refuse(const char *what) { fprintf(stderr, "powercut: %s is not recorded\n", what); abort(); }
int link(const char *a, const char *b) { (void)a; (void)b; return refuse("link"); }
int truncate(const char *name, off_t length) { (void)name; (void)length; return refuse("truncate"); }

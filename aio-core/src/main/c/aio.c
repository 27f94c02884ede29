/*
 * Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except
 * in compliance with the License. You may obtain a copy at
 * https://www.apache.org/licenses/LICENSE-2.0
 *
 * The native half of aio-core. Each function is one system call: primitives in, the result or
 * -errno out. No state, no allocation, no logic; what to do about a result is decided in Java.
 * System calls younger than glibc 2.17 go through syscall(2), so that the library loads on every
 * distribution that Netty's own natives support.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <jni.h>
#include <linux/aio_abi.h>
#include <linux/fs.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

/* Numbers that the build machine's headers may be too old to know; equal on all our platforms. */
#ifndef __NR_openat2
#define __NR_openat2 437
#endif
#ifndef __NR_cachestat
#define __NR_cachestat 451
#endif
#ifndef __NR_statx
#if defined(__x86_64__)
#define __NR_statx 332
#else
#define __NR_statx 291
#endif
#endif

/* struct fiemap without its trailing array: with fm_extent_count 0 the kernel only counts. */
struct fiemap_head {
    uint64_t start, length;
    uint32_t flags, mapped_extents, extent_count, reserved;
};
#define FIEMAP_IOCTL _IOWR('f', 11, struct fiemap_head)

struct open_how_v0 {
    uint64_t flags, mode, resolve;
};

struct file_range {
    uint64_t off, len;
};

#define ADDR(type, a) ((type *) (uintptr_t) (a))
#define DEVICE(dev) ((jlong) major(dev) << 32 | (jlong) minor(dev))
#define NANOS(ts) ((jlong) (ts).tv_sec * 1000000000 + (jlong) (ts).tv_nsec)
#define RESULT(type, call) type r_ = (type) (call); return r_ < 0 ? (type) -errno : r_

static jlong JNICALL io_setup_0(JNIEnv *env, jclass cls, jint events) {
    (void) env; (void) cls;
    aio_context_t ctx = 0;
    if (syscall(__NR_io_setup, (unsigned) events, &ctx) < 0) {
        return -errno;
    }
    return (jlong) ctx;
}

static jint JNICALL io_destroy_0(JNIEnv *env, jclass cls, jlong ctx) {
    (void) env; (void) cls;
    RESULT(jint, syscall(__NR_io_destroy, (aio_context_t) ctx));
}

static jint JNICALL io_submit_0(JNIEnv *env, jclass cls, jlong ctx, jint n, jlong iocbpp) {
    (void) env; (void) cls;
    RESULT(jint, syscall(__NR_io_submit, (aio_context_t) ctx, (long) n, ADDR(struct iocb *, iocbpp)));
}

static jint JNICALL io_getevents_0(JNIEnv *env, jclass cls, jlong ctx, jint min, jint max,
                                   jlong events, jlong timeoutNanos) {
    (void) env; (void) cls;
    struct timespec ts = { .tv_sec = timeoutNanos / 1000000000, .tv_nsec = timeoutNanos % 1000000000 };
    RESULT(jint, syscall(__NR_io_getevents, (aio_context_t) ctx, (long) min, (long) max,
                         ADDR(struct io_event, events), timeoutNanos < 0 ? NULL : &ts));
}

static jint JNICALL io_cancel_0(JNIEnv *env, jclass cls, jlong ctx, jlong iocb) {
    (void) env; (void) cls;
    struct io_event unused; /* the event comes through the ring */
    RESULT(jint, syscall(__NR_io_cancel, (aio_context_t) ctx, ADDR(struct iocb, iocb), &unused));
}

static jint JNICALL eventfd_0(JNIEnv *env, jclass cls) {
    (void) env; (void) cls;
    RESULT(jint, eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
}

static jint JNICALL eventfd_signal_0(JNIEnv *env, jclass cls, jint fd) {
    (void) env; (void) cls;
    uint64_t one = 1;
    RESULT(jint, write(fd, &one, sizeof one));
}

static jint JNICALL eventfd_drain_0(JNIEnv *env, jclass cls, jint fd) {
    (void) env; (void) cls;
    uint64_t count;
    RESULT(jint, read(fd, &count, sizeof count));
}

static jint JNICALL open_0(JNIEnv *env, jclass cls, jint dirfd, jlong path, jint flags, jint mode) {
    (void) env; (void) cls;
    RESULT(jint, openat(dirfd, ADDR(const char, path), flags | O_CLOEXEC, (mode_t) mode));
}

static jint JNICALL openat2_0(JNIEnv *env, jclass cls, jint dirfd, jlong path, jint flags, jint mode,
                              jlong resolve) {
    (void) env; (void) cls;
    struct open_how_v0 how = {
        .flags = (uint32_t) flags | O_CLOEXEC, .mode = (uint32_t) mode, .resolve = (uint64_t) resolve };
    RESULT(jint, syscall(__NR_openat2, dirfd, ADDR(const char, path), &how, sizeof how));
}

static jint JNICALL close_0(JNIEnv *env, jclass cls, jint fd) {
    (void) env; (void) cls;
    RESULT(jint, close(fd));
}

static jint JNICALL dupfd_0(JNIEnv *env, jclass cls, jint fd, jint lowest) {
    (void) env; (void) cls;
    RESULT(jint, fcntl(fd, F_DUPFD_CLOEXEC, lowest));
}

static jint JNICALL getfl_0(JNIEnv *env, jclass cls, jint fd) {
    (void) env; (void) cls;
    RESULT(jint, fcntl(fd, F_GETFL));
}

static jint JNICALL statx_0(JNIEnv *env, jclass cls, jint dirfd, jlong path, jint flags, jint mask,
                            jlong out) {
    (void) env; (void) cls;
    RESULT(jint, syscall(__NR_statx, dirfd, ADDR(const char, path), flags, (unsigned) mask,
                         ADDR(void, out)));
}

/* By number: glibc before 2.33 has no symbol of that name. Its struct is the kernel's on 64 bits. */
static jint JNICALL fstat_0(JNIEnv *env, jclass cls, jint fd, jlong out) {
    (void) env; (void) cls;
    struct stat st;
    if (syscall(__NR_fstat, fd, &st) < 0) {
        return -errno;
    }
    jlong *to = ADDR(jlong, out);
    to[0] = DEVICE(st.st_dev);
    to[1] = (jlong) st.st_ino;
    to[2] = (jlong) st.st_mode;
    to[3] = (jlong) st.st_nlink;
    to[4] = (jlong) st.st_uid;
    to[5] = (jlong) st.st_size;
    to[6] = (jlong) st.st_blksize;
    to[7] = NANOS(st.st_atim);
    to[8] = NANOS(st.st_mtim);
    to[9] = NANOS(st.st_ctim);
    to[10] = DEVICE(st.st_rdev);
    return 0;
}

static jint JNICALL fstatfs_0(JNIEnv *env, jclass cls, jint fd, jlong out) {
    (void) env; (void) cls;
    struct statfs fs;
    if (fstatfs(fd, &fs) < 0) {
        return -errno;
    }
    jlong *to = ADDR(jlong, out);
    to[0] = (jlong) fs.f_type;
    to[1] = (jlong) fs.f_flags;
    return 0;
}

static jint JNICALL readlinkat_0(JNIEnv *env, jclass cls, jint dirfd, jlong path, jlong out, jint size) {
    (void) env; (void) cls;
    RESULT(jint, readlinkat(dirfd, ADDR(const char, path), ADDR(char, out), (size_t) size));
}

static jint JNICALL fadvise_0(JNIEnv *env, jclass cls, jint fd, jlong position, jlong length,
                              jint advice) {
    (void) env; (void) cls;
    return -posix_fadvise(fd, position, length, advice);
}

static jint JNICALL madvise_0(JNIEnv *env, jclass cls, jlong address, jlong length, jint advice) {
    (void) env; (void) cls;
    RESULT(jint, madvise(ADDR(void, address), (size_t) length, advice));
}

static jlong JNICALL mmap_0(JNIEnv *env, jclass cls, jint fd, jlong length) {
    (void) env; (void) cls;
    void *address = mmap(NULL, (size_t) length, PROT_READ, MAP_SHARED, fd, 0);
    return address == MAP_FAILED ? -errno : (jlong) (uintptr_t) address;
}

static jint JNICALL munmap_0(JNIEnv *env, jclass cls, jlong address, jlong length) {
    (void) env; (void) cls;
    RESULT(jint, munmap(ADDR(void, address), (size_t) length));
}

static jint JNICALL mlock_0(JNIEnv *env, jclass cls, jlong address, jlong length) {
    (void) env; (void) cls;
    RESULT(jint, mlock(ADDR(void, address), (size_t) length));
}

static jint JNICALL fiemap_0(JNIEnv *env, jclass cls, jint fd, jlong position, jlong length, jint flags) {
    (void) env; (void) cls;
    struct fiemap_head map = {
        .start = (uint64_t) position, .length = (uint64_t) length, .flags = (uint32_t) flags };
    if (ioctl(fd, FIEMAP_IOCTL, &map) < 0) {
        return -errno;
    }
    return map.mapped_extents > INT32_MAX ? INT32_MAX : (jint) map.mapped_extents;
}

static jint JNICALL fiemap_extents_0(JNIEnv *env, jclass cls, jint fd, jlong fiemap) {
    (void) env; (void) cls;
    RESULT(jint, ioctl(fd, FIEMAP_IOCTL, ADDR(void, fiemap)));
}

static jint JNICALL inode_flags_0(JNIEnv *env, jclass cls, jint fd) {
    (void) env; (void) cls;
    int flags = 0; /* the kernel writes an int, whatever the ioctl's encoded size says */
    if (ioctl(fd, FS_IOC_GETFLAGS, &flags) < 0) {
        return -errno;
    }
    return flags & INT32_MAX;
}

static jint JNICALL pread_0(JNIEnv *env, jclass cls, jint fd, jlong address, jint length,
                            jlong position) {
    (void) env; (void) cls;
    RESULT(jint, pread(fd, ADDR(void, address), (size_t) length, position));
}

static jint JNICALL preadv_0(JNIEnv *env, jclass cls, jint fd, jlong iov, jint count, jlong position) {
    (void) env; (void) cls;
    RESULT(jint, preadv(fd, ADDR(struct iovec, iov), count, position));
}

static jint JNICALL preadv2_0(JNIEnv *env, jclass cls, jint fd, jlong address, jint length,
                              jlong position, jint flags) {
    (void) env; (void) cls;
    struct iovec iov = { .iov_base = ADDR(void, address), .iov_len = (size_t) length };
    /* The kernel takes the position in two halves; on 64-bit the high one is ignored. */
    RESULT(jint, syscall(__NR_preadv2, fd, &iov, 1L, (long) position, 0L, flags));
}

static jint JNICALL pwritev2_0(JNIEnv *env, jclass cls, jint fd, jlong address, jint length,
                               jlong position, jint flags) {
    (void) env; (void) cls;
    struct iovec iov = { .iov_base = ADDR(void, address), .iov_len = (size_t) length };
    RESULT(jint, syscall(__NR_pwritev2, fd, &iov, 1L, (long) position, 0L, flags));
}

static jint JNICALL preadv2v_0(JNIEnv *env, jclass cls, jint fd, jlong iov, jint count, jlong position,
                               jint flags) {
    (void) env; (void) cls;
    RESULT(jint, syscall(__NR_preadv2, fd, ADDR(struct iovec, iov), (long) count, (long) position, 0L, flags));
}

static jint JNICALL pwrite_0(JNIEnv *env, jclass cls, jint fd, jlong address, jint length,
                             jlong position) {
    (void) env; (void) cls;
    RESULT(jint, pwrite(fd, ADDR(const void, address), (size_t) length, position));
}

static jint JNICALL pwritev2v_0(JNIEnv *env, jclass cls, jint fd, jlong iov, jint count, jlong position,
                                jint flags) {
    (void) env; (void) cls;
    RESULT(jint, syscall(__NR_pwritev2, fd, ADDR(struct iovec, iov), (long) count, (long) position, 0L, flags));
}

static jint JNICALL pwritev_0(JNIEnv *env, jclass cls, jint fd, jlong iov, jint count, jlong position) {
    (void) env; (void) cls;
    RESULT(jint, pwritev(fd, ADDR(struct iovec, iov), count, position));
}

static jint JNICALL fsync_0(JNIEnv *env, jclass cls, jint fd) {
    (void) env; (void) cls;
    RESULT(jint, fsync(fd));
}

static jint JNICALL fdatasync_0(JNIEnv *env, jclass cls, jint fd) {
    (void) env; (void) cls;
    RESULT(jint, fdatasync(fd));
}

static jint JNICALL ftruncate_0(JNIEnv *env, jclass cls, jint fd, jlong size) {
    (void) env; (void) cls;
    RESULT(jint, ftruncate(fd, size));
}

static jint JNICALL fallocate_0(JNIEnv *env, jclass cls, jint fd, jint mode, jlong position, jlong length) {
    (void) env; (void) cls;
    RESULT(jint, fallocate(fd, mode, position, length));
}

static jint JNICALL poll_0(JNIEnv *env, jclass cls, jlong fds, jint count, jint timeoutMillis) {
    (void) env; (void) cls;
    RESULT(jint, poll(ADDR(struct pollfd, fds), (nfds_t) count, timeoutMillis));
}

static jint JNICALL ioprio_set_0(JNIEnv *env, jclass cls, jint priority) {
    (void) env; (void) cls;
    RESULT(jint, syscall(__NR_ioprio_set, 1 /* IOPRIO_WHO_PROCESS: the calling thread */, 0, priority));
}

static jlong JNICALL voluntary_switches_0(JNIEnv *env, jclass cls) {
    (void) env; (void) cls;
    struct rusage usage;
    if (getrusage(RUSAGE_THREAD, &usage) < 0) {
        return -errno;
    }
    return (jlong) usage.ru_nvcsw;
}

static jint JNICALL cachestat_0(JNIEnv *env, jclass cls, jint fd, jlong position, jlong length,
                                jlong out) {
    (void) env; (void) cls;
    struct file_range range = { .off = (uint64_t) position, .len = (uint64_t) length };
    RESULT(jint, syscall(__NR_cachestat, fd, &range, ADDR(void, out), 0));
}

static jlong JNICALL sendfile_0(JNIEnv *env, jclass cls, jint out, jint in, jlong position, jlong count) {
    (void) env; (void) cls;
    off_t offset = position;
    RESULT(jlong, sendfile(out, in, &offset, (size_t) count));
}

static jint JNICALL send_0(JNIEnv *env, jclass cls, jint fd, jlong address, jint length, jint flags) {
    (void) env; (void) cls;
    RESULT(jint, send(fd, ADDR(const void, address), (size_t) length, flags | MSG_NOSIGNAL));
}

static jlong JNICALL buffer_address_0(JNIEnv *env, jclass cls, jobject buffer) {
    (void) cls;
    return (jlong) (uintptr_t) (*env)->GetDirectBufferAddress(env, buffer);
}

static jobject JNICALL view_0(JNIEnv *env, jclass cls, jlong address, jlong length) {
    (void) cls;
    return (*env)->NewDirectByteBuffer(env, ADDR(void, address), length);
}

#define METHOD(name, signature, function) { (char *) name, (char *) signature, (void *) function }

static const JNINativeMethod METHODS[] = {
    METHOD("ioSetup", "(I)J", io_setup_0),
    METHOD("ioDestroy", "(J)I", io_destroy_0),
    METHOD("ioSubmit", "(JIJ)I", io_submit_0),
    METHOD("ioGetevents", "(JIIJJ)I", io_getevents_0),
    METHOD("ioCancel", "(JJ)I", io_cancel_0),
    METHOD("eventfd", "()I", eventfd_0),
    METHOD("eventfdSignal", "(I)I", eventfd_signal_0),
    METHOD("eventfdDrain", "(I)I", eventfd_drain_0),
    METHOD("openat", "(IJII)I", open_0),
    METHOD("openat2", "(IJIIJ)I", openat2_0),
    METHOD("close", "(I)I", close_0),
    METHOD("dupfd", "(II)I", dupfd_0),
    METHOD("getfl", "(I)I", getfl_0),
    METHOD("statx", "(IJIIJ)I", statx_0),
    METHOD("fstat", "(IJ)I", fstat_0),
    METHOD("fstatfs", "(IJ)I", fstatfs_0),
    METHOD("readlinkat", "(IJJI)I", readlinkat_0),
    METHOD("fadvise", "(IJJI)I", fadvise_0),
    METHOD("madvise", "(JJI)I", madvise_0),
    METHOD("mmap", "(IJ)J", mmap_0),
    METHOD("munmap", "(JJ)I", munmap_0),
    METHOD("mlock", "(JJ)I", mlock_0),
    METHOD("fiemap", "(IJJI)I", fiemap_0),
    METHOD("fiemapExtents", "(IJ)I", fiemap_extents_0),
    METHOD("inodeFlags", "(I)I", inode_flags_0),
    METHOD("pread", "(IJIJ)I", pread_0),
    METHOD("readPagemap", "(IJIJ)I", pread_0),
    METHOD("preadv", "(IJIJ)I", preadv_0),
    METHOD("preadv2", "(IJIJI)I", preadv2_0),
    METHOD("pwritev2", "(IJIJI)I", pwritev2_0),
    METHOD("preadv2v", "(IJIJI)I", preadv2v_0),
    METHOD("pwrite", "(IJIJ)I", pwrite_0),
    METHOD("pwritev", "(IJIJ)I", pwritev_0),
    METHOD("pwritev2v", "(IJIJI)I", pwritev2v_0),
    METHOD("fsync", "(I)I", fsync_0),
    METHOD("fdatasync", "(I)I", fdatasync_0),
    METHOD("ftruncate", "(IJ)I", ftruncate_0),
    METHOD("fallocate", "(IIJJ)I", fallocate_0),
    METHOD("poll", "(JII)I", poll_0),
    METHOD("ioprioSet", "(I)I", ioprio_set_0),
    METHOD("voluntarySwitches", "()J", voluntary_switches_0),
    METHOD("cachestat", "(IJJJ)I", cachestat_0),
    METHOD("sendfile", "(IIJJ)J", sendfile_0),
    METHOD("send", "(IJII)I", send_0),
    METHOD("bufferAddress", "(Ljava/nio/ByteBuffer;)J", buffer_address_0),
    METHOD("view", "(JJ)Ljava/nio/ByteBuffer;", view_0),
};

JNIEXPORT jint JNICALL JNI_OnLoad(JavaVM *vm, void *reserved) {
    (void) reserved;
    JNIEnv *env;
    if ((*vm)->GetEnv(vm, (void **) &env, JNI_VERSION_1_8) != JNI_OK) {
        return JNI_ERR;
    }
    jclass cls = (*env)->FindClass(env, "dev/aio/core/internal/Native");
    if (cls == NULL) {
        return JNI_ERR;
    }
    if ((*env)->RegisterNatives(env, cls, METHODS, sizeof METHODS / sizeof METHODS[0]) != 0) {
        return JNI_ERR;
    }
    return JNI_VERSION_1_8;
}

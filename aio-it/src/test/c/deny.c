/*
 * deny CALL=ERRNO... -- COMMAND...: becomes COMMAND, for which the kernel answers CALL with ERRNO, as
 * a seccomp profile, an old kernel or an exhausted fs.aio-max-nr would. CALL>N=ERRNO denies only calls
 * whose first argument is greater than N. Takes no privileges and touches nothing else on the host.
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_cachestat
#define SYS_cachestat 451
#endif
#ifndef SYS_openat2
#define SYS_openat2 437
#endif

static const struct {
    const char *name;
    unsigned number;
} calls[] = {
    {"io_setup", SYS_io_setup},
    {"io_submit", SYS_io_submit},
    {"openat2", SYS_openat2},
    {"cachestat", SYS_cachestat},
    {"preadv2", SYS_preadv2},
    {"pwritev2", SYS_pwritev2},
};

static const struct {
    const char *name;
    unsigned value;
} errors[] = {{"EPERM", EPERM}, {"EAGAIN", EAGAIN}, {"ENOSYS", ENOSYS}};

static int usage(const char *what)
{
    fprintf(stderr, "deny: cannot understand %s\n", what);
    return 2;
}

int main(int argc, char **argv)
{
    struct sock_filter code[6 * 16];
    unsigned n = 0;
    int i;

    for (i = 1; i < argc && strcmp(argv[i], "--") != 0 && i <= 16; i++) {
        char *error = strchr(argv[i], '=');
        char *above = strchr(argv[i], '>');
        unsigned call, e;
        if (error == NULL)
            return usage(argv[i]);
        *error++ = '\0';
        if (above != NULL)
            *above++ = '\0';
        for (call = 0; call < sizeof calls / sizeof *calls && strcmp(calls[call].name, argv[i]) != 0; call++)
            ;
        for (e = 0; e < sizeof errors / sizeof *errors && strcmp(errors[e].name, error) != 0; e++)
            ;
        if (call == sizeof calls / sizeof *calls || e == sizeof errors / sizeof *errors)
            return usage(argv[i]);
        code[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
        code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, calls[call].number, 0, above ? 3 : 1);
        if (above != NULL) {
            /* the low half: both supported machines are little-endian */
            code[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args));
            code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, (unsigned)atoi(above), 0, 1);
        }
        code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | errors[e].value);
    }
    if (i + 1 >= argc)
        return usage("the lack of a command");
    code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);

    struct sock_fprog program = {.len = (unsigned short)n, .filter = code};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) {
        perror("deny: seccomp");
        return 1;
    }
    execvp(argv[i + 1], argv + i + 1);
    perror("deny: exec");
    return 1;
}

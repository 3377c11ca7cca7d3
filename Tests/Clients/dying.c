/* Ends the process at the Nth time that a file of a home's keys or its configuration comes into its place: DYING_AT, from 1. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

static int count;

static void passed(const char *path) {
    const char *at = getenv("DYING_AT");
    if (at && (strstr(path, "/keys/") || strstr(path, "ward.yaml")) && ++count == atoi(at)) raise(SIGKILL);
}

int rename(const char *from, const char *to) {
    int (*real)(const char *, const char *) = (int (*)(const char *, const char *))dlsym(RTLD_NEXT, "rename");
    int result = real(from, to);
    passed(to);
    return result;
}

int link(const char *from, const char *to) {
    int (*real)(const char *, const char *) = (int (*)(const char *, const char *))dlsym(RTLD_NEXT, "link");
    int result = real(from, to);
    passed(to);
    return result;
}

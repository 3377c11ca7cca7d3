/* A PKCS #11 module that passes everything on to SoftHSM.
 *
 * DYING_CALL: ends the process when the Nth call that makes, uses or destroys a key has been done. CLOSING: a file that gets a B where the
 * closing of a session begins and an E, half a second later, where it has ended. */
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>
#include <p11-kit-1/p11-kit/pkcs11.h>

static CK_FUNCTION_LIST list, *real;
static int count;

static CK_RV done(CK_RV code) {
    const char *at = getenv("DYING_CALL");
    if (at && ++count == atoi(at)) raise(SIGKILL);
    return code;
}

static void note(const char *path, const char *mark) {
    int file = open(path, O_CREAT | O_WRONLY | O_APPEND, 0600);
    if (write(file, mark, 1) != 1) abort();
    close(file);
}

static CK_RV close_session(CK_SESSION_HANDLE session) {
    const char *path = getenv("CLOSING");
    if (path) note(path, "B");
    CK_RV code = real->C_CloseSession(session);
    if (path) {
        usleep(500000);
        note(path, "E");
    }
    return code;
}

static CK_RV encrypt(CK_SESSION_HANDLE s, CK_BYTE *in, CK_ULONG n, CK_BYTE *out, CK_ULONG *m) { return done(real->C_Encrypt(s, in, n, out, m)); }
static CK_RV decrypt(CK_SESSION_HANDLE s, CK_BYTE *in, CK_ULONG n, CK_BYTE *out, CK_ULONG *m) { return done(real->C_Decrypt(s, in, n, out, m)); }
static CK_RV destroy(CK_SESSION_HANDLE s, CK_OBJECT_HANDLE o) { return done(real->C_DestroyObject(s, o)); }
static CK_RV generate(CK_SESSION_HANDLE s, CK_MECHANISM *m, CK_ATTRIBUTE *t, CK_ULONG n, CK_OBJECT_HANDLE *k) {
    return done(real->C_GenerateKey(s, m, t, n, k));
}

CK_RV C_GetFunctionList(CK_FUNCTION_LIST **out) {
    void *module = dlopen("/usr/lib/softhsm/libsofthsm2.so", RTLD_NOW | RTLD_LOCAL);
    CK_RV (*get)(CK_FUNCTION_LIST **) = (CK_RV (*)(CK_FUNCTION_LIST **))dlsym(module, "C_GetFunctionList");
    CK_RV code = get(&real);
    if (code != CKR_OK) return code;
    list = *real;
    list.C_CloseSession = close_session;
    list.C_Encrypt = encrypt;
    list.C_Decrypt = decrypt;
    list.C_DestroyObject = destroy;
    list.C_GenerateKey = generate;
    *out = &list;
    return CKR_OK;
}

// SHA-256 by its own functions, which keep their state in plain memory that can be copied and overwritten.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/sha.h>

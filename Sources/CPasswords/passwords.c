#include "CPasswords.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

const unsigned char ward_passwords[] = {
#embed "passwords.bin"
};

const unsigned long ward_passwords_length = sizeof(ward_passwords);

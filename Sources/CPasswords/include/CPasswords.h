#ifndef WARD_CPASSWORDS_H
#define WARD_CPASSWORDS_H

/// Fingerprints of common and breached passwords that `ward-passwords` makes; format:
/// WardIdentity/Passwords/PasswordBlocklist.swift.
extern const unsigned char ward_passwords[];

/// Their first byte (Swift imports no array of unknown length).
static inline const unsigned char *ward_passwords_start(void) { return ward_passwords; }

/// Their length in bytes.
extern const unsigned long ward_passwords_length;

#endif

#ifndef WARD_CDEFINITIONS_H
#define WARD_CDEFINITIONS_H

/// The definition tables of FHIR R4 that `ward-definitions` makes; format:
/// WardFHIR/Definitions/DefinitionEncoder.swift.
extern const unsigned char ward_definitions[];

/// Their first byte (Swift imports no array of unknown length).
static inline const unsigned char *ward_definitions_start(void) { return ward_definitions; }

/// Their length in bytes.
extern const unsigned long ward_definitions_length;

#endif

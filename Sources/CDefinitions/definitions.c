#include "CDefinitions.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

const unsigned char ward_definitions[] = {
#embed "definitions.bin"
};

const unsigned long ward_definitions_length = sizeof(ward_definitions);

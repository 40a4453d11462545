/* What JavaScript hands over, read with every check: each function answers false for what is not exactly that. */
#ifndef DURESS_ARGUMENTS_H
#define DURESS_ARGUMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <node_api.h>

#include "udp.h"

/* Bytes of a Uint8Array (a Buffer is one); none when its memory was transferred away. */
typedef struct {
	uint8_t *data;
	size_t length;
} byte_span;

/* Words of a Uint32Array. */
typedef struct {
	uint32_t *data;
	size_t length;
} word_span;

bool argument_bytes(napi_env env, napi_value value, byte_span *span);
bool argument_words(napi_env env, napi_value value, word_span *span);
/* A whole number, 0 to 2^32 - 1. */
bool argument_uint32(napi_env env, napi_value value, uint32_t *number);
/* A port and the text of an IP address. `known` is false when the text is none. */
bool argument_address(napi_env env, napi_value text, napi_value port, udp_address *address, bool *known);
/* Whether two ranges have a byte in common. */
bool spans_overlap(const uint8_t *one, size_t one_length, const uint8_t *other, size_t other_length);

#endif

#include "arguments.h"

/* The longest address with the longest interface name. */
#define ADDRESS_TEXT 64
#define MAX_PORT 65535

static bool typed_array(napi_env env, napi_value value, napi_typedarray_type wanted, void **data, size_t *length) {
	napi_typedarray_type type;
	if (napi_get_typedarray_info(env, value, &type, length, data, NULL, NULL) != napi_ok || type != wanted) return false;
	if (*data == NULL) *length = 0;
	return true;
}

bool argument_bytes(napi_env env, napi_value value, byte_span *span) {
	void *data;
	if (!typed_array(env, value, napi_uint8_array, &data, &span->length)) return false;
	span->data = data;
	return true;
}

bool argument_words(napi_env env, napi_value value, word_span *span) {
	void *data;
	if (!typed_array(env, value, napi_uint32_array, &data, &span->length)) return false;
	span->data = data;
	return true;
}

bool argument_uint32(napi_env env, napi_value value, uint32_t *number) {
	double exact;
	if (napi_get_value_double(env, value, &exact) != napi_ok || !(exact >= 0 && exact <= UINT32_MAX)) return false;
	*number = (uint32_t)exact;
	return *number == exact;
}

bool argument_address(napi_env env, napi_value text, napi_value port, udp_address *address, bool *known) {
	char buffer[ADDRESS_TEXT];
	size_t length;
	uint32_t number;
	if (!argument_uint32(env, port, &number) || number > MAX_PORT) return false;
	if (napi_get_value_string_utf8(env, text, buffer, sizeof buffer, &length) != napi_ok) return false;
	*known = length < sizeof buffer - 1 && udp_parse_address(buffer, (int)number, address);
	return true;
}

bool spans_overlap(const uint8_t *one, size_t one_length, const uint8_t *other, size_t other_length) {
	return (uintptr_t)one < (uintptr_t)other + other_length && (uintptr_t)other < (uintptr_t)one + one_length;
}

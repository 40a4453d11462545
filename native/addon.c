/*
 * The native media path as JavaScript sees it: src/media/native-addon.ts describes each function. Every argument is checked here, so
 * that nothing behind it needs to. What breaks the rules throws a RangeError; a handle that names nothing breaks them.
 */
#include <stdlib.h>
#include <string.h>

#include "arguments.h"
#include "environment.h"
#include "watched-socket.h"

#define MAX_BUFFER 0x40000000
#define FUNCTION(name) static napi_value name(napi_env env, napi_callback_info info)

/* Reads exactly `count` arguments. */
static environment *begin(napi_env env, napi_callback_info info, napi_value *arguments, size_t count) {
	void *data;
	size_t given = count;
	return napi_get_cb_info(env, info, &given, arguments, NULL, &data) == napi_ok && given >= count ? data : NULL;
}

static napi_value refuse(napi_env env, const char *what) {
	(void)napi_throw_range_error(env, "ERR_OUT_OF_RANGE", what);
	return NULL;
}

static napi_value number(napi_env env, double value) {
	napi_value result;
	return napi_create_double(env, value, &result) == napi_ok ? result : NULL;
}

static napi_value integer(napi_env env, int value) {
	napi_value result;
	return napi_create_int32(env, value, &result) == napi_ok ? result : NULL;
}

static void *named(napi_env env, const environment *own, handle_kind kind, napi_value value) {
	uint32_t handle;
	return own != NULL && argument_uint32(env, value, &handle) ? handle_get(&own->handles, kind, handle) : NULL;
}

/* Sockets */

FUNCTION(open_socket) {
	napi_value arguments[3];
	environment *own = begin(env, info, arguments, 3);
	udp_address address;
	uint32_t buffer;
	bool known;
	int error;
	if (own == NULL || !argument_address(env, arguments[0], arguments[1], &address, &known) || !known ||
	    !argument_uint32(env, arguments[2], &buffer) || buffer > MAX_BUFFER)
		return refuse(env, "openSocket(address, port, bufferBytes)");
	uint32_t handle = watched_open(env, own, &address, (int)buffer, &error);
	return handle == NO_HANDLE ? integer(env, error) : number(env, handle);
}

FUNCTION(listen_to) {
	napi_value arguments[2];
	napi_valuetype type;
	environment *own = begin(env, info, arguments, 2);
	watched_socket *watched = named(env, own, HANDLE_SOCKET, arguments[0]);
	if (watched == NULL || napi_typeof(env, arguments[1], &type) != napi_ok || type != napi_function || !watched_listen(watched, arguments[1]))
		return refuse(env, "listen(socket, listener), once");
	return NULL;
}

FUNCTION(socket_port) {
	napi_value arguments[1];
	environment *own = begin(env, info, arguments, 1);
	watched_socket *watched = named(env, own, HANDLE_SOCKET, arguments[0]);
	return watched == NULL ? refuse(env, "socketPort(socket)") : integer(env, udp_port(&watched->udp));
}

FUNCTION(socket_dropped) {
	napi_value arguments[1];
	environment *own = begin(env, info, arguments, 1);
	watched_socket *watched = named(env, own, HANDLE_SOCKET, arguments[0]);
	return watched == NULL ? refuse(env, "socketDropped(socket)") : number(env, (double)watched->udp.dropped);
}

FUNCTION(socket_refused) {
	napi_value arguments[1];
	environment *own = begin(env, info, arguments, 1);
	watched_socket *watched = named(env, own, HANDLE_SOCKET, arguments[0]);
	return watched == NULL ? refuse(env, "socketRefused(socket)") : number(env, (double)watched->udp.refused);
}

FUNCTION(send_datagram) {
	napi_value arguments[5];
	environment *own = begin(env, info, arguments, 5);
	watched_socket *watched = named(env, own, HANDLE_SOCKET, arguments[0]);
	byte_span bytes;
	uint32_t length;
	udp_address address;
	bool known;
	if (watched == NULL || !argument_bytes(env, arguments[1], &bytes) || !argument_uint32(env, arguments[2], &length) ||
	    length > bytes.length || length > UDP_MAX_DATAGRAM || !argument_address(env, arguments[3], arguments[4], &address, &known))
		return refuse(env, "send(socket, bytes, length, address, port)");
	if (!known) {
		watched->udp.refused++;
		return NULL;
	}
	struct iovec vector = {bytes.data, length};
	struct mmsghdr message = {.msg_hdr = {.msg_name = &address, .msg_namelen = udp_address_length(&address), .msg_iov = &vector, .msg_iovlen = 1}};
	watched_send(watched, &message);
	return NULL;
}

FUNCTION(forward) {
	napi_value arguments[5];
	environment *own = begin(env, info, arguments, 5);
	watched_socket *watched = named(env, own, HANDLE_SOCKET, arguments[0]);
	byte_span packet;
	word_span rows;
	uint32_t length;
	uint32_t count;
	if (watched == NULL || !argument_bytes(env, arguments[1], &packet) || !argument_uint32(env, arguments[2], &length) ||
	    length < OUTBOUND_HEADER || length > packet.length || length > UDP_MAX_DATAGRAM - SRTP_MAX_OVERHEAD ||
	    !argument_words(env, arguments[3], &rows) || !argument_uint32(env, arguments[4], &count) || count > rows.length / ROW_WORDS)
		return refuse(env, "forward(socket, packet, length, rows, count)");
	watched_forward(watched, packet.data, length, rows.data, count);
	return NULL;
}

FUNCTION(close_socket) {
	napi_value arguments[1];
	environment *own = begin(env, info, arguments, 1);
	uint32_t handle;
	if (own == NULL || !argument_uint32(env, arguments[0], &handle)) return refuse(env, "closeSocket(socket)");
	watched_socket *watched = handle_get(&own->handles, HANDLE_SOCKET, handle);
	if (watched != NULL) watched_close(watched);
	return NULL;
}

FUNCTION(format_address) {
	napi_value arguments[6];
	napi_value text;
	environment *own = begin(env, info, arguments, 6);
	uint32_t words[6];
	char buffer[INET6_ADDRSTRLEN + UV_IF_NAMESIZE + 1];
	if (own == NULL) return refuse(env, "formatAddress(family, scope, word, word, word, word)");
	for (size_t at = 0; at < 6; at++) {
		if (!argument_uint32(env, arguments[at], &words[at])) return refuse(env, "formatAddress(family, scope, word, word, word, word)");
	}
	const bool ipv6 = words[0] == 6;
	if (uv_inet_ntop(ipv6 ? AF_INET6 : AF_INET, words + 2, buffer, INET6_ADDRSTRLEN) != 0) return refuse(env, "formatAddress: no address");
	/* As a dgram socket does: the interface is part of a link-local address. */
	if (ipv6 && words[1] != 0 && IN6_IS_ADDR_LINKLOCAL((const struct in6_addr *)(words + 2))) {
		size_t length = strlen(buffer);
		size_t room = UV_IF_NAMESIZE;
		buffer[length] = '%';
		if (uv_if_indextoiid(words[1], buffer + length + 1, &room) != 0) buffer[length] = 0;
	}
	return napi_create_string_utf8(env, buffer, NAPI_AUTO_LENGTH, &text) == napi_ok ? text : NULL;
}

/* SRTP contexts */

FUNCTION(open_context) {
	napi_value arguments[2];
	environment *own = begin(env, info, arguments, 2);
	byte_span keys;
	uint32_t profile;
	if (own == NULL || !argument_uint32(env, arguments[0], &profile) || (profile != PROFILE_AES_CM && profile != PROFILE_AES_GCM) ||
	    !argument_bytes(env, arguments[1], &keys) || keys.length != 2 * SRTP_STREAM_KEYS)
		return refuse(env, "openContext(profile, keys)");
	media_context *context = calloc(1, sizeof *context);
	if (context == NULL) return refuse(env, "openContext: no memory");
	uint32_t handle = NO_HANDLE;
	if (srtp_open(&context->srtp, &own->algorithms, (int)profile, keys.data)) handle = handle_add(&own->handles, HANDLE_CONTEXT, context);
	if (handle != NO_HANDLE) return number(env, handle);
	srtp_free(&context->srtp);
	free(context);
	return refuse(env, "openContext: no cipher or no handle");
}

FUNCTION(set_address) {
	napi_value arguments[3];
	environment *own = begin(env, info, arguments, 3);
	media_context *context = named(env, own, HANDLE_CONTEXT, arguments[0]);
	napi_valuetype type;
	bool known = false;
	if (context == NULL || napi_typeof(env, arguments[1], &type) != napi_ok ||
	    (type != napi_undefined && !argument_address(env, arguments[1], arguments[2], &context->address, &known)))
		return refuse(env, "setAddress(context, address, port)");
	context->address_length = known ? udp_address_length(&context->address) : 0;
	return NULL;
}

FUNCTION(close_context) {
	napi_value arguments[1];
	environment *own = begin(env, info, arguments, 1);
	uint32_t handle;
	if (own == NULL || !argument_uint32(env, arguments[0], &handle)) return refuse(env, "closeContext(context)");
	media_context *context = handle_remove(&own->handles, HANDLE_CONTEXT, handle);
	if (context == NULL) return NULL;
	srtp_free(&context->srtp);
	free(context);
	return NULL;
}

/* One packet from one place to another. */
typedef struct {
	srtp_context *srtp;
	byte_span packet;
	byte_span out;
	uint32_t length;
	/* Octets that stay clear. */
	uint32_t header;
	/* Roll-over counter, or SRTCP index. */
	uint32_t index;
} transform_call;

/* `added` octets to protect a packet; `taken`, more than the header, that a protected one has at least. */
static bool check_transform(const transform_call *call, size_t least_header, size_t added, size_t taken) {
	return call->header >= least_header && call->length >= call->header + taken && call->length <= call->packet.length &&
	       call->length + added <= SRTP_MAX_PACKET && call->length + added <= call->out.length &&
	       !spans_overlap(call->packet.data, call->length, call->out.data, call->length + added);
}

/* (context, packet, header, length, rollover, out) */
static bool rtp_call(napi_env env, napi_callback_info info, transform_call *call) {
	napi_value arguments[6];
	environment *own = begin(env, info, arguments, 6);
	media_context *context = named(env, own, HANDLE_CONTEXT, arguments[0]);
	if (context == NULL) return false;
	call->srtp = &context->srtp;
	return argument_bytes(env, arguments[1], &call->packet) && argument_uint32(env, arguments[2], &call->header) &&
	       argument_uint32(env, arguments[3], &call->length) && argument_uint32(env, arguments[4], &call->index) &&
	       argument_bytes(env, arguments[5], &call->out) && call->header <= SRTP_MAX_PACKET && call->length <= SRTP_MAX_PACKET;
}

/* (context, packet, length, index, out) */
static bool rtcp_call(napi_env env, napi_callback_info info, transform_call *call) {
	napi_value arguments[5];
	environment *own = begin(env, info, arguments, 5);
	media_context *context = named(env, own, HANDLE_CONTEXT, arguments[0]);
	if (context == NULL) return false;
	call->srtp = &context->srtp;
	call->header = RTCP_CLEAR;
	return argument_bytes(env, arguments[1], &call->packet) && argument_uint32(env, arguments[2], &call->length) &&
	       argument_uint32(env, arguments[3], &call->index) && call->index <= INT32_MAX && argument_bytes(env, arguments[4], &call->out) &&
	       call->length <= SRTP_MAX_PACKET;
}

FUNCTION(protect_rtp) {
	transform_call call;
	if (!rtp_call(env, info, &call) || !check_transform(&call, RTP_FIXED_HEADER, SRTP_MAX_OVERHEAD, 0))
		return refuse(env, "protectRtp(context, packet, headerLength, length, rollover, out)");
	memcpy(call.out.data, call.packet.data, call.header);
	return integer(env, srtp_protect_rtp(call.srtp, call.out.data, call.header, call.packet.data + call.header, call.length - call.header, call.index));
}

FUNCTION(unprotect_rtp) {
	transform_call call;
	if (!rtp_call(env, info, &call) || !check_transform(&call, RTP_FIXED_HEADER, 0, call.srtp->tag_length))
		return refuse(env, "unprotectRtp(context, packet, headerLength, length, rollover, out)");
	return integer(env, srtp_unprotect_rtp(call.srtp, call.packet.data, call.header, call.length, call.index, call.out.data));
}

FUNCTION(protect_rtcp) {
	transform_call call;
	if (!rtcp_call(env, info, &call) || !check_transform(&call, RTCP_CLEAR, SRTP_MAX_OVERHEAD, 0))
		return refuse(env, "protectRtcp(context, packet, length, index, out)");
	return integer(env, srtp_protect_rtcp(call.srtp, call.packet.data, call.length, call.index, call.out.data));
}

FUNCTION(unprotect_rtcp) {
	transform_call call;
	if (!rtcp_call(env, info, &call) || !check_transform(&call, RTCP_CLEAR, 0, call.srtp->tag_length + SRTCP_INDEX))
		return refuse(env, "unprotectRtcp(context, packet, length, index, out)");
	return integer(env, srtp_unprotect_rtcp(call.srtp, call.packet.data, call.length, call.index, call.out.data));
}

/* The module */

static void free_environment(node_api_basic_env env, void *data, void *hint) {
	(void)env;
	(void)hint;
	environment *own = data;
	/* Sockets have ended before: each holds the environment until it has. */
	for (uint32_t at = 0; at < own->handles.size; at++) {
		handle_place *place = &own->handles.places[at];
		if (place->kind != HANDLE_CONTEXT) continue;
		media_context *context = place->value;
		srtp_free(&context->srtp);
		free(context);
	}
	free(own->handles.places);
	srtp_algorithms_free(&own->algorithms);
	free(own);
}

static bool share_buffer(napi_env env, napi_value exports, const char *name, napi_typedarray_type type, size_t elements, size_t octets,
                         napi_ref *reference) {
	napi_value buffer, view;
	void *data;
	return napi_create_arraybuffer(env, octets, &data, &buffer) == napi_ok && napi_create_reference(env, buffer, 1, reference) == napi_ok &&
	       napi_create_typedarray(env, type, elements, buffer, 0, &view) == napi_ok &&
	       napi_set_named_property(env, exports, name, view) == napi_ok;
}

NAPI_MODULE_INIT() {
	static const struct {
		const char *name;
		napi_callback function;
	} functions[] = {
		{"openSocket", open_socket},
		{"listen", listen_to},
		{"socketPort", socket_port},
		{"socketDropped", socket_dropped},
		{"socketRefused", socket_refused},
		{"send", send_datagram},
		{"forward", forward},
		{"closeSocket", close_socket},
		{"formatAddress", format_address},
		{"openContext", open_context},
		{"setAddress", set_address},
		{"closeContext", close_context},
		{"protectRtp", protect_rtp},
		{"unprotectRtp", unprotect_rtp},
		{"protectRtcp", protect_rtcp},
		{"unprotectRtcp", unprotect_rtcp},
	};
	environment *own = calloc(1, sizeof *own);
	if (own == NULL || napi_set_instance_data(env, own, free_environment, NULL) != napi_ok) {
		free(own);
		return refuse(env, "no memory");
	}
	fan_out_prepare(&own->outgoing);
	if (!srtp_algorithms_load(&own->algorithms)) return refuse(env, "OpenSSL lacks an algorithm of SRTP");
	for (size_t at = 0; at < sizeof functions / sizeof *functions; at++) {
		napi_value function;
		if (napi_create_function(env, functions[at].name, NAPI_AUTO_LENGTH, functions[at].function, own, &function) != napi_ok ||
		    napi_set_named_property(env, exports, functions[at].name, function) != napi_ok)
			return NULL;
	}
	if (!share_buffer(env, exports, "receivedBytes", napi_uint8_array, UDP_BATCH * UDP_MAX_DATAGRAM, UDP_BATCH * UDP_MAX_DATAGRAM, &own->received_bytes) ||
	    !share_buffer(env, exports, "receivedWords", napi_uint32_array, UDP_BATCH * RECEIVED_WORDS, UDP_BATCH * RECEIVED_WORDS * sizeof(uint32_t), &own->received_words))
		return NULL;
	return exports;
}

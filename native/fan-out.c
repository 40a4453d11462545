#include "fan-out.h"

#include <string.h>

#define PAYLOAD_TYPE_AT 1
#define SEQUENCE_AT 2
#define EXTENSION_ID_AT 16
#define ABS_SEND_TIME_AT 17

void fan_out_prepare(fan_out_batch *batch) {
	memset(batch->messages, 0, sizeof batch->messages);
	for (unsigned at = 0; at < UDP_BATCH; at++) {
		batch->vectors[at].iov_base = batch->bytes[at];
		batch->messages[at].msg_hdr.msg_iov = &batch->vectors[at];
		batch->messages[at].msg_hdr.msg_iovlen = 1;
		batch->messages[at].msg_hdr.msg_name = &batch->addresses[at];
	}
}

static void write_header(uint8_t *out, const uint8_t *packet, uint32_t patch) {
	memcpy(out, packet, OUTBOUND_HEADER);
	out[PAYLOAD_TYPE_AT] = (packet[PAYLOAD_TYPE_AT] & 0x80) | (patch >> 16 & 0x7f);
	out[SEQUENCE_AT] = (uint8_t)(patch >> 8);
	out[SEQUENCE_AT + 1] = (uint8_t)patch;
	out[EXTENSION_ID_AT] = (uint8_t)(patch >> 24);
	/* Without the extension there is padding in its place: RFC 8285, section 4.2. */
	if (patch >> 24 == 0) memset(out + ABS_SEND_TIME_AT, 0, 3);
}

static void add(fan_out_batch *batch, const media_context *to, int size) {
	unsigned at = batch->ready;
	batch->addresses[at] = to->address;
	batch->messages[at].msg_hdr.msg_namelen = to->address_length;
	batch->vectors[at].iov_len = (size_t)size;
	if (++batch->ready == UDP_BATCH) fan_out_flush(batch);
}

void fan_out_forward(fan_out_batch *batch, udp_socket *udp, const handle_table *handles, const uint8_t *packet, size_t length,
                     const uint32_t *rows, size_t count) {
	batch->udp = udp;
	for (const uint32_t *row = rows, *end = rows + count * ROW_WORDS; row < end; row += ROW_WORDS) {
		media_context *to = handle_get(handles, HANDLE_CONTEXT, row[0]);
		int size = SRTP_FAILED;
		if (to != NULL && to->address_length > 0) {
			uint8_t *out = batch->bytes[batch->ready];
			write_header(out, packet, row[1]);
			size = srtp_protect_rtp(&to->srtp, out, OUTBOUND_HEADER, packet + OUTBOUND_HEADER, length - OUTBOUND_HEADER, row[2]);
		}
		if (size > 0) add(batch, to, size);
		else udp->refused++;
	}
}

void fan_out_flush(fan_out_batch *batch) {
	if (batch->ready > 0) udp_send(batch->udp, batch->messages, batch->ready);
	batch->ready = 0;
}

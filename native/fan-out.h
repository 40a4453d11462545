/* One RTP packet to many: header bytes patched, protected under each viewer's key, sent in batches. */
#ifndef DURESS_FAN_OUT_H
#define DURESS_FAN_OUT_H

#include "handles.h"
#include "srtp.h"
#include "udp.h"

/* The header of every packet that leaves the server: see src/relay/outbound-packet.ts. */
#define OUTBOUND_HEADER 20

/* What a viewer's packets are protected with and where they go. */
typedef struct {
	srtp_context srtp;
	udp_address address;
	/* 0 while the peer may not be sent to. */
	socklen_t address_length;
} media_context;

/*
 * One destination, three words:
 *  0  handle of a media_context
 *  1  sequence number (bits 0-15), payload type (16-22), first byte of the abs-send-time element (24-31, 0: none)
 *  2  roll-over counter
 */
#define ROW_WORDS 3

/* Datagrams on their way to one call of the kernel: of one packet to many, or of several packets. */
typedef struct {
	/* Whose they are, while `ready` is not 0. */
	udp_socket *udp;
	unsigned ready;
	struct mmsghdr messages[UDP_BATCH];
	struct iovec vectors[UDP_BATCH];
	udp_address addresses[UDP_BATCH];
	uint8_t bytes[UDP_BATCH][UDP_MAX_DATAGRAM];
} fan_out_batch;

void fan_out_prepare(fan_out_batch *batch);

/*
 * Leaves what does not fill a batch in it, for `fan_out_flush`. Callers have checked OUTBOUND_HEADER <= length <= UDP_MAX_DATAGRAM -
 * SRTP_MAX_OVERHEAD, and that the batch holds nothing of another socket. Rows that name nobody count as refused.
 */
void fan_out_forward(fan_out_batch *batch, udp_socket *udp, const handle_table *handles, const uint8_t *packet, size_t length,
                     const uint32_t *rows, size_t count);
void fan_out_flush(fan_out_batch *batch);

#endif
